"""The backup of each night: into the folder of the settings, by the worker; the newest stay, and one of each month.

What is due is seen on the disk: without a backup of today in the folder one is made, and one that failed is tried again
after an hour. So a night that was missed is made up for in the morning, and a restart makes none twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from admin.command.backup.archive import PLAIN, SECRET, Alive
from admin.command.backup.place import in_words
from core.ground import backups, clock
from core.ground.errors import RuleBroken
from core.ground.settings import Settings

log = logging.getLogger("patto.backup")
NAME = re.compile(rf"patto-(\d{{4}}-\d\d-\d\d)({re.escape(SECRET)}|{re.escape(PLAIN)})")
NEWEST = 14  # nights
MONTHLY = 12  # months, of each its first backup
PATIENCE = timedelta(hours=1)


def night(settings: Settings, alive: Alive) -> None:
    """Make the backup of today if it is due, and let old ones go. What fails is written down, and told on the home."""
    today, found = clock.today(), backups.standing(settings.data_dir)
    if found.failed_at is not None and clock.now() - found.failed_at < PATIENCE:
        return
    try:
        if settings.backup_dir is None:
            _miss(settings, found)
        else:
            _make(settings, settings.backup_dir, today, alive)
    except RuleBroken as refusal:  # a setting, a folder, a full disk: said in words, with no trace of the program
        log.error("the backup of the night failed: %s", refusal)
        backups.failed(settings.data_dir, str(refusal))
    except Exception as error:
        log.exception("the backup of the night failed")
        backups.failed(settings.data_dir, f"{error!r}.")


def _miss(settings: Settings, found: backups.Standing) -> None:
    """Where real data live and no folder is named: said once, and told on the home until there is a backup."""
    if settings.production and backups.is_old(found, clock.now()) and not found.homeless:
        log.warning("no backup is made at night: PATTO_BACKUP_DIR names no folder")
        backups.without_a_home(settings.data_dir)


def _make(settings: Settings, folder: Path, today: date, alive: Alive) -> None:
    target = folder / f"patto-{today:%Y-%m-%d}"
    with in_words(target):
        if folder.parent.is_dir():
            folder.mkdir(exist_ok=True, mode=0o700)
        if today in made(folder):
            return
    from admin.command.backup.make import make  # with all that it needs, once a day

    make(settings, target, key=settings.backup_key, alive=alive)
    there = made(folder)
    for day in there.keys() - kept(there):
        there[day].unlink()


def made(folder: Path) -> dict[date, Path]:
    """The backups of the nights in ``folder``, by day, the oldest first."""
    here = folder.iterdir() if folder.exists() else ()
    found = ((NAME.fullmatch(path.name), path) for path in here)
    return dict(sorted((date.fromisoformat(name[1]), path) for name, path in found if name))


def kept(days: Iterable[date]) -> set[date]:
    """Those of ``days`` whose backups stay: the newest, and the first of each of the last months that have one."""
    newest = sorted(days, reverse=True)
    first = {(day.year, day.month): day for day in newest}  # the earliest comes last
    return {*newest[:NEWEST], *list(first.values())[:MONTHLY]}
