"""What the page of a contract says, made ready for its template: parties, services, figures, remarks, diary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, with_polymorphic

from admin.cases.diary import Event, events, in_order
from admin.guard import policy
from admin.guard.session import db, office, principal, today
from admin.web.base_view import Act as Button
from admin.web.places import link_to
from admin.wording import labels
from core.catalogue.model import OperationalSheet, Sector, Service, ServiceSector
from core.catalogue.rules import sheet_of
from core.contracts.annexes import bound, conferred, numbers_of
from core.contracts.assemble import contract_document, findings
from core.contracts.listing import counts
from core.contracts.model import (
    Attachment,
    Conferral,
    Contract,
    ContractAct,
    ContractDocument,
    ContractExtension,
    ContractParty,
    ContractRenewal,
    ContractTerms,
    EntrustedAsset,
    InstalmentRule,
)
from core.contracts.operations import FINAL
from core.contracts.passages import was_imported
from core.contracts.states import NOT_YET
from core.contracts.terms_text import terms_of
from core.documents import grammar, words
from core.documents.operations import canonical
from core.ground.access import ScopedSession, as_system, asked_once
from core.ground.audit import AuditEntry
from core.ground.errors import Finding, Level, RuleBroken
from core.ground.files import sha256
from core.ground.walls import closed_to
from core.parties.model import Act, Azienda, BankAccount, Municipality, Party, Signatory

# what the page of a contract reads of it: few rows each, so that a few joins save a few dozen questions
_TERMS = joinedload(Contract.terms).options(
    joinedload(ContractTerms.instalments).joinedload(InstalmentRule.percents), joinedload(ContractTerms.bands))
_PARTIES = with_polymorphic(Party, [Azienda, Municipality], flat=True)
_PARTY = selectinload(ContractParty.party.of_type(_PARTIES)).selectinload(_PARTIES.accounts).joinedload(
    BankAccount.delegates)
_SERVICE = joinedload(Conferral.service).options(
    selectinload(Service.sectors).joinedload(ServiceSector.sector).joinedload(Sector.area),
    selectinload(Service.sheets), selectinload(Service.names), joinedload(Service.agreements),
    joinedload(Service.function_owner), joinedload(Service.coverage))
LOAD = (
    *counts(), _TERMS, joinedload(Contract.zone_plan), joinedload(Contract.charter), joinedload(Contract.area),
    joinedload(Contract.clauses), joinedload(Contract.extensions).joinedload(ContractExtension.act),
    joinedload(Contract.renewals).joinedload(ContractRenewal.act), joinedload(Contract.endings),
    selectinload(Contract.parties).options(_PARTY, joinedload(ContractParty.signatory)),
    selectinload(Contract.conferrals).options(_SERVICE),  # their municipalities are among the parties
    selectinload(Contract.acts).joinedload(ContractAct.act).joinedload(Act.party),
    selectinload(Contract.documents).joinedload(ContractDocument.document),
    selectinload(Contract.assets).joinedload(EntrustedAsset.annex),
    selectinload(Contract.attachments).joinedload(Attachment.document),
)


@dataclass(frozen=True)
class Signer:
    """A party as the record shows it; another body's signatory is not shown to a municipality. ``aside``: it takes no
    part in the share-out."""

    name: str
    capacity: Any
    signatory: Signatory | None
    aside: bool
    hidden: bool
    url: str | None


@dataclass(frozen=True)
class Conferred:
    """A service of the contract: its annex, its sheet, and for whom, where several bodies sign."""

    number: int
    service: Service
    sheet: OperationalSheet | None
    url: str | None
    edit_url: str | None
    new_url: str | None
    municipalities: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """A remark of the check, and the page where it is corrected."""

    finding: Finding
    url: str | None
    where: str

    @property
    def is_error(self) -> bool:
        """True if it stops the document."""
        return self.finding.level is Level.ERROR


def address(endpoint: str, **values: Any) -> str | None:
    """The address of a page, None if it is not there or is closed to who asks."""
    return url_for(endpoint, **values) if policy.may(principal(), endpoint) else None


# --- who and what -----------------------------------------------------------------------------------------


@asked_once
def party_names(session: ScopedSession, contract: Contract) -> dict[int, str]:
    """The names of all who sign, by id: who signs a contract may know with whom."""
    if all(member.party is not None for member in contract.parties):
        return {member.party_id: member.party.name for member in contract.parties}
    query = select(Party.id, Party.name).join(ContractParty, ContractParty.party_id == Party.id)
    rows = as_system(session, query.where(ContractParty.contract_id == contract.id), reason="enti che firmano")
    return dict(row for row in rows)


def signers(contract: Contract, names: dict[int, str]) -> list[Signer]:
    """Who signs, in order."""
    return [
        Signer(
            name=names[member.party_id],
            capacity=labels.choice("contract_party", "capacity", member.capacity),
            signatory=member.signatory,
            aside=not member.pays_share,
            hidden=member.party is None,
            url=None if member.party is None else party_page(member.party),
        )
        for member in contract.parties
    ]


def party_page(party: Party) -> str | None:
    """The page of a party, where its data are completed."""
    endpoint = "azienda" if isinstance(party, Azienda) else "municipality"
    return address(f"{endpoint}.details_view", id=party.id)


def title(session: ScopedSession, contract: Contract) -> str:
    """The number, and the municipalities that sign."""
    names = party_names(session, contract)
    return ", ".join([str(contract), *(names[member.party_id] for member in contract.municipality_parties)])


def services_by_sector(contract: Contract, names: dict[int, str]) -> list[tuple[Sector, list[Conferred]]]:
    """The services conferred under their sectors, in the order of art. 9; one may stand in two (X12)."""
    several = len(contract.municipality_parties) > 1
    sectors: dict[int, tuple[Sector, list[Conferred]]] = {}
    numbers = numbers_of(bound(contract))
    for service in conferred(contract):
        ids = sorted(c.municipality_id for c in contract.conferrals if c.service_id == service.id)
        row = _conferred(contract, service, numbers[service.id], tuple(names[i] for i in ids) if several else ())
        for place in service.sectors:
            sectors.setdefault(place.sector_id, (place.sector, []))[1].append(row)
    return sorted(sectors.values(), key=lambda group: (group[0].area.order, group[0].order))


def _conferred(contract: Contract, service: Service, number: int, municipalities: tuple[str, ...]) -> Conferred:
    sheet = sheet_of(service, contract.year)
    return Conferred(
        number=number,
        service=service,
        sheet=sheet,
        url=None if sheet is None else address("sheet.details_view", id=sheet.id),
        edit_url=None if sheet is None else address("sheet.edit_view", id=sheet.id),
        new_url=None if service.standing_sheets else new_sheet(contract, service),
        municipalities=municipalities,
    )


def acts_attached(contract: Contract) -> list[Act]:
    """The acts attached (R119), those of the azienda first; others' are not shown to a municipality."""
    order = {member.party_id: member.order for member in contract.parties}
    acts = contract.printed_acts
    return sorted(acts, key=lambda act: (order.get(act.party_id, 0), act.date is None, act.date, act.id))


