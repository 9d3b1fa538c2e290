"""What must not be seen: somebody else's rows, marked so that they show wherever they appear."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from sqlalchemy import JSON, Column, Engine, Select, String, Table, literal, select

from admin.wording.labels import CHOICES
from core.accreditation.model import (
    Accreditation,
    AccreditationExtension,
    Forewarning,
    Measure,
    MeetingAttendance,
    Observation,
    ProviderMeeting,
    RequirementDraft,
)
from core.allocation.model import (
    AllocationGroup,
    AllocationKey,
    AllocationPlan,
    GroupExclusion,
    GroupService,
    KeyBand,
    ShareDeduction,
)
from core.catalogue.model import Service
from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import (
    ContractDocument,
    ContractEnding,
    ContractExtension,
    InstalmentPercent,
    InstalmentRule,
    KeptService,
    OwnClause,
    ZonePlan,
)
from core.controls.model import Control, ControlFinding
from core.deadlines.model import CaseEvent, EventKind
from core.disputes.model import Arbitration, Contestation, DamagingEvent
from core.documents.model import Document, DocumentSignature
from core.funding.model import Budget, BudgetLine
from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, ScopedSession, scoped_tables
from core.ground.db import Base, Euro, Lines
from core.ground.files import FileStore
from core.ground.outbox import OutboxMessage
from core.ground.states import PassageLog
from core.parties.model import District, DistrictMember, IndexEntry, Municipality, PartyCapacity
from core.penalties.model import DamageClaim, DefaultNotice, NoticeFinding, OnBehalf, Penalty, PenaltyPayment
from core.plugins.model import PluginFault, PluginSetup
from core.providers.model import NoticeActivity, ServiceUnit, UnitSite
from core.reporting.model import Investment, ServiceStaff, StaffFigure, YearlyReport
from core.usage.model import UseCorrection, UseFigure
from core.users.model import RecoveryCode, User
from core.users.records import DownloadRecord, LoginRecord
from plugins.disability_day_centres.model import Attendance, Centre, DayTariff
from plugins.fund_monitoring.model import Duty, Grant, MunicipalReturn, ReturnFigure
from plugins.home_care_vouchers.model import VoucherStop, VoucherUsage
from plugins.legal_protection.model import CourtYear
from plugins.neutral_space.model import HalfYear
from plugins.social_work_system.model import WorkersCame, WorkMeeting
from tests.factories import filled

CANARY = "CANARINO"
FREE_TEXT = {
    "name", "address", "article", "mission", "principles", "relations", "family_name", "given_name", "bank", "branch",
    "note", "why", "title",
    "text", "file_name", "source", "birth_place", "letterhead", "recalled_text", "place", "before", "after", "actor",
    "act", "agreements", "body", "case_title", "cover", "cig", "deduction_why", "email", "error", "feed_token",
    "fiscal_code", "funder", "gap_why", "ground", "group_title", "iban", "insurer", "key", "key_title", "number",
    "ordinary_upkeep", "other_readings", "remark", "payer", "payer_iban", "pec", "protocol_number", "reason", "reasons",
    "reference", "register_number", "tax_code",
    # notices of default, penalties, controls, disputes
    "facts", "conflict_note", "answer_text", "summoned_place", "present", "minutes", "override_why", "passed_note",
    "gravity", "description", "answer", "injured", "restoration", "signer", "claim_number", "outcome", "effects",
    "award", "azienda_consent", "municipality_consent", "azienda_arbitrator", "municipality_arbitrator",
    "third_arbitrator",
    # providers, their accreditation, who chose them
    "runts", "legal_representative", "phone", "website", "city", "postal_code", "manager", "issuer", "decree_number",
    "decree_reasons", "inspectors", "prescription", "purpose", "proposal", "contract_number", "ended_why",
    "decree_answer", "responsible", "urgent_why", "agenda", "hour", "people", "begun_by", "fee_reference",
    # the invoice of an instalment
    "invoice_number", "sdi_id",
    # what the azienda says at the foot of the pages
    "accessibility", "privacy", "contacts",
    # the account of a year
    "profession",
    # what plugins ask
    "about", "goes_on", "unit", "criteria", "receipt",
    # who came to the door
    "browser", "erased_why", "legal_source",
    # what went wrong in a plugin
    "message",
}  # fmt: skip
# words of the program itself, keys, marks and fixed codes that have no list of their words: nobody types them
CODES = {
    "action", "base_kind", "birth_province", "cadastral", "channel", "connector", "court", "cup", "data_path",
    "data_sha256", "district", "event", "fine_kind", "form", "from_state", "fs_uniquifier", "founding_notary",
    "founding_place", "goals", "ipa", "istat", "key_kind", "kind", "logo_path", "made_by", "measure", "method",
    "occurrence", "operation", "owner_role", "package", "password", "path", "patron_day", "province", "rea",
    "rent_due", "role", "row_id", "sha256", "short_name", "slug", "state", "statute_purpose_article", "step",
    "subject", "table_name", "template", "template_sha256", "to_state", "vat_number", "addressee", "hash", "holder",
    "searched", "filed_under", "name_weight", "city_weight", "case_title_weight", "title_weight", "payer_weight",
    "content", "covered_sha256", "batch", "decided_kind", "text_sha256",
    "device", "how", "secret", "banding", "borne", "families_pay", "exercise_starts", "left_out",
    "plugin", "hook", "where", "service", "code", "moment",
}  # fmt: skip
# what people declare and answer, and what was found of it: every text inside is marked
FREE_JSON = {"declared", "answers", "form", "payload", "said", "settings", "unmet"}
LOGIN_TABLES = {"user"}  # a log-in writes its own counters there
MARKED_MONEY = Decimal(77_000_000)  # euros: more than the whole demo district has, so any sum of them shows too
MONEY_WRITTEN = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\b77000\d{3}\b")  # 77.000.012 in words, 77000012 in a cell


@dataclass(frozen=True)
class Ids:
    """Ids of one table: some that the attacker owns, some that are somebody else's; a few of each, of every state."""

    own: tuple[int, ...]
    foreign: tuple[int, ...]
    some_own: tuple[int, ...]
    some_foreign: tuple[int, ...]


