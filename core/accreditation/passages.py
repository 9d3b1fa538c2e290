"""What every act on an accreditation does alike: the row at its version, what is said of it, the log, the terms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import or_, select

from core.accreditation import rules
from core.accreditation.model import (
    Accreditation,
    AccreditationExtension,
    InspectionFinding,
    Measure,
    RequirementCheck,
)
from core.accreditation.rules import Judgement
from core.accreditation.set_terms import fee_missing
from core.accreditation.states import ASKED, ENDED, LIFE, LIVING
from core.cases.operations import add_file, keep_file
from core.deadlines.operations import follow
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.files import Upload
from core.ground.states import NO_PROOF, Proof, standing
from core.ground.upward import Upward
from core.providers.model import ProviderPaper, ServiceUnit

SUBJECT = "accreditation"
OFFICE = (Role.ACCREDITATION, Role.SYSTEM)
DECIDE = (Role.ACCREDITATION, Role.MANAGEMENT, Role.SYSTEM)
WITH_PROVIDER = (*OFFICE, Role.PROVIDER)
# what has become of an accreditation: as of which day, by which act, today
has_become: Upward[[ScopedSession, Accreditation, date, str, date], None] = Upward()
# a renewal takes the place of the accreditation before it, today
has_renewed: Upward[[ScopedSession, Accreditation, Accreditation, date], None] = Upward()
# before the pact is taken back: RuleBroken from what stands on it
pact_unsigned: Upward[[ScopedSession, Accreditation], None] = Upward()


def accreditation_at(session: ScopedSession, accreditation_id: int, version: int | None) -> Accreditation:
    """The accreditation, if the principal saw it as it is now: who may act on it its passages say. NotVisible."""
    return at_version(session.require(Accreditation, accreditation_id), version)


def locked_unit(session: ScopedSession, unit_id: int) -> ServiceUnit:
    """The unit, locked until the transaction ends: two who open or sign at once come one after the other."""
    mine = select(ServiceUnit).where(ServiceUnit.id == unit_id).with_for_update(of=ServiceUnit)
    return session.scalars(mine).one_or_none() or session.require(ServiceUnit, unit_id)


def move(
    session: ScopedSession, row: Accreditation, action: str, *, on: date, today: date, proof: Proof = NO_PROOF
) -> Accreditation:
    """Do a passage of the table as of the day ``on``, make forms that were open stale, let the deadlines follow."""
    LIFE.move(session, row, action, on=on, proof=proof)
    return changed(session, row, today)


def changed(session: ScopedSession, row: Accreditation, today: date) -> Accreditation:
    """Facts below the accreditation changed: its version rises, its deadlines follow."""
    touch(session, row)
    follow(session, SUBJECT, [row.id], today=today)
    return row


def tell_register(session: ScopedSession, row: Accreditation, *, on: date, act: str, today: date) -> None:
    """Let the public register show at once what has become of the accreditation."""
    has_become.tell(session, row, on, act, today)


def kept(
    session: ScopedSession, row: Accreditation, file: Upload, *, kind: str, title: str, field: str = "file"
) -> int:
    """Keep a file of the procedure, and give its id. A provider's stands in the diary, so that it sees it itself."""
    if session.principal.has(*DECIDE):
        return keep_file(session, SUBJECT, row.id, file=file, kind=kind,
                         field=field).id
    return add_file(session, SUBJECT, row.id, title=title, file=file, field=field).document_id


def needed(file: Upload | None, message: str, *, field: str = "file") -> Upload:
    """The file; RuleBroken with ``message`` for none."""
    if file is None:
        raise RuleBroken(message, field=field)
    return file


# --- what is said of it -----------------------------------------------------------------------------------


def checks_of(session: ScopedSession, row: Accreditation) -> dict[int, RequirementCheck]:
    """What was recorded of each requirement, by its id."""
    mine = select(RequirementCheck).where(RequirementCheck.accreditation_id == row.id)
    return {check.requirement_id: check for check in session.scalars(mine)}


def papers_of(session: ScopedSession, row: Accreditation) -> Sequence[ProviderPaper]:
    """The papers of its provider that concern its unit."""
    return session.scalars(
        select(ProviderPaper).where(
            ProviderPaper.provider_id == row.unit.provider_id,
            or_(ProviderPaper.unit_id.is_(None), ProviderPaper.unit_id == row.unit_id),
        ).order_by(ProviderPaper.id)
    ).all()


