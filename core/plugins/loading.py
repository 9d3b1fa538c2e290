"""Loading plugins and containing the broken ones.

Strict in tests, development and migrations: a broken plugin stops everything, in words. In production it is
set aside, named on screen and in the log, and its data stay readable.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from sqlalchemy.exc import DBAPIError

from core.ground.db import Base, Database
from core.ground.errors import RuleBroken
from core.ground.paths import MIGRATIONS, PLUGINS
from core.ground.settings import Settings
from core.plugins import tables
from core.plugins.asking import PluginFailed, ask, failed
from core.plugins.described import CODE, FILE, described
from core.plugins.hookspecs import API_VERSION, ENTRY_POINTS, PluginDescription, PluginSpec, hookimpl

SECONDS = 10  # in which a plugin is there


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
class Setup:
    """A plugin as the office set it up: the service that it serves (None: the one of its name), or none; settings."""

    service: str | None = None
    attached: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)


AS_IT_COMES = Setup()


@dataclass(frozen=True)
class Registry:
    """The enabled plugins by code, and the broken ones with their reason.

    ``strict``: whatever goes wrong in a plugin stops what asked it, as it does everywhere but in production.
    ``setups``: what the office decided; a plugin that it detached is loaded, and nobody asks it.
    """

    plugins: Mapping[str, LoadedPlugin] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    strict: bool = True
    setups: Mapping[str, Setup] = field(default_factory=dict)

    def __iter__(self) -> Iterator[LoadedPlugin]:
        """Those in use."""
        return (loaded for code, loaded in self.plugins.items() if self.setups.get(code, AS_IT_COMES).attached)

    def without(self, code: str, reason: str) -> Registry:
        """The same with one plugin set aside, for a reason that was found after it was loaded."""
        left = {name: loaded for name, loaded in self.plugins.items() if name != code}
        return replace(self, plugins=left, broken={**self.broken, code: reason})

    def get(self, code: str) -> PluginDescription | None:
        """The description of a plugin in use, None for any other."""
        loaded = self.plugins.get(code)
        return loaded.description if loaded and self.setups.get(code, AS_IT_COMES).attached else None

    def serves(self, code: str) -> str:
        """The code of the service that a plugin serves; empty if it is detached."""
        setup = self.setups.get(code, AS_IT_COMES)
        return (setup.service or code) if setup.attached else ""

    def of_service(self, service: str) -> PluginDescription | None:
        """The description of a service's plugin, None if the service runs on the plain sheet."""
        return next((loaded.description for code, loaded in self.plugins.items() if self.serves(code) == service), None)


def in_tree() -> list[str]:
    """The plugins of this checkout."""
    return sorted({path.parent.name for name in (FILE, "__init__.py") for path in PLUGINS.glob(f"*/{name}")})


def load(settings: Settings, *, strict: bool | None = None) -> Registry:
    """Load the enabled plugins (``PATTO_PLUGINS``; unset: all in-tree), each in ``SECONDS`` at most.

    RuleBroken naming the plugin and the reason if one is unknown, or broken and ``strict``
    (the default everywhere but in production).
    """
    strict = not settings.production if strict is None else strict
    names = dict.fromkeys(in_tree() if settings.plugins is None else settings.plugins)
    manager = _new_manager()
    plugins: dict[str, LoadedPlugin] = {}
    broken: dict[str, str] = {}
    for name in names:
        try:
            plugins[name] = _loaded(manager, name)
        except UnknownPlugin:
            raise
        except RuleBroken as error:
            if strict:
                raise _as_rule(name, error) from error
            broken[name] = error.fault.message if isinstance(error, PluginFailed) else _kept(name, error)
    return Registry(plugins, broken, strict)


def settled(registry: Registry) -> Registry:
    """The plugins whose tables can be used with all the others; to be asked once every table of the core is there.

    Else one relationship that leads nowhere would stop every question to the database. It raises where it is strict.
    """
    while True:
        try:
            Base.registry.configure()
            return registry
        except Exception:
            loaded = next((each for each in registry.plugins.values() if tables.unsettled(each.package)), None)
            if loaded is None or registry.strict:
                raise
            code, reason = loaded.description.code, tables.unsettled(loaded.package)
            assert reason is not None
            tables.forget(loaded.package, code)
            registry = registry.without(code, failed(code, "models", reason).fault.message)


def standing(registry: Registry, database: Database) -> Registry:
    """The plugins whose tables are in the database as they want them; the others are set aside, their rows stay.

    RuleBroken where it is strict. A database that does not answer says nothing of them.
    """
    try:
        with database.reading.connect() as connection:
            late = {loaded.description.code: tables.behind(connection, loaded.description.code, loaded.migrations)
                    for loaded in registry.plugins.values() if loaded.migrations is not None}
    except DBAPIError:
        return registry
    for code, reason in late.items():
        if reason:
            refusal = RuleBroken("Il plugin «%(name)s» non si può usare: %(reason)s.", name=code, reason=reason)
            if registry.strict:
                raise refusal
            failed(code, "standing", refusal)
            registry = registry.without(code, reason)
    return registry


class UnknownPlugin(RuleBroken):
    """A name in the configuration that no package answers to: always refused."""


def load_one(name: str) -> LoadedPlugin:
    """One plugin by its code, enabled or not. RuleBroken in words."""
    return _loaded(_new_manager(), name)


def load_at(folder: Path) -> LoadedPlugin:
    """The plugin in a folder, wherever it is: while it is being written. RuleBroken in words."""
    if folder.parent == PLUGINS:
        return load_one(folder.name)
    if not (folder / FILE).is_file():
        raise UnknownPlugin("In «%(folder)s» non c'è un plugin: manca plugin.toml.", folder=folder)
    if not (folder / "__init__.py").exists():
        return _loaded(_new_manager(), folder.name, folder)
    if str(folder.parent) not in sys.path:
        sys.path.insert(0, str(folder.parent))
    return _loaded(_new_manager(), folder.name, folder.name)


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("patto")
    manager.add_hookspecs(PluginSpec)
    return manager


