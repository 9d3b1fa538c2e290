"""From the records to the plain data of a contract document, and the remarks that its making calls for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload, selectinload

from core.catalogue import rules as catalogue_rules
from core.catalogue.agreements import holding, in_words
from core.catalogue.model import Area, Coverage, OperationalSheet, Sector, Service, ServiceAgreement, ServiceSector
from core.catalogue.rules import sheet_of
from core.catalogue.sheets import blocks_of
from core.contracts import capacities, districts, house, papers, rules
from core.contracts import context as doc
from core.contracts.asset_blocks import ANNEX_TITLE, annex_blocks
from core.contracts.family import merged_into
from core.contracts.model import (
    Conferral,
    Contract,
    ContractParty,
    EntrustedAsset,
    ServiceCharter,
    ZonePlan,
)
from core.contracts.proposal import uncovered
from core.contracts.terms_text import terms_of
from core.documents import words
from core.documents.blocks import Block, KeyValues, Paragraph
from core.documents.controls import Late
from core.documents.grammar import by_sex, joined, the
from core.funding.model import FundingSource
from core.ground.access import ScopedSession, asked_once
from core.ground.errors import Finding, Level, Place, RuleBroken
from core.ground.exercises import exercises
from core.ground.order import alphabetical
from core.parties.districts import district_of
from core.parties.model import (
    Act,
    Azienda,
    BankAccount,
    Body,
    District,
    DistrictMember,
    Municipality,
    Party,
    PersonFields,
    Signatory,
)
from core.parties.rules import BODIES
from core.plugins.loading import Registry
from core.register.reading import accredited_services

NO_SHEET = "La scheda operativa di questo servizio non è ancora stata redatta."
MOMENT, DAY = "Giorno e ora della firma", "Giorno della firma"  # the names of what is known last
DIGITAL = "dell'ultima firma digitale"  # when a contract is signed that nobody signs at a table
MANAGEMENT_FORMS = {
    "direct": "gestione diretta dell'Azienda",
    "municipal": "gestione diretta del Comune",
    "autonomous_initiative": "iniziativa autonoma del territorio",
    "accreditation": "concessione a terzi accreditati",
    "partnership": "accordo di collaborazione o partenariato",
    "contract": "affidamento a terzi con contratto",
}


def findings(session: ScopedSession, contract: Contract, registry: Registry, *, today: date) -> list[Finding]:
    """All remarks on a contract, errors first: its own, and those on the services and sheets that it would print."""
    load_services(session, contract)
    territory = territory_on(session, contract.starts_on, until=contract.ends_on)
    own = [*rules.check(contract, today), *house.remarks(contract), *house.organ_remarks(session, contract),
           *districts.findings(session, contract),           *_members_of(territory), *uncovered(contract, territory)]
    if not any(finding.level is Level.ERROR for finding in own):
        own = [*_unprintable(session, contract, registry), *own]
    return own + catalogue_rules.findings(conferred(contract), territory, registry)


def _unprintable(session: ScopedSession, contract: Contract, registry: Registry) -> Iterator[Finding]:
    """What the records behind a contract still lack: where nothing is remarked the document can be made."""
    try:
        contract_document(session, contract, registry)
    except RuleBroken as refusal:
        yield Finding(refusal.message, dict(refusal.values), level=Level.ERROR, where="printing", at=refusal.at)


def _members_of(territory: catalogue_rules.Territory) -> Iterator[Finding]:
    if not territory.members:
        yield Finding("Il %(day)s nessun ente risulta socio, e le premesse elencano i soci: registrarne l'adesione.",
                      {"day": f"{territory.day:%d/%m/%Y}"}, where="members", source="R4")


def territory_on(session: ScopedSession, day: date, *, until: date | None = None) -> catalogue_rules.Territory:
    """What the checks must know of the municipalities on ``day``; ``until``: the last day of a contract."""
    everyone = _municipalities(session)
    return catalogue_rules.Territory(
        day=day,
        until=until,
        accredited=accredited_services(session),
        accreditor=capacities.accreditor(everyone, day),
        names={m.slug: m.name for m in everyone},
        members=frozenset(m.slug for m in everyone if m.is_member(day)),
        districts={m.slug: here.id for m in everyone if (here := district_of(session, m, day)) is not None},
    )


@asked_once
def _municipalities(session: ScopedSession) -> Sequence[Municipality]:
    """All of them, with the periods of their membership, their districts, their capacities and their residents."""
    load = (joinedload(Municipality.memberships), joinedload(Municipality.populations),
            joinedload(Municipality.capacities), selectinload(Municipality.places).joinedload(DistrictMember.district))
    return session.scalars(select(Municipality).options(*load)).unique().all()


@asked_once
def load_services(session: ScopedSession, contract: Contract) -> None:
    """Fetch the services conferred with their sectors, sheets and coverage at once, instead of one by one."""
    service = selectinload(Conferral.service).options(
        selectinload(Service.sectors).joinedload(ServiceSector.sector).joinedload(Sector.area),
        selectinload(Service.sheets),
        selectinload(Service.names),
        joinedload(Service.function_owner).selectinload(Body.names),
        selectinload(Service.agreements).joinedload(ServiceAgreement.body).selectinload(Body.names),
        selectinload(Service.coverage).selectinload(Coverage.municipality),
    )
    unloaded = [inspect(given).unloaded or inspect(given.service).unloaded for given in contract.conferrals]
    if any({"service", "sheets", "coverage", "agreements", "names"} & lacking for lacking in unloaded):
        # held by the contract, so that the session does not forget what comes now
        query = select(Conferral).where(Conferral.contract_id == contract.id)
        session.scalars(query.options(service, selectinload(Conferral.municipality))).all()


def conferred(contract: Contract) -> list[Service]:
    """The services conferred, each once, in the order of art. 9."""
    return sorted({c.service for c in contract.conferrals}, key=lambda service: service.order)


def contract_document(
    session: ScopedSession, contract: Contract, registry: Registry, *, by_hand: bool = False
) -> doc.ContractContext:
    """Everything that the contract's document says. RuleBroken if a party cannot be printed (see ``rules.check``)."""
    load_services(session, contract)
    services = conferred(contract)
    numbers = {service.id: number for number, service in enumerate(services, start=1)}
    names = {m.slug: m.name for m in _municipalities(session)}
    sectors = joinedload(Area.sectors).joinedload(Sector.entries)
    areas = session.scalars(select(Area).options(sectors).order_by(Area.order)).unique().all()
    azienda = next(p for p in contract.parties if isinstance(p.party, Azienda))
    assert isinstance(azienda.party, Azienda)
    assets = _assets(session, contract)
    merged = merged_into(session, contract)
    named = merged[-1].named_on if merged else contract.named_on
    charter = contract.charter
    if charter is None:
        raise RuleBroken("Al contratto manca la Carta dei servizi: completare i termini.")
    cited = districts.cited(session, contract)
    if not cited:
        raise RuleBroken("Manca il nome del distretto o dell'ambito: scriverlo tra i dati dell'azienda.")
    return doc.ContractContext(
        number=contract.code,
        draft=contract.state == "draft",
        standing=Late("standing", "Parola «bozza»", "Bozza allegata", "" if contract.state == "draft" else "Allegato"),
        programme_year=str(exercises(session).of(contract.starts_on)),
        azienda=_azienda(session, azienda, cited[0].district),
        municipalities=tuple(_municipality(p, azienda.party.districts[0]) for p in contract.remaining_parties),
        members=_members(session, contract.starts_on, *(one.district for one in cited)),
        zone_plan=_zone_plan(contract.zone_plan) if contract.zone_plan else None,
        recalled_acts=tuple(_recalled(azienda.party)),
        areas=tuple(_area(area, numbers, named) for area in areas if area.kind != "staff"),
        management=tuple(_management(services, numbers)),
        staff_area=next((_area(area, numbers, named) for area in areas if area.kind == "staff"), None),
        terms=terms_of(session, contract),
        funding_sources=_funding_sources(session),
        charter=_charter(charter),
        attached=tuple(_attached(p) for p in contract.parties if p.valid_to is None),
        signing=signing(contract, by_hand=by_hand),
        organs=house.organs(session, contract.starts_on, [one.district for one in cited]),
        annexes=(*(_annex(service, numbers[service.id], sheet_of(service, contract.starts_on.year), named, registry,
                          names) for service in services),
                 *((_assets_annex(assets, len(services) + 1),) if assets else ())),
        assets_annex=len(services) + 1 if assets else None,
        own_clauses=tuple(doc.Clause(clause.title, clause.text) for clause in contract.clauses),
        cig=contract.cig,
        cup=contract.cup,
        codes=_codes(contract),
        coordinates=tuple(map(_coordinated, merged)),
        districts=tuple(_district(session, one, contract.starts_on) for one in cited) if len(cited) > 1 else (),
        amends=_amended(session, contract),
    )


