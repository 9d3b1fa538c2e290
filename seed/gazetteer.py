"""How ``gazetteer.csv`` is made: the comuni of Italy, from the list of ISTAT and the archive of the national register.

    python -m seed.gazetteer ISTAT.csv 2024-12-04 ARCHIVE.json 2026-05-08

The first is ISTAT's own «Elenco dei comuni italiani», as it publishes it; the second the archive of municipalities of
ANPR, since 1861, as the package ``python-codicefiscale`` ships it (``codicefiscale/data/municipalities.json``); each
with the day of the copy. Both are CC BY 4.0. Names, provinces and codes are ISTAT's; what it does not know yet, and
what has ceased since 1990, is the archive's. Neither names the successor of a comune that has ceased.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from core.ground.paths import SEED

FILE = SEED / "gazetteer.csv"
HEADS = ("cadastral", "istat", "name", "other", "province", "former", "since", "until")
CEASED_SINCE = "1990"
OTHER, PROVINCE, CADASTRAL = "Denominazione altra lingua", "Sigla automobilistica", "Codice Catastale del comune"
CODE, NAME = "Codice Comune formato alfanumerico", "Denominazione in italiano"
FORMER = ("Codice Comune numerico con 110 province", "Codice Comune numerico con 107 province",
          "Codice Comune numerico con 103 province")


def rows(listed: bytes, listed_on: date, archive: bytes) -> Iterator[tuple[str, ...]]:
    """The comuni of today, then those that have ceased, each by name."""
    istat = {row[CADASTRAL]: row for row in _listed(listed)}
    first: dict[str, str] = {}
    last: dict[str, Mapping[str, str]] = {}
    for row in sorted(json.loads(archive), key=lambda row: str(row["date_created"])):
        first.setdefault(row["code"], row["date_created"][:10])
        last[row["code"]] = row
    living = [_living(row, first[code], istat.get(code), listed_on) for code, row in last.items() if row["active"]]
    ceased = [(code, "", row["name"], row["name_alt"], row["province"], "", "", row["date_deleted"][:10])
              for code, row in last.items() if not row["active"] and row["date_deleted"] >= CEASED_SINCE]
    yield from sorted(living, key=lambda row: (row[2], row[0]))
    yield from sorted(ceased, key=lambda row: (row[2], row[0]))


def _listed(content: bytes) -> Iterator[dict[str, str]]:
    """The rows of ISTAT's file, whose heads hold the years to which they refer."""
    reader = csv.reader(content.decode("cp1252").splitlines(keepends=True), delimiter=";")
    heads = [" ".join(head.split()).partition(" (")[0] for head in next(reader)]
    for cells in reader:
        if cells and cells[0]:
            yield dict(zip(heads, map(str.strip, cells), strict=False))


def _living(kept: Mapping[str, str], first: str, row: Mapping[str, str] | None, listed_on: date) -> tuple[str, ...]:
    """A comune of today: as ISTAT calls it, unless it was born or got another name since."""
    since = first if first >= CEASED_SINCE else ""
    named = (kept["name"], kept["name_alt"]) if row is None or kept["date_created"] > f"{listed_on}T" else (
        row[NAME], row[OTHER])
    if row is None:
        return (kept["code"], "", *named, kept["province"], "", since, "")
    former = sorted({row[head].zfill(6) for head in FORMER if row.get(head)} - {row[CODE]})
    return (kept["code"], row[CODE], *named, row[PROVINCE], " ".join(former), since, "")


def main(listed: str, listed_on: str, archive: str, archive_on: str) -> None:
    """Write the file, its two days at its head."""
    first, second = date.fromisoformat(listed_on), date.fromisoformat(archive_on)
    with FILE.open("w", encoding="utf-8", newline="") as target:
        target.write(f"# Elenco ISTAT, archivio ANPR (CC BY 4.0): {first} {second}\n")
        writer = csv.writer(target, delimiter=";", lineterminator="\n")
        writer.writerow(HEADS)
        writer.writerows(rows(Path(listed).read_bytes(), first, Path(archive).read_bytes()))


if __name__ == "__main__":
    main(*sys.argv[1:5])
