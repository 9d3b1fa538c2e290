"""The district's funds: what is owed to whom and by when, the single budget, what municipalities answer, what is paid
out (R144, R152-R157)."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from core.plugin_api import (
    DeadlineSource,
    Panel,
    PluginDescription,
    RowsExport,
    RowsImport,
    ScopedSession,
    Task,
    described,
    hookimpl,
)


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return described(Path(__file__).parent, models="model", migrations="migrations", requires_core="0006")


@hookimpl
def patto_deadlines() -> Sequence[DeadlineSource]:
    """The day by which each duty is due."""
    from plugins.fund_monitoring.deadlines import SOURCE

    return (SOURCE,)


@hookimpl
def patto_waiting(session: ScopedSession, today: date) -> Iterable[Task]:
    """Duties that are not open or have no day, those sent back, sums of which nobody has rendered account."""
    from plugins.fund_monitoring.beside import waits

    return waits(session, today)


@hookimpl
def patto_panels() -> Sequence[Panel]:
    """The duties on the page of the service, what concerns a municipality on its own."""
    from plugins.fund_monitoring.beside import PANELS

    return PANELS


@hookimpl
def patto_imports() -> Sequence[RowsImport]:
    """What the municipalities answer."""
    from plugins.fund_monitoring.beside import IMPORTS

    return IMPORTS


@hookimpl
def patto_exports() -> Sequence[RowsExport]:
    """The single budget, the duties, the answers, the sums paid out."""
    from plugins.fund_monitoring.beside import EXPORTS

    return EXPORTS


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """The single budget, the duties, the answers, the sums paid out."""
    from plugins.fund_monitoring.web import views  # only the web application knows Flask

    return views()