def _amended(session: ScopedSession, contract: Contract) -> str:
    """The contract that this one modifies, with the day on which it was signed; empty if it modifies none."""
    if contract.amends_id is None:
        return ""
    first = session.require(Contract, contract.amends_id)
    signed = f" {words.of_day(words.date_long(first.signed_on))}" if first.signed_on else ""
    return f"n. {first.code}{signed}"


def _coordinated(one: Contract) -> str:
    """``la modifica n. 9/2026, con effetto dal 1º ottobre 2026``."""
    effect = f", con effetto {words.from_day(words.date_long(one.effective_on))}" if one.effective_on else ""
    return f"la modifica n. {one.code}{effect}"


def _codes(contract: Contract) -> Late:
    """What payments carry; between comune and azienda a CIG is optional, so its lack is no blank (ANAC; R112)."""
    said = [name % code for name, code in (("il codice identificativo di gara (CIG) %s", contract.cig),
                                           ("il codice unico di progetto (CUP) %s", contract.cup)) if code]
    unknown = ("I pagamenti riportano il codice identificativo di gara (CIG) e il codice unico di progetto (CUP) nei "
               "casi in cui la legge li richiede.")
    return Late("codes", "CIG e CUP", unknown,
                f"I pagamenti di questo contratto riportano {joined(said)}." if said else "")


