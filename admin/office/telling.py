"""From the rows of the audit to sentences that a person reads."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, Table, select
from sqlalchemy.types import TypeDecorator

from admin.web import formats
from admin.web.exercise import exercise
from admin.web.words import decimal
from admin.wording import labels
from core.documents.comparing import Change, words
from core.ground.access import ScopedSession
from core.ground.audit import AuditEntry
from core.ground.db import Base, Euro, Percent, Quantity, UtcDateTime

# what the program keeps for itself; a change of these alone is no news
SILENT = frozenset({"version", "id", "kind"})
# keys that say whose a thing is, worth telling beside its own name
OWNERS = frozenset({"party_id", "municipality_id", "user_id", "contract_id", "body_id", "account_id"})
# the program's own bookkeeping, no act of a person
BOOKKEEPING = frozenset({"counter", "download_record", "idempotency_key", "login_record"})
# the second half of a record that is told with its first
SECOND_HALVES = frozenset({"azienda", "municipality"})
ARTICLE = re.compile(r"^(il |lo |la |l'|i |gli |le )")
NAMES = ("name", "title", "full_name", "file_name", "iban", "email", "code", "role")
# whole numbers that count nothing: they name, order or date a thing, or belong to the program
NO_FIGURES = frozenset({
    "version", "order", "recalled_order", "year", "number", "edition", "version_number", "ordinal",
    "subject_id", "last", "attempts", "failed_logins", "size", "first_year", "last_year", "usage_year",
    "extra_projects_month",
})
# what many are called alike: the wider thing that tells them apart
WITHIN = {"allocation_key": "group", "allocation_group": "plan"}
LONGEST = 160
MOST_COMPARED = 20_000  # signs that are held against each other word by word


@dataclass(frozen=True)
class Whole:
    """A datum to its last word: its name, and its text in parts that stayed, went or came."""

    label: str
    parts: Sequence[tuple[Change, str]]


@dataclass(frozen=True)
class ToldEntry:
    """One entry: when, who, the sentence that follows, and in full what a sentence is too short for.

    ``whole``: the long texts that changed, or all that a row said when it came or went (``row``).
    """

    key: int
    at: datetime
    actor: str
    text: str
    whole: Sequence[Whole] = ()
    row: bool = False


class Teller:
    """Tells entries of the audit; looks names up in one question per table."""

    def __init__(self, session: ScopedSession) -> None:
        self.session = session
        self.classes = {m.local_table.name: m.class_ for m in Base.registry.mappers if isinstance(m.local_table, Table)}
        self.names: dict[tuple[str, str], str] = {}

    def tell(self, entries: Sequence[AuditEntry]) -> list[ToldEntry]:
        """A sentence for each entry that says something to a person."""
        pictures = [(e, json.loads(e.before or "{}"), json.loads(e.after or "{}")) for e in entries]
        self._look_up(pictures)
        told = []
        for entry, before, after in pictures:
            text = self._text(entry, before, after)
            if text:
                told.append(ToldEntry(entry.id, entry.at, entry.actor or _("Qualcuno da fuori del programma"), text,
                                      list(self._whole(entry, before, after)), entry.operation != "u"))
        return told

    def _text(self, entry: AuditEntry, before: dict[str, Any], after: dict[str, Any]) -> str:
        what = self._what(entry, after or before)
        if entry.operation == "i" and entry.table_name in SECOND_HALVES:
            return ""
        figures = ", ".join(self._figures(entry.table_name, after or before))
        if entry.operation == "i":
            return _("ha registrato %(what)s: %(figures)s.", what=what, figures=figures) if figures else \
                _("ha registrato %(what)s.", what=what)
        if entry.operation == "d":
            return _("ha tolto %(what)s: %(figures)s.", what=what, figures=figures) if figures else \
                _("ha tolto %(what)s.", what=what)
        changes = list(self._changes(entry.table_name, before, after))
        if not changes:
            return ""
        return _("ha modificato %(what)s: %(changes)s.", what=what, changes="; ".join(changes))

    def _what(self, entry: AuditEntry, picture: dict[str, Any]) -> str:
        """«il comune Dresano», «il firmatario Mario Rossi»."""
        table = self._table_of(entry.table_name, picture)
        article, _heading = labels.TABLES.get(table, (table, table))
        name = self.names.get((entry.table_name, entry.row_id)) or self._own_name(picture)
        words = joined(str(article), name)
        about = {c: self.names.get((t, str(picture.get(c))), "") for c, t in self._keys(entry.table_name)}
        if _amounts(entry.table_name):  # of an amount it matters whose it is, all the way
            told = [text if c in OWNERS else f"{str(labels.column(entry.table_name, c)).lower()} {text}"
                    for c, text in about.items() if text and text not in name]
        else:
            told = [text for column, text in about.items()
                    if text and text != name and (not name or column in OWNERS)]
        if not told:
            return words
        return f"{words} ({', '.join(told)})" if name else f"{words}: {', '.join(told)}"

    def _table_of(self, table: str, picture: dict[str, Any]) -> str:
        return str(picture.get("kind", table)) if table == "party" and picture.get("kind") in labels.TABLES else table

    def _own_name(self, picture: dict[str, Any]) -> str:
        if picture.get("role") in labels.ROLES:
            return f"«{labels.ROLES[picture['role']]}»"
        if picture.get("given_name"):
            return f"{picture['given_name']} {picture['family_name']}"
        return str(next((picture[n] for n in NAMES if picture.get(n)), ""))

    def _figures(self, table: str, picture: dict[str, Any]) -> list[str]:
        """The figures of a row that came or went: those that say something, or all of them if none does."""
        figured = [*_amounts(table), *_counts(table)]
        told = {column.name: picture[column.name] for column in figured if picture.get(column.name) is not None}
        some = {name: raw for name, raw in told.items() if raw} or told
        return [f"{str(labels.column(table, name)).lower()} {self._value(table, name, raw)}"
                for name, raw in some.items()]

    def _changes(self, table: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        for name in _changed(before, after):
            label = str(labels.column(table, name)).lower()
            old, new = (self._value(table, name, picture.get(name)) for picture in (before, after))
            if after[name] == "***":
                yield _("%(label)s cambiata", label=label)
            elif max(len(old), len(new)) > LONGEST:
                yield _("%(label)s: il testo è cambiato, e sta qui sotto per intero", label=label)
            else:
                yield _("%(label)s da «%(old)s» a «%(new)s»", label=label, old=old, new=new)

    def _whole(self, entry: AuditEntry, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Whole]:
        """The long texts that changed, with what went and what came; of a row that came or went, all that it said."""
        table = entry.table_name
        if entry.operation == "u":
            for name in _changed(before, after):
                old, new = (self._value(table, name, picture.get(name)) for picture in (before, after))
                if max(len(old), len(new)) > LONGEST:
                    yield Whole(str(labels.column(table, name)), _compared(old, new))
            return
        for name, raw in (after or before).items():
            column = self._column(table, name)
            if raw in (None, "", "***") or name in SILENT or not labels.has_column(table, name) or column is None \
                    or isinstance(column.type, JSON):
                continue
            yield Whole(str(labels.column(table, name)), [(Change.SAME, self._value(table, name, raw))])

    def _value(self, table: str, name: str, raw: Any) -> str:
        if raw is None or raw == "":
            return _("niente")
        target = dict(self._keys(table)).get(name)
        if target:
            return self.names.get((target, str(raw))) or _("n. %(key)s", key=raw)
        if name == "state":
            return str(labels.state(table, str(raw)))
        column = self._column(table, name)
        text = said(column, raw) if column is not None else str(labels.choice(table, name, raw))
        return " ".join(str(labels.choice(table, name, text)).split())

    def _look_up(self, pictures: Iterable[tuple[AuditEntry, dict[str, Any], dict[str, Any]]]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry, before, after in pictures:
            _want(wanted[entry.table_name], entry.row_id)
            for column, target in self._keys(entry.table_name):
                for picture in (before, after):
                    _want(wanted[target], picture.get(column))
        for table, keys in wanted.items():
            model = self.classes.get(table)
            if model is None or not keys or not hasattr(model, "id") or model is AuditEntry:
                continue
            for row in self.session.scalars(select(model).where(model.id.in_(keys))).unique():
                keys.discard(row.id)
                self.names[table, str(row.id)] = self._named(table, row)
            self._remember(table, keys)

    def _named(self, table: str, row: Any) -> str:
        """The name of a row, and what it stands within where others are called the same."""
        has_name = "__str__" in {name for cls in type(row).__mro__[:-1] for name in vars(cls)}
        own = str(row) if has_name else self._picked(table, vars(row))
        around = getattr(row, WITHIN[table]) if table in WITHIN else None
        return f"{own}, {self._named(around.__tablename__, around)}" if around is not None else own

    def _remember(self, table: str, keys: Iterable[int]) -> None:
        """The names of rows that are no more, as the history has them."""
        gone = select(AuditEntry.row_id, AuditEntry.before).where(
            AuditEntry.table_name == table, AuditEntry.row_id.in_([str(key) for key in keys]),
            AuditEntry.operation == "d")
        for row_id, before in self.session.execute(gone) if keys else ():
            self.names[table, row_id] = self._picked(table, json.loads(before or "{}"))

    def _picked(self, table: str, picture: dict[str, Any]) -> str:
        """A name for a row whose class gives none: its own, else its kind in words."""
        own, kind = self._own_name(picture), picture.get("kind")
        return own or (str(labels.choice(table, "kind", kind)) if isinstance(kind, str) and kind != table else "")

    def _keys(self, table: str) -> list[tuple[str, str]]:
        known = Base.metadata.tables.get(table)
        if known is None:
            return []
        return [(c.name, f.column.table.name) for c in known.columns for f in c.foreign_keys if c.name != "id"]

    def _column(self, table: str, name: str) -> Column[Any] | None:
        known = Base.metadata.tables.get(table)
        return None if known is None else known.columns.get(name)


def _amounts(table: str) -> list[Column[Any]]:
    """The columns of a table that hold money, percentages or quantities."""
    known = Base.metadata.tables.get(table)
    return [] if known is None else [c for c in known.columns if isinstance(c.type, Euro | Percent | Quantity)]


def _counts(table: str) -> list[Column[Any]]:
    """The columns of a table whose whole numbers count something: residents, places, votes, days."""
    known = Base.metadata.tables.get(table)
    return [] if known is None else [c for c in known.columns if _is_count(c)]


def _is_count(column: Column[Any]) -> bool:
    return isinstance(column.type, Integer) and not column.foreign_keys and not column.primary_key \
        and column.name not in NO_FIGURES


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in after if name not in SILENT and before.get(name) != after[name]]


def _compared(old: str, new: str) -> Sequence[tuple[Change, str]]:
    """What went from a text and what came; whole where it is too long to be held word against word."""
    if len(old) + len(new) <= MOST_COMPARED:
        return words(old, new)
    return [(Change.REMOVED, old), (Change.ADDED, new)]


def joined(article: str, name: str) -> str:
    """«il comune Dresano», and «il contratto n. 3/2026» where the name says the noun itself."""
    noun = ARTICLE.sub("", article)
    if name.lower().startswith(noun.lower()):
        return article + name[len(noun):]
    return f"{article} {name}".strip()


def _want(keys: set[int], raw: Any) -> None:
    if str(raw).isdigit():
        keys.add(int(raw))


def said(column: Column[Any], raw: Any) -> str:
    """A kept value of a column, as the column's type reads it and a person writes it."""
    kind = column.type
    if isinstance(kind, Boolean):
        return formats.yes_no(bool(raw))
    if isinstance(kind, Euro):
        return formats.euro(Decimal(str(raw)).scaleb(-2))
    if isinstance(kind, Percent):
        return f"{_thousandths(raw)} %"
    if isinstance(kind, Quantity):
        return _thousandths(raw)
    if column.info.get("exercise"):
        return exercise(int(raw))
    if _is_count(column):
        return decimal(int(raw))
    if isinstance(kind, UtcDateTime | DateTime):
        return _moment(str(raw))
    if isinstance(kind, Date) and not isinstance(kind, TypeDecorator):
        return formats.day(date.fromisoformat(str(raw)[:10]))
    return str(raw).replace("\n", "; ")


def _thousandths(raw: Any) -> str:
    number = Decimal(str(raw)).scaleb(-3)
    whole = number.to_integral_value()
    return decimal(whole if whole == number else number.normalize())


def _moment(raw: str) -> str:
    from datetime import UTC

    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        return raw
    return formats.moment(at if at.tzinfo else at.replace(tzinfo=UTC))
