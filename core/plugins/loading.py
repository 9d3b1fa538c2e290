"""Loading plugins and containing the broken ones.

Strict in tests, development and migrations: a broken plugin stops everything, in words. In production it is
set aside, named on screen and in the log, and its data stay readable.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from core.ground.errors import RuleBroken
from core.ground.paths import MIGRATIONS, PLUGINS
from core.ground.settings import Settings
from core.plugins.described import CODE, FILE, described
from core.plugins.hookspecs import API_VERSION, ENTRY_POINTS, PluginDescription, PluginSpec, hookimpl

log = logging.getLogger("patto.registry")


@dataclass(frozen=True)
class Folder:
    """A plugin without code: a folder with its description. It answers the hook as a module does."""

    path: Path

    @hookimpl
    def patto_service(self) -> PluginDescription:
        """Describe the service, as ``plugin.toml`` does."""
        return described(self.path)


@dataclass(frozen=True)
class LoadedPlugin:
    """A plugin that answered: its description, what pluggy knows it by, the folder where it lives.

    ``plugin`` is its module, or the ``Folder`` of one that is a description alone.
    """

    description: PluginDescription
    plugin: ModuleType | Folder
    manager: pluggy.PluginManager

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.plugin.path if isinstance(self.plugin, Folder) else _folder_of(self.plugin)

    @property
    def package(self) -> str:
        """The name of its package; empty for one without code."""
        return "" if isinstance(self.plugin, Folder) else self.plugin.__name__

    @property
    def migrations(self) -> Path | None:
        """Its migrations, if it has tables."""
        name = self.description.migrations
        return self.folder / name if name else None

    def says(self, hook: str) -> bool:
        """True if it answers ``hook`` at all."""
        return any(each.plugin is self.plugin for each in getattr(self.manager.hook, hook).get_hookimpls())

    def answers(self, hook: str, **given: Any) -> list[Any]:
        """What it says to ``hook``: one answer, or none if it does not know the hook. Asked through ``asking``."""
        return answers(self.manager, self.plugin, hook, **given)

    def admin_views(self) -> list[object]:
        """The Flask-Admin views of the plugin's own tables; imported now, not before."""
        return [view for views in self.answers("patto_admin_views") for view in views]


def answers(manager: pluggy.PluginManager, plugin: object, hook: str, **given: Any) -> list[Any]:
    """What ``plugin`` alone says to ``hook``."""
    others = [each for _name, each in manager.list_name_plugin() if each is not plugin and each is not None]
    found: list[Any] = manager.subset_hook_caller(hook, others)(**given)
    return found


@dataclass(frozen=True)
class Registry:
    """The enabled plugins by code, and the broken ones with their reason.

    ``strict``: whatever goes wrong in a plugin stops what asked it, as it does everywhere but in production.
    ``offered``: by hook what they put beside the core, once they were asked (``core.plugins.bound``).
    """

    plugins: Mapping[str, LoadedPlugin] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    strict: bool = True
    offered: dict[str, list[tuple[LoadedPlugin, Any]]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[LoadedPlugin]:
        return iter(self.plugins.values())

    def get(self, code: str) -> PluginDescription | None:
        """The description of a service's plugin, None if the service runs on the plain sheet."""
        loaded = self.plugins.get(code)
        return loaded.description if loaded else None


def in_tree() -> list[str]:
    """The plugins of this checkout."""
    return sorted({path.parent.name for name in (FILE, "__init__.py") for path in PLUGINS.glob(f"*/{name}")})


def load(settings: Settings, *, strict: bool | None = None) -> Registry:
    """Load the enabled plugins (``PATTO_PLUGINS``; unset: all in-tree).

    RuleBroken naming the plugin and the reason if one is unknown, or broken and ``strict``
    (the default everywhere but in production).
    """
    strict = not settings.production if strict is None else strict
    names = in_tree() if settings.plugins is None else settings.plugins
    manager = pluggy.PluginManager("patto")
    manager.add_hookspecs(PluginSpec)
    plugins: dict[str, LoadedPlugin] = {}
    broken: dict[str, str] = {}
    for name in names:
        try:
            plugin = _plugin(name)
            plugins[name] = LoadedPlugin(_describe(manager, plugin, name), plugin, manager)
        except Exception as error:
            if isinstance(error, UnknownPlugin) or strict:
                raise _as_rule(name, error) from error
            log.exception("plugin %s not loaded", name)
            broken[name] = f"{type(error).__name__}: {error}"
    return Registry(plugins, broken, strict)


class UnknownPlugin(RuleBroken):
    """A name in the configuration that no package answers to: always refused."""


def _as_rule(name: str, error: Exception) -> RuleBroken:
    if isinstance(error, RuleBroken):
        return error
    return RuleBroken(
        "Il plugin «%(name)s» non si può caricare: %(reason)s. Correggerlo o toglierlo da PATTO_PLUGINS.",
        name=name,
        reason=f"{type(error).__name__}: {error}",
    )


def _plugin(name: str) -> ModuleType | Folder:
    if name in in_tree():
        folder = PLUGINS / name
        return importlib.import_module(f"plugins.{name}") if (folder / "__init__.py").exists() else Folder(folder)
    for entry in entry_points(group=ENTRY_POINTS, name=name):
        loaded: ModuleType = entry.load()
        return loaded
    raise UnknownPlugin(
        "Il plugin «%(name)s» non esiste: i plugin disponibili sono %(known)s.", name=name, known=", ".join(known())
    )


def known() -> list[str]:
    """Every plugin that could be enabled: in-tree and installed."""
    return sorted({*in_tree(), *(entry.name for entry in entry_points(group=ENTRY_POINTS))})


def _folder_of(module: ModuleType) -> Path:
    assert module.__file__ is not None
    return Path(module.__file__).parent


def _describe(manager: pluggy.PluginManager, plugin: ModuleType | Folder, name: str) -> PluginDescription:
    manager.register(plugin, name)
    given = answers(manager, plugin, "patto_service")
    if len(given) != 1 or not isinstance(given[0], PluginDescription):
        raise RuleBroken("Il plugin «%(name)s» non si descrive: patto_service deve dare una PluginDescription.",
                         name=name)
    description: PluginDescription = given[0]
    _check(description, name)
    if description.models and isinstance(plugin, ModuleType):
        importlib.import_module(f"{plugin.__name__}.{description.models}")
    return description


def _check(description: PluginDescription, name: str) -> None:
    if description.api != API_VERSION:
        raise RuleBroken("Il plugin «%(name)s» parla la versione %(api)s dell'interfaccia; qui serve la %(ours)s.",
                         name=name, api=description.api, ours=API_VERSION)
    if description.code != name or not CODE.fullmatch(name):
        raise RuleBroken("Il plugin «%(name)s» si dichiara con il codice «%(code)s»: i due nomi devono coincidere.",
                         name=name, code=description.code)
    if description.requires_core and not list((MIGRATIONS / "versions").glob(f"{description.requires_core}_*.py")):
        raise RuleBroken("Il plugin «%(name)s» è fatto per una versione più recente di Patto (revisione %(revision)s "
                         "del database): aggiornare Patto.", name=name, revision=description.requires_core)
    names = [f.name for f in description.sheet.fields]
    if len(names) != len(set(names)):
        raise RuleBroken("Il plugin «%(name)s» ha due campi con lo stesso nome nella scheda.", name=name)
