"""The duties of information as the file beside this one says them (R154-R157)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

TO: Mapping[str, str] = {
    "region": "Regione", "metropolitan_city": "Città Metropolitana", "municipalities": "Comuni",
    "assembly": "Assemblea e Tavolo Tecnico", "office": "la fonte non lo dice"}


@dataclass(frozen=True)
class DutyKind:
    """A duty: what is owed to whom, when and in which form, what it is drawn from and which table of ours gives it.

    ``rhythm`` is empty where the source says none, ``day`` (month-day) where it gives none. ``every``: of how many
    exercises. ``asks``: it is gathered from the municipalities. ``followed``: the page on which its term is followed
    already, so that no day is asked for it here.
    """

    code: str
    title: str
    to: str
    moments: tuple[str, ...]
    form: str
    rows: str
    source: str
    rhythm: str = ""
    every: int = 1
    file: str = ""
    asks: bool = False
    day: str = ""
    followed: str = ""

    @property
    def recipient(self) -> str:
        """To whom it is owed, in words."""
        return TO[self.to]


@cache
def kinds() -> Mapping[str, DutyKind]:
    """Every duty by its code, in the order of the file."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["duties"]
    return MappingProxyType({row["code"]: DutyKind(**{**row, "moments": tuple(row["moments"])}) for row in told})


def owed(*, begins_three_years: bool) -> Iterator[tuple[DutyKind, str]]:
    """What is owed in an exercise, duty by duty and moment by moment; what is owed once in three, where they begin."""
    for kind in kinds().values():
        if kind.every == 1 or begins_three_years:
            yield from ((kind, moment) for moment in kind.moments)
