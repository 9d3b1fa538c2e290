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
    """A page by its endpoint, the word on the link, and how its address names the record; saved, one is back here."""

    endpoint: str
    word: Any
    named: str = "id"
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """An address and the word on it."""

    url: str
    word: str


PAGES = {
    "contract": RecordPage("contract.details_view", lazy_gettext("Vai al contratto")),
    "contract.services": RecordPage("contract_form.step_view", lazy_gettext("Servizi del contratto"), "contract_id",
                              {"step": "services"}),
    "contract.terms": RecordPage("contract_form.step_view", lazy_gettext("Condizioni del contratto"), "contract_id",
                           {"step": "terms"}),
    "contract.preview": RecordPage("contract_form.step_view", lazy_gettext("Genera il documento"), "contract_id",
                             {"step": "preview"}),
    "contract.coordinated": RecordPage("amendment.coordinated_view", lazy_gettext("Carica il testo coordinato"),
                                       "contract_id"),
    "contract.acts": RecordPage("contract.acts_view", lazy_gettext("Atti allegati")),
    "azienda.new": RecordPage("azienda.index_view", lazy_gettext("Dati dell'azienda")),
    "azienda.logo": RecordPage("azienda.logo_view", lazy_gettext("Scegli il logo")),
    "municipality.new": RecordPage("municipality.create_view", lazy_gettext("Aggiungi un comune")),
    "body.new": RecordPage("body.create_view", lazy_gettext("Aggiungi un organo")),
    "area.new": RecordPage("area.create_view", lazy_gettext("Apri un'area")),
    "area": RecordPage("area.details_view", lazy_gettext("Apri un settore")),
    "area.edit": RecordPage("area.edit_view", lazy_gettext("Dati dell'area")),
    "sector": RecordPage("sector.edit_view", lazy_gettext("Dati del settore")),
    "service.new": RecordPage("service.create_view", lazy_gettext("Apri un servizio")),
    "terms.new": RecordPage("terms.create_view", lazy_gettext("Scrivi le condizioni"), more={"partenza": "2015"}),
    "charter.new": RecordPage("charter.create_view", lazy_gettext("Registra la Carta dei servizi")),
    "user.new": RecordPage("user.create_view", lazy_gettext("Invita una persona")),
    "azienda": RecordPage("azienda.edit_view", lazy_gettext("Dati dell'azienda")),
    "municipality": RecordPage("municipality.edit_view", lazy_gettext("Dati del comune")),
    "signatory": RecordPage("signatory.create_view", lazy_gettext("Aggiungi chi firma"), "party_id"),
    "bank_account": RecordPage("bank_account.create_view", lazy_gettext("Aggiungi il conto"), "party_id"),
    "act": RecordPage("act.create_view", lazy_gettext("Aggiungi l'atto"), "party_id"),
    "population": RecordPage("population.create_view", lazy_gettext("Aggiungi la popolazione"), "municipality_id"),
    "zone_plan": RecordPage("zone_plan.edit_view", lazy_gettext("Dati del Piano di Zona")),
    "zone_plans": RecordPage("zone_plan.index_view", lazy_gettext("Piani di Zona")),
    "service.edit": RecordPage("service.edit_view", lazy_gettext("Dati del servizio")),
    "service": RecordPage("service.details_view", lazy_gettext("Servizio del catalogo")),
    "service.coverage": RecordPage("service.coverage_view", lazy_gettext("Copertura del servizio")),
    "sheet": RecordPage("sheet.edit_view", lazy_gettext("Scheda operativa")),
    "sheet.new": RecordPage("sheet.new_view", lazy_gettext("Scrivi la scheda"), "servizio"),
    "bank_account.edit": RecordPage("bank_account.edit_view", lazy_gettext("Dati del conto")),
    "delegate": RecordPage("delegate.create_view", lazy_gettext("Aggiungi un delegato"), "account_id"),
    "insurance_policy": RecordPage("insurance_policy.create_view", lazy_gettext("Aggiungi una polizza"), "contract_id"),
    "budget.lines": RecordPage("budget.lines_view", lazy_gettext("Voci del bilancio")),
    "budget.figures": RecordPage("budget.figures_view", lazy_gettext("Cassa e patrimonio")),
    "allocation_plan": RecordPage("allocation_plan.details_view", lazy_gettext("Gruppi del piano")),
}


def link_to(place: Place | None) -> Link | None:
    """The link to where something is mended; None if there is no such page, or it is closed to who asks."""
    page = PAGES.get(place.kind) if place is not None else None
    if place is None or page is None or page.endpoint not in current_app.view_functions:
        return None
    if not policy.may(principal(), page.endpoint):
        return None
    back = request.full_path if request.method == "GET" else request.path
    values: dict[str, Any] = {**({page.named: place.key} if place.key else {}), **page.more, "url": back}
    if place.field:
        values["_anchor"] = f"campo-{place.field}"
    return Link(url_for(page.endpoint, **values), str(page.word))
