"""``patto calc``: terms, shares, instalments, penalties, interest, standards and who pays, without a database.

A case comes as one JSON document on standard input. Amounts are strings, as exact as they are written.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from core.allocation.bands import Banding, PopulationBand
from core.allocation.limits import Limits
from core.allocation.plan import (
    OF_RESIDENTS,
    PRICED,
    WITHOUT_WEIGHT,
    Adjustment,
    Borne,
    Cost,
    Deduction,
    ExplainedLine,
    FamiliesPay,
    KeyKind,
    Plan,
    PlanGroup,
    PlanKey,
)
from core.allocation.rules import require_whole
from core.allocation.sharing import share_out
from core.contracts.agreed import Band, BaseRule, CountsFrom, InstalmentKind, PlanEvent, PlanRow
from core.funding.results import ServiceResult
from core.ground import clock
from core.ground.clock import PatronDay, Roll, Term, Unit
from core.ground.errors import RuleBroken
from core.ground.exercise import Exercise, Exercises
from core.ground.money import exact_cents
from core.ground.settings import Settings
from core.instalments import rules as plan_rules
from core.instalments.interest import Paid, Rate, interest
from core.parties.names import understand
from core.parties.rules import slug_of
from core.penalties import rules as penalties
from core.plugins.schema import Promise, PromiseUnit
from core.standards import rules as standards
from core.usage.suppression import SMALLEST_SHOWN

Case = Mapping[str, Any]
Answer = dict[str, Any]
YEARS = range(1900, 2200)
POLICY = ("roll", "patron")
PENALTY_DAYS = ("reply_days", "payment_days")
PENALTY_EVENTS = ("notice_received", "rebuttal_received", "hearing_held", "decided", "request_received")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST_EXPONENT = 30
ZERO, HUNDRED = Decimal(0), Decimal(100)
YEAR_DAYS = 365
OF_KIND = {  # what a key of the share-out says beside weight and values
    KeyKind.RATE: ("rate",), KeyKind.SOLIDARITY_RATE: ("rate",), KeyKind.HISTORIC: ("convergence",),
    KeyKind.STEPS: ("steps", "step"), KeyKind.DAILY_FEE: ("rate", "recovery", "families_pay"),
}
STANDARD_ROWS = {PromiseUnit.PERCENT.value: "good", PromiseUnit.DAYS.value: "sum"}  # what a row says beside its cases
Choice = TypeVar("Choice", bound=StrEnum)


def add_commands(group: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the calculators to the command line."""
    deadline = command("deadline", _printing(_deadline), "conta un termine sul calendario italiano", group)
    deadline.add_argument("--from", dest="start", required=True, help="giorno dell'evento, per esempio 2026-04-10")
    amount = deadline.add_mutually_exclusive_group(required=True)
    for unit in Unit:
        amount.add_argument(f"--{unit.replace('_', '-')}", type=int, dest=unit.value)
    deadline.add_argument("--backwards", action="store_true", help="conta all'indietro, senza spostare la data")
    deadline.add_argument("--roll", choices=list(Roll), default=Roll.HOLIDAY, help="su quali giorni non si scade")
    deadline.add_argument("--patron", help="festa del patrono, per esempio 06-24")
    command("allocate", _printing(_allocate), "ripartisce un importo tra i Comuni (JSON su standard input)", group)
    command("instalments", _printing(_instalments), "calcola le rate di un anno (JSON su standard input)", group)
    command("penalty", _printing(_penalty), "valuta una penale e i suoi termini (JSON su standard input)", group)
    command("interest", _printing(_interest), "conta gli interessi di ritardo (JSON su standard input)", group)
    command("standard", _printing(_standard), "confronta uno standard con ciò che si è misurato (JSON su standard "
            "input)", group)
    command("payer", _printing(_payer), "dice quale Comune è chi versa (JSON su standard input)", group)


def _printing(calculate: Callable[[argparse.Namespace], Answer]) -> Callable[[Settings, argparse.Namespace], int]:
    def run(_settings: Settings, options: argparse.Namespace) -> int:
        print(json.dumps(calculate(options), ensure_ascii=False, indent=None if options.json else 2))
        return 0

    return run