def signing(contract: Contract, *, by_hand: bool = False) -> doc.Signing:
    """Place and time of the signature (R16): before it, those of the last digital one, and blanks ``by_hand``."""
    moment = day = ""
    if contract.signed_on is not None:
        day = words.date_long(contract.signed_on)
        moment, at = words.on_day(day), contract.signed_at
        moment += "" if at is None else f" alle ore {at.hour}.{at.minute:02}"
    elif contract.state != "draft" and not by_hand:
        moment, day = f"nel giorno e nell'ora {DIGITAL}", f"data {DIGITAL}"
    return doc.Signing(
        contract.place,
        Late("signing/moment", MOMENT, f"il giorno {words.BLANK} alle ore {words.BLANK}", moment),
        Late("signing/day", DAY, words.BLANK, day),
    )


def _annex(
    service: Service, number: int, sheet: OperationalSheet | None, day: date, registry: Registry,
    names: Mapping[str, str],
) -> doc.Annex:
    title = service.name_on(day)
    if sheet is None:
        return doc.Annex(number, service.code, title, tuple(_catalogue_page(service, day)))
    plugin = registry.get(sheet.plugin) if sheet.plugin else None
    return doc.Annex(
        number=number,
        service_code=service.code,
        title=title,
        blocks=(*_standing(service, day), *blocks_of(sheet, plugin, names)),
        sheet_title=sheet.title if sheet.title != title else None,
    )


def _assets(session: ScopedSession, contract: Contract) -> list[EntrustedAsset]:
    """What is entrusted with a contract; an amendment prints what is entrusted with the contract that it amends."""
    if contract.amends_id is None:
        return contract.assets
    query = select(EntrustedAsset).where(EntrustedAsset.contract_id.in_([contract.id, contract.amends_id or 0]))
    return list(session.scalars(query.order_by(EntrustedAsset.id)))


def _assets_annex(assets: Sequence[EntrustedAsset], number: int) -> doc.Annex:
    return doc.Annex(number=number, service_code="", title=ANNEX_TITLE, blocks=tuple(annex_blocks(assets)))


def _standing(service: Service, day: date) -> Iterator[Block]:
    """Whose function a service is and by which agreement it is run, where it is not the municipalities' own (R131)."""
    facts = [("Titolare della funzione", service.function_owner.name_on(day))] if service.function_owner else []
    facts += [("Accordo", in_words(agreement, day)) for agreement in holding(service, day)]
    if facts:
        yield KeyValues(tuple(facts))


