"""The application of a unit: opened, filled in, filed, completed, examined requirement by requirement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from core.accreditation import rules
from core.accreditation.forewarnings import close, require_none
from core.accreditation.model import Accreditation, Meeting, Requirement, RequirementCheck
from core.accreditation.passages import (
    DECIDE,
    OFFICE,
    SUBJECT,
    WITH_PROVIDER,
    accreditation_at,
    changed,
    judged,
    kept,
    lacking,
    locked_unit,
    move,
    others_of_unit,
)
from core.accreditation.rules import LONGEST
from core.accreditation.set_terms import require_window
from core.accreditation.sets import set_on
from core.accreditation.states import ASKED, LIVING, UNDER_WAY, AccreditationState
from core.accreditation.term import resume_clock, suspend_clock
from core.cases.operations import add_file
from core.ground.access import Principal, ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.files import Upload
from core.ground.numbering import next_number
from core.ground.required import require_past, require_text
from core.ground.states import Proof, standing
from core.providers.model import ServiceUnit
from core.providers.states import UnitState

A = AccreditationState
MEETINGS = ("evaluation", "commission")
PROPOSALS = ("", "grant", "grant_with_prescriptions", "refuse", "more")
FILLED_IN = (A.DRAFT, A.TO_COMPLETE)  # while it is the applicant's turn
LAST_TERM = timedelta(days=366)
LONGEST_NAME = 200


# --- opening ----------------------------------------------------------------------------------------------


def open_application(
    session: ScopedSession, unit_id: int, *, renews_id: int | None = None, today: date
) -> Accreditation:
    """Open the application of a unit, with the requirement set of its type as it is today; its number is taken now.

    RuleBroken for a unit that is not in operation (R147), a type without a set, or a unit that has another procedure
    or is accredited already, unless it is renewed (``renews_id``).
    """
    session.principal.require(*WITH_PROVIDER)
    unit = locked_unit(session, unit_id)
    require_operating(unit, today)
    the_set = set_on(session, unit.type.code, today)
    if the_set is None:
        raise RuleBroken("Per il tipo «%(type)s» non c'è ancora un insieme di requisiti: importarlo alla pagina "
                         "Requisiti.", field="unit_id", type=unit.type.name).mended(Place("requirement_set.new", 0))
    require_no_other(session, unit, renews_id)
    row = Accreditation(
        year=today.year, number=next_number(session, SUBJECT, today.year), unit=unit, set=the_set,
        renews_id=renews_id, state=A.DRAFT, declared=rules.proposed_figures(the_set, unit),
    )
    session.add(row)
    session.flush()
    return row


def require_operating(unit: ServiceUnit, day: date) -> None:
    """RuleBroken unless the unit is in operation by a notice (R146, R147)."""
    if unit.state != UnitState.OPERATING or unit.operating_from is None or unit.operating_from > day:
        raise RuleBroken("L'unità «%(unit)s» non è in esercizio: prima serve la comunicazione preventiva di esercizio "
                         "(CPE), con effetto. L'accreditamento è per chi è già in esercizio.", field="unit_id",
                         unit=unit.name).mended(Place("operating_notice.new", unit.id))


def require_no_other(
    session: ScopedSession, unit: ServiceUnit, renews_id: int | None, *, besides: int | None = None
) -> None:
    """RuleBroken if the unit has another procedure ``besides`` this one, or an accreditation that it does not renew."""
    for other in others_of_unit(session, besides, unit.id, (*UNDER_WAY, *LIVING)):
        if other.state in UNDER_WAY:
            raise RuleBroken("L'unità «%(unit)s» ha già il procedimento n. %(code)s in corso: proseguire quello.",
                             field="unit_id", unit=unit.name, code=other.code).mended(Place("accreditation", other.id))
        if other.id != renews_id:
            raise RuleBroken("L'unità «%(unit)s» è già accreditata fino al %(day)s (n. %(code)s): due accreditamenti "
                             "non si sovrappongono. Per continuare si apre il rinnovo da quello.", field="unit_id",
                             unit=unit.name, code=other.code, day=f"{other.runs_to:%d/%m/%Y}").mended(
                Place("accreditation", other.id))


def renew(session: ScopedSession, accreditation_id: int, *, version: int | None, today: date) -> Accreditation:
    """Open the renewal: a new procedure of the same unit, by the set of today, that begins where this one ends."""
    session.principal.require(*WITH_PROVIDER)
    old = accreditation_at(session, accreditation_id, version)
    if old.state not in (*LIVING, A.EXPIRED):
        raise RuleBroken("Si rinnova un accreditamento che vale, o che è scaduto: per gli altri si apre una domanda "
                         "nuova.")
    row = open_application(session, old.unit_id, renews_id=old.id, today=today)
    before = {code: value for code, value in old.declared.items() if code in row.set.measures}
    row.declared = {**before, **row.declared}
    session.flush()
    return row


# --- filling in -------------------------------------------------------------------------------------------


def declare(
    session: ScopedSession, accreditation_id: int, figures: Mapping[str, Decimal | None], *, version: int | None,
    today: date,
) -> Accreditation:
    """Write what the application declares, by measure. RuleBroken for figures that cannot be, or after the filing."""
    session.principal.require(*WITH_PROVIDER)
    row = accreditation_at(session, accreditation_id, version)
    _require_open(row, session.principal)
    row.declared = {**row.declared, **dict.fromkeys(figures, ""), **rules.declared_figures(row.set.measures, figures)}
    row.declared = {code: value for code, value in row.declared.items() if value}
    return changed(session, row, today)


def attach(
    session: ScopedSession, accreditation_id: int, requirement_id: int, *, file: Upload, expires_on: date | None,
    version: int | None, today: date,
) -> RequirementCheck:
    """Keep the document of a requirement, with its last day if it has one; what was said of it is to verify again."""
    session.principal.require(*WITH_PROVIDER)
    row = accreditation_at(session, accreditation_id, version)
    _require_open(row, session.principal)
    requirement = _requirement(session, row, requirement_id)
    if expires_on is not None and expires_on < today:
        raise RuleBroken("Il documento è scaduto il %(day)s: allegare quello che vale oggi.", field="expires_on",
                         day=f"{expires_on:%d/%m/%Y}")
    document_id = kept(session, row, file, kind="requirement", title=f"{requirement.code}, {requirement.title}")
    check = _check(session, row, requirement)
    check.document_id, check.expires_on, check.outcome = document_id, expires_on, rules.TO_VERIFY
    check.computed = requirement.kind in rules.COMPUTED
    changed(session, row, today)
    return check


def assess(
    session: ScopedSession, accreditation_id: int, requirement_id: int, *, outcome: str, note: str = "",
    expires_on: date | None = None, version: int | None, today: date,
) -> RequirementCheck:
    """Say of a requirement that it is met, not met, not applicable or still to verify; for a computed one too.

    ``computed`` as the outcome gives a numeric requirement or a paper back to computing.
    """
    session.principal.require(*OFFICE)
    row = accreditation_at(session, accreditation_id, version)
    if row.state not in ASKED:
        raise RuleBroken("Il provvedimento è già stato preso: l'esame non si modifica più.")
    requirement = _requirement(session, row, requirement_id)
    back = outcome == "computed" and requirement.kind in rules.COMPUTED
    if not back:
        figure = rules.figure(requirement, row.declared) if requirement.kind in rules.NUMERIC else None
        rules.require_outcome(outcome, note, figure)
    check = _check(session, row, requirement)
    check.outcome, check.computed = (rules.TO_VERIFY if back else outcome), back
    check.note = note.strip()
    check.expires_on = expires_on or check.expires_on
    changed(session, row, today)
    return check


def _requirement(session: ScopedSession, row: Accreditation, requirement_id: int) -> Requirement:
    requirement = session.require(Requirement, requirement_id)
    if requirement.set_id != row.set_id or requirement.kind == rules.GROUP:
        raise RuleBroken("Questo requisito non è tra quelli della domanda: ricaricare la pagina.")
    return requirement


def _check(session: ScopedSession, row: Accreditation, requirement: Requirement) -> RequirementCheck:
    mine = select(RequirementCheck).where(RequirementCheck.accreditation_id == row.id,
                                          RequirementCheck.requirement_id == requirement.id)
    found = session.scalars(mine).one_or_none()
    if found is None:
        found = RequirementCheck(accreditation_id=row.id, requirement_id=requirement.id, outcome=rules.TO_VERIFY)
        session.add(found)
    return found


def _require_open(row: Accreditation, who: Principal) -> None:
    """The applicant fills in while it is its turn; the office until the decree."""
    if row.state in FILLED_IN or (row.state in ASKED and who.has(*OFFICE)):
        return
    if row.state in ASKED:
        raise RuleBroken("La domanda è stata presentata: si completa quando l'ufficio lo chiede. Intanto si può "
                         "aggiungere un file al diario.")
    raise RuleBroken("Il provvedimento è già stato preso: la domanda non si modifica più.")


def pay_fee(
    session: ScopedSession, accreditation_id: int, *, paid_on: date, reference: str, file: Upload | None,
    version: int | None, today: date,
) -> Accreditation:
    """Record that the fee of the application was paid, with what proves it; again, to correct it.

    RuleBroken where the set asks for none, after the decree, or for a day that has not come.
    """
    session.principal.require(*WITH_PROVIDER)
    row = accreditation_at(session, accreditation_id, version)
    if not row.set.fee:
        raise RuleBroken("Per questa domanda non si paga alcun contributo.")
    _require_open(row, session.principal)
    require_past(paid_on, today, field="paid_on")
    row.fee_reference = require_text(reference, "Indicare con che cosa si ritrova il pagamento: il numero del bonifico "
                                                "o della ricevuta.", field="reference", longest=LONGEST_NAME)
    row.fee_paid_on = paid_on
    if file is not None:
        add_file(session, SUBJECT, row.id, title=f"Ricevuta del contributo, {paid_on:%d/%m/%Y}", file=file)
    return changed(session, row, today)


# --- filing and completeness ------------------------------------------------------------------------------


def file(
    session: ScopedSession, accreditation_id: int, *, filed_on: date | None = None, version: int | None, today: date
) -> Accreditation:
    """File the application: from now on the office examines whether it is complete. The unit must be in operation.

    RuleBroken outside the windows of its set, where it has some.
    ``filed_on`` is the office's to say, of a paper that came before; what a provider's own person files comes today.
    """
    row = accreditation_at(session, accreditation_id, version)
    row.filed_on = filed_on if filed_on is not None and session.principal.has(*OFFICE) else today
    require_past(row.filed_on, today, field="filed_on")
    require_operating(row.unit, row.filed_on)
    require_window(row.set, row.filed_on, field="filed_on")
    return move(session, row, "file", on=row.filed_on, today=today)


def ask_completion(
    session: ScopedSession, accreditation_id: int, *, why: str, due: date, version: int | None, today: date
) -> Accreditation:
    """Ask for what is missing, by a day; the clock of the decree, if it runs already, stands still meanwhile."""
    row = accreditation_at(session, accreditation_id, version)
    if not today < due <= today + LAST_TERM:
        raise RuleBroken("Il termine per completare la domanda è un giorno futuro, entro un anno.", field="due")
    require_none(session, row, "refusal")
    row.completion_due = due
    move(session, row, "ask_completion", on=today, today=today, proof=Proof(why=why))
    suspend_clock(session, row, today, today)
    return row


def complete(session: ScopedSession, accreditation_id: int, *, version: int | None, today: date) -> Accreditation:
    """Say that what was asked for has been sent: the office looks at the application again."""
    row = accreditation_at(session, accreditation_id, version)
    return move(session, row, "complete", on=today, today=today)


def find_complete(
    session: ScopedSession, accreditation_id: int, *, complete_on: date | None = None, responsible: str = "",
    version: int | None, today: date,
) -> Accreditation:
    """Find the application complete as of a day: the clock of the examination starts then, or goes on from there.

    ``responsible`` answers for the procedure from now on; unless one is named it is whoever finds it complete
    (L. 241/1990, art. 5). RuleBroken with what is missing, for a day before the last papers came or one in the future.
    """
    row = accreditation_at(session, accreditation_id, version)
    day = complete_on or today
    require_past(day, today, field="complete_on")
    rules.require_not_before(day, arrived_on(session, row), "l'arrivo della domanda o di quanto mancava",
                             field="complete_on")
    lacks = lacking(row, judged(session, row, today))
    if lacks:
        raise RuleBroken("La domanda non è completa: %(lacks)s", lacks=" ".join(map(str, lacks[:4]))).mended(
            lacks[0].at)
    if row.complete_on is None:
        row.complete_on = day
    row.responsible = responsible.strip() or row.responsible or session.principal.name
    move(session, row, "find_complete", on=day, today=today)
    resume_clock(session, row, day, today)
    return row


def arrived_on(session: ScopedSession, row: Accreditation) -> date | None:
    """The day on which the last part of the application came: its filing, or its last completion."""
    came = [p.on for p in standing(session, SUBJECT, row.id) if p.action in ("file", "complete")]
    return came[-1] if came else row.filed_on


def cancel(
    session: ScopedSession, accreditation_id: int, *, why: str, version: int | None, today: date
) -> Accreditation:
    """Withdraw an application before the decree; its number stays taken."""
    row = accreditation_at(session, accreditation_id, version)
    move(session, row, "cancel", on=today, today=today, proof=Proof(why=why))
    close(session, row, on=today, today=today)
    return row


def name_responsible(
    session: ScopedSession, accreditation_id: int, *, responsible: str, version: int | None, today: date
) -> Accreditation:
    """Say who answers for the procedure; every letter and act names them (L. 241/1990, arts. 5 and 8)."""
    session.principal.require(*DECIDE)
    row = accreditation_at(session, accreditation_id, version)
    row.responsible = require_text(responsible, "Indicare chi è responsabile del procedimento.", field="responsible",
                                   longest=LONGEST_NAME)
    return changed(session, row, today)


# --- meetings ---------------------------------------------------------------------------------------------


def record_meeting(
    session: ScopedSession, accreditation_id: int, *, kind: str, on: date, present: str, text: str,
    proposal: str = "", today: date,
) -> Meeting:
    """Record an evaluation meeting or a sitting of the commission: who was there, what was said, what it proposes."""
    session.principal.require(*DECIDE)
    row = session.require(Accreditation, accreditation_id)
    if row.state in (A.DRAFT, A.CANCELLED):
        raise RuleBroken("La domanda non è presentata: non c'è ancora nulla da valutare.")
    if kind not in MEETINGS:
        raise RuleBroken("Scegliere se è un incontro di valutazione o una seduta della commissione.", field="kind")
    if proposal not in PROPOSALS:
        raise RuleBroken("Scegliere la proposta tra quelle elencate.", field="proposal")
    require_past(on, today, field="on")
    meeting = Meeting(
        accreditation_id=row.id, kind=kind, on=on, proposal=proposal, actor=session.principal.name,
        present=require_text(present, "Indicare chi era presente.", field="present", longest=LONGEST),
        text=require_text(text, "Scrivere che cosa è stato detto.", field="text", longest=20_000),
    )
    session.add(meeting)
    session.flush()
    return meeting
