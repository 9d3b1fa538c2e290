"""Voucher SAD: home care by packages, with the use that every municipality makes of it (R128, R129)."""

from collections.abc import Sequence

from core.plugin_api import PluginDescription, hookimpl
from plugins.home_care_vouchers.operations import USAGE
from plugins.home_care_vouchers.rules import INDICATORS, STANDARDS, check
from plugins.home_care_vouchers.sheet import SHEET, blocks


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return PluginDescription(
        code="home_care_vouchers",
        title="Voucher per il servizio di assistenza domiciliare (SAD)",
        sector="disability_elderly",
        version="1.0",
        sheet=SHEET,
        check=check,
        blocks=blocks,
        usage=USAGE,
        standards=STANDARDS,
        indicators=INDICATORS,
        models="model",
        migrations="migrations",
        requires_core="0002",
    )


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """The monthly use: list and guided entry."""
    from plugins.home_care_vouchers.web import views  # only the web application knows Flask

    return views()
