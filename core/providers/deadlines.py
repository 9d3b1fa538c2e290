"""What happens to the papers of providers and to notices of operation, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import Select, select

from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession
from core.providers.model import OperatingNotice, Provider, ProviderPaper, ServiceUnit
from core.providers.rules import PLAIN
from core.providers.states import OperatingNoticeState, UnitState

KINDS = {"insurance": "Assicurazione", "durc": "DURC", "registration": "Iscrizione", "certification": "Certificazione",
         "safety": "Sicurezza", "lease": "Titolo della sede", "other": "Documento"}
DECIDED = (OperatingNoticeState.EFFECTIVE, OperatingNoticeState.VOID)


def living_papers(_today: date) -> Select[int]:
    """The papers that have a last day."""
    return select(ProviderPaper.id).where(ProviderPaper.valid_to.is_not(None))


def paper_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """A paper expires; a later one of the same kind follows it: at once, or late on the day on which a gap ends.

    The papers of a provider all of whose units are closed ask nothing any more.
    """
    columns = (ProviderPaper.id, ProviderPaper.provider_id, ProviderPaper.unit_id, ProviderPaper.kind,
               ProviderPaper.issuer, ProviderPaper.number, ProviderPaper.valid_from, ProviderPaper.valid_to,
               Provider.name)
    whose = select(ProviderPaper.provider_id).where(ProviderPaper.id.in_(ids))
    rows = session.execute(select(*columns).join(Provider, Provider.id == ProviderPaper.provider_id).where(
        ProviderPaper.provider_id.in_(whose))).all()
    units = session.execute(select(ServiceUnit.provider_id, ServiceUnit.state).where(
        ServiceUnit.provider_id.in_({row.provider_id for row in rows}))).all()
    over = {key for key, _state in units} - {key for key, state in units if state != UnitState.CLOSED}
    for row in rows:
        if row.id not in ids:
            continue
        happenings = []
        if row.valid_to is not None and row.provider_id not in over:
            happenings.append(Happening("paper.expires", row.valid_from, due=row.valid_to, fixed=True))
            follows = [other.valid_from for other in rows
                       if (other.provider_id, other.kind) == (row.provider_id, row.kind)
                       and other.unit_id in (None, row.unit_id) and other.id != row.id
                       and (other.valid_to is None or other.valid_to > row.valid_to)
                       and ((other.valid_from - row.valid_to).days <= 1 or other.valid_from <= today)]
            if follows:
                happenings.append(Happening("paper.followed", min(today, *follows)))
        title = f"{KINDS.get(row.kind, row.kind)} {row.issuer} n. {row.number}, {row.name}"
        yield Case("provider_paper", row.id, title, tuple(happenings), provider_ids=frozenset({row.provider_id}))


def living_notices(_today: date) -> Select[int]:
    """The notices that wait for their day, and those of which the health authority has no copy yet."""
    open_one = OperatingNotice.state.not_in(DECIDED)
    to_copy = OperatingNotice.copied_on.is_(None) & (OperatingNotice.state != OperatingNoticeState.VOID)
    return select(OperatingNotice.id).where(open_one | to_copy)


def notice_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """A notice is given, copied to the health authority, and takes effect on the day that it declares (art. 15)."""
    rows = (
        select(OperatingNotice.id, OperatingNotice.kind, OperatingNotice.year, OperatingNotice.number,
               OperatingNotice.state, OperatingNotice.received_on, OperatingNotice.effective_from,
               OperatingNotice.copied_on, ServiceUnit.name, ServiceUnit.provider_id, ServiceUnit.municipality_id)
        .join(ServiceUnit, ServiceUnit.id == OperatingNotice.unit_id)
        .where(OperatingNotice.id.in_(ids))
    )
    for row in session.execute(rows):
        happenings = []
        if row.kind not in PLAIN and row.state != OperatingNoticeState.VOID:
            happenings.append(Happening("notice.received", row.received_on))
            happenings.append(Happening("notice.declared", row.received_on, due=row.effective_from, fixed=True))
        if row.copied_on:
            happenings.append(Happening("notice.copied", row.copied_on))
        if row.state == OperatingNoticeState.EFFECTIVE:
            happenings.append(Happening("notice.effective", row.effective_from))
        title = f"CPE n. {row.number}/{row.year}" if row.number else f"Comunicazione del {row.received_on:%d/%m/%Y}"
        mine = frozenset({row.municipality_id} if row.municipality_id else ())
        yield Case("operating_notice", row.id, f"{title}, {row.name}", tuple(happenings), municipality_ids=mine,
                   provider_ids=frozenset({row.provider_id}), called_off=row.state == OperatingNoticeState.VOID)


def living_providers(_today: date) -> Select[int]:
    """The providers that run a unit, or are about to."""
    return select(ServiceUnit.provider_id).where(ServiceUnit.state != UnitState.CLOSED).distinct()


def provider_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The providers themselves: nothing happens to them but what the office records."""
    for key, name in session.execute(select(Provider.id, Provider.name).where(Provider.id.in_(ids))):
        yield Case("provider", key, name, provider_ids=frozenset({key}))


source_of("provider", living_providers, provider_cases, diary=True)
source_of("provider_paper", living_papers, paper_cases)
source_of("operating_notice", living_notices, notice_cases, diary=True)
rules_beside(__file__)
