"""What the law says of the procedures of an accreditation, as its file states it: terms, laws, appeals."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("procedure.toml")


@dataclass(frozen=True)
class Remedy:
    """Where an act is appealed and within how many days (L. 241/1990, art. 3 c. 4); no extraordinary appeal is 0."""

    court: str
    days: int
    extraordinary: str
    extraordinary_days: int


@lru_cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def observation_days() -> int:
    """The days that the provider has to answer the notice of the reasons (L. 241/1990, art. 10-bis)."""
    return int(_file()["observations"]["days"])


def resume_days() -> int:
    """After how many days from the observations the term of the procedure goes on (L. 241/1990, art. 10-bis)."""
    return int(_file()["observations"]["resume_days"])


def least_memoir_days() -> int:
    """The fewest days that the office may give for memoirs before a suspension or a revocation."""
    return int(_file()["memoirs"]["days"])


def laws(act: str) -> tuple[str, ...]:
    """By which laws an act is taken."""
    [found] = [row["laws"] for row in _file()["acts"] if row["act"] == act]
    return tuple(found)


def remedy(act: str) -> Remedy:
    """Where and until when an act is appealed."""
    [row] = [row for row in _file()["appeals"] if act in row["acts"]]
    return Remedy(row["court"], row["days"], row["extraordinary"], row["extraordinary_days"])
