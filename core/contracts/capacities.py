"""In which capacities a body stands in a contract, in words: a town that also leads a district, or accredits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from core.catalogue.rules import Accreditor
from core.contracts import papers
from core.documents.grammar import of_the, the
from core.parties.capacities import ACCREDITING, LEAD, held_on, holder
from core.parties.model import District, Municipality, PartyCapacity, Signatory
from core.parties.signatories import named_for

ACCREDITS = "ente che accredita le unità d'offerta sociali"


def in_words(capacity: PartyCapacity, day: date, first: District) -> str:
    """``ente capofila del Distretto Sociale Sud Est Milano``: as a contract says it, after «come».

    ``first``: the district of a lead body that names none.
    """
    if capacity.title:
        return capacity.title
    if capacity.kind == LEAD:
        return f"ente capofila {of_the((capacity.district or first).name_on(day))}"
    return f"{ACCREDITS} {of_the(capacity.district.name_on(day))}" if capacity.district else ACCREDITS


def of(body: Municipality, day: date, first: District) -> tuple[str, ...]:
    """In which capacities a body stands besides its own, signing once for all of them."""
    return tuple(in_words(held, day, first) for held in held_on(body, day) if not held.signs_apart)


def signed_apart(body: Municipality, day: date, first: District) -> Iterator[tuple[str, Signatory | None]]:
    """The capacities in which a body signs once more, and who was named for it; None: who represents the body signs,
    as the mayor does for a Comune (art. 50 D.Lgs. 267/2000)."""
    for held in held_on(body, day):
        if held.signs_apart:
            yield in_words(held, day, first), named_for(body, held.kind, day)


def lead(bodies: Collection[Municipality], day: date, district: District) -> str:
    """The lead body of a district on ``day``, with its article; empty where it is the azienda (R11)."""
    return _named(holder(bodies, LEAD, day, district))


def accreditor(bodies: Collection[Municipality], day: date) -> Accreditor:
    """Who accredits on ``day``, for the remarks: the azienda, or the body that does it in its place (X24)."""
    name = _named(holder(bodies, ACCREDITING, day))
    return Accreditor(name, "municipal") if name else Accreditor()


def _named(body: Municipality | None) -> str:
    return the(papers.name_of(body), body.gender or "") if body is not None else ""
