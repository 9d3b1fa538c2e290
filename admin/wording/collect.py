"""What ``make catalogue`` collects beside what is said in a call: the sentences that imports declare of themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python

# of an import and of what it is made of: the texts that a page shows, by the order in which they are given
DECLARED = {"Import": ("name", "title", "about"), "Sheet": ("name", "title", "columns", "about"),
            "Column": ("name", "label", "kind", "required", "help"), "_some": ("name", "title", "about")}
SHOWN = frozenset({"about", "help"})
TITLED = frozenset({"Import", "_some"})  # the tab of a workbook is no text of a page
Found = tuple[int, Any, Any, Any]  # line, function, texts, comments


def declared(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """As Babel collects a Python file, and besides it what imports, sheets and columns say of themselves."""
    text = file.read()
    yield from extract_python(BytesIO(text), keywords, comment_tags, options)
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in DECLARED:
            shown = SHOWN | {"title"} if call.func.id in TITLED else SHOWN
            given = dict(zip(DECLARED[call.func.id], call.args, strict=False))
            given |= {one.arg: one.value for one in call.keywords if one.arg}
            for name, value in given.items():
                if name in shown and isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    yield value.lineno, None, value.value, []
