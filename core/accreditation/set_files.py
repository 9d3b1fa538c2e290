"""Requirement sets as readable files: a TOML text is checked line by line, whole or nothing; written again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.accreditation.model import Requirement, RequirementSet
from core.accreditation.set_content import DATES, HEAD, TERMS, TEXTS, Read, check, refuse
from core.ground.errors import Finding
from core.ground.readable import KeyLines, Unreadable, table, text_of, value
from core.ground.readable import read as parsed

MAX_BYTES = 256 * 1024
WRITTEN = ("code", "title", "unit_types", *DATES, "legal_source", "verified", *TERMS, "monitoring", "fee")
LISTS = ("windows", "services", "requirements")


OF_MEASURES = Finding(", con il suo codice in [measures]")
HOW = {  # how a value is written in a file
    "unit_types": Finding(", per esempio [\"nido\"]"),
    "valid_from": Finding(", per esempio 2026-01-01, senza virgolette"), "parent": " (kind = \"group\")",
    "measure": OF_MEASURES, "per": OF_MEASURES,
}


class SetLines(KeyLines):
    """How a TOML text speaks: by its own keys, each with its line."""

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
    try:
        text = text_of(content, biggest=MAX_BYTES)
        data = parsed(text)
    except Unreadable as error:
        found.findings.append(refuse(error.finding.message, error.line, **error.finding.values))
        return found
    return check(data, SetLines(text))


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
    parts = ["\n".join(f"{name} = {value(data[name])}" for name in WRITTEN if name in data)]
    parts += [table(f"[measures.{code}]", measure) for code, measure in data.get("measures", {}).items()]
    parts += [table(f"[[{name}]]", row) for name in LISTS for row in data.get(name, ())]
    return "\n\n".join(parts) + "\n"