# --- the calculators --------------------------------------------------------------------------------------


def _deadline(options: argparse.Namespace) -> Answer:
    unit = next(unit for unit in Unit if getattr(options, unit.value) is not None)
    counted = clock.term(
        _day(options.start, "--from"),
        getattr(options, unit.value),
        unit,
        backwards=options.backwards,
        roll=Roll(options.roll),
        patron=PatronDay.parse(options.patron),
    )
    return _days(counted)


def _allocate(_options: argparse.Namespace) -> Answer:
    case = _read("total", "keys", "parties", "days", "year_days", "deductions", "limits")
    total = _euro(_get(case, "total"), "total")
    if total < 0:
        raise RuleBroken("L'importo da ripartire non può essere negativo.", field="total")
    keys = [_key(row, place) for place, row in enumerate(_list(_get(case, "keys"), "keys"), start=1)]
    if weights := [key.weight / HUNDRED for key in keys if key.kind not in WITHOUT_WEIGHT]:
        require_whole(weights)
    year_days = _optional(_integer, case, "year_days") or YEAR_DAYS
    named, limits = _mapping(case.get("days") or {}, "days"), _optional(_limits, case, "limits")
    parties = _parties(case, [*(party for key in keys for party in key.values), *named], limits)
    group = PlanGroup("riparto", Cost(ServiceResult(direct=total)),
                      {party: _days_of(named, party, year_days) for party in parties}, tuple(keys),
                      deductions=tuple(map(_deduction, _rows(case, "deductions", "party", "amount", "why", "borne")))
                      if case.get("deductions") else ())
    shared = share_out(Plan(year_days, parties, (group,), limits=limits))
    by_key = [[line for line in shared.lines if line.key == key.title] for key in keys]
    return {
        "shares": _amounts(shared.totals),
        "keys": [{"amount": str(lines[0].pool), "shares": _amounts({line.party: line.amount for line in lines})}
                 for lines in by_key],
        "adjustments": [_adjustment(line) for line in shared.lines if isinstance(line.kind, Adjustment)],
        "explained": [{"party": line.party, "key": line.key, "how": line.how} for line in shared.lines if line.how],
    }


def _key(row: Any, place: int) -> PlanKey:
    """A key of the case. Without a kind it has a weight and counts what is written, whatever the days."""
    kind = _one_of(KeyKind, _mapping(row, "keys"), "kind", KeyKind.USERS)
    own = _only(row, ["kind", *OF_KIND.get(kind, ()), *([] if kind in WITHOUT_WEIGHT else ["weight"]),
                      *([] if kind is KeyKind.EQUAL else ["values"]), *(["bands"] if kind in OF_RESIDENTS else []),
                      *(["banding"] if row.get("bands") else [])])
    priced = kind in PRICED and (own.get("rate") is not None or not own.get("bands"))
    return PlanKey(
        kind, f"chiave {place}", ZERO if kind in WITHOUT_WEIGHT else _number(_get(own, "weight"), "weight") * HUNDRED,
        {} if kind is KeyKind.EQUAL else _numbers(_get(own, "values"), "values"),
        convergence=_percent(_get(own, "convergence"), "convergence") if kind is KeyKind.HISTORIC else ZERO,
        rate=_number(_get(own, "rate"), "rate") if priced else ZERO,
        bands=tuple(PopulationBand(_optional(_integer, band, "up_to"), _number(_get(band, "value"), "value"))
                    for band in _rows(own, "bands", "up_to", "value")) if own.get("bands") else (),
        banding=_one_of(Banding, own, "banding", Banding.WHOLE),
        steps=_integer(_get(own, "steps"), "steps") if kind is KeyKind.STEPS else 1,
        step=_integer(_get(own, "step"), "step") if kind is KeyKind.STEPS else 1,
        recovery=_euros(own.get("recovery") or {}, "recovery"),
        families_pay=_one_of(FamiliesPay, own, "families_pay", FamiliesPay.AZIENDA),
    )


