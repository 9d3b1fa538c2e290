"""Voucher SAD: home care by packages, with the use that every municipality makes of it (R128, R129)."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from core.plugin_api import PluginDescription, ProviderStopped, ScopedSession, Task, described, hookimpl
from plugins.home_care_vouchers import stops


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return described(Path(__file__).parent, models="model", migrations="migrations", requires_core="0008")


@hookimpl
def patto_provider_stopped(session: ScopedSession, event: ProviderStopped) -> None:
    """Whoever had chosen the unit must say how care goes on."""
    stops.note(session, event)


@hookimpl
def patto_waiting(session: ScopedSession) -> Iterable[Task]:
    """Units that stopped, and of which nobody has said how care goes on."""
    return stops.waits(session)


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """The monthly use, list and guided entry; the units that stopped."""
    from plugins.home_care_vouchers.web import views  # only the web application knows Flask

    return views()
