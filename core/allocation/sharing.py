"""The lines that share an allocation plan out (R87). Pure; amounts are euros.

The order in a group: its pool (costs less own income and deduction); sums in euro come off first (fixed sums, rates and
fees, historic quotas by steps); of what is left, the historic quota keeps what has not yet converged; the rest is split
over the weighted keys, and each slice is shared on its own; then what one municipality does not pay is moved. At last
the limits to the yearly change hold for the whole share. So every sum that is printed is the sum of the lines below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from core.allocation.bands import PopulationBand, banded, plain, price, told
from core.allocation.limits import Limited, Limits, within
from core.allocation.plan import (
    BY_DAYS,
    FOR_ALL,
    HUNDRED,
    PRICED,
    WITHOUT_WEIGHT,
    Adjustment,
    Borne,
    ExplainedLine,
    FamiliesPay,
    KeyKind,
    Plan,
    PlanGroup,
    PlanKey,
    Shared,
    broken,
    check_group,
)
from core.allocation.rules import Key, Slice, allocate
from core.documents.words import euro, percent
from core.funding.results import ZERO
from core.ground import money

THOUSANDTH = Decimal("0.001")


def share_out(plan: Plan) -> Shared:
    """Share the plan: all lines, group by group and key by key; ``totals`` by municipality, in the plan's order.

    RuleBroken, naming the group, for weights that do not make 100, figures all zero, nobody who takes part, a figure
    of somebody who does not, sums in euro that do not fit the cost, or a deduction above the share; and for limits to
    the yearly change that no division can meet.
    """
    lines = tuple(line for group in plan.groups for line in _group_lines(plan, group))
    totals = _totals(plan, lines)
    if plan.limits is not None:
        lines = (*lines, *_limited(plan.limits, totals))
    return Shared(lines, _totals(plan, lines))


def _totals(plan: Plan, lines: Sequence[ExplainedLine]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for line in lines:
        totals[line.party] = totals.get(line.party, ZERO) + line.amount
    return {party: totals[party] for party in plan.order if party in totals}


def _group_lines(plan: Plan, group: PlanGroup) -> Iterator[ExplainedLine]:
    check_group(group, plan.names)
    lines = tuple(_key_lines(plan, group))
    yield from lines
    if group.deductions:
        yield from _deducted(plan, group, _totals(plan, lines))


def _key_lines(plan: Plan, group: PlanGroup) -> Iterator[ExplainedLine]:
    left = group.cost.pool
    for key in (key for key in group.keys if key.kind is KeyKind.FIXED):
        fixed = sum(key.values.values(), ZERO)
        if fixed > left:
            raise broken(
                group.title,
                "le somme fisse (€ %(fixed)s) superano il costo da ripartire (€ %(left)s). Ridurle.",
                fixed=fixed, left=left,
            )
        left -= fixed
        yield from _lines(plan, group, key, fixed)
    for key in (key for key in group.keys if key.kind in PRICED):
        priced = tuple(_priced(plan, group, key))
        left -= sum((line.amount for line in priced), ZERO)
        yield from priced
    if group.open:
        return
    if left < 0:
        raise broken(
            group.title,
            "le quote in euro superano di € %(over)s il costo da ripartire. Ridurle, o togliere le altre "
            "chiavi: allora vale quello che danno le quote.",
            over=-left,
        )
    for key in (key for key in group.keys if key.kind is KeyKind.STEPS):
        steps = tuple(_priced(plan, group, key))
        kept = sum((line.amount for line in steps), ZERO)
        if kept > left:
            raise broken(
                group.title,
                "le quote storiche ancora dovute (€ %(kept)s) superano il costo da ripartire (€ %(left)s). "
                "Fare un passo in più, o correggere le quote.",
                kept=kept, left=left,
            )
        left -= kept
        yield from steps
    for key in (key for key in group.keys if key.kind is KeyKind.HISTORIC):
        kept = money.share(left, {"historic": HUNDRED - key.convergence, "keys": key.convergence})["historic"]
        left -= kept
        yield from _lines(plan, group, key, kept)
    weighted = [key for key in group.keys if key.kind not in WITHOUT_WEIGHT]
    if weighted:
        yield from _weighted(plan, group, weighted, left)
    elif left:
        raise broken(
            group.title,
            "dopo le somme in euro e la quota storica restano € %(left)s senza una chiave. Aggiungerne una.",
            left=left,
        )


# --- keys that divide a sum -------------------------------------------------------------------------------


def _weighted(plan: Plan, group: PlanGroup, keys: Sequence[PlanKey], left: Decimal) -> Iterator[ExplainedLine]:
    """The lines of the weighted keys: ``left`` euros split by weight, each slice shared on its own."""
    counted = [_counted(plan, group, key) for key in keys]
    # everybody in every key, so that leftover cents follow the plan's order and not that of the first key
    everybody = [party for party in plan.order if any(party in figures for figures in counted)]
    shared = allocate(left, [
        Key(key.weight / HUNDRED, {party: figures.get(party, ZERO) for party in everybody})
        for key, figures in zip(keys, counted, strict=True)
    ])
    for key, figures, part in zip(keys, counted, shared.slices, strict=True):
        yield from _told(plan, group, key, figures, part)


def _lines(plan: Plan, group: PlanGroup, key: PlanKey, pool: Decimal) -> Iterator[ExplainedLine]:
    """The lines of a key that has ``pool`` euros to itself."""
    figures = _counted(plan, group, key)
    [part] = allocate(pool, [Key(Decimal(1), figures)]).slices
    return _told(plan, group, key, figures, part)


def _counted(plan: Plan, group: PlanGroup, key: PlanKey) -> dict[str, Decimal]:
    """The figures of those who take part in a key, in the plan's order. RuleBroken if all are zero."""
    counted = {party: figure for party in plan.order if (figure := _figure(plan, group, key, party)) is not None}
    if not any(counted.values()):
        raise broken(
            group.title,
            "la chiave «%(key)s» ha tutti i valori a zero. Indicare almeno un valore, o toglierla.",
            key=key.title,
        )
    return counted


