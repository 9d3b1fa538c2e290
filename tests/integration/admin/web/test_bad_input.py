"""What cannot be is refused in words where it is typed and where it is imported, and no row of a form is ever cut."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from core.catalogue.model import OperationalSheet
from core.funding.model import Budget, BudgetLine
from core.imports.operations import run
from core.imports.subjects import IMPORTS
from core.parties.model import Municipality, Signatory
from core.providers.model import Provider
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import TODAY, House
from tests.integration.admin.money.test_shares import open_budget
from tests.integration.admin.sheets import reopen
from tests.integration.imports.conftest import filled

TOWN = {"name": "Tribiano", "tax_code": "84503590154", "istat": "015222", "address": "Piazza Giovanni Paolo II",
        "postal_code": "20067", "city": "Tribiano", "province": "MI", "pec": "comune@pec.tribiano.example"}
INVISIBLE = "C'è un carattere invisibile"
WRONG = [  # field, what is typed, its heading in a workbook, what is said
    ("name", "Tri\u200bbiano", "Nome", f"{INVISIBLE} dopo «Tri»: spazio di larghezza zero (U+200B)"),
    ("name", "Tribiano\u200e", "Nome", f"{INVISIBLE} dopo «Tribiano»: segno di direzione del testo (U+200E)"),
    ("address", "Piazza\x0cGiovanni Paolo II", "Indirizzo", f"{INVISIBLE} dopo «Piazza»: salto di pagina (U+000C)"),
    ("city", "\ufeffTribiano", "Località", f"{INVISIBLE} all'inizio: segno d'inizio di un file (BOM) (U+FEFF)"),
    ("pec", "comune@pec.tribiano\u200b.example", "PEC",
     f"{INVISIBLE} dopo «comune@pec.tribiano»: spazio di larghezza zero (U+200B)"),
    ("tax_code", "8450359\u00ad0154", "Codice fiscale", f"{INVISIBLE} dopo «8450359»: trattino facoltativo (U+00AD)"),
    ("postal_code", "99999", "CAP", "Il CAP 99999 non esiste"),
    ("postal_code", "2067", "CAP", "Il CAP «2067» non è valido: servono cinque cifre"),
    ("province", "ZZ", "Provincia", "«ZZ» non è la sigla di una provincia"),
    ("province", "Milano", "Provincia", "«Milano» non è la sigla di una provincia"),
    ("istat", "15222", "Codice ISTAT",
     "Il codice ISTAT «15222» ha 5 cifre invece di sei. Se lo ha accorciato Excel, che toglie gli zeri iniziali, è "
     "015222"),
]


@pytest.mark.parametrize(("field", "typed", "_heading", "said"), WRONG)
def test_in_the_form_it_is_refused_beside_its_field(
    house: House, person: Enter, field: str, typed: str, _heading: str, said: str
) -> None:
    inside, before = person("direzione"), house.count(Municipality)
    inside.fill("/admin/comuni/new/", **{**TOWN, field: typed})
    assert said in inside.text()
    assert f'href="#campo-{field}"' in inside.page
    assert house.count(Municipality) == before


@pytest.mark.parametrize(("field", "typed", "heading", "said"), WRONG)
def test_in_a_workbook_it_is_refused_on_its_column(
    house: House, field: str, typed: str, heading: str, said: str
) -> None:
    town = {**TOWN, "form": "Comune", field: typed.replace("\x0c", "_x000C_")}  # as a sheet keeps it
    with house.unit("carico") as session:
        report = run(session, IMPORTS["municipalities"], filled("municipalities", town), today=TODAY)
    [row] = report.wrong
    assert [finding.where for finding in row.findings] == [heading]
    assert said in str(row.findings[0])


def test_an_istat_code_in_a_cell_that_is_a_number_lacks_only_the_zero_that_excel_cut(house: House) -> None:
    town = {**TOWN, "form": "Comune", "istat": 15222, "postal_code": 20067}
    with house.unit("carico") as session:
        assert run(session, IMPORTS["municipalities"], filled("municipalities", town), today=TODAY).applied
        assert session.scalars(select(Municipality.istat).where(Municipality.name == "Tribiano")).one() == "015222"


def test_every_one_line_field_names_the_character_that_nobody_sees(house: House, person: Enter) -> None:
    """Names of people, numbers, dates, hours, codes, rows of tables: whatever kind the field is of."""
    inside = person("direzione")
    signatory = "/admin/firmatari/new/"
    inside.fill(signatory, given_name="Ma\u200bria", birth_date="1980-01-\u200b01", role="Vice\x0csindaca")
    assert inside.text().count(INVISIBLE) == 6, "three fields, each told at the top and beside the field"
    inside.fill("/admin/popolazione/new/", residents="3\u200b000")
    assert f"{INVISIBLE} dopo «3»" in inside.text()
    assert house.last(Signatory, Signatory.given_name.startswith("Ma\u200b")) == 0


def test_a_birth_place_is_in_a_province_of_then_or_abroad(house: House, person: Enter) -> None:
    inside = person("direzione")
    facts = {"party_id": str(house.id_of("dresano")), "given_name": "Maria", "family_name": "Rossi", "sex": "F",
             "birth_place": "Fiume", "birth_province": "XY", "birth_date": "1940-01-01", "tax_code": "RSSMRA80A41H501Y",
             "role": "Vicesindaca", "valid_from": "2026-03-01"}
    inside.fill("/admin/firmatari/new/", **facts)
    assert "«XY» non è la sigla di una provincia" in inside.text()
    inside.fill("/admin/firmatari/new/", **{**facts, "birth_province": "fu"})
    with house.session() as session:
        row = session.scalars(select(Signatory).where(Signatory.role == "Vicesindaca")).one()
        assert row.birth_province == "FU"


def test_the_seat_of_a_provider_lies_somewhere_too(house: House, person: Enter) -> None:
    inside = person("accreditamento")
    inside.fill("/admin/gestori/new/", name="Il Melograno", tax_code="84503590154", address="Via Roma 3",
                postal_code="00000", city="Melegnano", province="MI", legal_form="social_cooperative",
                legal_representative="Rosa Bianchi")
    assert "Il CAP 00000 non esiste" in inside.text()
    assert house.count(Provider) == 0


# --- many rows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [60, 200])
def test_a_table_of_a_sheet_keeps_all_its_rows(house: House, person: Enter, rows: int) -> None:
    with house.session() as session:
        key = session.scalars(select(OperationalSheet.id).where(OperationalSheet.plugin == "access_desk")).one()
    inside, page = person("direzione"), f"/admin/schede/edit/?id={key}"
    reopen(inside, key)
    fields = inside.fields(page)
    columns = [name.removeprefix("sites-0-") for name in fields if name.startswith("sites-0-")]
    for number in range(rows):
        for column in columns:
            fields.setlist(f"sites-{number}-{column}", [fields[f"sites-0-{column}"]])
    assert inside.post(page, fields, page=page).status_code == 302, inside.text()
    with house.session() as session:
        assert len(session.get_one(OperationalSheet, key).data["sites"]) == rows


@pytest.mark.parametrize("rows", [60, 200])
def test_a_budget_keeps_all_the_lines_of_a_service(house: House, person: Enter, rows: int) -> None:
    screen = person("contabilita")
    open_budget(house, screen)
    budget = house.last(Budget)
    with house.session() as session:
        service = session.scalars(select(BudgetLine.service_id).where(BudgetLine.budget_id == budget)).first()
    page = f"/admin/bilanci/voci/?id={budget}&servizio={service}"
    more = {f"lines-{n}-{name}": value for n in range(2, rows)
            for name, value in (("kind", "direct_cost"), ("title", f"Voce {n}"), ("amount", "10,00"))}
    screen.post(page, {**screen.fields(page), **more}, page=page)
    with house.session() as session:
        assert len(session.get_one(Budget, budget).lines) == rows


def test_a_form_with_more_fields_than_can_be_read_gets_a_sentence(house: House, person: Enter) -> None:
    inside, page = person("direzione"), f"/admin/casi/contract/{house.contract_of('dresano')}/file/"
    many = MultiDict([("title", "x"), *((f"campo-{n}", "") for n in range(25_000))])
    many["file"] = (BytesIO(b"%PDF-1.7"), "x.pdf")
    answer = inside.client.post(page, data=many, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "Il modulo ha più righe o più testo di quanto si può registrare in una volta" in answer.text
