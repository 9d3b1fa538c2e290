"""The text of a contract after an amendment: made where nobody wrote in the signed ones by hand, else asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from core.cases.model import Note
from core.contracts import amendments, coordinated
from core.contracts.model import Contract
from core.contracts.operations import confer
from core.documents.wordfile import read_edges, read_text
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from tests.conftest import BACKENDS
from tests.district import TODAY, District
from tests.integration.contracts.making import ACTOR, approved_and_signed, in_force, with_sentence

SENTENCE = "Lo chiede il Comune."
UNSIGNED = "Testo coordinato con la modifica n. 9/2026, con effetto dal 10 febbraio 2026. Non è un testo firmato"


@pytest.fixture
def backend() -> str:
    """One engine: what a Word file says does not hang on it. The story, and what asks the tables, are tried on both."""
    return "sqlite"


@pytest.fixture
def session(district: District) -> Iterator[ScopedSession]:
    """One long act on the demo district."""
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        yield session


def amended(session: ScopedSession, district: District, live: Contract, **how: str) -> Contract:
    """An amendment by which a contract confers a service less, signed and merged."""
    copy = amendments.open_amendment(session, live.id, reason="needs", text="Uno in meno.", effective_on=TODAY,
                                     today=TODAY)
    [party] = copy.municipality_parties
    confer(session, copy.id, {party.party_id: [held.service_id for held in copy.conferrals[1:]]}, version=copy.version)
    approved_and_signed(session, district, copy, **how)
    amendments.merge(session, copy.id, registry=district.registry, today=TODAY)
    return copy


def text_of(session: ScopedSession, contract: Contract) -> str:
    """What the last version of a text says."""
    return " ".join(read_text(session.files.get(contract.documents[-1].document.path)))


def diary(session: ScopedSession, contract: Contract) -> str:
    """The last shared note on a contract."""
    query = select(Note.text).where(Note.subject == "contract", Note.subject_id == contract.id, Note.shared)
    return session.scalars(query.order_by(Note.id)).all()[-1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_where_nobody_wrote_by_hand_it_is_made_and_says_that_it_is_not_signed(
    session: ScopedSession, district: District
) -> None:
    live = in_force(session, district)
    amended(session, district, live)
    assert live.documents[-1].origin == "coordinated" and live.documents[-1].note.startswith("Testo coordinato")
    said = text_of(session, live)
    assert UNSIGNED in said and "Per il Comune" not in said and "le firme stanno sul contratto e sulla modifica" in said
    edges = " ".join(read_edges(session.files.get(live.documents[-1].document.path)))
    assert "TESTO COORDINATO, NON FIRMATO" in edges and "BOZZA" not in edges
    assert "fatto il testo coordinato, versione n. " in diary(session, live)
    assert list(coordinated.lacking(session)) == []


def test_where_a_hand_wrote_it_is_not_made_in_silence_and_the_office_uploads_its_own(
    session: ScopedSession, district: District
) -> None:
    live = in_force(session, district, negotiated=SENTENCE)
    before = len(live.documents)
    copy = amended(session, district, live)
    assert len(live.documents) == before, "nothing is made from the template"
    assert "il testo coordinato non si fa dal modello" in diary(session, live)
    assert list(coordinated.lacking(session)) == [live] == list(coordinated.lacking(session, live.id))
    signed, of_the_amendment = coordinated.bases(session, live)
    assert (signed.contract_id, signed.origin) == (live.id, "final")
    assert (of_the_amendment.contract_id, of_the_amendment.origin) == (copy.id, "final")
    own = with_sentence(session.files.get(signed.document.path), "Testo dell'ufficio.")
    kept = coordinated.upload(session, live.id, file=Upload("coordinato.docx", own), note="Riletto.", version=None)
    assert (kept.origin, kept.version_number) == ("coordinated", before + 1)
    assert kept.note == ("Testo coordinato con la modifica n. 9/2026, fatto dall'ufficio per leggerlo: non è firmato. "
                         "Riletto.")
    assert SENTENCE in text_of(session, live) and list(coordinated.lacking(session)) == []
    amended(session, district, live)
    assert list(coordinated.lacking(session)) == [live], "what the office wrote is not lost at the next amendment"


def test_a_sentence_that_a_hand_put_into_the_amendment_is_not_lost_either(
    session: ScopedSession, district: District
) -> None:
    live = in_force(session, district)
    amended(session, district, live, negotiated=SENTENCE)
    assert list(coordinated.lacking(session)) == [live], "the template does not know it"


def test_the_draft_of_an_amendment_says_that_its_text_lacks_what_a_hand_wrote(
    session: ScopedSession, district: District
) -> None:
    live = in_force(session, district, negotiated=SENTENCE)
    copy = amendments.open_amendment(session, live.id, reason="needs", text="Uno in meno.", effective_on=TODAY,
                                     today=TODAY)
    [remark] = amendments.findings(copy, [], TODAY)
    assert f"Il testo firmato del contratto n. {live.code} è stato scritto anche a mano" in str(remark)


def test_what_is_no_text_to_coordinate_is_refused(session: ScopedSession, district: District) -> None:
    live = in_force(session, district)
    with pytest.raises(RuleBroken, match="non ha recepito modifiche"):
        coordinated.upload(session, live.id, file=Upload("x.docx", b""), note="", version=None)
    amended(session, district, live)
    with pytest.raises(RuleBroken, match=r"non ha estensione \.docx"):
        coordinated.upload(session, live.id, file=Upload("x.pdf", b"%PDF"), note="", version=None)
