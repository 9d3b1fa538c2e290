"""A plugin that cannot be loaded: a sentence while we develop, contained in production. Data outlive it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalogue import sheets
from core.catalogue.rules import plugin_findings
from core.documents.blocks import KeyValues
from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from core.plugins import loading as registry
from core.plugins.hookspecs import PluginDescription
from core.plugins.schema import FieldType, SheetField, SheetSchema
from tests.unit.catalogue.making import sheet

PACKAGE = Path(__file__).parent / "broken"
ENABLED = ("access_desk", "patto_broken", "neutral_space")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broken package, installed as other people's plugins are."""
    monkeypatch.syspath_prepend(str(PACKAGE))


def production() -> Settings:
    return Settings(mode="production", secret_key="x" * 40, plugins=ENABLED)


def test_it_is_found_among_the_installed_plugins() -> None:
    assert "patto_broken" in registry.known()


def test_while_we_develop_it_stops_everything_with_its_name_and_reason() -> None:
    with pytest.raises(RuleBroken) as caught:
        registry.load(Settings(plugins=ENABLED))
    assert "«patto_broken»" in str(caught.value)
    assert "manca il file delle tariffe" in str(caught.value)


def test_in_production_it_is_set_aside_and_the_others_load(caplog: pytest.LogCaptureFixture) -> None:
    loaded = registry.load(production())
    assert sorted(loaded.plugins) == ["access_desk", "neutral_space"]
    assert loaded.broken == {"patto_broken": "LookupError: manca il file delle tariffe"}
    assert "patto_broken" in caplog.text


def test_its_sheet_stays_readable_and_says_that_the_plugin_is_missing() -> None:
    loaded = registry.load(production())
    schema = SheetSchema((SheetField("hours", "Ore alla settimana", FieldType.DECIMAL),))
    plugin = PluginDescription("patto_broken", "Guasto", ("minors",), "1.0", sheet=schema)
    orphan = sheet(plugin="patto_broken", **sheets.kept(plugin, {"hours": "12,5"}))
    assert KeyValues((("Ore alla settimana", "12,5"),)) in sheets.blocks_of(orphan, loaded.get("patto_broken"))
    [remark] = plugin_findings(orphan, loaded.get("patto_broken"))
    assert "Plugin non caricato" in str(remark)


@pytest.mark.parametrize("mode", ["demo", "production"])
def test_an_unknown_name_is_refused_everywhere_with_the_names_that_exist(mode: str) -> None:
    settings = Settings(mode=mode, secret_key="x" * 40, plugins=("acces_desk",))
    with pytest.raises(RuleBroken, match="«acces_desk» non esiste") as caught:
        registry.load(settings)
    assert "access_desk" in str(caught.value)