def ids_of(engine: Engine, own: Iterable[int] = (), providers: Iterable[int] = ()) -> dict[str, Ids]:
    """For every scoped table with an integer key: what belongs to ``own`` municipalities and ``providers``, and what
    does not."""
    parameters = {OWN_MUNICIPALITIES.key: sorted(own), OWN_PROVIDERS.key: sorted(providers)}
    found: dict[str, Ids] = {}
    with engine.connect() as connection:
        for entity in scoped_tables():
            table: Table = entity.__table__
            if "id" not in table.c:
                continue
            state = table.c.state if "state" in table.c else literal("")
            states = dict(connection.execute(select(table.c.id, state)).all())
            seen = set(connection.scalars(select(entity.id).where(entity.visible()), parameters))
            mine, theirs = sorted(seen), sorted(states.keys() - seen)
            found[table.name] = Ids(tuple(mine), tuple(theirs), _some(mine, states), _some(theirs, states))
    return found


def _some(keys: Sequence[int], states: Mapping[int, str]) -> tuple[int, ...]:
    """One key of each state, and the first and the last."""
    return tuple(dict.fromkeys([*keys[:1], *{states[key]: key for key in keys}.values(), *keys[-1:]]))


def hide(session: ScopedSession, contract_id: int, municipality_id: int) -> None:
    """Rows that the demo's story leaves out: of another municipality, or still on the desk of the azienda."""
    day = date(2031, 1, 1)
    service_id = session.scalars(select(Service.id)).first()
    budget, group = filled(Budget, year=day.year, stage="forecast"), filled(AllocationGroup)
    budget.lines = [filled(BudgetLine, service_id=service_id, kind="direct_cost")]
    group.services = [filled(GroupService, service_id=service_id)]
    group.keys = [filled(AllocationKey, kind="residents", weight=Decimal(100), banding="whole", bands=[
        filled(KeyBand, value=Decimal(1))])]
    group.exclusions = [filled(GroupExclusion, municipality_id=municipality_id)]
    group.deductions = [filled(ShareDeduction, municipality_id=municipality_id, amount=Decimal(1), borne="others")]
    session.add(budget)
    session.flush()
    signed = session.scalars(select(ContractDocument.document_id).where(
        ContractDocument.contract_id == contract_id)).first()
    session.add_all([
        filled(AllocationPlan, year=day.year, budget_id=budget.id, groups=[group]),
        filled(ContractEnding, contract_id=contract_id, kind="withdrawal", ground="public_interest",
               indemnity=Decimal(1)),
        filled(ContractExtension, contract_id=contract_id, decided_on=day, from_day=day, to_day=day),
        filled(OwnClause, contract_id=contract_id),
        filled(InstalmentPercent, rule_id=session.scalars(select(InstalmentRule.id)).first(),
               municipality_id=municipality_id),
        filled(CaseEvent, kind=filled(EventKind, code="prova_canarino", subject="contract", shared=True),
               subject="contract", subject_id=contract_id, withdrawn=False),
        filled(DocumentSignature, document_id=signed, subject="contract", signed_at=None),
        filled(IndexEntry, party_id=municipality_id, said={"pec": CANARY, "address": CANARY}),
        filled(PartyCapacity, municipality_id=municipality_id, kind="other", valid_to=None),
        filled(DistrictMember, municipality_id=municipality_id,
               district_id=session.scalars(select(District.id)).first()),
        filled(KeptService, municipality_id=municipality_id, service_id=service_id,
               zone_plan_id=session.scalars(select(ZonePlan.id)).first()),
        filled(InsurancePolicy, contract_id=contract_id, valid_from=day, valid_to=day),
        filled(VoucherUsage, municipality_id=municipality_id, year=day.year, month=5, package="A",
               hours=Decimal(1)),
        filled(VoucherStop, municipality_id=municipality_id, unit_id=session.scalars(select(ServiceUnit.id)).first(),
               unit=CANARY, goes_on=CANARY, on=day),
        filled(CourtYear, court=f"{CANARY} tribunale", year=day.year, due=1, sent=0, by=day, said_on=None),
        filled(HalfYear, municipality_id=municipality_id, year=day.year, half=1, due=1, sent=0, said_on=None),
        filled(Attendance, municipality_id=municipality_id, centre=filled(Centre, name="Centro di prova", seats=5),
               year=day.year, month=5, places=1, days=1, amount=None),
        filled(DayTariff, municipality_id=municipality_id, daily=Decimal(1), valid_from=day),
        filled(WorkersCame, municipality_id=municipality_id, workers=1,
               meeting=filled(WorkMeeting, kind="training", on=day, hours=1, place="Lodi", about="Rete")),
        filled(MunicipalReturn, municipality_id=municipality_id, asked_on=day, by=day, figures=[
            filled(ReturnFigure, municipality_id=municipality_id, amount=Decimal(1))],
            duty=filled(Duty, year=day.year, code="social_spending", moment="Anno", state="asked")),
        filled(Grant, municipality_id=municipality_id, year=day.year, channel="fsr", act_on=day, amount=Decimal(1)),
        filled(UseFigure, municipality_id=municipality_id, service_id=service_id, year=day.year, month=5,
               measure="minors", value=Decimal(1), corrections=[filled(UseCorrection, on=day, after=Decimal(1))]),
        filled(ServiceStaff, service_id=service_id, year=day.year, figures=[
            filled(StaffFigure, kind="own", people=1)]),
        filled(Investment, service_id=service_id, year=day.year),
        filled(YearlyReport, municipality_id=municipality_id, contract_id=contract_id, budget_id=budget.id,
               year=day.year, sent_on=day),
        filled(OutboxMessage, kind="mail", payload={"to": CANARY}),
        filled(PluginFault, plugin="prova", hook="check", message=CANARY, where="", times=1),
        filled(PluginSetup, code="prova", settings={"note": CANARY}),
        somebody := filled(User, name=f"{CANARY} utente", email=f"{CANARY}@prova.example",
                           feed_token=f"{CANARY} gettone"),
    ])
    session.flush()
    session.add_all([filled(RecoveryCode, user_id=somebody.id),
                     filled(LoginRecord, user_id=somebody.id, how="password", outcome="entered"),
                     filled(DownloadRecord, user_id=somebody.id, document_id=signed)])


