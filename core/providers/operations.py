"""What changes the registry of providers: who they are, their papers, their units and sites. None of it commits.

The accreditation unit writes; a provider's own person keeps its contacts, papers and units up to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from core.cases.operations import prepare_file
from core.deadlines.operations import follow
from core.ground.access import Principal, Role, ScopedSession, as_system
from core.ground.edits import at_version, take, touch
from core.ground.errors import NotAllowed, NotVisible, Place, RuleBroken
from core.ground.files import Upload
from core.ground.names import folded
from core.ground.states import Proof
from core.parties import places
from core.parties import rules as parties
from core.parties.model import Municipality, Party
from core.providers import rules
from core.providers.model import Provider, ProviderPaper, ServiceUnit, UnitSite
from core.providers.states import OFFICE, UNIT_LIFE, UnitState
from core.providers.types import require_type, types_on

Facts = Mapping[str, Any]
WRITERS = (*OFFICE, Role.PROVIDER)

CONTACTS = frozenset({"pec", "email", "phone", "website"})
PROVIDER = CONTACTS | {
    "name", "tax_code", "vat_number", "address", "postal_code", "city", "province", "legal_form", "third_sector",
    "runts", "legal_representative", "demo",
}
PAPER = frozenset({"unit_id", "kind", "issuer", "number", "cover", "valid_from", "valid_to"})
DATED = frozenset({"unit_id", "kind", "valid_from", "valid_to"})  # of a paper: what a decree looks at
SAME = frozenset({"name", "type_id", "address", "postal_code", "city"})  # what tells one unit from another
FREE = frozenset({"name", "phone", "email", "min_age_months", "max_age_months"})
NOTICED = frozenset({  # once the unit operates these change by a notice of operation only (L.R. 3/2008 art. 15)
    "type_id", "capacity", "address", "postal_code", "city", "province", "municipality_id", "manager",
})
UNIT = FREE | NOTICED
SITE = frozenset({"name", "address", "city", "places"})


def require_keeper(unit: ServiceUnit, who: Principal) -> None:
    """NotAllowed unless ``who`` writes units, and this one."""
    who.require(*WRITERS)
    require_own(unit, who)


def require_own(unit: ServiceUnit, who: Principal) -> None:
    """NotAllowed unless ``who`` is of the office, or of the provider that runs the unit.

    A person may work for a municipality too, and then reads the units of others that stand in it.
    """
    if not who.has(*OFFICE) and unit.provider_id not in who.provider_ids:
        raise NotAllowed("L'unità «%(unit)s» è di un altro gestore: si può leggere ma non modificare.", unit=unit.name)


# --- providers --------------------------------------------------------------------------------------------


def add_provider(session: ScopedSession, facts: Facts) -> Provider:
    """Register who runs units (R151). RuleBroken for a wrong code, or one that another body has already."""
    session.principal.require(*OFFICE)
    _require_unknown(session, facts, None)
    provider = _checked(take(Provider(), facts, PROVIDER))
    session.add(provider)
    session.flush()
    return provider


def edit_provider(session: ScopedSession, provider_id: int, facts: Facts, *, version: int | None) -> Provider:
    """Set a provider's data; its own person sets the contacts only. RuleBroken as for ``add_provider``."""
    session.principal.require(*WRITERS)
    provider = at_version(session.require(Provider, provider_id), version)
    if not session.principal.has(*OFFICE) and facts.keys() - CONTACTS:
        raise NotAllowed("Del proprio ente si aggiornano qui i recapiti: gli altri dati li registra l'ufficio "
                         "accreditamento.")
    _require_unknown(session, facts, provider.id)
    with session.no_autoflush:
        _checked(take(provider, facts, PROVIDER))
    session.flush()
    return provider


def _checked(row: Provider) -> Provider:
    rules.require_written(row, "name", "address", "postal_code", "city", "province", "legal_representative")
    row.postal_code, row.province = places.postal_code(row.postal_code), places.province(row.province)
    row.tax_code = rules.tax_code(row.tax_code)
    row.vat_number = parties.vat_number(row.vat_number) if row.vat_number else None
    row.pec = parties.pec(row.pec) if row.pec else None
    row.email = rules.email(row.email)
    row.website = parties.website(row.website or "")
    if row.legal_form not in rules.LEGAL_FORMS:
        raise RuleBroken("Scegliere la forma giuridica.", field="legal_form")
    rules.require_third_sector(row.third_sector, row.runts)
    return row


