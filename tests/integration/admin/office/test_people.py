"""The pages of the people's data: how long they are kept, what a person is given, what is erased."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.users import retention
from core.users.model import User
from core.users.records import DownloadRecord, RetentionRule
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import TODAY, House


def key(house: House, name: str) -> int:
    with house.session() as session:
        return session.scalars(select(User.id).where(User.email == f"{name}@patto.example")).one()


@pytest.fixture
def with_rules(house: House) -> House:
    with house.unit() as session:
        retention.install_rules(session)
    return house


def test_the_administrator_lays_a_rule_from_a_day_on(with_rules: House, person: Enter) -> None:
    administrator = person("sistema")
    assert "365 giorni almeno 183" in administrator.read("/admin/conservazione/")
    page = "/admin/conservazione/regola/?genere=login_record"
    assert "almeno 183" in administrator.fill(page, days="30")
    later = TODAY + timedelta(days=30)
    assert "La regola è registrata" in administrator.fill(page, days="200", valid_from=later.isoformat())
    assert f"dal {later:%d/%m/%Y}: 200" in administrator.read("/admin/conservazione/")
    assert with_rules.count(RetentionRule) == 6
    assert administrator.get("/admin/conservazione/regola/?genere=altro").status_code == 404
    assert person("direzione").get("/admin/conservazione/").status_code == 403


def test_a_person_is_given_their_data_and_then_erased(with_rules: House, person: Enter) -> None:
    person("direzione")
    administrator, who = person("sistema"), key(with_rules, "direzione")
    answer = administrator.get(f"/admin/utenti/dati/?id={who}")
    assert json.loads(answer.data)["utente"]["posta"] == "direzione@patto.example"
    assert with_rules.count(DownloadRecord) == 1
    assert "ancora attivo" in administrator.fill(f"/admin/utenti/cancella/?id={who}", why="Richiesta scritta")
    administrator.post(f"/admin/utenti/porta/?id={who}&aperta=0")
    assert "Resta: Gli accessi recenti" in administrator.read(f"/admin/utenti/cancella/?id={who}")
    assert "I dati sono cancellati" in administrator.fill(f"/admin/utenti/cancella/?id={who}", why="Richiesta scritta")
    page = administrator.read(f"/admin/utenti/details/?id={who}")
    assert "Richiesta scritta" in page
    assert "direzione@patto.example" not in page
    assert person("revisore").get(f"/admin/utenti/dati/?id={who}").status_code == 403
