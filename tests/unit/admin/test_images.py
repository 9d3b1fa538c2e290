"""A logo is believed by its content."""

from __future__ import annotations

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage

from admin.web.images import read_logo
from core.ground.errors import RuleBroken

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + (20).to_bytes(2) + (30).to_bytes(2) + b"\x03" * 12


def png(width: int, height: int) -> bytes:
    header = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR"
    return header + width.to_bytes(4) + height.to_bytes(4) + b"\x08" + b"\x00" * 20


def upload(content: bytes) -> FileStorage:
    return FileStorage(BytesIO(content), filename="a.txt")


def test_a_png_and_a_jpeg_are_kept_under_a_name_made_from_their_content() -> None:
    assert read_logo(upload(png(10, 10))).path.endswith(".png")
    assert read_logo(upload(JPEG)).path.endswith(".jpg")


@pytest.mark.parametrize("content", [
    b"", b"<svg/>", b"GIF89a", png(0, 10), png(5000, 10), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0",
    b"\xff\xd8\xff" + b"\x00" * 40, png(10, 10) + b"0" * 1_100_000,
])
def test_anything_else_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(RuleBroken):
        read_logo(upload(content))


def test_nothing_chosen_is_said() -> None:
    with pytest.raises(RuleBroken, match="Scegliere un file"):
        read_logo(None)
