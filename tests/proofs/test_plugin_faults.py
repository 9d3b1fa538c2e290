"""Every fault of a plugin that we know, against a production house: the core works, no row is lost, each is named.

The controls take the containment away: then each of them stops what it is contained in.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from admin.app import create_app
from admin.command import worker
from admin.guard import contained
from core.catalogue import sheets
from core.catalogue.rules import plugin_findings
from core.contracts.operations import find_drafts, generate_document
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.paths import ROOT
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins import asking, faults, loading
from core.plugins import tables as plugin_tables
from core.plugins.loading import Registry
from core.plugins.model import PluginFault
from core.users.model import User
from core.users.operations import invite
from migrations import runner
from tests.district import District
from tests.proofs.plugin_faults import FAULTS, code_of, write
from tests.unit.catalogue import making

Figure = Callable[[str, str], None]
PAGES = ("/admin/", "/admin/contratti/", "/admin/schede/", "/admin/servizi/", "/admin/cerca/?q=melegnano",
         "/admin/plugin/", "/admin/sistema/", "/admin/pagine/", "/admin/rate/", "/albo/", "/admin/voucher/uso/")
AT = {name: fault.at for name, fault in FAULTS.items()}
STOPS_AT_LOAD = [name for name, at in AT.items() if at == "load"]
NOT_HERE = {"ends_the_process", "hangs"}  # their controls are processes of their own


@pytest.fixture
def backend() -> str:
    """One engine: the faults are Python's."""
    return "sqlite"


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for installed packages; what was imported of them goes afterwards."""
    place = tmp_path / "packages"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    asking.untold()
    monkeypatch.setattr(contained, "PAGE_SECONDS", 1)
    monkeypatch.setattr(loading, "SECONDS", 1)
    monkeypatch.setattr(asking, "GRACE_SECONDS", 0.2)
    yield place
    for name in [name for name in sys.modules if name.startswith("guasto_")]:
        plugin_tables.forget(name.partition(".")[0], name.partition(".")[0])
    asking.untold()


def rows(database: Database) -> dict[str, int]:
    with database.reading.connect() as connection:
        written_by_themselves = {"plugin_fault", "audit_entry", "audit_seal", "lease", "idempotency_key"}
        names = {name for name in inspect(connection).get_table_names()
                 if name not in written_by_themselves and "_words" not in name}  # the search's own
        return {name: connection.scalar(select(func.count()).select_from(text(f'"{name}"'))) or 0 for name in names}


def serving(database: Database, settings: Settings, registry: Registry) -> tuple[Flask, Any]:
    """The house in production, and the director at the door."""
    app = create_app(settings, database=database, registry=registry)
    contained.compile_pages(app)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with unit_of_work(database, system("prova"), act="prova") as session:
        if session.scalar(select(User.id).where(User.email == "direzione@prova.example")) is None:
            invite(session, email="direzione@prova.example", name="Direzione", roles=[Role.MANAGEMENT,
                                                                                      Role.ADMINISTRATOR])
    with ScopedSession(database, system("prova")) as session, \
            client.session_transaction(base_url="https://localhost") as cookie:
        mark = session.scalars(select(User.fs_uniquifier).where(User.email == "direzione@prova.example")).one()
        cookie.update({"_user_id": mark, "_fresh": True})
    return app, client


def work_of_the_core(database: Database, settings: Settings, registry: Registry, client: Any) -> dict[str, Any]:
    """What an office does in a day: each piece with what came of it."""
    done: dict[str, Any] = {page: client.get(page, base_url="https://localhost").status_code for page in PAGES}
    with ScopedSession(database, system("prova")) as session:
        [(contract, _code), *_rest] = find_drafts(session, [])
    with unit_of_work(database, system("prova"), act="prova") as session:
        done["document"] = generate_document(session, contract, registry=registry, today=date(2026, 2, 12)).id > 0
    done["night"] = worker.run_once(settings, database)
    return done


def test_no_fault_of_a_plugin_stops_the_house(district: District, packages: Path, figure: Figure,
                                              ) -> None:
    database = district.database
    codes = write(packages, list(FAULTS))
    settings = Settings(mode="production", secret_key="x" * 40, data_dir=district.folder, database_url=database.url,
                        plugins=(*loading.in_tree(), *codes), today=None)
    plain = loading.load(settings.with_options(plugins=tuple(loading.in_tree())))
    wanted = work_of_the_core(database, settings, plain, serving(database, settings, plain)[1])
    before = rows(database)

    late = tuple(code_of(name) for name, at in AT.items() if at == "standing")
    upgraded = runner.upgrade(database, loading.load(settings.with_options(
        plugins=tuple(code for code in settings.plugins or () if code not in late))))
    registry = loading.standing(loading.settled(loading.load(settings)), database)
    named = {**registry.broken, **upgraded.broken}
    _app, client = serving(database, settings, registry)
    assert {code: registry.broken[code] for code in loading.in_tree() if code in registry.broken} == {}
    assert work_of_the_core(database, settings, registry, client) == wanted
    for name, fault in FAULTS.items():
        if fault.at == "page":
            assert client.get(f"/admin/{code_of(name)}/", base_url="https://localhost").status_code == 500, name
        if fault.at == "answer":
            ask(name, fault.hook, registry)
    faults.keep(database)
    after = rows(database)
    assert {name: count for name, count in before.items() if after[name] < count} == {}
    with ScopedSession(database, system("prova")) as session:
        kept = {(fault.plugin, fault.hook): fault for fault in session.scalars(select(PluginFault))}
    for name, fault in FAULTS.items():
        code = code_of(name)
        told = [named.get(code, "")] if fault.at in ("load", "standing", "upgrade") else [
            one.message for (plugin, hook), one in kept.items()
            if plugin == code and hook == (fault.hook.replace("{module}", code) or contained.HOOK)]
        assert any(fault.says in one for one in told), (name, told)
        assert any(plugin == code for plugin, _hook in kept), name
    page = client.get("/admin/plugin/", base_url="https://localhost").text
    assert [name for name in FAULTS if code_of(name) not in page] == []
    figure("guasti dei plugin", f"{len(FAULTS)} guasti, 0 operazioni del nucleo perse, 0 righe perse, tutti nominati")


def ask(name: str, hook: str, registry: Registry) -> None:
    """What the core asks of a plugin that breaks off: it gets a remark, or a refusal in words."""
    code = code_of(name)
    plugin = registry.plugins[code].description
    if hook == "check":
        [remark] = plugin_findings(making.sheet(plugin=code, **sheets.kept(plugin, {})), plugin)
        assert code in str(remark)
        return
    with pytest.raises(RuleBroken, match=code):
        if hook == "blocks":
            sheets.blocks_of(making.sheet(plugin=code, **sheets.kept(plugin, {})), plugin)
        else:
            sheets.measures(plugin.sheet, {}, plugin)


# --- controls ---------------------------------------------------------------------------------------------


def raw(plugin: str, hook: str, question: Callable[[], Any], **_about: Any) -> Any:
    """An answer as it was asked once."""
    return question()


@pytest.mark.parametrize("name", [name for name in STOPS_AT_LOAD if name not in NOT_HERE])
def test_without_containment_it_stops_the_start(packages: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = write(packages, [name])
    with pytest.raises((RuleBroken, SystemExit, Exception)):
        loading.settled(loading.load(Settings(plugins=codes)))


@pytest.mark.parametrize("name", sorted(NOT_HERE))
def test_without_containment_it_takes_the_process_with_it(packages: Path, name: str) -> None:
    [code] = write(packages, [name])
    words = f"import sys; sys.path.insert(0, {str(packages)!r}); import {code}; print('vivo')"
    try:
        ran = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, timeout=5, check=False)
    except subprocess.TimeoutExpired:
        return
    assert ran.returncode != 0 and b"vivo" not in ran.stdout


@pytest.mark.parametrize("name", [name for name, at in AT.items() if at == "pages"])
def test_without_containment_its_pages_stop_the_application(district: District, packages: Path, name: str) -> None:
    codes = write(packages, [name])
    settings = Settings(data_dir=district.folder, database_url=district.database.url, plugins=codes)
    with pytest.raises((RuleBroken, SystemExit)):
        create_app(settings, database=district.database, registry=loading.load(settings))


@pytest.mark.parametrize("name", [name for name, at in AT.items() if at == "answer" and name != "hangs_on_a_sheet"])
def test_without_containment_its_answer_is_an_error_of_the_program(packages: Path, name: str,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    codes = write(packages, [name])
    registry = loading.load(Settings(plugins=codes))
    monkeypatch.setattr(sheets, "ask", raw)
    with pytest.raises((Exception, SystemExit)) as caught:
        ask(name, FAULTS[name].hook, registry)
    assert not isinstance(caught.value, RuleBroken)


def test_without_containment_a_sheet_waits_for_ever(packages: Path) -> None:
    [code] = write(packages, ["hangs_on_a_sheet"])
    plugin = loading.load(Settings(plugins=(code,))).plugins[code].description
    waiting = threading.Thread(target=plugin.check, args=({},), daemon=True)
    waiting.start()
    waiting.join(1)
    assert waiting.is_alive()
    asking._leave(waiting, None)
