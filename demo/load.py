"""Loading the demo district from its TOML files: all of it in one transaction, once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.catalogue.model import Area, Coverage, OperationalSheet, Sector, Service, ServiceSector
from core.catalogue.sheets import kept
from core.contracts.model import ContractTerms, InstalmentRule, PenaltyBand, ServiceCharter, ZonePlan
from core.deadlines.standard import install_rules
from core.funding.model import FundingSource
from core.ground.access import ScopedSession
from core.ground.paths import DEMO
from core.parties import rules
from core.parties.model import (
    Act,
    Azienda,
    BankAccount,
    Body,
    BodyMember,
    BodyName,
    Delegate,
    Membership,
    Municipality,
    Party,
    Population,
    Signatory,
)
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry
from core.providers.types import install_types

Facts = Mapping[str, Any]
BODIES = {
    "council": "Consiglio comunale",
    "giunta": "Giunta comunale",
    "board": "Consiglio di Amministrazione",
    "assembly": "Assemblea Consortile",
    "founding": "",
}
PERSON = ("title", "given_name", "family_name", "sex", "birth_place", "birth_province", "birth_date")


def load(session: ScopedSession, registry: Registry) -> bool:
    """Load the district if the database has none; True if it was loaded now. RuleBroken for a datum in disorder."""
    if session.scalars(select(Azienda.id)).first() is not None:
        return False
    district, catalogue, terms = (read(name) for name in ("district", "catalogue", "terms"))
    _azienda(session, district)
    municipalities = {facts["slug"]: _municipality(session, facts) for facts in district["municipalities"]}
    session.add_all(_body(facts) for facts in district["bodies"])
    session.add_all(_plans(district))
    session.add_all(_funding_source(facts) for facts in district["funding_sources"])
    session.add(_charter(district["charter"]))
    session.add(contract_terms(terms))
    install_rules(session)
    install_types(session)
    services = _catalogue(session, catalogue, municipalities)
    session.add_all(_sheet(path.stem, services, registry) for path in sorted((DEMO / "sheets").glob("*.toml")))
    session.flush()
    return True


def terms_facts() -> Facts:
    """The facts of the demo terms: the period of the demo contracts is among them."""
    return read("terms")


def read(name: str) -> Facts:
    """One of the demo's files."""
    return tomllib.loads((DEMO / f"{name}.toml").read_text(encoding="utf-8"))


def _text(facts: Facts, key: str) -> str:
    return " ".join(str(facts.get(key, "")).split())


def _paragraphs(facts: Facts, key: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in str(facts.get(key, "")).split("\n\n") if part.strip())


# --- parties ----------------------------------------------------------------------------------------------


def _azienda(session: ScopedSession, district: Facts) -> Azienda:
    facts = district["azienda"]
    azienda = Azienda(
        name=facts["name"],
        short_name=facts["short_name"],
        tax_code=rules.body_tax_code(facts["tax_code"]),
        vat_number=rules.vat_number(facts["vat_number"]),
        address=facts["seat_address"],
        postal_code=facts["seat_postal_code"],
        city=facts["seat_municipality"],
        province=facts["province"],
        pec=facts["pec"],
        website=facts["website"],
        rea=facts["rea"],
        district=facts["district"],
        founding_date=facts["founding_date"],
        founding_notary=facts["founding_notary"],
        founding_place=facts["founding_place"],
        recognition_date=facts["recognition_date"],
        register_number=facts["tax_code"],
        statute_purpose_article=facts["statute_purpose_article"],
        purpose=_text(facts, "purpose"),
        goals=tuple(facts["goals"]),
        court=facts["court"],
        letterhead=tuple(facts["letterhead"]),
    )
    session.add(azienda)
    _belongings(azienda, facts)
    for order, act in enumerate(district["recalled_acts"], start=1):
        azienda.acts.append(_act(act, recalled_order=order))
    session.flush()
    return azienda


def _municipality(session: ScopedSession, facts: Facts) -> Municipality:
    municipality = Municipality(
        slug=facts["slug"],
        name=facts["name"],
        form=facts["kind"],
        istat=rules.istat(facts["istat"]),
        cadastral=rules.cadastral(facts["cadastral"]),
        ipa=facts["ipa"],
        tax_code=rules.body_tax_code(facts["tax_code"]),
        vat_number=rules.vat_number(facts["vat_number"]),
        address=facts["address"],
        postal_code=facts["postal_code"],
        city=facts["name"],
        province=facts["province"],
        pec=facts["pec"],
        patron_day=facts.get("patron_day"),
        mission=_paragraphs(facts, "mission"),
        principles=_paragraphs(facts, "values"),
        demo=True,
    )
    session.add(municipality)
    if "member_from" in facts:
        municipality.memberships.append(Membership(valid_from=facts["member_from"], valid_to=facts.get("member_to")))
    for count in facts.get("population", ()):
        municipality.populations.append(
            Population(on=count["date"], residents=count["residents"], source=count["source"])
        )
    _belongings(municipality, facts)
    session.flush()
    return municipality


def _belongings(party: Party, facts: Facts) -> None:
    party.acts.extend(_act(act) for act in facts.get("acts", ()))
    party.signatories.extend(_signatory(party, person) for person in facts.get("signatories", ()))
    party.accounts.extend(_account(account) for account in facts.get("accounts", ()))


