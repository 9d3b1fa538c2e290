"""The registry in the browser: who sees what, the forms, the notices from the guided form to their effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import lxml.html
import pytest
from sqlalchemy import select

from admin.app import create_app
from core.providers import operating_notices
from core.providers.model import OperatingNotice, Provider, ProviderPaper, ServiceUnit, UnitType
from tests.integration.admin.browser import PDF, Enter, Person, pdf
from tests.integration.admin.house import TODAY, House
from tests.integration.admin.providers.conftest import Place
from tests.integration.providers.conftest import provider_facts


def menu(someone: Person) -> list[str]:
    """The entries of the menu."""
    someone.open("/admin/")
    return [" ".join(link.split()) for link in lxml.html.fromstring(someone.page).xpath(
        "(//nav[contains(@class, 'nav-side')])[1]//a/text()")]


def new_notice(someone: Person, place: Place, kind: str, **typed: object) -> None:
    """From the page of the unit to the sent form."""
    someone.open(f"/admin/comunicazioni/nuova/?unit={place.unit}&kind={kind}")
    someone.send(**typed)


# --- who sees what ----------------------------------------------------------------------------------------


def test_a_provider_has_its_own_registry_in_the_menu_and_nothing_of_the_azienda(person: Enter, place: Place):
    own = menu(person("melograno"))
    assert own[0] == "Da fare"
    assert {"Il nostro ente", "Le nostre unità", "Le nostre comunicazioni"} <= set(own)
    assert not {"Contratti", "Comuni", "Servizi", "Rate", "Utenti", "Azienda", "Importa", "Scadenze"} & set(own)


@pytest.mark.parametrize("page", [
    "/admin/contratti/", "/admin/comuni/", "/admin/servizi/", "/admin/schede/", "/admin/scadenze/",
    "/admin/tipi-di-unita/", "/admin/azienda/", "/admin/importa/", "/admin/utenti/", "/admin/firmatari/",
    "/admin/tassi/", "/admin/gestori/new/", "/admin/gestori/edit/?id={provider}",
])
def test_a_provider_opens_none_of_the_other_pages(person: Enter, place: Place, page: str):
    answer = person("melograno").open(page.format(provider=place.provider))
    assert answer.status_code in (403, 404)


def test_a_provider_reads_its_own_record_and_not_that_of_another(person: Enter, place: Place):
    mine, theirs = person("melograno"), person("rondine")
    mine.open("/admin/gestori/")
    assert f"id={place.provider}" in mine.query
    assert "Nido La Chiocciola" in mine.text()
    for page in (f"/admin/gestori/details/?id={place.provider}", f"/admin/unita/details/?id={place.unit}",
                 f"/admin/gestori/recapiti/?id={place.provider}", f"/admin/unita/modifica/?id={place.unit}",
                 f"/admin/documenti-gestori/nuovo/?provider={place.provider}",
                 f"/admin/unita/nuova/?provider={place.provider}", f"/admin/unita/sede/?unit={place.unit}"):
        assert theirs.open(page).status_code == 404
    theirs.open(f"/admin/comunicazioni/nuova/?unit={place.unit}&kind=start")
    assert "La Chiocciola" not in theirs.page


def test_a_municipality_reads_the_units_on_its_territory_with_the_name_of_who_runs_them(person: Enter, place: Place):
    new_notice(person("accreditamento"), place, "start", effective_from="2026-05-01")
    here, elsewhere = person("dresano"), person("melegnano")
    here.open("/admin/unita/")
    assert "Il Melograno" in here.text()
    here.open(f"/admin/unita/details/?id={place.unit}")
    assert "Avvio dell'unità" in here.text()
    assert "Modifica" not in here.text()
    assert here.open(f"/admin/gestori/details/?id={place.provider}").status_code == 403
    assert here.open(f"/admin/unita/modifica/?id={place.unit}").status_code == 403
    elsewhere.open("/admin/unita/")
    assert "Chiocciola" not in elsewhere.page
    assert elsewhere.open(f"/admin/unita/details/?id={place.unit}").status_code == 404


def test_an_auditor_reads_and_does_not_write(person: Enter, place: Place):
    auditor = person("revisore")
    for page in ("gestori/", f"gestori/details/?id={place.provider}", "unita/", f"unita/details/?id={place.unit}",
                 "comunicazioni/", "tipi-di-unita/"):
        assert auditor.open(f"/admin/{page}").status_code == 200
    assert auditor.open("/admin/gestori/new/").status_code == 403
    assert auditor.open(f"/admin/comunicazioni/nuova/?unit={place.unit}").status_code == 403


# --- the office -------------------------------------------------------------------------------------------


def test_the_office_registers_a_provider_and_finds_it(person: Enter, place: Place):
    office = person("accreditamento")
    office.open("/admin/gestori/new/")
    facts = {name: value or "" for name, value in provider_facts(name="Casa Aperta", city="Colturano").items()}
    office.send(**{**facts, "tax_code": "01874170011"})
    assert "non è valido" in office.text()
    assert office.fields()["name"] == "Casa Aperta"  # what was typed stays
    office.send(tax_code=facts["tax_code"])
    assert "Manca l'assicurazione" in office.text()
    for asked in ("search=aperta", f"search={facts['tax_code']}", "search=colturano", "forma=social_cooperative"):
        office.open(f"/admin/gestori/?{asked}")
        assert "Casa Aperta" in office.text(), asked
    office.open("/admin/gestori/?sezione=social_promotion")
    assert "Casa Aperta" not in office.page
    assert "La Rondine" in office.page
    office.open("/admin/gestori/new/")
    office.send(**facts)
    assert "è già di Casa Aperta" in office.text()


def test_the_papers_show_when_they_expire(person: Enter, house: House, place: Place):
    office = person("accreditamento")
    office.open(f"/admin/documenti-gestori/nuovo/?provider={place.provider}")
    typed = {"kind": "insurance", "issuer": "Assicurazioni Lombarde", "number": "RC-1", "valid_from": "2025-01-01",
             "valid_to": "2026-03-01"}
    office.send(**typed, file=pdf("polizza.pdf.exe"))
    assert "non è di un tipo che si conserva qui" in office.text()
    office.send(**typed, file=pdf("polizza.pdf", b"PK\x03\x04 un archivio"))
    assert "non è quello che il nome promette" in office.text()
    office.send(**typed, file=pdf("polizza.pdf"))
    assert "Scaduto" in office.text()
    office.open("/admin/gestori/?documenti=scaduti")
    assert "Il Melograno" in office.page
    assert "La Rondine" not in office.page
    with house.session() as session:
        paper = session.scalars(select(ProviderPaper)).one()
    assert office.open(f"/admin/casi/documento/{paper.document_id}/").data == PDF
    assert person("melograno").open(f"/admin/casi/documento/{paper.document_id}/").data == PDF
    assert person("rondine").open(f"/admin/casi/documento/{paper.document_id}/").status_code == 404
    assert person("dresano").open(f"/admin/casi/documento/{paper.document_id}/").status_code == 404
    office.open(f"/admin/documenti-gestori/modifica/?id={paper.id}")
    office.send(valid_to="2026-12-31")
    assert "Valido" in office.text()


def test_a_file_of_three_hundred_megabytes_is_answered_with_a_sentence(place: Place, person: Enter):
    office = person("accreditamento")
    office.open(f"/admin/documenti-gestori/nuovo/?provider={place.provider}")
    answer = office.client.post(f"/admin/documenti-gestori/nuovo/?provider={place.provider}", data=b"",
                                content_type="multipart/form-data; boundary=x",
                                environ_overrides={"CONTENT_LENGTH": str(300 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "Il file supera i 25 MB" in answer.text


def test_a_unit_outside_its_type_is_refused_in_words_and_nothing_typed_is_lost(person: Enter, place: Place):
    office = person("accreditamento")
    office.open(f"/admin/unita/nuova/?provider={place.provider}")
    office.send(name="Nido Grande", type_id=str(place.types["nido"]), capacity="61", manager="Anna Verdi")
    assert "61 non lo sono" in office.text()
    office.send(capacity="10")
    assert "Con 10 posti il tipo giusto è: Micronido" in office.text()
    assert office.fields()["name"] == "Nido Grande"
    office.send(capacity="60")
    assert "Programmata" in office.text()
    office.open(f"/admin/unita/modifica/?id={place.unit}")
    office.send(capacity="99999999999")
    assert "non è un numero intero" in office.text()


def test_a_new_type_is_used_the_same_minute_and_a_newer_version_takes_its_place(
    person: Enter, house: House, place: Place
):
    office = person("accreditamento")
    office.open("/admin/tipi-di-unita/")
    assert "Da verificare" in office.text()
    office.open("/admin/tipi-di-unita/new/")
    office.send(name="Centro estivo", code="centro_estivo", area="minors", provides_at="seat", min_places="5",
                max_places="40", limits_verified="y", legal_source="Assemblea, da verificare", valid_from="2026-03-01")
    office.open(f"/admin/unita/nuova/?provider={place.provider}")
    with house.session() as session:
        kind = session.scalars(select(UnitType).where(UnitType.code == "centro_estivo")).one()
    office.send(name="Estate insieme", type_id=str(kind.id), capacity="30", manager="Anna Verdi")
    assert "Programmata" in office.text()
    office.open(f"/admin/tipi-di-unita/new/?versione={kind.id}")
    assert office.fields()["code"] == "centro_estivo"
    office.send(valid_from="2026-02-01")
    assert "ha già una versione dal 01/03/2026" in office.text()
    office.send(valid_from="2026-03-02", max_places="20")
    assert "Versioni" in office.text()
    office.open(f"/admin/unita/nuova/?provider={place.provider}")
    office.send(name="Altra estate", type_id=str(kind.id), capacity="30", manager="Anna Verdi")
    assert "Scegliere una voce" in office.text()
    office.open(f"/admin/tipi-di-unita/edit/?id={kind.id}")
    office.send(code="altro")
    assert "non si modificano" in office.text()


# --- notices ----------------------------------------------------------------------------------------------


def test_the_guided_form_from_the_unit_to_its_effect(person: Enter, house: House, place: Place):
    office = person("accreditamento")
    office.open("/admin/comunicazioni/nuova/?unit=&kind=")
    assert "Questo dato è necessario" in office.text()
    office.open(f"/admin/comunicazioni/nuova/?unit={place.unit}&kind=start")
    assert "senza attendere un assenso" in office.text()
    assert office.fields()["capacity"] == "30"
    office.send(effective_from="2026-03-01")
    assert "è preventiva" in office.text()
    office.send(effective_from="2026-05-01", file=pdf("avvio.pdf"))
    assert "CPE n. 1/2026" in office.text()
    assert "Avrà effetto dal 01/05/2026" in office.text()
    with house.session() as session:
        key = session.scalars(select(OperatingNotice.id)).one()
    office.open(f"/admin/comunicazioni/copia/?id={key}")
    office.send(on="2026-03-02")
    office.open(f"/admin/comunicazioni/attivita/?id={key}")
    office.send(kind="advice", text="Incontro con la cooperativa")
    assert "Consulenza preventiva" in office.text()
    office.open(f"/admin/comunicazioni/passaggio/?atto=check&id={key}")
    office.send()
    assert "Esaminata" in office.text()
    with house.unit("giorno") as session:
        assert operating_notices.advance(session, date(2026, 5, 1)) == 1
    office.open(f"/admin/unita/details/?id={place.unit}")
    assert "In esercizio dal 01/05/2026" in office.text()
    for asked in ("search=1/2026", "search=chiocciola", "tipo=start", "stato=effective"):
        office.open(f"/admin/comunicazioni/?{asked}")
        assert "Nido La Chiocciola" in office.text(), asked
    office.open("/admin/comunicazioni/?copia=no")
    assert "Nido La Chiocciola" not in office.text()


def test_a_notice_that_is_sent_twice_is_taken_in_once(person: Enter, house: House, place: Place):
    office = person("accreditamento")
    office.open(f"/admin/comunicazioni/nuova/?unit={place.unit}&kind=start")
    fields = {**office.fields(), "effective_from": "2026-05-01"}
    for _time in range(2):
        assert office.post(office.address, fields).status_code == 302
    with house.session() as session:
        assert len(session.scalars(select(OperatingNotice.id)).all()) == 1


def test_several_notices_are_examined_at_once_and_what_is_not_to_be_is_told(person: Enter, house: House, place: Place):
    office = person("accreditamento")
    new_notice(office, place, "start", effective_from="2026-05-01")
    new_notice(office, place, "capacity", capacity="40", effective_from="2026-06-01")
    with house.session() as session:
        first, second = session.scalars(select(OperatingNotice.id).order_by(OperatingNotice.id))
    office.open(f"/admin/comunicazioni/passaggio/?atto=ask_completion&id={first}")
    office.send(why="Manca la planimetria.")
    assert 'value="check"' in office.get("/admin/comunicazioni/").text
    assert 'value="check"' not in person("melograno").get("/admin/comunicazioni/").text
    here = f"/admin/comunicazioni/insieme/?atto=check&riga={first}&riga={second}"
    assert "Risulta esaminata e in ordine." in office.get(here).text
    sent = office.fields(here)
    for _again in range(2):
        told = office.post(here, sent, page=here).text
        assert "Fatta 1 riga; 1 non fatta." in told and "Nello stato attuale questo passaggio non è previsto." in told
    assert person("melograno").get(here).status_code == 403
    with house.session() as session:
        assert [session.require(OperatingNotice, key).state for key in (first, second)] == ["to_complete", "checked"]


def test_a_provider_gives_notice_is_asked_to_complete_it_and_completes_it(person: Enter, house: House, place: Place):
    provider, office = person("melograno"), person("accreditamento")
    provider.open("/admin/")
    assert "Prima di cominciare, comunicare l'avvio" in provider.text()
    new_notice(provider, place, "start", effective_from="2026-03-02")
    assert "Ha effetto dal 02/03/2026" in provider.text()
    new_notice(provider, place, "capacity", capacity="40", effective_from="2026-06-01")
    with house.session() as session:
        key = session.scalars(select(OperatingNotice.id).order_by(OperatingNotice.id.desc())).first()
    office.open("/admin/")
    assert "CPE n. 2/2026" in office.text()
    assert "unità in esercizio" in office.text()
    assert provider.open(f"/admin/comunicazioni/copia/?id={key}").status_code == 403
    office.open(f"/admin/comunicazioni/passaggio/?atto=ask_completion&id={key}")
    office.send(why="Manca la planimetria.")
    provider.open("/admin/")
    assert "Completare la comunicazione" in provider.text()
    provider.open(f"/admin/casi/operating_notice/{key}/file/")
    provider.send(title="Planimetria", file=pdf("pianta.pdf"))
    assert "Manca la planimetria." in provider.text()
    provider.open(f"/admin/comunicazioni/passaggio/?atto=complete&id={key}")
    provider.send()
    assert "Ricevuta" in provider.text()
    with house.unit("giorno") as session:
        operating_notices.advance(session, date(2026, 6, 1))
    with house.session() as session:
        assert session.require(ServiceUnit, place.unit).capacity == 40


def test_a_provider_keeps_its_contacts_units_and_papers(person: Enter, house: House, place: Place):
    provider = person("melograno")
    provider.open(f"/admin/gestori/recapiti/?id={place.provider}")
    provider.send(pec="non è posta")
    assert "non è un indirizzo di posta elettronica certificata" in provider.text()
    provider.send(pec="nuova@pec.example", phone="02 123")
    assert "nuova@pec.example" in provider.text()
    provider.open(f"/admin/documenti-gestori/nuovo/?provider={place.provider}")
    provider.send(kind="durc", issuer="INPS", number="INPS_1", valid_from="2026-01-01", valid_to="2026-04-30",
                  file=pdf("durc.pdf"))
    assert "In scadenza" in provider.text()
    provider.open(f"/admin/unita/nuova/?provider={place.provider}")
    provider.send(name="CAG", type_id=str(place.types["cag"]), capacity="25", manager="Anna Verdi")
    assert "Programmata" in provider.text()
    provider.open(f"/admin/unita/sede/?unit={place.unit}")
    provider.send(name="Sezione primavera", address="Via Verdi, 2", places="10")
    assert "Sezione primavera" in provider.text()
    with house.session() as session:
        provider_row = session.require(Provider, place.provider)
        assert provider_row.phone == "02 123"
        site = session.require(ServiceUnit, place.unit).sites[0]
    provider.open(f"/admin/unita/sede/togli/?site={site.id}")
    provider.send()
    assert "Sezione primavera" not in provider.text()


def test_the_home_page_warns_of_a_paper_that_expires(person: Enter, house: House, place: Place):
    from core.providers import operations
    from tests.integration.providers.conftest import OFFICER

    with house.unit("prova", OFFICER) as session:
        operations.add_paper(session, place.provider, {
            "kind": "insurance", "issuer": "Assicurazioni Lombarde", "number": "RC-1", "valid_from": date(2025, 4, 1),
            "valid_to": TODAY + timedelta(days=20)}, today=TODAY)
    provider = person("melograno")
    provider.open("/admin/")
    assert "Documento del gestore in scadenza" in provider.text()
    link = lxml.html.fromstring(provider.page).xpath("//main//a[contains(., 'Apri i documenti')]/@href")[0]
    provider.open(link)
    assert "RC-1" in provider.text()


# --- whether providers may enter at all -------------------------------------------------------------------


def test_where_providers_have_no_access_none_is_invited_and_none_comes_in(person: Enter, house: House, place: Place):
    inside = person("melograno")
    admin = person("sistema")
    admin.open("/admin/utenti/new/")
    assert "Gestori" in admin.text()
    admin.send(name="Nuova Persona", email="nuova@patto.example", roles=["provider"])
    assert "deve avere almeno un gestore" in admin.text()
    admin.send(roles=["provider"], provider_ids=[str(place.other)])
    assert "La Rondine" in admin.text()

    shut = create_app(replace(house.settings, provider_access="off"), database=house.database,
                      registry=house.app.extensions["patto"].registry)
    shut.config["SECRET_KEY"] = house.app.config["SECRET_KEY"]
    closed = replace(house, app=shut)
    at_the_door = closed.app.test_client()
    with inside.client.session_transaction() as kept, at_the_door.session_transaction() as session:
        session.update(kept)
    assert at_the_door.get("/admin/").status_code == 302  # an open session ends too
    refused = Person(closed.app.test_client())
    assert refused.enter("melograno").status_code == 200
    assert "i gestori non hanno un accesso proprio" in refused.text()
    admin = closed.person("sistema")
    admin.open("/admin/utenti/new/")
    assert "provider_ids" not in admin.fields()
    assert 'value="provider"' not in admin.page
