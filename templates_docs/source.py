"""The source text of a template: plain Italian with a mark at the start of each paragraph.

    =  title          ==  subtitle        ^  centred line       !  note of the draft    !! letterhead
    #  title (TITOLO I ...)               #0 unnumbered title   ## label: article   ## label bis: article 24-bis
    === area          ==== sector         ~  lead-in of a list
    +  numbered paragraph (comma)         +loop  numbered by the loop it stands in
    *  lettered item                      *loop  lettered by the loop it stands in
    -  dash item      |  table row        |% loop over table rows       |[3,1] head row with column shares
    >  line of an address             >= subject of a letter  >^ line of the signature
    %  Jinja instruction on paragraphs
    @  a part built by the program (toc, keep, signatures, annexes, blocks; opening, closing of a letter; heard, appeal
       of an act)

Anything else is running text. A paragraph goes on over indented lines and ends at the next mark or blank line.
A lettered item under a condition is counted only where it is printed: the letters after it have no gap.
``{#label}`` after a mark names a comma or an item; ``[[article]]`` and ``[[article.label]]`` are replaced by its
number or letter, so that references follow the structure. ``<il Comune>``, ``<del Comune>`` ... become the filters
that agree with a municipality or a union.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.documents.words import letter, roman

_MARK = re.compile(
    r"(====|===|==|=|##|#0|#|\+loop|\*loop|\+|\*|-|~|\^|!!|!|>\^|>=|>|\|%|\|\[[\d,]+\]|\||%|@)(?: |(?<=@))(.*)"
)
_ONE_LINE = ("%", "|%", "@")
_LABEL = re.compile(r"\{#(\w+)\}\s*")
_ARTICLE = re.compile(r"(\w+)( bis)?: (.+)")
_REFERENCE = re.compile(r"\[\[([\w.]+)\]\]")
_BODY = re.compile(r"<(il|Il|del|al|dal|nel) Comune>")
_BODY_FILTERS = {"il": "the", "Il": "the|capital", "del": "of_the", "al": "to_the", "dal": "from_the", "nel": "in_the"}


@dataclass(frozen=True)
class Piece:
    """One paragraph of the source: its mark, its text, its printed number and the conditions it stands under."""

    mark: str
    text: str
    number: str = ""
    conditions: tuple[str, ...] = ()


class SourceError(Exception):
    """The source text contradicts itself; says where."""


def read_source(folder: Path) -> list[Piece]:
    """All pieces of a template, numbered, with references and grammar in place."""
    text = "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt")))
    numbering = Numbering()
    pieces = [numbering.number(piece) for piece in _split(text)]
    return [replace(piece, text=_resolve(piece.text, numbering.labels)) for piece in pieces]


def _split(text: str) -> Iterator[Piece]:
    current: Piece | None = None
    for line in text.splitlines():
        found = _MARK.match(line)
        if found or not line.strip():
            if current:
                yield current
            current = Piece(found.group(1), found.group(2).strip()) if found else None
        elif current and current.mark not in _ONE_LINE:
            current = replace(current, text=f"{current.text} {line.strip()}")
        else:
            if current:
                yield current
            current = Piece("", line.strip())
    if current:
        yield current


class Numbering:
    """Counts titles, articles, commas and letters in one pass, and remembers what each label became."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self._titles = self._articles = self._commas = self._letters = 0
        self._perhaps: list[str] = []  # under which conditions the other items of this list are printed
        self._article = ""
        self._open: list[str] = []

    def number(self, piece: Piece) -> Piece:
        """The piece with its printed number; its label, if any, is taken off the text and kept."""
        if piece.mark == "%":
            self._follow(piece.text)
            return piece
        conditions = tuple(line for line in self._open if line.startswith("if "))
        if piece.mark == "##":
            return replace(self._number_article(piece), conditions=conditions)
        number = self._next(piece.mark, conditions)
        label = _LABEL.match(piece.text)
        if label:
            self._remember(f"{self._article}.{label.group(1)}", number.rstrip(".)"))
        return replace(piece, text=_LABEL.sub("", piece.text), number=number, conditions=conditions)

    def _follow(self, line: str) -> None:
        """Keep track of the Jinja instructions that are open."""
        if line.startswith("end"):
            self._open.pop()
        elif not line.startswith(("else", "elif")):
            self._open.append(line)

    def _number_article(self, piece: Piece) -> Piece:
        found = _ARTICLE.fullmatch(piece.text)
        if not found:
            raise SourceError(f"an article reads '## label: title', not '{piece.text}'")
        label, bis, title = found.groups()
        self._articles += 0 if bis else 1
        self._commas, self._letters, self._perhaps = 0, 0, []
        self._article = label
        number = f"{self._articles}-bis" if bis else str(self._articles)
        self._remember(label, number)
        return replace(piece, text=title, number=number)

    def _next(self, mark: str, conditions: Sequence[str]) -> str:
        if mark == "#":
            self._titles += 1
            return roman(self._titles)
        if mark == "+":
            self._commas, self._letters, self._perhaps = self._commas + 1, 0, []
            return f"{self._commas}."
        if mark == "*":
            number = _after(self._letters, self._perhaps)
            if conditions:
                self._perhaps.append(conditions[-1])
            else:
                self._letters += 1
            return f"{number})"
        return {"+loop": "{{ loop.index }}.", "*loop": "{{ loop.index|letter }})", "-": "–"}.get(mark, "")

    def _remember(self, label: str, number: str) -> None:
        if label in self.labels:
            raise SourceError(f"label '{label}' is given twice")
        self.labels[label] = number


def _after(printed: int, perhaps: Sequence[str]) -> str:
    """The letter after so many items that are printed, and those that are under their conditions."""
    if not perhaps:
        return letter(printed + 1)
    first, *rest = perhaps
    return f"{{% {first} %}}{_after(printed + 1, rest)}{{% else %}}{_after(printed, rest)}{{% endif %}}"


def _resolve(text: str, labels: dict[str, str]) -> str:
    def number_of(found: re.Match[str]) -> str:
        if found.group(1) not in labels:
            raise SourceError(f"reference [[{found.group(1)}]] leads nowhere")
        return labels[found.group(1)]

    worded = _BODY.sub(lambda found: f"{{{{ body|{_BODY_FILTERS[found.group(1)]} }}}}", text)
    return _REFERENCE.sub(number_of, worded)
