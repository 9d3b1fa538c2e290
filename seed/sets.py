"""The starting sets as somebody chooses from them: whole or in parts, then edited as one's own.

What is there already, known by its code, stays as it is. What the source leaves open comes empty, with its remark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core.accreditation.model import RequirementSet
from core.accreditation.sets import install_sets, shipped
from core.catalogue.model import OperationalSheet, Sector, Service
from core.deadlines import kinds
from core.deadlines.model import DeadlineRule, EventKind
from core.deadlines.operations import add_rule
from core.funding.model import FundingSource
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.parties.model import Body
from core.plugins.loading import Registry
from core.providers.model import UnitType
from core.providers.types import install_types
from seed import load as seed
from seed.load import Facts

RULES = re.compile(r" \([RX]\d[^)]*\)")  # where docs/rules.md speaks of it: for who works on the files
EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
OF_REQUIREMENTS = "Le famiglie che la bozza del 2015 accredita (R51); ogni insieme dice la fonte di ciascun requisito"
CHARTER = "charter_services"
TO_VERIFY = "Da verificare: la fonte non è stata letta per intero."


@dataclass(frozen=True)
class Part:
    """One row of a set. ``held``: it is there already. ``remark``: what the source leaves open.

    ``day`` (``11-30``) and ``source`` are those of a duty of the calendar.
    """

    code: str
    title: str
    held: bool
    remark: str = ""
    day: str = ""
    source: str = ""


@dataclass(frozen=True)
class Ground:
    """Where the parts are laid, and the day from which duties of the calendar begin."""

    session: ScopedSession
    registry: Registry
    today: date


@dataclass(frozen=True)
class StartingSet:
    """A set with its parts, its source and the day from which it holds."""

    code: str
    source: str
    parts: tuple[Part, ...]


def offered(session: ScopedSession) -> list[StartingSet]:
    """Every set, in the order in which they are laid."""
    catalogue, bodies, funding, types = map(seed.read, ("catalogue", "bodies", "funding", "unit_types"))
    duties, charter = seed.read("deadline_rules"), seed.read(CHARTER)
    sheets = [{"code": code, **sheet} for code, sheet in seed.sheets().items()]
    return [
        _set(session, "services", catalogue["source"], catalogue["services"], Service),
        _set(session, CHARTER, charter["source"], charter["services"], Service),
        _set(session, "units", catalogue["source"], _units(catalogue), Sector),
        _set(session, "sheets", catalogue["source"], sheets, OperationalSheet),
        _set(session, "bodies", bodies["source"], bodies["bodies"], Body),
        _set(session, "funding", funding["source"], funding["sources"], FundingSource),
        _set(session, "unit_types", types["source"], types["types"], UnitType),
        _set(session, "requirements", OF_REQUIREMENTS, _requirement_sets(), RequirementSet),
        _set(session, "deadline_rules", duties["source"], duties["rules"], DeadlineRule),
    ]


def _set(session: ScopedSession, code: str, source: str, rows: Collection[Facts], kind: Any) -> StartingSet:
    held = set(session.scalars(select(kind.code)))
    parts = tuple(Part(row["code"], row.get("title") or row["name"], row["code"] in held,
                       RULES.sub("", row.get("remark", "")), row.get("day", ""), row.get("legal_source", ""))
                  for row in rows)
    return StartingSet(code, RULES.sub("", source), parts)


def _units(catalogue: Facts) -> list[Facts]:
    """The sectors without services: units of the system area, staff."""
    return [row for row in catalogue["sectors"] if not row.get("entries")]


def _requirement_sets() -> list[Facts]:
    return [{"code": one.facts["code"], "title": one.facts["title"], "unit_types": one.facts["unit_types"].split(","),
             "remark": "" if one.facts["verified"] else TO_VERIFY} for one in shipped()]


@dataclass(frozen=True)
class Standing:
    """What became of a set here: how many of its parts were taken up, and of those, which say something else today
    (``changed``, their titles) and which rest on a source that nobody has read whole (``to_verify``)."""

    code: str
    source: str
    parts: int
    taken: int
    changed: tuple[str, ...]
    to_verify: tuple[str, ...]


def standing(session: ScopedSession) -> list[Standing]:
    """What stands of every set, in the order in which they are offered."""
    return [_standing(session, one) for one in offered(session)]


def _standing(session: ScopedSession, one: StartingSet) -> Standing:
    taken = {part.code: part.title for part in one.parts if part.held}
    kind, wanted = LAID_AS[one.code]
    rows: dict[str, list[Any]] = {code: [] for code in taken}
    for row in session.scalars(select(kind).where(kind.code.in_(taken)).order_by(kind.id)):
        rows[row.code].append(row)  # of one with editions the first was laid, and the last holds
    says = {facts["code"]: facts for facts in wanted()}
    changed = [code for code in taken if code in says and any(
        getattr(rows[code][0], name) != value for name, value in says[code].items())]
    return Standing(one.code, one.source, len(one.parts), len(taken), tuple(taken[code] for code in changed),
                    tuple(taken[code] for code in taken if getattr(rows[code][-1], "verified", True) is False))


def _titles(name: str, rows: str, column: str = "title") -> Callable[[], list[Facts]]:
    return lambda: [{"code": row["code"], column: row[column]} for row in seed.read(name)[rows]]


def _services_said(name: str) -> Callable[[], list[Facts]]:
    return lambda: [{"code": row["code"], "title": row["title"],
                     **{text: seed.flat(row, text) for text in ("recipients", "cost_to_user")}}
                    for row in seed.read(name)["services"]]


def _sheets_said() -> list[Facts]:
    return [{"code": code, "title": facts["title"], "activities": tuple(facts["activities"]),
             **{text: seed.paragraphs(facts, text) for text in ("mission", "recipients", "cost_to_user")}}
            for code, facts in seed.sheets().items()]


def _no_texts() -> list[Facts]:
    """Of these sets each change makes an edition or a row of its own, and the history tells it."""
    return []


LAID_AS: dict[str, tuple[Any, Callable[[], list[Facts]]]] = {
    "services": (Service, _services_said("catalogue")), CHARTER: (Service, _services_said(CHARTER)),
    "units": (Sector, _titles("catalogue", "sectors")), "sheets": (OperationalSheet, _sheets_said),
    "bodies": (Body, _titles("bodies", "bodies", "name")), "funding": (FundingSource, _titles("funding", "sources")),
    "unit_types": (UnitType, _no_texts), "requirements": (RequirementSet, _no_texts),
    "deadline_rules": (DeadlineRule, _no_texts),
}


def lay(
    session: ScopedSession, registry: Registry, chosen: Mapping[str, Collection[str]], whole: Collection[str] = (), *,
    today: date,
) -> int:
    """Add the parts ``chosen`` of each set, or all of those that are taken ``whole``, if not there yet; how many.

    A service brings its sector, its area and the body that owns its function, a requirement set its types of unit, a
    rule of the deadlines the office's own events from which it counts; a sheet is for services that are there or come
    with it. RuleBroken for a set or a part that is none, and for a sheet of a service that is not there.
    """
    session.principal.require(*EDITORS)
    new: dict[str, set[str]] = {}
    for one in offered(session):
        parts = {part.code for part in one.parts}
        picked = parts if one.code in whole else set(chosen.get(one.code, ()))
        if not picked <= parts:
            raise RuleBroken("Una delle voci scelte non è più tra gli insiemi di partenza: ricaricare la pagina.")
        new[one.code] = picked - {part.code for part in one.parts if part.held}
    if not any(new.values()):
        raise RuleBroken("Non è scelta nessuna voce nuova: spuntare un insieme, o alcune delle sue voci.")
    ground = Ground(session, registry, today)
    for code, add in LAID.items():
        if new[code]:
            add(ground, new[code])
    session.flush()
    return sum(map(len, new.values()))


def _lay_catalogue(session: ScopedSession, services: Collection[str], units: Collection[str],
                   facts: Facts | None = None, registry: Registry | None = None) -> None:
    facts = facts or seed.read("catalogue")
    sectors = [{**row, "entries": [code for code in row.get("entries", ()) if code in services]}
               for row in facts["sectors"] if row["code"] in units or set(row.get("entries", ())) & set(services)]
    areas = [row for row in facts["areas"] if row["code"] in {sector["area"] for sector in sectors}]
    seed.add_catalogue(session, {"areas": areas, "sectors": sectors,
                                 "services": [row for row in facts["services"] if row["code"] in services]},
                       registry=registry)


def _lay_services(ground: Ground, codes: Collection[str]) -> None:
    """With the services the bodies that own their functions."""
    held = set(ground.session.scalars(select(Body.code)))
    owners = {row.get("function_owner") for row in seed.read("catalogue")["services"] if row["code"] in codes}
    _lay_bodies(ground, owners - held)
    ground.session.flush()
    _lay_catalogue(ground.session, codes, (), registry=ground.registry)
    seed.add_successions(ground.session, seed.read(CHARTER)["successions"])


def _lay_charter(ground: Ground, codes: Collection[str]) -> None:
    """The services of the charter that no contract lists, in a sector of their own, with what took their place."""
    facts = seed.read(CHARTER)
    _lay_catalogue(ground.session, codes, (), {**facts, "areas": seed.read("catalogue")["areas"]})
    seed.add_successions(ground.session, facts["successions"])


def _lay_units(ground: Ground, codes: Collection[str]) -> None:
    _lay_catalogue(ground.session, (), codes)


def _lay_sheets(ground: Ground, codes: Collection[str]) -> None:
    services = {service.code: service for service in ground.session.scalars(select(Service))}
    rows = []
    for code, facts in seed.sheets().items():
        if code in codes:
            here = [service for service in facts["services"] if service in services]
            if not here:
                raise RuleBroken("La scheda «%(title)s» è di un servizio che non c'è: scegliere anche il servizio.",
                                 title=facts["title"])
            rows.append({**facts, "services": here})
    seed.add_sheets(ground.session, rows, services, ground.registry)


def _lay_bodies(ground: Ground, codes: Collection[str]) -> None:
    seed.add_bodies(ground.session, [row for row in seed.read("bodies")["bodies"] if row["code"] in codes])


def _lay_funding(ground: Ground, codes: Collection[str]) -> None:
    seed.add_funding_sources(ground.session, [row for row in seed.read("funding")["sources"] if row["code"] in codes])


def _lay_types(ground: Ground, codes: Collection[str]) -> None:
    install_types(ground.session, codes)


def _lay_requirements(ground: Ground, codes: Collection[str]) -> None:
    install_types(ground.session,
                  {kind for row in _requirement_sets() if row["code"] in codes for kind in row["unit_types"]})
    install_sets(ground.session, codes)


def _lay_duties(ground: Ground, codes: Collection[str]) -> None:
    """With the rules the events from which they count; a rule of which the source says no term waits for it."""
    facts = seed.read("deadline_rules")
    rules = [row for row in facts["rules"] if row["code"] in codes]
    named = {row.get(name) for row in rules for name in ("event", "expected")}
    named -= set(ground.session.scalars(select(EventKind.code)))
    for row in facts["events"]:
        if row["code"] in named:
            kinds.add_kind(ground.session, row)
    for row in rules:
        wanted = {name: value for name, value in row.items() if name != "remark"}
        days = tuple(str(days) for days in row["alert_days"])
        add_rule(ground.session, {**wanted, "alert_days": days, "active": "day" in row or "amount" in row},
                 today=ground.today)


LAID: dict[str, Callable[[Ground, Collection[str]], None]] = {
    "bodies": _lay_bodies, "services": _lay_services, CHARTER: _lay_charter, "units": _lay_units,
    "sheets": _lay_sheets, "funding": _lay_funding, "unit_types": _lay_types,
    "requirements": _lay_requirements, "deadline_rules": _lay_duties,
}