def _parties(case: Case, named: Sequence[str], limits: Limits | None) -> tuple[str, ...]:
    """Who takes part, in the order of leftover cents. RuleBroken for a figure of somebody else: a name written wrong
    would change the answer in silence."""
    listed = [_text(name, "parties") for name in _list(case["parties"], "parties")] if case.get("parties") else named
    known, others = tuple(dict.fromkeys(listed)), [*named, *(limits.previous if limits else ())]
    if stranger := next((party for party in others if party not in known), None):
        raise RuleBroken("Nel caso «%(name)s»%(near)s ha una cifra ma non prende parte al riparto: correggere il nome, "
                         "o darle un valore in una chiave.", field="parties", name=stranger,
                         near=_near(stranger, known))
    return known


def _days_of(named: Case, party: str, year_days: int) -> int:
    days = _optional(_integer, named, party)
    if days is not None and not 0 <= days <= year_days:
        raise _wrong("days", days, f"un numero di giorni da 0 a {year_days}")
    return year_days if days is None else days


def _deduction(row: Case) -> Deduction:
    return Deduction(_text(_get(row, "party"), "party"), _some(_get(row, "amount"), "amount"),
                     _text(_get(row, "why"), "why"), _one_of(Borne, row, "borne", Borne.OTHERS))


def _limits(value: Any, name: str) -> Limits:
    held = _only(_mapping(value, name), ("year", "cap", "floor", "previous"))
    return Limits(_integer(_get(held, "year"), "year"), _optional(_number, held, "cap"),
                  _optional(_number, held, "floor"), _euros(_get(held, "previous"), "previous"))


def _adjustment(line: ExplainedLine) -> Answer:
    return {"kind": line.kind.value, "party": line.party, "amount": str(line.amount)}


def _instalments(_options: argparse.Namespace) -> Answer:
    case = _read("year", "previous", "budget", "budget_approved", "final", "chosen", "plan", "events",
                 "exercise_starts", *POLICY)
    year = _integer(_get(case, "year"), "year")
    if year not in YEARS:
        raise _wrong("year", year, "un anno di quattro cifre, per esempio 2027")
    exercise = Exercises.reading(_optional(_text, case, "exercise_starts")).named(year)
    share = plan_rules.Share(
        previous=_optional(_euro, case, "previous"),
        budget=_optional(_euro, case, "budget"),
        budget_approved=_optional(_day, case, "budget_approved"),
        final=_optional(_euro, case, "final"),
        chosen=_optional(_euro, case, "chosen"),
    )
    named = ("kind", "percent", "base", "due", "event", "due_days", "counts_from")
    plan = [_plan_row(row, exercise) for row in _rows(case, "plan", *named)]
    happened = _mapping(case.get("events") or {}, "events")
    _require_awaited(happened, plan)
    events = {PlanEvent.EXERCISE_ENDED.value: exercise.ends_on,
              **{name: _day(day, "events") for name, day in happened.items() if day is not None}}
    begun = {place: events[row.counts_from] for place, row in enumerate(plan) if row.counts_from in events}
    rows = plan_rules.instalments(exercise, share, plan, events, begun=begun, **_policy(case))
    return {"instalments": [_instalment(row) for row in rows]}


def _require_awaited(happened: Case, plan: Sequence[PlanRow]) -> None:
    """RuleBroken for an event that no instalment waits for: a name written wrong would leave a term open in silence."""
    awaited = {name for row in plan for name in (row.event, row.counts_from) if name is not None}
    if stray := next((name for name in happened if name not in awaited), None):
        raise RuleBroken("Nel caso «%(name)s»%(near)s è tra gli eventi ma nessuna rata lo aspetta: correggere il nome, "
                         "o indicarlo in una riga del piano.", field="events", name=stray,
                         near=_near(stray, awaited))


def _penalty(_options: argparse.Namespace) -> Answer:
    case = _read("bands", "kind", "amount", *PENALTY_DAYS, *PENALTY_EVENTS, *POLICY)
    bands = [
        Band(_text(_get(band, "kind"), "kind"), _euro(_get(band, "min"), "min"), _euro(_get(band, "max"), "max"))
        for band in _rows(case, "bands", "kind", "min", "max")
    ]
    days: dict[str, Any] = {name: _integer(_get(case, name), name) for name in PENALTY_DAYS}
    happened = {name: _optional(_day, case, name) for name in PENALTY_EVENTS}
    verdict = penalties.judge(
        bands,
        _text(_get(case, "kind"), "kind"),
        _euro(_get(case, "amount"), "amount"),
        penalties.Procedure(**days, **happened),
        **_policy(case),
    )
    return {
        "allowed": verdict.allowed,
        "reasons": [str(reason) for reason in verdict.reasons],
        "reply_due": _term(verdict.reply_due),
        "payment_due": _term(verdict.payment_due),
    }


