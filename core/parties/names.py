"""Municipalities as others write them: which one a text means, and which ones it only resembles. Pure.

A bank, a spreadsheet and a person write «COMUNE DI S.ORSO - SERVIZIO TESORERIA», «Sant’Orso», «S. Orso (VI)». The rule
is one: what is left after the words that every municipality puts around its name is exactly that name. What holds a
name and something else besides (a chemist, a province, a person) only resembles it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from core.ground.names import bare, folded

K = TypeVar("K", bound=Hashable)

WORD = re.compile(r"([0-9a-zß-öø-ɏ]+)(\.?)")
PROVINCE = re.compile(r"\(\s*([a-z]{2})\s*\)")
HALVES = re.compile(r"\s*/\s*|\s+[-‐‑–—]+\s+")  # Bolzano/Bozen, Bolzano - Bozen
PARTS = re.compile(r"\s*[-‐‑–—]+\s*")  # two languages (Sgonico-Zgonik), or two that became one (Gattico-Veruno)
SAINTS = {"s": frozenset({"san", "santo", "santa", "sant"}), "ss": frozenset({"santi"})}
# what stands around a name; a word of it may be abbreviated with a point, as C.ne and Com.le are
AROUND = (
    ("amministrazione", "comunale"),
    ("servizio", "di", "tesoreria", "comunale"), ("servizio", "tesoreria", "comunale"),
    ("servizio", "di", "tesoreria"), ("servizio", "tesoreria"), ("tesoreria", "comunale"), ("tesoreria",),
    ("ragioneria",), ("comune",), ("com",), ("citta",), ("municipio",),
)
AROUND_WORDS = frozenset(word for phrase in AROUND for word in phrase if len(word) > 2)
OF = frozenset({"di", "d", "de", "del", "dello", "della", "dell", "dei", "degli", "delle"})
OF_ITS_ARTICLE = {"il": "del", "lo": "dello", "la": "della", "l": "dell", "i": "dei", "gli": "degli", "le": "delle"}
CACHE = 20_000  # the names of a whole country


@dataclass(frozen=True)
class Understood(Generic[K]):
    """Whom a text means, None if nobody that is known; and whom it only resembles."""

    means: K | None
    resembles: tuple[K, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A word of a text; whether a point follows it, and after the point the next word without a blank."""

    text: str
    point: bool = False
    glued: bool = False


@dataclass(frozen=True)
class Form:
    """A way to write a name: its words; ``whole`` if it is all of it; ``sure`` if it may stand for it."""

    words: tuple[str, ...]
    whole: bool = True
    sure: bool = True


@dataclass(frozen=True)
class Occurrence:
    """Where a form stands among the pieces of a text, and how many of its words are abbreviated there."""

    form: Form
    start: int
    end: int
    short: int
    sure: bool

    @property
    def rank(self) -> tuple[int, int, bool]:
        """The longest name wins, then the one that is written out, then a whole name before half of one."""
        return (len(self.form.words), -self.short, self.form.whole)


def understand(text: str, known: Iterable[tuple[K, str]]) -> Understood[K]:
    """Which of the municipalities ``known`` (key and name) a text means, and which it resembles, in their order.

    The longest name wins whole words; where two fit equally well it means neither and resembles both.
    """
    pieces = _pieces(bare(text))
    fixed = frozenset(at for at in range(len(pieces)) if any(_fits(pieces, at, word)[0] for word in AROUND_WORDS))
    found: dict[K, tuple[int, int, bool] | None] = {}
    for key, name in known:
        places = [place for form in _forms(name) for place in _places(pieces, form, fixed)]
        if places:
            alone = [place.rank for place in places if place.sure and _stands_alone(pieces, place)
                     and not _elsewhere(text, name)]
            found[key] = max(alone, default=None)
    best = max((rank for rank in found.values() if rank is not None), default=None)
    winners = [key for key, rank in found.items() if rank is not None and rank == best]
    means = winners[0] if len(winners) == 1 else None
    return Understood(means, tuple(key for key in found if len(winners) != 1 or key != means))


def same_place(one: str, other: str) -> bool:
    """True if two names are one municipality's: whole, or either half of a bilingual one."""
    return not spellings(one).isdisjoint(spellings(other)) and not _elsewhere(one, other)


def _elsewhere(one: str, other: str) -> bool:
    """True if two names say in which province they are, and it is not the same: Castro (BG), Castro (LE)."""
    mine, its = PROVINCE.search(bare(one)), PROVINCE.search(bare(other))
    return mine is not None and its is not None and mine[1] != its[1]


@lru_cache(CACHE)
def spellings(name: str) -> frozenset[str]:
    """The ways to write a name on which nothing but one municipality depends, each as one text to compare."""
    return frozenset(" ".join(_saint(word) for word in form.words) for form in _forms(name) if form.sure)


