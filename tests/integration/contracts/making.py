"""A demo contract brought into force in one sentence, for the tests of what it contains."""

from __future__ import annotations

from datetime import date, time
from io import BytesIO

from docx import Document
from sqlalchemy import select

from core.contracts import final, life, papers
from core.contracts.model import Contract, ContractDocument
from core.contracts.operations import generate_document, upload_negotiated
from core.contracts.passages import Resolution
from core.ground.access import ScopedSession, system
from core.ground.files import Upload
from core.plugins.loading import Registry
from tests.district import TODAY, District
from tests.factories import write_missing_sheets

ACTOR = system("prova")
SIGNED_FILE = b"%PDF-1.7 firmato"


def demo_contract(session: ScopedSession, number: int = 1) -> Contract:
    """A contract of the demo district by its number of 2026; the first is Carpiano's."""
    return session.scalars(select(Contract).where(Contract.number == number, Contract.year == 2026)).one()


def approved_and_signed(session: ScopedSession, district: District, contract: Contract, today: date = TODAY, *,
                        negotiated: str = "") -> None:
    """The whole way from the draft to the signature; what has no sheet gets one. ``negotiated``: a sentence that a hand
    adds to the text in Word."""
    write_missing_sheets(session)
    generate_document(session, contract.id, registry=district.registry, today=today)
    if negotiated:
        text = with_sentence(session.files.get(contract.documents[-1].document.path), negotiated)
        upload_negotiated(session, contract.id, note="", file=Upload("dal-comune.docx", text))
    life.submit(session, contract.id, version=None, today=today)
    approve_all(session, contract, today)
    text_to_sign(session, district.registry, contract, by_hand=True, today=today)
    life.sign(session, contract.id, signed_on=today, signed_at=time(10, 30), place="Melegnano", by_hand=True,
              file=Upload("contratto.pdf", SIGNED_FILE), version=None, today=today)


def with_sentence(data: bytes, sentence: str) -> bytes:
    """A contract's Word file with a sentence more in its first article."""
    document, packed = Document(BytesIO(data)), BytesIO()
    next(p for p in document.paragraphs if p.text.startswith("Le premesse sono parte")).add_run(f" {sentence}")
    document.save(packed)
    return packed.getvalue()


def approve_all(session: ScopedSession, contract: Contract, today: date = TODAY) -> None:
    """Every act that the conditions ask of each party: the one that is attached already, else one adopted today."""
    for number, member in enumerate(contract.parties):
        for paper in papers.owed(contract, member):
            if paper.body_kind:
                held = paper.act if paper.complete else None
                act = Resolution(member.party_id, paper.body_kind, "", f"{contract.number}{number}", today) \
                    if held is None else Resolution(member.party_id, paper.body_kind, "", held.number, held.date)
                life.approve(session, contract.id, act=act, version=None, today=today)


def text_to_sign(
    session: ScopedSession, registry: Registry, contract: Contract, *, by_hand: bool = False, today: date = TODAY
) -> ContractDocument:
    """The text to sign, read and accepted."""
    text = final.propose(session, contract, registry, by_hand=by_hand, today=today)
    return final.keep_final(session, contract.id, registry=registry, digest=text.digest, by_hand=by_hand, today=today)


def in_force(session: ScopedSession, district: District, number: int = 1, *, negotiated: str = "") -> Contract:
    """A demo contract, in force."""
    contract = demo_contract(session, number)
    if contract.state == "draft":
        approved_and_signed(session, district, contract, negotiated=negotiated)
    life.advance(session, TODAY)
    assert contract.state == "in_force"
    return contract
