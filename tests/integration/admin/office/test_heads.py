"""The administrator reads which heads of the history were made, where they lie, and what was found last."""

from __future__ import annotations

import dataclasses

import pytest

from admin.command import heads
from core.ground import anchors
from core.ground import heads as signed
from core.ground.errors import Finding
from tests.integration.admin.house import House


@pytest.fixture
def sealed(house: House) -> House:
    """The house with a head, and nothing known of earlier ones."""
    folder = house.settings.data_dir
    (folder / anchors.FILE).unlink(missing_ok=True)
    for path in signed.kept(folder / signed.FOLDER):
        path.unlink()
    heads.seal(house.settings, house.database)
    heads.make(house.settings, house.database)
    return house


def test_the_page_says_where_the_heads_are_and_what_they_do_not_attest(sealed, person):
    page = person("sistema").get("/admin/sistema/").text
    head = signed.read(signed.kept(sealed.settings.data_dir / signed.FOLDER)[-1])
    assert "Ultime teste della storia" in page and "soltanto qui" in page and head.key in page
    assert "Le teste non escono da questo computer" in page
    assert "non è ancora attestato" in page and "non è ancora stata verificata" in page
    heads.verify(sealed.settings, sealed.database)
    page = person("revisore").get("/admin/sistema/").text
    assert "tutto torna" in page and "Nessuna testa custodita altrove" in page


def test_what_the_verification_found_waits_for_the_administrator_in_peoples_words(sealed, person):
    folder = sealed.settings.data_dir
    assert "cose che non tornano" not in waiting(person("sistema"))
    found = heads.verify(sealed.settings, sealed.database)
    wrong = Finding("La riga %(row)s della tabella «%(table)s» non è raccontata dalla storia: è stata scritta da fuori "
                    "del programma.", {"row": "3", "table": "contract"})
    known = anchors.standing(folder).verified
    anchors.verified(folder, dataclasses.replace(known, wrong=(wrong,)))
    assert found.wrong == ()
    assert "1 cose che non tornano" in waiting(person("sistema"))
    assert "cose che non tornano" not in waiting(person("contabilita"))
    page = person("sistema").get("/admin/sistema/").text
    assert "La riga 3 della tabella «Contratti»" in page and "Non correggere nulla" in page


def test_a_head_that_does_not_leave_is_told(sealed, person):
    anchors.failed(sealed.settings.data_dir, anchors.PLACE, "La cartella /mnt/teste non c'è.")
    assert "La cartella /mnt/teste non c" in waiting(person("sistema"))
    assert "La cartella /mnt/teste non c" in person("sistema").get("/admin/sistema/").text


def waiting(reader) -> str:
    """The home."""
    return reader.get("/admin/").text
