"""The walls between the azienda's own offices: every kind of paper of every kind of case, read and written by every
role, against ``walls.toml`` beside this file; and every kind of document of two years, asked for by its number.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import current_app, url_for
from sqlalchemy import select

from admin.guard import passwords
from core.accreditation.model import Accreditation, Forewarning
from core.cases import operations as cases
from core.cases.model import CaseFile, Note, Sending
from core.catalogue.model import Service
from core.contracts.model import Contract, ContractParty, EntrustedAsset
from core.disputes.model import Contestation, DamagingEvent
from core.documents.model import Document, DocumentSignature
from core.ground import walls
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Base, Database
from core.ground.errors import NotAllowed, NotVisible
from core.ground.files import Upload
from core.ground.owners import CASES, PROVIDER_CASES
from core.ground.settings import Settings
from core.ground.states import PassageLog, Proof
from core.ground.unit_of_work import unit_of_work
from core.ground.walls import WALLS, Wall
from core.parties.model import Azienda, BankAccount, Municipality
from core.providers.model import Provider, ProviderPaper, ServiceUnit
from core.register.model import ProviderChoice, RegisterEntry
from core.reporting.model import YearlyReport
from core.users.operations import invite
from tests.district import LIVED_UP_TO, District
from tests.factories import filled
from tests.ground import Application
from tests.integration.admin.browser import PASSWORD, Person
from tests.proofs.lives import proof

__all__ = ["proof"]  # a fixture
pytestmark = pytest.mark.proof
TOLD: dict[str, Any] = tomllib.loads(Path(__file__).with_name("walls.toml").read_text("utf-8"))
ROLES = tuple(Role(name) for name in TOLD["roles"])
OUTSIDE = (Role.MUNICIPALITY, Role.PROVIDER)
OFFICES = tuple(role for role in ROLES if role not in OUTSIDE)
PAPERS: dict[str, dict[Role, str]] = {kind: dict(zip(ROLES, cells, strict=True))
                                      for kind, cells in TOLD["papers"].items()}
DOCUMENTS: dict[str, list[str]] = TOLD["documents"]
DAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 9, tzinfo=UTC)
PDF = b"%PDF-1.7 prova"
CLOSED = "li tiene un altro ufficio"
Figure = Callable[[str, str], None]


class Undone(Exception):
    """What was tried is taken back, so that the next one tries the same."""


@dataclass(frozen=True)
class Papers:
    """What stands in one case: the keys of its letter and of the file in its diary."""

    case: int
    letter: int
    document: int


@dataclass(frozen=True)
class Archive:
    """One case of every kind with all its papers, whose they are, and two parties to write between."""

    database: Database
    papers: dict[str, Papers]
    municipality: int
    provider: int
    azienda: int

    def principal(self, role: Role) -> Principal:
        """Somebody of this role, to whom every case belongs that may belong to the role."""
        own = {Role.MUNICIPALITY: {"municipality_ids": frozenset({self.municipality})},
               Role.PROVIDER: {"provider_ids": frozenset({self.provider})}}
        return Principal(f"Prova {role}", frozenset({role}), user_id=1, **own.get(role, {}))

    def own(self, role: Role) -> int:
        """The party for which somebody of this role writes."""
        return self.provider if role is Role.PROVIDER else self.municipality


@pytest.fixture
def archive(database: Database, proof: Proof) -> Archive:
    """Every kind of case once, all of one municipality or of one provider, each with a paper of every sort."""
    with unit_of_work(database, system("prova"), act="prova") as session:
        azienda = filled(Azienda, kind="azienda")
        town, provider = session.scalars(select(Municipality)).one(), session.scalars(select(Provider)).one()
        contract, unit = session.scalars(select(Contract)).one(), session.scalars(select(ServiceUnit)).one()
        entry = filled(RegisterEntry, number=1, unit_id=unit.id, provider_id=provider.id,
                       accreditation_id=session.scalars(select(Accreditation.id)).one())
        session.add_all([azienda, entry])
        session.flush()
        unit.municipality_id = town.id
        session.scalars(select(Contestation)).one().sent_on = DAY
        session.scalars(select(DamagingEvent)).one().told_on = DAY
        session.scalars(select(Forewarning)).one().sent_on = DAY
        session.scalars(select(YearlyReport)).one().sent_on = DAY
        session.add_all([
            filled(ContractParty, contract_id=contract.id, party_id=town.id, capacity="municipality"),
            filled(EntrustedAsset, contract_id=contract.id, municipality_id=town.id),
            filled(BankAccount, party_id=town.id), filled(ProviderPaper, provider_id=provider.id),
            filled(ProviderChoice, entry_id=entry.id, municipality_id=town.id,
                   service_id=session.scalars(select(Service.id).order_by(Service.id)).first()),
        ])
        session.flush()
        papers = {kind: filed(session, kind, key_of(session, kind), town.id, azienda.id) for kind in WALLS}
        return Archive(database, papers, town.id, provider.id, azienda.id)


def key_of(session: ScopedSession, kind: str) -> int:
    """The one case of a kind; of a kind of which the archive has none, a number that nobody has."""
    return session.scalars(select(entity_of(kind).id)).first() or 1


def entity_of(kind: str) -> Any:
    """The class of a table."""
    return next(m.class_ for m in Base.registry.mappers if m.class_.__tablename__ == kind)


def filed(session: ScopedSession, kind: str, case: int, sender: int, addressee: int) -> Papers:
    """A note, a file, a letter and a passage in a case."""
    where = {"subject": kind, "subject_id": case}
    document = filled(Document, kind="case_file", subject=kind)
    letter = filled(Sending, **where, sender_id=sender, addressee_id=addressee, channel="pec", sent_on=DAY)
    session.add_all([
        document, letter, Note(**where, text="Una nota.", shared=True, at=NOW, actor="Prova"),
        CaseFile(**where, title="Un file", document=document, shared=True),
        PassageLog(**where, action="open", from_state="-", to_state="open", on=DAY, at=NOW, actor="Prova"),
    ])
    session.flush()
    session.add(filled(DocumentSignature, document_id=document.id, subject=kind))
    return Papers(case, letter.id, document.id)


def sights(session: ScopedSession, kind: str, papers: Papers) -> dict[str, bool]:
    """Which papers of a case somebody sees, by their sort."""
    found = {entity.__tablename__: session.scalar(select(entity.id).where(entity.subject == kind)) is not None
             for entity in (Note, CaseFile, Sending, PassageLog)}
    signed = select(DocumentSignature.id).where(DocumentSignature.document_id == papers.document)
    return {**found, "signature": session.scalar(signed) is not None,
            "document": session.get(Document, papers.document) is not None,
            "document by its case": session.scalar(
                select(CaseFile.id).join(CaseFile.document).where(Document.subject == kind)) is not None}


def deeds(archive: Archive, kind: str, role: Role) -> dict[str, Callable[[ScopedSession], object]]:
    """The ways to write in a case: the operations, and for an office what an operation that forgot to ask would do."""
    papers, file, found = archive.papers[kind], Upload("prova.pdf", PDF), dict[str, Callable[[ScopedSession], object]]()
    case = kind in CASES or kind in PROVIDER_CASES
    if case:
        found["file"] = lambda s: cases.add_file(s, kind, papers.case, title="Prova", file=file)
        found["letter"] = lambda s: cases.record_sending(
            s, kind, papers.case, title="Prova", sender_id=archive.own(role), addressee_id=archive.azienda,
            channel="pec", sent_on=DAY, today=DAY)
    if case and role not in OUTSIDE:
        found["note"] = lambda s: cases.add_note(s, kind, papers.case, text="Prova", shared=False)
    if role not in OUTSIDE:
        found["document"] = lambda s: cases.keep_file(s, kind, papers.case, file=file)
        found["row"] = lambda s: s.add(Note(subject=kind, subject_id=papers.case, text="-", at=NOW, actor="-"))
        found["receipt"] = lambda s: setattr(s.require(Sending, papers.letter), "received_on", DAY)
    return found


def done(database: Database, who: Principal, deed: Callable[[ScopedSession], object]) -> bool:
    """Try to write, and take it back; False if it is refused."""
    try:
        with unit_of_work(database, who, act="prova") as session:
            deed(session)
            session.flush()
            raise Undone
    except Undone:
        return True
    except (NotAllowed, NotVisible):
        return False


def differences(archive: Archive) -> list[str]:
    """Where the walls and the file do not agree."""
    found = []
    for kind, cells in PAPERS.items():
        for role, cell in cells.items():
            who = archive.principal(role)
            with ScopedSession(archive.database, who) as session:
                seen = sights(session, kind, archive.papers[kind])
            found += [f"{role} legge {sort} di {kind}: {'sì' if sees else 'no'}"
                      for sort, sees in seen.items() if sees != ("r" in cell)]
            if role not in OUTSIDE or cell != "-":
                found += [f"{role} scrive {sort} in {kind}: {'sì' if wrote else 'no'}"
                          for sort, deed in deeds(archive, kind, role).items()
                          if (wrote := done(archive.database, who, deed)) != ("w" in cell)]
    return found


def test_the_file_tells_of_every_kind_of_case_and_of_no_other() -> None:
    assert set(PAPERS) == set(WALLS)
    assert set(CASES) | set(PROVIDER_CASES) <= set(PAPERS)
    assert {kind for kinds in DOCUMENTS.values() for kind in kinds} <= set(PAPERS)


def test_every_role_reads_and_writes_the_papers_that_the_rules_give_it(
    archive: Archive, backend: str, figure: Figure
) -> None:
    assert differences(archive) == []
    figure(f"muri tra uffici ({backend})", f"{len(PAPERS)} tipi di fascicolo per {len(ROLES)} ruoli, ogni genere di "
           "carta letto e scritto come dicono le regole")


def test_the_control_without_the_walls_is_found(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, backend: str, figure: Figure
) -> None:
    monkeypatch.setattr(walls, "READ_ALL", frozenset(Role))
    monkeypatch.setattr(walls, "WRITE_ALL", frozenset(Role))
    told = differences(archive)
    figure(f"muri tra uffici, controllo ({backend})", f"senza i muri: {len(told)} differenze trovate")
    assert {"accreditation legge document di bank_statement: sì", "accounting legge note di accreditation: sì",
            "accreditation scrive receipt in instalment: sì", "accreditation scrive file in contract: sì",
            "accreditation scrive letter in instalment: sì", "accreditation scrive file in penalty: sì"} <= set(told)


@pytest.mark.parametrize(("kind", "wall", "found"), [
    ("bank_statement", Wall(frozenset({Role.ACCREDITATION, Role.ACCOUNTING, Role.ADMINISTRATOR}),
                            frozenset({Role.ACCOUNTING})), "accreditation legge"),
    ("contract", Wall(frozenset({Role.ACCOUNTING, Role.ADMINISTRATOR}), frozenset({Role.ACCOUNTING})),
     "accounting scrive"),
    ("monitoring", Wall(frozenset({Role.ACCREDITATION})), "accreditation scrive"),
])
def test_the_control_an_office_more_or_less_in_the_table_is_found(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, kind: str, wall: Wall, found: str
) -> None:
    monkeypatch.setitem(WALLS, kind, wall)
    told = differences(archive)
    assert told and all(one.startswith(found) and one.split(": ")[0].endswith(kind) for one in told)


# --- by number, at the door -------------------------------------------------------------------------------


@pytest.fixture
def offices(lived_district: District, application: Application, cheap_passwords: None) -> dict[Role, Person]:
    """Somebody of each office, inside the application on the district of two years."""
    settings = Settings(data_dir=lived_district.folder, database_url=str(lived_district.database.url),
                        secret_key="prova" * 8, today=LIVED_UP_TO)
    app, found = application(settings, lived_district.database), {}
    with unit_of_work(lived_district.database, system("prova"), act="prova") as session:
        for role in OFFICES:
            invite(session, email=f"{role}@patto.example", name=f"Prova {role}", roles=[role],
                   password=passwords.hash_password(PASSWORD))
    for role in OFFICES:
        found[role] = Person(app.test_client())
        assert found[role].enter(str(role)).status_code == 302
    return found


def by_kind(database: Database) -> dict[tuple[str, str], int]:
    """One document of each kind in each kind of case: its number."""
    with ScopedSession(database, system("prova")) as session:
        rows = session.execute(select(Document.kind, Document.subject, Document.id)).all()
    return {(kind, subject): key for kind, subject, key in rows}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_kind_of_document_asked_for_by_its_number_is_there_for_its_offices_alone(
    lived_district: District, offices: dict[Role, Person], figure: Figure
) -> None:
    kept = by_kind(lived_district.database)
    assert {kind: sorted(subject for other, subject in kept if other == kind) for kind, _subject in sorted(kept)} \
        == {kind: sorted(subjects) for kind, subjects in sorted(DOCUMENTS.items())}
    answers = {(kind, subject, role): offices[role].get(f"/admin/casi/documento/{key}/").status_code
               for (kind, subject), key in kept.items() for role in OFFICES}
    assert answers == {(kind, subject, role): 200 if "r" in PAPERS[subject][role] else 404
                       for kind, subject, role in answers}
    refused = sum(code == 404 for code in answers.values())
    figure("muri tra uffici, documenti", f"{len(DOCUMENTS)} tipi di documento, {len(kept)} con il loro fascicolo, "
           f"chiesti per numero da {len(OFFICES)} uffici: {refused} rifiuti su {len(answers)}")


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_record_whose_papers_are_another_office_s_shows_the_rest_and_says_so(
    lived_district: District, offices: dict[Role, Person]
) -> None:
    with ScopedSession(lived_district.database, system("prova")) as session:
        keys = {kind: session.scalars(select(entity_of(kind).id).order_by(entity_of(kind).id)).all()
                for kind in {*CASES, *PROVIDER_CASES}}
    told = []
    for role, person in offices.items():
        with person.client.application.test_request_context():
            pages = {kind: [url_for(f"{kind}.details_view", id=key) for key in (*some[:3], *some[-3:])]
                     for kind, some in keys.items() if f"{kind}.details_view" in current_app.view_functions}
        for kind, addresses in pages.items():
            for address in addresses:
                answer = person.open(address)
                # what is a paper as a whole is not there; of a case with papers the rest is
                told_or_shut = (200, 403) if "r" in PAPERS[kind][role] else (200, 403, 404)
                assert answer.status_code in told_or_shut, (role, address)
                if answer.status_code == 200 and 'id="diario"' in answer.text:
                    assert (CLOSED in answer.text) is ("r" not in PAPERS[kind][role]), (role, address)
                    told += [(role, kind)] if CLOSED in answer.text else []
    assert {(Role.ACCREDITATION, "contract"), (Role.ACCREDITATION, "penalty"),
            (Role.ACCOUNTING, "service_unit")} <= set(told)