def _interest(_options: argparse.Namespace) -> Answer:
    case = _read("principal", "due", "rates", "payments", "on")
    rates = [Rate(_near_day(_get(rate, "from"), "from"), _percent(_get(rate, "percent"), "percent"))
             for rate in _rows(case, "rates", "from", "percent")]
    if len({rate.valid_from for rate in rates}) < len(rates):
        raise _wrong("rates", "due volte lo stesso giorno in «from»", "un solo tasso per ogni giorno")
    paid = [Paid(_near_day(_get(payment, "on"), "on"), _some(_get(payment, "amount"), "amount"))
            for payment in _rows(case, "payments", "on", "amount")] if case.get("payments") else []
    account = interest(_some(_get(case, "principal"), "principal"), _near_day(_get(case, "due"), "due"), paid,
                       _near_day(_get(case, "on"), "on"), rates)
    nothing = Decimal("0.00")  # what is paid beyond what is owed pays nothing of it
    rows = [{"on": line.on.isoformat(), "interest": str(line.interest),
             "principal": str(max(min(line.repaid, line.principal), nothing)), "left": str(max(line.left, nothing))}
            for line in account.lines if line.paid]
    return {"rows": rows, "accrued": str(account.accrued), "owed": str(max(account.owed, nothing))}


def _payer(_options: argparse.Namespace) -> Answer:
    case = _read("municipalities", "payer")
    names = [_text(name, "municipalities") for name in _list(_get(case, "municipalities"), "municipalities")]
    slugs = [slug_of(name) for name in names]
    if not all(slugs) or len(set(slugs)) < len(slugs):
        raise _wrong("municipalities", "due volte lo stesso nome, o un nome senza lettere", "ogni Comune una volta")
    found = understand(_text(_get(case, "payer"), "payer"), enumerate(names))
    return {"means": None if found.means is None else slugs[found.means],
            "resembles": [slugs[key] for key in found.resembles]}


def _standard(_options: argparse.Namespace) -> Answer:
    case = _read("standard", "unit", "round", "suppress_below", "rows")
    unit = _text(_get(case, "unit"), "unit")
    if unit not in STANDARD_ROWS:
        raise _wrong("unit", f"{unit}{_near(unit, STANDARD_ROWS)}", f"una di queste unità: {', '.join(STANDARD_ROWS)}")
    step = _number(_get(case, "round"), "round")
    if step <= 0:
        raise _wrong("round", step, "il passo dell'arrotondamento, per esempio \"0.1\"")
    limit = _optional(_integer, case, "suppress_below")
    if limit is not None and limit < 0:
        raise _wrong("suppress_below", limit, "un numero intero da 0 in su")
    rows = [_count(row, STANDARD_ROWS[unit]) for row in _some_rows(case, "rows")]
    standards.require_countable(PromiseUnit(unit), rows)
    verdict = standards.judge(_promise(case, unit), PromiseUnit(unit), rows,
                              suppress_below=SMALLEST_SHOWN if limit is None else limit)
    return {"value": _rounded(verdict.value, step), "outcome": verdict.outcome.value,
            "rows": [{"period": row.row, "value": _rounded(row.value, step),
                      **({"why": row.why.value} if row.why else {})} for row in verdict.rows]}


def _count(row: Any, part: str) -> standards.Count:
    held = _only(_mapping(row, "rows"), ("period", part, "of"))
    return standards.Count(_text(_get(held, "period"), "period"), _integer(_get(held, part), part),
                           _integer(_get(held, "of"), "of"))


