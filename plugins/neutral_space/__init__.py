"""Spazio Neutro "Incontriamoci qui": children and parents meet in a protected place (R123)."""

from core.plugin_api import PluginDescription, hookimpl
from plugins.neutral_space.rules import INDICATORS, STANDARDS, check
from plugins.neutral_space.sheet import SHEET, blocks


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return PluginDescription(
        code="neutral_space",
        title='Spazio Neutro "Incontriamoci qui"',
        sector="minors",
        version="1.0",
        sheet=SHEET,
        check=check,
        blocks=blocks,
        standards=STANDARDS,
        indicators=INDICATORS,
    )
