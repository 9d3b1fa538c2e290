"""How the heads outside stand: what could not be sent and why, what the last verification found. A file, no row.

It lies in the data directory, as what is known of the backups does: a database that was tampered with, or is away, must
not keep it from being told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from core.ground import clock, private
from core.ground.errors import Finding

FILE = ".teste-della-storia.json"
TOLD = ("message", "values")  # of a remark
MAKING, PLACE, AUTHORITY = "making", "folder", "stamp"  # what may fail


@dataclass(frozen=True)
class Failure:
    """Since when something fails, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Verified:
    """The last verification: when, up to which entry, against which newest head from outside (empty: none)."""

    at: datetime
    number: int
    outside: str
    wrong: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class HeadsStanding:
    """What is known: failures by what fails, and the last verification."""

    failures: dict[str, Failure] = field(default_factory=dict)
    verified: Verified | None = None


def standing(folder: Path) -> HeadsStanding:
    """What is known of the heads of an installation."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        failures = {what: Failure(datetime.fromisoformat(one["at"]), str(one["reason"]))
                    for what, one in said["failures"].items()}
        return HeadsStanding(failures, _verified(said["verified"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return HeadsStanding()


def _verified(said: dict[str, Any] | None) -> Verified | None:
    if said is None:
        return None
    wrong, notes = (tuple(Finding(**{name: one[name] for name in TOLD}) for one in said[kind])
                    for kind in ("wrong", "notes"))
    return Verified(datetime.fromisoformat(said["at"]), int(said["number"]), str(said["outside"]), wrong, notes)


def succeeded(folder: Path, what: str) -> None:
    """Write down that something works (again)."""
    known = standing(folder)
    if what in known.failures:
        left = {name: one for name, one in known.failures.items() if name != what}
        _write(folder, replace(known, failures=left))


def failed(folder: Path, what: str, reason: str) -> None:
    """Write down that something did not work, with the reason."""
    known = standing(folder)
    _write(folder, replace(known, failures={**known.failures, what: Failure(clock.now(), reason)}))


def verified(folder: Path, found: Verified) -> None:
    """Write down what a verification found."""
    _write(folder, replace(standing(folder), verified=found))


FAILED = {
    MAKING: Finding("La testa della storia di oggi non si è potuta scrivere. %(reason)s Il programma riprova ogni "
                    "ora."),
    PLACE: Finding("Le teste della storia non arrivano nella cartella in cui altri le custodiscono. %(reason)s Il "
                   "programma riprova ogni ora."),
    AUTHORITY: Finding("La marca temporale sulla testa della storia non si è potuta chiedere. %(reason)s Il programma "
                       "riprova ogni ora."),
}


def remarks(found: HeadsStanding) -> Iterator[Finding]:
    """What is to be said of the heads: what does not work, and what the last verification found."""
    yield from failing(found.failures)
    if found.verified is not None and found.verified.wrong:
        yield Finding("La verifica della storia del %(day)s ha trovato %(count)s cose che non tornano: leggerle nella "
                      "pagina Sistema e avvisare chi custodisce le teste.",
                      {"day": f"{found.verified.at.astimezone(clock.ROME):%d/%m/%Y}",
                       "count": len(found.verified.wrong)})


def failing(failures: Mapping[str, Failure]) -> Iterator[Finding]:
    """What does not work, in words."""
    for what, failure in sorted(failures.items()):
        if what in FAILED:
            yield replace(FAILED[what], values={"reason": failure.reason})


def _write(folder: Path, found: HeadsStanding) -> None:
    private.replace(folder / FILE, json.dumps(asdict(found), default=str, ensure_ascii=False))