def _promise(case: Case, unit: str) -> Promise:
    """One direction, and only one; a percentage of cases is never more than all of them."""
    held = _only(_mapping(_get(case, "standard"), "standard"), ("at_least", "at_most"))
    if len(said := [name for name in held if held[name] is not None]) != 1:
        raise _wrong("standard", "due limiti" if said else "nessun limite", "«at_least» oppure «at_most»")
    read = _percent if unit == PromiseUnit.PERCENT else _no_less_than_zero
    return Promise(**{said[0]: Fraction(read(held[said[0]], said[0]))})


def _rounded(value: Fraction | None, step: Decimal) -> str | None:
    return None if value is None else f"{standards.rounded(value, step):f}"


def _plan_row(row: Any, exercise: Exercise) -> PlanRow:
    kind = _get(row, "kind")
    if kind not in list(InstalmentKind):
        raise RuleBroken("Una rata è «advance» (acconto) o «balance» (saldo), non «%(kind)s»%(near)s.", field="plan",
                         kind=kind, near=_near(kind, InstalmentKind))
    return PlanRow(
        kind=InstalmentKind(kind),
        percent=_optional(_number, row, "percent"),
        due=_due(row["due"], exercise) if row.get("due") is not None else None,
        event=_optional(_text, row, "event"),
        base=BaseRule.BUDGET_OR_PREVIOUS if row.get("base") is None else _base(row["base"]),
        due_days=_optional(_integer, row, "due_days"),
        counts_from=_optional(_counts_from, row, "counts_from"),
    )


def _base(text: Any) -> BaseRule:
    if text not in list(BaseRule):
        raise RuleBroken("Un acconto si calcola su uno di questi importi: %(known)s; non su «%(text)s»%(near)s.",
                         field="plan", known=", ".join(BaseRule), text=text, near=_near(text, BaseRule))
    return BaseRule(text)


def _counts_from(text: Any, _name: str) -> CountsFrom:
    if text not in list(CountsFrom):
        raise RuleBroken("I giorni di una rata si contano da «receipt» (ricevimento della richiesta) o da «invoice» "
                         "(fattura), non da «%(text)s».", field="plan", text=text)
    return CountsFrom(text)


def _due(text: Any, exercise: Exercise) -> date:
    """A day of the exercise (``01-31``) or a whole date; 29 February is the 28th where there is none."""
    if isinstance(text, str) and text.count("-") == 1:
        day = PatronDay.parse(text)
        assert day is not None
        days = [date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
                for year in exercise.calendar_years]
        return days[0] if days[0] >= exercise.starts_on else days[-1]
    return _day(text, "due")


# --- reading and writing a case ---------------------------------------------------------------------------


def _read(*known: str) -> Case:
    """The case, with no other names than those that are ``known``: what is not understood may change the answer."""
    try:
        text = sys.stdin.read().removeprefix("\ufeff")  # as Windows saves a text
        case = json.loads(text, parse_float=Decimal, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise RuleBroken("Il caso non è un documento JSON: %(reason)s.", reason=error) from error
    return _only(_mapping(case, "caso"), known)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    case = dict(pairs)
    if len(case) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _value in pairs).items() if count > 1)
        raise RuleBroken("Nel caso «%(name)s» c'è due volte: lasciarne una.", field=twice, name=twice)
    return case


def _only(case: Case, known: Sequence[str]) -> Case:
    if other := next((name for name in case if name not in known), None):
        raise RuleBroken("Nel caso «%(name)s» non è previsto%(near)s: scrivere soltanto %(known)s.", field=other,
                         name=other, near=_near(other, known), known=", ".join(known))
    return case


def _near(written: object, known: Iterable[str]) -> str:
    """The name that was meant, as far as one can tell from what was written; empty where none is like it."""
    names = {name.casefold(): name for name in known}
    found = get_close_matches(written.casefold(), list(names), 1) if isinstance(written, str) else []
    return f" (forse «{names[found[0]]}»)" if found else ""


def _rows(case: Case, name: str, *known: str) -> list[Case]:
    return [_only(_mapping(row, name), known) for row in _list(_get(case, name), name)]


def _get(case: Any, name: str) -> Any:
    if not isinstance(case, Mapping) or case.get(name) is None:
        raise RuleBroken("Nel caso manca «%(name)s».", field=name, name=name)
    return case[name]


