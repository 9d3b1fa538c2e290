"""IndicePA's open data beside what is registered: proposed, never overwritten without a yes."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select

from core.deadlines import waiting
from core.documents.model import Document
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.imports import ipa, ipa_bodies
from core.imports.operations import KEPT
from core.parties import index as index_of
from core.parties.model import Body, IndexEntry, Municipality
from tests.integration.imports.conftest import MANAGER

HEADS = ("Codice_IPA", "Denominazione_ente", "Codice_fiscale_ente", "Tipologia", "Codice_Categoria",
         "Ente_in_liquidazione", "Codice_comune_ISTAT", "Codice_catastale_comune", "CAP", "Indirizzo", "Mail1",
         "Tipo_Mail1", "Mail2", "Tipo_Mail2")
OLD_HEADS = ("cod_amm", "des_amm", "Comune", "Cap", "Provincia", "Indirizzo", "tipologia_istat", "Cf", "mail1",
             "tipo_mail1")
TODAY = date(2026, 3, 2)
LISSONE = {"Codice_IPA": "c_e617", "Denominazione_ente": "COMUNE DI LISSONE", "Codice_fiscale_ente": "99900000714",
           "Codice_Categoria": "L6", "Ente_in_liquidazione": "N", "Codice_comune_ISTAT": "108028",
           "Codice_catastale_comune": "E617", "CAP": "20851", "Indirizzo": "VIA ANTONIO GRAMSCI, 21",
           "Mail1": "PEC@COMUNEDILISSONE.EXAMPLE", "Tipo_Mail1": "Pec"}
UNION = {**LISSONE, "Codice_IPA": "udc_prova", "Denominazione_ente": "Unione dei Comuni di Prova",
         "Codice_fiscale_ente": "84503590154", "Codice_Categoria": "L18", "CAP": "20070", "Indirizzo": "Via Roma 1",
         "Codice_comune_ISTAT": "015101", "Codice_catastale_comune": "D367", "Mail1": "unione@pec.example"}
HEALTH = {**LISSONE, "Codice_IPA": "atsmi", "Denominazione_ente": "Agenzia di Tutela della Salute di Prova",
          "Codice_fiscale_ente": "10153940159", "Codice_Categoria": "L7"}


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


@pytest.mark.parametrize(("code", "says"), [
    ("015999", "riga 2 dell'Indice: Il codice ISTAT 015999 non è nell'elenco del 04/12/2024, dove Carpiano (MI) ha "
               "015050"),
    ("108028", "riga 2 dell'Indice: Secondo l'elenco ISTAT del 04/12/2024 il codice 108028 è di Lissone (MB)"),
])
def test_an_istat_code_that_the_list_of_the_comuni_does_not_have_is_proposed_with_a_word(desk, code, says) -> None:
    with desk() as session:
        offered, remarks = compared(session, row(session, Codice_comune_ISTAT=code))
        assert [(one.field, one.offered) for one in offered] == [("istat", code)]
        assert len(remarks) == 1 and says in remarks[0]


def test_a_row_of_a_comune_says_what_the_list_says_otherwise_before_it_is_registered(desk) -> None:
    cavallasca = {**LISSONE, "Codice_IPA": "c_c374", "Denominazione_ente": "Comune di Cavallasca",
                  "Codice_comune_ISTAT": "013998"}
    unknown = {**LISSONE, "Codice_comune_ISTAT": "108999"}
    told = [[str(one) for one in ipa.doubts(one)] for one in ipa.read(index(LISSONE, unknown, cavallasca, UNION))]
    assert told[0] == [] and told[3] == []
    assert "108999 non è nell'elenco" in told[1][0] and "Lissone (MB) ha 108028" in told[1][0]
    assert "dal 01/01/2017 al suo posto c'è San Fermo della Battaglia (CO)" in told[2][0]


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


# --- the file ---------------------------------------------------------------------------------------------


def as_workbook(*rows: dict[str, str]) -> bytes:
    """The same list as the index publishes it for Excel."""
    book = openpyxl.Workbook()
    for line in (HEADS, *([row.get(head) or None for head in HEADS] for row in rows)):
        book.active.append(line)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_the_workbook_says_the_same_as_the_text(desk) -> None:
    with desk() as session:
        own = row(session, Mail2="nuova@pec.carpiano.example")
        told = [ipa.compared(session, ipa.read(content))[0] for content in (index(own), as_workbook(own))]
        assert told[0] == told[1] and [one.field for one in told[0]] == ["pec"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_accents_survive_every_form_in_which_the_file_comes(encoding: str, delimiter: str) -> None:
    content = index({**LISSONE, "Denominazione_ente": "Comune di Agliè", "Indirizzo": 'Via ""Città"", 3'},
                    delimiter=delimiter, encoding=encoding)
    [found] = ipa.read(content)
    assert (found.said["name"], found.said["address"], found.said["pec"]) == (
        "Comune di Agliè", 'Via "Città", 3', "pec@comunedilissone.example")


# --- kept, and told later ---------------------------------------------------------------------------------


def test_a_file_is_kept_once_with_its_day_and_what_it_said_stays_beside_each_party(desk) -> None:
    with desk() as session:
        content = index(row(session, Mail2="nuova@pec.carpiano.example"))
        first, _rows = ipa.keep_index(session, content, today=TODAY)
        again, _rows = ipa.keep_index(session, content, today=date(2026, 3, 9))
        assert first.id == again.id
        assert session.scalar(select(func.count(Document.id)).where(Document.kind == KEPT)) == 1
        assert index_of.last_read(session) == date(2026, 3, 9)
        own = carpiano(session)
        assert [str(one) for one in index_of.remarks(session, own)] == [
            "La PEC nell'Indice letto il 09/03/2026 è un'altra: nuova@pec.carpiano.example. Verificare quale è giusta."]
        entry = session.scalars(select(IndexEntry).where(IndexEntry.party_id == own.id)).one()
        assert entry.said["comune"] == "s"


def told(session, today: date) -> list[str]:
    """What of the index waits for the management."""
    return [f"{one.case}: {one.what}" for one in waiting.waiting(session, today) if one.kind == "index_entry"]


def test_another_pec_waits_until_it_is_taken_over_and_a_year_later_the_index_is_asked_again(desk) -> None:
    with desk() as session:
        content = index(row(session, Mail2="nuova@pec.carpiano.example"))
        assert told(session, TODAY) == [], "who never brought the index is not asked for it"
        _kept, rows = ipa.keep_index(session, content, today=TODAY)
        assert told(session, TODAY)[0].startswith("Carpiano: La PEC nell'Indice letto il 02/03/2026 è un'altra")
        ipa.accept(session, rows, [f"{carpiano(session).id}.pec"])
        session.flush()
        assert told(session, date(2027, 3, 1)) == []
        assert told(session, date(2027, 3, 2)) == [
            "IndicePA: L'Indice è stato letto l'ultima volta il 02/03/2026: scaricarlo e confrontarlo di nuovo."]


def test_a_dissolved_body_says_nothing_of_itself(desk) -> None:
    with desk() as session:
        ipa.keep_index(session, index(row(session, Ente_in_liquidazione="S", Mail2="altra@pec.example")), today=TODAY)
        assert [str(one) for one in index_of.remarks(session, carpiano(session))] == [
            "Nell'Indice letto il 02/03/2026 non c'è, c'è più volte o risulta in liquidazione."]
        assert told(session, TODAY) == []


# --- what is not registered yet ---------------------------------------------------------------------------


def test_a_comune_comes_in_whole_by_one_yes_its_province_from_the_list_of_istat(desk) -> None:
    with desk() as session:
        rows = ipa.read(index(row(session), LISSONE, UNION, HEALTH))
        assert [one.said["ipa"] for one in ipa_bodies.search(session, rows, "lissone")] == ["c_e617"]
        assert ipa_bodies.search(session, rows, "carpiano") == [], "what is registered is not offered"
        assert ipa_bodies.add(session, rows, {"c_e617": "comune", "udc_prova": "unione",
                                              "atsmi": "health_authority"}) == 3
    with desk() as session:
        town = session.scalars(select(Municipality).where(Municipality.ipa == "c_e617")).one()
        assert (town.name, town.form, town.tax_code, town.pec, town.istat, town.cadastral) == (
            "Lissone", "comune", "99900000714", "pec@comunedilissone.example", "108028", "E617")
        assert (town.address, town.postal_code, town.city, town.province) == (
            "VIA ANTONIO GRAMSCI, 21", "20851", "Lissone", "MB")
        union = session.scalars(select(Municipality).where(Municipality.ipa == "udc_prova")).one()
        assert (union.name, union.form, union.istat, union.city, union.province) == (
            "Unione dei Comuni di Prova", "unione", None, "Dresano", "MI")
        body = session.scalars(select(Body).where(Body.code == "atsmi")).one()
        assert (body.name, body.kind, body.owner) == ("Agenzia di Tutela della Salute di Prova", "health_authority",
                                                      "external")
        assert ipa_bodies.search(session, ipa.read(index(LISSONE, UNION, HEALTH)), "prova") == []


def test_the_older_file_says_city_and_province_itself(desk) -> None:
    with desk() as session:
        line = ("c_e617", "Comune di Lissone", "Lissone", "20851", "MB", "Via Gramsci 21",
                "Comuni e loro Consorzi e Associazioni", "99900000714", "pec@comune.example", "pec")
        rows = ipa.read("\n".join("\t".join(cells) for cells in (OLD_HEADS, line)).encode("cp1252"))
        ipa_bodies.add(session, rows, {"c_e617": "comune"})
        town = session.scalars(select(Municipality).where(Municipality.ipa == "c_e617")).one()
        assert (town.name, town.istat, town.cadastral, town.province) == ("Lissone", "108028", "E617", "MB")


@pytest.mark.parametrize(("otherwise", "kind", "says"), [
    ({"Ente_in_liquidazione": "S"}, "comune", "COMUNE DI LISSONE, riga 2 dell'Indice: è un ente in liquidazione"),
    ({"Codice_fiscale_ente": "99900000715"}, "comune",
     "riga 2 dell'Indice: Il codice fiscale «99900000715» non è valido"),
    ({"Codice_comune_ISTAT": "015140"}, "comune", "015140 è di Melegnano (MI)"),
    ({"Codice_IPA": "altro", "Codice_comune_ISTAT": "", "Codice_catastale_comune": ""}, "unione",
     "non dice in che provincia ha sede"),
    ({"Codice_IPA": "altro"}, "comune", "non si può prendere così"),
])
def test_what_cannot_be_registered_is_said_and_nothing_of_the_choice_comes_in(desk, otherwise, kind, says) -> None:
    rows = ipa.read(index({**LISSONE, **otherwise}, HEALTH))
    with pytest.raises(RuleBroken) as refused, desk() as session:
        ipa_bodies.add(session, rows, {"atsmi": "health_authority", rows[0].said["ipa"]: kind})
    assert says in str(refused.value)
    with desk() as session:
        assert session.scalars(select(Body).where(Body.code == "atsmi")).first() is None


def test_nothing_chosen_is_no_choice(desk) -> None:
    with desk() as session, pytest.raises(RuleBroken, match="Scegliere almeno un ente"):
        ipa_bodies.add(session, ipa.read(index(LISSONE)), {})
