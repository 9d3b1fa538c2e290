"""Every life of the core, a thing that lives it, and who may try its passages: for the proofs of lives and of roles."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from core.accreditation import states as accreditation
from core.accreditation.model import Accreditation, Forewarning, Monitoring, ProviderMeeting, RequirementSet
from core.allocation import states as allocation
from core.allocation.model import AllocationPlan
from core.catalogue import states as catalogue
from core.catalogue.model import OperationalSheet, Service
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
from core.ground.db import Database
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.states import Life, PassageLog, Proof
from core.ground.unit_of_work import unit_of_work
from core.instalments import rules as instalment_rules
from core.instalments import states as instalments
from core.instalments.model import Instalment, RequestRound
from core.parties.model import Act
from core.payments import states as payments
from core.payments.model import BankStatement, StatementLine
from core.penalties import states as penalties
from core.penalties.model import DamageClaim, DefaultNotice, NoticeFinding, OnBehalf, Penalty
from core.providers import states as providers
from core.providers.model import OperatingNotice, Provider, ServiceUnit, UnitType
from core.reporting import states as reporting
from core.reporting.model import YearlyReport
from core.usage import states as usage
from core.usage.model import UsageMonth
from tests.factories import filled, municipality

DAY = date(2026, 3, 2)
LIVES: dict[str, tuple[Life, type[Any], type[Any]]] = {
    "contratto": (contracts.LIFE, Contract, contracts.ContractState),
    "allegato": (attachments.LIFE, Attachment, attachments.AttachmentState),
    "scheda": (catalogue.LIFE, OperationalSheet, catalogue.EditionState),
    "bilancio": (funding.LIFE, Budget, funding.BudgetState),
    "piano di riparto": (allocation.LIFE, AllocationPlan, allocation.PlanState),
    "relazione annuale": (reporting.LIFE, YearlyReport, reporting.ReportState),
    "mese d'uso": (usage.LIFE, UsageMonth, usage.MonthState),
    "rata": (instalments.LIFE, Instalment, instalment_rules.State),
    "richiesta": (instalments.ROUND_LIFE, RequestRound, instalments.RoundState),
    "accredito": (payments.LINE_LIFE, StatementLine, payments.LineState),
    "scadenza": (deadlines.LIFE, Deadline, deadlines.DeadlineState),
    "diffida": (penalties.NOTICE_LIFE, DefaultNotice, penalties.DefaultNoticeState),
    "penale": (penalties.PENALTY_LIFE, Penalty, penalties.PenaltyState),
    "atto per conto": (penalties.BEHALF_LIFE, OnBehalf, penalties.BehalfState),
    "danno ulteriore": (penalties.DAMAGE_LIFE, DamageClaim, penalties.DamageClaimState),
    "controllo": (controls.LIFE, Control, controls.ControlState),
    "evento dannoso": (disputes.DAMAGE_LIFE, DamagingEvent, disputes.DamagingEventState),
    "unità": (providers.UNIT_LIFE, ServiceUnit, providers.UnitState),
    "comunicazione di esercizio": (providers.NOTICE_LIFE, OperatingNotice, providers.OperatingNoticeState),
    "accreditamento": (accreditation.LIFE, Accreditation, accreditation.AccreditationState),
    "comunicazione prima del provvedimento": (
        accreditation.FOREWARNING_LIFE, Forewarning, accreditation.ForewarningState),
    "monitoraggio": (accreditation.MONITORING_LIFE, Monitoring, accreditation.MonitoringState),
    "incontro con i gestori": (accreditation.MEETING_LIFE, ProviderMeeting, accreditation.MeetingState),
    "contestazione": (disputes.CONTESTATION_LIFE, Contestation, disputes.ContestationState),
    "arbitrato": (disputes.ARBITRATION_LIFE, Arbitration, disputes.ArbitrationState),
}
EVERYBODY = (*(Principal(f"Prova {role}", frozenset({role})) for role in Role), Principal("Nessun Ruolo"))


@pytest.fixture
def proof(database: Database) -> Proof:
    """One thing of each kind, and all that any passage asks for as its proof."""
    with unit_of_work(database, system("prova"), act="prova") as session:
        theirs, terms, rule = municipality(), filled(ContractTerms), filled(DeadlineRule)
        act, document, budget = filled(Act), filled(Document), filled(Budget)
        session.add_all([theirs, terms, rule, document, budget, filled(OperationalSheet)])
        session.flush()
        act.party_id = theirs.id
        contract = filled(Contract, terms_id=terms.id)
        session.add_all([act, contract])
        session.flush()
        unit = filled(ServiceUnit, provider=filled(Provider, kind="provider"), type=filled(UnitType))
        session.add_all([
            filled(Attachment, contract_id=contract.id), filled(AllocationPlan, budget_id=budget.id),
            filled(UsageMonth, service=filled(Service), month=2),
            filled(YearlyReport, contract_id=contract.id, budget_id=budget.id, municipality_id=theirs.id),
            filled(Instalment, contract_id=contract.id, municipality_id=theirs.id), filled(RequestRound),
            filled(Deadline, rule_id=rule.id, subject="contract", subject_id=contract.id),
            *(filled(kind, contract_id=contract.id, municipality_id=theirs.id)
              for kind in (Control, DamagingEvent, Contestation, Arbitration)),
            filled(BankStatement, document=document, lines=[filled(StatementLine)]),
            filled(OperatingNotice, number=1, unit=unit),
            procedure := filled(Accreditation, unit=unit, set=filled(RequirementSet)),
        ])
        session.flush()
        session.add_all([filled(Monitoring, accreditation_id=procedure.id),
                         filled(Forewarning, accreditation_id=procedure.id, kind="refusal"),
                         filled(ProviderMeeting)])
        service = filled(Service)
        notice = filled(DefaultNotice, contract_id=contract.id, municipality_id=theirs.id)
        session.add_all([service, notice])
        session.flush()
        finding = filled(NoticeFinding, notice_id=notice.id, service_id=service.id)
        session.add(finding)
        session.flush()
        theirs_too = {"notice_id": notice.id, "municipality_id": theirs.id}
        session.add_all([filled(DamageClaim, **theirs_too),
                         penalty := filled(Penalty, contract_id=contract.id, finding_id=finding.id, **theirs_too),
                         passage := filled(PassageLog, subject="penalty", subject_id=1, action="cancel")])
        session.flush()
        session.add(filled(OnBehalf, subject="penalty", subject_id=penalty.id, passage_id=passage.id, said={},
                           municipality_id=theirs.id))
        session.flush()
        return Proof("una buona ragione", act.id, document.id, DAY)


def standing(database: Database, entity: type[Any]) -> Any:
    """The one thing of its kind, in nobody's session: whoever tries a passage on it, its state is not written."""
    with ScopedSession(database, system("prova")) as session:
        row = session.scalars(select(entity)).one()
        session.expunge(row)
        return row


def passes(session: ScopedSession, life: Life, row: Any, state: str, action: str, proof: Proof) -> bool:
    """Try, as the session's principal, a passage of a thing that stands in ``state``; True if it moved."""
    set_committed_value(row, "state", state)
    try:
        life.move(session, row, action, on=DAY, proof=proof)
    except (RuleBroken, NotAllowed):
        return False
    return True
