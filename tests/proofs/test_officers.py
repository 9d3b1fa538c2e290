"""Two officers decide the same thing at once: one of them does, the other reads a sentence, nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from core.accreditation import decree
from core.accreditation.decree import DecidingAct
from core.accreditation.model import Accreditation
from core.cases import letters
from core.cases.model import CaseFile
from core.contracts import operations as operations_of_contracts
from core.contracts.model import Contract, ContractDocument
from core.contracts.operations import generate_document
from core.documents.model import Document
from core.ground import clock
from core.ground.access import Principal, ScopedSession, as_system, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.states import PassageLog
from core.ground.unit_of_work import unit_of_work
from core.penalties import operations, penalties
from core.penalties.model import NoticeFinding, Penalty
from core.penalties.operations import Outcome
from tests.district import TODAY as DRAFTED
from tests.district import District
from tests.integration.accreditation.conftest import (
    MANAGER,
    OFFICER,
    PDF,
    TODAY,
    Place,
    Procedure,
    place,
    procedure,
)
from tests.integration.letters.conftest import signed
from tests.integration.penalties.conftest import DECIDED, FACTS, HEARD, SENT, Quarrel, quarrel

__all__ = ["Place", "place", "procedure", "quarrel", "signed"]  # fixtures that live elsewhere
pytestmark = pytest.mark.proof
ROUNDS = 5
Act = tuple[Principal, Callable[[ScopedSession], object]]


@dataclass(frozen=True)
class Meeting:
    """What came of two acts at once: who was refused, and with which sentence."""

    refused: dict[str, str]

    @property
    def one_won(self) -> bool:
        """True if one act was done, and the other was answered with a sentence."""
        return len(self.refused) == 1 and all(self.refused.values())


def at_once(database: Database, *acts: Act) -> Meeting:
    """Each act in a thread and a unit of work of its own, begun together.

    On PostgreSQL both are in their transactions before either writes; SQLite lets one writer in at a time.
    """
    together, inside = Barrier(len(acts), timeout=60), database.reading.dialect.name != "sqlite"

    def officer(actor: Principal, work: Callable[[ScopedSession], object]) -> str | None:
        if not inside:
            together.wait()
        try:
            with unit_of_work(database, actor, act="prova") as session:
                if inside:
                    session.scalar(select(func.count(PassageLog.id)))
                    together.wait()
                work(session)
        except RuleBroken as refusal:
            return str(refusal)
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        answers = list(pool.map(lambda act: officer(*act), acts))
    return Meeting({actor.name: said for (actor, _work), said in zip(acts, answers, strict=True) if said is not None})


def from_memory(subject: str, key: int, action: str, entity: type[Any], state: str) -> Callable[[ScopedSession], None]:
    """The control: what was read when the page was opened is written over whatever stands there now."""

    def work(session: ScopedSession) -> None:
        row = {"subject": subject, "subject_id": key, "action": action, "from_state": "-", "to_state": state,
               "on": TODAY, "at": clock.now(), "actor": session.principal.name, "why": ""}
        as_system(session, update(entity).where(entity.id == key).values(state=state), reason="prova")
        as_system(session, insert(PassageLog).values(row), reason="prova")

    return work


def count(database: Database, statement: Any) -> int:
    with ScopedSession(database, system("prova")) as session:
        return session.scalar(statement) or 0


def decisions(database: Database, subject: str, key: int, *actions: str) -> int:
    """How many times a case was decided, as its diary says."""
    return count(database, select(func.count(PassageLog.id)).where(
        PassageLog.subject == subject, PassageLog.subject_id == key, PassageLog.action.in_(actions)))


def traces(database: Database, name: str) -> int:
    """How many changes somebody wrote."""
    return count(database, select(func.count(AuditEntry.id)).where(AuditEntry.actor == name))


def test_two_officers_decide_one_application(
    database: Database, procedure: Procedure, backend: str, figure: Callable[[str, str], None]
) -> None:
    procedure.examined()
    procedure.warned()  # the provider's days are over when both decide
    day, version = TODAY + timedelta(days=11), procedure.row().version
    files = count(database, select(func.count(Document.id)))
    written = {who.name: traces(database, who.name) for who in (OFFICER, MANAGER)}
    said = {"version": version, "today": day}
    met = at_once(
        database,
        (OFFICER, lambda s: decree.grant(s, procedure.id, DecidingAct("12", day, "", PDF), **said)),
        (MANAGER, lambda s: decree.refuse(s, procedure.id, DecidingAct("13", day, "No.", PDF), **said)),
    )
    assert met.one_won, met
    row, refused = procedure.row(), MANAGER if MANAGER.name in met.refused else OFFICER
    assert (row.state, row.decree_number) == (("granted", "12") if refused is MANAGER else ("refused", "13"))
    assert decisions(database, "accreditation", procedure.id, "grant", "refuse") == 1
    assert count(database, select(func.count(Document.id))) == files + 1
    assert traces(database, refused.name) == written[refused.name]
    figure(f"due funzionari, domanda ({backend})", "1 decisione, 1 rifiuto in parole, 0 tracce di chi ha perso")


def noticed(quarrel: Quarrel, day: date) -> None:
    """A notice about the facts of a day, heard and not decided."""
    quarrel.open(quarrel.finding(happened_on=day), quarrel.finding(happened_on=day, kind="harm"))
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()


def decided_by(quarrel: Quarrel, who: Principal, *, upheld: bool, version: int) -> Act:
    """Somebody decides every finding in one way."""
    keys = quarrel.see(lambda notice: [finding.id for finding in notice.findings])
    outcomes = {key: Outcome(upheld, f"Così dice {who.name}.") for key in keys}
    return who, lambda session: operations.decide(session, quarrel.notice, outcomes, decided_on=DECIDED,
                                                  version=version, today=DECIDED)


def test_two_officers_decide_one_notice(
    database: Database, quarrel: Quarrel, backend: str, figure: Callable[[str, str], None]
) -> None:
    for day in range(ROUNDS):
        noticed(quarrel, FACTS + timedelta(days=day))
        version = quarrel.see(lambda notice: notice.version)
        met = at_once(database, decided_by(quarrel, quarrel.comune, upheld=True, version=version),
                      decided_by(quarrel, quarrel.manager, upheld=False, version=version))
        assert met.one_won, met
        [lost] = met.refused
        won = quarrel.manager if lost == quarrel.comune.name else quarrel.comune
        ends = quarrel.see(lambda notice: {(finding.outcome, finding.reasons) for finding in notice.findings})
        assert ends == {("upheld" if won is quarrel.comune else "not_upheld", f"Così dice {won.name}.")}
        assert decisions(database, "default_notice", quarrel.notice, "decide", "decide_early") == 1
    figure(f"due funzionari, diffida ({backend})", f"{ROUNDS} diffide decise una volta sola, da una persona sola")


def test_two_officers_apply_one_penalty(
    database: Database, quarrel: Quarrel, backend: str, figure: Callable[[str, str], None]
) -> None:
    quarrel.open(*(quarrel.finding(happened_on=FACTS + timedelta(days=day)) for day in range(ROUNDS)))
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear(held_on=HEARD)
    quarrel.decide()
    for key in quarrel.see(lambda notice: [finding.id for finding in notice.findings]):
        version = quarrel.see(lambda notice: notice.version)

        def apply(who: Principal, amount: str, key: int = key, version: int = version) -> Act:
            return who, lambda session: penalties.apply(
                session, key, amount=Decimal(amount), gravity="Ritardo breve.", decided_on=DECIDED, version=version,
                today=DECIDED)

        met = at_once(database, apply(quarrel.comune, "300.00"), apply(quarrel.manager, "400.00"))
        assert met.one_won, met
    with ScopedSession(database, system("prova")) as session:
        rows = session.execute(select(Penalty.number, Penalty.finding_id).order_by(Penalty.number)).all()
        findings = set(session.scalars(select(NoticeFinding.id)))
    assert [row.number for row in rows] == [*range(1, ROUNDS + 1)]
    assert {row.finding_id for row in rows} == findings
    assert decisions(database, "default_notice", quarrel.notice, "apply") == ROUNDS
    figure(f"due funzionari, penale ({backend})", f"{2 * ROUNDS} richieste a coppie: {ROUNDS} penali, 0 doppie, "
           "numeri senza buchi")


def test_the_control_goes_red_when_the_page_is_believed(
    database: Database, procedure: Procedure, backend: str, figure: Callable[[str, str], None]
) -> None:
    procedure.examined()
    met = at_once(database, *((who, from_memory("accreditation", procedure.id, action, Accreditation, action))
                              for who, action in ((OFFICER, "grant"), (MANAGER, "refuse"))))
    many = decisions(database, "accreditation", procedure.id, "grant", "refuse")
    figure(f"due funzionari, controllo ({backend})", f"senza guardare la versione: {many} decisioni sulla stessa "
           "domanda trovate")
    assert not met.one_won and many > 1


# --- two who write the same text ----------------------------------------------------------------------------


def drafts_at_once(district: District, number: int) -> tuple[Meeting, int]:
    """Two of the management generate one draft, whose data have changed since its text; how many versions came."""
    with unit_of_work(district.database, system("prova"), act="prova") as session:
        contract = session.scalars(select(Contract).where(Contract.number == number)).one()
        contract.place, before, key = f"Melegnano {number}", len(contract.documents), contract.id

    def generate(session: ScopedSession) -> None:
        generate_document(session, key, registry=district.registry, today=DRAFTED)

    met = at_once(district.database, (MANAGER, generate), (replace(MANAGER, name="Mino Gestione"), generate))
    versions = count(district.database, select(func.count(ContractDocument.id)).where(
        ContractDocument.contract_id == key))
    return met, versions - before


def test_two_who_generate_one_draft_make_one_version(
    district: District, backend: str, figure: Callable[[str, str], None]
) -> None:
    made = [drafts_at_once(district, number) for number in range(1, ROUNDS + 1)]
    assert made == [(Meeting({}), 1)] * ROUNDS
    figure(f"due funzionari, testo ({backend})", f"{ROUNDS} bozze generate a coppie: {ROUNDS} versioni, 0 gemelle")


@pytest.mark.parametrize("backend", ["postgresql"])  # SQLite lets one writer in at a time, locked or not
def test_the_control_goes_red_when_nobody_waits(
    district: District, monkeypatch: pytest.MonkeyPatch, figure: Callable[[str, str], None]
) -> None:
    monkeypatch.setattr(operations_of_contracts, "locked", unlocked_at_first)
    made = [drafts_at_once(district, number) for number in range(1, ROUNDS + 1)]
    twins = sum(versions == 2 for _met, versions in made)
    figure("due funzionari, testo, controllo (postgresql)", f"senza attendersi: {twins} gemelle su {ROUNDS} trovate")
    assert twins


def unlocked_at_first(session: ScopedSession, row: Contract) -> Contract:
    """What the lock was: taken after the text had been made."""
    if session.info.get("made"):
        session.refresh(row, with_for_update=True)
    session.info["made"] = True
    return row


def test_two_who_prepare_one_letter_make_one_and_the_second_reads_of_it(
    database: Database, signed: Quarrel, backend: str, figure: Callable[[str, str], None]
) -> None:
    for day in range(ROUNDS):
        notice = signed.open(signed.finding(happened_on=FACTS + timedelta(days=day)))

        def prepare(session: ScopedSession, notice: int = notice) -> None:
            letters.prepare(session, "default_notice", notice, "default_notice-0", {}, seen=0, today=SENT)

        met = at_once(database, (signed.comune, prepare), (signed.manager, prepare))
        assert met.one_won and "ha preparato questa lettera" in next(iter(met.refused.values())), met
        assert count(database, select(func.count(CaseFile.id)).where(CaseFile.subject_id == notice)) == 1
    figure(f"due funzionari, lettera ({backend})", f"{ROUNDS} lettere preparate a coppie: {ROUNDS} versioni, chi è "
           "secondo lo legge")
