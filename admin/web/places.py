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
class Page:
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
    "contract": Page("contract.details_view", lazy_gettext("Vai al contratto")),
    "contracts": Page("contract.index_view", lazy_gettext("Contratti")),
    "contract.services": Page("contract_form.step_view", lazy_gettext("Servizi del contratto"), "contract_id",
                              {"step": "services"}),
    "contract.terms": Page("contract_form.step_view", lazy_gettext("Condizioni del contratto"), "contract_id",
                           {"step": "terms"}),
    "contract.preview": Page("contract_form.step_view", lazy_gettext("Genera il documento"), "contract_id",
                             {"step": "preview"}),
    "contract.acts": Page("contract.acts_view", lazy_gettext("Atti allegati")),
    "azienda": Page("azienda.index_view", lazy_gettext("Dati dell'azienda")),
    "municipality": Page("municipality.edit_view", lazy_gettext("Dati del comune")),
    "signatory": Page("signatory.create_view", lazy_gettext("Aggiungi chi firma"), "party_id"),
    "bank_account": Page("bank_account.create_view", lazy_gettext("Aggiungi il conto"), "party_id"),
    "municipality.record": Page("municipality.details_view", lazy_gettext("Adesioni e dati del comune")),
    "act": Page("act.create_view", lazy_gettext("Aggiungi l'atto"), "party_id"),
    "act.edit": Page("act.edit_view", lazy_gettext("Dati dell'atto")),
    "population": Page("population.create_view", lazy_gettext("Aggiungi la popolazione"), "municipality_id"),
    "zone_plan": Page("zone_plan.edit_view", lazy_gettext("Dati del Piano di Zona")),
    "zone_plans": Page("zone_plan.index_view", lazy_gettext("Piani di Zona")),
    "service": Page("service.details_view", lazy_gettext("Servizio del catalogo")),
    "service.coverage": Page("service.coverage_view", lazy_gettext("Copertura del servizio")),
    "sheet": Page("sheet.edit_view", lazy_gettext("Scheda operativa")),
    "sheet.new": Page("sheet.new_view", lazy_gettext("Scrivi la scheda"), "servizio"),
    "bank_account.edit": Page("bank_account.edit_view", lazy_gettext("Dati del conto")),
    "delegate": Page("delegate.create_view", lazy_gettext("Aggiungi un delegato"), "account_id"),
    "insurance_policy": Page("insurance_policy.create_view", lazy_gettext("Aggiungi una polizza"), "contract_id"),
    "budget": Page("budget.details_view", lazy_gettext("Vai al bilancio")),
    "budget.lines": Page("budget.lines_view", lazy_gettext("Voci del bilancio")),
    "budget.figures": Page("budget.figures_view", lazy_gettext("Cassa e patrimonio")),
    "allocation_plan": Page("allocation_plan.details_view", lazy_gettext("Vai al piano di riparto")),
    "instalment": Page("instalment.details_view", lazy_gettext("Vai alla rata")),
    "instalment.check": Page("instalment.check_view", lazy_gettext("Registra la verifica")),
    "instalment.figure": Page("instalment_plan.figure_view", lazy_gettext("Indica l'importo"), "municipality",
                              part="year"),
    "instalment.invoice": Page("instalment.invoice_view", lazy_gettext("Fattura della rata")),
    "request_round": Page("request_round.details_view", lazy_gettext("Vai alla richiesta")),
    "rate.new": Page("rate.create_view", lazy_gettext("Aggiungi il tasso")),
    "payment": Page("payment.details_view", lazy_gettext("Vai al pagamento")),
    "default_notice": Page("default_notice.details_view", lazy_gettext("Vai alla diffida")),
    "default_notice.draft": Page("default_notice.edit_notice_view", lazy_gettext("Modifica la diffida")),
    "penalty": Page("penalty.details_view", lazy_gettext("Vai alla penale")),
    "on_behalf": Page("on_behalf.details_view", lazy_gettext("Vai all'atto")),
    "arbitration": Page("arbitration.details_view", lazy_gettext("Vai all'arbitrato")),
    "provider": Page("provider.details_view", lazy_gettext("Vai al gestore")),
    "provider_paper.new": Page("provider_paper.new_view", lazy_gettext("Aggiungi il documento"), "provider"),
    "service_unit": Page("service_unit.details_view", lazy_gettext("Vai all'unità")),
    "unit_type": Page("unit_type.edit_view", lazy_gettext("Dati del tipo")),
    "unit_type.new": Page("unit_type.create_view", lazy_gettext("Aggiungi il tipo")),
    "operating_notice": Page("operating_notice.details_view", lazy_gettext("Vai alla comunicazione")),
    "operating_notice.new": Page("operating_notice.new_view", lazy_gettext("Aggiungi una comunicazione"), "unit"),
    "operating_notice.start": Page("operating_notice.new_view", lazy_gettext("Comunica l'avvio"), "unit",
                                   {"kind": "start"}),
    "operating_notice.transformation": Page("operating_notice.new_view", lazy_gettext("Comunica la trasformazione"),
                                            "unit", {"kind": "transformation"}),
    "operating_notice.manager": Page("operating_notice.new_view", lazy_gettext("Comunica il responsabile"), "unit",
                                     {"kind": "manager"}),
    "accreditation": Page("accreditation.details_view", lazy_gettext("Vai all'accreditamento")),
    "accreditation.figures": Page("accreditation.declare_view", lazy_gettext("Compila i dati"), prefix="dato_"),
    "accreditation.fee": Page("accreditation.fee_view", lazy_gettext("Registra il contributo")),
    "accreditation.requirement": Page("accreditation.requirement_view", lazy_gettext("Vai al requisito"),
                                      part="requisito"),
    "accreditation.inspections": Page("accreditation.details_view", lazy_gettext("Vai ai sopralluoghi"),
                                      anchor="sopralluoghi"),
    "accreditation.monitoring": Page("accreditation.details_view", lazy_gettext("Vai al monitoraggio"),
                                     anchor="monitoraggio"),
    "inspection.hold": Page("inspection.hold_view", lazy_gettext("Registra il verbale"), "inspection_id"),
    "requirement_set": Page("requirement_set.details_view", lazy_gettext("Vai ai requisiti")),
    "requirement_set.new": Page("requirement_set.import_view", lazy_gettext("Importa i requisiti")),
    "forewarning": Page("forewarning.details_view", lazy_gettext("Vai alla comunicazione")),
    **{f"forewarning.{kind}": Page("forewarning.new_view", word, "accreditamento", {"tipo": kind}) for kind, word in (
        ("refusal", lazy_gettext("Prepara il preavviso di rigetto")),
        ("extension", lazy_gettext("Prepara il preavviso di diniego della proroga")),
        ("suspension", lazy_gettext("Avvia il procedimento di sospensione")),
        ("revocation", lazy_gettext("Avvia il procedimento di revoca")))},
    "register": Page("register.details_view", lazy_gettext("Vai all'albo")),
    "registers": Page("register.index_view", lazy_gettext("Vai all'albo")),
    "tariff": Page("tariff.edit_view", lazy_gettext("Modifica la tariffa")),
    "provider_choice": Page("provider_choice.details_view", lazy_gettext("Vai alla scelta")),
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
