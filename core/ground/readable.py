"""Readable files: a TOML text read exactly, each of its keys with its line, and written again. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.ground.errors import Finding

HEADER = re.compile(r"\s*(\[{1,2})\s*([\w.\-]+)\s*\]{1,2}")
KEY = re.compile(r"\s*([\w\-]+)\s*=")
BARE = re.compile(r"[A-Za-z0-9_-]+")
AT_LINE = re.compile(r"at line (\d+)")
TEXTS = re.compile(  # what may hold a line that only looks like a heading or a key: a text, or what follows a #
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
BIGGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Unreadable(Exception):
    """Why a file cannot be read, and at which of its lines, from 1."""

    finding: Finding
    line: int


def text_of(content: bytes, *, biggest: int = BIGGEST) -> str:
    """The text of a file. Unreadable for more than ``biggest`` bytes, or for what is not UTF-8."""
    if len(content) > biggest:
        raise Unreadable(Finding("Il file è troppo grande: al più %(most)s KB.", {"most": biggest // 1024}), 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(Finding("Il file non è testo UTF-8: salvarlo di nuovo con questa codifica."),
                         content[: error.start].count(b"\n") + 1) from error


def read(text: str) -> dict[str, Any]:
    """What a TOML text says, numbers exact. Unreadable, with its line, for what is none."""
    try:
        data = parse(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = AT_LINE.search(str(error))
        raise Unreadable(Finding("La riga non si legge: controllare virgolette, uguale e parentesi."),
                         int(at[1]) if at else len(text.splitlines()) or 1) from error
    if "\x00" in text or any("\x00" in part for part in _strings(data)):
        raise Unreadable(Finding("Il file contiene caratteri che non sono testo."), 1)
    return data


def parse(text: str) -> dict[str, Any]:
    """What a TOML text says, numbers exact; tomllib's error for what is none."""
    return tomllib.loads(text, parse_float=Decimal)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


class KeyLines:
    """The lines of a TOML text, by table (empty for the head, ``measures.x``, ``requirements.1``) and key."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, str], int] = {}
        table, counted = "", dict[str, int]()
        for number, line in enumerate(_without_texts(text).splitlines(), 1):
            if header := HEADER.match(line):
                table = header[2]
                if header[1] == "[[":
                    counted[table] = counted.get(table, 0) + 1
                    table = f"{table}.{counted[table]}"
                self._at.setdefault((table, ""), number)
            elif key := KEY.match(line):
                self._at.setdefault((table, key[1]), number)

    def of(self, table: str, name: str = "") -> int:
        """The line of a key; that of its table where the key is not there; the first."""
        return self._at.get((table, name)) or self._at.get((table, ""), 1)


def _without_texts(text: str) -> str:
    """The text with its strings emptied, line for line."""
    return TEXTS.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)


# --- written again ----------------------------------------------------------------------------------------


def table(header: str, row: Mapping[str, Any]) -> str:
    """A table under its heading, a key a line; what is a table itself follows under a heading of its own."""
    lines = [f"{_key(name)} = {value(found)}" for name, found in row.items()
             if found is not None and not isinstance(found, Mapping)]
    within = [table(f"[{header.strip('[]')}.{_key(name)}]", found) for name, found in row.items()
              if isinstance(found, Mapping)]
    return "\n".join([header, *lines, *within])


def value(found: Any) -> str:
    """A value as a TOML text writes it; a text of several lines keeps them."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, date):
        return found.isoformat()
    if isinstance(found, Decimal | int):
        return f"{found:f}" if isinstance(found, Decimal) else str(found)
    if isinstance(found, Mapping):
        said = {name: part for name, part in found.items() if part is not None}
        return f"{{ {', '.join(f'{_key(name)} = {value(part)}' for name, part in said.items())} }}"
    if isinstance(found, list | tuple):
        one = f"[{', '.join(map(value, found))}]"
        return one if len(one) < 100 else "[\n    " + ",\n    ".join(map(value, found)) + ",\n]"
    lines = [_quoted(line) for line in str(found).split("\n")]
    return f'"{lines[0]}"' if len(lines) == 1 else '"""\n' + "\n".join(lines) + '"""'


def _key(name: str) -> str:
    """A name as it stands before the sign of equality: quoted, unless it is of letters and digits alone."""
    return name if BARE.fullmatch(name) else f'"{_quoted(name)}"'


def _quoted(line: str) -> str:
    """A line as it stands between the quotes: a JSON string is one of TOML."""
    return json.dumps(line, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007F")
