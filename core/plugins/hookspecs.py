"""What a plugin is: one frozen description, asked for once, and the field types its sheet may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pluggy

from core.ground.errors import Finding

if TYPE_CHECKING:
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from core.documents.blocks import Block

API_VERSION = 1
ENTRY_POINTS = "patto.plugins"
hookspec = pluggy.HookspecMarker("patto")
hookimpl = pluggy.HookimplMarker("patto")

SheetData = Mapping[str, Any]


class FieldType(StrEnum):
    """The closed list of what a service-specific field may be: form, check and Word block follow from it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    LINES = "lines"
    INTEGER = "integer"
    DECIMAL = "decimal"
    EURO = "euro"
    PERCENT = "percent"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    MUNICIPALITY = "municipality"
    ROWS = "rows"


@dataclass(frozen=True)
class SheetField:
    """One field: its name in the data, the label people read, its type. ``columns`` only for ROWS."""

    name: str
    label: str
    type: FieldType
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[SheetField, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class SheetSchema:
    """The fields of a sheet at one schema version; ``upgrade`` lifts data of the version before by one step."""

    fields: tuple[SheetField, ...] = ()
    version: int = 1
    upgrade: Callable[[int, dict[str, Any]], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Measure:
    """A use by which cost can be shared: ``value(session, year)`` gives units by municipality id, of the exercise that
    begins in ``year``: ``exercises(session).named(year)`` of the facade says its days."""

    code: str
    title: str
    unit: str
    value: Callable[[Session, int], Mapping[int, Decimal]]


@dataclass(frozen=True)
class Standard:
    """What the service promises, with its threshold said in words a user can check (R33, R212)."""

    code: str
    title: str
    promise: str


@dataclass(frozen=True)
class Indicator:
    """How a promise is measured: a figure computed from the sheet, None where there is nothing to measure."""

    code: str
    title: str
    unit: str
    value: Callable[[SheetData], Decimal | None]
    standard: str = ""


def _no_findings(_sheet: SheetData) -> Sequence[Finding]:
    return ()


@dataclass(frozen=True)
class PluginDescription:
    """All that the core knows of a service plugin.

    ``code`` is the service's code in the catalogue; ``sector`` the sector that it usually belongs to; ``models``
    the module of its tables and ``migrations`` their folder, ``requires_core`` the core revision that these need.
    """

    code: str
    title: str
    sector: str
    version: str
    api: int = API_VERSION
    sheet: SheetSchema = field(default_factory=SheetSchema)
    check: Callable[[SheetData], Sequence[Finding]] = _no_findings
    blocks: Callable[[SheetData], Sequence[Block]] | None = None
    usage: tuple[Measure, ...] = ()
    standards: tuple[Standard, ...] = ()
    indicators: tuple[Indicator, ...] = ()
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
