"""What was written is not lost when the log-in ends before the form is sent."""

from __future__ import annotations

import lxml.html
from sqlalchemy import select

from core.ground.access import system
from core.parties.model import Municipality
from core.users import operations
from core.users.model import User
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House

MISSION = "Nessuno resta solo.\n\nNemmeno <b>d'inverno</b>."


def a_form(house: House, inside: Person) -> str:
    """The page of a municipality, open and filled in."""
    url = f"/admin/comuni/edit/?id={house.id_of('melegnano')}"
    inside.open(url)
    return url


def given_back(answer: str) -> list[str]:
    return [area.text.strip("\n") for area in lxml.html.fromstring(answer).iter("textarea")]


def mission_of(house: House) -> str:
    with house.session() as session:
        return session.get_one(Municipality, house.id_of("melegnano")).mission


def test_who_went_out_in_another_window_gets_the_text_back_and_the_way_in(house: House, person: Enter) -> None:
    inside = person("direzione")
    before = mission_of(house)
    url, fields = a_form(house, inside), inside.fields()
    inside.client.delete_cookie("patto")
    fields["mission"] = MISSION
    answer = inside.client.post(url, data=fields)
    assert answer.status_code == 400
    assert MISSION in given_back(answer.text), "and what has no blank, like a code, is not repeated"
    assert not [text for text in given_back(answer.text) if " " not in text]
    assert "<b>d" not in answer.text
    page = lxml.html.fromstring(answer.text)
    [again] = [a.get("href") for a in page.iter("a") if "Entra di nuovo" in a.text_content()]
    assert again.startswith("/accesso/entra?next=/admin/comuni/edit/")
    assert mission_of(house) == before


def test_so_does_whose_sessions_were_ended_meanwhile(house: House, person: Enter) -> None:
    inside = person("direzione")
    url, fields = a_form(house, inside), inside.fields()
    with house.unit("fine", system("prova")) as session:
        who = session.scalars(select(User).where(User.email == "direzione@patto.example")).one()
        operations.end_sessions(session, who.id)
    fields["mission"] = MISSION
    answer = inside.client.post(url, data=fields)
    assert answer.status_code == 401
    assert MISSION in given_back(answer.text)
    assert "Entra di nuovo" in answer.text


def test_a_password_is_never_shown_again(somebody: Person) -> None:
    answer = somebody.client.post("/accesso/entra", data={"email": "a b@c.example", "password": "tre corvi neri"})
    assert answer.status_code == 400
    assert "tre corvi neri" not in answer.text and "Riapri la pagina" in answer.text