def hide_procedures(session: ScopedSession, contract_id: int, municipality_id: int) -> None:
    """One procedure of each kind of another municipality, and of a unit that stands there."""
    day, service_id = date(2026, 10, 1), session.scalars(select(Service.id)).first()
    theirs = {"contract_id": contract_id, "municipality_id": municipality_id, "year": 2031, "number": 1}
    notice = filled(DefaultNotice, **theirs, state="decided")
    notice.findings = [filled(NoticeFinding, service_id=service_id, kind="delay", outcome="upheld")]
    control = filled(Control, **theirs, kind="visit", state="asked")
    control.findings = [filled(ControlFinding)]
    session.add_all([
        notice, control, filled(DamageClaim, municipality_id=municipality_id, notice=notice),
        filled(Arbitration, **theirs, proposed_by="azienda"),
        filled(DamagingEvent, **theirs, told_on=day), filled(Contestation, **theirs, sent_on=day),
    ])
    session.flush()
    penalty = filled(Penalty, **theirs, notice_id=notice.id, finding_id=notice.findings[0].id, kind="delay")
    penalty.payments = [filled(PenaltyPayment, method="bank_transfer")]
    unit = session.scalars(select(ServiceUnit).where(ServiceUnit.municipality_id == municipality_id)).first()
    assert unit is not None
    accreditation_id = session.scalars(select(Accreditation.id).where(Accreditation.unit_id == unit.id)).first()
    told = filled(Forewarning, accreditation_id=accreditation_id, kind="refusal", state="received", sent_on=day,
                  unmet=[{"code": "-", "title": "-", "found": "-"}])
    session.add(told)
    session.flush()
    session.add_all([
        filled(Observation, accreditation_id=accreditation_id, forewarning_id=told.id),
        penalty, filled(UnitSite, unit_id=unit.id), filled(NoticeActivity, unit_id=unit.id, kind="advice"),
        filled(AccreditationExtension, accreditation_id=accreditation_id),
        filled(Measure, accreditation_id=accreditation_id, kind="fine", amount=Decimal(500)),
        filled(RequirementDraft, content=""), meeting := filled(ProviderMeeting, state="held"),
    ])
    session.flush()
    session.add(filled(MeetingAttendance, meeting_id=meeting.id, provider_id=unit.provider_id))
    passage = filled(PassageLog, subject="penalty", subject_id=penalty.id, action="cancel", on_behalf=True)
    session.add(passage)
    session.flush()
    session.add(filled(OnBehalf, subject="penalty", subject_id=penalty.id, municipality_id=municipality_id,
                       passage_id=passage.id, said={}))


