"""What happens in a notice of default and to a penalty, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from core.contracts.model import Contract
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession
from core.ground.articles import after
from core.ground.clock import PatronDay, Roll
from core.penalties.model import DefaultNotice, Penalty
from core.penalties.states import OVER, DefaultNoticeState, PenaltyState

ANSWERED = ("rebuttal", "compliance")
SETTLED = (PenaltyState.PAID, PenaltyState.CANCELLED)
HEARD = (DefaultNoticeState.HEARD, DefaultNoticeState.DECIDED, DefaultNoticeState.CLOSED)


def living_defaults(_today: date) -> Select[int]:
    """The notices that are neither closed nor withdrawn."""
    return select(DefaultNotice.id).where(DefaultNotice.state.not_in(OVER))


def default_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The notices behind ``ids``, with the clock of their contract and the patron of their municipality."""
    for notice in _rows(session, DefaultNotice, ids):
        yield _case("default_notice", notice, f"Diffida n. {notice.code}", tuple(_of_notice(notice)),
                    notice.state == DefaultNoticeState.WITHDRAWN)


def _of_notice(notice: DefaultNotice) -> Iterator[Happening]:
    """Sent, received with its two terms, answered, heard, decided; silence answers nothing and ends the waiting."""
    if notice.sending is not None:
        yield Happening("default.sent", notice.sending.sent_on)
    if notice.received_on is not None:
        yield Happening("default.received", notice.received_on, due=notice.reply_due_nominal)
        fixed = notice.compliance_by is not None
        yield Happening("default.to_comply", notice.received_on, due=notice.compliance_due_nominal, fixed=fixed)
        yield Happening("default.reply_over", notice.reply_due_effective or notice.received_on)
    if notice.answer in ANSWERED and notice.answered_on is not None:
        yield Happening("default.answered", notice.answered_on)
    if notice.complied_on is not None:
        yield Happening("default.complied", notice.complied_on)
    if notice.summoned_for is not None:
        yield Happening("default.hearing", notice.received_on or notice.opened_on, due=notice.summoned_for, fixed=True)
        yield Happening("default.summoned", notice.received_on or notice.opened_on)
    if notice.held_on is not None:
        ready = max(notice.held_on, notice.reply_due_effective or notice.held_on)
        yield Happening("default.heard", notice.held_on)
        yield Happening("default.to_decide", ready)
    if notice.decided_on is not None:
        yield Happening("default.decided", notice.decided_on)
    over = notice.closed_on or notice.decided_on
    if over is not None:
        yield Happening("default.over", over)
    if notice.closed_on is not None:
        yield Happening("default.closed", notice.closed_on)


def living_penalties(_today: date) -> Select[int]:
    """The penalties that are neither paid nor cancelled."""
    return select(Penalty.id).where(Penalty.state.not_in(SETTLED))


def penalty_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """The penalties behind ``ids``."""
    for penalty in _rows(session, Penalty, ids):
        yield _case("penalty", penalty, f"Penale n. {penalty.code}", tuple(_of_penalty(penalty, today)),
                    penalty.state == PenaltyState.CANCELLED)


def _of_penalty(penalty: Penalty, today: date) -> Iterator[Happening]:
    """Decided, asked for, to be paid within its term, paid; a cancelled one asks nothing of anybody."""
    if penalty.state == PenaltyState.CANCELLED:
        return
    yield Happening("penalty.decided", penalty.decided_on)
    if penalty.requested_on is not None:
        yield Happening("penalty.requested", penalty.requested_on)
    if penalty.request_received_on is not None:
        yield Happening("penalty.to_pay", penalty.request_received_on, due=penalty.due_nominal)
    if penalty.state == PenaltyState.PAID:
        paid = penalty.settled_on or today
        yield Happening("penalty.paid", paid)
        if penalty.requested_on is None:  # paid before anybody asked
            yield Happening("penalty.requested", paid)


def _case(subject: str, row: Any, title: str, happenings: tuple[Happening, ...], called_off: bool) -> Case:
    return Case(subject, row.id, f"{title} {after('di', row.municipality.name)}", happenings,
                Roll(row.contract.terms.roll_policy), PatronDay.parse(row.municipality.patron_day),
                frozenset({row.municipality_id}), called_off=called_off)


def _rows(session: ScopedSession, entity: Any, ids: Collection[int]) -> Any:
    query = select(entity).where(entity.id.in_(ids)).order_by(entity.id)
    load = [selectinload(entity.municipality), joinedload(entity.contract).joinedload(Contract.terms)]
    if entity is DefaultNotice:
        load.append(joinedload(DefaultNotice.sending))
    return session.scalars(query.options(*load)).unique().all()


source_of("default_notice", living_defaults, default_cases, diary=True)
source_of("penalty", living_penalties, penalty_cases, diary=True)
rules_beside(__file__)
