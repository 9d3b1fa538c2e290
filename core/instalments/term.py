"""The term of what has no day of its own: counted from the request's receipt or the invoice, or fixed by the office."""

from __future__ import annotations

from datetime import date

from core.cases.model import Sending
from core.cases.operations import add_note, on_receipt
from core.contracts.agreed import CountsFrom
from core.deadlines.operations import follow
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.clock import PatronDay, Roll
from core.ground.edits import at_version
from core.ground.errors import RuleBroken
from core.ground.required import LONGEST_TITLE, require_text
from core.instalments.model import Instalment
from core.instalments.operations import restate
from core.instalments.rules import State
from core.instalments.states import OFFICE, PAYABLE

MOST_YEARS = 2  # a term is a matter of days or months: a day further off is a slip of the keyboard


def begins_later(row: Instalment) -> bool:
    """True where the days for paying count from the receipt, or from an invoice that is not there yet."""
    return row.counts_from == CountsFrom.RECEIPT or (row.counts_from == CountsFrom.INVOICE and row.invoice_on is None)


def begin_unbegun(row: Instalment) -> None:
    """The request leaves: a term that begins later has not begun, and where there is none nothing is counted (X6)."""
    if row.before_contract:
        row.effective = None
    elif begins_later(row) or row.without_term:
        row.nominal = row.effective = None


def count(session: ScopedSession, row: Instalment, start: date | None, today: date) -> None:
    """Count the days for paying of what was asked for from ``start``; without one it has no due date yet."""
    days = row.rule.due_days or 0 if row.rule is not None else 0
    _set(session, row, None if start is None else _term(row, start, days), today)


def may_fix(row: Instalment) -> bool:
    """True for what was asked for and is still to pay, and for which the contract gives no term that may hold."""
    return row.without_term and row.state in PAYABLE


def fix_term(
    session: ScopedSession, instalment_id: int, *, due: date, why: str, version: int | None, today: date
) -> Instalment:
    """Fix, or move, the day by which what has no term in the contract is paid (X6): by an act or by agreement.

    ``why`` names the act; both sides read it in the diary. The day passes to the next useful one by the contract's
    rule. RuleBroken for what has its term in the contract or is not to be paid, for a day before the request or
    further off than two years, without a reason, and for a stale page.
    """
    session.principal.require(*OFFICE)
    row = at_version(session.require(Instalment, instalment_id), version)
    if not may_fix(row) or row.requested_on is None:
        raise RuleBroken("Si fissa la scadenza di una rata già chiesta, ancora da pagare, per cui il contratto non dà "
                         "un termine: questa non lo è.")
    if due < row.requested_on:
        raise RuleBroken("La rata è stata chiesta il %(day)s: la scadenza non può venire prima.", field="due",
                         day=f"{row.requested_on:%d/%m/%Y}")
    if due.year > today.year + MOST_YEARS:
        raise RuleBroken("La scadenza del %(due)s è troppo lontana: controllare l'anno.", field="due",
                         due=f"{due:%d/%m/%Y}")
    reason = require_text(why, "Indicare l'atto o l'accordo che fissa la scadenza: resta nel diario.", field="why",
                          longest=LONGEST_TITLE)
    _set(session, row, _term(row, due, 0), today)
    add_note(session, "instalment", row.id, shared=True,
             text=f"La scadenza della rata n. {row.code} è il {row.effective:%d/%m/%Y}. {reason}")
    follow(session, "instalment", [row.id], today=today)
    return row


def _term(row: Instalment, start: date, days: int) -> clock.Term:
    return clock.term(start, days, roll=Roll(row.contract.terms.roll_policy),
                      patron=PatronDay.parse(row.municipality.patron_day))


def _set(session: ScopedSession, row: Instalment, term: clock.Term | None, today: date) -> None:
    row.nominal, row.effective = (None, None) if term is None else (term.nominal, term.effective)
    session.flush()
    if row.state != State.CREDITED:
        restate(session, row, today=today, settled_on=row.settled_on)


def _on_receipt(session: ScopedSession, sending: Sending, today: date) -> None:
    """The request was received, or on another day than was recorded: its term counts from there."""
    row = session.require(Instalment, sending.subject_id)
    asked = row.requested_on is not None and sending.document_id is not None and sending.document_id == row.document_id
    if asked and row.counts_from == CountsFrom.RECEIPT:
        count(session, row, sending.received_on, today)


on_receipt("instalment", _on_receipt, corrected=_on_receipt)
