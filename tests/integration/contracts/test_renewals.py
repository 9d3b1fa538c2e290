"""A renewal keeps the title of its conditions, and takes effect in the step that ends the contract before it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.cases.model import Note
from core.contracts import life, terms, undoing
from core.contracts.model import Contract, ContractDocument, ContractTerms
from core.contracts.states import ContractState
from core.documents.model import Document
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from tests.factories import filled

S = ContractState
DECEMBER, FIRST_DAY = date(2026, 12, 10), date(2027, 1, 1)


def edition(contract, title: str, number: int, valid_from: date) -> int:
    """A version of some conditions, beside those that are there."""
    with contract.open_unit("condizioni") as session:
        row = filled(ContractTerms, title=title, edition=number, valid_from=valid_from, renewal_direction="before",
                     roll_policy="holiday")
        session.add(row)
        session.flush()
        return row.id


def title_of(contract) -> str:
    return contract.see(lambda row: row.terms.title)


def renewal_of(contract, **days: date) -> int:
    """Prepare the contract that follows; its id."""
    period = {"starts_on": FIRST_DAY, "ends_on": date(2027, 12, 31), **days}
    contract.do(life.prepare_renewal, DECEMBER, **period)
    with ScopedSession(contract.database, contract.actor) as session:
        return session.scalars(select(Contract.id).where(Contract.renews_id == contract.key)).one()


def signed(contract, key: int) -> None:
    """Bring the contract that follows to its signature."""
    with contract.open_unit("firma") as session:
        row = session.require(Contract, key)
        row.documents.append(ContractDocument(version_number=1, origin="generated", document=filled(Document)))
        row.state, row.signed_on = S.SIGNED, DECEMBER


def states(contract, key: int) -> tuple[str, str]:
    with ScopedSession(contract.database, contract.actor) as session:
        return contract.state, session.require(Contract, key).state


def test_a_renewal_takes_the_newest_edition_of_the_same_title_and_says_so(in_force):
    contract = in_force(terms={"title": "Servizi alla persona"})
    edition(contract, "Servizi alla persona", 90, date(2026, 7, 1))
    newest = edition(contract, "Servizi alla persona", 91, date(2026, 9, 1))
    edition(contract, "Servizi alla persona", 92, date(2027, 3, 1))
    edition(contract, "Ufficio di Piano", 1, date(2026, 12, 1))
    key = renewal_of(contract)
    with ScopedSession(contract.database, contract.actor) as session:
        assert session.require(Contract, key).terms_id == newest, "not yet the edition of March, never the other title"
        note = session.scalars(select(Note.text).where(Note.subject == "contract", Note.subject_id == key)).one()
    assert "«Servizi alla persona»: la versione 91 (quel contratto ha la " in note


def test_of_two_titles_side_by_side_none_is_taken_for_the_other(in_force):
    contract = in_force(terms={"title": "Servizi alla persona"})
    with contract.open_unit("prova") as session:
        assert terms.sole(session, FIRST_DAY).title == title_of(contract)
    edition(contract, "Ufficio di Piano", 1, date(2026, 12, 1))
    with contract.open_unit("prova") as session, pytest.raises(RuleBroken, match="«Servizi alla persona»") as refusal:
        terms.sole(session, FIRST_DAY)
    assert refusal.value.field == "terms_id"


def test_a_prepared_renewal_takes_effect_in_the_step_that_ends_the_contract_before_it(in_force):
    contract = in_force()
    key = renewal_of(contract)
    signed(contract, key)
    contract.advance(date(2026, 12, 31))
    assert states(contract, key) == (S.IN_FORCE, S.SIGNED)
    with contract.open_unit("un solo contratto") as session:
        life.advance(session, FIRST_DAY, [contract.key])
    assert states(contract, key) == (S.RENEWED, S.IN_FORCE), "one act of the calendar, both contracts"


def test_the_same_from_the_side_of_the_new_contract_and_after_a_week_without_a_worker(in_force):
    contract = in_force()
    key = renewal_of(contract)
    signed(contract, key)
    with contract.open_unit("un solo contratto") as session:
        life.pass_by_calendar(session, key, "enter_force", version=None, today=date(2027, 1, 8))
    assert states(contract, key) == (S.RENEWED, S.IN_FORCE)


def test_a_renewal_that_is_signed_late_renews_the_contract_that_had_expired(in_force):
    contract = in_force()
    key = renewal_of(contract)
    contract.advance(FIRST_DAY)
    assert states(contract, key) == (S.EXPIRED, S.DRAFT)
    signed(contract, key)
    contract.advance(date(2027, 1, 20))
    assert states(contract, key) == (S.RENEWED, S.IN_FORCE)


def test_an_entry_into_force_that_was_a_mistake_brings_both_back(in_force):
    contract = in_force()
    key = renewal_of(contract)
    signed(contract, key)
    contract.advance(FIRST_DAY)
    with contract.open_unit("correzione") as session:
        undoing.undo(session, key, why="Mancava una firma", version=None, today=FIRST_DAY)
    assert states(contract, key) == (S.IN_FORCE, S.SIGNED)
    contract.advance(FIRST_DAY)
    assert states(contract, key) == (S.IN_FORCE, S.SIGNED), "what was taken back today stays so until tomorrow"
    contract.advance(date(2027, 1, 2))
    assert states(contract, key) == (S.RENEWED, S.IN_FORCE)


def test_a_signed_renewal_stops_the_tacit_one(in_force):
    contract = in_force(terms={"tacit_renewal": True, "tacit_renewal_months": 12, "notice_months": 3})
    key = renewal_of(contract)
    signed(contract, key)
    contract.advance(FIRST_DAY)
    assert states(contract, key) == (S.RENEWED, S.IN_FORCE)
    assert contract.see(lambda row: row.runs_to) == date(2026, 12, 31)
