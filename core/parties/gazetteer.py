"""The comuni of Italy as ISTAT and the national register list them: codes, provinces, second names, those that ceased.

What is registered is held against it. Codes and province of a comune that the list knows under both name and code must
agree; where the list may only be older than the facts, it remarks. It knows no postal codes. Of a comune that has
ceased it knows the day; who took its place is written by hand, for Lombardy (``seed/successors.csv``), and elsewhere it
tells only what was born on the next day in its province. How the list is made: ``seed/gazetteer.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from core.ground.errors import Finding, RuleBroken
from core.ground.names import folded
from core.ground.paths import SEED
from core.parties.names import same_place, spellings

FILE, SUCCESSORS = SEED / "gazetteer.csv", SEED / "successors.csv"
MOST_BORN = 2  # of more that were born together nothing is said: who took its place is not known


@dataclass(frozen=True, slots=True)
class Comune:
    """A comune: ``istat`` is empty where ISTAT's copy does not know it; ``other`` its name in a second language.

    ``former``: ISTAT codes that it had in other provinces. ``since`` and ``until``: its first day, if it was born since
    1990; its last one, if it has ceased.
    """

    cadastral: str
    istat: str
    name: str
    other: str
    province: str
    former: tuple[str, ...]
    since: date | None
    until: date | None

    @property
    def whole(self) -> str:
        """Both names: ``Bolzano/Bozen``."""
        return f"{self.name}/{self.other}" if self.other else self.name

    @property
    def code(self) -> str:
        """``c_d367``, by which the index of public administrations knows it."""
        return f"c_{self.cadastral.lower()}"

    def __str__(self) -> str:
        return f"{self.whole} ({self.province})"


@dataclass(frozen=True)
class Gazetteer:
    """The whole list, as it was on ``listed_on`` (ISTAT) and ``archived_on`` (the register), and ways into it."""

    listed_on: date
    archived_on: date
    comuni: tuple[Comune, ...]
    by_istat: Mapping[str, Comune]
    by_former: Mapping[str, Comune]
    by_cadastral: Mapping[str, Comune]
    by_name: Mapping[str, tuple[Comune, ...]]
    successors: Mapping[str, str]

    @property
    def provinces(self) -> frozenset[str]:
        """The signs of the provinces that it knows: those that were made since are not among them."""
        return frozenset(comune.province for comune in self.comuni if comune.until is None)

    def called(self, name: str, *, ceased: bool = False) -> list[Comune]:
        """The comuni of this name, however it is written; ``ceased``: those that are no more instead."""
        found = {one.cadastral: one for spelling in spellings(name) for one in self.by_name.get(spelling, ())}
        return [one for one in found.values() if (one.until is not None) is ceased
                and same_place(name, f"{one.whole} ({one.province})")]

    def beginning(self, text: str, most: int) -> list[Comune]:
        """The comuni of today in whose names each word of ``text`` begins a word, in order: «san colombano» finds San
        Colombano al Lambro. Accents and capitals do not count; ``most`` at most, the shortest names first."""
        wanted = folded(text).split()
        if not wanted:
            return []
        found = (one for one in self.comuni if one.until is None and _begin(wanted, folded(one.whole).split()))
        return sorted(found, key=lambda one: (len(one.whole), one.whole, one.province))[:most]

    def successor(self, gone: Comune) -> Comune | None:
        """The comune that took its place on the day after its last one; None where it is not known."""
        return self.by_cadastral.get(self.successors.get(gone.cadastral, ""))

    def born_after(self, gone: Comune) -> list[Comune]:
        """The comuni that were born in its province on the day after its last one."""
        assert gone.until is not None
        day = gone.until + timedelta(days=1)
        return [one for one in self.comuni if one.since == day and one.province == gone.province]


def _begin(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """True if each of the wanted words begins one of ``words``, in their order."""
    rest = iter(words)
    return all(any(word.startswith(start) for word in rest) for start in wanted)


@lru_cache(1)
def gazetteer() -> Gazetteer:
    """The list that comes with the program, read when it is first asked for."""
    with FILE.open(encoding="utf-8", newline="") as source:
        listed_on, archived_on = map(date.fromisoformat, source.readline().split()[-2:])
        comuni = tuple(map(_comune, csv.DictReader(source, delimiter=";")))
    by_name: dict[str, list[Comune]] = {}
    for comune in comuni:
        for spelling in spellings(comune.whole):
            by_name.setdefault(spelling, []).append(comune)
    return Gazetteer(
        listed_on, archived_on, comuni, {one.istat: one for one in comuni if one.istat},
        {code: one for one in comuni for code in one.former}, {one.cadastral: one for one in comuni},
        {spelling: tuple(found) for spelling, found in by_name.items()}, _successors())


def _successors() -> dict[str, str]:
    """Who took whose place, by the cadastral codes."""
    with SUCCESSORS.open(encoding="utf-8", newline="") as source:
        source.readline()  # what it covers
        return {row["ceased"]: row["successor"] for row in csv.DictReader(source, delimiter=";")}


def _comune(row: Mapping[str, str]) -> Comune:
    since, until = (date.fromisoformat(row[name]) if row[name] else None for name in ("since", "until"))
    return Comune(row["cadastral"], row["istat"], row["name"], row["other"], row["province"],
                  tuple(row["former"].split()), since, until)


# --- what is registered, held against it ------------------------------------------------------------------


def require_agreement(name: str, istat: str, cadastral: str | None, province: str) -> None:
    """RuleBroken if the list knows both the name and the code of a comune and they are two, or its province or its
    cadastral code is another. Where it may only be older than the facts, ``remarks`` says so instead."""
    known = gazetteer()
    row = known.by_istat.get(istat)
    if row is None:
        return
    if not same_place(name, str(row)):
        others = [one for one in known.called(name) if one.istat]
        if others:
            raise RuleBroken("Il codice ISTAT %(istat)s è di %(comune)s, secondo l'elenco del %(day)s; %(others)s: "
                             "correggere il nome o il codice.", field="istat", istat=istat, comune=str(row),
                             day=_day(known.listed_on), others=_with_codes(others))
        return
    if province != row.province and province in known.provinces:
        raise RuleBroken("%(comune)s è in provincia di %(its)s, secondo l'elenco ISTAT del %(day)s: correggere la "
                         "provincia, o il codice ISTAT.", field="province", comune=row.whole, its=row.province,
                         day=_day(known.listed_on))
    if cadastral and cadastral != row.cadastral:
        raise RuleBroken("Il codice catastale di %(comune)s è %(its)s, secondo l'elenco ISTAT del %(day)s: "
                         "correggerlo.", field="cadastral", comune=str(row), its=row.cadastral,
                         day=_day(known.listed_on))


def remarks(name: str, istat: str, *, form: str = "comune") -> Iterator[Finding]:
    """What the list says otherwise of a comune, and may only be older for: an unknown code, a code that was, a comune
    that has ceased. Nothing of a union, which stands in no list."""
    if form != "comune" or not istat:
        return
    known = gazetteer()
    row, former = known.by_istat.get(istat), known.by_former.get(istat)
    values: dict[str, object] = {"name": name, "istat": istat}
    if row is not None and same_place(name, str(row)):
        return
    if row is not None:
        yield Finding("Secondo l'elenco ISTAT del %(day)s il codice %(istat)s è di %(comune)s, e non di «%(name)s»: "
                      "controllare nome e codice.", {**values, "comune": str(row), "day": _day(known.listed_on)})
    elif former is not None:
        yield Finding("Il codice ISTAT %(istat)s è di prima della riforma delle province: oggi %(comune)s ha "
                      "%(today)s.", {**values, "comune": str(former), "today": former.istat})
    elif gone := ceased(name):
        yield from gone
    else:
        listed = [one for one in known.called(name) if one.istat]
        values["day"] = _day(known.listed_on)
        if listed:
            yield Finding("Il codice ISTAT %(istat)s non è nell'elenco del %(day)s, dove %(others)s: controllarlo.",
                          {**values, "others": _with_codes(listed)})
        else:
            yield Finding("Il codice ISTAT %(istat)s non è nell'elenco del %(day)s, e nemmeno «%(name)s»: "
                          "controllarli.", values)


def ceased(name: str) -> list[Finding]:
    """Of each comune of this name that is no more, if none of today has it: since when, and who took its place."""
    known = gazetteer()
    if known.called(name):
        return []
    return [_ceased(known, one, one.until) for one in known.called(name, ceased=True) if one.until is not None]


def _ceased(known: Gazetteer, gone: Comune, last: date) -> Finding:
    born, heir = known.born_after(gone), known.successor(gone)
    values: dict[str, object] = {"comune": str(gone), "day": _day(last), "archive": _day(known.archived_on)}
    if heir is not None:
        return Finding("%(comune)s è cessato il %(day)s, secondo l'archivio nazionale dei comuni del %(archive)s: dal "
                       "%(since)s al suo posto c'è %(heir)s, con il codice ISTAT %(istat)s.",
                       {**values, "since": _day(last + timedelta(days=1)), "heir": str(heir), "istat": heir.istat})
    if 0 < len(born) <= MOST_BORN:
        return Finding("%(comune)s è cessato il %(day)s, secondo l'archivio nazionale dei comuni del %(archive)s; "
                       "il giorno dopo, nella stessa provincia, è nato %(born)s: verificare chi ne ha preso il posto.",
                       {**values, "born": " o ".join(map(str, born))})
    return Finding("%(comune)s è cessato il %(day)s, secondo l'archivio nazionale dei comuni del %(archive)s, che non "
                   "dice chi ne ha preso il posto: verificarlo.", values)


def proposals(name: str) -> tuple[Finding, ...]:
    """What the list has for a name, to be checked and written: «Dresano (MI) ha 015101»; nothing for an unknown one."""
    return _with_codes([one for one in gazetteer().called(name) if one.istat])


def _with_codes(comuni: list[Comune]) -> tuple[Finding, ...]:
    return tuple(Finding("%(comune)s ha %(code)s", {"comune": str(one), "code": one.istat}) for one in comuni)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
