"""The list of the comuni in the browser: looked for by name, chosen, and what is registered held against it."""

from __future__ import annotations

from core.parties.model import Municipality

LIST, NEW = "/admin/comuni/elenco/?nome=", "/admin/comuni/new/"


def test_the_only_comune_of_a_name_fills_the_form_and_of_several_one_is_chosen(house, person) -> None:
    manager = person("direzione")
    assert "Cerca nell'elenco dei comuni italiani" in manager.get(NEW).text
    assert manager.get(LIST + "lissone").location.endswith("/admin/comuni/new/?catastale=E617")
    fields = manager.fields(NEW + "?catastale=E617")
    assert [fields[name] for name in ("name", "istat", "cadastral", "ipa", "city", "province")] == [
        "Lissone", "108028", "E617", "c_e617", "Lissone", "MB"]
    both = manager.get(LIST + "Castro").text
    assert "Castro (BG)" in both and "Castro (LE)" in both and "catastale=C337" in both
    assert "è cessato il 20/02/2026" in manager.get(LIST + "Nanto").text
    merged = manager.get(LIST + "Gironico").text
    assert "dal 04/02/2014 al suo posto c&#39;è Colverde (CO)" in merged and "catastale=M336" in merged
    alike = manager.get(LIST + "san colombano").text
    assert "questi cominciano così" in alike and "San Colombano al Lambro (MI)" in alike and "catastale=H803" in alike
    assert "Malborghetto Valbruna (UD)" in manager.get(LIST + "valbruna").text
    assert "non c'è un comune che si chiami così" in manager.get(LIST + "sa").text
    assert "non c'è un comune che si chiami così" in manager.get(LIST + "Valbrunaccia").text
    assert "catastale=nulla" not in manager.get(NEW + "?catastale=nulla").text
    assert person("contabilita").get(LIST + "lissone").status_code == 403


def test_a_code_of_another_comune_is_refused_on_its_field_and_a_missing_one_is_proposed(house, person) -> None:
    manager, before = person("direzione"), house.count(Municipality)
    fields = manager.fields(NEW + "?catastale=E617")
    typed = {**fields, "address": "Via Gramsci 21", "postal_code": "20851", "tax_code": "84503590154"}
    said = manager.post(NEW, {**typed, "istat": "015101"}, page=NEW).text
    assert "015101 è di Dresano (MI)" in said and "Lissone (MB) ha 108028" in said
    assert "Lissone (MB) ha 108028: controllarlo" in manager.post(NEW, {**typed, "istat": ""}, page=NEW).text
    assert "è in provincia di MB" in manager.post(NEW, {**typed, "province": "MI"}, page=NEW).text
    assert house.count(Municipality) == before
    assert manager.post(NEW, typed, page=NEW).status_code == 302 and house.count(Municipality) == before + 1


def test_the_page_of_a_comune_says_what_the_list_says_otherwise(house, person) -> None:
    manager = person("direzione")
    with house.unit() as session:
        session.get_one(Municipality, house.id_of("dresano")).istat = "015999"
    page = manager.get(f"/admin/comuni/details/?id={house.id_of('dresano')}").text
    assert "015999 non è nell&#39;elenco del 04/12/2024, dove Dresano (MI) ha 015101" in page
    assert "Da verificare" not in manager.get(f"/admin/comuni/details/?id={house.id_of('melegnano')}").text
