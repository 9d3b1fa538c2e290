"""How often it happens: findings upheld on a contract, what was contested by service, provider and year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.catalogue.model import Service
from core.ground.access import ScopedSession
from core.ground.errors import Finding
from core.ground.order import alphabetical
from core.penalties.model import DefaultNotice, NoticeFinding, Penalty
from core.penalties.procedure import REPEATED, UPHELD
from core.penalties.states import DefaultNoticeState, PenaltyState
from core.providers.model import Provider


@dataclass(frozen=True)
class Tally:
    """What was contested of one service or provider in one year; ``amount`` is what its penalties ask for, in euros."""

    contested: int = 0
    upheld: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class TallyTable:
    """One row for each service or provider, one tally for each year; what nobody was named for stands under None."""

    years: tuple[int, ...]
    rows: tuple[tuple[int | None, str, dict[int, Tally]], ...]

    def total(self, year: int) -> Tally:
        """All rows of a year."""
        held = [tallies[year] for _key, _name, tallies in self.rows if year in tallies]
        return Tally(sum(t.contested for t in held), sum(t.upheld for t in held),
                     sum((t.amount for t in held), Decimal(0)))


def upheld_on(session: ScopedSession, contract_id: int) -> int:
    """How many findings were upheld on a contract."""
    query = select(func.count(NoticeFinding.id)).join(DefaultNotice, DefaultNotice.id == NoticeFinding.notice_id)
    mine = query.where(DefaultNotice.contract_id == contract_id, NoticeFinding.outcome == UPHELD)
    return session.scalar(mine) or 0


def repeated(session: ScopedSession, contract_id: int) -> Finding | None:
    """A remark if the defaults of a contract repeat themselves: it may be a ground for termination (R113)."""
    count = upheld_on(session, contract_id)
    if count < REPEATED:
        return None
    return Finding("Su questo contratto sono state confermate %(count)s inadempienze: quelle ripetute, se c'è dolo o "
                   "colpa grave, possono essere causa di risoluzione (art. 25).", {"count": count}, source="R113")


def by_service(session: ScopedSession, years: range) -> TallyTable:
    """What was contested of each service, by the year of the facts."""
    names = _names(session, select(Service.id, Service.title))
    return _table(session, NoticeFinding.service_id, names, years)


def by_provider(session: ScopedSession, years: range) -> TallyTable:
    """What was passed on to each provider, by the year of the facts; what was passed on to nobody is the azienda's."""
    names = _names(session, select(Provider.id, Provider.name))
    return _table(session, NoticeFinding.provider_id, names, years)


def _names(session: ScopedSession, query: Any) -> dict[int, str]:
    return {row[0]: row[1] for row in session.execute(query)}


def _table(session: ScopedSession, column: object, names: dict[int, str], years: range) -> TallyTable:
    counted = (DefaultNoticeState.DRAFT, DefaultNoticeState.WITHDRAWN)
    rows = session.execute(
        select(column, NoticeFinding.id, NoticeFinding.happened_on, NoticeFinding.outcome)  # type: ignore[call-overload]
        .join(DefaultNotice, DefaultNotice.id == NoticeFinding.notice_id).where(DefaultNotice.state.not_in(counted)))
    asked = _asked(session)
    held: dict[int | None, dict[int, Tally]] = defaultdict(dict)
    for key, finding_id, day, outcome in rows:
        if day.year in years:
            before = held[key].get(day.year, Tally())
            held[key][day.year] = Tally(before.contested + 1, before.upheld + (outcome == UPHELD),
                                        before.amount + asked.get(finding_id, Decimal(0)))
    named = [(key, "" if key is None else names.get(key, ""), tallies) for key, tallies in held.items()]
    return TallyTable(tuple(years), tuple(sorted(named, key=lambda row: (row[0] is None, alphabetical(row[1])))))


def _asked(session: ScopedSession) -> dict[int, Decimal]:
    """What the standing penalty of each finding asks for."""
    standing = select(Penalty.finding_id, Penalty.amount, Penalty.reduced_to).where(
        Penalty.state != PenaltyState.CANCELLED)
    return {key: amount if reduced is None else reduced for key, amount, reduced in session.execute(standing)}