def _optional(read: Callable[[Any, str], Any], case: Case, name: str) -> Any:
    return None if case.get(name) is None else read(case[name], name)


def _one_of(kinds: type[Choice], case: Case, name: str, otherwise: Choice) -> Choice:
    value = case.get(name)
    if value is None:
        return otherwise
    if value not in list(kinds):
        raise _wrong(name, f"{value}{_near(value, kinds)}", f"una di queste voci: {', '.join(kinds)}")
    return kinds(value)


def _policy(case: Case) -> dict[str, Any]:
    roll = case.get("roll", Roll.HOLIDAY)
    if roll not in list(Roll):
        raise RuleBroken("«roll» è none, holiday o saturday, non «%(roll)s».", field="roll", roll=roll)
    return {"roll": Roll(roll), "patron": PatronDay.parse(_optional(_text, case, "patron"))}


def _wrong(name: str, value: object, wanted: str) -> RuleBroken:
    return RuleBroken("«%(name)s» vale %(value)s: scrivere %(wanted)s.", field=name, name=name, value=value,
                      wanted=wanted)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise _wrong(name, value, "un testo")
    return value


def _integer(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(name, value, "un numero intero")
    return value


def _number(value: Any, name: str) -> Decimal:
    if not NUMBER.fullmatch(_text(value, name)):
        raise _wrong(name, value, "un numero come testo, per esempio \"0.5\"")
    number = Decimal(value)
    if abs(number.adjusted()) > LARGEST_EXPONENT:
        raise _wrong(name, value, "un numero che si possa calcolare")
    return number


def _euro(value: Any, name: str) -> Decimal:
    try:
        return exact_cents(_number(value, name), field=name)
    except RuleBroken as error:
        raise _wrong(name, value, "un importo con due decimali al più, per esempio \"1234.56\"") from error


def _numbers(value: Any, name: str) -> dict[str, Decimal]:
    return {party: _number(number, name) for party, number in _mapping(value, name).items()}


def _euros(value: Any, name: str) -> dict[str, Decimal]:
    return {party: _euro(amount, name) for party, amount in _mapping(value, name).items()}


def _some(value: Any, name: str) -> Decimal:
    amount = _euro(value, name)
    if amount <= 0:
        raise _wrong(name, value, "un importo maggiore di zero")
    return amount


def _no_less_than_zero(value: Any, name: str) -> Decimal:
    number = _number(value, name)
    if number < 0:
        raise _wrong(name, value, "un numero da 0 in su")
    return number


def _percent(value: Any, name: str) -> Decimal:
    number = _number(value, name)
    if not 0 <= number <= 100:
        raise _wrong(name, value, "una percentuale da 0 a 100")
    return number


def _day(value: Any, name: str) -> date:
    try:
        if not DAY.fullmatch(_text(value, name)):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise _wrong(name, value, "un giorno come 2026-07-31") from error


def _near_day(value: Any, name: str) -> date:
    day = _day(value, name)
    if day.year not in YEARS:
        raise _wrong(name, value, f"un giorno dal {YEARS[0]} al {YEARS[-1]}")
    return day


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _wrong(name, "vuoto o non è un elenco", "un elenco")
    return value


def _some_rows(case: Case, name: str) -> list[Any]:
    """The rows, none of them too: nothing measured is an answer."""
    value = case.get(name)
    return [] if value == [] else _list(_get(case, name), name)


def _mapping(value: Any, name: str) -> Case:
    if not isinstance(value, dict):
        raise _wrong(name, value, "un insieme di coppie nome e valore")
    return value


def _term(term: Term | None) -> Answer | None:
    return None if term is None else _days(term)


def _days(term: Term) -> Answer:
    return {"nominal": term.nominal.isoformat(), "effective": term.effective.isoformat()}


def _amounts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {party: str(amount) for party, amount in amounts.items()}


def _instalment(row: plan_rules.PlannedInstalment) -> Answer:
    return {
        "kind": row.kind.value,
        "base": None if row.base is None else str(row.base),
        "amount": None if row.amount is None else str(row.amount),
        **(_term(row.term) or {"nominal": None, "effective": None}),
    }
