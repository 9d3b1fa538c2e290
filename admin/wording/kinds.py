"""What a file of words holds, for the type checker and for whoever writes one."""

from __future__ import annotations

from typing import Any

Word = Any  # a lazy string: it takes the reader's language when it is shown
Words = dict[str, Word]
Tables = dict[str, tuple[Word, Word]]  # table: (a name with its article, for sentences; a name for headings)
Choices = dict[str, Words]  # table.column: code: word
States = dict[str, dict[str, tuple[Word, str]]]  # subject: state: (word, tint)
Asks = dict[str, tuple[Word, Word]]  # what a letter asks, or letter.ask where one alone says it so: (label, help)
Passages = dict[str, Words]  # case: action: what happened, with %(day)s
