"""Loading the demo district: its own facts, and over the starting sets of ``seed`` its own additions, all at once.

The files here that are called like a starting set hold only what the demo adds to it: what it invents, what it chooses
where the source leaves a datum open, and the faults of the source that the checks should find.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from core.catalogue import editions
from core.catalogue.editions import SheetApproval
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.operations import renew_fields
from core.catalogue.own_fields import set_own_fields
from core.contracts.model import ServiceCharter, ZonePlan
from core.deadlines.standard import install_rules
from core.ground.access import ScopedSession
from core.ground.paths import DEMO
from core.parties import rules
from core.parties.model import (
    Act,
    Azienda,
    BankAccount,
    Delegate,
    Membership,
    Municipality,
    Party,
    Population,
    Signatory,
)
from core.plugins.loading import Registry
from core.providers.types import install_types
from seed import load as seed
from seed.load import flat, laid_over, paragraphs

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
    district = read("district")
    _azienda(session, district)
    municipalities = {facts["slug"]: _municipality(session, facts) for facts in district["municipalities"]}
    seed.add_bodies(session, bodies())
    session.add_all(_plans(district))
    seed.add_funding_sources(session, seed.read("funding")["sources"])
    session.add(_charter(district["charter"]))
    seed.add_terms(session, terms())
    install_rules(session)
    install_types(session)
    services = seed.add_catalogue(session, catalogue(), municipalities)
    seed.add_sheets(session, sheets().values(), services, registry)
    laid = read("sheets")
    for facts in laid["promises"]:
        add_promises(session, facts, registry)
    approve_sheets(session, session.scalars(select(OperationalSheet)), laid["approved"])
    return True


def add_promises(session: ScopedSession, facts: Facts, registry: Registry) -> None:
    """The office adds promises of its own to a service, and its sheet takes them."""
    service = session.scalars(select(Service).where(Service.code == facts["service"])).one()
    own = {name: facts[name] for name in ("standards", "indicators")}
    set_own_fields(session, service.id, own, version=0, registry=registry)
    [sheet] = service.sheets
    renew_fields(session, sheet.id, plugin=sheet.plugin, moves={}, version=sheet.version, registry=registry)


def approve_sheets(session: ScopedSession, rows: Iterable[OperationalSheet], facts: Facts) -> None:
    """The Assembly approves the sheets, with one act for all of them."""
    approval = SheetApproval(facts["number"], facts["on"])
    for row in list(rows):
        editions.approve(session, row.id, approval, version=None, today=facts["on"])


# --- files ------------------------------------------------------------------------------------------------


def read(name: str) -> Facts:
    """One of the demo's own files."""
    return tomllib.loads((DEMO / f"{name}.toml").read_text(encoding="utf-8"))


def catalogue() -> Facts:
    """Areas, sectors and services, with the demo's choices and the municipalities that each service covers."""
    return laid_over(seed.read("catalogue"), read("catalogue"))


def terms() -> Facts:
    """The terms of the demo; the period of its contracts is among them."""
    return laid_over(seed.read("terms"), read("terms"))


def bodies() -> list[Facts]:
    """The bodies with their members, then those of the municipalities."""
    return [*laid_over(seed.read("bodies"), read("bodies"))["bodies"], *read("district")["bodies"]]


def sheets() -> Facts:
    """The operational sheets by code, in the demo's edition, with its figures and the faults that it keeps."""
    own = read("sheets")
    return {code: {**facts, "edition": own["edition"]}
            for code, facts in laid_over(seed.sheets(), own["sheets"]).items()}


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
        purpose=flat(facts, "purpose"),
        goals=tuple(facts["goals"]),
        court=facts["court"],
        accreditation_act=facts["accreditation_act"],
        letterhead=tuple(facts["letterhead"]),
        accessibility=facts["accessibility"],
        privacy=facts["privacy"],
        contacts=facts["contacts"],
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
        mission=paragraphs(facts, "mission"),
        principles=paragraphs(facts, "values"),
        relations=paragraphs(facts, "relations"),
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
        recalled_text=flat(facts, "text"),
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


# --- plans and charter ------------------------------------------------------------------------------------


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
