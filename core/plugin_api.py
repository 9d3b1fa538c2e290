"""The one facade for plugins, ours and other people's: import from here and from nothing else of Patto."""

from core.catalogue.operations import covered_municipalities, sheet_data
from core.catalogue.sheets import clean, field_blocks, typed
from core.documents.blocks import Block, Bullets, Heading, KeyValues, Paragraph, Table
from core.documents.words import date_short, euro, month_name, number
from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, Principal, Role, Scoped, ScopedSession, as_system
from core.ground.db import Base, Euro, Lines, Percent, UtcDateTime, Versioned
from core.ground.errors import Finding, Level, NotAllowed, NotVisible, RuleBroken
from core.ground.exercises import exercises
from core.ground.order import in_order
from core.ground.stored import names_file
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality, OwnedByMunicipality
from core.plugins.described import described
from core.plugins.figures import SheetData
from core.plugins.hookspecs import DatedName, PluginDescription, hookimpl
from core.plugins.schema import FieldType, Indicator, SheetField, SheetRule, SheetSchema, Standard, Strength, UseMeasure
from core.usage.operations import month_is_closed, record_computed
from core.usage.suppression import suppressed

__all__ = [
    "OWN_MUNICIPALITIES",
    "OWN_PROVIDERS",
    "Base",
    "Block",
    "Bullets",
    "DatedName",
    "Euro",
    "FieldType",
    "Finding",
    "Heading",
    "Indicator",
    "KeyValues",
    "Level",
    "Lines",
    "Municipality",
    "NotAllowed",
    "NotVisible",
    "OwnedByMunicipality",
    "Paragraph",
    "Percent",
    "PluginDescription",
    "Principal",
    "Role",
    "RuleBroken",
    "Scoped",
    "ScopedSession",
    "SheetData",
    "SheetField",
    "SheetRule",
    "SheetSchema",
    "Standard",
    "Strength",
    "Table",
    "UseMeasure",
    "UtcDateTime",
    "Versioned",
    "as_system",
    "clean",
    "covered_municipalities",
    "date_short",
    "described",
    "euro",
    "exercises",
    "field_blocks",
    "hookimpl",
    "in_order",
    "month_is_closed",
    "month_name",
    "names_file",
    "number",
    "record_computed",
    "sheet_data",
    "suppressed",
    "typed",
    "unit_of_work",
]