def _require_unknown(session: ScopedSession, facts: Facts, own: int | None) -> None:
    """RuleBroken if another party bears the fiscal code, among all that there are; asked before anything changes."""
    if "tax_code" not in facts:
        return
    code = rules.tax_code(facts["tax_code"] or "")
    same = select(Party.id, Party.name, Party.kind).where(Party.tax_code == code)
    for key, name, kind in as_system(session, same, reason="codice fiscale già registrato"):
        if key != own:
            raise RuleBroken("Il codice fiscale %(code)s è già di %(name)s: un ente si registra una volta sola. "
                             "Cercarlo nell'elenco e correggere quella voce.", field="tax_code", code=code,
                             name=name).mended(Place("provider", key) if kind == "provider" else None)


# --- papers -----------------------------------------------------------------------------------------------


def add_paper(
    session: ScopedSession, provider_id: int, facts: Facts, *, file: Upload | None = None, today: date
) -> ProviderPaper:
    """Register a paper with its expiry, and its ``file`` (name, content). RuleBroken for one that cannot be."""
    session.principal.require(*WRITERS)
    provider = session.require(Provider, provider_id)
    paper = take(ProviderPaper(provider_id=provider.id), facts, PAPER)
    _checked_paper(session, paper)
    return _kept_paper(session, paper, file, today)


def edit_paper(
    session: ScopedSession, paper_id: int, facts: Facts, *, file: Upload | None = None, version: int | None, today: date
) -> ProviderPaper:
    """Correct a paper; a new file takes the place of the one before, which stays among the files.

    RuleBroken if a provider's own person changes until when it holds: a new paper is registered beside it.
    """
    session.principal.require(*WRITERS)
    paper = at_version(session.require(ProviderPaper, paper_id), version)
    changed = sorted(name for name in DATED & facts.keys() if facts[name] != getattr(paper, name))
    if changed and not session.principal.has(*OFFICE):
        raise RuleBroken("Tipo, unità e date di un documento registrato li corregge l'ufficio accreditamento. Se il "
                         "documento è nuovo, registrarlo accanto a questo.", field=changed[0])
    with session.no_autoflush:
        _checked_paper(session, take(paper, facts, PAPER))
        return _kept_paper(session, paper, file, today)


def _checked_paper(session: ScopedSession, paper: ProviderPaper) -> None:
    rules.require_paper(paper)
    if paper.unit_id is not None:
        unit = session.get(ServiceUnit, paper.unit_id)
        if unit is None or unit.provider_id != paper.provider_id:
            raise RuleBroken("L'unità non è di questo gestore: sceglierne una delle sue, o nessuna.", field="unit_id")


def _kept_paper(
    session: ScopedSession, paper: ProviderPaper, file: Upload | None, today: date
) -> ProviderPaper:
    if file is not None:
        paper.document = prepare_file(session, "provider_paper", paper.provider_id, file=file,
                                      kind="provider_paper")
    session.add(paper)
    session.flush()
    # a new paper settles the ones that it follows
    mine = select(ProviderPaper.id).where(ProviderPaper.provider_id == paper.provider_id,
                                          ProviderPaper.kind == paper.kind)
    follow(session, "provider_paper", list(session.scalars(mine)), today=today)
    return paper


# --- units ------------------------------------------------------------------------------------------------


def add_unit(session: ScopedSession, provider_id: int, facts: Facts, *, today: date) -> ServiceUnit:
    """Register a unit that is planned: it operates from the day that its notice declares, not before (R146).

    RuleBroken for a type that does not hold today, places and ages outside its verified limits, or a unit that is there
    already: of the same name, type and address.
    """
    session.principal.require(*WRITERS)
    provider = session.require(Provider, provider_id)
    require_municipality(session, facts.get("municipality_id"))
    unit = take(ServiceUnit(provider_id=provider.id, state=UnitState.PLANNED, notices=[]), facts, UNIT)
    _checked_unit(session, unit, today)
    _require_no_equal(session, unit)
    session.add(unit)
    session.flush()
    return unit


def edit_unit(session: ScopedSession, unit_id: int, facts: Facts, *, version: int | None, today: date) -> ServiceUnit:
    """Set a unit's data. Once it operates, type, places, seat and manager change by a notice only (art. 15)."""
    unit = at_version(session.require(ServiceUnit, unit_id), version)
    require_keeper(unit, session.principal)
    changed = {name for name, value in facts.items() if value != getattr(unit, name)}
    if unit.state != UnitState.PLANNED and (declared := sorted(changed & NOTICED)):
        raise RuleBroken("L'unità è in esercizio: questo dato cambia con una comunicazione preventiva (L.R. 3/2008, "
                         "art. 15), dal giorno che dichiara.", field=declared[0]).mended(
            Place("operating_notice.new", unit.id))
    require_municipality(session, facts.get("municipality_id"))
    with session.no_autoflush:
        _checked_unit(session, take(unit, {name: facts[name] for name in changed}, UNIT), today)
        if changed & SAME:
            _require_no_equal(session, unit)
    session.flush()
    return unit


