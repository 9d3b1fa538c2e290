"""Who signs: among those in office, by the kind of the act."""

from __future__ import annotations

from datetime import date

from core.parties.model import Municipality, Signatory
from core.parties.signatories import CONTRACTS, LETTERS, signer, signers

DAY = date(2026, 3, 2)


def party(*people: tuple[str, str | None, date, date | None]) -> Municipality:
    """A municipality for which these sign: role, what, from, to."""
    return Municipality(name="Dresano", signatories=[
        Signatory(role=role, signs=signs, valid_from=first, valid_to=last) for role, signs, first, last in people])


def roles(whose: Municipality, kind: str) -> list[str]:
    return [row.role for row in signers(whose, kind, DAY)]


def test_who_is_there_for_that_kind_of_act_comes_before_who_signs_everything():
    dresano = party(("Sindaca", "all", date(2024, 6, 1), None),
                    ("Responsabile", "letters", date(2020, 1, 1), None),
                    ("Segretario", "contracts", date(2025, 1, 1), None))
    assert roles(dresano, LETTERS) == ["Responsabile", "Sindaca"]
    assert roles(dresano, CONTRACTS) == ["Segretario", "Sindaca"]


def test_among_equals_who_took_office_last_and_nobody_who_is_not_in_office():
    dresano = party(("Sindaco", "all", date(2019, 1, 1), date(2024, 5, 31)),
                    ("Commissaria", "all", date(2024, 1, 1), None), ("Sindaca", None, date(2024, 6, 1), None),
                    ("Prossimo", "all", date(2027, 1, 1), None))
    assert roles(dresano, CONTRACTS) == ["Sindaca", "Commissaria"]


def test_where_nobody_signs_there_is_nobody():
    assert signer(party(("Responsabile", "letters", date(2020, 1, 1), None)), CONTRACTS, DAY) is None
