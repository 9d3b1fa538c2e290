"""The Italian words of core/register: tables, columns, helps, coded choices, states, passages, events of deadlines."""

from __future__ import annotations

from typing import Any

Word = Any  # a lazy string: it takes the reader's language when it is shown

# table: (a name with its article, for sentences; a name for headings)
TABLES: dict[str, tuple[Word, Word]] = {}
COLUMNS: dict[str, Word] = {}
HELP: dict[str, Word] = {}
CHOICES: dict[str, dict[str, Word]] = {}
# state: (word, tint)
STATES: dict[str, tuple[Word, str]] = {}
# case: action: what happened, with %(day)s
PASSAGES: dict[str, dict[str, Word]] = {}
EVENTS: dict[str, Word] = {}