def dispute_acts(contract: Contract) -> list[Button]:
    """What the municipality may begin under a signed contract: a control, a notice of default."""
    if contract.state in NOT_YET or contract.amends_id is not None:
        return []
    own = [member for member in contract.municipality_parties if member.party is not None]
    party = f"{contract.id}-{own[0].party_id}" if len(own) == 1 else None
    pages = (("control.new_view", _("Chiedi un controllo")), ("default_notice.new_view", _("Apri una diffida")))
    return [Button(label, url_for(page, parte=party)) for page, label in pages if policy.may(principal(), page, "POST")]


def with_final_text(contract: Contract, passages: list[Button]) -> list[Button]:
    """The passages of an approved contract, before them the text to sign: the signature waits for it."""
    url = url_for("contract_final.prepare_view", contract_id=contract.id)
    if contract.documents and contract.documents[-1].origin == FINAL:
        return [*passages, Button(_("Prepara di nuovo il testo da firmare"), url)]
    prepare = Button(_("Prepara il testo da firmare"), url, tint="primary")
    return [prepare, *(Button(a.label, a.url, tint="secondary" if a.tint == "primary" else a.tint) for a in passages)]


# --- the terms in words -----------------------------------------------------------------------------------


def figures(contract: Contract) -> list[tuple[str, list[str]]]:
    """The figures of the terms as the contract writes them, under a heading each (R59-R61, R87-R92, R103-R109)."""
    terms = terms_of(db(), contract)
    arbitrators = words.figured(terms.arbitrators, "membro")
    renewal = _("Nessun rinnovo tacito.")
    if terms.tacit_renewal:
        renewal = _("Rinnovo tacito per %(period)s, con preavviso di %(notice)s.",
                    period=words.span(terms.renewal_period_months or 0), notice=words.span(terms.notice_months or 0))
    months = words.span(terms.renewal_assessment_months)
    assessed = _("Il rinnovo si valuta entro %(months)s dopo la scadenza.", months=months) \
        if terms.renewal_after_expiry else _("Il rinnovo si valuta almeno %(months)s prima della scadenza.",
                                             months=months)
    return [
        (_("Durata"), [_("Dal %(start)s al %(end)s. %(renewal)s", start=words.date_long(terms.start),
                         end=words.date_long(terms.end), renewal=renewal),
                       assessed,
                       _("Senza rinnovo l'azienda assicura i servizi ancora per %(continuity)s, se occorre.",
                         continuity=words.span(terms.continuity_months))]),
        (_("Rate"), [_instalment(row) for row in terms.instalments]),
        (_("Progetti straordinari"), [_("Si liquidano entro il mese di %(month)s.",
                                        month=words.month_name(terms.extra_projects_month))]),
        (_("Contestazioni"), [_("Si risponde alla diffida entro %(days)s; la penale si paga entro %(payment)s.",
                                days=words.days(terms.reply_days), payment=words.days(terms.penalty_payment_days))
                              if terms.penalty_bands else
                              _("Si risponde alla diffida entro %(days)s.", days=words.days(terms.reply_days))]),
        (_("Penali"), [_("Il contratto non prevede penali: resta il risarcimento dei danni.")]
         if not terms.penalty_bands else
                      [_("Da %(least)s a %(most)s.", least=words.euro_in_words(terms.penalty_minimum),
                         most=words.euro_in_words(terms.penalty_maximum)),
                       *(_("%(what)s: da %(least)s a %(most)s.", what=words.capital(band.description),
                           least=words.euro(band.minimum), most=words.euro(band.maximum))
                         for band in terms.penalty_bands)]),
        (_("Controversie"), [_("Collegio arbitrale di %(members)s; foro di %(court)s.", members=arbitrators,
                               court=terms.court) if terms.arbitration else
                             _("Foro di %(court)s, senza arbitrato.", court=terms.court)]),
    ]