@lru_cache(CACHE)
def written_otherwise(name: str) -> tuple[str, ...]:
    """The words by which people look for a municipality and that its name does not hold: «S.», «SS.», «Comune di»."""
    own = {word for form in _forms(name) for word in form.words}
    saints = {short for short, written in SAINTS.items() if own & written}
    written_out = {word for short in own & SAINTS.keys() for word in SAINTS[short]}
    return (*sorted((own | saints | written_out) - set(folded(name).split())), "comune", "di")


def _saint(word: str) -> str:
    return next((short for short, written in SAINTS.items() if word in written), word)


# --- a name, and its forms --------------------------------------------------------------------------------


@lru_cache(CACHE)
def _forms(name: str) -> tuple[Form, ...]:
    """The whole name, its bilingual halves, and each with its article inside the word before it («dell'Aquila»)."""
    plain = bare(name)
    found = [Form(_name_words(plain))]
    halves = HALVES.split(PROVINCE.sub(" ", plain))
    if len(halves) > 1:
        found += [Form(_name_words(half), whole=False) for half in halves]
    found += [Form((OF_ITS_ARTICLE[form.words[0]], *form.words[1:]), form.whole)
              for form in found if len(form.words) > 1 and form.words[0] in OF_ITS_ARTICLE]
    parts = PARTS.split(plain)
    if len(parts) > 1:
        found += [Form(_name_words(part), whole=False, sure=False) for part in parts]
    return tuple(dict.fromkeys(form for form in found if form.words))


def _name_words(plain: str) -> tuple[str, ...]:
    """The words of a name, without the «Comune di» that somebody has put before it."""
    words = tuple(piece.text for piece in _pieces(plain))
    return words[2:] if words[0:1] == ("comune",) and words[1:2] and words[1] in OF and len(words) > 2 else words


def _pieces(plain: str) -> tuple[Piece, ...]:
    plain = PROVINCE.sub(" ", plain)
    found = list(WORD.finditer(plain))
    starts = {word.start() for word in found}
    return tuple(Piece(word[1], bool(word[2]), bool(word[2]) and word.end() in starts) for word in found)


# --- a form, in a text ------------------------------------------------------------------------------------


def _places(pieces: Sequence[Piece], form: Form, fixed: frozenset[int]) -> Iterator[Occurrence]:
    """Where a form stands in a text; at ``fixed`` stands an abbreviation of a word around the name, not of the name."""
    for start in range(len(pieces)):
        place = _place(pieces, form, start, fixed)
        if place is not None:
            yield place


def _place(pieces: Sequence[Piece], form: Form, start: int, fixed: frozenset[int]) -> Occurrence | None:
    at, short, cut = start, 0, 0
    for word in form.words:
        if at >= len(pieces):
            return None
        used, abbreviated = _fits(pieces, at, word)
        if abbreviated and at in fixed:
            return None
        if not used and pieces[at].point and word.startswith(pieces[at].text):
            used, cut = 1, cut + 1  # «S. Donato Mil.»: likely, no more
        if not used:
            return None
        at, short = at + used, short + abbreviated
    return None if cut == len(form.words) else Occurrence(form, start, at, short, form.sure and not cut)


def _fits(pieces: Sequence[Piece], at: int, word: str) -> tuple[int, bool]:
    """How many pieces at a place are this word, zero if they are not, and whether it is abbreviated.

    The point of an abbreviation stands after it, or inside it: «Mse.», «M.se».
    """
    text = pieces[at].text
    if text == word:
        return 1, False
    if word in SAINTS.get(text, ()) or text in SAINTS.get(word, ()):
        return 1, True
    text = ""
    for used, piece in enumerate(pieces[at:], 1):
        text += piece.text
        if (piece.point or used > 1) and _abbreviates(text, word):
            return used, True
        if not piece.glued:
            break
    return 0, False


def _abbreviates(short: str, word: str) -> bool:
    """True if ``short`` has the first and the last letter of a longer word, and between them some others in order."""
    if not 1 < len(short) < len(word) or short[0] != word[0] or short[-1] != word[-1]:
        return False
    rest = iter(word)
    return all(letter in rest for letter in short)


def _stands_alone(pieces: Sequence[Piece], place: Occurrence) -> bool:
    return _is_around(pieces[: place.start]) and _is_around(pieces[place.end :])


def _is_around(pieces: Sequence[Piece]) -> bool:
    """True if there is nothing but what every municipality writes around its name."""
    at = 0
    while at < len(pieces):
        used = next((used for phrase in AROUND if (used := _phrase(pieces, at, phrase))), 0)
        if not used:
            return False
        at += used
        if at < len(pieces) and pieces[at].text in OF:
            at += 1
    return True


def _phrase(pieces: Sequence[Piece], start: int, phrase: Sequence[str]) -> int:
    at = start
    for word in phrase:
        used = _fits(pieces, at, word)[0] if at < len(pieces) else 0
        if not used:
            return 0
        at += used
    return at - start