def _loaded(manager: pluggy.PluginManager, name: str, place: Path | str | None = None) -> LoadedPlugin:
    """One plugin, or PluginFailed, or RuleBroken in its own words; nothing of it stays if it fails."""
    place = place or _place(name)
    package = "" if isinstance(place, Path) else place
    with tables.taken_back(package), _leaving_nothing_open():
        plugin = ask(name, "import", lambda: _imported(place), seconds=SECONDS)
        description = ask(name, "patto_service", lambda: _describe(manager, plugin, name), seconds=SECONDS)
    return LoadedPlugin(description, plugin, manager)


@contextmanager
def _leaving_nothing_open() -> Iterator[None]:
    """While plugins are loaded no other thread is at work: even the end that no ``finally`` sees is held up."""
    end, os._exit = os._exit, sys.exit  # type: ignore[assignment]
    try:
        yield
    finally:
        os._exit = end


def _kept(name: str, error: RuleBroken) -> str:
    failed(name, "patto_service", error)
    return str(error)


def _as_rule(name: str, error: RuleBroken) -> RuleBroken:
    if not isinstance(error, PluginFailed):
        return error
    return RuleBroken(
        "Il plugin «%(name)s» non si può caricare: %(reason)s. Correggerlo o toglierlo da PATTO_PLUGINS.",
        name=name,
        reason=error.fault.message,
    )


def _place(name: str) -> Path | str:
    """Where a plugin is: the folder of one without code, or the module to import."""
    if (PLUGINS / name / "__init__.py").exists():
        return f"plugins.{name}"
    if (PLUGINS / name / FILE).exists():
        return PLUGINS / name
    found = [entry for entry in installed() if entry.name == name]
    if not found:
        raise UnknownPlugin("Il plugin «%(name)s» non esiste: i plugin disponibili sono %(known)s.", name=name,
                            known=", ".join(known()))
    if len(found) > 1:
        raise RuleBroken("Il plugin «%(name)s» è in più pacchetti (%(packages)s): tenerne uno solo.", name=name,
                         packages=tuple(sorted(_package(entry) for entry in found)))
    return _description_alone(found[0].module) or found[0].module


def _description_alone(package: str) -> Path | None:
    """The folder of an installed package that has a description and no code; to look imports nothing."""
    spec = None if "." in package else find_spec(package)
    places = spec.submodule_search_locations if spec is not None and spec.origin is None else None
    return next((Path(place) for place in places or () if (Path(place) / FILE).is_file()), None)


def _imported(place: Path | str) -> ModuleType | Folder:
    return Folder(place) if isinstance(place, Path) else importlib.import_module(place)


def installed() -> list[EntryPoint]:
    """What installed packages announce."""
    return list(entry_points(group=ENTRY_POINTS))


def doubled() -> dict[str, str]:
    """Installed packages that bring a plugin of this checkout once more, by its code: the one of the checkout holds."""
    here = set(in_tree())
    return {entry.name: _package(entry) for entry in installed() if entry.name in here}


def _package(entry: EntryPoint) -> str:
    return str(entry.dist.name) if entry.dist else entry.value


def known() -> list[str]:
    """Every plugin that could be enabled: in-tree and installed."""
    return sorted({*in_tree(), *(entry.name for entry in installed())})


def _folder_of(module: ModuleType) -> Path:
    assert module.__file__ is not None
    return Path(module.__file__).parent


def _describe(manager: pluggy.PluginManager, plugin: ModuleType | Folder, name: str) -> PluginDescription:
    manager.register(plugin, name)
    try:
        _require_hooks(manager, plugin, name)
        given = answers(manager, plugin, "patto_service")
        if len(given) != 1 or not isinstance(given[0], PluginDescription):
            raise RuleBroken("Il plugin «%(name)s» non si descrive: patto_service deve dare una PluginDescription.",
                             name=name)
        description: PluginDescription = given[0]
        _check(description, name)
        if isinstance(plugin, ModuleType):
            if description.models:
                tables.bring(plugin.__name__, description.models, name)
            if description.migrations:
                tables.newest(_folder_of(plugin) / description.migrations)
    except BaseException:
        manager.unregister(plugin)
        raise
    return description


def _require_hooks(manager: pluggy.PluginManager, plugin: ModuleType | Folder, name: str) -> None:
    """RuleBroken for a hook that Patto does not ask, and for one that forgot to say that it is one."""
    asked = {hook for hook in vars(PluginSpec) if hook.startswith("patto_")}
    said = {caller.name for caller in manager.get_hookcallers(plugin) or ()}
    forgotten = {word for word in vars(plugin) if word.startswith("patto_")} - said
    for word in sorted((said - asked) | forgotten):
        near = get_close_matches(word, asked, 1)
        raise RuleBroken("Il plugin «%(name)s» ha «%(word)s», che %(why)s.", name=name, word=word, why=(
            "non è segnata con @hookimpl" if word in asked else
            f"Patto non chiede: forse «{near[0]}»" if near else "Patto non chiede"))


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
    if theirs := tables.of_the_core(name):
        raise RuleBroken("Il codice «%(name)s» non va bene per un plugin: le sue tabelle si confonderebbero con "
                         "«%(table)s».", name=name, table=theirs[0])
    names = [f.name for f in description.sheet.fields]
    if len(names) != len(set(names)):
        raise RuleBroken("Il plugin «%(name)s» ha due campi con lo stesso nome nella scheda.", name=name)
