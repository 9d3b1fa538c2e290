"""The register as open data: columns that stay, their descriptions, the licence. See docs/albo.md.

A column is never renamed or moved: a new one goes to the end, and the CHANGELOG says so.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from core.register.model import RegisterEntry
from core.register.rules import state_today

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.it"
FORMAT = 1
DAY = timedelta(days=1)
# column: what it says, in Italian: open data is read outside of any page
COLUMNS: dict[str, str] = {
    "number": "Numero nell'albo, senza salti; non cambia.",
    "slug": "Indirizzo della scheda: /albo/<slug>; non cambia.",
    "unit": "Nome dell'unità d'offerta.",
    "section": "Sezione: childhood (prima infanzia), minors (minori), disability (disabilità), elderly (anziani), "
               "function (altre funzioni accreditate).",
    "type_code": "Codice del tipo di unità.",
    "type_name": "Nome del tipo di unità.",
    "provider": "Denominazione del gestore.",
    "provider_tax_code": "Codice fiscale del gestore, undici cifre: va letto come testo.",
    "legal_form": "Codice della forma giuridica del gestore.",
    "third_sector": "Codice della sezione del registro unico del terzo settore (RUNTS); vuoto se non è iscritto.",
    "address": "Indirizzo della sede.",
    "city": "Località della sede.",
    "province": "Sigla della provincia.",
    "municipality": "Comune del distretto in cui si trova; vuoto se è fuori dal distretto.",
    "capacity": "Posti; vuoto per chi lavora a domicilio o a scuola.",
    "min_age_months": "Età minima di chi è accolto, in mesi.",
    "max_age_months": "Età massima di chi è accolto, in mesi.",
    "phone": "Telefono dell'unità.",
    "email": "Posta elettronica dell'unità.",
    "website": "Sito del gestore.",
    "decree": "Numero del provvedimento di accreditamento.",
    "decided_on": "Data del provvedimento (AAAA-MM-GG).",
    "valid_from": "Primo giorno dell'accreditamento (AAAA-MM-GG).",
    "valid_to": "Ultimo giorno dell'accreditamento, proroghe comprese (AAAA-MM-GG).",
    "state": "Stato nel giorno della lettura: accredited (accreditata), suspended (sospesa), revoked (revocata), "
             "renounced (rinunciata), expired (scaduta).",
    "state_since": "Giorno da cui vale lo stato (AAAA-MM-GG).",
    "published_on": "Giorno della prima pubblicazione (AAAA-MM-GG).",
    "updated_on": "Giorno dell'ultimo aggiornamento della voce (AAAA-MM-GG).",
}  # fmt: skip
HISTORY = "history"
HISTORY_SAYS = "Storia degli stati, dal più vecchio: state, since (AAAA-MM-GG), act (l'atto)."


def state_and_since(entry: RegisterEntry, today: date) -> tuple[str, date]:
    """The state that is true today, and since when."""
    state = state_today(entry.state, entry.valid_to, today)
    return state.value, entry.state_since if state == entry.state else entry.valid_to + DAY


def record(entry: RegisterEntry, today: date) -> dict[str, Any]:
    """An entry as plain values by column: texts, whole numbers, days as AAAA-MM-GG, None for nothing."""
    told = {name: getattr(entry, name) for name in COLUMNS}
    told["state"], told["state_since"] = state_and_since(entry, today)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}


def history(entry: RegisterEntry) -> list[dict[str, str]]:
    """The states of an entry, the oldest first."""
    return [{"state": row.state, "since": row.since.isoformat(), "act": row.act} for row in entry.history]
