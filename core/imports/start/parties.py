"""The azienda, the municipalities and unions, since when they are members, how many live there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.imports import municipalities
from core.imports.operations import Desk
from core.imports.start.part import (
    DISTRICT,
    MUNICIPALITY,
    NO_DISTRICT,
    Facts,
    FilePart,
    coded,
    district_id,
    given,
    municipality_id,
    named_district,
    told,
)
from core.parties import districts, operations
from core.parties.capacities import LEAD, add_capacity
from core.parties.districts import district_of, first_district, several
from core.parties.model import (
    Azienda,
    District,
    DistrictMember,
    DistrictName,
    Membership,
    Municipality,
    PartyCapacity,
    Population,
)
from core.parties.rules import slug_of
from core.tables.cells import CellKind, Column, Sheet

FIRST = "the first district"  # of the desk's cache: True once a row has spoken of it

FOUNDED_BY = {"notary": "Atto pubblico, davanti a un notaio", "decree": "Decreto", "law": "Legge",
              "convention": "Convenzione fra gli enti"}

AZIENDA_SHEET = Sheet("azienda", "Azienda", (
    Column("name", "Denominazione", example="Azienda Sociale della Valle"),
    Column("short_name", "Sigla", help="Come il contratto chiama l'ente in breve.", example="A.S.V."),
    Column("legal_form", "Forma giuridica", required=False, help="Se manca: azienda speciale consortile.",
           example="azienda speciale consortile"),
    Column("tax_code", "Codice fiscale", digits=11, help="Undici cifre.", example="91000000008"),
    Column("vat_number", "Partita IVA", required=False, digits=11, help="Se manca: il codice fiscale."),
    Column("address", "Indirizzo della sede", example="Via Roma 1"),
    Column("postal_code", "CAP", digits=5, example="25040"),
    Column("city", "Comune della sede", example="Breno"),
    Column("province", "Provincia", help="Due lettere.", example="BS"),
    Column("pec", "PEC", required=False, example="azienda@pec.example"),
    Column("website", "Sito web", required=False, example="https://www.azienda.example"),
    Column("rea", "REA", required=False, example="BS 123456"),
    Column("register_number", "Numero di iscrizione al Registro delle Imprese", required=False),
    Column("district", "Distretto o ambito", help="Il primo, se sono più d'uno.", example="Ambito della Valle"),
    Column("founded_by", "Come è stata costituita", CellKind.CHOICE, choices=FOUNDED_BY,
           example="Atto pubblico, davanti a un notaio"),
    Column("founding_date", "Data di costituzione", CellKind.DAY, example="01/03/2018"),
    Column("founding_notary", "Notaio", required=False, help="Con il titolo; serve per un atto pubblico.",
           example="dott.ssa Bice Alberti"),
    Column("founding_act", "Decreto, legge o convenzione", required=False,
           help="L'atto per intero; serve se non è un atto pubblico."),
    Column("founding_place", "Luogo di costituzione", required=False, example="Breno"),
    Column("recognition_date", "Data di riconoscimento", CellKind.DAY, required=False),
    Column("statute_purpose_article", "Articolo dello statuto sullo scopo", required=False, example="3"),
    Column("purpose", "Scopo", CellKind.PROSE, required=False, help="Come lo statuto lo scrive, dopo «allo scopo di»."),
    Column("goals", "Finalità", CellKind.LINES, required=False),
    Column("court", "Foro competente", help="La città.", example="Brescia"),
    Column("exercise_starts", "Inizio dell'esercizio", required=False, example="01/01",
           help="Giorno e mese, come 01/09; se manca: 01/01, l'anno solare."),
    Column("accreditation_act", "Atto che ha istituito l'unità di accreditamento", required=False),
    Column("letterhead", "Carta intestata", CellKind.LINES, required=False, help="Riga per riga."),
    Column("accessibility", "Accessibilità", CellKind.PROSE, required=False, help="In fondo a ogni pagina, per tutti."),
    Column("privacy", "Privacy", CellKind.PROSE, required=False, help="In fondo a ogni pagina, per tutti."),
    Column("contacts", "Contatti", CellKind.PROSE, required=False, help="In fondo a ogni pagina, per tutti."),
), about="L'ente di questa installazione, uno solo.", single=True)

DISTRICTS_SHEET = Sheet("districts", "Distretti", (
    Column("code", "Codice", help="Lettere minuscole, cifre e trattini; gli altri fogli nominano così il distretto.",
           example="ambito-della-valle"),
    Column("name", "Distretto o ambito", example="Ambito della Valle"),
    Column("valid_from", "Dal", CellKind.DAY, required=False, help="Se manca, da sempre."),
    Column("valid_to", "Fino al", CellKind.DAY, required=False, help="L'ultimo giorno; manca se c'è ancora."),
), about="Solo dove i distretti sono più d'uno: tutti, anche quello scritto tra i dati dell'azienda, che è il primo.")

DISTRICT_NAMES_SHEET = Sheet("district_names", "Altri nomi dei distretti", (
    replace(DISTRICT, required=True), Column("name", "Denominazione", example="Ambito dell'Alta Valle"),
    Column("valid_from", "Dal", CellKind.DAY, required=False),
    Column("valid_to", "Fino al", CellKind.DAY, required=False),
), about="Come un distretto si chiamava in altri giorni.")

MUNICIPALITIES_SHEET = Sheet("municipalities", "Comuni", (
    *(column for column in municipalities.SHEET.columns if column.name in municipalities.OWN),
), about="I comuni e le unioni del distretto o dell'ambito, soci o no.")

MEMBERSHIPS_SHEET = Sheet("memberships", "Adesioni", (
    MUNICIPALITY,
    Column("valid_from", "Socio dal", CellKind.DAY, example="01/01/2018"),
    Column("valid_to", "Socio fino al", CellKind.DAY, required=False, help="L'ultimo giorno; manca se lo è ancora."),
    DISTRICT,
), about="Chi è socio dell'azienda, e da quando.")

MOVES_SHEET = Sheet("district_members", "Spostamenti di distretto", (
    MUNICIPALITY, replace(DISTRICT, required=True),
    Column("valid_from", "Sta in questo distretto dal", CellKind.DAY, example="01/01/2027"),
), about="Chi si è spostato da un distretto a un altro, da quale giorno.")

POPULATIONS_SHEET = Sheet("populations", "Residenti", (
    MUNICIPALITY,
    Column("on", "Alla data", CellKind.DAY, example="31/12/2025"),
    Column("residents", "Residenti", CellKind.NUMBER, example="3008"),
    Column("source", "Fonte", example="ISTAT, bilancio demografico"),
), about="Quanti abitano in ogni comune, con la fonte.")


CAPACITIES_SHEET = Sheet("party_capacities", "Vesti degli enti", (
    MUNICIPALITY,
    Column("kind", "Veste", CellKind.CHOICE, choices={
        "lead": "Capofila del distretto", "accrediting": "Ente che accredita", "other": "Altra veste"},
           example="Capofila del distretto"),
    Column("title", "Come la nomina il contratto", required=False, help="Dopo «come»; se manca, le parole usuali."),
    DISTRICT,
    Column("signs_apart", "Firma di nuovo in questa veste", CellKind.YES_NO, required=False),
    Column("valid_from", "Dal", CellKind.DAY, example="01/01/2025"),
    Column("valid_to", "Fino al", CellKind.DAY, required=False),
), about="Chi è capofila o accredita al posto dell'azienda; possono mancare.")


def _azienda(desk: Desk, facts: Facts) -> str:
    return operations.add_azienda(desk.session, given(facts)).name


def _district(desk: Desk, facts: Facts) -> str:
    """The first row of the first district says more of it; every other row opens one."""
    first = first_district(desk.session)
    if first is not None and first.name == facts["name"] and not desk.cache.get(FIRST):
        desk.cache[FIRST] = True
        first.code = facts["code"]  # made of its name until now; nothing has named it yet
        return districts.edit_district(desk.session, first.id, given(facts), version=first.version).name
    return districts.open_district(desk.session, given(facts)).name


def _district_name(desk: Desk, facts: Facts) -> str:
    row = coded(desk, District, facts["district"], NO_DISTRICT)
    row.names.append(DistrictName(**given(facts, "district")))
    return str(facts["name"])


def _municipality(desk: Desk, facts: Facts) -> str:
    row = operations.add_municipality(desk.session, {**given(facts), "demo": False})
    desk.cache.clear()  # the rows that follow name it
    return row.name


def _membership(desk: Desk, facts: Facts) -> str:
    operations.add_membership(
        desk.session, {**given(facts, "municipality", "district"), "municipality_id": municipality_id(desk, facts)},
        district_id=district_id(desk, facts))
    return str(facts["municipality"])


def _move(desk: Desk, facts: Facts) -> str:
    key = district_id(desk, facts)
    assert key is not None
    districts.move(desk.session, municipality_id(desk, facts), key, valid_from=facts["valid_from"])
    return str(facts["municipality"])


def _population(desk: Desk, facts: Facts) -> str:
    operations.add_population(desk.session, {**given(facts, "municipality"), "municipality_id": municipality_id(
        desk, facts)})
    return str(facts["municipality"])


def _capacity(desk: Desk, facts: Facts) -> str:
    add_capacity(desk.session, {**given(facts, "municipality", "district"), "district_id": district_id(desk, facts),
                                "municipality_id": municipality_id(desk, facts)})
    return str(facts["municipality"])


def _aziende(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(Azienda)):
        yield told(AZIENDA_SHEET, row)


def _districts(session: ScopedSession) -> Iterator[Facts]:
    held = districts.all_districts(session)
    if len(held) > 1 or any(row.valid_from or row.valid_to or row.names or row.code != slug_of(row.name)
                            for row in held):
        yield from (told(DISTRICTS_SHEET, row) for row in held)


def _district_names(session: ScopedSession) -> Iterator[Facts]:
    for district in districts.all_districts(session):
        for row in district.names:
            yield told(DISTRICT_NAMES_SHEET, row, district=district.code)


def _municipalities(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(Municipality).order_by(Municipality.id)):
        yield told(MUNICIPALITIES_SHEET, row)


def _memberships(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(Membership).order_by(Membership.municipality_id, Membership.valid_from)):
        yield told(MEMBERSHIPS_SHEET, row, municipality=row.municipality.name, district=_joined_in(session, row))


def _joined_in(session: ScopedSession, row: Membership) -> str | None:
    """The district in which a municipality lies from the day on which it joins, where there are several."""
    member = row.municipality
    if not several(session) or (row is not member.memberships[0]
                                and row.valid_from not in {place.valid_from for place in member.places}):
        return None
    here = district_of(session, member, row.valid_from)
    return here.code if here is not None else None


def _moves(session: ScopedSession) -> Iterator[Facts]:
    """Those that do not come with a membership."""
    for row in session.scalars(select(DistrictMember).order_by(DistrictMember.municipality_id,
                                                               DistrictMember.valid_from)):
        if row.valid_from not in {membership.valid_from for membership in row.municipality.memberships}:
            yield told(MOVES_SHEET, row, municipality=row.municipality.name, district=row.district.code)


def _populations(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(Population).order_by(Population.municipality_id, Population.on)):
        yield told(POPULATIONS_SHEET, row, municipality=row.municipality.name)


def _capacities(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(PartyCapacity).order_by(PartyCapacity.id)):
        own = row.district.code if row.district is not None else None
        of = named_district(session, row) if row.kind == LEAD else own
        yield {**told(CAPACITIES_SHEET, row, municipality=row.municipality.name, district=of),
               "title": row.title or None}


PARTS = (
    FilePart(AZIENDA_SHEET, _azienda, _aziende),
    FilePart(DISTRICTS_SHEET, _district, _districts),
    FilePart(DISTRICT_NAMES_SHEET, _district_name, _district_names),
    FilePart(MUNICIPALITIES_SHEET, _municipality, _municipalities),
    FilePart(MEMBERSHIPS_SHEET, _membership, _memberships),
    FilePart(MOVES_SHEET, _move, _moves),
    FilePart(POPULATIONS_SHEET, _population, _populations),
    FilePart(CAPACITIES_SHEET, _capacity, _capacities),
)
