"""``patto calc``: terms, shares, instalments, penalties, interest and who pays, without a database.

A case comes as one JSON document on standard input. Amounts are strings, as exact as they are written.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.allocation.rules import Key, allocate
from core.contracts.agreed import Band, BaseRule, CountsFrom, InstalmentKind, PlanRow
from core.ground import clock
from core.ground.clock import PatronDay, Roll, Term, Unit
from core.ground.errors import RuleBroken
from core.ground.money import exact_cents
from core.ground.settings import Settings
from core.instalments import rules as plan_rules
from core.instalments.interest import Paid, Rate, interest
from core.parties.names import understand
from core.parties.rules import slug_of
from core.penalties import rules as penalties

Case = Mapping[str, Any]
Answer = dict[str, Any]
YEARS = range(1900, 2200)
POLICY = ("roll", "patron")
PENALTY_DAYS = ("reply_days", "payment_days")
PENALTY_EVENTS = ("notice_received", "rebuttal_received", "hearing_held", "decided", "request_received")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST_EXPONENT = 30


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
    command("allocate", _printing(_allocate), "ripartisce un importo tra i comuni (JSON su standard input)", group)
    command("instalments", _printing(_instalments), "calcola le rate di un anno (JSON su standard input)", group)
    command("penalty", _printing(_penalty), "valuta una penale e i suoi termini (JSON su standard input)", group)
    command("interest", _printing(_interest), "conta gli interessi di ritardo (JSON su standard input)", group)
    command("payer", _printing(_payer), "dice quale comune è chi versa (JSON su standard input)", group)


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
    case = _read("total", "keys")
    keys = [
        Key(
            _number(_get(key, "weight"), "weight"),
            {party: _number(value, "values") for party, value in _mapping(_get(key, "values"), "values").items()},
        )
        for key in _rows(case, "keys", "weight", "values")
    ]
    result = allocate(_euro(_get(case, "total"), "total"), keys)
    return {
        "shares": _amounts(result.shares),
        "keys": [{"amount": str(part.amount), "shares": _amounts(part.shares)} for part in result.slices],
    }


def _instalments(_options: argparse.Namespace) -> Answer:
    case = _read("year", "previous", "budget", "budget_approved", "final", "chosen", "plan", "events", *POLICY)
    year = _integer(_get(case, "year"), "year")
    if year not in YEARS:
        raise _wrong("year", year, "un anno di quattro cifre, per esempio 2027")
    share = plan_rules.Share(
        previous=_optional(_euro, case, "previous"),
        budget=_optional(_euro, case, "budget"),
        budget_approved=_optional(_day, case, "budget_approved"),
        final=_optional(_euro, case, "final"),
        chosen=_optional(_euro, case, "chosen"),
    )
    named = ("kind", "percent", "base", "due", "event", "due_days", "counts_from")
    plan = [_plan_row(row, year) for row in _rows(case, "plan", *named)]
    happened = _mapping(case.get("events") or {}, "events")
    events = {name: _day(day, "events") for name, day in happened.items() if day is not None}
    begun = {place: events[row.counts_from] for place, row in enumerate(plan) if row.counts_from in events}
    rows = plan_rules.instalments(year, share, plan, events, begun=begun, **_policy(case))
    return {"instalments": [_instalment(row) for row in rows]}


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
        raise _wrong("municipalities", "due volte lo stesso nome, o un nome senza lettere", "ogni comune una volta")
    found = understand(_text(_get(case, "payer"), "payer"), enumerate(names))
    return {"means": None if found.means is None else slugs[found.means],
            "resembles": [slugs[key] for key in found.resembles]}


def _plan_row(row: Any, year: int) -> PlanRow:
    kind = _get(row, "kind")
    if kind not in list(InstalmentKind):
        raise RuleBroken("Una rata è «advance» (acconto) o «balance» (saldo), non «%(kind)s».", field="plan", kind=kind)
    return PlanRow(
        kind=InstalmentKind(kind),
        percent=_optional(_number, row, "percent"),
        due=_due(row["due"], year) if row.get("due") is not None else None,
        event=_optional(_text, row, "event"),
        base=BaseRule.BUDGET_OR_PREVIOUS if row.get("base") is None else _base(row["base"]),
        due_days=_optional(_integer, row, "due_days"),
        counts_from=_optional(_counts_from, row, "counts_from"),
    )


def _base(text: Any) -> BaseRule:
    if text not in list(BaseRule):
        raise RuleBroken("Un acconto si calcola su uno di questi importi: %(known)s; non su «%(text)s».", field="plan",
                         known=", ".join(BaseRule), text=text)
    return BaseRule(text)


def _counts_from(text: Any, _name: str) -> CountsFrom:
    if text not in list(CountsFrom):
        raise RuleBroken("I giorni di una rata si contano da «receipt» (ricevimento della richiesta) o da «invoice» "
                         "(fattura), non da «%(text)s».", field="plan", text=text)
    return CountsFrom(text)


def _due(text: Any, year: int) -> date:
    """A day of the year (``01-31``) or a whole date; 29 February is the 28th where there is none."""
    if isinstance(text, str) and text.count("-") == 1:
        day = PatronDay.parse(text)
        assert day is not None
        return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
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
        raise RuleBroken("Nel caso «%(name)s» non è previsto: scrivere soltanto %(known)s.", field=other, name=other,
                         known=", ".join(known))
    return case


def _rows(case: Case, name: str, *known: str) -> list[Case]:
    return [_only(_mapping(row, name), known) for row in _list(_get(case, name), name)]


def _get(case: Any, name: str) -> Any:
    if not isinstance(case, Mapping) or case.get(name) is None:
        raise RuleBroken("Nel caso manca «%(name)s».", field=name, name=name)
    return case[name]


def _optional(read: Callable[[Any, str], Any], case: Case, name: str) -> Any:
    return None if case.get(name) is None else read(case[name], name)


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


def _some(value: Any, name: str) -> Decimal:
    amount = _euro(value, name)
    if amount <= 0:
        raise _wrong(name, value, "un importo maggiore di zero")
    return amount


def _percent(value: Any, name: str) -> Decimal:
    number = _number(value, name)
    if not 0 <= number <= 100:
        raise _wrong(name, value, "un tasso da 0 a 100")
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
