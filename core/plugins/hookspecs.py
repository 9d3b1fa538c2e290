"""What a plugin is: one frozen description, asked for once, data and behaviour; and the hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pluggy

from core.ground.errors import Finding
from core.plugins.figures import SheetData
from core.plugins.happened import ContractSigned, MonthClosed, ProviderStopped, SheetEdition
from core.plugins.offers import DeadlineSource, LetterKind, Panel, RowsExport, RowsImport, Task
from core.plugins.schema import SheetField, SheetSchema

if TYPE_CHECKING:
    from core.documents.blocks import Block
    from core.ground.access import ScopedSession

API_VERSION = 1
NEVER = AssertionError("a hook specification is never called")
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
    ``requires_core`` the core revision that these need. ``settings`` are what the office sets on the page *Plugin*,
    read with ``plugin_settings``. ``tested_with``: the versions of Patto that it was tried with, for information.
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
    settings: tuple[SheetField, ...] = ()
    tested_with: str = ""


class PluginSpec:
    """The hooks, on one screen. ``patto_service`` is the only one that a plugin must have.

    What happens is told in the transaction in which it happens, after it: what the plugin writes is kept with it, and
    a plugin that fails loses its own part and nothing else. The day is always given, and nobody commits.
    """

    @hookspec
    def patto_service(self) -> PluginDescription:
        """Describe the service. Asked once, at load."""
        raise NEVER

    # --- what the plugin puts beside the core: asked once, when it is first wanted

    @hookspec
    def patto_admin_views(self) -> Sequence[object]:
        """Give the Flask-Admin views of the plugin's own tables. Asked once, when the web application is made."""
        raise NEVER

    @hookspec
    def patto_deadlines(self) -> Sequence[DeadlineSource]:
        """Give the terms in the cases of the plugin's own tables."""
        raise NEVER

    @hookspec
    def patto_panels(self) -> Sequence[Panel]:
        """Give the plugin's parts of the pages of services, municipalities and contracts."""
        raise NEVER

    @hookspec
    def patto_letters(self) -> Sequence[LetterKind]:
        """Give the letters that rows of the plugin's own tables can have."""
        raise NEVER

    @hookspec
    def patto_imports(self) -> Sequence[RowsImport]:
        """Give the workbooks by which the plugin's own rows come in."""
        raise NEVER

    @hookspec
    def patto_exports(self) -> Sequence[RowsExport]:
        """Give the tables of the plugin's own that can be taken away."""
        raise NEVER

    # --- what waits: asked whenever somebody opens the first page

    @hookspec
    def patto_waiting(self, session: ScopedSession, today: date) -> Iterable[Task]:
        """Say what waits for the principal of ``session``; for whom nothing waits here, nothing."""
        raise NEVER

    # --- what has happened

    @hookspec
    def patto_contract_signed(self, session: ScopedSession, event: ContractSigned) -> None:
        """A contract was signed, or an amendment of one."""
        raise NEVER

    @hookspec
    def patto_sheet_edition(self, session: ScopedSession, event: SheetEdition) -> None:
        """A sheet of a service holds for another year from now on."""
        raise NEVER

    @hookspec
    def patto_provider_stopped(self, session: ScopedSession, event: ProviderStopped) -> None:
        """The accreditation of a unit was suspended or revoked."""
        raise NEVER

    @hookspec
    def patto_month_closed(self, session: ScopedSession, event: MonthClosed) -> None:
        """The use of a month is closed."""
        raise NEVER