def release(engine: Engine, store: FileStore, ids: dict[str, Ids]) -> int:
    """Mark every free text, every amount and every file that the attacker must not see; how many rows and files."""
    released = 0
    with engine.begin() as connection:
        named = set[int | None]()
        for query in _known_by_name(ids):
            named |= set(connection.scalars(query))
        for name, known in ids.items():
            if name in LOGIN_TABLES or name.startswith("audit_"):
                continue  # the attacker's own name is there
            table = Base.metadata.tables[name]
            open_book = {c.name for c in table.c if isinstance(c.type, JSON) and c.name in FREE_JSON}
            for key in known.foreign:
                marks = _marks(table, key)
                if name == "party" and key in named:
                    marks.pop("name")
                for column in open_book:
                    told = connection.scalar(select(table.c[column]).where(table.c.id == key))
                    marks[column] = _marked(told, f"{CANARY} {name} {key}")
                if marks:
                    connection.execute(table.update().where(table.c.id == key).values(marks))
                    released += 1
        paths = select(Document.path).where(Document.id.in_(ids["document"].foreign))
        for path in connection.scalars(paths).all():
            store.locate(path).write_bytes(f"{CANARY} {path}".encode())
            released += 1
    return released


def _known_by_name(ids: dict[str, Ids]) -> Iterator[Select[Any]]:
    """The parties whose names the attacker may read: every contract names all the members in its premises; who sees a
    unit may know who runs it, and who reads a notice of default to whom a part of it was passed on."""
    yield select(Municipality.__table__.c.id)
    for table in (ServiceUnit.__table__, NoticeFinding.__table__):
        yield select(table.c.provider_id).where(table.c.id.in_(ids[table.name].own))


