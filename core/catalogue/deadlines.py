"""The end of the agreements on which services stand (R131, R139)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlalchemy import Select, or_, select

from core.catalogue.agreements import called
from core.catalogue.model import ServiceAgreement
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession

LINGERS = timedelta(days=365)  # how long an agreement that has ended is still looked after


def _living(today: date) -> Select[int]:
    return select(ServiceAgreement.id).where(or_(ServiceAgreement.valid_to.is_(None),
                                                 ServiceAgreement.valid_to >= today - LINGERS))


def _cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """An agreement ends with its last day; another with the same body that begins by the day after takes its place."""
    for row in session.scalars(select(ServiceAgreement).where(ServiceAgreement.id.in_(ids))):
        happenings = []
        if row.valid_to is not None:
            happenings.append(Happening("agreement.ends", row.valid_from, due=row.valid_to, fixed=True))
            follows = [other.valid_from for other in row.service.agreements
                       if other.body_id == row.body_id
                       and row.valid_from < other.valid_from <= row.valid_to + timedelta(days=1)]
            if follows:
                happenings.append(Happening("agreement.followed", min(today, *follows)))
        yield Case("service_agreement", row.id, f"{row.service.title}: {called(row)}", tuple(happenings))


source_of("service_agreement", _living, _cases)
rules_beside(__file__)
