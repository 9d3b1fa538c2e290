"""What people type or paste: on one line, or on several. A character that nobody sees is refused by its name.

Pasted from a page or a PDF it looks like nothing; kept, it parts two names that read alike, breaks an address and has
no place in a Word document.
"""

from __future__ import annotations

import re
import unicodedata

from core.ground.errors import Finding, RuleBroken

SPACES = re.compile(" {2,}")
BREAKS = re.compile(r"[\t\r\n]+")
USUAL = re.compile("[\t\r\n -~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u20ac]*")  # all seen, no blank but the space
BLANK = "Zs"  # blanks that have a width; all but the usual one become it
CONTROL = frozenset({"Cc", "Cs"})
UNSEEN = frozenset({*CONTROL, "Cf", "Zl", "Zp"})
# letters, marks and signs that show nothing either (Unicode: default ignorable), and the empty Braille cell
ALSO_UNSEEN = frozenset(map(chr, (
    0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2065, 0x2800, 0x3164, *range(0xFE00, 0xFE10),
    0xFFA0, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000))))
DIRECTION = Finding("segno di direzione del testo")
NAMES = {
    0x00: Finding("carattere nullo"), 0x0B: Finding("tabulazione verticale"), 0x0C: Finding("salto di pagina"),
    0x85: Finding("a capo"), 0xAD: Finding("trattino facoltativo"), 0x200B: Finding("spazio di larghezza zero"),
    0x200C: Finding("separatore di larghezza zero"), 0x200D: Finding("unione di larghezza zero"),
    0x2028: Finding("separatore di riga"), 0x2029: Finding("separatore di paragrafo"),
    0x2060: Finding("unione di parole"), 0xFEFF: Finding("segno d'inizio di un file (BOM)"),
    **dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), DIRECTION),
}


def one_line(text: str, *, field: str | None = None) -> str:
    """A text of one line without space around it; a tab, a line end or more blanks pasted into it are one blank.

    RuleBroken that names the first character that nobody sees.
    """
    return SPACES.sub(" ", _blanks(BREAKS.sub(" ", _seen(text, field, UNSEEN, also=ALSO_UNSEEN)))).strip()


def several_lines(text: str, *, field: str | None = None) -> str:
    """A text of one or more lines without space around it, every line end one character; RuleBroken for a control
    character, which no document can hold."""
    return _seen(text, field, CONTROL).replace("\r\n", "\n").replace("\r", "\n").strip()


def _seen(text: str, field: str | None, unseen: frozenset[str], also: frozenset[str] = frozenset()) -> str:
    if USUAL.fullmatch(text):  # nearly every text, and a tenth of the time
        return text
    for place, char in enumerate(text):
        if char not in "\t\r\n" and (unicodedata.category(char) in unseen or char in also):
            raise RuleBroken("C'è un carattere invisibile %(where)s: %(name)s (U+%(code)s). Cancellarlo, o riscrivere "
                             "il testo a mano.", field=field, where=_where(text[:place]), name=_name(char),
                             code=f"{ord(char):04X}")
    return text


def _where(before: str) -> Finding:
    seen = "".join(c for c in before if unicodedata.category(c) not in UNSEEN).strip()[-20:]
    return Finding("dopo «%(text)s»", {"text": seen}) if seen else Finding("all'inizio")


def _name(char: str) -> Finding:
    if unicodedata.category(char) == "Cc":
        return NAMES.get(ord(char), Finding("carattere di controllo"))
    return NAMES.get(ord(char)) or Finding(unicodedata.name(char, "?").lower())


def _blanks(text: str) -> str:
    if USUAL.fullmatch(text):
        return text
    return "".join(" " if unicodedata.category(char) == BLANK else char for char in text)
