"""What watches over the program reads: /salute, /metriche, and the log of the answers."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from admin.app import create_app
from admin.command import worker
from admin.guard import figures
from core.ground import clock, health
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.lease import Lease
from tests.integration.admin.browser import Person
from tests.integration.admin.house import House

TOKEN = "una parola lunga che nessuno indovina"


def checks(somebody: Person, code: int = 200) -> dict[str, str]:
    """What /salute says, by what it looks at."""
    answer = somebody.get("/salute")
    assert answer.status_code == code
    return {one["what"]: f"{one['state']}: {one['text']}" for one in answer.json["checks"]}


def test_an_installation_in_order_says_so(house, somebody):
    worker.run_once(house.settings, house.database)
    assert set(checks(somebody)) == {"database", "worker", "clock", "disk"}
    assert somebody.get("/salute").json["state"] == "ok"


def test_a_worker_that_stands_still_is_noticed(house, somebody, person):
    assert checks(somebody)["worker"].startswith("note: Il lavoro in sottofondo non è mai partito")
    worker.run_once(house.settings, house.database)
    with house.unit() as session:
        lease = session.scalars(select(Lease)).one()
        lease.until -= 2 * health.LATE
    assert "fermo da 20 minuti" in checks(somebody)["worker"]
    assert "fermo da 20 minuti" in person("sistema").read("/admin/")
    assert "fermo da 20 minuti" in person("sistema").read("/admin/sistema/")
    assert "fermo da" not in person("direzione").read("/admin/")


def test_a_clock_that_was_set_back_is_noticed(house, somebody, person):
    worker.run_once(house.settings, house.database)
    inside = person("sistema")  # before: it is recorded too
    with house.unit() as session:
        newest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        newest.at += clock.timedelta(hours=1)
    assert "indietro di almeno 59 minuti" in checks(somebody)["clock"]
    assert "indietro di almeno 59 minuti" in inside.read("/admin/")


def test_a_clock_that_differs_from_the_database_s_is_noticed(house, somebody, monkeypatch):
    wrong = clock.now() - clock.timedelta(minutes=45)
    monkeypatch.setattr(clock, "now", lambda: wrong)
    assert "distano 45 minuti" in checks(somebody)["clock"]


def test_a_disk_that_is_full_and_a_database_that_is_away_are_faults(house, somebody, monkeypatch, tmp_path):
    monkeypatch.setattr(health, "LITTLE", 2**60)
    assert checks(somebody)["disk"].startswith("note")
    monkeypatch.setattr(health, "FULL", 2**60)
    assert checks(somebody, 503)["disk"].startswith("fault")
    app = create_app(house.settings, database=house.database, registry=house.registry)
    nowhere = Database(f"sqlite:///{tmp_path / 'non-c-e' / 'patto.sqlite3'}", tmp_path)
    app.extensions["patto"] = replace(app.extensions["patto"], database=nowhere)
    assert checks(Person(app.test_client()), 503)["database"].startswith("fault")
    assert not (tmp_path / "non-c-e").exists()


# --- the figures ------------------------------------------------------------------------------------------


def figures_in(text: str) -> dict[str, float]:
    """By name."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _blank, value in lines}


def test_the_figures_count_what_was_answered_and_what_waits(house, somebody, monkeypatch):
    monkeypatch.setattr(figures, "_cells", [0.0] * figures.ROW)
    somebody.get("/albo")
    somebody.get("/non-esiste")
    told = figures_in(somebody.get("/metriche").text)
    assert told['patto_requests_total{status="2xx"}'] == told['patto_requests_total{status="4xx"}'] == 1
    assert told['patto_request_seconds_bucket{le="+Inf"}'] == told["patto_request_seconds_count"] == 2
    assert told["patto_database_up"] == 1 and told["patto_data_free_bytes"] > 0
    assert "patto_worker_idle_seconds" not in told, "no worker was there yet"
    worker.run_once(house.settings, house.database)
    assert figures_in(somebody.get("/metriche").text)["patto_worker_idle_seconds"] < 60


def test_several_processes_count_together(monkeypatch):
    cells = [0.0] * (2 * figures.ROW)
    for name in ("_cells", "_first"):
        monkeypatch.setattr(figures, name, getattr(figures, name))
    for row, status in ((0, 200), (1, 503)):
        figures.share(cells, row)
        figures.count(status, 0.2)
    told = figures_in("\n".join(figures.lines()))
    assert (told['patto_requests_total{status="2xx"}'], told['patto_requests_total{status="5xx"}']) == (1, 1)
    assert told['patto_request_seconds_bucket{le="0.1"}'] == 0 and told['patto_request_seconds_bucket{le="0.25"}'] == 2
    assert told["patto_request_seconds_sum"] == pytest.approx(0.4)


@pytest.mark.parametrize(("address", "headers", "code"), [
    ("127.0.0.1", {}, 200),
    ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
    ("203.0.113.9", {}, 403),
    ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}"}, 200),
    ("203.0.113.9", {"Authorization": "Bearer "}, 403),
    ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}è"}, 403),
])
def test_the_figures_are_for_this_machine_or_for_who_has_the_token(house, address, headers, code):
    app = create_app(replace(house.settings, metrics_token=TOKEN), database=house.database, registry=house.registry)
    asked = app.test_client().get("/metriche", environ_base={"REMOTE_ADDR": address}, headers=headers)
    assert asked.status_code == code


def test_without_a_token_nobody_elsewhere_has_one(house, somebody):
    asked = somebody.client.get("/metriche", environ_base={"REMOTE_ADDR": "203.0.113.9"},
                                headers={"Authorization": "Bearer "})
    assert asked.status_code == 403


# --- the log ----------------------------------------------------------------------------------------------


def test_the_log_of_answers_names_the_page_and_nobody(house: House, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(replace(house.settings, access_log="on"), database=house.database, registry=house.registry)
    inside = Person(app.test_client())
    with caplog.at_level(logging.INFO, "patto.answers"):
        inside.enter("direzione")
        inside.get(f"/admin/comuni/details/?id={house.id_of('dresano')}")
        inside.get("/admin/cerca/?q=Dresano")
        inside.get("/chi/sono/io")
    told = [re.sub(r"\d+ms", "_ms", record.getMessage()) for record in caplog.records if record.name == "patto.answers"]
    assert told == ["GET /accesso/entra 200 _ms", "POST /accesso/entra 302 _ms", "GET /admin/comuni/details/ 200 _ms",
                    "GET /admin/cerca/ 200 _ms", "GET - 404 _ms"]


def test_the_demo_keeps_its_terminal_quiet(house, somebody, caplog):
    with caplog.at_level(logging.INFO, "patto.answers"):
        somebody.get("/albo")
    assert not caplog.records
    assert replace(house.settings, mode="production").logs_access
