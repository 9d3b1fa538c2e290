"""IndicePA's open data beside what is registered: proposed, never overwritten without a yes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.imports import ipa
from core.parties.model import Municipality
from tests.integration.imports.conftest import MANAGER

HEADS = ("Codice_IPA", "Denominazione_ente", "Codice_fiscale_ente", "Tipologia", "Codice_Categoria",
         "Ente_in_liquidazione", "Codice_comune_ISTAT", "Codice_catastale_comune", "CAP", "Indirizzo", "Mail1",
         "Tipo_Mail1", "Mail2", "Tipo_Mail2")
OLD_HEADS = ("cod_amm", "des_amm", "Comune", "Cap", "Provincia", "Indirizzo", "tipologia_istat", "Cf", "mail1",
             "tipo_mail1")


@pytest.fixture
def desk(database, loaded):
    """The demo district; a unit of work of the management."""
    return lambda: unit_of_work(database, MANAGER, act="indice")


def carpiano(session) -> Municipality:
    return session.scalars(select(Municipality).where(Municipality.slug == "carpiano")).one()


def index(*rows: dict[str, str], delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """The list of bodies as the index publishes it, with these rows."""
    lines = [HEADS, *(tuple(row.get(head, "") for head in HEADS) for row in rows)]
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines).encode(encoding)


def row(session, **otherwise: str) -> dict[str, str]:
    """Carpiano as the index would tell it, were everything the same."""
    own = carpiano(session)
    return {"Codice_IPA": own.ipa, "Denominazione_ente": "Comune di Carpiano", "Codice_fiscale_ente": own.tax_code,
            "Codice_Categoria": "L6", "Ente_in_liquidazione": "N", "Codice_comune_ISTAT": own.istat,
            "Codice_catastale_comune": own.cadastral, "CAP": own.postal_code, "Indirizzo": own.address.upper(),
            "Mail1": "info@comune.example", "Tipo_Mail1": "Altro", "Mail2": own.pec.upper(), "Tipo_Mail2": "Pec",
            **otherwise}


def compared(session, *rows: dict[str, str], **form: str):
    offered, remarks = ipa.compared(session, ipa.read(index(*rows, **form)))
    return offered, [str(remark) for remark in remarks if "Carpiano" in str(remark)]


@pytest.mark.parametrize("form", [{}, {"delimiter": ","}, {"delimiter": "\t", "encoding": "utf-16"},
                                  {"encoding": "cp1252"}])
def test_what_is_the_same_is_not_proposed_however_it_is_written(desk, form) -> None:
    with desk() as session:
        assert compared(session, row(session), **form) == ([], [])


def test_what_is_another_is_proposed_and_taken_over_by_a_yes(desk) -> None:
    with desk() as session:
        content = index(row(session, Mail2="nuova@pec.carpiano.example", CAP="20081"))
        offered, _remarks = ipa.compared(session, ipa.read(content))
        assert [(one.field, one.offered) for one in offered] == [("pec", "nuova@pec.carpiano.example"),
                                                                 ("postal_code", "20081")]
        assert carpiano(session).postal_code == "20074", "to compare writes nothing"
        ipa.accept(session, ipa.read(content), [offered[0].key])
    with desk() as session:
        own = carpiano(session)
        assert (own.pec, own.postal_code) == ("nuova@pec.carpiano.example", "20074")


def test_the_older_file_is_read_too(desk) -> None:
    with desk() as session:
        own = carpiano(session)
        line = (own.ipa, "Comune di Carpiano", "Carpiano", "20074", "MI", own.address,
                "Comuni e loro Consorzi e Associazioni", own.tax_code, "altra@pec.carpiano.example", "pec")
        content = "\n".join("\t".join(cells) for cells in (OLD_HEADS, line)).encode()
        offered, _remarks = ipa.compared(session, ipa.read(content))
        assert [(one.field, one.offered) for one in offered] == [("pec", "altra@pec.carpiano.example")]


@pytest.mark.parametrize(("otherwise", "says"), [
    ({"Ente_in_liquidazione": "S"}, "in liquidazione (riga 2)"),
    ({"Codice_fiscale_ente": "12345678901", "Codice_IPA": "x", "Codice_comune_ISTAT": "999999"}, "non è nel file"),
    ({"CAP": "99999"}, "riga 2 dell'Indice: Il CAP 99999 non esiste"),
    ({"Denominazione_ente": "Comune di Carpiano Nuovo"}, "si chiama «Comune di Carpiano Nuovo»"),
])
def test_what_cannot_be_proposed_is_said(desk, otherwise, says) -> None:
    with desk() as session:
        offered, remarks = compared(session, row(session, **otherwise))
        assert offered == [] and any(says in remark for remark in remarks), remarks


def test_a_body_that_stands_there_twice_is_not_guessed(desk) -> None:
    with desk() as session:
        offered, remarks = compared(session, row(session), row(session, Mail2="altra@pec.example"))
        assert offered == [] and "compare più volte" in remarks[0]


def test_another_file_is_refused_by_the_column_that_lacks(desk) -> None:
    with pytest.raises(RuleBroken, match="manca la colonna Codice_IPA, Denominazione_ente"):
        ipa.read(b"a;b;Codice_fiscale_ente\n1;2;3")
    with pytest.raises(RuleBroken, match="manca la colonna Codice_IPA"):
        ipa.read(b"PK\x03\x04 \x00\x00\xff")
    with desk() as session, pytest.raises(RuleBroken, match="Spuntare almeno un dato"):
        ipa.accept(session, ipa.read(index(row(session))), [])