def _catalogue_page(service: Service, day: date) -> Iterator[Block]:
    """The one page of a service that has no sheet yet: what the catalogue knows of it (X12)."""
    facts = {
        "Servizio": service.entry_on(day),
        "Settore": ", ".join(place.sector.title for place in service.sectors),
        "Unità che gestisce": service.managing_unit,
        "Destinatari": service.recipients,
        "Costo per l'utenza": service.cost_to_user,
        "Forma di gestione": MANAGEMENT_FORMS.get(service.management_form or "", ""),
    }
    yield KeyValues(tuple((label, value) for label, value in facts.items() if value))
    yield from _standing(service, day)
    yield Paragraph(NO_SHEET, "note")


# --- parties ----------------------------------------------------------------------------------------------


def _azienda(session: ScopedSession, member: ContractParty, district: District) -> doc.Azienda:
    day = member.contract.starts_on
    azienda = member.party
    assert isinstance(azienda, Azienda)
    constitution = next((act for act in azienda.acts if act.constitutes), None)
    founding = session.scalars(select(ZonePlan).where(ZonePlan.founding).order_by(ZonePlan.id)).all()
    founding_plan = next((plan for plan in founding if plan.belongs_to(district)), next(iter(founding), None))
    return doc.Azienda(
        name=azienda.name,
        short_name=azienda.short_name,
        legal_form=azienda.legal_form,
        district=district.name_on(day),
        seat_address=azienda.address,
        seat_postal_code=azienda.postal_code,
        seat_municipality=azienda.city,
        province=azienda.province,
        tax_code=azienda.tax_code,
        vat_number=azienda.vat_number,
        pec=azienda.pec or "",
        letterhead=tuple(azienda.letterhead),
        purpose=azienda.purpose,
        goals=tuple(azienda.goals),
        statute_article=azienda.statute_purpose_article,
        founding_members=_members(session, azienda.founding_date),
        founding_plan_years=f"{founding_plan.first_year}-{founding_plan.last_year}" if founding_plan else "",
        founded_by=azienda.founded_by,
        founding_act=azienda.founding_act,
        lead=capacities.lead(_municipalities(session), day, district),
        founded_in=_founded_in(session, azienda),
        founding_date=azienda.founding_date,
        founding_notary=azienda.founding_notary,
        founding_place=azienda.founding_place,
        recognition_date=azienda.recognition_date,
        register_number=azienda.register_number,
        register_place=azienda.court,
        rea=azienda.rea,
        constitution_act=_act(constitution) if constitution is not None else None,
        representative=_representative(member),
        accounts=_accounts(azienda),
        late_accounts=_late_accounts(azienda),
    )


def _founded_in(session: ScopedSession, azienda: Azienda) -> tuple[str, ...]:
    """The districts in which the founding members lay, where the azienda has several."""
    if len(azienda.districts) < 2:
        return ()
    day = azienda.founding_date
    founders = [m for m in _municipalities(session) if m.is_member(day)] or _municipalities(session)
    found = {here for m in founders if (here := district_of(session, m, day)) is not None}
    return tuple(district.name_on(day) for district in azienda.districts if district in found)


def _district(session: ScopedSession, cited: districts.Cited, day: date) -> doc.CitedDistrict:
    if cited.charter is None:
        raise RuleBroken("Per %(district)s manca una Carta dei servizi in vigore: registrarla.",
                         district=cited.district.name_on(day)).mended(Place("charter.new", 0))
    return doc.CitedDistrict(
        name=cited.district.name_on(day),
        members=_members(session, day, cited.district),
        charter=_charter(cited.charter),
        zone_plan=_zone_plan(cited.plan) if cited.plan else None,
        lead=capacities.lead(_municipalities(session), day, cited.district),
    )


