"""The five blocks of which annexes are built.

A sheet or a plugin says *what* it has to say; how it looks is decided by the styles of the Word
template, so that a manager restyles one file and every annex follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """A heading inside an annex; level 1 is the highest below the annex's own title."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text, or a note in smaller print."""

    text: str
    style: Literal["body", "note"] = "body"


@dataclass(frozen=True)
class Bullets:
    """A list; ``ordered`` numbers the items from 1."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class KeyValues:
    """Label and value pairs, one a row: the facts of a service at a glance."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table with a header row that repeats on every page; ``widths`` are shares of the text width."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] | None = None


Block = Heading | Paragraph | Bullets | KeyValues | Table