def judged(session: ScopedSession, row: Accreditation, day: date) -> list[Judgement]:
    """What is said of every requirement on ``day``; after the decree, what was said for it."""
    return rules.judgements(row.set.requirements, checks_of(session, row), row.declared, papers_of(session, row),
                            row.unit_id, day, frozen=row.state not in ASKED)


def lacking(row: Accreditation, said: Sequence[Judgement]) -> list[Finding]:
    """What an application lacks: figures, documents, papers that hold, the payment of its fee."""
    return [*placed(row, rules.missing(row.set, said, row.declared)), *fee_missing(row)]


def placed(row: Accreditation, found: Iterable[Finding]) -> list[Finding]:
    """The same remarks, each with the page where its figure or its requirement is settled.

    A paper of the provider is registered with its other papers; what names none of these has its own place, or is
    settled with the inspections.
    """
    asked = {requirement.code: requirement for requirement in row.set.requirements}

    def place(where: str) -> Place:
        if where in row.set.measures:
            return Place("accreditation.figures", row.id, where)
        if (requirement := asked.get(where)) is None:
            return Place("accreditation.inspections", row.id)
        if requirement.kind == rules.PAPER:
            return Place("provider_paper.new", row.unit.provider_id)
        return Place("accreditation.requirement", row.id, part=requirement.id)

    return [replace(finding, at=finding.at or place(finding.where)) for finding in found]


def findings_of(session: ScopedSession, row: Accreditation) -> Sequence[InspectionFinding]:
    """What its inspections found, in order."""
    mine = select(InspectionFinding).where(InspectionFinding.accreditation_id == row.id)
    return session.scalars(mine.order_by(InspectionFinding.id)).all()


def others_of_unit(session: ScopedSession, row_id: int | None, unit_id: int,
                   states: Collection[str]) -> Sequence[Accreditation]:
    """The other accreditations of a unit that stand in one of ``states``."""
    query = select(Accreditation).where(Accreditation.unit_id == unit_id, Accreditation.state.in_(states))
    if row_id is not None:
        query = query.where(Accreditation.id != row_id)
    return session.scalars(query.order_by(Accreditation.id)).all()


def require_alone(session: ScopedSession, row: Accreditation, first: date, last: date, *, field: str | None) -> None:
    """RuleBroken if another accreditation of the unit holds, or held, on a day from ``first`` to ``last`` (R147).

    The unit is locked, so that two who sign or extend at once come one after the other.
    """
    locked_unit(session, row.unit_id)
    for other in others_of_unit(session, row.id, row.unit_id, (*LIVING, *ENDED)):
        if other.valid_from is not None and other.runs_to is not None \
                and other.valid_from <= last and first <= other.runs_to:
            raise RuleBroken("L'unità è già accreditata dal %(first)s al %(last)s (n. %(code)s): due accreditamenti "
                             "non si sovrappongono. Correggere le date.", field=field, code=other.code,
                             first=f"{other.valid_from:%d/%m/%Y}", last=f"{other.runs_to:%d/%m/%Y}").mended(
                Place("accreditation", other.id))


def extension_asked_on(session: ScopedSession, row: Accreditation) -> date | None:
    """The day on which more time was asked for, while nobody has answered; None if it was not, or was answered."""
    last: date | None = None
    for passage in standing(session, SUBJECT, row.id):
        if passage.action == "ask_extension":
            last = passage.on
        elif passage.action in ("extend", "refuse_extension"):
            last = None
    return last


def standing_extensions(session: ScopedSession, row: Accreditation) -> list[AccreditationExtension]:
    """The extensions that have not been taken back, in order."""
    mine = select(AccreditationExtension).where(AccreditationExtension.accreditation_id == row.id)
    found = session.scalars(mine.order_by(AccreditationExtension.id)).all()
    undone = {extension.undoes_id for extension in found}
    return [extension for extension in found if extension.undoes_id is None and extension.id not in undone]


def standing_measures(session: ScopedSession, row: Accreditation) -> list[Measure]:
    """The measures that have not been taken back, in order."""
    mine = select(Measure).where(Measure.accreditation_id == row.id)
    found = session.scalars(mine.order_by(Measure.id)).all()
    undone = {measure.undoes_id for measure in found}
    return [measure for measure in found if measure.undoes_id is None and measure.id not in undone]


def last_day(session: ScopedSession, row: Accreditation) -> date | None:
    """The last day: with extensions, and cut short by what ended it early."""
    extensions = standing_extensions(session, row)
    end = extensions[-1].to_day if extensions else row.valid_to
    early = [m.effective_on - timedelta(days=1) for m in standing_measures(session, row)
             if m.kind in ("revocation", "cancellation")]
    return end if end is None or not early else min(end, *early)
