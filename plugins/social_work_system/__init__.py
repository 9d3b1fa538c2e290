"""The district's social work system: meetings called by letter, hours of training and supervision counted (R145)."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from core.plugin_api import LetterKind, PluginDescription, RowsExport, ScopedSession, Task, described, hookimpl


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return described(Path(__file__).parent, models="model", migrations="migrations", requires_core="0002")


@hookimpl
def patto_letters() -> Sequence[LetterKind]:
    """The invitation of each municipality."""
    from plugins.social_work_system.beside import LETTERS

    return LETTERS


@hookimpl
def patto_exports() -> Sequence[RowsExport]:
    """Hours by meeting and municipality."""
    from plugins.social_work_system.beside import EXPORTS

    return EXPORTS


@hookimpl
def patto_waiting(session: ScopedSession, today: date) -> Iterable[Task]:
    """Meetings of which nobody has counted who came."""
    from plugins.social_work_system.beside import waits

    return waits(session, today)


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """The meetings."""
    from plugins.social_work_system.web import views  # only the web application knows Flask

    return views()
