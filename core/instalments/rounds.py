"""Rounds: the requests of one due date, prepared with their letters, approved, and sent together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from core.cases.operations import record_sending
from core.deadlines.operations import follow
from core.documents import letters, words
from core.documents.model import Document
from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import Finding, RuleBroken
from core.ground.files import FileStore
from core.ground.required import require_past
from core.ground.states import Proof
from core.instalments.context import CommitmentLine, InstalmentRequest
from core.instalments.model import Commitment, Instalment, RequestRound
from core.instalments.operations import refresh, restate
from core.instalments.rules import BaseKind, State
from core.instalments.states import LIFE, OFFICE, ROUND_LIFE
from core.parties.model import Azienda

TEMPLATE = "instalment_request"
YEAR = re.compile(r"\b20\d\d\b")
BASE_NAMES = {
    BaseKind.PREVIOUS: "quota dell'anno precedente",
    BaseKind.BUDGET: "quota dell'anno secondo il bilancio approvato",
    BaseKind.CHOSEN: "importo concordato per gli acconti",
    BaseKind.FINAL: "quota definitiva",
}


def due_dates(session: ScopedSession) -> list[tuple[date, int, int]]:
    """The due dates for which something is still to be asked: (date, how many, of how many the amount is unknown)."""
    waiting = (
        select(Instalment.nominal, func.count(), func.count() - func.count(Instalment.amount))
        .where(Instalment.state == State.PLANNED, Instalment.round_id.is_(None), Instalment.nominal.is_not(None))
        .group_by(Instalment.nominal).order_by(Instalment.nominal)
    )
    return [(due, many, unknown) for due, many, unknown in session.execute(waiting) if due is not None]


def prepare(session: ScopedSession, due: date, *, today: date) -> tuple[RequestRound, list[Finding]]:
    """Gather what is to be asked by one nominal date and make its letters; what cannot be asked yet is named.

    From here on the figures stay. RuleBroken if there is nothing to ask by that date, or for what a letter lacks.
    """
    session.principal.require(*OFFICE)
    candidates = _candidates(session, due)
    findings = [finding for row in candidates for finding in _stops(row)]
    rows = [row for row in candidates if not any(True for _finding in _stops(row))]
    if not rows:
        if findings:
            raise RuleBroken(findings[0].message, field="due", **findings[0].values)
        raise RuleBroken("Non ci sono rate da chiedere con scadenza %(due)s.", field="due", due=f"{due:%d/%m/%Y}")
    title = title_of(list(dict.fromkeys(row.title for row in rows)), rows[0].year, due)
    made = RequestRound(year=rows[0].year, title=title, due=due, instalments=rows)
    session.add(made)
    session.flush()
    azienda = session.scalars(select(Azienda)).one()
    committed = _commitments(session, rows)
    for row in (row for row in rows if row.amount):  # a balance of zero asks nothing, so no letter leaves
        row.document = _letter(session, azienda, row, committed.get((row.municipality_id, row.year), []), today)
    session.flush()
    return made, findings


def title_of(titles: Sequence[str], year: int, due: date) -> str:
    """What a round is called: by its instalments, the due date, and the year if the instalments do not name one."""
    name = titles[0] if len(titles) == 1 else "Rate"
    named = name if YEAR.search(name) else f"{name} {year}"
    return f"{named} – scadenza {due:%d/%m/%Y}"


def approve(session: ScopedSession, round_id: int, *, version: int, today: date) -> RequestRound:
    """The management approves the letters of a round: now they may leave. RuleBroken for a stale page."""
    made = at_version(session.require(RequestRound, round_id), version)
    ROUND_LIFE.move(session, made, "approve", on=today)
    return made


def send(
    session: ScopedSession,
    round_id: int,
    *,
    sent_on: date,
    channel: str,
    protocols: Mapping[int, str],
    version: int,
    today: date,
) -> RequestRound:
    """Record that the letters left, each with its protocol number (by instalment id): the instalments are asked for.

    A negative balance becomes a credit, a balance of zero is settled. RuleBroken without a protocol number, or for a
    day to come.
    """
    made = at_version(session.require(RequestRound, round_id), version)
    require_past(sent_on, today, field="sent_on")
    ROUND_LIFE.move(session, made, "send", on=today)
    azienda_id = session.scalars(select(Azienda.id)).one()
    for row in made.instalments:
        if row.document_id is not None:
            record_sending(
                session, "instalment", row.id, title=words.capital(_subject(row)), sender_id=azienda_id,
                addressee_id=row.municipality_id, channel=channel, sent_on=sent_on,
                protocol_number=_protocol(row, protocols), document_id=row.document_id, today=today,
            )
        _ask(session, row, sent_on, today)
    session.flush()
    follow(session, "instalment", [row.id for row in made.instalments], today=today)
    return made


def dissolve(session: ScopedSession, round_id: int, *, why: str, version: int, today: date) -> RequestRound:
    """Give up a round that has not been sent: its instalments are planned again, its letters are worth nothing."""
    made = at_version(session.require(RequestRound, round_id), version)
    ROUND_LIFE.move(session, made, "dissolve", on=today, proof=Proof(why=why))
    years = {made.year, *(row.year for row in made.instalments)}  # a balance may fall due with the next year's advance
    for row in list(made.instalments):
        row.round = row.document = None
    session.flush()
    for year in sorted(years):
        refresh(session, year, today=today)
    return made


def bundle(made: RequestRound, files: FileStore) -> bytes:
    """All the letters of a round in one zip, each called by its municipality."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for row in made.instalments:
            if row.document is not None:
                archive.writestr(row.document.file_name, files.get(row.document.path))
    return packed.getvalue()