def _municipality(member: ContractParty, first: District) -> doc.Municipality:
    municipality = member.party
    assert isinstance(municipality, Municipality)
    day = member.contract.starts_on
    return doc.Municipality(
        kind=municipality.form,
        name=municipality.name,
        address=municipality.address,
        postal_code=municipality.postal_code,
        seat_municipality=municipality.city,
        province=municipality.province,
        tax_code=municipality.tax_code,
        vat_number=municipality.vat_number or "",
        pec=municipality.pec or "",
        connector=municipality.connector,
        gender=municipality.gender or "",
        runts=municipality.runts,
        capacities=capacities.of(municipality, day, first),
        apart=tuple(doc.SignedApart(capacity, _representative(member) if named is None else _signing(named))
                    for capacity, named in capacities.signed_apart(municipality, day, first)),
        by_statute=member not in papers.awaited(member.contract),
        pays_share=member.pays_share,
        representative=_representative(member),
        acts=tuple(_authority(member)),
        accounts=_accounts(municipality),
        late_accounts=_late_accounts(municipality),
        mission=_late(municipality, "mission", "Missione", municipality.mission),
        values=_late(municipality, "values", "Valori", municipality.principles),
        relations=_late(municipality, "relations", "Modi della relazione", municipality.relations),
    )


def _members(session: ScopedSession, day: date, *of: District) -> tuple[str, ...]:
    """Who belongs to the azienda on ``day``, as it is read after «i Comuni di»: the towns, then the others with their
    article; those that lie in some districts, if some are named."""
    members = [m for m in _municipalities(session) if m.is_member(day)
               and (not of or district_of(session, m, day) in of)]
    towns = (m.name for m in members if m.form == "comune")
    others = (the(papers.name_of(m), m.gender or "") for m in members if m.form != "comune")
    # sorted here: two databases may put the same names in two orders, and a document has one
    return (*sorted(towns, key=alphabetical), *sorted(others, key=alphabetical))


def _representative(member: ContractParty) -> doc.Representative:
    if member.signatory is None:
        raise RuleBroken("Manca chi firma per %(name)s: indicarlo tra i firmatari.", name=member.party.name).mended(
            Place("signatory", member.party_id))
    return _signing(member.signatory)


def _signing(signatory: Signatory) -> doc.Representative:
    return doc.Representative(person=_person(signatory), role=signatory.role)


def _person(person: PersonFields) -> doc.Person:
    place = f"{person.birth_place} ({person.birth_province})" if person.birth_province else person.birth_place
    return doc.Person(
        given_name=person.given_name,
        family_name=person.family_name,
        sex=person.sex,
        birth_place=place,
        birth_date=person.birth_date,
        tax_code=person.tax_code,
        title=person.title,
    )


def _accounts(party: Party) -> tuple[doc.DedicatedAccount, ...]:
    def account(row: BankAccount) -> doc.DedicatedAccount:
        delegates = tuple(doc.Delegate(person=_person(d), role=d.role) for d in row.delegates)
        return doc.DedicatedAccount(iban=row.iban, bank=row.bank, branch=row.branch, treasury=row.treasury,
                                    delegates=delegates)

    return tuple(account(row) for row in party.accounts)


def _act(act: Act) -> doc.CitedAct:
    """An act whose body nobody wrote is printed by the usual name of that body, or without it."""
    form = act.party.form if isinstance(act.party, Municipality) else "azienda"
    body = act.body.strip() or BODIES.get((act.body_kind, form), "")
    return doc.CitedAct(kind=act.kind, body=body, number=act.number, adopted_on=act.date, title=act.title,
                   unanimous=act.unanimous)


def _recalled(party: Party) -> Iterator[doc.RecalledAct]:
    recalled = [(act.recalled_order, act) for act in party.acts if act.recalled_order is not None]
    for _, act in sorted(recalled, key=lambda pair: pair[0]):
        yield doc.RecalledAct(text=act.recalled_text or act.title, act=None if act.recalled_text else _act(act))


def _late(party: Party, key: str, name: str, text: str, blank: str = words.BLANK) -> Late:
    return Late(f"{key}/{party.id}", f"{name} – {papers.name_of(party)}", blank, text)


def _late_accounts(party: Party) -> Late:
    """The dedicated accounts with their delegates in one paragraph (L. 136/2010 art. 3 c. 7; R110)."""
    blank = f"conto corrente di tesoreria: IBAN {words.BLANK}; persone delegate: {words.BLANK}"
    return _late(party, "accounts", "Conto dedicato", "; ".join(map(_account_in_words, party.accounts)), blank)


