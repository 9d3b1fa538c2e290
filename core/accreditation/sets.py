"""Requirement sets in the database: which one holds for a type on a day, the shipped ones, editions from files."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core.accreditation.model import Accreditation, Requirement, RequirementSet
from core.accreditation.set_content import Read
from core.accreditation.set_files import read
from core.accreditation.states import LIVING
from core.deadlines.operations import follow
from core.ground import clock
from core.ground.access import Role, ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.paths import SEED
from core.providers.model import UnitType

FOLDER = SEED / "requirements"
EDITORS = (Role.ACCREDITATION, Role.SYSTEM)


def set_on(session: ScopedSession, type_code: str, day: date) -> RequirementSet | None:
    """The set that holds for a type of unit on a day: of those that do, the one that began last."""
    return in_force((found for found in session.scalars(select(RequirementSet)) if found.serves(type_code)), day)


def in_force(sets: Iterable[RequirementSet], day: date) -> RequirementSet | None:
    """Of several sets of one type, the one that holds on a day: a newer edition supersedes by its date."""
    holding = [s for s in sets if s.valid_from <= day and (s.valid_to is None or day <= s.valid_to)]
    return max(holding, key=lambda s: (s.valid_from, s.edition, s.id), default=None)


def shipped() -> list[Read]:
    """The sets of the seed, by code. RuntimeError for a file that would be refused."""
    sets = [(path, read(path.read_bytes())) for path in sorted(FOLDER.glob("*.toml"))]
    for path, found in sets:
        if not found.is_clean:
            raise RuntimeError(f"{path.name}: {'; '.join(map(str, found.findings))}")
    return [found for _path, found in sets]


def install_sets(session: ScopedSession, codes: Collection[str] | None = None) -> int:
    """Add the shipped sets of which no edition is there yet, and count them; ``codes``: only these."""
    present = set(session.scalars(select(RequirementSet.code)))
    new = [found for found in shipped() if found.facts["code"] not in present
           and (codes is None or found.facts["code"] in codes)]
    for found in new:
        _add(session, found)
    return len(new)


def add_set(session: ScopedSession, content: bytes, *, today: date) -> RequirementSet:
    """Import a set from a file: a new one, or the next edition of one that is there; running procedures keep theirs.

    Who is accredited under an earlier edition adapts to it by the day that it says (``adapt_by``), if it says one.
    RuleBroken if the file has anything wrong, or names a type of unit that nobody knows.
    """
    session.principal.require(*EDITORS)
    found = read(content)
    if not found.is_clean:
        raise RuleBroken("Il file non va bene: %(found)s", field="file",
                         found=" ".join(f"Riga {f.values['line']}: {f}" for f in found.findings[:4]))
    unknown = unknown_types(session, found)
    if unknown:
        raise RuleBroken("Il tipo di unità «%(types)s» non è tra quelli registrati: aggiungerlo tra i tipi, poi "
                         "importare.", field="file", types=", ".join(unknown)).mended(Place("unit_type.new", 0))
    before = session.scalars(select(RequirementSet).where(RequirementSet.code == found.facts["code"])).all()
    if any(found.facts["valid_from"] < other.valid_from for other in before):
        raise RuleBroken("Un'edizione che vale da più tardi è già registrata: la nuova comincia dopo.", field="file")
    added = _add(session, found)
    touched = select(Accreditation.id).where(Accreditation.state.in_(LIVING),
                                             Accreditation.set_id.in_([other.id for other in before]))
    follow(session, "accreditation", list(session.scalars(touched)), today=today)
    return added


def unknown_types(session: ScopedSession, found: Read) -> list[str]:
    """The codes of unit types that a file names and nobody has registered."""
    known = set(session.scalars(select(UnitType.code)))
    return [code for code in found.facts.get("unit_types", "").split(",") if code and code not in known]


def _add(session: ScopedSession, found: Read) -> RequirementSet:
    last = session.scalar(select(func.max(RequirementSet.edition)).where(RequirementSet.code == found.facts["code"]))
    the_set = RequirementSet(**found.facts, edition=(last or 0) + 1, added_at=clock.now(),
                             added_by=session.principal.name)
    session.add(the_set)
    session.flush()
    by_code: dict[str, Requirement] = {}
    for facts in found.requirements:
        columns: dict[str, Any] = {name: value for name, value in facts.items() if name != "parent"}
        parent = by_code.get(facts["parent"] or "")
        requirement = Requirement(**columns, set_id=the_set.id, parent_id=parent.id if parent else None)
        session.add(requirement)
        session.flush()
        by_code[requirement.code] = requirement
    session.refresh(the_set, ["requirements"])
    return the_set
