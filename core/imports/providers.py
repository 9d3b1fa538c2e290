"""Import of the providers that an office knows already: who they are, their insurance, their units in operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.ground.access import Role
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.imports import finding
from core.imports.operations import Desk, Import
from core.providers import operating_notices, operations
from core.providers.model import Provider
from core.providers.operating_notices import Given
from core.providers.spellings import legal_form, same
from core.providers.types import types_on
from core.tables.cells import CellKind, Column, Sheet

LEGAL_FORMS = {
    "social_cooperative": "Cooperativa sociale", "cooperative": "Cooperativa", "consortium": "Consorzio",
    "association": "Associazione", "foundation": "Fondazione", "social_enterprise": "Impresa sociale",
    "religious_body": "Ente religioso", "company": "Società", "sole_trader": "Ditta individuale",
    "public_body": "Ente pubblico", "other": "Altro",
}
SECTIONS = {
    "volunteering": "Organizzazioni di volontariato", "social_promotion": "Associazioni di promozione sociale",
    "philanthropy": "Enti filantropici", "social_enterprise": "Imprese sociali",
    "associative_network": "Reti associative", "mutual_aid": "Società di mutuo soccorso",
    "other_third_sector": "Altri enti del Terzo settore",
}
OWN = ("name", "legal_form", "tax_code", "vat_number", "third_sector", "runts", "legal_representative", "address",
       "postal_code", "city", "province", "pec", "email", "phone", "website")
INSURANCE = ("insurer", "policy_number", "insured_from", "insured_to")
OF_UNIT = ("name", "address", "postal_code", "city", "province", "capacity", "min_age_months", "max_age_months",
           "manager", "phone", "email")
SEAT = (
    Column("address", "Indirizzo", example="Via Roma, 3"),
    Column("postal_code", "CAP", digits=5, example="20077"),
    Column("city", "Località", example="Melegnano"),
    Column("province", "Provincia", example="MI"),
)

PROVIDERS_SHEET = Sheet(
    "providers", "Gestori",
    (
        Column("name", "Denominazione", example="Cooperativa sociale Il Melograno"),
        Column("legal_form", "Forma giuridica", CellKind.CHOICE, choices=LEGAL_FORMS, example="Cooperativa sociale",
               help="Anche come sta nei registri: Soc. Coop. Soc. ONLUS, S.R.L.", understood=legal_form),
        Column("tax_code", "Codice fiscale", digits=11, help="11 cifre, o i 16 caratteri di una persona.",
               example="12345670785"),
        Column("vat_number", "Partita IVA", required=False, digits=11),
        Column("third_sector", "Sezione del RUNTS", CellKind.CHOICE, required=False, choices=SECTIONS,
               help="Vuota per chi non è del Terzo settore.", example="Imprese sociali"),
        Column("runts", "Numero di iscrizione al RUNTS", required=False),
        Column("legal_representative", "Legale rappresentante", example="Rosa Bianchi"),
        *SEAT,
        Column("pec", "PEC", required=False, example="melograno@pec.example"),
        Column("email", "Posta elettronica", required=False),
        Column("phone", "Telefono", required=False),
        Column("website", "Sito web", required=False),
        Column("insurer", "Assicurazione: compagnia", required=False, example="Assicurazioni Lombarde"),
        Column("policy_number", "Assicurazione: numero", required=False, example="RC-2041"),
        Column("insured_from", "Assicurazione: dal", CellKind.DAY, required=False, example="01/01/2026"),
        Column("insured_to", "Assicurazione: al", CellKind.DAY, required=False, example="31/12/2026"),
    ),
    about="Un gestore per riga, una volta sola.",
)
UNITS_SHEET = Sheet(
    "units", "Unità",
    (
        Column("provider", "Gestore", help="Il codice fiscale o la denominazione, dal foglio Gestori o già registrato.",
               example="12345670785", digits=11),
        Column("name", "Nome dell'unità", example="Nido La Chiocciola"),
        Column("type", "Tipo", help="Il codice o il nome, come nella pagina dei tipi di unità.", example="nido"),
        Column("municipality", "Comune del distretto", required=False, help="Vuoto se l'unità sta fuori dal distretto.",
               example="Melegnano"),
        *SEAT,
        Column("capacity", "Posti", CellKind.NUMBER, required=False, help="Vuoto per i servizi sul territorio.",
               example="40"),
        Column("min_age_months", "Età minima, in mesi", CellKind.NUMBER, required=False, example="3"),
        Column("max_age_months", "Età massima, in mesi", CellKind.NUMBER, required=False, example="36"),
        Column("manager", "Responsabile", required=False, example="Anna Verdi"),
        Column("phone", "Telefono", required=False),
        Column("email", "Posta elettronica", required=False),
        Column("operating_from", "In esercizio dal", CellKind.DAY, required=False, example="01/09/2021",
               help="Il giorno dichiarato nella comunicazione di avvio; vuoto se l'unità è programmata."),
        Column("notice_number", "Numero della comunicazione", required=False, example="12/2021",
               help="Se la comunicazione di avvio ne porta uno; altrimenti lo dà il programma."),
    ),
    about="Un'unità per riga.",
)


def apply_provider(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Register one provider and its insurance. RuleBroken if it is registered already, or a fact cannot be."""
    own = {name: facts[name] for name in OWN if facts[name] is not None}
    row = operations.add_provider(desk.session, {**own, "demo": False})
    desk.cache.pop("providers", None)
    desk.kept.append(row)
    if any(facts[name] is not None for name in INSURANCE):
        for name in INSURANCE:
            if facts[name] is None:
                raise RuleBroken("Dell'assicurazione servono la compagnia, il numero e il periodo.", field=name)
        paper = {"kind": "insurance", "issuer": facts["insurer"], "number": facts["policy_number"],
                 "valid_from": facts["insured_from"], "valid_to": facts["insured_to"]}
        try:
            operations.add_paper(desk.session, row.id, paper, today=desk.today)
        except RuleBroken as refusal:
            refusal.field = {"valid_to": "insured_to", "issuer": "insurer", "number": "policy_number"}.get(
                refusal.field or "", refusal.field)
            raise
    return row.name


