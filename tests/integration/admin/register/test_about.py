"""What the azienda says to everybody is written in the browser and linked at the foot of every page."""

from __future__ import annotations

from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House

FEET = ("/albo", "/accesso/entra")


def test_a_text_is_written_once_and_read_at_the_foot_of_every_page(
    house: House, person: Enter, somebody: Person,
) -> None:  # fmt: skip
    inside = person("direzione")
    inside.open("/admin/azienda/")
    inside.open("/admin/azienda/edit/?" + inside.query)
    inside.send(contacts="Sportello: https://sportello.example\n\n<b>Martedì</b>", privacy="")
    for page, who in (*((page, somebody) for page in FEET), ("/admin/", inside)):
        text = who.get(page).text
        assert 'href="/informazioni/contatti"' in text, page
        assert "/informazioni/privacy" not in text, page  # what is not written is not promised
    page = somebody.get("/informazioni/contatti").text
    assert 'href="https://sportello.example"' in page
    assert "&lt;b&gt;Martedì" in page
    assert somebody.get("/informazioni/privacy").status_code == 404
    assert somebody.get("/informazioni/altro").status_code == 404


def test_a_municipality_reads_them_and_does_not_write_them(house: House, person: Enter) -> None:
    inside = person("dresano")
    assert inside.get("/informazioni/accessibilita").status_code == 200
    assert inside.get("/admin/azienda/edit/?id=1").status_code == 403
