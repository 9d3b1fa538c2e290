"""Two texts beside each other, paragraph by paragraph and word by word. Pure."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from core.documents.wordfile import plain

MOST_PAIRS = 2500
MOVED_WORDS = 3  # a paragraph of few words stands in many places, and is not known again
ANNEX_NUMBER = re.compile(r"(allegato n\. )\d+", re.IGNORECASE)


class Change(StrEnum):
    """What became of a field or a paragraph."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class ComparedStretch:
    """Neighbouring paragraphs that had the same fate; a changed one stands alone, before and after.

    One that was moved stands where it was, as before, and where it is now, as after.
    """

    kind: Change
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def paragraphs(before: Sequence[str], after: Sequence[str]) -> list[ComparedStretch]:
    """Two texts side by side, paragraph by paragraph; blank ones, spaces and hyphens that do not break do not count.

    A paragraph in which only the number of an annex differs is the same: a service less renumbers all that follow.
    """
    old, new = _plain(before), _plain(after)
    found: list[ComparedStretch] = []
    opcodes = SequenceMatcher(None, _unnumbered(old), _unnumbered(new), autojunk=False).get_opcodes()
    changed = [(old[i:j], new[k:m]) for tag, i, j, k, m in opcodes if tag != "equal"]
    left = _counted(gone for gone, _come in changed) & _counted(come for _gone, come in changed)
    came = left.copy()
    for tag, i, j, k, m in opcodes:
        if tag == "equal":
            found.append(ComparedStretch(Change.SAME, tuple(old[i:j]), tuple(new[k:m])))
        else:
            found.extend(_block(_parted(old[i:j], left), _parted(new[k:m], came)))
    return _joined(found)


Marked = deque[tuple[str, bool]]  # paragraphs, and whether each was moved


def _counted(blocks: Iterable[list[str]]) -> Counter[str]:
    """How often a paragraph stands in some blocks, without those too short to be known again."""
    return Counter(line for block in blocks for line in block if line.count(" ") >= MOVED_WORDS)


def _parted(lines: list[str], moved: Counter[str]) -> Marked:
    """The lines, each marked if it was moved, as often as it was."""
    marked: Marked = deque()
    for line in lines:
        marked.append((line, moved[line] > 0))
        moved[line] -= 1
    return marked


def _block(before: Marked, after: Marked) -> Iterator[ComparedStretch]:
    """A replaced stretch in its order: what was moved away or moved here, and the rest in pairs."""
    rest = ([line for line, moved in lines if not moved] for lines in (before, after))
    for stretch in _pairs(*rest):
        for one in _singly(stretch):
            yield from (ComparedStretch(Change.MOVED, before=(line,)) for line in _passed(before, one.before))
            yield from (ComparedStretch(Change.MOVED, after=(line,)) for line in _passed(after, one.after))
            yield one
    yield from (ComparedStretch(Change.MOVED, before=(line,)) for line, _moved in before)
    yield from (ComparedStretch(Change.MOVED, after=(line,)) for line, _moved in after)


def _singly(stretch: ComparedStretch) -> Iterator[ComparedStretch]:
    if stretch.kind is Change.CHANGED:
        yield stretch
        return
    yield from (ComparedStretch(stretch.kind, before=(line,)) for line in stretch.before)
    yield from (ComparedStretch(stretch.kind, after=(line,)) for line in stretch.after)


def _passed(lines: Marked, line: tuple[str, ...]) -> Iterator[str]:
    """The moved lines that stand before ``line``, which is taken too; none if there is no line."""
    while line and lines:
        passed, moved = lines.popleft()
        if not moved:
            return
        yield passed


def in_place(before: Sequence[str], after: Sequence[str]) -> list[ComparedStretch]:
    """Two texts of which no paragraph comes, goes or moves: each beside its own. ValueError for others."""
    pairs = [(plain(old), plain(new)) for old, new in zip(before, after, strict=True)]
    return _joined([ComparedStretch(Change.SAME if old == new else Change.CHANGED, (old,), (new,))
                    for old, new in pairs if old or new])


def words(before: str, after: str) -> list[tuple[Change, str]]:
    """One paragraph against another, word by word."""
    old, new = before.split(" "), after.split(" ")
    found: list[tuple[Change, str]] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append((Change.SAME, " ".join(old[i:j])))
            continue
        parts = ((Change.REMOVED, old[i:j]), (Change.ADDED, new[k:m]))
        found += [(kind, " ".join(part)) for kind, part in parts if part]
    return found


def renumbered(stretches: Sequence[ComparedStretch]) -> int:
    """In how many paragraphs nothing but the number of an annex has changed."""
    same = (stretch for stretch in stretches if stretch.kind is Change.SAME)
    return sum(one != other for stretch in same for one, other in zip(stretch.before, stretch.after, strict=True))


def _unnumbered(lines: list[str]) -> list[str]:
    return [ANNEX_NUMBER.sub(r"\1", line) for line in lines]


def _plain(text: Sequence[str]) -> list[str]:
    return [line for line in map(plain, text) if line]


def _pairs(old: list[str], new: list[str]) -> Iterator[ComparedStretch]:
    """A replaced stretch: each old paragraph beside the new one that resembles it, the rest taken out or put in."""
    if len(old) * len(new) > MOST_PAIRS:  # a whole part was rewritten: to look for pairs would take minutes
        yield ComparedStretch(Change.REMOVED, before=tuple(old))
        yield ComparedStretch(Change.ADDED, after=tuple(new))
        return
    rest = 0
    for line in old:
        twin = next((n for n in range(rest, len(new)) if _alike(line, new[n])), None)
        if twin is None:
            yield ComparedStretch(Change.REMOVED, before=(line,))
            continue
        yield ComparedStretch(Change.ADDED, after=tuple(new[rest:twin]))
        yield ComparedStretch(Change.CHANGED, (line,), (new[twin],))
        rest = twin + 1
    yield ComparedStretch(Change.ADDED, after=tuple(new[rest:]))


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() * 2 >= 1 and matcher.ratio() * 2 >= 1


def _joined(stretches: Sequence[ComparedStretch]) -> list[ComparedStretch]:
    """Neighbours of one kind together, and no empty ones."""
    found: list[ComparedStretch] = []
    for stretch in stretches:
        if not (stretch.before or stretch.after):
            continue
        last = found[-1] if found else None
        if last is not None and last.kind is stretch.kind and stretch.kind is not Change.CHANGED:
            found[-1] = ComparedStretch(last.kind, last.before + stretch.before, last.after + stretch.after)
        else:
            found.append(stretch)
    return found
