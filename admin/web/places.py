"""Where a person mends what a sentence says is missing: the page, and the field, of each kind of ``Place``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext

from admin.guard import policy
from admin.guard.session import principal
from core.ground.errors import Place


@dataclass(frozen=True)
class RecordPage:
    """A page by its endpoint, the word on the link, and how its address names the record; saved, one is back here.

    ``part``: how it names what stands within the record. ``anchor``: the section to read. ``prefix``: what its form
    puts before the name of a field.
    """

    endpoint: str
    word: Any
    named: str = "id"
    more: dict[str, str] = field(default_factory=dict)
    part: str = ""
    anchor: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Link:
    """An address and the word on it."""

    url: str
    word: str


PAGES = {
    "contract": RecordPage("contract.details_view", lazy_gettext("Vai al contratto")),
    "contracts": RecordPage("contract.index_view", lazy_gettext("Contratti")),
    "contract.services": RecordPage("contract_form.step_view", lazy_gettext("Servizi del contratto"), "contract_id",
                              {"step": "services"}),
    "contract.terms": RecordPage("contract_form.step_view", lazy_gettext("Condizioni del contratto"), "contract_id",
                           {"step": "terms"}),
    "contract.preview": RecordPage("contract_form.step_view", lazy_gettext("Genera il documento"), "contract_id",
                             {"step": "preview"}),
    "contract.final": RecordPage("contract_final.prepare_view", lazy_gettext("Prepara il testo da firmare"),
                                 "contract_id"),
    "contract.sign": RecordPage("contract.passage_view", lazy_gettext("Registra la firma"), more={"atto": "sign"}),
    "contract.merge": RecordPage("amendment.merge_view", lazy_gettext("Recepisci la modifica"), "contract_id"),
    "contract.acts": RecordPage("contract.acts_view", lazy_gettext("Atti allegati")),
    "contract.coordinated": RecordPage("amendment.coordinated_view", lazy_gettext("Carica il testo coordinato"),
                                       "contract_id"),
    "azienda.new": RecordPage("azienda.index_view", lazy_gettext("Dati dell'azienda")),
    "azienda.logo": RecordPage("azienda.logo_view", lazy_gettext("Scegli il logo")),
    "municipality.new": RecordPage("municipality.create_view", lazy_gettext("Aggiungi un Comune")),
    "bodies": RecordPage("body.index_view", lazy_gettext("Vai agli organi")),
    "body.new": RecordPage("body.create_view", lazy_gettext("Aggiungi un organo")),
    "area.new": RecordPage("area.create_view", lazy_gettext("Apri un'area")),
    "sector.new": RecordPage("sector.create_view", lazy_gettext("Apri un settore"), "area_id"),
    "area.edit": RecordPage("area.edit_view", lazy_gettext("Dati dell'area")),
    "sector": RecordPage("sector.edit_view", lazy_gettext("Dati del settore")),
    "service.new": RecordPage("service.create_view", lazy_gettext("Apri un servizio")),
    "event_kind.edit": RecordPage("event_kind.edit_view", lazy_gettext("Dati dell'evento")),
    "terms": RecordPage("terms.details_view", lazy_gettext("Vai alle condizioni")),
    "terms.new": RecordPage("terms.create_view", lazy_gettext("Scrivi le condizioni"), more={"partenza": "2015"}),
    "charter.new": RecordPage("charter.create_view", lazy_gettext("Registra la Carta dei servizi")),
    "user.new": RecordPage("user.create_view", lazy_gettext("Invita una persona")),
    "service.edit": RecordPage("service.edit_view", lazy_gettext("Dati del servizio")),
    "azienda": RecordPage("azienda.edit_view", lazy_gettext("Dati dell'azienda")),
    "azienda.record": RecordPage("azienda.index_view", lazy_gettext("Dati dell'azienda")),
    "municipality": RecordPage("municipality.edit_view", lazy_gettext("Dati dell'ente")),
    "signatory": RecordPage("signatory.create_view", lazy_gettext("Aggiungi chi firma"), "party_id"),
    "bank_account": RecordPage("bank_account.create_view", lazy_gettext("Aggiungi il conto"), "party_id"),
    "municipality.record": RecordPage("municipality.details_view", lazy_gettext("Adesioni e dati dell'ente")),
    "index": RecordPage("ipa.index", lazy_gettext("Confronta il file dell'Indice")),
    "act": RecordPage("act.create_view", lazy_gettext("Aggiungi l'atto"), "party_id"),
    "act.edit": RecordPage("act.edit_view", lazy_gettext("Dati dell'atto")),
    "population": RecordPage("population.create_view", lazy_gettext("Aggiungi la popolazione"), "municipality_id"),
    "district": RecordPage("district.details_view", lazy_gettext("Apri il distretto")),
    "zone_plan": RecordPage("zone_plan.edit_view", lazy_gettext("Dati del Piano di Zona")),
    "zone_plans": RecordPage("zone_plan.index_view", lazy_gettext("Piani di Zona")),
    "kept_service.new": RecordPage("kept_service.create_view", lazy_gettext("Registra l'articolo del Piano"),
                                   "service_id"),
    "service_succession": RecordPage("service_succession.edit_view", lazy_gettext("Servizio di prima")),
    "service_agreement.new": RecordPage("service_agreement.create_view", lazy_gettext("Registra l'accordo"),
                                        "service_id"),
    "service": RecordPage("service.details_view", lazy_gettext("Servizio del catalogo")),
    "service.coverage": RecordPage("service.coverage_view", lazy_gettext("Copertura del servizio")),
    "sheet": RecordPage("sheet.edit_view", lazy_gettext("Scheda operativa")),
    "sheet.record": RecordPage("sheet.details_view", lazy_gettext("Vai alla scheda")),
    "sheet.new": RecordPage("sheet.new_view", lazy_gettext("Scrivi la scheda"), "servizio"),
    "bank_account.edit": RecordPage("bank_account.edit_view", lazy_gettext("Dati del conto")),
    "delegate": RecordPage("delegate.create_view", lazy_gettext("Aggiungi un delegato"), "account_id"),
    "insurance_policy": RecordPage("insurance_policy.create_view", lazy_gettext("Aggiungi una polizza"), "contract_id"),
    "budget": RecordPage("budget.details_view", lazy_gettext("Vai al bilancio")),
    "budget.lines": RecordPage("budget.lines_view", lazy_gettext("Voci del bilancio")),
    "budget.figures": RecordPage("budget.figures_view", lazy_gettext("Cassa e patrimonio")),
    "allocation_plan": RecordPage("allocation_plan.details_view", lazy_gettext("Vai al piano di riparto")),
    "instalment": RecordPage("instalment.details_view", lazy_gettext("Vai alla rata")),
    "instalment.check": RecordPage("instalment.check_view", lazy_gettext("Registra la verifica")),
    "instalment.figure": RecordPage("instalment_plan.figure_view", lazy_gettext("Indica l'importo degli acconti"),
                                    "municipality", part="year"),
    "instalment.invoice": RecordPage("instalment.invoice_view", lazy_gettext("Fattura della rata")),
    "request_round": RecordPage("request_round.details_view", lazy_gettext("Vai alla richiesta")),
    "rate.new": RecordPage("rate.create_view", lazy_gettext("Aggiungi il tasso")),
    "usage.month": RecordPage("usage_month.month_view", lazy_gettext("Registra il mese"), "servizio", part="mese"),
    "payment": RecordPage("payment.details_view", lazy_gettext("Vai al pagamento")),
    "default_notice": RecordPage("default_notice.details_view", lazy_gettext("Vai alla diffida")),
    "default_notice.draft": RecordPage("default_notice.edit_notice_view", lazy_gettext("Modifica la diffida")),
    "penalty": RecordPage("penalty.details_view", lazy_gettext("Vai alla penale")),
    "on_behalf": RecordPage("on_behalf.details_view", lazy_gettext("Vai all'atto")),
    "arbitration": RecordPage("arbitration.details_view", lazy_gettext("Vai all'arbitrato")),
    "provider": RecordPage("provider.details_view", lazy_gettext("Vai al gestore")),
    "provider_paper.new": RecordPage("provider_paper.new_view", lazy_gettext("Aggiungi il documento"), "provider"),
    "service_unit": RecordPage("service_unit.details_view", lazy_gettext("Vai all'unità")),
    "unit_type": RecordPage("unit_type.edit_view", lazy_gettext("Dati del tipo")),
    "unit_type.new": RecordPage("unit_type.create_view", lazy_gettext("Aggiungi il tipo")),
    "operating_notice": RecordPage("operating_notice.details_view", lazy_gettext("Vai alla comunicazione")),
    "operating_notice.new": RecordPage("operating_notice.new_view", lazy_gettext("Aggiungi una comunicazione"), "unit"),
    "operating_notice.start": RecordPage("operating_notice.new_view", lazy_gettext("Comunica l'avvio"), "unit",
                                   {"kind": "start"}),
    "operating_notice.transformation": RecordPage(
        "operating_notice.new_view", lazy_gettext("Comunica la trasformazione"), "unit", {"kind": "transformation"}),
    "operating_notice.manager": RecordPage("operating_notice.new_view", lazy_gettext("Comunica il responsabile"),
                                           "unit", {"kind": "manager"}),
    "accreditation": RecordPage("accreditation.details_view", lazy_gettext("Vai all'accreditamento")),
    "accreditation.figures": RecordPage("accreditation.declare_view", lazy_gettext("Compila i dati"), prefix="dato_"),
    "accreditation.fee": RecordPage("accreditation.fee_view", lazy_gettext("Registra il contributo")),
    "accreditation.requirement": RecordPage("accreditation.requirement_view", lazy_gettext("Vai al requisito"),
                                      part="requisito"),
    "accreditation.inspections": RecordPage("accreditation.details_view", lazy_gettext("Vai ai sopralluoghi"),
                                      anchor="sopralluoghi"),
    "accreditation.monitoring": RecordPage("accreditation.details_view", lazy_gettext("Vai al monitoraggio"),
                                     anchor="monitoraggio"),
    "inspection.hold": RecordPage("inspection.hold_view", lazy_gettext("Registra il verbale"), "inspection_id"),
    "requirement_set": RecordPage("requirement_set.details_view", lazy_gettext("Vai ai requisiti")),
    "requirement_set.new": RecordPage("requirement_set.import_view", lazy_gettext("Importa i requisiti")),
    "forewarning": RecordPage("forewarning.details_view", lazy_gettext("Vai alla comunicazione")),
    **{f"forewarning.{kind}": RecordPage("forewarning.new_view", word, "accreditamento", {"tipo": kind})
       for kind, word in (
        ("refusal", lazy_gettext("Prepara il preavviso di rigetto")),
        ("extension", lazy_gettext("Prepara il preavviso di diniego della proroga")),
        ("suspension", lazy_gettext("Avvia il procedimento di sospensione")),
        ("revocation", lazy_gettext("Avvia il procedimento di revoca")))},
    "register": RecordPage("register.details_view", lazy_gettext("Vai all'albo")),
    "registers": RecordPage("register.index_view", lazy_gettext("Vai all'albo")),
    "tariff": RecordPage("tariff.edit_view", lazy_gettext("Modifica la tariffa")),
    "provider_choice": RecordPage("provider_choice.details_view", lazy_gettext("Vai alla scelta")),
}


def link_to(place: Place | None) -> Link | None:
    """The link to where something is mended; None if there is no such page, or it is closed to who asks."""
    page = PAGES.get(place.kind) if place is not None else None
    if place is None or page is None or page.endpoint not in current_app.view_functions:
        return None
    if not policy.may(principal(), page.endpoint):
        return None
    where: dict[str, Any] = {**({page.named: place.key} if place.key else {}), **page.more,
                             **({page.part: place.part} if page.part and place.part else {})}
    here = {**request.args, **(request.view_args or {})}
    if page.endpoint == request.endpoint and not page.anchor and not place.field \
            and all(str(here.get(name)) == str(value) for name, value in where.items()):
        return None  # one is there already
    anchor = f"campo-{page.prefix}{place.field}" if place.field else page.anchor or None
    return Link(url_for(page.endpoint, **where, url=request.full_path, _anchor=anchor), str(page.word))
