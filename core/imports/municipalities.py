"""Import of the municipalities: who they are, since when they are members, how many live there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.ground.errors import RuleBroken
from core.imports.operations import Desk, Import
from core.parties import operations as parties
from core.parties.districts import all_districts
from core.parties.model import Municipality
from core.parties.names import same_place
from core.tables.cells import CellKind, Column, Sheet

OWN = ("name", "form", "runts", "gender", "tax_code", "vat_number", "istat", "cadastral", "ipa", "address",
       "postal_code", "city", "province", "pec", "patron_day", "connector", "mission", "principles", "relations")

SHEET = Sheet(
    "municipalities", "Comuni",
    (
        Column("name", "Nome", help="Senza «Comune di».", example="Dresano"),
        Column("form", "Forma", CellKind.CHOICE, example="Comune", choices={
            "comune": "Comune", "unione": "Unione di Comuni", "public": "Altro ente pubblico",
            "third_sector": "Ente del terzo settore"}),
        Column("runts", "Numero RUNTS", required=False, help="Solo per un ente del terzo settore."),
        Column("gender", "Genere del nome", CellKind.CHOICE, required=False,
               choices={"m": "Maschile", "f": "Femminile"}, help="Solo se la prima parola del nome non lo dice."),
        Column("istat", "Codice ISTAT", required=False, digits=6, example="015101",
               help="Sei cifre; lo ha ogni comune, e nessun altro ente."),
        Column("tax_code", "Codice fiscale", digits=11, help="Undici cifre.", example="84503590154"),
        Column("vat_number", "Partita IVA", required=False, digits=11, example="10153940159"),
        Column("cadastral", "Codice catastale", required=False, example="D367"),
        Column("ipa", "Codice IPA", required=False, example="c_d367"),
        Column("address", "Indirizzo", example="Via Roma, 3"),
        Column("postal_code", "CAP", digits=5, example="20070"),
        Column("city", "Località", example="Dresano"),
        Column("province", "Provincia", example="MI"),
        Column("pec", "PEC", required=False, example="comune@pec.example"),
        Column("patron_day", "Festa del patrono", required=False, help="Giorno e mese, come 24/06.", example="24/06"),
        Column("connector", "Preposizione", required=False, example="di",
               help="«di» per quasi tutti i nomi; «della» o «dell'» dove il nome lo chiede."),
        Column("mission", "Missione", CellKind.PROSE, required=False, help="Come la dice l'articolo sulla missione."),
        Column("principles", "Valori", CellKind.PROSE, required=False),
        Column("relations", "Modi della relazione", CellKind.PROSE, required=False,
               help="Come si programma con l'azienda e se ne verificano i risultati."),
        Column("member_from", "Socio dal", CellKind.DAY, required=False, example="01/01/2020",
               help="Vuoto se non è socio dell'azienda."),
        Column("member_to", "Socio fino al", CellKind.DAY, required=False, help="Vuoto se lo è ancora."),
        Column("district", "Distretto", required=False,
               help="Il codice o il nome; serve per chi è socio, dove i distretti sono più d'uno."),
        Column("residents", "Residenti", CellKind.NUMBER, required=False, example="3008"),
        Column("residents_on", "Residenti al", CellKind.DAY, required=False, example="31/12/2025"),
        Column("residents_source", "Fonte dei residenti", required=False, example="ISTAT, bilancio demografico"),
    ),
    about="Un comune, un'unione o un altro ente per riga, con l'adesione all'azienda e l'ultima popolazione.",
)


def apply(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Register one municipality. RuleBroken if it is registered already, or one of its facts cannot be."""
    _require_new(desk, facts)
    own = {name: facts[name] for name in OWN if facts[name] is not None}
    row = parties.add_municipality(desk.session, {**own, "demo": False})
    desk.session.flush()
    if facts["member_from"] is not None:
        parties.add_membership(desk.session, {"municipality_id": row.id, "valid_from": facts["member_from"],
                                              "valid_to": facts["member_to"]}, district_id=_district(desk, facts),
                               first=True)
    elif facts["district"] is not None:
        raise RuleBroken("In un distretto sta chi è socio: scrivere da quando, o togliere il distretto.",
                         field="member_from")
    elif facts["member_to"] is not None:
        raise RuleBroken("C'è il giorno in cui l'adesione è finita ma non quello in cui è cominciata.",
                         field="member_from")
    if facts["residents"] is not None:
        for name in ("residents_on", "residents_source"):
            if facts[name] is None:
                raise RuleBroken("Dei residenti servono il numero, il giorno e la fonte.", field=name)
        parties.add_population(desk.session, {
            "municipality_id": row.id, "on": facts["residents_on"], "residents": facts["residents"],
            "source": facts["residents_source"]}, first=True)
    return row.name


def _district(desk: Desk, facts: Mapping[str, Any]) -> int | None:
    """The key of the district that is named. RuleBroken for one of none."""
    named = facts["district"]
    if named is None:
        return None
    found = next((one.id for one in all_districts(desk.session)
                  if named == one.code or named.casefold() == one.name.casefold()), None)
    if found is None:
        raise RuleBroken("«%(name)s» non è il codice né il nome di un distretto dell'azienda.", field="district",
                         name=named)
    return found


def _require_new(desk: Desk, facts: Mapping[str, Any]) -> None:
    known = desk.session.execute(select(Municipality.name, Municipality.tax_code, Municipality.istat)).all()
    held = next((name for name, tax_code, istat in known
                 if tax_code == facts["tax_code"] or (istat and istat == facts["istat"])
                 or same_place(name, facts["name"])), None)
    if held is not None:
        raise RuleBroken("%(name)s è già registrato, o compare due volte nel file: togliere la riga. I suoi dati si "
                         "correggono dalla sua pagina.", field="name", name=held)


MUNICIPALITIES = Import(
    "municipalities", "Comuni",
    "I comuni e le unioni, da quando sono soci e in quale distretto, quanti residenti hanno.",
    (SHEET,), {SHEET.name: apply}, "municipality",
)
