"""Every kind of record that the search finds: by which words. Where it leads and who may is said by the kind's own
page; whose rows one sees, by the row scope under it. A kind with a page and without a row here fails a house test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext

from admin.web.base_view import BaseView

BY_UNIT = lazy_gettext("numero, unità, gestore")
BY_NUMBER_AND_PARTY = lazy_gettext("numero, Comune")
BY_TITLE = lazy_gettext("titolo")
BY_NAME = lazy_gettext("nome")
BY_YEAR = lazy_gettext("Comune, anno")
# the page of the kind: the words that find one
KINDS: dict[str, Any] = {
    "contract": BY_NUMBER_AND_PARTY,
    "deadline": lazy_gettext("che cosa è atteso, caso, Comune"),
    "sending": lazy_gettext("titolo, protocollo, mittente, destinatario"),
    "default_notice": BY_NUMBER_AND_PARTY,
    "usage_month": lazy_gettext("servizio, anno"),
    "penalty": BY_NUMBER_AND_PARTY,
    "on_behalf": lazy_gettext("Comune"),
    "control": BY_NUMBER_AND_PARTY,
    "damaging_event": BY_NUMBER_AND_PARTY,
    "contestation": BY_NUMBER_AND_PARTY,
    "arbitration": BY_NUMBER_AND_PARTY,
    "accreditation": BY_UNIT,
    "forewarning": BY_UNIT,
    "monitoring": BY_UNIT,
    "provider": lazy_gettext("nome, codice fiscale, luogo, unità"),
    "service_unit": lazy_gettext("nome, luogo"),
    "provider_paper": lazy_gettext("gestore, chi l'ha rilasciato, numero"),
    "operating_notice": lazy_gettext("numero, unità"),
    "provider_meeting": lazy_gettext("numero, titolo"),
    "requirement_set": BY_TITLE,
    "requirement_draft": BY_TITLE,
    "register": lazy_gettext("unità, gestore, luogo"),
    "provider_choice": lazy_gettext("Comune, unità, servizio"),
    "tariff": lazy_gettext("unità"),
    "unit_type": BY_NAME,
    "instalment": lazy_gettext("numero, Comune, fattura"),
    "payment": lazy_gettext("numero, Comune, causale"),
    "request_round": lazy_gettext("titolo, anno"),
    "commitment": lazy_gettext("numero, Comune, CIG"),
    "bank_statement": lazy_gettext("IBAN, giorno"),
    "statement_line": lazy_gettext("chi ha pagato, causale"),
    "share": BY_YEAR,
    "allocation_plan": lazy_gettext("titolo, anno"),
    "budget": lazy_gettext("anno"),
    "yearly_report": lazy_gettext("anno"),
    "investment": lazy_gettext("servizio"),
    "funding_source": BY_NAME,
    "service": lazy_gettext("codice, nome"),
    "area": lazy_gettext("codice, nome"),
    "sector": lazy_gettext("codice, nome"),
    "sheet": BY_TITLE,
    "charter": BY_TITLE,
    "zone_plan": BY_TITLE,
    "terms": BY_TITLE,
    "entrusted_asset": lazy_gettext("descrizione"),
    "insurance_policy": lazy_gettext("assicuratore, numero"),
    "azienda": BY_NAME,
    "district": BY_NAME,
    "municipality": BY_NAME,
    "signatory": lazy_gettext("cognome, nome"),
    "act": lazy_gettext("titolo, organo, numero"),
    "bank_account": lazy_gettext("IBAN, banca"),
    "delegate": lazy_gettext("cognome, nome, codice fiscale"),
    "body": BY_NAME,
    "body_member": lazy_gettext("cognome, nome, carica"),
    "deadline_rule": BY_TITLE,
    "event_kind": BY_NAME,
    "user": lazy_gettext("nome, e-mail"),
}
# what has a page only beside the record that it belongs to, and is found with it
PARTS = {"population": "municipality", "membership": "municipality", "party_capacity": "municipality",
         "district_member": "municipality",
         "service_agreement": "service", "service_succession": "service", "kept_service": "zone_plan",
         "source_name": "funding_source", "body_name": "body"}
# registers that are read by their day, on their own page; nobody looks for one of their rows by name
LOGS = frozenset({"login_record", "download_record", "rate"})


def kinds() -> Iterator[BaseView]:
    """The pages of the kinds that who asks may read: ours in the order of the table, then those of the plugins."""
    [admin] = current_app.extensions["admin"]
    views = {view.endpoint: view for view in admin._views if isinstance(view, BaseView) and view.is_accessible()}
    ours = [views.pop(endpoint) for endpoint in KINDS if endpoint in views]
    yield from ours
    yield from (view for endpoint, view in views.items()
                if view.searched and endpoint not in PARTS and endpoint not in LOGS)


def found_by(view: BaseView) -> str:
    """The words that find a record of this kind."""
    return str(KINDS.get(view.endpoint, BY_NAME))


def address(view: Any, row: Any, typed: str) -> str:
    """Where a record that was found is read: on its page, else in its form, else in its list."""
    if view.can_view_details:
        return url_for(f"{view.endpoint}.details_view", id=row.id)
    if view.can_edit and view.may_change():
        return url_for(f"{view.endpoint}.edit_view", id=row.id)
    return url_for(f"{view.endpoint}.index_view", search=typed)