def _act(facts: Facts, recalled_order: int | None = None) -> Act:
    body_kind = facts.get("body_kind", "other")
    return Act(
        body_kind=body_kind,
        body=facts.get("body", BODIES.get(body_kind, "")),
        kind=facts["kind"],
        number=facts.get("number"),
        date=facts.get("date"),
        title=facts.get("title", "Nomina"),
        unanimous=facts.get("unanimous", False),
        constitutes=facts.get("constitutes", False),
        recalled_order=recalled_order,
        recalled_text=_text(facts, "text"),
    )


def _signatory(party: Party, facts: Facts) -> Signatory:
    wanted = facts["act"]
    act = next((a for a in party.acts if (a.number, a.date) == (wanted["number"], wanted["date"])), None)
    if act is None:
        act = _act(wanted)
        party.acts.append(act)
    return Signatory(**_person(facts), role=facts["role"], valid_from=facts["from"], valid_to=facts.get("to"), act=act)


def _account(facts: Facts) -> BankAccount:
    return BankAccount(
        iban=rules.iban(facts["iban"]),
        bank=facts["bank"],
        branch=facts["branch"],
        treasury=facts["treasury"],
        opened_on=facts.get("opened"),
        communicated_on=facts.get("communicated"),
        delegates=[Delegate(**_person(person), role=person["role"]) for person in facts["delegates"]],
    )


def _person(facts: Facts) -> dict[str, Any]:
    return {key: facts[key] for key in PERSON if key in facts} | {"tax_code": rules.person_tax_code(facts["tax_code"])}


def _body(facts: Facts) -> Body:
    aliases = facts.get("aliases", ())
    return Body(
        code=facts["code"],
        name=facts["name"],
        kind=facts["kind"],
        owner=facts["owner"],
        term_from=facts.get("term_from"),
        term_to=facts.get("term_to"),
        names=[BodyName(name=a["name"], valid_from=a.get("from"), valid_to=a.get("to")) for a in aliases],
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


# --- plans, terms, funding --------------------------------------------------------------------------------


def _plans(district: Facts) -> Iterable[ZonePlan]:
    for facts in (*district["past_zone_plans"], district["zone_plan"]):
        yield ZonePlan(
            title="Piano di Zona",
            ordinal=facts.get("ordinal"),
            first_year=facts["from_year"],
            last_year=facts["to_year"],
            agreement_date=facts.get("agreement_date"),
            budget_article=facts.get("agreement_funding_article", ""),
            founding=facts.get("founding", False),
        )


def _charter(facts: Facts) -> ServiceCharter:
    return ServiceCharter(
        title=facts["title"], owner=facts["kind"], valid_from=facts["valid_from"], valid_to=facts.get("valid_to")
    )


def _funding_source(facts: Facts) -> FundingSource:
    return FundingSource(
        code=facts["code"],
        title=facts["title"],
        laws=tuple(facts["laws"]),
        studied=facts.get("under_study", False),
        order=facts["order"],
    )


def contract_terms(facts: Facts) -> ContractTerms:
    """The first version of some terms, with its instalments and penalty bands."""
    return ContractTerms(
        title=facts["title"],
        edition=1,
        valid_from=facts["valid_from"],
        legal_source=facts["legal_source"],
        tacit_renewal=facts["tacit_renewal"],
        renewal_assessment_months=facts["renewal_assessment_months"],
        renewal_direction=facts["renewal_assessment_direction"],
        continuity_months=facts["continuity_months"],
        share_criteria=tuple(facts["share_criteria"]),
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


def _catalogue(
    session: ScopedSession, facts: Facts, municipalities: Mapping[str, Municipality]
) -> dict[str, Service]:
    areas = {a["code"]: _area(order, a) for order, a in enumerate(facts["areas"], start=1)}
    services = {s["code"]: _service(s, municipalities) for s in facts["services"]}
    for order, sector_facts in enumerate(facts["sectors"], start=1):
        sector = Sector(
            code=sector_facts["code"],
            title=sector_facts["title"],
            heading=sector_facts["heading"],
            description=_text(sector_facts, "description"),
            tasks=tuple(sector_facts.get("tasks", ())),
            order=order,
            area=areas[sector_facts["area"]],
        )
        for place, code in enumerate(sector_facts.get("entries", ()), start=1):
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
        description=_text(facts, "description"),
        order=order,
    )


def _service(facts: Facts, municipalities: Mapping[str, Municipality]) -> Service:
    return Service(
        code=facts["code"],
        title=facts["title"],
        managing_unit=facts.get("managing_unit", ""),
        recipients=_text(facts, "recipients"),
        cost_to_user=_text(facts, "cost_to_user"),
        management_form=facts["management_form"],
        essential_level=facts["essential_level"],
        entry=_text(facts, "art9_entry"),
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


def _sheet(name: str, services: Mapping[str, Service], registry: Registry) -> OperationalSheet:
    facts = read(f"sheets/{name}")
    plugin = registry.get(facts["code"]) if "plugin" in facts else None
    return OperationalSheet(
        code=facts["code"],
        edition=facts["edition"],
        title=facts["title"],
        mission=_paragraphs(facts, "mission"),
        definitions=tuple(facts.get("definitions", ())),
        activities=tuple(facts["activities"]),
        recipients=_paragraphs(facts, "recipients"),
        cost_to_user=_paragraphs(facts, "cost_to_user"),
        protocol=tuple(facts.get("protocol", ())),
        tools=tuple(facts.get("tools", ())),
        notes=tuple(facts.get("notes", ())),
        joint_management=facts.get("joint_management", False),
        coverage=tuple(facts.get("coverage", ())),
        pasted_mission=_paragraphs(facts, "pasted_mission"),
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
    return kept(plugin.sheet, {name: value for name, value in facts["plugin"].items() if name != "demo"})
