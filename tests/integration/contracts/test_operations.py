"""What changes contracts, on the demo district: the exclusive right, the versions of the text, what the text names."""

from __future__ import annotations

import threading
import time
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from core.contracts.assemble import contract_document
from core.contracts.model import Contract, ContractAct, ContractTerms
from core.contracts.operations import cancel, draft, generate_document, upload_negotiated
from core.documents.wordfile import read_text
from core.ground.access import ScopedSession, system
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Act, Municipality
from demo import job
from tests.district import TODAY, District

ACTOR = system("prova")
CARPIANO = 1


def a_contract(session: ScopedSession, number: int = CARPIANO) -> Contract:
    return session.scalars(select(Contract).where(Contract.number == number, Contract.year == 2026)).one()


def word_file(text: str) -> bytes:
    document, packed = Document(), BytesIO()
    document.add_paragraph(text)
    document.save(packed)
    return packed.getvalue()


def negotiate(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        upload_negotiated(session, a_contract(session).id, file=Upload("dal-comune.docx", word_file("Rivisto")),
                          note="osservazioni")


def test_a_contract_that_has_not_changed_is_not_generated_over_the_text_negotiated_by_hand(district: District) -> None:
    negotiate(district)
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = a_contract(session)
        again = generate_document(session, contract.id, registry=district.registry, today=TODAY)
        assert (again.version_number, again.origin) == (1, "generated")
        assert [held.origin for held in contract.documents] == ["generated", "negotiated"]


def test_a_cancelled_contract_takes_no_further_text(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = a_contract(session)
        cancel(session, contract.id, version=contract.version, why="doppione", today=TODAY)
    with pytest.raises(RuleBroken, match="non è più una bozza"):
        negotiate(district)


def test_two_who_confer_the_same_service_at_once_are_told_apart(district: District) -> None:
    """R84, also where the two drafts take their numbers in different years and so do not wait for a number."""
    refusals: list[str] = []

    def draft_from(session: ScopedSession, year: int) -> None:
        municipality = session.scalars(select(Municipality).where(Municipality.slug == "carpiano")).one()
        terms = session.scalars(select(ContractTerms)).one()
        draft(session, [municipality.id], starts_on=date(year, 1, 1), ends_on=date(2035, 12, 31), terms_id=terms.id,
              today=TODAY)

    def second() -> None:
        try:
            with unit_of_work(district.database, ACTOR, act="prova") as session:
                draft_from(session, 2032)
        except RuleBroken as refusal:
            refusals.append(str(refusal))

    other = threading.Thread(target=second)
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        draft_from(session, 2031)
        other.start()
        time.sleep(0.5)  # the other is at work, or waits, before this one commits
    other.join()
    assert [refusal for refusal in refusals if "conferisce già" in refusal], "both were drafted"


def test_a_municipality_named_twice_signs_once(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        key = session.scalars(select(Municipality.id).where(Municipality.slug == "dresano")).one()
        terms = session.scalars(select(ContractTerms)).one()
        contract = draft(session, [key, key], starts_on=date(2031, 1, 1), ends_on=date(2031, 12, 31),
                         terms_id=terms.id, today=TODAY)
        assert len(contract.municipality_parties) == 1


def test_the_attached_documents_name_a_party_as_the_contract_does(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = a_contract(session)
        contract.municipality_parties[0].party.connector = "della"
        context = contract_document(session, contract, district.registry)
    assert [group.party for group in context.attached][1] == context.municipalities[0].title == "Comune della Carpiano"


@pytest.mark.parametrize(("kind", "printed"), [
    ("council", "determinazione del Consiglio comunale n. 77 "), ("other", "determinazione n. 77 "),
])
def test_an_act_with_a_number_and_no_body_stops_no_document(district: District, kind: str, printed: str) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = a_contract(session)
        act = Act(party_id=contract.municipality_parties[0].party_id, body_kind=kind, kind="determinazione",
                  number="77", date=date(2026, 1, 7), title="Presa d'atto")
        contract.acts.append(ContractAct(act=act))
        session.flush()
        version = generate_document(session, contract.id, registry=district.registry, today=TODAY)
        text = read_text(district.store.get(version.document.path))
    assert any(printed in line for line in text)


def test_an_act_without_a_date_comes_last_on_every_database(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        key = session.scalars(select(Municipality.id).where(Municipality.slug == "carpiano")).one()
        session.add(Act(party_id=key, body_kind="council", body="Consiglio comunale", kind="deliberazione",
                        title="Da adottare"))
    with ScopedSession(district.database, ACTOR) as session:
        assert session.require(Municipality, key).acts[-1].title == "Da adottare"


def test_the_demo_starts_also_when_a_contract_has_been_left_incomplete(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = a_contract(session)
        signatory = contract.municipality_parties[0].signatory
        assert signatory is not None
        signatory.valid_to = date(2026, 1, 1)
        kept = contract.documents[-1].document.path
    again = job.run(district.database, district.registry, today=TODAY, progress=lambda *_: None)
    assert again.contracts[0].document == kept
    assert any("Manca chi firma per Carpiano" in warning for warning in again.warnings)
