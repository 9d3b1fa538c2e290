"""Every cell of every state table: what the table allows to a role passes, all the rest is refused without a trace."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

import core
from core.accreditation import states as accreditation
from core.accreditation.model import Accreditation, Monitoring, RequirementSet
from core.allocation import states as allocation
from core.allocation.model import AllocationPlan
from core.catalogue.model import Service
from core.contracts import attachments
from core.contracts import states as contracts
from core.contracts.model import Attachment, Contract, ContractTerms
from core.controls import states as controls
from core.controls.model import Control
from core.deadlines import states as deadlines
from core.deadlines.model import Deadline, DeadlineRule
from core.disputes import states as disputes
from core.disputes.model import Arbitration, Contestation, DamagingEvent
from core.documents.model import Document
from core.funding import states as funding
from core.funding.model import Budget
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.states import NO_PROOF, Life, Passage, PassageLog, Proof
from core.ground.unit_of_work import unit_of_work
from core.instalments import rules as instalment_rules
from core.instalments import states as instalments
from core.instalments.model import Instalment, RequestRound
from core.parties.model import Act
from core.payments import states as payments
from core.payments.model import BankStatement, StatementLine
from core.penalties import states as penalties
from core.penalties.model import DamageClaim, DefaultNotice, NoticeFinding, Penalty
from core.providers import states as providers
from core.providers.model import OperatingNotice, Provider, ServiceUnit, UnitType
from tests.factories import filled, municipality

pytestmark = pytest.mark.proof
DAY = date(2026, 3, 2)
LIVES: dict[str, tuple[Life, type[Any], type[Any]]] = {
    "contratto": (contracts.LIFE, Contract, contracts.ContractState),
    "allegato": (attachments.LIFE, Attachment, attachments.AttachmentState),
    "bilancio": (funding.LIFE, Budget, funding.BudgetState),
    "piano di riparto": (allocation.LIFE, AllocationPlan, allocation.PlanState),
    "rata": (instalments.LIFE, Instalment, instalment_rules.State),
    "richiesta": (instalments.ROUND_LIFE, RequestRound, instalments.RoundState),
    "accredito": (payments.LINE_LIFE, StatementLine, payments.LineState),
    "scadenza": (deadlines.LIFE, Deadline, deadlines.DeadlineState),
    "diffida": (penalties.NOTICE_LIFE, DefaultNotice, penalties.NoticeState),
    "penale": (penalties.PENALTY_LIFE, Penalty, penalties.PenaltyState),
    "danno ulteriore": (penalties.DAMAGE_LIFE, DamageClaim, penalties.DamageState),
    "controllo": (controls.LIFE, Control, controls.ControlState),
    "evento dannoso": (disputes.DAMAGE_LIFE, DamagingEvent, disputes.DamageState),
    "unità": (providers.UNIT_LIFE, ServiceUnit, providers.UnitState),
    "comunicazione di esercizio": (providers.NOTICE_LIFE, OperatingNotice, providers.NoticeState),
    "accreditamento": (accreditation.LIFE, Accreditation, accreditation.AccreditationState),
    "monitoraggio": (accreditation.MONITORING_LIFE, Monitoring, accreditation.MonitoringState),
    "contestazione": (disputes.CONTESTATION_LIFE, Contestation, disputes.ContestationState),
    "arbitrato": (disputes.ARBITRATION_LIFE, Arbitration, disputes.ArbitrationState),
}
NOBODY = Principal("Nessun Ruolo")
EVERYBODY = (*(Principal(f"Prova {role}", frozenset({role})) for role in Role), NOBODY)


@pytest.fixture
def proof(database: Database) -> Proof:
    """One thing of each kind, and all that any passage asks for as its proof."""
    with unit_of_work(database, system("prova"), act="prova") as session:
        theirs, terms, rule = municipality(), filled(ContractTerms), filled(DeadlineRule)
        act, document, budget = filled(Act), filled(Document), filled(Budget)
        session.add_all([theirs, terms, rule, document, budget])
        session.flush()
        act.party_id = theirs.id
        contract = filled(Contract, terms_id=terms.id)
        session.add_all([act, contract])
        session.flush()
        unit = filled(ServiceUnit, provider=filled(Provider, kind="provider"), type=filled(UnitType))
        session.add_all([
            filled(Attachment, contract_id=contract.id), filled(AllocationPlan, budget_id=budget.id),
            filled(Instalment, contract_id=contract.id, municipality_id=theirs.id), filled(RequestRound),
            filled(Deadline, rule_id=rule.id, subject="contract", subject_id=contract.id),
            *(filled(kind, contract_id=contract.id, municipality_id=theirs.id)
              for kind in (Control, DamagingEvent, Contestation, Arbitration)),
            filled(BankStatement, document=document, lines=[filled(StatementLine)]),
            filled(OperatingNotice, number=1, unit=unit),
            procedure := filled(Accreditation, unit=unit, set=filled(RequirementSet)),
        ])
        session.flush()
        session.add(filled(Monitoring, accreditation_id=procedure.id))
        service = filled(Service)
        notice = filled(DefaultNotice, contract_id=contract.id, municipality_id=theirs.id)
        session.add_all([service, notice])
        session.flush()
        finding = filled(NoticeFinding, notice_id=notice.id, service_id=service.id)
        session.add(finding)
        session.flush()
        theirs_too = {"notice_id": notice.id, "municipality_id": theirs.id}
        session.add_all([filled(DamageClaim, **theirs_too),
                         filled(Penalty, contract_id=contract.id, finding_id=finding.id, **theirs_too)])
        session.flush()
        return Proof("una buona ragione", act.id, document.id, DAY)


Cell = tuple[str, str, Principal, Proof]


def allowed(life: Life, proof: Proof) -> Iterator[tuple[Cell, Passage]]:
    """The cells of a table that pass, with the passage that each is."""
    for passage, who in product(life.passages, EVERYBODY):
        if who.roles & passage.roles:
            yield (passage.state, passage.action, who, proof), passage


def forbidden(life: Life, states: type[Any], proof: Proof) -> Iterator[Cell]:
    """The cells that are refused: no such passage, another's role, or a proof that lacks one of its needs."""
    passages = {(p.state, p.action): p for p in life.passages}
    for state, action, who in product(states, {p.action for p in life.passages}, EVERYBODY):
        passage = passages.get((state, action))
        if passage is None or not who.roles & passage.roles:
            yield state, action, who, proof
        else:
            for need in passage.needs:
                yield state, action, who, replace(proof, **{need.value: getattr(NO_PROOF, need)})


