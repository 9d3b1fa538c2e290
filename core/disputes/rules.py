"""What damaging events, contestations and arbitrations must respect: pure, the days are parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from core.ground.errors import RuleBroken
from core.ground.money import exact_cents
from core.ground.names import folded

AZIENDA, MUNICIPALITY = "azienda", "municipality"
SIDES = (AZIENDA, MUNICIPALITY)
SEATS = ("azienda_arbitrator", "municipality_arbitrator", "third_arbitrator")
THIRD_NAMED_BY = ("arbitrators", "court")


# --- damaging events --------------------------------------------------------------------------------------


def require_known(happened_on: date, known_on: date) -> None:
    """RuleBroken for an event known before it happened."""
    if known_on < happened_on:
        raise RuleBroken("Il fatto è del %(happened)s: non può essere stato conosciuto il %(known)s. Correggere una "
                         "delle due date.", field="known_on", happened=f"{happened_on:%d/%m/%Y}",
                         known=f"{known_on:%d/%m/%Y}")


def require_covered(valid_from: date, valid_to: date, happened_on: date, policy: str) -> None:
    """RuleBroken for a policy that did not hold on the day of the event."""
    if not valid_from <= happened_on <= valid_to:
        raise RuleBroken("La polizza %(policy)s vale dal %(first)s al %(last)s e non copre il %(day)s: sceglierne "
                         "un'altra, o nessuna.", field="insurance_policy_id", policy=policy,
                         first=f"{valid_from:%d/%m/%Y}", last=f"{valid_to:%d/%m/%Y}", day=f"{happened_on:%d/%m/%Y}")


def require_compensation(amount: Decimal | None) -> None:
    """RuleBroken for a negative sum, or one with a fraction of a cent; empty is not known, zero is nothing paid."""
    if amount is not None and exact_cents(amount, field="compensation") < 0:
        raise RuleBroken("L'importo risarcito non può essere negativo: zero se non si è pagato nulla.",
                         field="compensation")


# --- contestations ----------------------------------------------------------------------------------------


def require_answer_term(answer_by: date | None, written_on: date) -> None:
    """RuleBroken for an answer that would be due before the letter is written."""
    if answer_by is not None and answer_by < written_on:
        raise RuleBroken("Il termine per la risposta (%(by)s) è già passato: indicarne uno che deve ancora venire, o "
                         "nessuno.", field="answer_by", by=f"{answer_by:%d/%m/%Y}")


# --- arbitrations -----------------------------------------------------------------------------------------


def require_arbitration(provided: bool, court: str, code: str) -> None:
    """RuleBroken if the terms of the contract leave disputes to the court alone (R115)."""
    if not provided:
        raise RuleBroken("Le condizioni del contratto n. %(code)s escludono l'arbitrato: decide il foro di %(court)s.",
                         field="party", code=code, court=court)


def require_distinct(names: Mapping[str, str]) -> None:
    """RuleBroken, on the later seat, if one person is named twice, however it is written."""
    seen: dict[str, str] = {}
    for seat in SEATS:
        name = names.get(seat, "")
        key = " ".join(sorted(folded(name).split()))
        if key and key in seen:
            raise RuleBroken("«%(name)s» è nominato due volte: ogni posto del collegio ha una persona diversa.",
                             field=seat, name=name)
        seen[key] = seat


def require_agreed(azienda_agreed_on: date | None, municipality_agreed_on: date | None, on: date) -> None:
    """RuleBroken for arbitrators named before both sides have agreed: the panel comes from the agreement (R115)."""
    days = [day for day in (azienda_agreed_on, municipality_agreed_on) if day is not None]
    if days and on < max(days):
        raise RuleBroken("La nomina (%(on)s) viene prima dell'accordo delle due parti (%(agreed)s): correggere la "
                         "data.", field="on", on=f"{on:%d/%m/%Y}", agreed=f"{max(days):%d/%m/%Y}")


def require_named_by_two(names: Mapping[str, str], arbitrators: int, named_by: str | None) -> None:
    """RuleBroken for a third arbitrator named by the other two before both are there (art. 27; R115)."""
    third = SEATS[-1]
    if named_by == "arbitrators" and names.get(third) and empty_seats({**names, third: "-"}, arbitrators):
        raise RuleBroken("Il terzo arbitro lo nominano i due delle parti: prima servono i loro nomi, oppure "
                         "indicare che lo ha nominato il tribunale.", field=third)


def empty_seats(names: Mapping[str, str], arbitrators: int) -> list[str]:
    """The seats that still have nobody; a sole arbitrator sits in the third one."""
    return [seat for seat in seats(arbitrators) if not names.get(seat)]


def seats(arbitrators: int) -> tuple[str, ...]:
    """The seats of a panel: the terms say three, or one that both name together."""
    return SEATS if arbitrators != 1 else SEATS[2:]


def missing_consents(azienda_agreed_on: date | None, municipality_agreed_on: date | None) -> Iterator[str]:
    """The sides that have not agreed yet."""
    if azienda_agreed_on is None:
        yield AZIENDA
    if municipality_agreed_on is None:
        yield MUNICIPALITY
