"""How the backups stand: when the last one succeeded, when one failed and why. A file of the data directory, no row.

A backup that is restored must not tell of those before it, and a database that is full or away must not keep a failure
from being told.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from core.ground import clock, private
from core.ground.errors import Finding

FILE = ".ultimo-salvataggio.json"
OLD = timedelta(days=2)


@dataclass(frozen=True)
class Standing:
    """When the last good backup was made and where it lies; when one failed since, and why.

    ``homeless``: one was due, and the settings name no folder for those of the nights.
    """

    good_at: datetime | None = None
    file: str = ""
    failed_at: datetime | None = None
    reason: str = ""
    homeless: bool = False


def standing(folder: Path) -> Standing:
    """What is known of the backups of an installation; nothing where none was tried."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Standing(_instant(said["good_at"]), said["file"], _instant(said["failed_at"]), said["reason"],
                        said.get("homeless", False))
    except (OSError, ValueError, KeyError, TypeError):
        return Standing()


def succeeded(folder: Path, file: Path) -> None:
    """Write down that a backup was made."""
    _write(folder, Standing(clock.now(), str(file)))


def failed(folder: Path, reason: str) -> None:
    """Write down that one could not be made."""
    _write(folder, replace(standing(folder), failed_at=clock.now(), reason=reason, homeless=False))


def without_a_home(folder: Path) -> None:
    """Write down that one was due and no folder is named for it: that is not a failure, nobody has asked for any."""
    _write(folder, replace(standing(folder), failed_at=None, reason="", homeless=True))


def remark(found: Standing, now: datetime) -> Finding | None:
    """What is to be said of the backups: one failed, none has a place, the last is old; None if all is well."""
    if found.failed_at is not None:
        return Finding("L'ultimo salvataggio non è riuscito. %(reason)s Il programma riprova ogni ora; si può "
                       "anche eseguire subito «patto backup».", {"reason": found.reason})
    if found.homeless:
        return Finding("Di notte non si fanno salvataggi: chi ha installato Patto indichi una cartella con "
                       "PATTO_BACKUP_DIR, su un altro disco.")
    if found.good_at is not None and is_old(found, now):
        return Finding("L'ultimo salvataggio riuscito è del %(day)s, troppo vecchio: controllare che il lavoro "
                       "notturno («patto serve» o «patto worker») giri, oppure eseguire «patto backup».",
                       {"day": f"{found.good_at.astimezone(clock.ROME):%d/%m/%Y}"})
    return None


def is_old(found: Standing, now: datetime) -> bool:
    """True if there is no good backup of the last two days."""
    return found.good_at is None or now - found.good_at > OLD


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _write(folder: Path, found: Standing) -> None:
    private.replace(folder / FILE, json.dumps(asdict(found), default=str, ensure_ascii=False))
