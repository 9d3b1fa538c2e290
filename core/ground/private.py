"""What the program writes is its own: folders of mode 700, files of mode 600. On Windows the user's folder sees to it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
ALONE = stat.S_IRWXU
OURS = ("patto.sqlite3", "secret_key", "documents", "audit_heads.jsonl")  # by one of these a data directory is known


def folder(path: Path) -> None:
    """Make the folder, and let nobody else into it; what this process makes from here on is closed to others too.

    A folder that was there is closed if it is empty or holds our data: somebody else's stays as it is.
    """
    os.umask(OTHERS)
    path.mkdir(parents=True, exist_ok=True)
    if open_to_others(path) and _is_ours(path):
        path.chmod(ALONE)


def keep_once(path: Path, content: str) -> None:
    """Write a secret aside and give it its name whole: two processes that start together read the same one."""
    aside = _aside(path, content)
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass  # the process beside this one was first
    finally:
        aside.unlink()


def replace(path: Path, content: str) -> None:
    """Write a file aside and put it whole in the place of the one that is there."""
    _aside(path, content).replace(path)


def _aside(path: Path, content: str) -> Path:
    aside = path.with_name(f".{path.name.removeprefix('.')}-{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    return aside


def open_to_others(path: Path) -> bool:
    """True if another user of the machine may read, write or enter."""
    return os.name == "posix" and bool(path.stat().st_mode & OTHERS)


def _is_ours(path: Path) -> bool:
    held = {one.name for one in path.iterdir()}
    return path.stat().st_uid == os.geteuid() and (not held or not held.isdisjoint(OURS))
