"""The second factor at the door: set up, asked, replaced, lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from core.ground import clock
from core.ground.outbox import OutboxMessage
from core.users.model import RecoveryCode, SecondFactor, User
from core.users.records import LoginRecord
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House

RECOVERY = re.compile(r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>")


def key(house: House, name: str) -> int:
    with house.session() as session:
        return session.scalars(select(User.id).where(User.email == f"{name}@patto.example")).one()


def telephone(house: House, name: str) -> pyotp.TOTP:
    with house.session() as session:
        return pyotp.TOTP(session.require(SecondFactor, key(house, name)).secret)


def code(house: House, name: str, steps: int = 0) -> str:
    return telephone(house, name).at(int(clock.now().timestamp()) + 30 * steps)


def set_up(house: House, inside: Person, name: str) -> list[str]:
    """Set the second factor up from one's own page; the recovery codes."""
    assert inside.post("/admin/mio-accesso/verifica/").headers["Location"] == "/accesso/telefono"
    shown = inside.post("/accesso/telefono", {"code": code(house, name)}, page="/accesso/telefono")
    return RECOVERY.findall(shown.text)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> object:
    """``at(31)``: so many seconds from the start of the test, and the clock stands."""
    begun = clock.now().replace(second=0, microsecond=0)

    def go(seconds: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: begun + timedelta(seconds=seconds))

    go(0)
    return go


def door(house: House, name: str) -> Person:
    """Somebody with the right password, asked for the code."""
    someone = Person(house.app.test_client())
    assert someone.enter(name).headers["Location"] == "/accesso/codice"
    return someone


def say(someone: Person, typed: str):
    return someone.post("/accesso/codice", {"code": typed}, page="/accesso/codice")


def test_who_has_a_second_factor_is_asked_for_it_and_a_code_counts_once(house, person, at) -> None:
    codes = set_up(house, person("direzione"), "direzione")
    assert len(set(codes)) == 10
    first = door(house, "direzione")
    assert first.get("/admin/").status_code == 302  # half a log-in opens nothing
    assert "già stato usato" in say(first, code(house, "direzione")).text  # it was used to set it up
    at(30)
    taken = code(house, "direzione")
    assert say(first, taken).headers["Location"].endswith("/admin/")
    assert first.get("/admin/").status_code == 200
    assert "già stato usato" in say(door(house, "direzione"), taken).text


def test_an_old_code_and_a_wrong_one_are_refused_in_words(house, person, at) -> None:
    set_up(house, person("direzione"), "direzione")
    at(300)
    someone = door(house, "direzione")
    assert "è scaduto" in say(someone, code(house, "direzione", -4)).text
    assert "non è giusto" in say(someone, "abc").text
    at(901)
    assert "troppo tempo" in someone.open("/accesso/codice").text


def test_codes_are_not_guessed(house, person, at) -> None:
    set_up(house, person("direzione"), "direzione")
    at(60)
    someone = door(house, "direzione")
    for _ in range(5):
        say(someone, "000000")
    assert "riprovare tra 15 minuti" in say(someone, code(house, "direzione")).text


def test_who_guesses_codes_elsewhere_does_not_lock_a_known_browser(house, person, at) -> None:
    inside = person("direzione")
    set_up(house, inside, "direzione")
    inside.post("/accesso/esci")
    at(60)
    stranger = door(house, "direzione")
    for _ in range(6):
        say(stranger, "000000")
    assert inside.enter("direzione").headers["Location"] == "/accesso/codice"
    assert say(inside, code(house, "direzione")).headers["Location"].endswith("/admin/")


def test_a_recovery_code_counts_once_and_only_its_hash_is_kept(house, person, at) -> None:
    codes = set_up(house, person("direzione"), "direzione")
    with house.session() as session:
        kept = session.scalars(select(RecoveryCode.hash)).all()
    assert not {one.replace("-", "") for one in codes} & set(kept)
    assert say(door(house, "direzione"), codes[0].upper()).status_code == 302
    assert "già stato usato" in say(door(house, "direzione"), codes[0]).text
    assert say(door(house, "direzione"), codes[1].replace("-", " ")).status_code == 302


def test_a_role_may_be_asked_for_it_and_whoever_has_none_sets_it_up_at_the_door(house, person, at) -> None:
    inside, administrator = person("direzione"), person("sistema")
    assert "2 persone" in administrator.fill("/admin/accessi/verifica/", roles=["management", "administrator"])\
        or administrator.get("/admin/").status_code == 302
    assert inside.get("/admin/").status_code == 302
    assert "L&#39;accesso si è chiuso" in inside.open("/admin/").text
    someone = Person(house.app.test_client())
    assert someone.enter("direzione").headers["Location"] == "/accesso/telefono"
    assert someone.get("/admin/").status_code == 302
    assert "non è giusto" in say(someone, code(house, "direzione")).text  # a telephone that is not set up yet
    assert "non è giusto" in someone.post("/accesso/telefono", {"code": "000000"}, page="/accesso/telefono").text
    shown = someone.post("/accesso/telefono", {"code": code(house, "direzione")}, page="/accesso/telefono")
    assert len(RECOVERY.findall(shown.text)) == 10
    assert someone.get("/admin/").status_code == 200
    assert someone.get("/admin/mio-accesso/togli/").status_code == 403
    assert Person(house.app.test_client()).enter("contabilita").headers["Location"].endswith("/admin/")


def test_an_administrator_resets_it_with_a_reason_and_the_person_is_told(house, person, at) -> None:
    lost = person("direzione")
    set_up(house, lost, "direzione")
    url = f"/admin/utenti/verifica/?id={key(house, 'direzione')}"
    administrator = person("sistema")
    assert "Scrivere il motivo" in administrator.fill(url) or "obbligator" in administrator.page
    assert "La verifica è azzerata" in administrator.fill(url, why="Telefono rubato, chiesto di persona")
    assert lost.get("/admin/").status_code == 302
    assert Person(house.app.test_client()).enter("direzione").headers["Location"].endswith("/admin/")
    with house.session() as session:
        mail = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert mail.payload["to"] == "direzione@patto.example"
        assert "Telefono rubato" in mail.payload["text"]
        notes = session.scalars(select(LoginRecord.note).where(LoginRecord.outcome == "factor_reset")).all()
        assert notes == ["Persona sistema: Telefono rubato, chiesto di persona"]
    assert "Telefono rubato" in administrator.read("/admin/accessi/?search=direzione")


def test_one_changes_the_telephone_or_takes_it_away_with_a_code(house, person, at) -> None:
    inside = person("direzione")
    set_up(house, inside, "direzione")
    before = telephone(house, "direzione").secret
    assert "già stato usato" in inside.fill("/admin/mio-accesso/togli/", code=code(house, "direzione"))
    at(60)
    inside.fill("/admin/mio-accesso/telefono/", code=code(house, "direzione"))
    assert telephone(house, "direzione").secret != before
    assert inside.post("/accesso/telefono", {"code": code(house, "direzione")}).status_code == 200
    at(120)
    assert "è tolta" in inside.fill("/admin/mio-accesso/togli/", code=code(house, "direzione"))
    assert Person(house.app.test_client()).enter("direzione").headers["Location"].endswith("/admin/")


def test_the_square_is_drawn_here_and_nobody_keeps_it(person: Enter) -> None:
    inside = person("direzione")
    inside.post("/admin/mio-accesso/verifica/")
    page = inside.get("/accesso/telefono")
    assert "<svg" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "otpauth:" not in page.text
