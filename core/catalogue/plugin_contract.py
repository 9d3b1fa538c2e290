"""What every plugin keeps to, its own and other people's: checked by the tests and by ``patto plugins check``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from core.catalogue import sheets
from core.ground.errors import RuleBroken
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import LoadedPlugin
from core.plugins.schema import NUMBERS, TEXTS, FieldType, MeasuredBy, SheetField
from core.plugins.tables import own_tables

EXAMPLES: Mapping[FieldType, Any] = {
    FieldType.TEXT: "testo",
    FieldType.LONG_TEXT: "testo\nsu due righe",
    FieldType.LINES: ["uno", "due"],
    FieldType.INTEGER: 1,
    FieldType.DECIMAL: "1.5",
    FieldType.EURO: "1.50",
    FieldType.PERCENT: "1.5",
    FieldType.DATE: "2026-07-31",
    FieldType.YES_NO: True,
    FieldType.MUNICIPALITY: "melegnano",
}


def check(loaded: LoadedPlugin) -> list[str]:
    """What a loaded plugin does not keep to, as Italian sentences; empty if all is well."""
    plugin = loaded.description
    return [*_words(plugin), *_answers(plugin, {}, "vuota"), *_answers(plugin, example(plugin), "di esempio"),
            *_tables(loaded)]


def example(plugin: PluginDescription) -> dict[str, Any]:
    """Sheet data with every field filled in, as they are kept."""
    asked = sheets.joined(sheets.asked(plugin))
    return sheets.clean(asked, {field.name: _example(field) for field in asked.fields})


def _example(field: SheetField) -> Any:
    if field.type is FieldType.ROWS:
        return [{column.name: _example(column) for column in field.columns}]
    if field.type is FieldType.CHOICE:
        return field.choices[0][0]
    return field.minimum if field.type in NUMBERS and field.minimum is not None else EXAMPLES[field.type]


def _words(plugin: PluginDescription) -> Iterator[str]:
    if not plugin.title or not plugin.sectors or not plugin.version:
        yield "mancano il titolo, i settori o la versione"
    for field in _all_fields(plugin.sheet.fields):
        if not field.label[:1].isupper():
            yield f"il campo «{field.name}» ha bisogno di un'etichetta in italiano che cominci con la maiuscola"
        if (field.type is FieldType.ROWS) != bool(field.columns):
            yield f"il campo «{field.name}»: le colonne servono alle tabelle e solo a quelle"
        if (field.type is FieldType.CHOICE) != bool(field.choices):
            yield f"il campo «{field.name}»: le scelte servono ai campi a scelta e solo a quelli"
    promised = {standard.code for standard in plugin.sheet.standards}
    for indicator in plugin.sheet.indicators:
        if indicator.standard and indicator.standard not in promised:
            yield f"l'indicatore «{indicator.code}» misura lo standard «{indicator.standard}», che non c'è"
        if (indicator.by is MeasuredBy.PLUGIN) != (indicator.code in plugin.computed):
            yield (f"l'indicatore «{indicator.code}» vuole dire come si misura (una misura della scheda, un uso, un "
                   "conteggio, un'indagine), oppure il codice che lo calcola")
    for group in (plugin.sheet.standards, plugin.sheet.indicators, plugin.sheet.measures):
        codes = [member.code for member in group]
        if len(codes) != len(set(codes)):
            yield f"ci sono codici ripetuti: {', '.join(codes)}"


def _all_fields(fields: Sequence[SheetField]) -> Iterator[SheetField]:
    for field in fields:
        yield field
        yield from _all_fields(field.columns)


def _answers(plugin: PluginDescription, kept: Mapping[str, Any], sheet: str) -> Iterator[str]:
    """Check, blocks and computed indicators answer on any sheet, an empty one too, and in the agreed types."""
    data = sheets.typed(TEXTS.joined(*sheets.asked(plugin).values()), kept)
    questions: list[tuple[str, Callable[[], Any]]] = [
        ("check", lambda: sheets.remarks_of(plugin, data)),
        ("blocks", lambda: sheets.own_blocks(plugin, data)),
        *((f"computed.{code}", partial(sheets.computed, plugin, code, data)) for code in plugin.computed),
    ]
    for name, question in questions:
        try:
            answer = question()
        except RuleBroken as error:
            yield f"{name} su una scheda {sheet}: {error}"
            continue
        for remark in answer if name == "check" else ():
            if not remark.source or not str(remark).endswith("."):
                yield f"{name}: «{remark}» deve essere una frase con la sua fonte"


def _tables(loaded: LoadedPlugin) -> Iterator[str]:
    """Tables come with migrations; that they keep to their place is asked before a plugin is loaded at all."""
    if own_tables(loaded.description.code) and (loaded.migrations is None or not list(loaded.migrations.glob("*.py"))):
        yield "ha tabelle ma non migrazioni"
    if loaded.migrations is not None and not loaded.description.requires_core:
        yield "non dice di quale revisione del nucleo hanno bisogno le sue migrazioni (requires_core)"
