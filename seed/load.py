"""The starting sets: read from the files beside this one, and laid into the database part by part.

What the source leaves open has no value in the files and often a ``remark``. Whoever starts lays choices over the facts
(``laid_over``): figures of its own, members, the municipalities that a service covers. A part that still lacks what it
cannot stand without is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.catalogue.model import Area, Coverage, OperationalSheet, Sector, Service, ServiceSector
from core.catalogue.sheets import kept
from core.contracts.assemble import MANAGEMENT_FORMS
from core.contracts.model import ContractTerms, InstalmentRule, PenaltyBand
from core.contracts.terms import require_sound
from core.funding.model import FundingSource
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.paths import SEED
from core.parties import rules
from core.parties.model import Body, BodyMember, BodyName, Municipality
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry

Facts = Mapping[str, Any]
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
    terms = ContractTerms(
        title=facts["title"],
        edition=1,
        valid_from=facts["valid_from"],
        legal_source=facts["source"],
        tacit_renewal=facts["tacit_renewal"],
        renewal_assessment_months=facts["renewal_assessment_months"],
        renewal_direction=facts["renewal_assessment_direction"],
        continuity_months=facts["continuity_months"],
        share_criteria=tuple(facts["share_criteria"]),
        municipality_papers=tuple(facts.get("municipality_papers", ())),
        azienda_papers=tuple(facts.get("azienda_papers", ())),
        coordinated=facts.get("coordinated", "instalments"),
        extra_projects_month=facts["extra_projects_month"],
        own_charter_months=facts["own_charter_months"],
        reply_days=facts["reply_days"],
        penalty_min=Decimal(facts["penalty_min"]),
        penalty_max=Decimal(facts["penalty_max"]),
        penalty_payment_days=facts["penalty_payment_days"],
        further_damages=facts["penalties_damages"],
        account_notice_days=facts["account_notice_days"],
        arbitration=facts["arbitration"],
        arbitrators=facts["arbitrators"],
        court=facts["court"],
        roll_policy=facts["roll_policy"],
        registration_cost=facts["registration_cost"],
        interest=facts.get("interest", "none"),
        instalments=[_instalment(row) for row in facts["instalments"]],
        bands=[_band(row) for row in facts["penalty_bands"]],
    )
    require_sound(terms)
    session.add(terms)
    return terms


def _instalment(facts: Facts) -> InstalmentRule:
    return InstalmentRule(
        order=facts["order"],
        title=facts["title"],
        kind=facts["kind"],
        percent=Decimal(facts["percent"]) if "percent" in facts else None,
        base=facts.get("base"),
        due=facts.get("due"),
        event=facts.get("event"),
        due_days=facts.get("due_days"),
        counts_from=facts.get("counts_from"),
        with_forecast=facts.get("with_forecast", False),
    )


def _band(facts: Facts) -> PenaltyBand:
    return PenaltyBand(
        order=facts["order"],
        kind=facts["kind"],
        description=facts["description"],
        minimum=Decimal(facts["min"]),
        maximum=Decimal(facts["max"]),
    )


# --- catalogue --------------------------------------------------------------------------------------------


def add_catalogue(
    session: ScopedSession, facts: Facts, municipalities: Mapping[str, Municipality] = NOBODY
) -> dict[str, Service]:
    """Add areas, sectors and services; the services by code. RuleBroken if one has no form of management.

    ``municipalities`` by slug are those that the coverage of a service names.
    """
    areas = {a["code"]: _area(order, a) for order, a in enumerate(facts["areas"], start=1)}
    services = {s["code"]: _service(s, municipalities) for s in facts["services"]}
    for order, row in enumerate(facts["sectors"], start=1):
        sector = _sector(order, row, areas[row["area"]])
        for place, code in enumerate(row.get("entries", ()), start=1):
            sector.entries.append(ServiceSector(service=services[code], order=place))
    session.add_all([*areas.values(), *services.values()])
    session.flush()
    return services


def _area(order: int, facts: Facts) -> Area:
    return Area(
        code=facts["code"],
        title=facts["title"],
        kind=facts["kind"],
        responsible=facts.get("responsible", ""),
        description=flat(facts, "description"),
        order=order,
    )


def _sector(order: int, facts: Facts, area: Area) -> Sector:
    return Sector(
        code=facts["code"],
        title=facts["title"],
        heading=facts["heading"],
        description=flat(facts, "description"),
        tasks=tuple(facts.get("tasks", ())),
        order=order,
        area=area,
    )


def _service(facts: Facts, municipalities: Mapping[str, Municipality]) -> Service:
    if facts.get("management_form") not in MANAGEMENT_FORMS:
        raise RuleBroken("Scegliere una voce dell'elenco.", field=f"{facts['code']}.management_form")
    return Service(
        code=facts["code"],
        title=facts["title"],
        managing_unit=facts.get("managing_unit", ""),
        recipients=flat(facts, "recipients"),
        cost_to_user=flat(facts, "cost_to_user"),
        management_form=facts["management_form"],
        essential_level=facts.get("essential_level", False),
        entry=flat(facts, "art9_entry"),
        source=facts["source"],
        cover_all=facts.get("coverage_all", False),
        cover_assumed=facts.get("coverage_assumed", False),
        order=facts["order"],
        coverage=[_coverage(row, municipalities) for row in facts.get("coverage", ())],
    )


def _coverage(facts: Facts, municipalities: Mapping[str, Municipality]) -> Coverage:
    valid_from: date = facts["from"]
    rules.period(valid_from, facts.get("to"))
    return Coverage(municipality=municipalities[facts["municipality"]], valid_from=valid_from, valid_to=facts.get("to"))


# --- sheets -----------------------------------------------------------------------------------------------


def add_sheets(
    session: ScopedSession, facts: Iterable[Facts], services: Mapping[str, Service], registry: Registry
) -> None:
    """Add operational sheets to the services that they describe; a plugin that is loaded checks its own part."""
    session.add_all(_sheet(row, services, registry) for row in facts)
    session.flush()


def _sheet(facts: Facts, services: Mapping[str, Service], registry: Registry) -> OperationalSheet:
    plugin = registry.get(facts["code"]) if "plugin" in facts else None
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
    """The data beside the plain sections: the plugin's, or what a sheet without a plugin says in figures (X10)."""
    if plugin is None:
        return {"data": facts.get("data", {}), "labels": facts.get("labels", {})}
    return kept(plugin.sheet, facts["plugin"])