def passes(session: ScopedSession, life: Life, row: Any, cell: Cell) -> bool:
    """Try a cell on a thing that stands in its state; True if it moved."""
    state, action, who, proof = cell
    set_committed_value(row, "state", state)
    try:
        life.move(session, row, action, actor=who, on=DAY, proof=proof)
    except (RuleBroken, NotAllowed):
        return False
    return True


def wrongly_passed(database: Database, life: Life, entity: type[Any], states: type[Any], proof: Proof) -> list[Cell]:
    """The forbidden cells that pass all the same."""
    with unit_of_work(database, system("prova"), act="prova") as session:
        row = session.scalars(select(entity)).one()
        return [cell for cell in forbidden(life, states, proof) if passes(session, life, row, cell)]


def traces(database: Database) -> tuple[int, int]:
    """How many passages and how many changes are written."""
    with ScopedSession(database, system("prova")) as session:
        counts = [session.scalar(select(func.count(entity.id))) for entity in (PassageLog, AuditEntry)]
    return counts[0] or 0, counts[1] or 0


def test_every_life_of_the_core_is_tried() -> None:
    modules = [import_module(found.name) for found in pkgutil.walk_packages(core.__path__, "core.")]
    lives = {id(value): f"{module.__name__}.{name}" for module in modules for name, value in vars(module).items()
             if isinstance(value, Life)}
    tried = {id(life) for life, _entity, _states in LIVES.values()}
    assert {name for key, name in lives.items() if key not in tried} == set(), "add it to LIVES, with a row of its own"


def test_every_row_begins_in_a_state_of_its_life() -> None:
    begins = {name: entity.__table__.c.state.default for name, (_life, entity, _states) in LIVES.items()}
    assert not {name: begin.arg for name, begin in begins.items() if begin and begin.arg not in set(LIVES[name][2])}


@pytest.mark.parametrize("name", LIVES)
def test_what_the_table_allows_passes_and_is_written(
    database: Database, proof: Proof, name: str, backend: str, figure: Callable[..., None]
) -> None:
    life, entity, _states = LIVES[name]
    cells = list(allowed(life, proof))
    with unit_of_work(database, system("prova"), act="prova") as session:
        row = session.scalars(select(entity)).one()
        for cell, passage in cells:
            assert passes(session, life, row, cell), cell
            assert row.state == passage.to
        log = session.scalars(select(PassageLog).order_by(PassageLog.id)).all()
        assert [(entry.from_state, entry.action, entry.to_state, entry.actor) for entry in log] == [
            (passage.state, passage.action, passage.to, cell[2].name) for cell, passage in cells]
    figure(f"vita, {name} ({backend})", f"{len(cells)} caselle permesse, tutte passate e scritte")


@pytest.mark.parametrize("name", LIVES)
def test_all_the_rest_is_refused_and_leaves_no_trace(
    database: Database, proof: Proof, name: str, backend: str, figure: Callable[..., None]
) -> None:
    life, entity, states = LIVES[name]
    before = traces(database)
    assert wrongly_passed(database, life, entity, states, proof) == []
    assert traces(database) == before
    many = sum(1 for _cell in forbidden(life, states, proof))
    figure(f"vita, {name} ({backend})", f"{many} caselle vietate, tutte rifiutate, 0 tracce")


def test_the_control_goes_red_when_roles_are_not_asked(
    database: Database, proof: Proof, monkeypatch: pytest.MonkeyPatch, backend: str, figure: Callable[..., None]
) -> None:
    monkeypatch.setattr(Principal, "has", lambda self, *roles: True)
    passed = wrongly_passed(database, *LIVES["rata"], proof)
    figure(f"vita, controllo ({backend})", f"senza chiedere il ruolo: {len(passed)} passaggi vietati trovati")
    assert passed
