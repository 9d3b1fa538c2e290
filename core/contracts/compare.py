"""Two states of a contract beside each other: its fields, its services, its text paragraph by paragraph. Pure.

A snapshot is flat and plain: ``{"service/3/12": {"value": true, "shown": "Segretariato sociale", "of": "Dresano"}}``.
Flat, so that a field, a service and a clause are compared, and merged, by one rule.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from core.contracts.model import Conferral, Contract
from core.documents.wordfile import plain
from core.ground.errors import RuleBroken

Snapshot = Mapping[str, Mapping[str, Any]]

NAMES = {
    "starts_on": "Decorrenza",
    "ends_on": "Ultimo giorno",
    "place": "Luogo della firma",
    "terms_id": "Condizioni contrattuali",
    "zone_plan_id": "Piano di Zona",
    "charter_id": "Carta dei servizi",
    "cig": "CIG",
    "cup": "CUP",
    "service": "Servizio",
    "signatory": "Firmatario",
    "clause": "Clausola",
    "act": "Atto allegato",
}
# what an amendment says of its own signing: it never passes to the contract that it amends
OF_THE_SIGNING = frozenset({"place", "signatory", "act"})
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
class Difference:
    """A field that two snapshots say differently; ``of`` is the municipality or the party it belongs to."""

    key: str
    kind: Change
    of: str
    before: str
    after: str

    @property
    def field(self) -> str:
        """The part of the key that names the field: ``service``, ``ends_on``."""
        return field_of(self.key)


@dataclass(frozen=True)
class ComparedStretch:
    """Neighbouring paragraphs that had the same fate; a changed one stands alone, before and after.

    One that was moved stands where it was, as before, and where it is now, as after.
    """

    kind: Change
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def field_of(key: str) -> str:
    """``service`` of ``service/3/12``."""
    return key.partition("/")[0]


# --- snapshots --------------------------------------------------------------------------------------------


def snapshot(contract: Contract) -> dict[str, dict[str, Any]]:
    """What a contract says, as plain data under stable keys; what it leaves open is left out.

    ``ends_on`` is its last day with extensions, because that is what two states of a contract differ in. The acts by
    which its parties approved it are marked: they are no content (see ``differences``).
    """
    return {key: fact for key, fact in _facts(contract) if fact["value"] not in (None, "")}


def _facts(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "starts_on", _day(contract.starts_on)
    yield "ends_on", _day(contract.runs_to or contract.ends_on)
    for name in ("place", "cig", "cup"):
        value = getattr(contract, name)
        yield name, _fact(value, value or "")
    for name in ("terms", "zone_plan", "charter"):
        row = getattr(contract, name)
        yield f"{name}_id", _fact(None if row is None else row.id, str(row))
    for member in contract.parties:
        who = member.signatory
        shown = "" if who is None else f"{who.full_name}, {who.role}"
        since = "" if who is None else f"in carica dal {who.valid_from:%d/%m/%Y}"
        yield f"signatory/{member.party_id}", _fact(
            None if who is None else who.id, shown, member.party.name) | {"apart": since}
    for given in sorted(contract.conferrals, key=lambda c: (c.municipality.name, c.service.order)):
        yield service_key(given), _fact(True, given.service.name_on(contract.named_on), given.municipality.name)
    titles: list[str] = []
    for clause in contract.clauses:
        titles.append(clause.title)
        again = f" ({times})" if (times := titles.count(clause.title)) > 1 else ""
        yield f"clause/{clause.title}{again}", _fact(clause.text, clause.text, clause.title)
    for link in contract.acts:
        if link.role != "superseded":
            fact = _fact(True, str(link.act), link.act.party.name)
            yield f"act/{link.act.id}", fact | {"approval": True} if link.role == "approval" else fact


def service_key(given: Conferral) -> str:
    """What a conferral is called in a snapshot."""
    return f"service/{given.municipality_id}/{given.service_id}"


def _fact(value: Any, shown: str, of: str = "") -> dict[str, Any]:
    return {"value": value, "shown": shown, "of": of}


def _day(day: date) -> dict[str, Any]:
    return _fact(day.isoformat(), f"{day:%d/%m/%Y}")


def differences(before: Snapshot, after: Snapshot) -> list[Difference]:
    """The fields that differ, in the order of the newer snapshot; those that it lacks come last.

    An approval is of one text, and no change from a text to another that has its own.
    """
    keys = [key for key in [*after, *(key for key in before if key not in after)]
            if not any(snap.get(key, {}).get("approval") for snap in (before, after))]
    return [_difference(key, before.get(key), after.get(key)) for key in keys if _differ(key, before, after)]


def _differ(key: str, one: Snapshot, other: Snapshot) -> bool:
    return bool(_value(key, one) != _value(key, other))


def _value(key: str, snap: Snapshot) -> Any:
    return snap[key]["value"] if key in snap else None


def _difference(key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Difference:
    kind = Change.ADDED if before is None else Change.REMOVED if after is None else Change.CHANGED
    of = (after or before or {})["of"]
    alike = before is not None and after is not None and before["shown"] == after["shown"]
    return Difference(key, kind, of, _shown(before, alike), _shown(after, alike))


def _shown(fact: Mapping[str, Any] | None, alike: bool) -> str:
    """A fact in words; two that read ``alike`` say what tells them apart."""
    if fact is None:
        return ""
    apart = fact.get("apart") or f"n. {fact['value']}" if alike else ""
    return f"{fact['shown']} ({apart})" if apart else str(fact["shown"])


# --- the merge of three -----------------------------------------------------------------------------------


def changes_to_merge(base: Snapshot, live: Snapshot, copy: Snapshot) -> dict[str, Any]:
    """What the copy changes since ``base``, as key -> value (None: taken away), where it may pass to ``live``.

    RuleBroken, naming the field, where the live value has changed too and differs (R62). What the amendment says of
    its own signing stays with it.
    """
    changed = [d.key for d in differences(base, copy) if d.field not in OF_THE_SIGNING]
    for key in changed:
        if _differ(key, base, live) and _differ(key, live, copy):
            raise _conflict(key, base, live, copy)
    return {key: _value(key, copy) for key in changed if _differ(key, live, copy)}


def _conflict(key: str, base: Snapshot, live: Snapshot, copy: Snapshot) -> RuleBroken:
    def shown(snap: Snapshot) -> str:
        return str(snap[key]["shown"]) if key in snap else "niente"

    of = next(snap[key]["of"] for snap in (copy, live, base) if key in snap)
    name = f"{NAMES[field_of(key)]} ({of})" if of else NAMES[field_of(key)]
    return RuleBroken(
        "La modifica non si può recepire: «%(name)s» nel frattempo è cambiato anche nel contratto. Era %(base)s, "
        "ora è %(live)s e la modifica vuole %(copy)s. Correggere il passaggio della firma, "
        "riportare la modifica in bozza e accordarsi di nuovo sul valore.",
        field=field_of(key), name=name, base=shown(base), live=shown(live), copy=shown(copy),
    )


# --- texts ------------------------------------------------------------------------------------------------


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
