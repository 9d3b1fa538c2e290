"""Organs and institutions, with their other names and who sits in them (R158)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports.operations import Desk
from core.imports.start.part import DISTRICT, Facts, FilePart, coded, district_id, given, named_district, told
from core.parties import bodies
from core.parties.model import Body
from core.tables.cells import CellKind, Column, Sheet

KINDS = {
    "assembly": "Assemblea", "board": "Consiglio di Amministrazione", "director": "Direzione",
    "council": "Consiglio comunale", "giunta": "Giunta comunale", "technical_table": "Tavolo tecnico",
    "area_table": "Tavolo d'area", "office": "Ufficio", "health_authority": "Autorità sanitaria",
    "province": "Provincia", "region": "Regione", "state_office": "Ufficio dello Stato", "court": "Tribunale",
    "partner": "Partner", "users": "Utenti e loro associazioni",
}
NO_BODY = RuleBroken("«%(code)s» non è il codice di un organo: scriverlo prima tra gli organi.", field="body")
BODY = Column("body", "Organo", help="Il codice di un organo.", example="assemblea")
PERIOD = (Column("valid_from", "Dal", CellKind.DAY, required=False),
          Column("valid_to", "Fino al", CellKind.DAY, required=False))

BODIES_SHEET = Sheet("bodies", "Organi", (
    Column("code", "Codice", help="Lettere minuscole, cifre e trattini bassi.", example="assemblea"),
    Column("name", "Organo o ente", example="Assemblea Consortile"),
    Column("kind", "Tipo", CellKind.CHOICE, choices=KINDS, example="Assemblea"),
    Column("owner", "Titolare", CellKind.CHOICE, others=True,
           choices={"azienda": "Azienda", "district": "Distretto", "external": "Altro ente"},
           help="O il nome breve di un comune, come san-donato-milanese.", example="Azienda"),
    DISTRICT,
    Column("term_from", "In carica dal", CellKind.DAY, required=False),
    Column("term_to", "In carica fino al", CellKind.DAY, required=False),
    Column("examines_report", "Esamina la rendicontazione", CellKind.YES_NO, required=False,
           help="Sì per chi esamina ogni anno la rendicontazione dell'azienda: il contratto lo nomina."),
), about="Gli organi dell'azienda, del distretto e dei comuni, e gli altri enti con cui si tratta.")

NAMES_SHEET = Sheet("body_names", "Altri nomi degli organi", (
    BODY, Column("name", "Denominazione", example="Assemblea dei sindaci"), *PERIOD,
), about="Come un organo si chiamava in altri giorni, o come altri lo chiamano.")

MEMBERS_SHEET = Sheet("body_members", "Componenti degli organi", (
    BODY,
    Column("given_name", "Nome", example="Livia"),
    Column("family_name", "Cognome", example="Corsini"),
    Column("role", "Ruolo", example="Presidente"),
    Column("valid_from", "In carica dal", CellKind.DAY, example="01/07/2024"),
    Column("valid_to", "In carica fino al", CellKind.DAY, required=False),
), about="Chi siede in ciascun organo.")


def _body(desk: Desk, facts: Facts) -> str:
    return bodies.add_body(desk.session, {**given(facts, "district"), "district_id": district_id(desk, facts)}).name


def _name(desk: Desk, facts: Facts) -> str:
    body = coded(desk, Body, facts["body"], NO_BODY)
    return bodies.add_body_name(desk.session, {**given(facts, "body"), "body_id": body.id}).name


def _member(desk: Desk, facts: Facts) -> str:
    body = coded(desk, Body, facts["body"], NO_BODY)
    return str(bodies.add_member(desk.session, {**given(facts, "body"), "body_id": body.id}))


def _all(session: ScopedSession) -> Iterator[Body]:
    yield from session.scalars(select(Body).order_by(Body.id))


def _bodies(session: ScopedSession) -> Iterator[Facts]:
    for body in _all(session):
        of = named_district(session, body) if body.owner == bodies.DISTRICT else None
        yield told(BODIES_SHEET, body, district=of)


def _names(session: ScopedSession) -> Iterator[Facts]:
    for body in _all(session):
        for row in sorted(body.names, key=lambda name: name.id):
            yield told(NAMES_SHEET, row, body=body.code)


def _members(session: ScopedSession) -> Iterator[Facts]:
    for body in _all(session):
        for row in body.members:
            yield told(MEMBERS_SHEET, row, body=body.code)


PARTS = (FilePart(BODIES_SHEET, _body, _bodies), FilePart(NAMES_SHEET, _name, _names),
         FilePart(MEMBERS_SHEET, _member, _members))
