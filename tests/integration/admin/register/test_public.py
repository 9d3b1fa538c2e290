"""The public register: read by everybody without a log-in, never stale, never broken by what is typed."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from core.providers.model import Provider
from core.register import open_data, operations
from core.register.model import RegisterEntry

NONSENSE = ("%00", "'\"><b>", "99999999999999999999", "-1", "à;è", "x" * 3000, "%25", "_")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_register_is_read_without_a_log_in_and_without_the_menu(register, somebody):
    register.publish("Nido Girasole", kind="nido", provider="Cooperativa Sole", town="melegnano")
    page = somebody.get("/albo")
    assert page.status_code == 200
    for words in ("Nido Girasole", "Cooperativa Sole", "Melegnano", "Accreditata", "CC BY 4.0", "Area degli uffici"):
        assert words in page.text
    assert "Esci" not in page.text and "nav-side" not in page.text
    assert somebody.get("/albo/").status_code == 200


def test_an_empty_register_says_so(house, somebody):
    assert "non contiene ancora nessuna unità" in somebody.get("/albo").text
    assert rows_of(somebody.get("/albo.csv").text) == []
    assert somebody.get("/albo.json").json["entries"] == []


def test_it_is_searched_by_words_type_town_section_and_state(register, somebody):
    register.publish("Città dei Bambini", kind="nido")
    school = register.publish("Aurora", town="melegnano", provider="Cooperativa Ponte")
    register.becomes(school, "suspended", date(2026, 3, 1), "Sospensione n. 3 del 28/02/2026")
    for query, found in (
        ("search=citta+bambini", "Città"), ("search=PONTE", "Aurora"), ("tipo=nido", "Città"),
        ("comune=Melegnano", "Aurora"), ("sezione=function", "Aurora"), ("sezione=childhood", "Città"),
        ("stato=suspended", "Aurora"), ("stato=accredited", "Città"), ("search=aurora&comune=Melegnano", "Aurora"),
    ):  # fmt: skip
        text = somebody.get(f"/albo?{query}").text
        assert ("Città dei Bambini" in text, "Aurora</a>" in text) == (found == "Città", found == "Aurora"), query
    nothing = somebody.get("/albo?search=aurora&tipo=nido").text
    assert "Nessuna unità corrisponde" in nothing and "Togli i filtri" in nothing


def test_twenty_on_a_page_with_the_search_in_the_address(register, somebody):
    register.publish(*(f"Aula {n:02}" for n in range(23)))
    first, second = somebody.get("/albo?search=aula").text, somebody.get("/albo?search=aula&page=1").text
    assert first.count('<th scope="row">') == 20 and second.count('<th scope="row">') == 3
    assert 'href="/albo?search=aula&amp;page=1"' in first and "Pagina 2 di 2" in second
    printed = somebody.get("/albo?stampa=1").text
    assert printed.count('<th scope="row">') == 23
    beyond = somebody.get("/albo?page=9999")
    assert beyond.status_code == 200 and "Questa pagina non c'è" in beyond.text


@pytest.mark.parametrize("word", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_in_the_address_is_answered_in_words(register, somebody, word):
    register.publish("Aurora")
    for address in (f"/albo?search={word}", f"/albo?page={word}", f"/albo?stato={word}", f"/albo?sezione={word}",
                    f"/albo?tipo={word}&comune={word}&stampa={word}", f"/albo.xlsx?stato={word}&search={word}",
                    f"/albo.csv?x={word}"):  # fmt: skip
        assert somebody.get(address).status_code == 200, address
    missing = somebody.get(f"/albo/{word}")
    assert missing.status_code == 404 and "Pagina non trovata" in missing.text and 'href="/albo"' in missing.text


def test_a_percent_sign_is_searched_as_a_percent_sign(register, somebody):
    register.publish("Aurora")
    assert "Nessuna unità corrisponde" in somebody.get("/albo?search=%25").text


def test_a_unit_has_a_page_with_its_ages_in_words_its_validity_and_its_states(register, somebody):
    entry = register.publish("Nido Girasole", kind="nido")
    register.edit(entry, min_age_months=3, max_age_months=36)
    page = somebody.get("/albo/nido-girasole-1").text
    assert "dal 01/01/2026 al 31/12/2028" in page and "mesi" not in page, "an edit waits for approval"
    register.becomes(entry, "suspended", date(2026, 3, 1), "Sospensione n. 3 del 28/02/2026")
    page = somebody.get("/albo/nido-girasole-1").text
    assert "Accreditamento sospeso dal 01/03/2026: Sospensione n. 3 del 28/02/2026." in page
    assert page.index("01/03/2026</th>") < page.index("01/01/2026</th>"), "the newest state comes first"
    assert "non dà da solo diritto a lavorare" in page


def test_ages_are_said_as_a_family_says_them(house):
    from admin.public.albo import ages
    from core.register.model import RegisterEntry

    with house.app.test_request_context("/albo"):
        said = [ages(RegisterEntry(min_age_months=low, max_age_months=high)) for low, high in (
            (3, 36), (12, None), (None, 35 * 12), (18, 1), (None, None))]  # fmt: skip
    assert said == ["da 3 mesi a 3 anni", "da 1 anno in su", "fino a 35 anni", "da 18 mesi a 1 mese", ""]


def test_the_csv_has_the_columns_of_the_documentation_and_no_live_formula(register, somebody):
    register.publish("=SOMMA(A1)", provider="@Cooperativa; «Ponte», Dresano")
    answer = somebody.get("/albo.csv")
    assert answer.content_type == "text/csv; charset=utf-8" and not answer.data.startswith(b"\xef\xbb\xbf")
    [row] = rows_of(answer.text)
    assert list(row) == list(open_data.COLUMNS)
    assert row["unit"] == "'=SOMMA(A1)" and row["provider"] == "'@Cooperativa; «Ponte», Dresano"
    assert (row["valid_from"], row["state"], row["capacity"]) == ("2026-01-01", "accredited", "30")
    text = (Path(register.house.app.root_path).parent / "docs" / "albo.md").read_text(encoding="utf-8")
    positions = [text.index(f"| `{name}` |") for name in open_data.COLUMNS]
    assert positions == sorted(positions), "the columns are documented in their order"


def test_the_json_says_who_publishes_under_which_licence_and_what_each_field_means(register, somebody):
    entry = register.publish("Aurora")
    register.becomes(entry, "suspended", date(2026, 3, 1), "Sospensione n. 3")
    answer = somebody.get("/albo.json")
    told = answer.json
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert told["publisher"] and told["updated_on"] == "2026-03-01"
    assert told["license"] == {"name": "CC BY 4.0", "url": open_data.LICENCE_URL}
    [row] = told["entries"]
    assert [field["name"] for field in told["fields"]] == list(row)
    assert [state["state"] for state in row["history"]] == ["accredited", "suspended"]


def test_the_workbook_follows_the_search_and_speaks_to_people(register, somebody):
    register.publish("Aurora", "Bussola")
    register.publish("=Nido", kind="nido")
    answer = somebody.get("/albo.xlsx?tipo=nido")
    [head, row] = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows()
    told = {cell.value: value for cell, value in zip(head, row, strict=True)}
    assert told["Unità"].value == "=Nido" and told["Unità"].data_type == "s"
    assert (told["Stato"].value, told["Sezione"].value) == ("Accreditata", "Prima infanzia")


def test_nothing_is_kept_without_asking_and_a_suspension_changes_the_answer_at_once(register, somebody):
    entry = register.publish("Aurora")
    for address in ("/albo", "/albo/aurora-1", "/albo.csv", "/albo.json"):
        first = somebody.get(address)
        assert "no-cache" in first.headers["Cache-Control"], address
        again = somebody.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), address
    marks = {address: somebody.get(address).headers["ETag"] for address in ("/albo", "/albo.csv", "/albo.json")}
    register.becomes(entry, "suspended", date(2026, 3, 1), "Sospensione n. 3")
    for address, mark in marks.items():
        changed = somebody.get(address, headers={"If-None-Match": mark})
        assert changed.status_code == 200 and ("suspended" in changed.text or "Sospesa" in changed.text), address


def test_an_accreditation_whose_last_day_has_passed_is_expired_though_nobody_has_said_so(register, somebody):
    register.publish("Aurora", today=date(2026, 2, 1), valid_to=date(2026, 3, 1), runs_to=date(2026, 3, 1))
    assert "Scaduta" in somebody.get("/albo?stato=expired").text
    assert "Nessuna unità" in somebody.get("/albo?stato=accredited").text
    [row] = somebody.get("/albo.json").json["entries"]
    assert (row["state"], row["state_since"]) == ("expired", "2026-03-02")
    assert "ultimo giorno è stato il 01/03/2026" in somebody.get("/albo/aurora-1").text


def test_an_edit_waits_and_nothing_of_it_is_shown(register, somebody):
    entry = register.publish("Aurora")
    register.edit(entry, name="SEGRETO", address="SEGRETO", email="SEGRETO@x.it", phone="SEGRETO")
    register.accredit("SEGRETO mai pubblicato")
    for address in ("/albo", "/albo?stampa=1", "/albo/aurora-1", "/albo.csv", "/albo.json"):
        assert "SEGRETO" not in somebody.get(address).text, address
    assert "Nessuna unità corrisponde" in somebody.get("/albo?search=SEGRETO").text
    book = openpyxl.load_workbook(io.BytesIO(somebody.get("/albo.xlsx").data)).active
    assert not any("SEGRETO" in str(cell.value) for row in book.iter_rows() for cell in row)


def test_the_reader_changes_language_and_comes_back(register, somebody):
    answer = somebody.get("/lingua/en?dopo=/albo/aurora-1")
    assert answer.location == "/albo/aurora-1"
    assert somebody.get("/lingua/it?dopo=//altrove.example").location == "/admin/"
    assert somebody.get("/lingua/it?dopo=/albo\\\\x").location == "/admin/"


def test_the_site_of_a_provider_is_a_link_and_its_text_is_text(register, somebody):
    entry = register.publish("Aurora <b>")
    with register.house.unit("prova") as session:
        session.get(Provider, register.entry(entry).provider_id).website = "https://aurora.example"
        row = session.get(RegisterEntry, entry)
        operations.approve_changes(session, entry, version=row.version, today=date(2026, 3, 2))
    page = somebody.get("/albo/aurora-b-1").text
    assert '<a href="https://aurora.example" rel="external nofollow">' in page
    assert "Aurora &lt;b&gt;" in page and "<b>" not in page


def test_what_is_no_address_of_the_web_is_no_link(house):
    from admin.public.albo import web_link

    assert web_link("javascript:alert(1)") == "javascript:alert(1)"
    assert 'href="https://example.it"' in web_link("https://example.it")
