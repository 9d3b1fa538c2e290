"""Segretariato sociale: the door to the services (R140, R164)."""

from core.plugin_api import PluginDescription, hookimpl
from plugins.access_desk.rules import INDICATORS, STANDARDS, check
from plugins.access_desk.sheet import SHEET


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service. Its annex is made of its fields alone."""
    return PluginDescription(
        code="access_desk",
        title="Segretariato sociale",
        sector="social_work",
        version="1.0",
        sheet=SHEET,
        check=check,
        standards=STANDARDS,
        indicators=INDICATORS,
    )