def _told(
    plan: Plan, group: PlanGroup, key: PlanKey, figures: Mapping[str, Decimal], part: Slice
) -> Iterator[ExplainedLine]:
    whole = sum(figures.values(), Decimal(0))
    for party, value in figures.items():
        residents = key.values.get(party, Decimal(0))
        how = (f"{told(residents, key.bands, key.banding, plain)} = "
               f"{plain(banded(residents, key.bands, key.banding))}" if key.bands else key.told.get(party, ""))
        yield ExplainedLine(group.title, key.kind, key.title, _with_days(plan, group, key, party), key.weight,
                            part.amount, party, value, whole, part.shares[party], _days(plan, group, key, party), how)


def _figure(plan: Plan, group: PlanGroup, key: PlanKey, party: str) -> Decimal | None:
    """The figure with which a municipality counts, None if it does not take part; to the thousandth, as printed."""
    days = _days(plan, group, key, party)
    if not days:
        return None
    value = Decimal(1) if key.kind is KeyKind.EQUAL else key.values.get(party, Decimal(0))
    if key.bands:
        value = banded(value, key.bands, key.banding)
    if _by_days(plan, key, days):
        value = (value * days / plan.year_days).quantize(THOUSANDTH, ROUND_HALF_UP)
    return value.normalize() + 0  # without idle zeros, as it is kept and printed


def _days(plan: Plan, group: PlanGroup, key: PlanKey, party: str) -> int:
    if key.kind not in FOR_ALL:
        return group.days.get(party, 0)
    if party in group.excluded:
        return 0
    return max((other.days.get(party, 0) for other in plan.groups), default=0)


