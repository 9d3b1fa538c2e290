"""Two editions of a sheet beside each other: texts word by word, tables row by row, what the fields became. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalogue import fields, sheets
from core.catalogue.model import OperationalSheet
from core.documents.comparing import Change, ComparedStretch, paragraphs
from core.plugins.columns import TYPES
from core.plugins.schema import TEXTS, FieldType, SheetField, SheetSchema

TITLE, SERVICES, JOINT = "Titolo", "Servizi", "Gestione associata di tutti i Comuni"
FIELD, COLUMN, RULE, STANDARD, INDICATOR = "field", "column", "rule", "standard", "indicator"
Said = tuple[str, ...]


@dataclass(frozen=True)
class SchemaChange:
    """A field, a column, a rule, a standard or an indicator (``what``) that one of two editions asks otherwise."""

    what: str
    kind: Change
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class RowChange:
    """A row of a table that came, went or changed: its cells before and after, by the columns of the table."""

    kind: Change
    before: Said = ()
    after: Said = ()

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """The pairs of what stood and what stands, column by column."""
        none = ("",) * max(len(self.before), len(self.after))
        return tuple(zip(self.before or none, self.after or none, strict=True))


@dataclass(frozen=True)
class FieldChange:
    """What became of one section or field: two values, or the stretches of a text, or the rows of a table."""

    label: str
    kind: Change
    before: str = ""
    after: str = ""
    stretches: tuple[ComparedStretch, ...] = ()
    headers: Said = ()
    rows: tuple[RowChange, ...] = ()
    same_rows: int = 0


@dataclass(frozen=True)
class ComparedEditions:
    """All that differs between two editions; nothing in either list: they say the same."""

    asks: tuple[SchemaChange, ...]
    says: tuple[FieldChange, ...]


def compare(old: OperationalSheet, new: OperationalSheet, names: Mapping[str, str], *, office: bool
            ) -> ComparedEditions:
    """What the newer edition asks and says otherwise; ``office``: with what only the azienda sees."""
    asked, asks = (_shown(sheets.schema_of(sheet), office=office) for sheet in (old, new))
    return ComparedEditions(tuple(_asks(asked, asks)),
                            tuple(change for change in _says(old, new, asked, asks, names)
                                  if change.kind is not Change.SAME))


def _shown(schema: SheetSchema, *, office: bool) -> SheetSchema:
    return SheetSchema(tuple(field for field in schema.fields if office or not field.office_only),
                       schema.rules, schema.standards, schema.indicators)


# --- what is asked ----------------------------------------------------------------------------------------


def _asks(old: SheetSchema, new: SheetSchema) -> Iterator[SchemaChange]:
    for before, after in _pairs(old.fields, new.fields):
        yield from _field(FIELD, before, after)
        if before is not None and after is not None and before.type is after.type is FieldType.ROWS:
            for column, heir in _pairs(before.columns, after.columns):
                yield from _field(COLUMN, column, heir, f"{after.label}: ")
    yield from _coded(RULE, {rule.says: rule.says for rule in old.rules}, {rule.says: rule.says for rule in new.rules})
    for what, ones, others in ((STANDARD, old.standards, new.standards), (INDICATOR, old.indicators, new.indicators)):
        yield from _coded(what, {one.code: _promise(one) for one in ones}, {one.code: _promise(one) for one in others})


def _field(what: str, before: SheetField | None, after: SheetField | None, of: str = "") -> Iterator[SchemaChange]:
    one, other = ("" if field is None else f"{of}{field.label}" for field in (before, after))
    if before is None or after is None:
        yield SchemaChange(what, Change.ADDED if before is None else Change.REMOVED, one, other)
    elif (before.label, before.type, before.choices, before.required, before.minimum, before.maximum) != (
            after.label, after.type, after.choices, after.required, after.minimum, after.maximum):
        yield SchemaChange(what, Change.CHANGED, _described(before, of), _described(after, of))


def _described(field: SheetField, of: str) -> str:
    """A field in words: two that differ in more than their label say in what."""
    limits = [f"da {field.minimum}" if field.minimum is not None else "",
              f"fino a {field.maximum}" if field.maximum is not None else ""]
    more = [TYPES[field.type], *(limit for limit in limits if limit), *(word for _code, word in field.choices),
            *(["necessario"] if field.required else [])]
    return f"{of}{field.label} ({', '.join(more)})"


def _promise(one: Any) -> str:
    return f"{one.title}: {getattr(one, 'promise', one.unit)}"


def _coded(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[SchemaChange]:
    for key in dict.fromkeys([*new, *old]):
        before, after = old.get(key, ""), new.get(key, "")
        if before != after:
            kind = Change.ADDED if key not in old else Change.REMOVED if key not in new else Change.CHANGED
            yield SchemaChange(what, kind, before, after)


def _pairs(old: Sequence[SheetField], new: Sequence[SheetField]
           ) -> Iterator[tuple[SheetField | None, SheetField | None]]:
    """Each field beside the one that it became, by its name or a name of before; those that went come last."""
    by_name, taken = {field.name: field for field in old}, set[str]()
    for after in new:
        before = next((by_name[name] for name in (after.name, *after.was) if name in by_name and name not in taken),
                      None)
        if before is not None:
            taken.add(before.name)
        yield before, after
    yield from ((field, None) for field in old if field.name not in taken)


# --- what is said -----------------------------------------------------------------------------------------


def _says(old: OperationalSheet, new: OperationalSheet, asked: SheetSchema, asks: SheetSchema,
          names: Mapping[str, str]) -> Iterator[FieldChange]:
    yield _value(TITLE, old.title, new.title)
    yield _value(SERVICES, *("; ".join(service.title for service in sheet.services) for sheet in (old, new)))
    yield _value(JOINT, *("sì" if sheet.joint_management else "no" for sheet in (old, new)))
    for text in TEXTS.fields:
        yield _compared(text, text, getattr(old, text.name), getattr(new, text.name))
    data = [sheets.read(sheet, names) for sheet in (old, new)]
    for before, after in _pairs(asked.fields, asks.fields):
        yield _compared(before, after, data[0].get(before.name) if before else None,
                        data[1].get(after.name) if after else None)


def _compared(before: SheetField | None, after: SheetField | None, old: Any, new: Any) -> FieldChange:
    """A field of both editions, or of one alone, by the kind of what it holds."""
    field = after or before
    assert field is not None
    if FieldType.ROWS in (kinds := {one.type for one in (before, after) if one is not None}):
        return _table(field, before, after, old or (), new or ())
    if kinds & {FieldType.LONG_TEXT, FieldType.LINES}:
        return _text(field.label, _lines(old), _lines(new))
    return _value(field.label, *("" if one is None or fields.is_empty(value) else fields.say(one, value)
                                 for one, value in ((before, old), (after, new))))


def _value(label: str, old: str, new: str) -> FieldChange:
    return FieldChange(label, _kind(old, new), old, new)


def _kind(old: object, new: object) -> Change:
    if old == new:
        return Change.SAME
    return Change.ADDED if not old else Change.REMOVED if not new else Change.CHANGED


def _lines(value: Any) -> list[str]:
    """A list as it is; a text by its paragraphs; anything else in one line."""
    if value is None:
        return []
    return [" ".join(part.split()) for part in (value.split("\n\n") if isinstance(value, str) else map(str, value))]


def _text(label: str, old: Sequence[str], new: Sequence[str]) -> FieldChange:
    stretches = tuple(paragraphs(old, new))
    changed = any(stretch.kind is not Change.SAME for stretch in stretches)
    return FieldChange(label, _kind(tuple(old), tuple(new)) if changed else Change.SAME, stretches=stretches)


# --- tables -----------------------------------------------------------------------------------------------


def _table(field: SheetField, before: SheetField | None, after: SheetField | None, old: Sequence[Any],
           new: Sequence[Any]) -> FieldChange:
    """The rows that came, went or changed: those that are equal are counted, whatever their order."""
    if any(one is not None and one.type is not FieldType.ROWS for one in (before, after)):
        return _value(field.label, str(old or ""), str(new or ""))
    columns = list(_pairs(before.columns if before else (), after.columns if after else ()))
    gone = [_row(row, [one for one, _other in columns]) for row in old]
    come = [_row(row, [other for _one, other in columns]) for row in new]
    same = Counter(gone) & Counter(come)
    rows = tuple(_rows(_rest(gone, same), _rest(come, same), _keys(columns)))
    headers = tuple((other or one).label for one, other in columns if (other or one) is not None)  # type: ignore[union-attr]
    return FieldChange(field.label, _kind(gone, come) if rows else Change.SAME, headers=headers, rows=rows,
                       same_rows=same.total())


def _row(row: Mapping[str, Any], columns: Sequence[SheetField | None]) -> Said:
    return tuple("" if column is None or fields.is_empty(row[column.name]) else fields.say(column, row[column.name])
                 for column in columns)


def _rest(rows: Sequence[Said], same: Counter[Said]) -> list[Said]:
    """The rows without those that stand on both sides, as often as they do."""
    left, rest = same.copy(), []
    for row in rows:
        if left[row]:
            left[row] -= 1
        else:
            rest.append(row)
    return rest


def _keys(columns: Sequence[tuple[SheetField | None, SheetField | None]]) -> list[Callable[[Said], Said]]:
    """How a row is known again: by what it must say and its municipality, then by its first column."""
    both = [other or one for one, other in columns]
    needed = [place for place, column in enumerate(both)
              if column is not None and (column.required or column.type is FieldType.MUNICIPALITY)]
    return [lambda row: tuple(row[place] for place in needed or [0]), lambda row: row[:1]]


def _rows(gone: list[Said], come: list[Said], keys: Iterable[Callable[[Said], Said]]) -> Iterator[RowChange]:
    became: dict[int, int] = {}
    for key in keys:
        waiting = defaultdict[Said, deque[int]](deque)
        for place, row in enumerate(come):
            if place not in became.values() and any(key(row)):
                waiting[key(row)].append(place)
        for place, row in enumerate(gone):
            if place not in became and waiting.get(key(row)):
                became[place] = waiting[key(row)].popleft()
    left = set(range(len(come))) - set(became.values())
    for place, row in enumerate(gone):
        yield RowChange(Change.CHANGED, row, come[became[place]]) if place in became else \
            RowChange(Change.REMOVED, before=row)
    yield from (RowChange(Change.ADDED, after=come[place]) for place in sorted(left))
