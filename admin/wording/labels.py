"""The words of people, looked up by table and name, by subject and state.

A column is named once for the tables of its subject, and once in ``ground`` for all; ``table.column`` wins. A state is
named with its subject, so that it has the gender and the number of its noun: «contratto approvato», «penale pagata».
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from admin.wording import (
    accreditation,
    allocation,
    cases,
    catalogue,
    contracts,
    controls,
    deadlines,
    disputes,
    documents,
    funding,
    ground,
    instalments,
    parties,
    payments,
    penalties,
    providers,
    register,
    reporting,
    standards,
    usage,
    users,
)
from admin.wording.kinds import Choices, Passages, States, Tables, Word, Words

# in the order in which the filters of the deadlines name their subjects
SUBJECTS = (
    contracts, instalments, parties, providers, penalties, controls, disputes, accreditation, register, catalogue,
    usage, standards, reporting, funding, allocation, payments, deadlines, cases, documents, users, ground,
)
KINDS = ("TABLES", "COLUMNS", "HELPS", "CHOICES", "STATES", "PASSAGES", "EVENTS", "LETTERS", "ASKS",
         "OPTIONS")  # the names a subject may fill


def _all(kind: str) -> Iterator[tuple[str, Any]]:
    """What the subjects say under a name."""
    for subject in SUBJECTS:
        yield from getattr(subject, kind, {}).items()


ROLES: Words = users.ROLES
TABLES: Tables = dict(_all("TABLES"))
STATES: States = dict(_all("STATES"))
PASSAGES: Passages = dict(_all("PASSAGES"))
LETTERS: Words = dict(_all("LETTERS"))
EVENTS: Words = dict(_all("EVENTS"))  # what starts and ends the terms, as the rules name it
CHOICES: Choices = {}
for place, words in _all("CHOICES"):
    CHOICES[place] = {**CHOICES.get(place, {}), **words}  # several subjects add to ``deadline_rule.subject``
for table in ("requirement_check", "inspection_finding", "notice_finding"):
    CHOICES[f"{table}.outcome"] = {code: word for code, (word, _tint) in STATES[table].items()}
CHOICES["deadline_rule.event"] = CHOICES["deadline_rule.expected"] = CHOICES["deadline_rule.cancelled_by"] = EVENTS
CHOICES["deadline.subject"] = CHOICES["event_kind.subject"] = CHOICES["deadline_rule.subject"]
CHOICES["deadline.owner_role"] = CHOICES["deadline_rule.owner_role"]
_SUBJECT_OF = {table: subject for subject in SUBJECTS for table in getattr(subject, "TABLES", {})}
_SUBJECT_OF_LETTER = {letter: subject for subject in SUBJECTS for letter in getattr(subject, "LETTERS", {})}


def _of_column(kind: str, table: str, name: str) -> Word | None:
    """What a column is called: in its table, in the subject of the table, anywhere."""
    for subject in (_SUBJECT_OF.get(table, ground), ground):
        words: Words = getattr(subject, kind, {})
        found = words.get(f"{table}.{name}") or words.get(name)
        if found:
            return found
    return None


def column(table: str, name: str) -> Word:
    """The label of a column; a house test finds those that have none."""
    return _of_column("COLUMNS", table, name) or name


def has_column(table: str, name: str) -> bool:
    """True if the column has a label of its own here."""
    return _of_column("COLUMNS", table, name) is not None


def help_for(table: str, name: str) -> Word:
    """The one-line help of a field, empty if it needs none."""
    return _of_column("HELPS", table, name) or ""


def choice(table: str, name: str, value: Any) -> Word:
    """The word for a coded value, the value itself if it is free text."""
    return CHOICES.get(f"{table}.{name}", {}).get(value, value)


def is_coded(table: str, name: str) -> bool:
    """True for a column that holds words of the program's own."""
    return f"{table}.{name}" in CHOICES


def state(subject: str, code: str) -> Word:
    """The word for a state of a subject, which is a table or something else that has a badge."""
    return state_and_tint(subject, code)[0]


def state_and_tint(subject: str, code: str) -> tuple[Word, str]:
    """The word for a state and the tint of its badge."""
    return STATES.get(subject, {}).get(code, (code, "grey"))


def states(subject: str, codes: Iterable[str]) -> list[tuple[str, Word]]:
    """States of a subject with their words, for a filter."""
    return [(str(code), state(subject, code)) for code in codes]


def letter(code: str) -> Word:
    """What a letter is called; a house test finds those that have no name."""
    return LETTERS[code]


def asked(code: str, name: str) -> tuple[Word, Word]:
    """The label and the help of something that a letter asks."""
    found: tuple[Word, Word] = _of_letter("ASKS", code, name)
    return found


def options(code: str, name: str) -> Words:
    """The words of the options among which a letter lets choose."""
    found: Words = _of_letter("OPTIONS", code, name)
    return found


def _of_letter(kind: str, code: str, name: str) -> Any:
    """What the subject of a letter says of something asked: for this letter alone, or for all of its letters."""
    words = getattr(_SUBJECT_OF_LETTER[code], kind, {})
    return words[f"{code}.{name}"] if f"{code}.{name}" in words else words[name]
