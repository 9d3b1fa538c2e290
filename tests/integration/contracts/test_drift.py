"""A datum that was known when the text was approved and has changed since is told, and the text stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document

from core.contracts import final, life
from core.contracts.drift import Drifted
from core.contracts.model import Contract
from core.contracts.operations import generate_document, upload_negotiated
from core.documents import words
from core.documents.wordfile import read_text
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Signatory
from tests.conftest import BACKENDS
from tests.district import TODAY, District
from tests.factories import write_missing_sheets
from tests.integration.contracts.making import ACTOR, approve_all, demo_contract, text_to_sign

SEAT = "Indirizzo della sede – Comune di Carpiano"


@pytest.fixture
def backend() -> str:
    """One engine: what a Word file says does not hang on it. The story, and what asks the tables, are tried on both."""
    return "sqlite"


@pytest.fixture
def session(district: District) -> Iterator[ScopedSession]:
    """One long act on the demo district."""
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        yield session


@pytest.fixture
def contract(session: ScopedSession, district: District) -> Contract:
    """Carpiano's contract with a text of its data, not sent to the bodies yet."""
    contract = demo_contract(session)
    write_missing_sheets(session)
    generate_document(session, contract.id, registry=district.registry, today=TODAY)
    return contract


def approve(session: ScopedSession, contract: Contract) -> None:
    """The bodies approve the last text."""
    life.submit(session, contract.id, version=None, today=TODAY)
    approve_all(session, contract)


def told(session: ScopedSession, contract: Contract, district: District) -> dict[str, Drifted]:
    """What the page of the text to sign says has changed, by the name of the datum."""
    found = final.propose(session, contract, district.registry, today=TODAY).drifted
    assert len({one.key for one in found}) == len(found)
    return {one.name: one for one in found}


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_has_changed_is_told_by_name_with_both_words_and_the_text_keeps_the_approved_ones(
    session: ScopedSession, district: District, contract: Contract
) -> None:
    approve(session, contract)
    assert told(session, contract, district) == {}, "nothing has changed, and what came late is filled in"
    comune = contract.municipality_parties[0].party
    seat, iban, mayor = comune.address, comune.accounts[0].iban, contract.municipality_parties[0].signatory
    comune.address, comune.pec = "Via Nuova 7", "nuova@pec.comune.example"
    comune.accounts[0].iban = "IT81M0999933600000000202699"
    mayor.valid_to = TODAY - timedelta(days=1)
    comune.signatories.append(Signatory(
        given_name="Lea", family_name="Moretti", sex="F", birth_place="Lodi", birth_date=mayor.birth_date,
        tax_code="MRTLEA80C48E648P", role="Sindaca", valid_from=TODAY))
    sheet = contract.conferrals[0].service.sheets[0]
    sheet.mission, before = "Una missione scritta di nuovo.", sheet.mission
    session.flush()

    found = told(session, contract, district)
    assert found.keys() == {
        "Chi firma – Comune di Carpiano", SEAT, "Domicilio digitale – Comune di Carpiano",
        "Conti correnti dedicati – Comune di Carpiano",
        next(name for name in found if contract.conferrals[0].service.title in name)}
    assert (found[SEAT].said, found[SEAT].says) == ((seat,), ("Via Nuova 7",))
    assert found["Chi firma – Comune di Carpiano"].says == ("Lea Moretti, Sindaca",)
    assert found["Chi firma – Comune di Carpiano"].said == (f"{mayor.full_name}, {mayor.role}",)
    account = found["Conti correnti dedicati – Comune di Carpiano"]
    assert (account.said, account.says) == ((words.iban(iban),), ("IT81 M099 9933 6000 0000 0202 699",))
    [annex] = [one for name, one in found.items() if name.startswith("Allegato n. ")]
    assert annex.says == ("Una missione scritta di nuovo.",) and " ".join(annex.said) == " ".join(before.split())

    text_to_sign(session, district.registry, contract)
    last = contract.documents[-1]
    said = " ".join(read_text(session.files.get(last.document.path)))
    assert seat in said and "Via Nuova 7" not in said and "Moretti" not in said, "never changed in silence"
    assert f"{SEAT}, il testo: «{seat}», i dati registrati: «Via Nuova 7»" in last.note


def test_who_accepts_decides_and_what_changes_afterwards_is_open_again(
    session: ScopedSession, district: District, contract: Contract
) -> None:
    approve(session, contract)
    comune = contract.municipality_parties[0].party
    read = final.propose(session, contract, district.registry, today=TODAY).digest
    comune.address = "Via Nuova 7"
    with pytest.raises(RuleBroken, match="rileggere le differenze"):
        final.keep_final(session, contract.id, registry=district.registry, digest=read, today=TODAY)
    one = text_to_sign(session, district.registry, contract)
    assert text_to_sign(session, district.registry, contract) is one, "decided once"
    open_, stays = final.undecided(session, contract, district.registry, today=TODAY)
    assert open_ == [] and [held.name for held in stays] == [SEAT]
    comune.address = "Via Nuova 9"
    open_, stays = final.undecided(session, contract, district.registry, today=TODAY)
    assert [held.says for held in open_] == [("Via Nuova 9",)] and stays == []
    text_to_sign(session, district.registry, contract)
    assert contract.documents[-1].document.sha256 == one.document.sha256, "the same text, another decision"
    assert final.undecided(session, contract, district.registry, today=TODAY)[0] == []


def test_what_a_hand_has_written_otherwise_is_not_told_and_a_list_says_who_came(
    session: ScopedSession, district: District, contract: Contract
) -> None:
    comune = contract.municipality_parties[0].party
    document, packed = Document(BytesIO(session.files.get(contract.documents[-1].document.path))), BytesIO()
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(comune.address, "Via Nuova 7")
    document.save(packed)
    upload_negotiated(session, contract.id, note="", file=Upload("dal-comune.docx", packed.getvalue()))
    approve(session, contract)
    comune.address = "Via Nuova 7"
    assert told(session, contract, district) == {}, "the text says what the records say"
    party = next(p for p in contract.parties if p.capacity == "azienda").party
    party.goals = (*party.goals, "un obiettivo che il testo non dice")
    [goals] = told(session, contract, district).values()
    assert (goals.name, goals.said, goals.says) == (
        f"Obiettivi dell'affidamento – {party.short_name}", (), ("un obiettivo che il testo non dice",))
