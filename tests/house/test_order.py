"""Words are sorted in one way: what ``order_by`` is told of a column of words goes through ``in_order``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sqlalchemy import String

from core.ground.db import Base
from core.ground.paths import ROOT
from tests.house.test_code import nodes, sources

KINDS = {mapper.class_.__name__: mapper for mapper in Base.registry.mappers}


def words_in(node: ast.AST) -> Iterator[ast.Attribute]:
    """The columns of words that are named outside of ``in_order``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "in_order":
        return
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and is_words(node.value.id, node.attr):
        yield node
    for part in ast.iter_child_nodes(node):
        yield from words_in(part)


def is_words(kind: str, name: str) -> bool:
    """True for a column of words that is not folded already."""
    attributes = KINDS[kind].column_attrs if kind in KINDS else {}
    column = attributes[name].columns[0] if name in attributes else None
    return column is not None and isinstance(column.type, String) and "derived" not in getattr(column, "info", {})


def test_words_are_sorted_in_one_way():
    unsorted = [
        f"{path.relative_to(ROOT)}:{found.lineno} {ast.unparse(found)}"
        for folder in ("core", "admin", "plugins") for path in sources(folder)
        for node in nodes(path, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "order_by"
        for part in node.args for found in words_in(part)
    ]
    assert not unsorted, "two databases would put them in two orders: in_order(...)"
    assert is_words("Municipality", "name") and not is_words("Municipality", "searched") and not is_words("Act", "date")
