"""Who came in and who tried is recorded; a lock tells nobody who exists and shuts no office out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.users.model import User
from core.users.records import DownloadRecord, LoginRecord
from tests.integration.admin.browser import PASSWORD, Enter, Person
from tests.integration.admin.house import House


@pytest.fixture(autouse=True)
def no_flood_brake(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The brake on floods has a test of its own: here only what is counted in the records stops anybody."""
    for limiter in house.app.extensions["limiter"]:
        monkeypatch.setattr(limiter, "enabled", False)


def told(house: House) -> list[tuple[str, str, str]]:
    with house.session() as session:
        columns = LoginRecord.email, LoginRecord.outcome, LoginRecord.how
        return [tuple(row) for row in session.execute(select(*columns).order_by(LoginRecord.id))]


def elsewhere(house: House, address: str = "203.0.113.9") -> Person:
    """A browser in another place, in which nobody has come in yet."""
    client = house.app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Person(client)


def test_what_happens_at_the_door_is_recorded_and_a_password_in_the_wrong_place_is_not(house, somebody) -> None:
    somebody.enter("direzione", "sbagliata")
    somebody.enter("nessuno")
    somebody.post("/accesso/entra", {"email": "la mia password segreta", "password": "x"})
    somebody.enter("direzione")
    somebody.post("/accesso/esci")
    assert told(house) == [
        ("direzione@patto.example", "wrong_password", "password"), ("nessuno@patto.example", "unknown", "password"),
        ("", "unknown", "password"), ("direzione@patto.example", "entered", "password"),
        ("direzione@patto.example", "left", "password")]
    with house.session() as session:
        last = session.scalars(select(LoginRecord).where(LoginRecord.outcome == "entered")).one()
        assert (last.address, last.user.email) == ("127.0.0.1", "direzione@patto.example")
        assert last.browser.startswith("Werkzeug")


def test_an_address_that_nobody_has_is_locked_as_one_that_somebody_has(house: House) -> None:
    answers = {name: [elsewhere(house).enter(name, "sbagliata").text for _ in range(7)]
               for name in ("direzione", "nessuno")}
    masked = {name: [page.replace(name, "-").partition("csrf_token")[0] for page in pages]
              for name, pages in answers.items()}
    assert masked["direzione"] == masked["nessuno"]
    assert "riprovare tra 15 minuti" in answers["nessuno"][5]


def test_who_fails_elsewhere_does_not_lock_a_known_browser(house: House, person: Enter) -> None:
    known = person("direzione")
    known.post("/accesso/esci")
    for number in range(40):
        elsewhere(house, f"198.51.100.{number}").enter("direzione", "sbagliata")
    assert "riprovare tra" in elsewhere(house, "192.0.2.1").enter("direzione").text  # from anywhere unknown
    assert known.enter("direzione").status_code == 302


def test_who_fails_in_the_same_office_does_not_shut_it_out(house: House, person: Enter) -> None:
    known = person("direzione")
    known.post("/accesso/esci")
    for number in range(70):
        elsewhere(house, "127.0.0.1").enter(f"tentativo{number}", "sbagliata")
    assert "riprovare tra" in elsewhere(house, "127.0.0.1").enter("contabilita").text
    assert known.enter("direzione").status_code == 302
    assert elsewhere(house).enter("contabilita").status_code == 302


def test_a_known_browser_is_locked_by_its_own_failures(person: Enter) -> None:
    known = person("direzione")
    known.post("/accesso/esci")
    for _ in range(5):
        known.enter("direzione", "sbagliata")
    assert "riprovare tra 15 minuti" in known.enter("direzione").text


def test_a_new_link_opens_the_door_again(house: House, person: Enter) -> None:
    for number in range(40):
        elsewhere(house, f"198.51.100.{number}").enter("direzione", "sbagliata")
    with house.session() as session:
        key = session.scalars(select(User.id).where(User.email == "direzione@patto.example")).one()
    import lxml.html

    page = person("sistema").post(f"/admin/utenti/collegamento/?id={key}")
    [link] = [code.text for code in lxml.html.fromstring(page.text).iter("code")]
    guest, path = elsewhere(house, "198.51.100.1"), link.replace("http://localhost", "")
    assert guest.post(path, {"password": PASSWORD, "password_confirm": PASSWORD}, page=path).status_code == 302
    assert guest.enter("direzione").status_code == 302
    assert ("direzione@patto.example", "password_set", "link") in told(house)


def test_a_network_of_ipv6_is_one_place(house: House) -> None:
    for number in range(5):
        elsewhere(house, f"2001:db8::{number + 1}").enter("direzione", "sbagliata")
    assert "riprovare tra" in elsewhere(house, "2001:db8::ffff:1").enter("direzione").text
    assert elsewhere(house, "2001:db8:0:1::1").enter("direzione").status_code == 302


def test_a_stolen_session_ends_when_the_roles_change_and_says_why(house: House, person: Enter) -> None:
    inside, stolen = person("direzione"), house.app.test_client()
    stolen.set_cookie("patto", inside.client.get_cookie("patto").value)
    thief = Person(stolen)
    assert thief.get("/admin/").status_code == 200
    with house.session() as session:
        row = session.scalars(select(User).where(User.email == "direzione@patto.example")).one()
        key, version = row.id, row.version
    person("sistema").fill(f"/admin/utenti/edit/?id={key}", name="Persona direzione", roles=["auditor"],
                           version=str(version))
    assert "L'accesso si è chiuso" in thief.open("/admin/").text.replace("&#39;", "'")
    assert inside.get("/admin/").status_code == 302


def test_the_administrator_reads_all_log_ins_and_everybody_their_own(house: House, person: Enter) -> None:
    elsewhere(house).enter("direzione", "sbagliata")
    clerk = person("dresano")
    assert "Entrato" in clerk.read("/admin/mio-accesso/")
    assert "Password sbagliata" not in clerk.text()
    assert "Password sbagliata" in person("direzione").read("/admin/mio-accesso/")
    administrator = person("sistema")
    assert "203.0.113.9" in administrator.read("/admin/accessi/")
    assert "Persona dresano" not in administrator.read("/admin/accessi/?esito=falliti")
    for name in ("direzione", "revisore", "dresano"):
        assert person(name).get("/admin/accessi/").status_code == 403


def test_a_file_that_is_taken_is_recorded(house: House, person: Enter) -> None:
    from core.contracts.model import ContractDocument

    with house.session() as session:
        version = session.scalars(select(ContractDocument).where(ContractDocument.document_id.is_not(None))).first()
        key, document = version.id, version.document_id
    manager = person("direzione")
    assert manager.get(f"/admin/contratti/download/?id={key}").status_code == 200
    assert manager.get(f"/admin/casi/documento/{document}/").status_code == 200
    with house.session() as session:
        rows = session.scalars(select(DownloadRecord)).all()
        assert [(row.document_id, row.user.name) for row in rows] == [(document, "Persona direzione")] * 2
    assert rows[0].file_name in manager.read("/admin/mio-accesso/")
    assert "Persona direzione" in person("sistema").read("/admin/scaricati/")
