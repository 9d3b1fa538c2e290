"""A requirement set while it is written in the browser: begun from an edition or from nothing, changed part by part.

What stands in the draft is the readable file that it will be; it is checked as a file is, and registered as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from core.accreditation.model import RequirementDraft, RequirementSet
from core.accreditation.set_content import HEAD, Read, check
from core.accreditation.set_files import data_of, to_toml
from core.accreditation.set_words import InWords
from core.accreditation.sets import EDITORS, add_set, unknown_types
from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import NotVisible, Place, RuleBroken
from core.ground.readable import parse
from core.ground.required import require_text

MEASURES, WINDOWS, SERVICES, REQUIREMENTS = "measures", "windows", "services", "requirements"
PARTS = (MEASURES, WINDOWS, SERVICES, REQUIREMENTS)
Facts = Mapping[str, Any]


class Parts(InWords):
    """Where something stands in a draft: the part and the name of the field, called as the page calls them."""

    def of(self, table: str, name: str = "") -> tuple[str, str]:
        """Both as they are asked."""
        return table, name


def read_draft(draft: RequirementDraft) -> Read:
    """What a draft says, and everything that stops its registration."""
    return check(content_of(draft), Parts())


def content_of(draft: RequirementDraft) -> dict[str, Any]:
    """What a draft says, as its file does; lists and figures are there though they are empty."""
    return {MEASURES: {}, WINDOWS: [], SERVICES: [], REQUIREMENTS: [], **parse(draft.content)}


def begin(session: ScopedSession, *, from_id: int | None = None, today: date) -> RequirementDraft:
    """Begin a set: a new one, or the next edition of the set ``from_id``, which says what that one said."""
    session.principal.require(*EDITORS)
    before = session.require(RequirementSet, from_id) if from_id is not None else None
    data = data_of(before) if before is not None else {}
    for name in ("valid_from", "valid_to", "adapt_by"):
        data.pop(name, None)  # a new edition has its own days
    draft = RequirementDraft(title=str(data.get("title", "")), content=to_toml(data), begun_on=today,
                             begun_by=session.principal.name)
    session.add(draft)
    session.flush()
    return draft


def set_head(session: ScopedSession, draft_id: int, facts: Facts, *, version: int | None) -> RequirementDraft:
    """Set what stands at the top: code, title, unit types, days, terms, fee. None takes a value away.

    RuleBroken, on its field, for what cannot be.
    """
    draft = _at(session, draft_id, version)
    title = require_text(facts.get("title"), "Dare un titolo all'insieme di requisiti.", field="title", longest=300)
    data = {**content_of(draft), **facts, "title": title}
    return _kept(session, draft, {name: value for name, value in data.items() if value is not None}, HEAD)


def set_part(
    session: ScopedSession, draft_id: int, part: str, key: str | None, facts: Facts, *, after: str | None = None,
    version: int | None,
) -> RequirementDraft:
    """Add a figure, a window, a service or a requirement to a draft, or change the one called ``key``.

    ``key``: the code, for a window its number from 1. ``after``: the requirement below which it stands, the first place
    for an empty text, where it is for None. What named the old code names the new one. RuleBroken, on its field, for
    what cannot be.
    """
    draft = _at(session, draft_id, version)
    data = content_of(draft)
    row = {name: value for name, value in facts.items() if value not in (None, "", [])}
    if part == MEASURES:
        return _kept(session, draft, _with_measure(data, key, row), f"{MEASURES}.{row.get('code', '')}")
    rows = data[part]
    place = len(rows) if key is None else place_of(data, part, key)
    if key is None:
        rows.append(row)
    else:
        _renamed(data, part, str(rows[place].get("code", "")), str(row.get("code", "")))
        rows[place] = row
    if part == REQUIREMENTS and after is not None:
        place = _moved(rows, place, after)
    return _kept(session, draft, data, f"{part}.{place + 1}")


def remove_part(
    session: ScopedSession, draft_id: int, part: str, key: str, *, version: int | None
) -> RequirementDraft:
    """Take a part away; what named it stays, and is among what stops the registration."""
    draft = _at(session, draft_id, version)
    data = content_of(draft)
    if part == MEASURES:
        data[MEASURES].pop(_known_measure(data, key))
    else:
        data[part].pop(place_of(data, part, key))
    return _kept(session, draft, data, None)


def register(session: ScopedSession, draft_id: int, *, version: int | None, today: date) -> RequirementSet:
    """Register a draft as a set or as the next edition of one; the draft is no more.

    RuleBroken with everything that is still wrong, or as for a file.
    """
    draft = _at(session, draft_id, version)
    found = read_draft(draft)
    if not found.is_clean:
        raise RuleBroken("La bozza non è completa: %(found)s", found=" ".join(map(str, found.findings[:4])))
    if unknown := unknown_types(session, found):
        raise RuleBroken("Il tipo di unità «%(types)s» non è tra quelli registrati: aggiungerlo tra i tipi, poi "
                         "registrare i requisiti.", types=", ".join(unknown)).mended(Place("unit_type.new", 0))
    made = add_set(session, draft.content.encode(), today=today)
    session.delete(draft)
    session.flush()
    return made


def discard(session: ScopedSession, draft_id: int, *, version: int | None) -> str:
    """Throw a draft away, and tell its title; the history keeps it."""
    draft = _at(session, draft_id, version)
    session.delete(draft)
    session.flush()
    return draft.title


def place_of(data: Mapping[str, Any], part: str, key: str) -> int:
    """At which place the row called ``key`` stands, from 0. NotVisible for none."""
    names = [str(number) if part == WINDOWS else str(row.get("code", "")) for number, row in enumerate(data[part], 1)]
    if key not in names:
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
    return names.index(key)


def _known_measure(data: Mapping[str, Any], key: str) -> str:
    if key not in data[MEASURES]:
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
    return key


def _with_measure(data: dict[str, Any], key: str | None, row: dict[str, Any]) -> dict[str, Any]:
    """The figures with one added, or changed in its place and, if it is called otherwise now, under its new code."""
    code = str(row.get("code", ""))
    own = {name: value for name, value in row.items() if name != "code" and not (name == "whole" and value is True)}
    if code != key and code in data[MEASURES]:
        raise RuleBroken("Il codice «%(code)s» c'è già: ogni dato ha il suo.", field="code", code=code)
    if key is None:
        return {**data, MEASURES: {**data[MEASURES], code: own}}
    old = _known_measure(data, key)
    for asked in data[REQUIREMENTS]:
        for name in ("measure", "per"):
            if asked.get(name) == old:
                asked[name] = code
    return {**data, MEASURES: {code if name == old else name: own if name == old else value
                               for name, value in data[MEASURES].items()}}


def _renamed(data: Mapping[str, Any], part: str, old: str, new: str) -> None:
    if part == REQUIREMENTS and old != new:
        for asked in data[REQUIREMENTS]:
            if asked.get("parent") == old:
                asked["parent"] = new


def _moved(rows: list[dict[str, Any]], place: int, after: str) -> int:
    """Put a requirement below another one, or first of all; its new place."""
    row = rows.pop(place)
    codes = [str(other.get("code", "")) for other in rows]
    if after and after not in codes:
        rows.insert(place, row)
        raise RuleBroken("Scegliere un requisito dell'elenco.", field="after")
    new = codes.index(after) + 1 if after else 0
    rows.insert(new, row)
    return new


def _at(session: ScopedSession, draft_id: int, version: int | None) -> RequirementDraft:
    session.principal.require(*EDITORS)
    return at_version(session.require(RequirementDraft, draft_id), version)


def _kept(session: ScopedSession, draft: RequirementDraft, data: dict[str, Any], part: str | None) -> RequirementDraft:
    """Write the draft, if what was just written in ``part`` is right; what other parts lack may wait."""
    for finding in check(data, Parts()).findings:
        table, name = cast("tuple[str, str]", finding.values["line"])
        if table == part and name not in PARTS and (part != HEAD or name in data):
            raise RuleBroken(finding.message, field=name, **{k: v for k, v in finding.values.items() if k != "line"})
    draft.title, draft.content = str(data.get("title", "")), to_toml(data)
    session.flush()
    return draft