# --- the parts --------------------------------------------------------------------------------------------


def _candidates(session: ScopedSession, due: date) -> list[Instalment]:
    waiting = select(Instalment).where(
        Instalment.nominal == due, Instalment.state == State.PLANNED, Instalment.round_id.is_(None)
    ).options(selectinload(Instalment.municipality), selectinload(Instalment.contract), joinedload(Instalment.act))
    # locked: two people who prepare the same date do not ask for the same instalment twice
    return list(session.scalars(waiting.order_by(Instalment.number).with_for_update(of=Instalment)))


def _stops(row: Instalment) -> list[Finding]:
    """Why an instalment cannot be asked for yet."""
    who: dict[str, object] = {"name": row.municipality.name, "code": row.code}
    if row.amount is None:
        return [Finding("La rata n. %(code)s di %(name)s non ha ancora un importo: indicare quello su cui calcolarla.",
                        who)]
    if row.kind == "extra_project" and row.checked_on is None:
        return [Finding("Il progetto straordinario di %(name)s (rata n. %(code)s) non è ancora stato verificato.", who)]
    return []


def _ask(session: ScopedSession, row: Instalment, sent_on: date, today: date) -> None:
    amount = row.amount or Decimal(0)
    action = "request" if amount > 0 else "credit" if amount < 0 else "close"
    LIFE.move(session, row, action, on=today)
    row.requested_on = sent_on
    if action == "close":
        row.settled_on = today
    if action == "request":
        restate(session, row, today=today)


def _protocol(row: Instalment, protocols: Mapping[int, str]) -> str:
    number = protocols.get(row.id, "").strip()
    if not number:
        raise RuleBroken("Indicare il numero di protocollo della lettera per %(name)s.", field=f"protocol_{row.id}",
                         name=row.municipality.name)
    return number


def _commitments(session: ScopedSession, rows: Sequence[Instalment]) -> dict[tuple[int, int], list[Commitment]]:
    owners = {row.municipality_id for row in rows}
    found: dict[tuple[int, int], list[Commitment]] = {}
    for held in session.scalars(select(Commitment).where(Commitment.municipality_id.in_(owners)).order_by(
            Commitment.number)):
        found.setdefault((held.municipality_id, held.year), []).append(held)
    return found


def _subject(row: Instalment) -> str:
    what = "comunicazione del credito" if row.amount is not None and row.amount < 0 else "richiesta"
    return f"{what} – rata n. {row.code}, {row.title} {row.year}"


def _letter(
    session: ScopedSession, azienda: Azienda, row: Instalment, committed: Sequence[Commitment],
    today: date,
) -> Document:
    name = f"richiesta-rata-{row.number:04}-{row.year}-{row.municipality.slug}.docx"
    return letters.make(
        session, TEMPLATE, request_of(azienda, row, committed, today), kind="instalment_request",
        folder=f"instalments/{row.year}", file_name=name, title=words.capital(_subject(row)),
    )


def request_of(
    azienda: Azienda, row: Instalment, committed: Sequence[Commitment], today: date
) -> InstalmentRequest:
    """What the letter of an instalment says. RuleBroken if nobody signs for the azienda."""
    amount, terms = row.amount or Decimal(0), row.contract.terms
    balance = row.kind == "balance"
    return InstalmentRequest(
        sender=letters.sender(azienda, today),
        addressee=letters.addressee(row.municipality),
        day=today,
        subject=_subject(row),
        code=row.code,
        title=row.title,
        year=row.year,
        contract=row.contract.code,
        amount=abs(amount),
        credit=amount < 0,
        due=row.effective,
        nominal=row.nominal,
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
        interest=terms.interest,
        interest_points=terms.interest_points,
    )


def _act(row: Instalment) -> str:
    if row.act is None or row.act.date is None:
        return ""
    body = f" – {row.act.body}" if row.act.body else ""
    return f"{row.act.kind} n. {row.act.number} del {words.date_short(row.act.date)}{body}"
