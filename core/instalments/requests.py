"""The letter that asks for an instalment, or tells a credit: what it says, and the file that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.cases.model import Sending
from core.documents import letters, words
from core.documents.model import Document
from core.ground.access import ScopedSession
from core.ground.exercises import exercise_of
from core.ground.order import in_order
from core.instalments import context, credits
from core.instalments.context import CommitmentLine, CreditLine, InstalmentRequest
from core.instalments.corrections import CORRECTION, before_of, of_share
from core.instalments.credits import OpenCredit
from core.instalments.model import Commitment, Instalment
from core.instalments.rules import BaseKind
from core.instalments.states import PAYABLE
from core.instalments.term import begins_later
from core.parties.azienda import the_azienda
from core.parties.bodies import organ_name
from core.parties.model import Act, Azienda

TEMPLATE = "instalment_request"
ZERO = Decimal("0.00")
BASE_NAMES = {
    BaseKind.PREVIOUS: "quota dell'anno precedente",
    BaseKind.BUDGET: "quota dell'anno secondo il bilancio approvato",
    BaseKind.CHOSEN: "importo concordato per gli acconti",
    BaseKind.FINAL: "quota definitiva",
}


def write(session: ScopedSession, rows: Sequence[Instalment], today: date) -> None:
    """Make the letters of instalments that are asked for together. RuleBroken for what a letter lacks.

    An open credit is proposed once: for the first of a municipality's instalments, what is left of it for the next.
    """
    azienda = the_azienda(session)
    committed = _commitments(session, rows)
    open_ones: dict[int, list[OpenCredit]] = {}
    for row in rows:
        key = row.municipality_id
        if key not in open_ones:
            open_ones[key] = credits.credits_of(session, key)
        held = open_ones[key]
        used = min(sum((one.amount for one in held), ZERO), max(row.amount or ZERO, ZERO))
        # a comune commits by the calendar (art. 162 TUEL), whatever the exercise of the azienda
        mine = [one for year in exercise_of(row).calendar_years for one in committed.get((key, year), [])]
        said = request_of(session, azienda, row, mine, held, used, today)
        row.document = _letter(session, row, said)
        open_ones[key] = list(_less(held, used))


def _less(held: Sequence[OpenCredit], used: Decimal) -> Sequence[OpenCredit]:
    """The credits, the oldest of which were used up to ``used`` euros."""
    left = []
    for one in held:
        part = min(one.amount, used)
        used -= part
        if one.amount > part:
            left.append(OpenCredit(one.name, one.amount - part))
    return left


def _commitments(session: ScopedSession, rows: Sequence[Instalment]) -> dict[tuple[int, int], list[Commitment]]:
    owners = {row.municipality_id for row in rows}
    found: dict[tuple[int, int], list[Commitment]] = {}
    for held in session.scalars(select(Commitment).where(Commitment.municipality_id.in_(owners)).order_by(
            in_order(Commitment.number))):
        found.setdefault((held.municipality_id, held.year), []).append(held)
    return found


def subject_of(row: Instalment) -> str:
    """What the letter is about, in small letters: ``richiesta – rata n. 3/2026, Primo acconto 2026``."""
    credit = row.amount is not None and row.amount < 0
    what = "rettifica" if row.kind == CORRECTION else "comunicazione del credito" if credit else "richiesta"
    return f"{what} – rata n. {row.code}, {row.title} {exercise_of(row)}"


def _letter(session: ScopedSession, row: Instalment, said: InstalmentRequest) -> Document:
    name = f"richiesta-rata-{row.number:04}-{row.year}-{row.municipality.slug}.docx"
    return letters.make(
        session, TEMPLATE, said, kind="instalment_request", folder=f"instalments/{row.year}", file_name=name,
        title=words.capital(subject_of(row)),
    )


def request_of(
    session: ScopedSession, azienda: Azienda, row: Instalment, committed: Sequence[Commitment],
    open_ones: Sequence[OpenCredit], credit_use: Decimal, today: date,
) -> InstalmentRequest:
    """What the letter of an instalment says. RuleBroken if nobody signs for the azienda."""
    amount, terms = row.amount or Decimal(0), row.contract.terms
    balance, later = row.kind == "balance", begins_later(row)
    return InstalmentRequest(
        sender=letters.sender(azienda, today),
        addressee=letters.addressee(row.municipality),
        day=today,
        subject=subject_of(row),
        code=row.code,
        title=row.title,
        year=str(exercise_of(row)),
        contract=row.contract.code,
        amount=abs(amount),
        credit=amount < 0,
        due=None if later else row.effective,
        nominal=None if later or row.without_term else row.nominal,
        days=row.rule.due_days if later and row.rule is not None else None,
        counts_from=row.counts_from or "" if later else "",
        kind=row.kind,
        base=row.base,
        base_name=BASE_NAMES[BaseKind(row.base_kind)] if row.base_kind else "",
        percent=row.percent,
        asked_before=row.base - amount if balance and row.base is not None else None,
        reason=row.reason if row.kind == "further_advance" else row.title if row.kind == "extra_project" else "",
        act=_act(row),
        commitments=tuple(CommitmentLine(held.number, held.year, held.act, held.cig) for held in committed),
        cig=row.contract.cig,
        cup=row.contract.cup,
        invoice=row.invoice,
        sdi=row.sdi_id or "",
        correction=_correction(session, row) if row.kind == CORRECTION else None,
        credits=tuple(CreditLine(one.name, one.amount) for one in open_ones) if amount > 0 else (),
        credit_use=credit_use,
        credit_rest=abs(amount) - credit_use,
        interest=terms.interest,
        interest_points=terms.interest_points,
    )


def _correction(session: ScopedSession, row: Instalment) -> context.Correction:
    """What a correction changes: shares, what was paid of the year, what is left, and how a credit is used at once."""
    corrected, amount = row.corrects, row.amount or ZERO
    asked = of_share(session, row)
    set_off = min(max(-amount, ZERO), corrected.left) if corrected and corrected.state in PAYABLE else ZERO
    return context.Correction(
        replaces=_replaces(session, corrected) if corrected is not None else "",
        act=_number_and_day(row.act) if row.act is not None else "",
        body=row.act.body if row.act is not None else organ_name(session, "assembly", row.contract.starts_on),
        before=before_of(row),
        reason=row.reason.rstrip(" ."),  # the letter's own sentence ends there
        paid=sum((one.paid for one in asked), ZERO),
        left=sum((one.left for one in asked), ZERO),
        set_off=set_off,
        kept=max(-amount, ZERO) - set_off,
    )


def _replaces(session: ScopedSession, corrected: Instalment) -> str:
    """The letter that is replaced, with its number in the register; a balance of zero had none."""
    if corrected.document_id is None:
        return f"quanto comunicato con la rata n. {corrected.code}"
    sent = select(Sending).where(Sending.subject == "instalment", Sending.subject_id == corrected.id,
                                 Sending.document_id == corrected.document_id)
    letter = session.scalars(sent.order_by(Sending.id.desc())).first()
    credit = corrected.amount is not None and corrected.amount < 0
    what = "la comunicazione del credito" if credit else "la richiesta"
    if corrected.kind == CORRECTION:
        what = "la rettifica"
    number = f", prot. n. {letter.protocol_number}" if letter is not None and letter.protocol_number else ""
    day = f" del {words.date_short(letter.sent_on)}" if letter is not None else ""
    return f"{what} della rata n. {corrected.code}{number}{day}"


def _act(row: Instalment) -> str:
    if row.act is None or row.act.date is None:
        return ""
    return _number_and_day(row.act) + (f" – {row.act.body}" if row.act.body else "")


def _number_and_day(act: Act) -> str:
    return f"{act.kind} n. {act.number} del {words.date_short(act.date)}" if act.date else f"{act.kind} n. {act.number}"
