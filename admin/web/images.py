"""A logo that somebody uploads: believed by its content, never by its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from core.ground.errors import RuleBroken

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 4000
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True)
class Logo:
    """The bytes of a logo and its place in the data directory, named by its content."""

    path: str
    content: bytes


def read_logo(upload: FileStorage | None) -> Logo:
    """The uploaded logo. RuleBroken if there is none, it is no PNG or JPEG, or it is too big."""
    content = upload.read(MAX_BYTES + 1) if upload else b""
    if not content:
        raise RuleBroken("Scegliere un file con il logo.", field="logo")
    if len(content) > MAX_BYTES:
        raise RuleBroken("Il logo supera 1 MB: ridurlo e riprovare.", field="logo")
    if content.startswith(PNG):
        suffix, size = "png", _png_size(content)
    elif content.startswith(JPEG):
        suffix, size = "jpg", _jpeg_size(content)
    else:
        raise RuleBroken("Il logo deve essere un'immagine PNG o JPEG.", field="logo")
    if size is None or not all(0 < side <= MAX_PIXELS for side in size):
        raise RuleBroken("L'immagine è rovinata o supera %(count)s pixel di lato: sceglierne un'altra.", field="logo",
                         count=MAX_PIXELS)
    return Logo(f"logo/{hashlib.sha256(content).hexdigest()[:16]}.{suffix}", content)


def _png_size(content: bytes) -> tuple[int, int] | None:
    if len(content) < 33 or content[12:16] != b"IHDR":
        return None
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walk the segments until the one that carries the size."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker in JPEG_SIZES:
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + length
    return None
