"""A service plugin as other people install it, which cannot describe itself."""

from core.plugin_api import PluginDescription, hookimpl


@hookimpl
def patto_service() -> PluginDescription:
    raise LookupError("manca il file delle tariffe")
