"""From the records to the plain data of a contract document, and the remarks that its making calls for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload, selectinload

from core.catalogue import rules as catalogue_rules
from core.catalogue.model import (
    Area,
    Coverage,
    OperationalSheet,
    Sector,
    Service,
    ServiceAgreement,
    ServiceSector,
    ServiceSuccession,
)
from core.contracts import annexes, capacities, districts, house, kept, papers, rules
from core.contracts import context as doc
from core.contracts.family import merged_into
from core.contracts.model import (
    Conferral,
    Contract,
    ContractParty,
    EntrustedAsset,
    KeptService,
    ServiceCharter,
    ZonePlan,
)
from core.contracts.proposal import uncovered
from core.contracts.terms_text import terms_of
from core.documents import words
from core.documents.controls import Late
from core.documents.grammar import by_sex, joined, the
from core.funding.model import FundingSource
from core.ground.access import ScopedSession, asked_once
from core.ground.errors import Finding, Level, Place, RuleBroken
from core.ground.exercises import exercises
from core.ground.order import alphabetical
from core.parties.districts import first_district, placed_in
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

MOMENT, DAY = "Giorno e ora della firma", "Giorno della firma"  # the names of what is known last
DIGITAL = "dell'ultima firma digitale"  # when a contract is signed that nobody signs at a table


def findings(session: ScopedSession, contract: Contract, registry: Registry, *, today: date) -> list[Finding]:
    """All remarks on a contract, errors first: its own, and those on the services and sheets that it would print."""
    load_services(session, contract)
    territory = territory_on(session, contract.starts_on, until=contract.ends_on)
    own = [*rules.check(contract, today), *house.remarks(contract), *house.organ_remarks(session, contract),
           *districts.findings(session, contract), *_members_of(territory), *uncovered(contract, territory),
           *kept.kept_findings(contract, kept.kept_on(session, contract.starts_on))]
    if not any(finding.level is Level.ERROR for finding in own):
        own = [*_unprintable(session, contract, registry), *own]
    return own + catalogue_rules.findings(annexes.conferred(contract), territory, registry)


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
    everyone, first = _municipalities(session), first_district(session)
    return catalogue_rules.Territory(
        day=day,
        until=until,
        accredited=accredited_services(session),
        accreditor=capacities.accreditor(everyone, day),
        names={m.slug: m.name for m in everyone},
        members=frozenset(m.slug for m in everyone if m.is_member(day)),
        districts={m.slug: here.id for m in everyone if (here := placed_in(m, day) or first) is not None},
        kept=frozenset((row.municipality.slug, row.service.code) for row in kept.kept_on(session, day)),
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
        selectinload(Service.sheets).selectinload(OperationalSheet.services),
        selectinload(Service.names),
        selectinload(Service.follows).joinedload(ServiceSuccession.predecessor),
        joinedload(Service.function_owner).selectinload(Body.names),
        selectinload(Service.agreements).joinedload(ServiceAgreement.body).selectinload(Body.names),
        selectinload(Service.coverage).selectinload(Coverage.municipality),
    )
    unloaded = [inspect(given).unloaded or inspect(given.service).unloaded for given in contract.conferrals]
    if any({"service", "sheets", "coverage", "agreements", "names"} & lacking for lacking in unloaded):
        # held by the contract, so that the session does not forget what comes now
        query = select(Conferral).where(Conferral.contract_id == contract.id)
        session.scalars(query.options(service, selectinload(Conferral.municipality))).all()


def contract_document(
    session: ScopedSession, contract: Contract, registry: Registry, *, by_hand: bool = False
) -> doc.ContractContext:
    """Everything that the contract's document says. RuleBroken if a party cannot be printed (see ``rules.check``)."""
    load_services(session, contract)
    bound = annexes.bound(contract)
    numbers = annexes.numbers_of(bound)
    everyone = _municipalities(session)
    names = {m.slug: m.name for m in everyone}
    sectors = joinedload(Area.sectors).joinedload(Sector.entries)
    areas = session.scalars(select(Area).options(sectors).order_by(Area.order)).unique().all()
    azienda = next(p for p in contract.parties if isinstance(p.party, Azienda))
    assert isinstance(azienda.party, Azienda)
    assets = _assets(session, contract)
    assets_annex = len(bound) + 1 if assets else None
    merged = merged_into(session, contract)
    named = merged[-1].named_on if merged else contract.named_on
    charter = contract.charter
    if charter is None:
        raise RuleBroken("Al contratto manca la Carta dei servizi: completare i termini.")
    cited = districts.cited(session, contract)
    if not cited:
        raise RuleBroken("Manca il nome del distretto o dell'ambito: scriverlo tra i dati dell'azienda.")
    first = azienda.party.districts[0]
    return doc.ContractContext(
        number=contract.code,
        draft=contract.state == "draft",
        standing=Late("standing", "Parola «bozza»", "Bozza allegata", "" if contract.state == "draft" else "Allegato"),
        programme_year=str(exercises(session).of(contract.starts_on)),
        azienda=_azienda(session, azienda, cited[0].district, everyone),
        municipalities=tuple(_municipality(p, first) for p in contract.remaining_parties),
        members=_members(everyone, contract.starts_on, first, {one.district for one in cited}),
        zone_plan=_zone_plan(contract.zone_plan) if contract.zone_plan else None,
        kept=tuple(_kept(row, contract.starts_on) for row in kept.of_parties(
            contract, kept.kept_on(session, contract.starts_on))),
        recalled_acts=tuple(_recalled(azienda.party)),
        areas=tuple(_area(area, numbers, named) for area in areas if area.kind != "staff"),
        management=tuple(annexes.forms_of(bound)),
        staff_area=next((_area(area, numbers, named) for area in areas if area.kind == "staff"), None),
        terms=terms_of(session, contract),
        funding_sources=_funding_sources(session),
        charter=_charter(charter),
        attached=tuple(_attached(p) for p in contract.parties if p.valid_to is None),
        signing=signing(contract, by_hand=by_hand),
        organs=house.organs(session, contract.starts_on, [one.district for one in cited]),
        cover=annexes.cover(bound, named, assets_annex),
        annexes=tuple(annexes.printed(bound, named, registry, names, assets)),
        assets_annex=assets_annex,
        own_clauses=tuple(doc.Clause(clause.title, clause.text) for clause in contract.clauses),
        cig=contract.cig,
        cup=contract.cup,
        codes=_codes(contract),
        coordinates=tuple(map(_coordinated, merged)),
        districts=tuple(_district(one, contract.starts_on, first, everyone) for one in cited) if len(cited) > 1 else (),
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


def _assets(session: ScopedSession, contract: Contract) -> list[EntrustedAsset]:
    """What is entrusted with a contract; an amendment prints what is entrusted with the contract that it amends."""
    if contract.amends_id is None:
        return contract.assets
    query = select(EntrustedAsset).where(EntrustedAsset.contract_id.in_([contract.id, contract.amends_id or 0]))
    return list(session.scalars(query.order_by(EntrustedAsset.id)))


# --- parties ----------------------------------------------------------------------------------------------


def _azienda(
    session: ScopedSession, member: ContractParty, district: District, everyone: Sequence[Municipality]
) -> doc.Azienda:
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
        founding_members=_members(everyone, azienda.founding_date, azienda.districts[0]),
        founding_plan_years=f"{founding_plan.first_year}-{founding_plan.last_year}" if founding_plan else "",
        founded_by=azienda.founded_by,
        founding_act=azienda.founding_act,
        lead=capacities.lead(everyone, day, district),
        founded_in=_founded_in(azienda, everyone),
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


def _founded_in(azienda: Azienda, everyone: Sequence[Municipality]) -> tuple[str, ...]:
    """The districts in which the founding members lay, where the azienda has several."""
    if len(azienda.districts) < 2:
        return ()
    day = azienda.founding_date
    founders = [m for m in everyone if m.is_member(day)] or everyone
    found = {placed_in(m, day) or azienda.districts[0] for m in founders}
    return tuple(district.name_on(day) for district in azienda.districts if district in found)


def _district(
    cited: districts.Cited, day: date, first: District, everyone: Sequence[Municipality]
) -> doc.CitedDistrict:
    if cited.charter is None:
        raise RuleBroken("Per %(district)s manca una Carta dei servizi in vigore: registrarla.",
                         district=cited.district.name_on(day)).mended(Place("charter.new", 0))
    return doc.CitedDistrict(
        name=cited.district.name_on(day),
        members=_members(everyone, day, first, {cited.district}),
        charter=_charter(cited.charter),
        zone_plan=_zone_plan(cited.plan) if cited.plan else None,
        lead=capacities.lead(everyone, day, cited.district),
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


def _members(
    everyone: Sequence[Municipality], day: date, first: District, of: Collection[District] = ()
) -> tuple[str, ...]:
    """Who belongs to the azienda on ``day``, as it is read after «i Comuni di»: the towns, then the others with their
    article; those that lie in some districts, if some are named."""
    members = [m for m in everyone if m.is_member(day) and (not of or (placed_in(m, day) or first) in of)]
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


def _kept(row: KeptService, day: date) -> doc.KeptService:
    return doc.KeptService(papers.name_of(row.municipality), row.service.name_on(day), row.article)


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
