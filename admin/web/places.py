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
    "contract": Page("contract.details_view", lazy_gettext("Vai al contratto")),
    "contract.services": Page("contract_form.step_view", lazy_gettext("Servizi del contratto"), "contract_id",
                              {"step": "services"}),
    "contract.terms": Page("contract_form.step_view", lazy_gettext("Condizioni del contratto"), "contract_id",
                           {"step": "terms"}),
    "contract.preview": Page("contract_form.step_view", lazy_gettext("Genera il documento"), "contract_id",
                             {"step": "preview"}),
    "contract.final": Page("contract_final.prepare_view", lazy_gettext("Prepara il testo da firmare"), "contract_id"),
    "contract.sign": Page("contract.passage_view", lazy_gettext("Registra la firma"), more={"atto": "sign"}),
    "contract.merge": Page("amendment.merge_view", lazy_gettext("Recepisci la modifica"), "contract_id"),
    "contract.coordinated": Page("amendment.coordinated_view", lazy_gettext("Carica il testo coordinato"),
                                 "contract_id"),
    "contract.acts": Page("contract.acts_view", lazy_gettext("Atti allegati")),
    "azienda": Page("azienda.edit_view", lazy_gettext("Dati dell'azienda")),
    "municipality": Page("municipality.edit_view", lazy_gettext("Dati del comune")),
    "signatory": Page("signatory.create_view", lazy_gettext("Aggiungi chi firma"), "party_id"),
    "bank_account": Page("bank_account.create_view", lazy_gettext("Aggiungi il conto"), "party_id"),
    "act": Page("act.create_view", lazy_gettext("Aggiungi l'atto"), "party_id"),
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
    "budget.lines": Page("budget.lines_view", lazy_gettext("Voci del bilancio")),
    "budget.figures": Page("budget.figures_view", lazy_gettext("Cassa e patrimonio")),
    "allocation_plan": Page("allocation_plan.details_view", lazy_gettext("Gruppi del piano")),
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