def _instalment(row: Any) -> str:
    when = _when(row)
    if row.percent is None:
        return _("%(title)s: %(base)s, %(when)s.", title=row.title, base=row.base, when=when)
    percent = "; ".join([words.in_percent_words(row.percent),
                         *(f"{own.party}: {words.in_percent_words(own.percent)}" for own in row.others)])
    text = _("%(title)s: %(percent)s, %(when)s, calcolato su: %(base)s", title=row.title, percent=percent, when=when,
             base=row.base)
    return f"{text}, {row.condition}." if row.condition else f"{text}."


def _when(row: Any) -> str:
    """Until when a row of the plan is paid, as the clause on the instalments says it."""
    if row.counts_from:
        return _("entro %(days)s %(start)s", days=words.days(row.due_days), start=grammar.from_the(row.counts_from))
    if row.due:
        return words.by_day(words.day_month(row.due))
    joined, when = (grammar.from_the, _("entro %(days)s %(start)s", days=words.days(row.due_days),
                                        start=grammar.from_the(row.event))) if row.due_days else (
        grammar.to_the, grammar.to_the(row.event))
    return _("%(when)s, e %(start)s negli anni successivi al primo", when=when, start=joined(row.later)) \
        if row.later else when


# --- remarks ----------------------------------------------------------------------------------------------


def remarks(session: ScopedSession, contract: Contract) -> list[Remark]:
    """The remarks of the check, errors first, each with the page where it is corrected."""
    return [_remark(finding) for finding in findings(session, contract, office().registry, today=today())]


def _remark(finding: Finding) -> Remark:
    link = link_to(finding.at)
    return Remark(finding, link.url if link else None, link.word if link else "")


def new_sheet(contract: Contract, service: Service) -> str | None:
    """Where the sheet of a service that has none is begun: for the year of the contract, and one is back here."""
    return address("sheet.new_view", servizio=service.id, anno=contract.year, url=request.full_path)


# --- documents and diary ----------------------------------------------------------------------------------


def texts(contract: Contract) -> list[ContractDocument]:
    """The versions of the text that who asks may read: all, or none for an office that does not read contracts."""
    return [] if closed_to(principal(), "contract") else list(contract.documents)


def newest_first(contract: Contract) -> list[ContractDocument]:
    """The versions of the text, the last one first."""
    return texts(contract)[::-1]


def last_negotiated(contract: Contract) -> int | None:
    """The number of the last version, if it was negotiated by hand."""
    last = contract.documents[-1] if contract.documents else None
    return last.version_number if last is not None and last.origin != "generated" else None


def is_behind(session: ScopedSession, contract: Contract) -> bool:
    """True if the data have changed since the last version that was generated; False while nothing can be printed."""
    generated = [v for v in texts(contract) if v.origin == "generated"]
    if not generated:
        return False
    try:
        data = canonical(contract_document(session, contract, office().registry))
    except RuleBroken:
        return False
    return generated[-1].document.data_sha256 != sha256(data)


def diary(session: ScopedSession, contract: Contract, names: Callable[[ContractDocument], str]) -> list[Event]:
    """What happened to the contract, newest first: its beginning and its documents beside what every case has."""
    if closed_to(principal(), "contract"):
        return []
    made = [Event(version.document.made_at, version.document.made_by, names(version), version.note)
            for version in contract.documents]
    return in_order([*_beginning(session, contract), *made, *reversed(events(session, "contract", contract.id))])


def _beginning(session: ScopedSession, contract: Contract) -> Iterator[Event]:
    """When the draft was made and by whom; read from the history, of which only this line is everybody's."""
    query = select(AuditEntry.at, AuditEntry.actor).where(
        AuditEntry.table_name == "contract", AuditEntry.row_id == str(contract.id),
        AuditEntry.operation == "i",
    )
    if was_imported(session, contract):
        return  # it never was a draft here: its import is told among the passages
    for at, actor in as_system(session, query, reason="inizio della bozza"):
        yield Event(at, actor, _("Preparata la bozza, con il numero %(code)s.", code=contract.code))
