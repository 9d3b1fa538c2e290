"""Neutral space: half-year reports, opened by the contract and due by the end of each half (R123)."""

from collections.abc import Sequence
from pathlib import Path

from core.plugin_api import (
    ContractSigned,
    DeadlineSource,
    Panel,
    PluginDescription,
    ScopedSession,
    described,
    hookimpl,
)
from plugins.neutral_space.operations import CODE, open_halves


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return described(Path(__file__).parent, models="model", migrations="migrations", requires_core="0005")


@hookimpl
def patto_contract_signed(session: ScopedSession, event: ContractSigned) -> None:
    """Whoever confers the service is owed its reports as long as the contract runs."""
    open_halves(session, event.conferring(CODE), event.first_day, event.last_day,
                contract_id=event.amends or event.contract_id, today=event.today)


@hookimpl
def patto_deadlines() -> Sequence[DeadlineSource]:
    """The end of each half-year."""
    from plugins.neutral_space.deadlines import SOURCE

    return (SOURCE,)


@hookimpl
def patto_panels() -> Sequence[Panel]:
    """The reports of a municipality on its page, and on that of the contract by which they are owed."""
    from plugins.neutral_space.panels import PANELS

    return PANELS


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """The half-years and the page on which their reports are counted."""
    from plugins.neutral_space.web import views  # only the web application knows Flask

    return views()