def _by_days(plan: Plan, key: PlanKey, days: int) -> bool:
    return plan.by_days and key.kind in BY_DAYS and days != plan.year_days


def _with_days(plan: Plan, group: PlanGroup, key: PlanKey, party: str) -> str:
    days = _days(plan, group, key, party)
    if not _by_days(plan, key, days):
        return key.source
    return "; ".join(part for part in (key.source, f"per {days} giorni su {plan.year_days}") if part)


# --- keys whose amount follows from a price ---------------------------------------------------------------


def _priced(plan: Plan, group: PlanGroup, key: PlanKey) -> Iterator[ExplainedLine]:
    """The lines of a key in euro: each amount stands by itself, rounded to the cent, and they make the sum."""
    taking_part = [party for party in plan.order if _days(plan, group, key, party)]
    counts = {party: key.values.get(party, Decimal(0)) for party in taking_part}
    found = {party: _price(plan, key, count, _days(plan, group, key, party)) for party, count in counts.items()}
    if not any(counts.values()):
        raise broken(
            group.title,
            "la chiave «%(key)s» ha tutti i valori a zero. Indicare almeno un valore, o toglierla.",
            key=key.title,
        )
    pool, whole = sum((amount for amount, _how in found.values()), ZERO), sum(counts.values(), Decimal(0))
    for party, (amount, how) in found.items():
        days = _days(plan, group, key, party)
        yield ExplainedLine(group.title, key.kind, key.title, _with_days(plan, group, key, party), key.weight, pool,
                            party, counts[party].normalize() + 0, whole.normalize() + 0, amount, days, how)
    if key.recovery:
        yield from _recovered(plan, group, key, {party: amount for party, (amount, _how) in found.items()})


def _price(plan: Plan, key: PlanKey, count: Decimal, days: int) -> tuple[Decimal, str]:
    """What a municipality pays by a key in euro, and the reckoning in words."""
    if key.kind is KeyKind.STEPS:
        to_come = key.steps - key.step
        exact, how = count * to_come, f"{euro(count)} × {to_come}/{key.steps}"
        divisor = key.steps
    else:
        bands = key.bands or (PopulationBand(None, key.rate),)
        exact, divisor = banded(count, bands, key.banding), 1
        how = told(count, bands, key.banding, price)
    if _by_days(plan, key, days):
        exact, divisor = exact * days, divisor * plan.year_days
        how = f"({how}) × {days}/{plan.year_days}"
    amount = money.round_cents(exact / divisor)
    return amount, f"{how} = {euro(amount)}"


def _recovered(plan: Plan, group: PlanGroup, key: PlanKey, gross: Mapping[str, Decimal]) -> Iterator[ExplainedLine]:
    """What the families of each municipality pay of a daily fee. RuleBroken for more than the fee."""
    for party, paid in key.recovery.items():
        if paid > gross.get(party, ZERO):
            raise broken(
                group.title,
                "il recupero dalle famiglie di «%(party)s» (€ %(paid)s) supera la sua retta (€ %(gross)s). "
                "Correggerlo.",
                party=plan.names.get(party, party), paid=paid, gross=gross.get(party, ZERO),
            )
    to_azienda = key.families_pay is FamiliesPay.AZIENDA
    whole = sum(key.recovery.values(), ZERO)
    for party in (party for party in gross if key.recovery.get(party)):
        paid = key.recovery[party]
        net = f"{euro(gross[party])} − {euro(paid)} = {euro(gross[party] - paid)}"
        how = (f"Le famiglie pagano all'Azienda {euro(paid)}: resta al Comune {net}" if to_azienda else
               f"Il Comune versa l'intera retta e recupera dalle famiglie {euro(paid)}: a suo carico {net}")
        yield ExplainedLine(group.title, Adjustment.RECOVERY, "Recupero dalle famiglie", "", ZERO,
                            -whole if to_azienda else ZERO, party, paid.normalize() + 0, whole.normalize() + 0,
                            -paid if to_azienda else ZERO, _days(plan, group, key, party), how)


