"""Whoever fills a workbook reads Italian words, the same as on the pages; codes are for the readable file."""

from __future__ import annotations

import re

import pytest

import core.registrations  # noqa: F401 - the subjects tell the engines of themselves by it
from admin.wording import labels
from core.deadlines.facts import SOURCES, WITH_DIARY
from core.imports.start import bodies, conditions, events
from core.imports.subjects import IMPORTS
from core.tables.cells import Cell, CellKind, Column, read_cell
from core.tables.workbook import _validation

COLUMNS = {f"{sheet.name}.{column.name}": column
           for known in IMPORTS.values() for sheet in known.sheets for column in sheet.columns}
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")


@pytest.mark.parametrize(("written", "asked"), [
    ({code: str(word) for code, word in labels.CHOICES["deadline_rule.subject"].items() if code in SOURCES},
     events.SUBJECTS),
    ({code: str(word) for code, word in labels.CHOICES["instalment_rule.event"].items()}, conditions.EVENTS),
    ({code: str(word) for code, word in labels.CHOICES["body.owner"].items()},
     dict(COLUMNS["bodies.owner"].choices)),
], ids=["subjects", "events", "owners"])
def test_a_choice_is_called_in_a_workbook_as_on_the_pages(written, asked):
    assert asked == written


def test_events_are_recorded_where_there_is_a_diary():
    assert frozenset(WITH_DIARY) == events.WITH_DIARY


@pytest.mark.parametrize("place", sorted(COLUMNS))
def test_no_help_asks_for_the_codes_of_the_program(place: str):
    """A code of the office's own stands as an example; the words of a fixed list are a choice."""
    assert not CODE.findall(COLUMNS[place].help), COLUMNS[place].help


@pytest.mark.parametrize(("cell", "value"), [
    ("Azienda", "azienda"), ("azienda", "azienda"), (" altro  ente", "external"), ("dresano", "dresano")])
def test_a_choice_with_others_takes_its_words_its_codes_and_what_the_office_defines(cell, value):
    assert read_cell(COLUMNS["bodies.owner"], Cell(cell)) == value


def test_excel_offers_the_words_of_a_choice_with_others_and_refuses_nothing():
    assert bodies.BODIES_SHEET.columns[3].others
    assert _validation(COLUMNS["bodies.owner"]) == {
        "validate": "list", "source": ["Azienda", "Distretto", "Altro ente"], "show_error": False}
    closed = Column("kind", "Tipo", CellKind.CHOICE, choices={"a": "Uno"})
    assert (_validation(closed) or {})["error_title"] == "Voce non prevista"
