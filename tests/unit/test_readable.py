"""Readable files: each key with its line, whatever its texts look like; a value written is the value read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.ground.readable import KeyLines, parse, table, value

TEXT = '''\
title = "uno"
[head] # [[row]]
text = """
[[row]]
code = "non è una chiave"
"""
after = 1

[[row]]
code = 'a'
[[row]]
list = [
  "x", # code =
]
code = "b"
'''


@pytest.mark.parametrize(("table", "name", "line"), [
    ("", "title", 1), ("head", "", 2), ("head", "text", 3), ("head", "after", 7), ("row.1", "", 9),
    ("row.1", "code", 10), ("row.2", "code", 15), ("row.2", "lacking", 11), ("nowhere", "", 1)])
def test_a_key_has_its_line(table: str, name: str, line: int) -> None:
    assert KeyLines(TEXT).of(table, name) == line


@pytest.mark.parametrize("said", [
    "", "piano", 'con "virgolette" e \\ barre', "due\nrighe", 'a\n"""b"""\nc', "fine\\",
    "C:\\nuovo\ndue\\", "\t\x7f", "è ’ – €", "\nprima",
    True, 0, -3, Decimal("100.00"), Decimal("0.5"), date(2026, 7, 31), ["a", "b\nc"], ["x" * 80, "y" * 80]])
def test_what_is_written_is_read(said: Any) -> None:
    assert parse(f"key = {value(said)}")["key"] == said


def test_a_table_within_a_row_stands_under_its_own_heading_and_rows_within_a_list_on_one_line() -> None:
    data = {"hours": "12", "free": True, "share": Decimal("0.5"), "sites": [{"place": "Dresano", "at": "giovedì, 9"}],
            "by.day": {"lunedì": 3}}
    text = "\n".join([table("[[sheets]]", {"code": "uno", "data": data}), table("[[sheets]]", {"code": "due"})])
    assert text.splitlines()[:3] == ["[[sheets]]", 'code = "uno"', "[sheets.data]"]
    assert parse(text) == {"sheets": [{"code": "uno", "data": data}, {"code": "due"}]}


def test_what_is_not_said_is_left_out() -> None:
    assert table("[a]", {"one": None, "rows": [{"x": 1, "y": None}]}) == "[a]\nrows = [{ x = 1 }]"