def give_up(session: ScopedSession, unit_id: int, *, why: str, version: int | None, today: date) -> ServiceUnit:
    """Close a unit that was planned and never opened, with the reason."""
    unit = at_version(session.require(ServiceUnit, unit_id), version)
    if waiting := [notice for notice in unit.notices if notice.state in rules.PENDING]:
        raise RuleBroken("C'è una comunicazione in attesa del suo giorno: renderla prima senza effetto.").mended(
            Place("operating_notice", waiting[0].id))
    UNIT_LIFE.move(session, unit, "give_up", on=today, proof=Proof(why=why))
    return touch(session, unit)


def _checked_unit(session: ScopedSession, unit: ServiceUnit, today: date) -> None:
    # as on the day: a row of the type that a newer one replaced stands for the newer one
    rules.require_written(unit, "name", "address", "postal_code", "city", "province")
    unit.postal_code, unit.province = places.postal_code(unit.postal_code), places.province(unit.province)
    unit.email = rules.email(unit.email)
    if unit.state == UnitState.PLANNED:
        kind = require_type(session, unit.type_id, today)
        unit.type_id = kind.id
        rules.places(kind, unit.capacity, types_on(session, today))
        rules.ages(kind, unit.min_age_months, unit.max_age_months)
    sites = sum(site.places or 0 for site in unit.sites)
    if unit.capacity is not None and sites > unit.capacity:
        raise RuleBroken("Le sedi hanno già %(count)s posti: i posti dell'unità non possono essere meno.",
                         field="capacity", count=sites)


def _require_no_equal(session: ScopedSession, unit: ServiceUnit) -> None:
    """RuleBroken for a second unit of the same name, type and address, though written otherwise; a closed one is past.
    """
    alike = select(ServiceUnit).where(ServiceUnit.postal_code == unit.postal_code,
                                      ServiceUnit.state != UnitState.CLOSED, ServiceUnit.type_id == unit.type_id)
    with session.no_autoflush:
        for other in session.scalars(alike):
            if other is not unit and all(folded(getattr(other, name)) == folded(getattr(unit, name))
                                         for name in ("name", "address", "city")):
                raise RuleBroken("L'unità «%(unit)s», dello stesso tipo e allo stesso indirizzo, è già registrata: "
                                 "correggere quella, o dare all'altra il suo nome.", field="name",
                                 unit=other.name).mended(Place("service_unit", other.id))


def require_municipality(session: ScopedSession, municipality_id: int | None) -> None:
    """NotVisible for a municipality that is not there. A provider names one though it sees none."""
    if municipality_id is None:
        return
    known = select(Municipality.id).where(Municipality.id == municipality_id)
    if not as_system(session, known, reason="comune dell'unità"):
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


def set_site(
    session: ScopedSession, unit_id: int, facts: Facts, *, site_id: int | None = None, version: int | None = None
) -> UnitSite:
    """Add a further site to a unit, or correct one of its own (``site_id``, at its ``version``).

    RuleBroken for more places than the unit has, NotVisible for a site of another unit.
    """
    unit = session.require(ServiceUnit, unit_id)
    require_keeper(unit, session.principal)
    site = UnitSite(unit_id=unit.id) if site_id is None else at_version(session.require(UnitSite, site_id), version)
    if site.unit_id != unit.id:
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
    with session.no_autoflush:
        take(site, facts, SITE)
        rules.require_written(site, "name", "address", "city")
        if site.places is not None and site.places < 0:
            raise RuleBroken("I posti non possono essere meno di zero.", field="places")
        total = (site.places or 0) + sum(other.places or 0 for other in unit.sites if other is not site)
        if total and total > (unit.capacity or 0):
            raise RuleBroken("Le sedi avrebbero %(count)s posti, l'unità ne ha %(capacity)s: correggere i posti.",
                             field="places", count=total, capacity=unit.capacity or 0)
    if site_id is None:
        unit.sites.append(site)
    session.flush()
    return site


def remove_site(session: ScopedSession, site_id: int) -> int:
    """Take away a site that is no longer used, and tell of which unit it was; the history keeps it."""
    site = session.require(UnitSite, site_id)
    require_keeper(site.unit, session.principal)
    session.delete(site)
    session.flush()
    return site.unit_id
