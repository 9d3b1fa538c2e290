"""The text of a file that another program wrote: in whatever encoding it comes."""

from __future__ import annotations


def decoded(content: bytes) -> str | None:
    """The text of a file: UTF-8 or UTF-16 where it says so or is so, else what Excel saves on an Italian PC.

    None for what is no text.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\x00" in content[:200]:
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return None if "\x00" in text else text
