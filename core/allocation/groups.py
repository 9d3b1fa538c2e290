"""A group of services with its keys, as a form says it: checked, made into rows, and read back. None of it commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from core.allocation.bands import Banding, PopulationBand
from core.allocation.model import (
    AllocationGroup,
    AllocationKey,
    GroupExclusion,
    GroupService,
    KeyBand,
    KeyValue,
    ShareDeduction,
)
from core.allocation.plan import (
    OF_RESIDENTS,
    PRICED,
    TYPED,
    Borne,
    FamiliesPay,
    KeyKind,
    PlanKey,
    check_terms,
    check_weights,
)
from core.catalogue.model import Service
from core.ground import money
from core.ground.access import ScopedSession
from core.ground.edits import lay
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.ground.required import LONGEST_TITLE, require_text
from core.parties.model import Municipality

Row = TypeVar("Row")
KEY = ("order", "kind", "weight", "on", "measure", "usage_year", "convergence", "rate", "banding", "steps", "step",
       "families_pay", "source")
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class KeyFacts:
    """A key as a form says it: ``weight`` and ``convergence`` in percent; ``values`` by municipality id, and
    ``recovery`` in euros. What the other fields are is said by ``AllocationKey``."""

    kind: str
    weight: Decimal = Decimal(0)
    on: date | None = None
    measure: str | None = None
    usage_year: int | None = None
    convergence: Decimal | None = None
    source: str = ""
    values: Mapping[int, Decimal] = field(default_factory=dict)
    rate: Decimal | None = None
    bands: tuple[PopulationBand, ...] = ()
    banding: str | None = None
    steps: int | None = None
    step: int | None = None
    families_pay: str | None = None
    recovery: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class DeductionFacts:
    """What a municipality does not pay of a group, as a form says it."""

    municipality_id: int
    amount: Decimal
    why: str
    borne: str = Borne.OTHERS


@dataclass(frozen=True)
class GroupFacts:
    """A group as a form says it; ``exclusions`` gives the reason by municipality id."""

    title: str
    service_ids: Sequence[int]
    keys: Sequence[KeyFacts]
    deduction: Decimal = Decimal(0)
    deduction_why: str = ""
    exclusions: Mapping[int, str] = field(default_factory=dict)
    deductions: Sequence[DeductionFacts] = ()


def check_facts(session: ScopedSession, facts: GroupFacts, others: Sequence[AllocationGroup]) -> None:
    """RuleBroken for a group that cannot be, or that has a name or a service of one of the ``others`` of its plan."""
    require_text(facts.title, "Dare un nome al gruppo.", field="title")
    if folded(facts.title) in {folded(group.title) for group in others}:
        raise RuleBroken("Un gruppo con questo nome c'è già: sceglierne un altro.", field="title")
    if not facts.service_ids:
        raise RuleBroken("Scegliere almeno un servizio.", field="service_ids")
    for group in others:
        for taken in group.services:
            if taken.service_id in facts.service_ids:
                raise RuleBroken("«%(service)s» è già nel gruppo «%(group)s»: un servizio si ripartisce una volta.",
                                 field="service_ids", service=taken.service.title, group=group.title)
    if money.exact_cents(facts.deduction, field="deduction") < 0:
        raise RuleBroken("La detrazione non può essere negativa.", field="deduction")
    if facts.deduction and not facts.deduction_why.strip():
        raise RuleBroken("Indicare il motivo della detrazione: si stampa nel calcolo della quota.",
                         field="deduction_why")
    for municipality_id, why in facts.exclusions.items():
        if not why.strip():
            raise RuleBroken("Indicare perché %(name)s è escluso: si stampa nel calcolo della quota.",
                             field="exclusions", name=session.require(Municipality, municipality_id).name)
    _check_deductions(session, facts.deductions)
    for key in facts.keys:
        _check_key(key)
    check_weights(facts.title.strip(), [(KeyKind(key.kind), key.weight) for key in facts.keys])


def _check_deductions(session: ScopedSession, deductions: Sequence[DeductionFacts]) -> None:
    seen: set[int] = set()
    for deduction in deductions:
        if not deduction.municipality_id:
            raise RuleBroken("Indicare di quale Comune è ogni detrazione.", field="deductions")
        name = session.require(Municipality, deduction.municipality_id).name
        if deduction.municipality_id in seen:
            raise RuleBroken("%(name)s ha due detrazioni nello stesso gruppo: sommarle in una.", field="deductions",
                             name=name)
        seen.add(deduction.municipality_id)
        if money.exact_cents(deduction.amount, field="deductions") <= 0:
            raise RuleBroken("La detrazione di %(name)s è un importo maggiore di zero.", field="deductions", name=name)
        require_text(deduction.why, "Indicare il motivo di ogni detrazione: si stampa nel calcolo della quota.",
                     field="deductions", longest=LONGEST_TITLE)
        if deduction.borne not in set(Borne):
            raise RuleBroken("Indicare chi paga la detrazione di %(name)s.", field="deductions", name=name)


def _check_key(key: KeyFacts) -> None:
    if key.kind not in set(KeyKind):
        raise RuleBroken("Scegliere il tipo di ogni chiave.", field="keys")
    if key.kind == KeyKind.USAGE and not key.measure:
        raise RuleBroken("Per la chiave dell'uso scegliere la misura.", field="keys")
    if key.kind == KeyKind.HISTORIC and (key.convergence is None or not 0 <= key.convergence <= 100):
        raise RuleBroken("Per la quota storica indicare la convergenza, da 0 a 100.", field="keys")
    if any(value < 0 for value in key.values.values()):
        raise RuleBroken("I valori di una chiave non possono essere negativi.", field="keys")
    if key.kind in TYPED and not any(key.values.values()):
        raise RuleBroken("Una chiave con i valori scritti a mano ha bisogno di almeno un valore maggiore di zero.",
                         field="keys")
    if key.kind == KeyKind.STEPS and (key.steps is None or key.step is None):
        raise RuleBroken("Per la quota storica in euro indicare in quanti passi converge, e il passo di quest'anno.",
                         field="keys")
    if key.kind == KeyKind.DAILY_FEE and key.families_pay not in set(FamiliesPay):
        raise RuleBroken("Per la retta giornaliera indicare a chi pagano le famiglie.", field="keys")
    if any(paid and not key.values.get(payer) for payer, paid in key.recovery.items()):
        raise RuleBroken("Un Comune ha un recupero dalle famiglie ma nessuna giornata: scrivere le giornate, o "
                         "togliere il recupero.", field="keys")
    if key.bands and key.banding not in set(Banding):
        raise RuleBroken("Indicare per quali abitanti vale ogni fascia di popolazione.", field="keys")
    prices = [key.rate or Decimal(0), *(band.value for band in key.bands)]
    if any(price != price.quantize(THOUSANDTH) for price in prices):
        raise RuleBroken("Una quota per abitante, una retta o il valore di una fascia ha al più tre decimali.",
                         field="keys")
    check_terms(_terms(key))


def _terms(key: KeyFacts) -> PlanKey:
    """The key without its figures by municipality, but for the typed ones: what ``check_terms`` looks at."""
    return PlanKey(
        KeyKind(key.kind), "", key.weight, {str(place): value for place, value in key.values.items()},
        rate=(key.rate or Decimal(0)) if key.kind in PRICED else Decimal(0), bands=key.bands,
        banding=Banding(key.banding or Banding.WHOLE),
        steps=key.steps or 1, step=1 if key.step is None else key.step,
        recovery={str(place): paid for place, paid in key.recovery.items()},
    )


# --- to rows and back -----------------------------------------------------------------------------------


def facts_of_group(group: AllocationGroup) -> GroupFacts:
    """A group as a form says it: to edit it, or to copy it into another plan."""
    keys = [
        KeyFacts(key.kind, key.weight, key.on, key.measure, key.usage_year, key.convergence, key.source,
                 {held.municipality_id: held.value for held in key.values}, key.rate,
                 tuple(PopulationBand(band.up_to, band.value) for band in key.bands), key.banding, key.steps, key.step,
                 key.families_pay, {held.municipality_id: held.recovery for held in key.values if held.recovery})
        for key in group.keys
    ]
    deductions = [DeductionFacts(held.municipality_id, held.amount, held.why, held.borne) for held in group.deductions]
    return GroupFacts(group.title, [held.service_id for held in group.services], keys, group.deduction,
                      group.deduction_why, {held.municipality_id: held.why for held in group.exclusions}, deductions)


def make_group(session: ScopedSession, facts: GroupFacts, order: int) -> AllocationGroup:
    """The rows of a group that was checked, in the place ``order`` of its plan."""
    return AllocationGroup(
        order=order, title=facts.title.strip(), deduction=facts.deduction, deduction_why=facts.deduction_why.strip(),
        services=[GroupService(service=session.require(Service, key)) for key in dict.fromkeys(facts.service_ids)],
        exclusions=[GroupExclusion(municipality=session.require(Municipality, key), why=why.strip())
                    for key, why in facts.exclusions.items()],
        deductions=[ShareDeduction(municipality=session.require(Municipality, held.municipality_id), borne=held.borne,
                                   amount=held.amount, why=held.why.strip()) for held in facts.deductions],
        keys=[_key(session, key, place) for place, key in enumerate(facts.keys)],
    )


def _key(session: ScopedSession, facts: KeyFacts, order: int) -> AllocationKey:
    typed, converging, stepped = facts.kind in TYPED, facts.kind == KeyKind.HISTORIC, facts.kind == KeyKind.STEPS
    daily, bands = facts.kind == KeyKind.DAILY_FEE, facts.bands if facts.kind in OF_RESIDENTS else ()
    return AllocationKey(
        order=order, kind=facts.kind, weight=facts.weight, on=facts.on, source=facts.source.strip(),
        measure=facts.measure if facts.kind == KeyKind.USAGE else None,
        usage_year=facts.usage_year if facts.kind == KeyKind.USAGE else None,
        convergence=facts.convergence if converging else None,
        rate=facts.rate if facts.kind in PRICED else None,
        steps=facts.steps if stepped else None, step=facts.step if stepped else None,
        families_pay=facts.families_pay if daily else None, banding=facts.banding if bands else None,
        bands=[KeyBand(order=place, up_to=band.up_to, value=band.value) for place, band in enumerate(bands)],
        values=[KeyValue(municipality=session.require(Municipality, key), value=value,
                         recovery=facts.recovery.get(key, Decimal(0)) if daily else Decimal(0))
                for key, value in facts.values.items() if typed and value],
    )


def change_group(group: AllocationGroup, wanted: AllocationGroup) -> None:
    """Make a group say what is wanted, row by row: the history tells the figures from what to what."""
    for name in ("title", "deduction", "deduction_why"):
        setattr(group, name, getattr(wanted, name))
    lay(group.services, _freed(wanted.services), (), _service)
    lay(group.exclusions, _freed(wanted.exclusions), ("why",), _payer)
    lay(group.deductions, _freed(wanted.deductions), ("amount", "why", "borne"), _payer)
    for key, new in lay(group.keys, _freed(wanted.keys), KEY, _kind, by_place=True):
        lay(key.values, _freed(new.values), ("value", "recovery"), _payer)
        lay(key.bands, _freed(new.bands), ("order", "up_to", "value"), _limit, by_place=True)
        key.bands.sort(key=lambda band: band.order)
    group.keys.sort(key=lambda key: key.order)


def _freed(rows: list[Row]) -> list[Row]:
    """What was made for one parent, free for another: a row that changes its parent would be taken for an orphan."""
    free = list(rows)
    rows.clear()
    return free


def _service(row: GroupService) -> object:
    return row.service.id


def _payer(row: GroupExclusion | KeyValue | ShareDeduction) -> object:
    return row.municipality.id


def _limit(row: KeyBand) -> object:
    return row.up_to


def _kind(row: AllocationKey) -> object:
    return row.kind, row.measure, row.usage_year