def apply_unit(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Register one unit; one that operates already has its start notice. RuleBroken as for the pages."""
    own = {name: facts[name] for name in OF_UNIT if facts[name] is not None}
    own["type_id"] = _type(desk, facts["type"])
    if facts["municipality"] is not None:
        own["municipality_id"] = finding.municipality(desk, facts["municipality"])
    unit = operations.add_unit(desk.session, _provider(desk, facts["provider"]), own, today=desk.today)
    day, number = facts["operating_from"], facts["notice_number"]
    if day is None and number is not None:
        raise RuleBroken("C'è il numero della comunicazione ma non il giorno da cui l'unità è in esercizio.",
                         field="operating_from")
    if day is not None:
        told = finding.code(number, field="notice_number") if number else None
        if told is not None and told[1] != day.year:
            raise RuleBroken("Il numero è del %(year)s, l'unità è in esercizio dal %(day)s: scrivere il numero e "
                             "l'anno della comunicazione di avvio.", field="notice_number", year=told[1],
                             day=f"{day:%d/%m/%Y}")
        try:
            operating_notices.file_notice(desk.session, unit.id,
                                          Given("start", day, day, number=told[0] if told else None,
                                                             note="Importata dall'elenco dell'ufficio."),
                                          today=desk.today)
        except RuleBroken as refusal:
            refusal.field = {"received_on": "operating_from", "effective_from": "operating_from",
                             "number": "notice_number"}.get(refusal.field or "", refusal.field)
            raise
    return unit.name


def _provider(desk: Desk, text: str) -> int:
    known = desk.known("providers", lambda: {
        folded(name): key for key, *names in desk.session.execute(
            select(Provider.id, Provider.name, Provider.tax_code)) for name in names})
    found = known.get(folded(text))
    if found is None:
        raise RuleBroken("«%(text)s» non è tra i gestori, né nel foglio né registrato: scriverne il codice fiscale.",
                         field="provider", text=text)
    return found


def _type(desk: Desk, text: str) -> int:
    known = desk.known("unit types", lambda: [
        (row.id, (row.code, row.name)) for row in types_on(desk.session, desk.today)])
    exact = [key for key, names in known if folded(text) in map(folded, names)]
    alike = exact or [key for key, names in known if same(text, names)]
    found = alike[0] if len(alike) == 1 else None
    if found is None:
        raise RuleBroken("«%(text)s» non è un tipo di unità in vigore: scriverne il codice o il nome come nella pagina "
                         "dei tipi.", field="type", text=text)
    return found


PROVIDERS = Import(
    "providers", "Gestori e unità",
    "Gli enti che gestiscono unità sociali, con la loro assicurazione, e le unità che gestiscono.",
    (PROVIDERS_SHEET, UNITS_SHEET),
    {PROVIDERS_SHEET.name: apply_provider, UNITS_SHEET.name: apply_unit}, "provider",
    roles=(Role.ACCREDITATION, Role.MANAGEMENT, Role.SYSTEM),
)
