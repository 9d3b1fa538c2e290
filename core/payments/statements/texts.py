"""The texts of a bank: cleaned, joined from the pieces in which they come, and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from core.ground.names import folded

CUTS = (35, 140)  # where banks cut a text into pieces: a line of the old formats, a whole field of SEPA
NOTHING = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTAVAILABLE", "N.D.", "ND"})
UNSEEN = ("Cc", "Cf", "Cs")
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def clean(text: str) -> str:
    """One line, its blanks single, without what does not print."""
    seen = (c if c.isspace() or unicodedata.category(c) not in UNSEEN else "" for c in text)
    return " ".join("".join(seen).split())


def told(text: str) -> str:
    """A cleaned text; empty if the bank only says that it has none."""
    words = clean(text)
    return "" if words.upper() in NOTHING else words


def iban(text: str) -> str:
    """An IBAN without blanks; empty for what has not the shape of one."""
    code = "".join(text.split()).upper()
    return code if IBAN.fullmatch(code) else ""


def joined(pieces: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The pieces of a text as one, and the other ways in which they may be read.

    A piece goes on without a blank where it ends at 35 or 140 characters, or in a digit before a digit or a slash; else
    with one. Where that guess is wrong a number may hide in the seam: whoever seeks one looks in all the readings.
    """
    whole = [raw for piece in pieces if (raw := _piece(piece)).strip()]
    text = "".join(piece + ("" if last or _goes_on(piece, whole[at + 1]) else " ")
                   for at, piece in enumerate(whole) for last in [at == len(whole) - 1])
    readings = dict.fromkeys(clean(glue.join(whole)) for glue in (" ", ""))
    return clean(text), tuple(reading for reading in readings if reading != clean(text))


def _piece(text: str) -> str:
    """A piece with the blanks at its ends, which count; those of a file laid out for reading do not."""
    return clean(text) if "\n" in text else text


def _goes_on(piece: str, following: str) -> bool:
    return len(piece) in CUTS or (piece[-1:].isdigit() and (following[:1].isdigit() or following[:1] == "/"))


def bare(text: str) -> str:
    """Letters and digits only, folded: what two formats say alike of the same credit."""
    return "".join(c for c in folded(text) if c.isalnum())


def plain(text: str) -> str:
    """A head or a word of a table, folded: lower case, letters and digits with single blanks."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", ascii_only))
