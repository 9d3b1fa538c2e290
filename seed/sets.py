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
    duties = seed.read("deadline_rules")
    sheets = [{"code": code, **sheet} for code, sheet in seed.sheets().items()]
    return [
        _set(session, "services", catalogue["source"], catalogue["services"], Service),
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


def _lay_catalogue(session: ScopedSession, services: Collection[str], units: Collection[str]) -> None:
    facts = seed.read("catalogue")
    sectors = [{**row, "entries": [code for code in row.get("entries", ()) if code in services]}
               for row in facts["sectors"] if row["code"] in units or set(row.get("entries", ())) & set(services)]
    areas = [row for row in facts["areas"] if row["code"] in {sector["area"] for sector in sectors}]
    seed.add_catalogue(session, {"areas": areas, "sectors": sectors,
                                 "services": [row for row in facts["services"] if row["code"] in services]})


def _lay_services(ground: Ground, codes: Collection[str]) -> None:
    """With the services the bodies that own their functions."""
    held = set(ground.session.scalars(select(Body.code)))
    owners = {row.get("function_owner") for row in seed.read("catalogue")["services"] if row["code"] in codes}
    _lay_bodies(ground, owners - held)
    ground.session.flush()
    _lay_catalogue(ground.session, codes, ())


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
    "bodies": _lay_bodies, "services": _lay_services, "units": _lay_units, "sheets": _lay_sheets,
    "funding": _lay_funding, "unit_types": _lay_types, "requirements": _lay_requirements,
    "deadline_rules": _lay_duties,
}
