"""An arbitration: proposed, agreed by both, three different people named, decided once and for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractTerms
from core.disputes import arbitrations
from core.disputes.model import Arbitration
from core.disputes.states import ArbitrationState
from core.documents.model import Document
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.penalties.model import DefaultNotice
from tests.conftest import UnitFactory
from tests.factories import clerk_of, filled
from tests.integration.disputes.conftest import TODAY, Do
from tests.ledger import MANAGER, Ledger

Propose = Callable[..., int]
OURS, THEIRS, THIRD = "Avv. Lina Verdi", "Prof. Ugo Neri", "Dott.ssa Ada Riva"


def provide(ledger: Ledger, unit: UnitFactory, *, arbitration: bool = True, arbitrators: int = 3) -> None:
    """The contract has terms that say this of arbitration."""
    with unit("condizioni") as session:
        session.get_one(Contract, ledger.contract).terms = filled(
            ContractTerms, title=f"Condizioni {arbitration} {arbitrators}", roll_policy="holiday", court="Milano",
            renewal_direction="before", arbitration=arbitration, arbitrators=arbitrators)


@pytest.fixture
def proof(ledger: Ledger, unit: UnitFactory) -> int:
    """A file that proves what is said; the terms provide for three arbitrators."""
    provide(ledger, unit)
    with unit("file") as session:
        row = filled(Document)
        session.add(row)
        session.flush()
        return row.id


@pytest.fixture
def propose(ledger: Ledger, unit: UnitFactory, proof: int, clerk: Principal) -> Propose:
    """Dresano proposes; the key of the arbitration."""

    def make(actor: Principal = clerk, **facts: Any) -> int:
        wanted = {"title": "Orari dello sportello", "text": "Le parti leggono l'art. 13 in modo diverso.",
                  "proposed_by": "municipality", "proposed_on": TODAY, **facts}
        with unit("propone", actor) as session:
            return arbitrations.propose(session, ledger.contract, ledger.dresano, today=TODAY, **wanted).id

    return make


@pytest.fixture
def agreed(propose: Propose, do: Do, proof: int) -> int:
    """An arbitration to which both have agreed."""
    key = propose()
    for side in ("municipality", "azienda"):
        do(arbitrations.agree, key, side=side, consent="Delibera n. 3", agreed_on=TODAY, document_id=proof)
    return key


def names(azienda: str = "", municipality: str = "", third: str = "") -> dict[str, str]:
    given = {"azienda_arbitrator": azienda, "municipality_arbitrator": municipality, "third_arbitrator": third}
    return {seat: name for seat, name in given.items() if name}


def see(database: Database, key: int) -> Arbitration:
    with ScopedSession(database, system("prova")) as session:
        return session.get_one(Arbitration, key)


def test_from_the_proposal_to_the_award(
    propose: Propose, do: Do, proof: int, clerk: Principal, database: Database
) -> None:
    key = propose()
    said = {"agreed_on": TODAY, "document_id": proof}
    assert do(arbitrations.agree, key, actor=clerk, side="municipality", consent="Giunta n. 4", **said
              ) == ArbitrationState.PROPOSED
    with pytest.raises(RuleBroken, match="già registrato"):
        do(arbitrations.agree, key, side="municipality", consent="Giunta n. 4", **said)
    with pytest.raises(RuleBroken, match="non è previsto"):
        do(arbitrations.name_arbitrators, key, names(OURS), third_named_by=None, on=TODAY)
    assert do(arbitrations.agree, key, side="azienda", consent="CdA n. 9", **said) == ArbitrationState.AGREED
    assert do(arbitrations.name_arbitrators, key, names(municipality=THEIRS), actor=clerk, third_named_by=None,
              on=TODAY) == ArbitrationState.AGREED
    assert do(arbitrations.name_arbitrators, key, names(OURS, "", THIRD), third_named_by="court", on=TODAY
              ) == ArbitrationState.APPOINTED
    assert do(arbitrations.award, key, text="Lo sportello apre anche il sabato.", award_on=TODAY, document_id=proof
              ) == ArbitrationState.AWARDED
    row = see(database, key)
    assert (row.azienda_arbitrator, row.municipality_arbitrator, row.third_arbitrator) == (OURS, THEIRS, THIRD)
    with pytest.raises(RuleBroken, match="non è previsto"):
        do(arbitrations.drop, key, why="Ci abbiamo ripensato.")


def test_terms_without_arbitration_refuse_it_in_words(ledger: Ledger, propose: Propose, unit: UnitFactory) -> None:
    provide(ledger, unit, arbitration=False)
    with pytest.raises(RuleBroken, match="escludono l'arbitrato: decide il foro di Milano"):
        propose()


@pytest.mark.parametrize(("given", "seat"), [
    (names(OURS, OURS), "municipality_arbitrator"),
    (names(OURS, THEIRS, "avv. verdi  LINA"), "third_arbitrator"),
])
def test_one_person_does_not_sit_twice(agreed: int, do: Do, given: dict[str, str], seat: str) -> None:
    with pytest.raises(RuleBroken, match="due volte") as refusal:
        do(arbitrations.name_arbitrators, agreed, given, third_named_by="court", on=TODAY)
    assert refusal.value.field == seat


def test_the_third_is_named_by_somebody_and_no_seat_is_emptied(agreed: int, do: Do, database: Database) -> None:
    with pytest.raises(RuleBroken) as refusal:
        do(arbitrations.name_arbitrators, agreed, names(OURS, THEIRS, THIRD), third_named_by=None, on=TODAY)
    assert refusal.value.field == "third_named_by"
    do(arbitrations.name_arbitrators, agreed, names(OURS, THEIRS, THIRD), third_named_by="arbitrators", on=TODAY)
    with pytest.raises(RuleBroken, match="non si lascia il posto vuoto"):
        do(arbitrations.name_arbitrators, agreed, {"third_arbitrator": " "}, third_named_by="court", on=TODAY, why="X")
    new = {"third_arbitrator": "Prof.ssa Eva Salmi"}
    with pytest.raises(RuleBroken, match="motivo"):
        do(arbitrations.name_arbitrators, agreed, new, third_named_by="court", on=TODAY)
    assert do(arbitrations.name_arbitrators, agreed, new, third_named_by="court", on=TODAY, why="Ha rinunciato."
              ) == ArbitrationState.APPOINTED
    assert see(database, agreed).third_arbitrator == "Prof.ssa Eva Salmi"


def test_a_sole_arbitrator_is_enough_where_the_terms_say_so(
    ledger: Ledger, agreed: int, do: Do, unit: UnitFactory
) -> None:
    provide(ledger, unit, arbitrators=1)
    assert do(arbitrations.name_arbitrators, agreed, names(third=THIRD), third_named_by="arbitrators", on=TODAY
              ) == ArbitrationState.APPOINTED


def test_each_side_speaks_for_itself(propose: Propose, agreed: int, do: Do, clerk: Principal, proof: int) -> None:
    key = propose(title="Un'altra questione")
    with pytest.raises(NotAllowed):
        propose(proposed_by="azienda")
    with pytest.raises(NotAllowed):
        do(arbitrations.agree, key, actor=clerk, side="azienda", consent="CdA n. 9", agreed_on=TODAY,
           document_id=proof)
    with pytest.raises(NotAllowed):
        do(arbitrations.name_arbitrators, agreed, names(OURS), actor=clerk, third_named_by=None, on=TODAY)
    with pytest.raises(RuleBroken, match="Allegare il file"):
        do(arbitrations.agree, key, side="azienda", consent="CdA n. 9", agreed_on=TODAY, document_id=None)


def test_a_consent_taken_back_may_be_given_again(agreed: int, do: Do, database: Database, proof: int) -> None:
    assert do(arbitrations.undo, agreed, why="Delibera annullata.") == ArbitrationState.PROPOSED
    row = see(database, agreed)
    assert (row.azienda_agreed_on, row.azienda_consent, row.municipality_agreed_on) == (None, "", TODAY)
    do(arbitrations.agree, agreed, side="azienda", consent="CdA n. 10", agreed_on=TODAY, document_id=proof)
    do(arbitrations.name_arbitrators, agreed, names(OURS), third_named_by=None, on=TODAY)
    with pytest.raises(RuleBroken, match="scrivendo quelli giusti"):
        do(arbitrations.undo, agreed, why="Nome sbagliato.")


def test_one_at_a_time_about_the_same_notice_of_the_same_municipality(
    ledger: Ledger, propose: Propose, do: Do, unit: UnitFactory
) -> None:
    with unit("diffide") as session:
        mine, theirs = (filled(DefaultNotice, contract_id=ledger.contract, municipality_id=who, number=number)
                        for number, who in enumerate((ledger.dresano, ledger.melegnano), start=1))
        session.add_all([mine, theirs])
        session.flush()
        mine_id, theirs_id = mine.id, theirs.id
    key = propose(notice_id=mine_id)
    with pytest.raises(RuleBroken, match=r"già oggetto dell'arbitrato n\. 1/2026"):
        propose(notice_id=mine_id)
    with pytest.raises(NotVisible):
        propose(notice_id=theirs_id)
    with pytest.raises(RuleBroken, match="un altro ente"):
        propose(actor=MANAGER, notice_id=theirs_id)
    do(arbitrations.drop, key, why="Ci siamo accordati.")
    assert propose(notice_id=mine_id)


@pytest.mark.parametrize(("wrong", "field"), [
    ({"title": ""}, "title"), ({"text": " "}, "text"), ({"proposed_on": date(2026, 5, 5)}, "proposed_on"),
    ({"proposed_by": "regione"}, "proposed_by"),
])
def test_a_proposal_that_makes_no_sense_is_refused(propose: Propose, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        propose(**wrong)
    assert refusal.value.field == field


def test_days_come_in_order(agreed: int, propose: Propose, do: Do, proof: int) -> None:
    before = date(2026, 5, 3)
    with pytest.raises(RuleBroken) as refusal:
        do(arbitrations.agree, propose(), side="azienda", consent="CdA", agreed_on=before, document_id=proof)
    assert refusal.value.field == "agreed_on"
    do(arbitrations.name_arbitrators, agreed, names(OURS, THEIRS, THIRD), third_named_by="court", on=TODAY)
    with pytest.raises(RuleBroken) as refusal:
        do(arbitrations.award, agreed, text="Così.", award_on=before, document_id=proof)
    assert refusal.value.field == "award_on"


def test_another_municipality_sees_none(ledger: Ledger, propose: Propose, database: Database) -> None:
    propose()
    with ScopedSession(database, clerk_of(ledger.melegnano)) as session:
        assert session.scalars(select(Arbitration)).all() == []


def test_the_panel_comes_after_the_agreement_and_the_third_after_the_two(agreed: int, do: Do) -> None:
    before = TODAY - timedelta(days=1)
    with pytest.raises(RuleBroken, match="viene prima dell'accordo delle due parti") as refusal:
        do(arbitrations.name_arbitrators, agreed, names(OURS), third_named_by=None, on=before)
    assert refusal.value.field == "on"
    with pytest.raises(RuleBroken, match="lo nominano i due delle parti") as refusal:
        do(arbitrations.name_arbitrators, agreed, names(OURS, "", THIRD), third_named_by="arbitrators", on=TODAY)
    assert refusal.value.field == "third_arbitrator"
    assert do(arbitrations.name_arbitrators, agreed, names(OURS, "", THIRD), third_named_by="court", on=TODAY
              ) == ArbitrationState.AGREED, "the court waits for nobody"
