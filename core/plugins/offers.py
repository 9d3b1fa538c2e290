"""What a plugin can put beside the core, each a frozen answer to one hook: terms, tasks, panels, tables in and out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Select

from core.deadlines.rules import Case
from core.documents.blocks import Block
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.tables.cells import Column

Page = Literal["service", "municipality", "contract"]


@dataclass(frozen=True)
class DeadlineSource:
    """Terms in the cases of a table of the plugin's own, as a subject of the core gives them.

    ``subject`` is the table, ``title`` what people call one of its cases. ``living`` selects the ids of the cases to
    look after on a day; ``cases`` gives those behind some ids with what happened in them. ``events`` are the words for
    each of these happenings. The rules stand in ``rules``, a file like the ``deadlines.toml`` of a subject. They are
    for the azienda's own offices: none is shared with a municipality or a provider.
    """

    subject: str
    title: str
    events: Mapping[str, str]
    rules: Path
    living: Callable[[date], Select[int]]
    cases: Callable[[ScopedSession, Collection[int], date], Iterator[Case]]


@dataclass(frozen=True)
class Task:
    """Something that waits for whoever asks, without a term: on the first page, beside what the core knows.

    ``page`` and ``key`` are where it is done: a page of the plugin (``voucher_stop.details_view``) and the row, None
    for a page that wants none. ``case`` says of what, ``what`` what to do; ``due`` is the day, if there is one.
    """

    page: str
    key: int | None
    case: str
    what: Finding
    role: Role
    due: date | None = None


@dataclass(frozen=True)
class Panel:
    """A part of its own on the page of its service, of a municipality or of a contract.

    ``blocks(session, key, today)`` are what it says of the record with that key, within what who reads may see: none,
    and there is no panel. ``roles``: who reads it; empty for whoever reads the page.
    """

    page: Page
    title: str
    blocks: Callable[[ScopedSession, int, date], Sequence[Block]]
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class RowsImport:
    """A workbook of the plugin's own rows: it is made, checked to the last row, and goes in whole or not at all.

    ``name`` begins with the plugin's code and stands in addresses, ``title`` is the name of its tab too.
    ``lay(session, values, today)`` lays one row in by an operation, and gives a short name of what it made; RuleBroken,
    with the column as its field, for a row that cannot be.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    lay: Callable[[ScopedSession, Mapping[str, Any], date], str]
    roles: tuple[Role, ...] = (Role.MANAGEMENT, Role.SYSTEM)


@dataclass(frozen=True)
class RowsExport:
    """A table of the plugin's own that can be taken away, as .xlsx and .csv, within what who asks may see.

    ``name`` begins with the plugin's code and stands in addresses.
    ``rows(session, year)`` gives the rows, of all years for None; a cell is a text, a number, a day or nothing.
    """

    name: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[ScopedSession, int | None], Iterable[Sequence[Any]]]


@dataclass(frozen=True)
class WrittenLetter:
    """What a letter says: to whom (the key of a municipality or another party), about what, in which paragraphs.

    ``facts`` are printed after them in a table of two columns.
    """

    addressee_id: int
    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LetterKind:
    """A letter that the azienda writes because of a row of the plugin's own table ``subject``.

    ``offers(session, key, today)`` are those that the row can have now, one for each addressee; the letterhead, who
    signs, the day and the keeping of the file are the core's. The management prepares them.
    """

    subject: str
    code: str
    title: str
    offers: Callable[[ScopedSession, int, date], Sequence[WrittenLetter]]
