"""Voucher SAD: home care by packages, with the use that every municipality makes of it (R128, R129)."""

from collections.abc import Sequence
from pathlib import Path

from core.plugin_api import PluginDescription, described, hookimpl


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return described(Path(__file__).parent, models="model", migrations="migrations", requires_core="0002")


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """The monthly use: list and guided entry."""
    from plugins.home_care_vouchers.web import views  # only the web application knows Flask

    return views()
