"""The index in the browser: the file is compared, and what is ticked is registered."""

from __future__ import annotations

import io

from tests.integration.imports.test_ipa import HEALTH, LISSONE, UNION, carpiano, index, row

PAGE = "/admin/indice-pa/"


def test_what_is_ticked_is_registered_and_the_rest_stays(house, person) -> None:
    with house.session() as session:
        content = index(row(session, Mail2="nuova@pec.carpiano.example", CAP="20081"))
    manager = person("direzione")
    assert "IndicePA" in manager.get("/admin/importa/").text
    sent = manager.post(PAGE, {"file": (io.BytesIO(content), "enti.csv")}, follow_redirects=True)
    assert "nuova@pec.carpiano.example" in sent.text and "20081" in sent.text
    page = sent.request.path + "?" + sent.request.query_string.decode()
    fields = manager.fields(page)
    with house.session() as session:
        key = carpiano(session).id
    refused = manager.post("/admin/indice-pa/confronto/", fields)
    assert "Spuntare almeno un dato" in refused.text
    done = manager.post("/admin/indice-pa/confronto/", {**fields, "chosen": f"{key}.pec"}, follow_redirects=True)
    assert "1 dato è registrato." in done.text
    with house.session() as session:
        own = carpiano(session)
        assert (own.pec, own.postal_code) == ("nuova@pec.carpiano.example", "20074")


def test_another_file_is_said_on_its_field_and_nobody_else_comes_in(house, person) -> None:
    manager = person("direzione")
    said = manager.post(PAGE, {"file": (io.BytesIO(b"a;b\n1;2"), "enti.csv")}).text
    assert "manca la colonna Codice_IPA" in said
    for name in ("contabilita", "dresano"):
        assert person(name).get(PAGE).status_code == 403
    assert manager.get("/admin/indice-pa/confronto/?file=999999").status_code == 404


def test_a_new_comune_is_looked_for_in_the_file_and_registered_by_one_yes(house, person) -> None:
    with house.session() as session:
        key = carpiano(session).id
        content = index(row(session, Mail2="nuova@pec.carpiano.example"), LISSONE, UNION, HEALTH)
    manager = person("direzione")
    sent = manager.post(PAGE, {"file": (io.BytesIO(content), "enti.csv")}, follow_redirects=True)
    file = sent.request.args["file"]
    assert f"/admin/indice-pa/nuovi/?file={file}" in sent.text
    again = manager.post(PAGE, {"file": (io.BytesIO(content), "enti.csv")}, follow_redirects=True)
    assert again.request.args["file"] == file, "the same file is not kept twice"
    page = f"{PAGE}nuovi/?file={file}&cerca=lissone"
    assert "Lissone (MB)" in manager.get(page).text
    assert "non sia già registrato" in manager.get(f"{PAGE}nuovi/?file={file}&cerca=carpiano").text
    fields = manager.fields(page)
    refused = manager.post(f"{PAGE}nuovi/", {**fields, "code": "c_e617", "kind": ""}).text
    assert "Scegliere almeno un ente" in refused and "c_e617" in refused
    done = manager.post(f"{PAGE}nuovi/", {**manager.fields(page), "code": "c_e617", "kind": "comune"},
                        follow_redirects=True)
    assert "1 ente è registrato." in done.text
    assert house.id_of("lissone")
    assert "Letto l'ultima volta" in manager.get(PAGE).text
    record = manager.get(f"/admin/comuni/details/?id={key}").text
    assert "un&#39;altra: nuova@pec.carpiano.example" in record
    assert "nuova@pec.carpiano.example" in manager.get("/admin/").text
    assert person("dresano").get(page).status_code == 403


def test_a_code_that_the_list_of_the_comuni_does_not_have_is_told_beside_the_row(house, person) -> None:
    manager = person("direzione")
    content = index({**LISSONE, "Codice_comune_ISTAT": "108999"})
    file = manager.post(PAGE, {"file": (io.BytesIO(content), "enti.csv")}, follow_redirects=True).request.args["file"]
    assert "108999 non è nell&#39;elenco" in manager.get(f"{PAGE}nuovi/?file={file}&cerca=lissone").text
