"""What a plugin is: one frozen description, asked for once, data and behaviour; and the hooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pluggy

from core.ground.errors import Finding
from core.plugins.figures import SheetData
from core.plugins.schema import SheetSchema

if TYPE_CHECKING:
    from core.documents.blocks import Block

API_VERSION = 1
ENTRY_POINTS = "patto.plugins"
hookspec = pluggy.HookspecMarker("patto")
hookimpl = pluggy.HookimplMarker("patto")


def _no_findings(_sheet: SheetData) -> Sequence[Finding]:
    return ()


@dataclass(frozen=True)
class DatedName:
    """A name of the service, and the days on which it is the one; an empty day is no limit."""

    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class PluginDescription:
    """All that the core knows of a service plugin.

    What it is, and what its sheet asks, is data (``plugin.toml``, read by ``described``). ``code`` is the service's
    code in the catalogue; ``sectors`` those in which it usually stands. Behaviour is given beside: ``check`` remarks
    on a sheet what no rule can say, ``blocks`` prints its part of the annex, ``computed`` gives by code the indicators
    that are no figure of the sheet. ``models`` is the module of its tables, ``migrations`` their folder,
    ``requires_core`` the core revision that these need.
    """

    code: str
    title: str
    sectors: tuple[str, ...]
    version: str
    api: int = API_VERSION
    source: str = ""
    names: tuple[DatedName, ...] = ()
    sheet: SheetSchema = field(default_factory=SheetSchema)
    check: Callable[[SheetData], Sequence[Finding]] = _no_findings
    blocks: Callable[[SheetData], Sequence[Block]] | None = None
    computed: Mapping[str, Callable[[SheetData], Decimal | None]] = field(default_factory=dict)
    models: str = ""
    migrations: str = ""
    requires_core: str = ""


class PluginSpec:
    """The hooks, on one screen."""

    @hookspec
    def patto_service(self) -> PluginDescription:
        """Describe the service. Asked once, at load."""
        raise AssertionError("a hook specification is never called")

    @hookspec
    def patto_admin_views(self) -> Sequence[object]:
        """Give the Flask-Admin views of the plugin's own tables. Asked once, when the web application is made."""
        raise AssertionError("a hook specification is never called")
