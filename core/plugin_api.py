"""The one facade for plugins, ours and other people's: import from here and from nothing else of Patto."""

from core.catalogue.operations import covered_municipalities, sheet_data
from core.catalogue.plugin_setups import plugin_settings
from core.catalogue.sheets import clean, field_blocks, typed
from core.deadlines.operations import follow
from core.deadlines.rules import Case, Happening
from core.documents.blocks import Block, Bullets, Heading, KeyValues, Paragraph, Table
from core.documents.words import date_short, euro, month_name, number
from core.funding.figures import BudgetFigure, budget_figures, budget_years, sources_called
from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, Principal, Role, Scoped, ScopedSession, as_system
from core.ground.db import Base, Euro, Lines, Percent, UtcDateTime, Versioned
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, Level, NotAllowed, NotVisible, RuleBroken
from core.ground.exercises import exercises
from core.ground.order import in_order
from core.ground.required import require_past, require_text
from core.ground.stored import names_file
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality, OwnedByMunicipality
from core.plugins.described import described
from core.plugins.figures import SheetData
from core.plugins.happened import ContractSigned, MonthClosed, ProviderStopped, SheetEdition
from core.plugins.hookspecs import DatedName, PluginDescription, hookimpl
from core.plugins.offers import (
    DeadlineSource,
    LetterKind,
    Panel,
    RowsExport,
    RowsImport,
    Task,
    WrittenLetter,
)
from core.plugins.schema import FieldType, Indicator, SheetField, SheetRule, SheetSchema, Standard, Strength, UseMeasure
from core.register.choices import served_by
from core.tables.cells import CellKind, Column
from core.usage.operations import month_is_closed, record_computed
from core.usage.suppression import suppressed

__all__ = [
    "OWN_MUNICIPALITIES",
    "OWN_PROVIDERS",
    "Base",
    "Block",
    "BudgetFigure",
    "Bullets",
    "Case",
    "CellKind",
    "Column",
    "ContractSigned",
    "DatedName",
    "DeadlineSource",
    "Euro",
    "FieldType",
    "Finding",
    "Happening",
    "Heading",
    "Indicator",
    "KeyValues",
    "LetterKind",
    "Level",
    "Lines",
    "MonthClosed",
    "Municipality",
    "NotAllowed",
    "NotVisible",
    "OwnedByMunicipality",
    "Panel",
    "Paragraph",
    "Percent",
    "PluginDescription",
    "Principal",
    "ProviderStopped",
    "Role",
    "RowsExport",
    "RowsImport",
    "RuleBroken",
    "Scoped",
    "ScopedSession",
    "SheetData",
    "SheetEdition",
    "SheetField",
    "SheetRule",
    "SheetSchema",
    "Standard",
    "Strength",
    "Table",
    "Task",
    "UseMeasure",
    "UtcDateTime",
    "Versioned",
    "WrittenLetter",
    "as_system",
    "at_version",
    "budget_figures",
    "budget_years",
    "clean",
    "covered_municipalities",
    "date_short",
    "described",
    "euro",
    "exercises",
    "field_blocks",
    "follow",
    "hookimpl",
    "in_order",
    "month_is_closed",
    "month_name",
    "names_file",
    "number",
    "plugin_settings",
    "record_computed",
    "require_past",
    "require_text",
    "served_by",
    "sheet_data",
    "sources_called",
    "suppressed",
    "touch",
    "typed",
    "unit_of_work",
]