# --- after the keys ---------------------------------------------------------------------------------------


def _deducted(plan: Plan, group: PlanGroup, by_keys: Mapping[str, Decimal]) -> Iterator[ExplainedLine]:
    """What is deducted from the shares of single municipalities, and what the others pay for it."""
    spared = {deduction.party for deduction in group.deductions}
    bearers = {party: amount for party, amount in by_keys.items() if party not in spared and amount > 0}
    for deduction in group.deductions:
        own, name = by_keys.get(deduction.party, ZERO), plan.names.get(deduction.party, deduction.party)
        if deduction.amount > own:
            raise broken(
                group.title,
                "la detrazione di «%(party)s» (€ %(amount)s) supera la sua quota per il gruppo (€ %(own)s). "
                "Ridurla.",
                party=name, amount=deduction.amount, own=own,
            )
        yield _moved(group, f"Detrazione: {deduction.why}", -deduction.amount, deduction.party, own, own,
                     -deduction.amount, f"{euro(own)} − {euro(deduction.amount)} = {euro(own - deduction.amount)}")
        if deduction.borne is Borne.NOBODY:
            continue
        if not bearers:
            raise broken(
                group.title,
                "la detrazione di «%(party)s» è a carico degli altri Comuni, ma nessun altro ha una quota senza "
                "detrazioni. Scegliere che non la paghi nessuno.",
                party=name,
            )
        whole, title = sum(bearers.values(), ZERO), f"Detrazione di un altro Comune: {deduction.why}"
        for party, part in money.share(deduction.amount, bearers).items():
            yield _moved(group, title, deduction.amount, party, bearers[party], whole, part,
                         f"{euro(deduction.amount)} × {euro(bearers[party])} / {euro(whole)} = {euro(part)}")


def _moved(
    group: PlanGroup, title: str, pool: Decimal, party: str, value: Decimal, whole: Decimal, amount: Decimal, how: str
) -> ExplainedLine:
    return ExplainedLine(group.title, Adjustment.DEDUCTION, title, "", ZERO, pool, party, value, whole, amount,
                         how=how)


def _limited(limits: Limits, computed: Mapping[str, Decimal]) -> Iterator[ExplainedLine]:
    """What the limits to the yearly change move between the municipalities; nothing where nobody is past one."""
    found = within(computed, limits)
    if not found.fixed:
        return
    for party, share in found.shares.items():
        title, how = _limit_words(limits, found, party, computed[party])
        yield ExplainedLine("", Adjustment.LIMIT, title, "", ZERO, ZERO, party, computed[party], share,
                            share - computed[party], how=how)


def _limit_words(limits: Limits, found: Limited, party: str, computed: Decimal) -> tuple[str, str]:
    by_keys = f"quota secondo le chiavi {euro(computed)}"
    if party in found.fixed and party in limits.previous:
        before, limit = limits.previous[party], found.fixed[party]
        if limit > computed:
            return (f"Diminuzione massima del {percent(limits.floor or ZERO)}",
                    f"{by_keys}; quota del {limits.year} {euro(before)}, meno il {percent(limits.floor or ZERO)}: "
                    f"{euro(limit)}")
        return (f"Aumento massimo del {percent(limits.cap or ZERO)}",
                f"{by_keys}; quota del {limits.year} {euro(before)}, più il {percent(limits.cap or ZERO)}: "
                f"{euro(limit)}")
    if party in found.fixed:
        return "Redistribuzione tra i Comuni", f"{by_keys}: nulla da redistribuire"
    whole = sum(found.weights.values(), ZERO)
    return ("Redistribuzione tra i Comuni entro i limiti",
            f"{by_keys}; ai Comuni entro i limiti restano {euro(found.left)}, in proporzione alla loro quota: "
            f"{euro(found.left)} × {euro(found.weights[party])} / {euro(whole)} = {euro(found.shares[party])}")