def _account_in_words(account: BankAccount) -> str:
    kind = "di tesoreria" if account.treasury else "dedicato"
    found = f"conto corrente {kind}: IBAN {words.iban(account.iban)}, {account.bank}, {account.branch}"
    for delegate in account.delegates:
        person = _person(delegate)
        found += (f"; {by_sex(person.sex, 'delegato', 'delegata')}: {person.full_name}, {delegate.role}, "
                  f"{by_sex(person.sex, 'nato', 'nata')} a {person.birth_place} "
                  f"{words.on_day(words.date_long(person.birth_date))}, codice fiscale {person.tax_code}")
    return found


def _authority(member: ContractParty) -> Iterator[doc.DatedPaper]:
    """The resolutions by which a municipality signs (R18); of an amendment only its own."""
    before = member.contract.base or {}
    yield from (_owed(paper) for paper in papers.owed(member.contract, member) if paper.body_kind)
    yield from (_named(act) for act in papers.others(member.contract, member)
                if act.body_kind != "founding" and f"act/{act.id}" not in before)


def _attached(member: ContractParty) -> doc.AttachedDocuments:
    """What the party owes by the conditions, each with its blank while it lacks, then what else was chosen (R119)."""
    documents = (*(_owed(paper) for paper in papers.owed(member.contract, member)),
                 *(_named(act) for act in papers.others(member.contract, member)))
    name = member.party.name if isinstance(member.party, Azienda) else papers.name_of(member.party)
    return doc.AttachedDocuments(party=name, documents=documents)


def _owed(paper: papers.Owed) -> doc.DatedPaper:
    numbered = bool(paper.body_kind)
    return doc.DatedPaper(papers.in_words(paper), Late(paper.key, paper.name, blank_of_act(numbered=numbered),
                                                       papers.reference(paper.act, numbered=numbered)))


def _named(act: Act) -> doc.DatedPaper:
    numbered = bool(act.body)
    name = f"{act.title} – {papers.name_of(act.party)}"
    return doc.DatedPaper(papers.act_in_words(act), Late(f"act/{act.party_id}/{act.id}", name,
                                                         blank_of_act(numbered=numbered),
                                                         papers.reference(act, numbered=numbered)))


def blank_of_act(*, numbered: bool) -> str:
    """What is printed of an act whose number and date are not known; of a paper that has none, of its date."""
    return f"n. {words.BLANK} del {words.BLANK}" if numbered else f"del {words.BLANK}"


# --- object and terms -------------------------------------------------------------------------------------


def _area(area: Area, numbers: dict[int, int], day: date) -> doc.Area:
    staff = area.kind == "staff"
    sectors = tuple(_sector(sector, numbers, day) for sector in area.sectors)
    return doc.Area(
        code=area.code,
        title=area.title,
        description=area.description,
        responsible=area.responsible or None,
        sectors=tuple(sector for sector in sectors if staff or sector.entries),
    )


def _sector(sector: Sector, numbers: dict[int, int], day: date) -> doc.Sector:
    entries = tuple(
        doc.Entry(text=place.service.entry_on(day), annex_number=numbers[place.service_id])
        for place in sector.entries
        if place.service_id in numbers
    )
    return doc.Sector(heading=sector.heading, description=sector.description, tasks=sector.tasks, entries=entries)


def _management(services: Sequence[Service], numbers: Mapping[int, int]) -> Iterator[doc.ManagementForm]:
    """The forms of management of the services conferred, in the order in which the catalogue knows them."""
    for form, title in (*MANAGEMENT_FORMS.items(), (None, words.BLANK)):
        annexes = [str(numbers[service.id]) for service in services if service.management_form == form]
        if annexes:
            yield doc.ManagementForm(title, tuple(annexes))


def _zone_plan(plan: ZonePlan) -> doc.ZonePlan:
    return doc.ZonePlan(plan.first_year, plan.last_year, plan.ordinal, plan.agreement_date, plan.budget_article,
                        plan.extended_to, plan.extended_by)


def _charter(charter: ServiceCharter) -> doc.Charter:
    return doc.Charter(charter.title, charter.owner == "azienda", charter.valid_from, charter.valid_to)


def _funding_sources(session: ScopedSession) -> tuple[doc.FundingSource, ...]:
    # sources under study (R74) have a sentence of their own in art. 12
    sources = session.scalars(select(FundingSource).where(~FundingSource.studied).order_by(FundingSource.order))
    return tuple(
        doc.FundingSource(f"{source.title} ({'; '.join(source.laws)})" if source.laws else source.title)
        for source in sources
    )
