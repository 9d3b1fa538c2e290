"""What changes the yearly reports: made for every municipality beside the accounts, sent, received. None commits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.cases import letters
from core.cases.model import Sending
from core.cases.operations import keep_file, on_receipt, record_sending
from core.contracts.model import Conferral, Contract
from core.contracts.states import NOT_YET
from core.deadlines.operations import follow
from core.funding.model import Budget
from core.funding.states import BudgetState, Stage
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import Place, RuleBroken
from core.ground.exercises import exercise_of, exercises
from core.ground.files import Upload
from core.ground.required import require_order
from core.ground.states import Proof
from core.parties.azienda import the_azienda
from core.reporting.letters import CODE
from core.reporting.model import YearlyReport
from core.reporting.states import LIFE, OFFICE, ReportState

SUBJECT = "yearly_report"
FORGETS = {"send": ("sent_on", "sending_id"), "receive": ("received_on",)}


def accounts_of(session: ScopedSession, year: int) -> Budget | None:
    """The accounts of an exercise, if the assembly has approved them."""
    return session.scalars(select(Budget).where(Budget.year == year, Budget.stage == Stage.ACCOUNTS,
                                                Budget.state == BudgetState.APPROVED)).first()


def contracts_of(session: ScopedSession, year: int) -> dict[int, int]:
    """The municipalities to which an exercise is accounted for: those that conferred services in it, each with its
    contract, the latest where there were several."""
    exercise = exercises(session).named(year)
    found = session.execute(
        select(Conferral.municipality_id, Contract.id).join(Contract, Contract.id == Conferral.contract_id)
        .where(Contract.state.not_in(NOT_YET), Contract.amends_id.is_(None), Contract.starts_on <= exercise.ends_on,
               Contract.runs_to >= exercise.starts_on).order_by(Contract.starts_on, Contract.id))
    return dict(iter(found))


def prepare(session: ScopedSession, year: int, *, today: date) -> list[YearlyReport]:
    """Make the report of an exercise for every municipality that has none yet, each with its letter; gives the new
    ones.

    RuleBroken before the assembly has approved the accounts, where nobody had services in it, and where all are there.
    """
    session.principal.require(*OFFICE)
    name, accounts = exercises(session).name(year), accounts_of(session, year)
    if accounts is None:
        raise RuleBroken("La relazione accompagna il bilancio d'esercizio: registrare prima l'approvazione di quello "
                         "del %(year)s.", field="year", year=name)
    due = contracts_of(session, year)
    there = set(session.scalars(select(YearlyReport.municipality_id).where(YearlyReport.year == year)))
    if not due:
        raise RuleBroken("Nel %(year)s nessun Comune ha affidato servizi con un contratto: non c'è a chi riferire.",
                         field="year", year=name)
    made = [YearlyReport(year=year, municipality_id=key, contract_id=contract, budget_id=accounts.id)
            for key, contract in due.items() if key not in there]
    if not made:
        raise RuleBroken("Le relazioni %(year)s sono già preparate: aprire quella del Comune.", field="year", year=name)
    session.add_all(made)
    session.flush()
    for row in made:
        letters.prepare(session, SUBJECT, row.id, f"{CODE}-0", {}, today=today)
    follow(session, SUBJECT, [row.id for row in made], today=today)
    return made


def send(session: ScopedSession, report_id: int, *, channel: str, sent_on: date, protocol_number: str = "",
         file: Upload | None = None, version: int | None, today: date) -> YearlyReport:
    """Record that a report was sent: the last one that was prepared, or the signed ``file``. From now on it is seen.

    RuleBroken before the accounts were approved, or where no letter is prepared.
    """
    row = at_version(session.require(YearlyReport, report_id), version)
    if row.budget.approved_on is not None:
        require_order(row.budget.approved_on, sent_on, RuleBroken(
            "La relazione (%(after)s) viene prima dell'approvazione del bilancio d'esercizio (%(before)s): correggere "
            "la data.", field="sent_on"))
    document_id = keep_file(session, SUBJECT, row.id, file=file, kind="letter").id if file else _prepared(session, row)
    sending = record_sending(
        session, SUBJECT, row.id, title=f"Relazione annuale {exercise_of(row)}", sender_id=the_azienda(session).id,
        addressee_id=row.municipality_id, channel=channel, sent_on=sent_on, protocol_number=protocol_number,
        document_id=document_id, today=today)
    row.sending_id, row.sent_on = sending.id, sent_on
    return _move(session, row, "send", sent_on, today, Proof(document_id=document_id))


def undo(session: ScopedSession, report_id: int, *, why: str, version: int | None, today: date) -> YearlyReport:
    """Take back the last passage, with a reason; the letter that was sent stays in the diary."""
    row = at_version(session.require(YearlyReport, report_id), version)
    LIFE.undo(session, row, on=today, why=why, forgets=FORGETS)
    touch(session, row)
    follow(session, SUBJECT, [row.id], today=today)
    return row


def _prepared(session: ScopedSession, row: YearlyReport) -> int:
    ready = letters.versions(session, SUBJECT, row.id).get(f"{CODE}-0", [])
    if not ready:
        raise RuleBroken("La lettera non è ancora preparata: prepararla, poi registrare l'invio.").mended(
            Place(SUBJECT, row.id))
    return ready[-1].document_id


def _move(session: ScopedSession, row: YearlyReport, action: str, on: date, today: date, proof: Proof) -> YearlyReport:
    LIFE.move(session, row, action, on=on, proof=proof)
    touch(session, row)
    follow(session, SUBJECT, [row.id], today=today)
    return row


def _received(session: ScopedSession, sending: Sending, today: date) -> None:
    """The receipt of its letter says when a report was received, from whichever page it was recorded."""
    row = _of(session, sending)
    if row is None or sending.received_on is None or row.state != ReportState.SENT:
        return
    if LIFE.allows(row.state, "receive", session.principal):
        row.received_on = sending.received_on
        _move(session, row, "receive", sending.received_on, today,
              Proof(received_on=sending.received_on, document_id=sending.receipt_id))


def _corrected(session: ScopedSession, sending: Sending, _today: date) -> None:
    """The day of the receipt was wrong."""
    row = _of(session, sending)
    if row is not None and row.received_on is not None:
        row.received_on = sending.received_on
        touch(session, row)


def _of(session: ScopedSession, sending: Sending) -> YearlyReport | None:
    return session.scalars(select(YearlyReport).where(YearlyReport.sending_id == sending.id)).first()


on_receipt(SUBJECT, _received, corrected=_corrected)
