"""What the parts of a requirement set are called by people: in the pages, in the workbook and in what is remarked on
them. A readable file calls them by its own keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.ground.errors import Finding

Words = Mapping[str, Finding]
HEAD_WORDS: Words = {
    "code": Finding("Codice"), "title": Finding("Titolo"), "unit_types": Finding("Tipi di unità"),
    "legal_source": Finding("Fonte"), "verified": Finding("Fonte verificata"), "valid_from": Finding("Vale dal"),
    "valid_to": Finding("Vale fino al"), "adapt_by": Finding("Adeguamento entro il"),
    "examination_days": Finding("Giorni per decidere"), "fee": Finding("Contributo della domanda"),
    "months": Finding("Mesi di accreditamento"), "ends_on": Finding("Ultimo giorno per tutti"),
    "extensions": Finding("Proroghe ammesse"), "extension_months": Finding("Mesi di una proroga"),
    "monitoring": Finding("Monitoraggi"), "monitoring_days": Finding("Giorni per rispondere al monitoraggio"),
    "measures": Finding("Dati"), "windows": Finding("Finestre"), "services": Finding("Prestazioni"),
    "requirements": Finding("Requisiti"),
}
WORDS: Mapping[str, Words] = {
    "": HEAD_WORDS,
    "measures": {
        "code": Finding("Codice"), "title": Finding("Che cosa si dichiara"), "help": Finding("Spiegazione"),
        "whole": Finding("Numero intero"), "from": Finding("Proposto dall'unità"),
    },
    "windows": {
        "from": Finding("Primo giorno"), "to": Finding("Ultimo giorno"),
        "decide_by": Finding("La commissione decide entro il"),
    },
    "services": {
        "code": Finding("Codice"), "title": Finding("Prestazione"), "unit": Finding("Per"), "price": Finding("Prezzo"),
    },
    "requirements": {
        "code": Finding("Codice"), "parent": Finding("Sotto il titolo"), "title": Finding("Requisito"),
        "kind": Finding("Come si verifica"), "measure": Finding("Dato dichiarato"), "per": Finding("Per ciascuno di"),
        "limit": Finding("Limite"), "paper": Finding("Documento del gestore"), "text": Finding("Che cosa si chiede"),
        "hint": Finding("Che cosa guardare"), "evidence": Finding("Documento da allegare"),
        "mandatory": Finding("Obbligatorio"), "monitored": Finding("Nel monitoraggio"),
        "legal_source": Finding("Fonte"), "verified": Finding("Fonte verificata"),
    },
}
PERIODS: Words = {"half_year": Finding("semestrale"), "year": Finding("annuale")}
OPTIONS: Mapping[str, Words] = {
    "kind": {
        "group": Finding("Titolo"), "check": Finding("Verificato da una persona"),
        "paper": Finding("Documento del gestore"), "ratio": Finding("Rapporto tra due dati"),
        "at_least": Finding("Almeno"), "at_most": Finding("Al massimo"),
    },
    "paper": {
        "insurance": Finding("Assicurazione"), "durc": Finding("DURC (regolarità contributiva)"),
        "registration": Finding("Iscrizione a un registro"), "certification": Finding("Certificazione"),
        "safety": Finding("Sicurezza e prevenzione incendi"), "lease": Finding("Titolo di disponibilità della sede"),
        "other": Finding("Altro documento"),
    },
    "unit": {
        "hour": Finding("ora"), "day": Finding("giorno"), "month": Finding("mese"), "access": Finding("accesso"),
        "meal": Finding("pasto"), "voucher": Finding("buono"),
    },
    "from": {
        "capacity": Finding("Posti dell'unità"), "min_age_months": Finding("Età minima dell'unità"),
        "max_age_months": Finding("Età massima dell'unità"),
    },
    "monitoring": PERIODS, "monitored": PERIODS,
}


class InWords:
    """How a page and a workbook call what is remarked: by their labels, with the words of their lists."""

    def called(self, table: str, name: str) -> Finding:
        """The label of a field; ``table`` as the check names it (the head, ``measures.x``, ``requirements.1``)."""
        return WORDS[table.partition(".")[0]][name]

    def options(self, name: str, codes: Iterable[str]) -> tuple[Finding, ...]:
        """The words of the values that a field may have."""
        return tuple(OPTIONS[name][code] for code in codes)

    def how(self, _name: str) -> str:
        """How a value is written: the field says it."""
        return ""
