"""Files that were chosen with a form that was refused: kept for a while, for the same person, until it is sent right.

They are no documents: nothing of the office points to them, and after two days they go.
"""

from __future__ import annotations

from core.ground import clock
from core.ground.errors import NotVisible
from core.ground.files import FileStore, sha256

FOLDER = "chosen"
LASTS = 2 * 24 * 60 * 60  # seconds
DIGEST = 64


def keep(store: FileStore, whose: str, content: bytes) -> str:
    """Keep a content for ``whose``; its SHA-256, by which it is found. What has lain too long goes."""
    _sweep(store)
    digest = sha256(content)
    store.put(_path(whose, digest), content)
    return digest


def get(store: FileStore, whose: str, digest: str) -> bytes:
    """What ``whose`` chose. NotVisible for what is not there, or is another's."""
    return store.get(_path(whose, digest))


def _path(whose: str, digest: str) -> str:
    if len(digest) != DIGEST or not digest.isalnum():
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
    return f"{FOLDER}/{sha256(f'{whose} {digest}'.encode())}"


def _sweep(store: FileStore) -> None:
    oldest = clock.now().timestamp() - LASTS
    folder = store.root / FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:  # another was quicker
            continue
