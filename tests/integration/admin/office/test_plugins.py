"""The page of the plugins: what each is and keeps, what went wrong in it, and in use or not, without a restart."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalogue.plugin_setups import plugin_settings
from core.ground.access import ScopedSession, system
from core.plugins import asking, faults
from core.plugins.model import PluginFault, PluginSetup
from core.plugins.schema import FieldType, SheetField
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

VOUCHERS = "codice=home_care_vouchers"


def test_the_list_says_of_each_plugin_its_state_and_its_service(house: House, person: Enter) -> None:
    words = person("sistema").read("/admin/plugin/")
    assert "Voucher" in words and "home_care_vouchers" in words and "Attivo" in words
    assert "PATTO_PLUGINS" in words


def test_a_record_counts_the_rows_and_names_measures_and_pages(house: House, person: Enter) -> None:
    words = person("direzione").read(f"/admin/plugin/scheda/?{VOUCHERS}")
    assert "home_care_vouchers_usage" not in words
    assert words.count("Uso dei voucher") >= 2 and "Nessun errore" in words  # its page, and the table behind it


@pytest.mark.parametrize("name", ["contabilita", "dresano"])
def test_others_do_not_open_it(house: House, person: Enter, name: str) -> None:
    assert person(name).get("/admin/plugin/").status_code == 403


def test_the_auditor_reads_and_changes_nothing(house: House, person: Enter) -> None:
    auditor = person("revisore")
    assert "Stacca" not in auditor.read(f"/admin/plugin/scheda/?{VOUCHERS}")
    assert auditor.get(f"/admin/plugin/stacca/?{VOUCHERS}").status_code == 403


def test_detached_its_pages_and_measures_are_gone_and_attached_again_everything_is_there(
        house: House, person: Enter) -> None:
    manager = person("direzione")
    assert "Uso dei voucher" in manager.read("/admin/voucher/uso/")
    assert "Stacca «Voucher per" in manager.read(f"/admin/plugin/stacca/?{VOUCHERS}")
    manager.post(f"/admin/plugin/stacca/?{VOUCHERS}", page=f"/admin/plugin/stacca/?{VOUCHERS}")
    assert "Staccato" in manager.read(f"/admin/plugin/scheda/?{VOUCHERS}")
    assert manager.get("/admin/voucher/uso/").status_code == 404
    assert house.registry.get("home_care_vouchers") is None and "home_care_vouchers" in house.registry.plugins
    with ScopedSession(house.database, system("prova")) as session:
        assert session.scalars(select(PluginSetup.attached)).all() == [False]
    manager.post(f"/admin/plugin/attacca/?{VOUCHERS}", {"service": "home_care_vouchers"},
                 page=f"/admin/plugin/attacca/?{VOUCHERS}")
    assert "Uso dei voucher" in manager.read("/admin/voucher/uso/")


def test_a_service_has_one_plugin(house: House, person: Enter) -> None:
    manager = person("direzione")
    address = "/admin/plugin/attacca/?codice=neutral_space"
    manager.post(address, {"service": "access_desk"}, page=address)
    assert "«Segretariato sociale» ha già il plugin «Segretariato sociale»: staccare prima quello" in manager.text()
    manager.post(address, {"service": ""}, page=address)
    assert "Servizio: Scegliere una voce dell'elenco" in manager.text()


def test_another_process_decides_and_this_one_sees_it(house: House, person: Enter) -> None:
    assert house.registry.get("neutral_space") is not None
    with ScopedSession(house.database, system("prova"), writing=True) as session:
        session.add(PluginSetup(code="neutral_space", service=None, attached=False, settings={}))
        session.commit()
    house.app.extensions["patto"].looked_at = time.monotonic() - 6  # seconds that went by
    assert house.registry.get("neutral_space") is None


def test_what_went_wrong_stands_on_the_page_with_what_was_asked_and_where(house: House, person: Enter) -> None:
    def breaks() -> Decimal:
        return Decimal(1) / 0

    asking.ask_or("home_care_vouchers", "computed.hours", breaks, None, strict=False)
    asking.ask_or("home_care_vouchers", "computed.hours", breaks, None, strict=False)
    faults.keep(house.database)
    manager = person("direzione")
    words = manager.read(f"/admin/plugin/scheda/?{VOUCHERS}")
    assert "computed.hours" in words and "DivisionByZero" in words and "test_plugins.py:" in words
    assert "DivisionByZero" in manager.read("/admin/plugin/")
    manager.post(f"/admin/plugin/letti/?{VOUCHERS}", page=f"/admin/plugin/scheda/?{VOUCHERS}")
    with ScopedSession(house.database, system("prova")) as session:
        assert session.scalars(select(PluginFault)).all() == []


def test_settings_are_filled_in_refused_in_words_and_read_by_the_plugin(house: House, person: Enter,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    fields = (SheetField("hours", "Ore al mese", FieldType.INTEGER, minimum=1),
              SheetField("note", "Nota", FieldType.TEXT))
    wired = house.app.extensions["patto"]
    plugin = wired.loaded.plugins["neutral_space"]
    asks = replace(plugin, description=replace(plugin.description, settings=fields))
    monkeypatch.setattr(wired, "loaded", replace(wired.loaded, plugins={**wired.loaded.plugins,
                                                                        "neutral_space": asks}))
    manager, address = person("direzione"), "/admin/plugin/impostazioni/?codice=neutral_space"
    manager.post(address, {"hours": "0", "note": "molte"}, page=address)
    assert "Ore al mese" in manager.text() and 'value="molte"' in manager.page
    manager.post(address, {"hours": "12", "note": "bastano"}, page=address)
    assert "12" in manager.read("/admin/plugin/scheda/?codice=neutral_space")
    with ScopedSession(house.database, system("prova")) as session:
        assert plugin_settings(session, "neutral_space", fields) == {"hours": 12, "note": "bastano"}
        assert plugin_settings(session, "access_desk", fields) == {"hours": None, "note": None}
