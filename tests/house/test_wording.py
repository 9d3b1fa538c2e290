"""The files of words have the same names, and every state a person may meet has its word."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

import core.models
import core.registrations
from admin.wording import labels
from core.cases.letters import LETTERS, Asked
from core.ground.access import Role
from core.ground.db import Base
from core.register.states import PublicState
from tests.proofs import lives

OWN = {"ROLES", "AREAS"}  # words that one subject alone has
# the register copies what became of an accreditation: no passage of its own moves these rows
TOLD = {"register_entry": PublicState, "register_state": PublicState}
STATES = {model.__tablename__: states for _life, model, states in lives.LIVES.values()} | TOLD
HISTORY = {"audit_entry", "audit_seal", "audit_voice"}  # it is told in sentences: nobody reads its rows
# what the program writes for itself: a page that shows some of it names it there
OF_ANY_TABLE = {"id", "version"}
OF_THE_PROGRAM = {
    "contract_document", "counter", "document", "document_signature", "idempotency_key", "outbox_message",
}
DECLARED = {letter: asked for asks, _offers, _written in LETTERS.values() for letter, asked in asks.items()}


def test_the_files_of_words_have_the_same_names() -> None:
    for subject in labels.SUBJECTS:
        names = {name for name in vars(subject) if name.isupper()}
        assert names - {*labels.KINDS, *OWN} == set(), subject.__name__


def test_a_table_and_a_column_are_named_in_one_file() -> None:
    """Of a table its own subject speaks; only the events and the subjects of the deadlines are said by several."""
    tables = [table for subject in labels.SUBJECTS for table in getattr(subject, "TABLES", {})]
    assert len(tables) == len(set(tables))
    for subject in labels.SUBJECTS:
        for kind in ("COLUMNS", "HELPS"):
            strange = {key for key in getattr(subject, kind, {}) if "." in key
                       and key.split(".")[0] not in getattr(subject, "TABLES", {})}
            assert strange == set(), f"{subject.__name__}.{kind}"


def core_tables() -> dict[str, Table]:
    """The tables of the core: those of a plugin, which another test may have loaded, are the plugin's to name."""
    others = {row.local_table.name for row in Base.registry.mappers if not row.class_.__module__.startswith("core.")}
    return {name: table for name, table in core.models.metadata.tables.items() if name not in others}


def test_every_table_has_a_name() -> None:
    tables = set(core_tables())
    where = "the history and the headings name it by TABLES of admin/wording/<subject>.py"
    assert (tables - set(labels.TABLES), set(labels.TABLES) - tables) == (HISTORY, set()), where


def test_every_column_that_people_read_has_a_word() -> None:
    shown = [table for name, table in core_tables().items() if name not in HISTORY | OF_THE_PROGRAM]
    without = {f"{table.name}.{column.name}" for table in shown for column in table.columns
               if column.name not in OF_ANY_TABLE and not column.info.get("derived")
               and not labels.has_column(table.name, column.name)}
    assert not without, "the history tells of its changes: COLUMNS of admin/wording/<subject>.py"


def test_every_table_that_has_a_state_is_known_here() -> None:
    tables = core_tables()
    where = "each life stands in LIVES of tests/proofs/lives.py"
    assert {name for name, table in tables.items() if "state" in table.columns} == set(STATES), where


@pytest.mark.parametrize("table", sorted(STATES))
def test_every_state_has_a_word(table: str) -> None:
    assert set(STATES[table]) - set(labels.STATES[table]) == set()


def test_every_role_has_a_word() -> None:
    assert set(labels.ROLES) == set(Role)


def test_every_letter_has_a_name() -> None:
    where = "a letter that letters_of registers has its name in LETTERS of admin/wording/<subject>.py, and no other"
    assert (DECLARED.keys() - labels.LETTERS.keys(), labels.LETTERS.keys() - DECLARED.keys()) == (set(), set()), where


def without_a_word(letter: str, ask: Asked) -> list[str]:
    """What a person would not be told of something that a letter asks."""
    try:
        labels.asked(letter, ask.name)
        words = labels.options(letter, ask.name) if ask.options else {}
    except KeyError as error:
        return [str(error)]
    return sorted(set(ask.options) - set(words))


def test_everything_that_a_letter_asks_has_a_label() -> None:
    named = {letter: asks for letter, asks in DECLARED.items() if letter in labels.LETTERS}
    found = {f"{letter}.{ask.name}": lacking for letter, asks in named.items() for ask in asks
             if (lacking := without_a_word(letter, ask))}
    assert found == {}, "label and help stand in ASKS of admin/wording/<subject>.py, the words of options in OPTIONS"


def test_a_letter_is_named_in_one_file() -> None:
    letters = [letter for subject in labels.SUBJECTS for letter in getattr(subject, "LETTERS", {})]
    assert len(letters) == len(set(letters))
