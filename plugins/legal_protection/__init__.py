"""Legal protection: the yearly account of each guardianship, as numbers by court and year, with its term (R134)."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from core.plugin_api import (
    DeadlineSource,
    Panel,
    PluginDescription,
    RowsExport,
    ScopedSession,
    Task,
    described,
    hookimpl,
)


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return described(Path(__file__).parent, models="model", migrations="migrations", requires_core="0002")


@hookimpl
def patto_deadlines() -> Sequence[DeadlineSource]:
    """The day by which each court expects the accounts of a year."""
    from plugins.legal_protection.deadlines import SOURCE

    return (SOURCE,)


@hookimpl
def patto_waiting(session: ScopedSession, today: date) -> Iterable[Task]:
    """A year of which nobody has said yet how many accounts are due."""
    from plugins.legal_protection.beside import waits

    return waits(session, today)


@hookimpl
def patto_panels() -> Sequence[Panel]:
    """Due and sent, on the page of the service."""
    from plugins.legal_protection.beside import PANELS

    return PANELS


@hookimpl
def patto_exports() -> Sequence[RowsExport]:
    """Due and sent by court and year."""
    from plugins.legal_protection.beside import EXPORTS

    return EXPORTS


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """The courts and years, with the pages on which they are counted."""
    from plugins.legal_protection.web import views  # only the web application knows Flask

    return views()