def _marks(table: Table, key: int) -> dict[str, Any]:
    """What is written in the columns of a row."""
    mark = f"{CANARY} {table.name} {key}"
    free = [c for c in table.c if c.name in FREE_TEXT and not coded(c)]
    texts: dict[str, Any] = {c.name: mark for c in free if isinstance(c.type, String)}
    lines: dict[str, Any] = {c.name: (mark,) for c in free if isinstance(c.type, Lines)}
    return texts | lines | {c.name: MARKED_MONEY + key for c in table.c if isinstance(c.type, Euro)}


def _marked(told: Any, mark: str) -> Any:
    """What people told in an open column, with every text in it replaced."""
    if isinstance(told, dict):
        return {name: _marked(value, mark) for name, value in told.items()}
    if isinstance(told, list):
        return [_marked(value, mark) for value in told]
    return mark if isinstance(told, str) else told


def coded(column: Column[Any]) -> bool:
    """True if the words of a column are a list of the program's, so that no mark fits in it."""
    return f"{column.table.name}.{column.name}" in CHOICES or column.table.name == "azienda"


def unjudged() -> set[str]:
    """The columns with text of which nobody has said whether people write in them."""
    return {f"{entity.__table__.name}.{column.name}" for entity in scoped_tables() for column in entity.__table__.c
            if isinstance(column.type, (String, Lines)) and column.name not in FREE_TEXT
            and not (column.name in CODES or coded(column))}


def shows(body: bytes) -> bool:
    """True if a marked text or amount is in an answer, also inside a workbook, a letter, a zip or a folded calendar."""
    said = _unpacked(body).replace("\r\n ", "")
    return CANARY in said or any(int(sum_.replace(".", "")) >= MARKED_MONEY for sum_ in MONEY_WRITTEN.findall(said))


def _unpacked(body: bytes) -> str:
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    try:
        with ZipFile(BytesIO(body)) as archive:
            return "\n".join(_unpacked(archive.read(name)) for name in archive.namelist())
    except BadZipFile:
        return body.decode("utf-8", "replace")


def fingerprint(engine: Engine, ids: dict[str, Ids]) -> dict[str, str]:
    """A hash of everything that is not the attacker's, by table: it must be the same after the attack."""
    prints: dict[str, str] = {}
    with engine.connect() as connection:
        for name, known in ids.items():
            if name in LOGIN_TABLES or name.startswith("audit_"):
                continue
            table = Base.metadata.tables[name]
            rows = connection.execute(select(table).where(table.c.id.in_(known.foreign)).order_by(table.c.id)).all()
            prints[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return prints
