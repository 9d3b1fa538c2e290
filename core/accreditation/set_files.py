"""Requirement sets as readable files: a TOML text is checked line by line, whole or nothing; written again. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.accreditation.model import Requirement, RequirementSet
from core.accreditation.set_content import DATES, HEAD, TERMS, TEXTS, Read, check, refuse
from core.ground.errors import Finding

MAX_BYTES = 256 * 1024
HEADER = re.compile(r"\s*(\[{1,2})\s*([\w.\-]+)\s*\]{1,2}")
KEY = re.compile(r"\s*([\w\-]+)\s*=")
AT_LINE = re.compile(r"at line (\d+)")
WRITTEN = ("code", "title", "unit_types", *DATES, "legal_source", "verified", *TERMS, "monitoring", "fee")
LISTS = ("windows", "services", "requirements")


OF_MEASURES = Finding(", con il suo codice in [measures]")
HOW = {  # how a value is written in a file
    "unit_types": Finding(", per esempio [\"nido\"]"),
    "valid_from": Finding(", per esempio 2026-01-01, senza virgolette"), "parent": " (kind = \"group\")",
    "measure": OF_MEASURES, "per": OF_MEASURES,
}


class KeyLines:
    """How a TOML text speaks: by its own keys, each with its line, by table (the head, ``measures.x``,
    ``requirements.1``) and name."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, str], int] = {}
        table, counted = HEAD, dict[str, int]()
        for number, line in enumerate(text.splitlines(), 1):
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

    def called(self, table: str, name: str) -> str:
        """The key itself; a list of tables as its heading is written."""
        return f"[[{name}]]" if table == HEAD and name in LISTS else name

    def options(self, _name: str, codes: Iterable[str]) -> tuple[str, ...]:
        """The codes, which are what a file holds."""
        return tuple(codes)

    def how(self, name: str) -> object:
        """How a value is written."""
        return HOW.get(name, "")


def read(content: bytes) -> Read:
    """Check a file of requirements to its last line. ``facts`` and ``requirements`` are as the tables want them."""
    found = Read()
    if len(content) > MAX_BYTES:
        found.findings.append(refuse("Il file supera 256 KB: non è un insieme di requisiti.", 1))
        return found
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found.findings.append(refuse("Il file non è testo UTF-8: salvarlo di nuovo con questa codifica.", line))
        return found
    try:
        data = parse(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = AT_LINE.search(str(error))
        line = int(at[1]) if at else len(text.splitlines()) or 1
        found.findings.append(refuse("La riga non si legge: controllare virgolette, uguale e parentesi.", line))
        return found
    if "\x00" in text or any("\x00" in part for part in _strings(data)):
        found.findings.append(refuse("Il file contiene caratteri che non sono testo.", 1))
        return found
    return check(data, KeyLines(text))


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


# --- written again ----------------------------------------------------------------------------------------


def data_of(the_set: RequirementSet) -> dict[str, Any]:
    """A registered set as its file would say it: what goes without saying is left out."""
    lists = {"unit_types": the_set.unit_types.split(","), "monitoring": [k for k in the_set.monitoring.split(",") if k]}
    head = {name: lists.get(name, getattr(the_set, name, None)) for name in WRITTEN}
    codes = {row.id: row.code for row in the_set.requirements}
    return {**{name: value for name, value in head.items() if value is not None},
            "measures": {code: dict(measure) for code, measure in the_set.measures.items()},
            "windows": [{name: date.fromisoformat(day) for name, day in row.items()} for row in the_set.windows],
            "services": [{**row, "price": Decimal(row["price"])} for row in the_set.services],
            "requirements": [_row_of(row, codes) for row in the_set.requirements]}


def _row_of(row: Requirement, codes: Mapping[int, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"code": row.code}
    if row.parent_id is not None:
        told["parent"] = codes[row.parent_id]
    told["title"] = row.title
    if row.kind != "check":
        told["kind"] = row.kind
    for name in ("measure", "per", "limit", "paper", *(name for name in TEXTS if name != "title")):
        if (value := getattr(row, name)) not in ("", None):
            told[name] = value
    if not row.mandatory:
        told["mandatory"] = False
    if row.monitored:
        told["monitored"] = row.monitored.split(",")
    if row.verified:
        told["verified"] = True
    return told


def to_toml(data: Mapping[str, Any]) -> str:
    """A set as a readable file: the head, the figures, the windows, the services, the requirements."""
    parts = ["\n".join(f"{name} = {_value(data[name])}" for name in WRITTEN if name in data)]
    parts += [_table(f"[measures.{code}]", measure) for code, measure in data.get("measures", {}).items()]
    parts += [_table(f"[[{name}]]", row) for name in LISTS for row in data.get(name, ())]
    return "\n\n".join(parts) + "\n"


def _table(header: str, row: Mapping[str, Any]) -> str:
    return "\n".join([header, *(f"{name} = {_value(value)}" for name, value in row.items())])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | int):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")  # a JSON string is one of TOML
