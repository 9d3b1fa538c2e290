"""Rounds: the requests of one due date, prepared with their letters, approved, and sent together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from core.cases.operations import record_sending
from core.deadlines.operations import follow
from core.documents import words
from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.exercises import exercise_of
from core.ground.files import FileStore
from core.ground.required import require_past
from core.ground.states import Proof
from core.instalments import credits, requests
from core.instalments.model import Instalment, RequestRound
from core.instalments.operations import refresh, restate
from core.instalments.rules import State
from core.instalments.states import LIFE, OFFICE, ROUND_LIFE
from core.instalments.term import begin_unbegun
from core.parties.azienda import the_azienda

ZERO = Decimal("0.00")
YEAR = re.compile(r"\b20\d\d\b")


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
            raise RuleBroken(findings[0].message, field="due", **findings[0].values).mended(findings[0].at)
        raise RuleBroken("Non ci sono rate da chiedere con scadenza %(due)s.", field="due", due=f"{due:%d/%m/%Y}")
    title = title_of(list(dict.fromkeys(row.title for row in rows)), str(exercise_of(rows[0])), due)
    made = RequestRound(year=rows[0].year, title=title, due=due, instalments=rows)
    session.add(made)
    session.flush()
    requests.write(session, [row for row in rows if row.amount], today)  # a balance of zero asks nothing: no letter
    session.flush()
    return made, findings


@dataclass(frozen=True)
class Totals:
    """What a round asks for and what it gives back as a credit, in euros, both positive."""

    asked: Decimal
    credited: Decimal


def totals(rows: Iterable[Instalment]) -> Totals:
    """The two sums of a round: a credit of one municipality lowers what no other has to pay."""
    amounts = [row.amount for row in rows if row.amount is not None]
    return Totals(sum((one for one in amounts if one > 0), ZERO), -sum((one for one in amounts if one < 0), ZERO))


def title_of(titles: Sequence[str], year: str, due: date) -> str:
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
    azienda_id = the_azienda(session).id
    for row in made.instalments:
        if row.document_id is not None:
            record_sending(
                session, "instalment", row.id, title=words.capital(requests.subject_of(row)), sender_id=azienda_id,
                addressee_id=row.municipality_id, channel=channel, sent_on=sent_on,
                protocol_number=_protocol(row, protocols), document_id=row.document_id, today=today,
            )
        _ask(session, row, sent_on, today)
    session.flush()
    for row in (row for row in made.instalments if row.state == State.CREDITED):
        credits.credit_arisen.tell(session, row, today)
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
                        who, at=Place("instalment.figure", row.municipality_id, part=row.year))]
    if row.kind == "extra_project" and row.checked_on is None:
        return [Finding("Il progetto straordinario di %(name)s (rata n. %(code)s) non è ancora stato verificato.", who,
                        at=Place("instalment.check", row.id))]
    return []


def _ask(session: ScopedSession, row: Instalment, sent_on: date, today: date) -> None:
    amount = row.amount or Decimal(0)
    action = "request" if amount > 0 else "credit" if amount < 0 else "close"
    LIFE.move(session, row, action, on=today)
    row.requested_on = sent_on
    if action == "request":
        begin_unbegun(row)
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
