"""The starting sets: read from the files beside this one, and laid into the database part by part.

What the source leaves open has no value in the files and often a ``remark``. Whoever starts lays choices over the facts
(``laid_over``): figures of its own, members, the municipalities that a service covers. A part that still lacks what it
cannot stand without is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.catalogue import structure
from core.catalogue.model import Area, OperationalSheet, Sector, Service, ServiceSuccession
from core.catalogue.operations import set_coverage
from core.catalogue.sheets import kept
from core.catalogue.succession import add_succession
from core.contracts.model import ContractTerms
from core.contracts.terms import PAPERS, add_version
from core.funding.model import FundingSource
from core.ground.access import ScopedSession
from core.ground.paths import SEED
from core.parties.model import Body, BodyMember, BodyName, Municipality
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry

Facts = Mapping[str, Any]
SAME = (  # what the file and the columns call alike
    "title", "valid_from", "tacit_renewal", "renewal_assessment_months", "continuity_months", "extra_projects_month",
    "own_charter_months", "reply_days", "penalty_payment_days", "account_notice_days", "arbitration", "arbitrators",
    "court", "roll_policy", "registration_cost",
)
NOBODY: Mapping[str, Municipality] = {}


# --- files ------------------------------------------------------------------------------------------------


def read(name: str) -> Facts:
    """One of the starting sets."""
    return tomllib.loads((SEED / f"{name}.toml").read_text(encoding="utf-8"))


def sheets() -> Facts:
    """The operational sheets by code."""
    return {path.stem: read(f"sheets/{path.stem}") for path in sorted((SEED / "sheets").glob("*.toml"))}


def laid_over(facts: Facts, choices: Facts) -> Facts:
    """The facts with somebody's choices over them: a table goes into a table, or into the row of a list by its code.

    KeyError for a choice about a row that is not there.
    """
    return {**facts, **{name: _joined(facts.get(name), choice) for name, choice in choices.items()}}


def _joined(fact: Any, choice: Any) -> Any:
    if not isinstance(choice, Mapping):
        return choice
    if not isinstance(fact, list):
        return laid_over(fact or {}, choice)
    if unknown := choice.keys() - {row["code"] for row in fact}:
        raise KeyError(f"a choice about {sorted(unknown)}, which the facts do not have")
    return [laid_over(row, choice.get(row["code"], {})) for row in fact]


def flat(facts: Facts, name: str) -> str:
    """A text of one paragraph, whatever its line breaks in the file; empty without one."""
    return " ".join(str(facts.get(name, "")).split())


def paragraphs(facts: Facts, name: str) -> str:
    """A text of several paragraphs, apart by an empty line."""
    return "\n\n".join(" ".join(part.split()) for part in str(facts.get(name, "")).split("\n\n") if part.strip())


# --- bodies and sources -----------------------------------------------------------------------------------


def add_bodies(session: ScopedSession, facts: Iterable[Facts]) -> None:
    """Add bodies, with their names over time and, where the choices give them, terms of office and members."""
    session.add_all(_body(row) for row in facts)


def _body(facts: Facts) -> Body:
    return Body(
        code=facts["code"],
        name=facts["name"],
        kind=facts["kind"],
        owner=facts["owner"],
        term_from=facts.get("term_from"),
        term_to=facts.get("term_to"),
        examines_report=facts.get("examines_report", False),
        names=[
            BodyName(name=a["name"], valid_from=a.get("from"), valid_to=a.get("to")) for a in facts.get("aliases", ())
        ],
        members=[
            BodyMember(
                given_name=m["given_name"],
                family_name=m["family_name"],
                role=m["role"],
                valid_from=m["from"],
                valid_to=m.get("to"),
            )
            for m in facts.get("members", ())
        ],
    )


def add_funding_sources(session: ScopedSession, facts: Iterable[Facts]) -> None:
    """Add the sources from which services are paid."""
    session.add_all(
        FundingSource(
            code=row["code"],
            title=row["title"],
            laws=tuple(row["laws"]),
            studied=row.get("under_study", False),
            order=row["order"],
        )
        for row in facts
    )


# --- terms ------------------------------------------------------------------------------------------------


def add_terms(session: ScopedSession, facts: Facts) -> ContractTerms:
    """Add the first version of some terms, with its instalments and penalty bands. RuleBroken if it cannot stand."""
    return add_version(session, *terms_columns(facts))


def terms_columns(facts: Facts) -> tuple[Facts, list[Facts], list[Facts]]:
    """Some terms as their operation takes them: the columns, the rows of the plan, the penalty bands."""
    columns = {name: facts[name] for name in SAME if name in facts}
    columns |= {
        "legal_source": facts["source"],
        "renewal_direction": facts["renewal_assessment_direction"],
        "further_damages": facts["penalties_damages"],
        "penalty_min": Decimal(facts["penalty_min"]),
        "penalty_max": Decimal(facts["penalty_max"]),
        **{name: tuple(facts.get(name, ())) for name in ("share_criteria", *PAPERS)},
        "coordinated": facts.get("coordinated", "instalments"),
        "interest": facts.get("interest", "none"),
    }
    return columns, [_instalment(row) for row in facts["instalments"]], [_band(row) for row in facts["penalty_bands"]]


def _instalment(facts: Facts) -> Facts:
    return {
        "title": facts["title"],
        "kind": facts["kind"],
        "percent": Decimal(facts["percent"]) if "percent" in facts else None,
        **{name: facts.get(name) for name in ("base", "due", "event", "due_days", "counts_from")},
        "with_forecast": facts.get("with_forecast", False),
    }


def _band(facts: Facts) -> Facts:
    return {"kind": facts["kind"], "description": facts["description"], "minimum": Decimal(facts["min"]),
            "maximum": Decimal(facts["max"])}


# --- catalogue --------------------------------------------------------------------------------------------


def add_catalogue(
    session: ScopedSession, facts: Facts, municipalities: Mapping[str, Municipality] = NOBODY,
    registry: Registry | None = None,
) -> dict[str, Service]:
    """Add the areas, sectors and services that are not there yet, known by their codes; the services by code.

    ``municipalities`` by slug are those that the coverage of a service names.
    """
    areas, sectors, services, bodies = (_by_code(session, kind) for kind in (Area, Sector, Service, Body))
    for order, row in enumerate(facts["areas"], start=1):
        if row["code"] not in areas:
            areas[row["code"]] = structure.add_area(session, _area(order, row))
    for order, row in enumerate(facts["sectors"], start=1):
        if row["code"] not in sectors:
            sectors[row["code"]] = structure.add_sector(session, _sector(order, row, areas[row["area"]]))
    places = {(code, row["code"]): place for row in facts["sectors"]
              for place, code in enumerate(row.get("entries", ()), start=1)}
    for row in facts["services"]:
        if row["code"] not in services:
            within = [sector for service, sector in places if service == row["code"]]
            service = structure.add_service(session, _service(row, bodies), [sectors[code].id for code in within],
                                            registry)
            for held in service.sectors:
                held.order = places[service.code, held.sector.code]
            for period in row.get("coverage", ()):
                set_coverage(session, service.id, municipalities[period["municipality"]].id, period["from"],
                             period.get("to"))
            services[service.code] = service
    session.flush()
    return services


def add_successions(session: ScopedSession, facts: Iterable[Facts]) -> None:
    """Record which service took the place of which, where both are there and nobody has recorded it yet."""
    services, held = _by_code(session, Service), {(row.service.code, row.predecessor.code)
                                                  for row in session.scalars(select(ServiceSuccession))}
    for row in facts:
        pair = row["service"], row["predecessor"]
        if pair not in held and services.keys() >= set(pair):
            after, before = (services[code].id for code in pair)
            add_succession(session, {"service_id": after, "predecessor_id": before, "since": row.get("since"),
                                     "reason": flat(row, "reason")})


def _by_code(session: ScopedSession, kind: Any) -> dict[str, Any]:
    return {row.code: row for row in session.scalars(select(kind))}


def _area(order: int, facts: Facts) -> Facts:
    return {
        "code": facts["code"],
        "title": facts["title"],
        "kind": facts["kind"],
        "responsible": facts.get("responsible", ""),
        "description": flat(facts, "description"),
        "order": order,
    }


def _sector(order: int, facts: Facts, area: Area) -> Facts:
    return {
        "code": facts["code"],
        "title": facts["title"],
        "heading": facts["heading"],
        "description": flat(facts, "description"),
        "tasks": tuple(facts.get("tasks", ())),
        "order": order,
        "area_id": area.id,
    }


def _service(facts: Facts, bodies: Mapping[str, Body]) -> Facts:
    owner, declaring = (bodies.get(facts.get(name, "")) for name in ("function_owner", "essential_body"))
    return {
        "function_owner_id": owner.id if owner else None,
        "essential_body_id": declaring.id if declaring else None,
        "essential_number": facts.get("essential_number", ""),
        "essential_on": facts.get("essential_on"),
        "code": facts["code"],
        "title": facts["title"],
        "summary": facts.get("summary", ""),
        "managing_unit": facts.get("managing_unit", ""),
        "recipients": flat(facts, "recipients"),
        "cost_to_user": flat(facts, "cost_to_user"),
        "management_form": facts.get("management_form"),
        "essential_level": facts.get("essential_level", False),
        "entry": flat(facts, "art9_entry"),
        "source": facts["source"],
        "cover_all": facts.get("coverage_all", False),
        "cover_assumed": facts.get("coverage_assumed", False),
        "order": facts["order"],
    }


# --- sheets -----------------------------------------------------------------------------------------------


def add_sheets(
    session: ScopedSession, facts: Iterable[Facts], services: Mapping[str, Service], registry: Registry
) -> None:
    """Add operational sheets to the services that they describe; a plugin that is loaded checks its own part."""
    session.add_all(_sheet(row, services, registry) for row in facts)
    session.flush()


def _sheet(facts: Facts, services: Mapping[str, Service], registry: Registry) -> OperationalSheet:
    plugin = registry.get(facts["code"])
    return OperationalSheet(
        code=facts["code"],
        edition=facts["edition"],
        title=facts["title"],
        mission=paragraphs(facts, "mission"),
        definitions=tuple(facts.get("definitions", ())),
        activities=tuple(facts["activities"]),
        recipients=paragraphs(facts, "recipients"),
        cost_to_user=paragraphs(facts, "cost_to_user"),
        protocol=tuple(facts.get("protocol", ())),
        tools=tuple(facts.get("tools", ())),
        notes=tuple(facts.get("notes", ())),
        joint_management=facts.get("joint_management", False),
        coverage=tuple(facts.get("coverage", ())),
        pasted_mission=paragraphs(facts, "pasted_mission"),
        mission_origin=facts.get("mission_origin", ""),
        source=facts["source"],
        plugin=plugin.code if plugin else None,
        services=[services[code] for code in facts["services"]],
        **_own_part(facts, plugin),
    )


def _own_part(facts: Facts, plugin: PluginDescription | None) -> dict[str, Any]:
    """What the service says beside its texts, under the fields of all sheets and of its plugin."""
    return kept(plugin, facts.get("data", {}))
