"""The page that teaches how a plugin is made: its example runs, and it leaves nothing of the interface out."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

import admin.plugin_api
import core.plugin_api
from core.catalogue import plugin_contract, sheets
from core.documents.blocks import KeyValues, Table
from core.ground.errors import RuleBroken
from core.ground.paths import ROOT
from core.ground.settings import Settings
from core.plugins import columns
from core.plugins import loading as registry
from core.plugins.described import NAMES, PLUGIN
from core.plugins.hookspecs import PluginDescription, PluginSpec
from core.plugins.schema import FieldType
from tests.unit.catalogue.making import sheet

PAGE = (ROOT / "docs" / "plugins.md").read_text()
FILE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the examples of the page to files, and install them."""
    for name, text in FILE.findall(PAGE):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]
    about = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    [(group, entries)] = project["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> registry.LoadedPlugin:
    """The first example of the page."""
    installed(tmp_path, monkeypatch)
    return registry.load(Settings(plugins=("meal_delivery",))).plugins["meal_delivery"]


def test_the_example_keeps_the_contract(example: registry.LoadedPlugin) -> None:
    assert plugin_contract.check(example) == []


def test_the_example_checks_refuses_and_prints(example: registry.LoadedPlugin) -> None:
    plugin = example.description
    empty = sheets.typed(plugin.sheet, {})
    assert [str(remark) for remark in plugin.sheet.remarks(empty)] == ["Mancano le tariffe dei pasti."]
    falling = {"tariffs": ({"band": "A", "price": Decimal(6)}, {"band": "B", "price": Decimal(3)})}
    assert [str(remark) for remark in plugin.check(falling)] == ["I prezzi scendono da una fascia all'altra."]
    with pytest.raises(RuleBroken, match="Pasti al giorno"):
        sheets.clean(plugin.sheet, {"meals_a_day": 0})
    data = {"meals_a_day": "80", "tariffs": [{"band": "Intera", "price": "6,50"}]}
    blocks = sheets.blocks_of(sheet(plugin="meal_delivery", **sheets.kept(plugin, data)), plugin)
    assert KeyValues((("Pasti al giorno", "80"),)) in blocks
    assert Table(("Fascia", "Prezzo di un pasto"), (("Intera", "€ 6,50"),)) in blocks
    assert ("Capacità", "Ogni giorno si consegnano almeno venti pasti.", "almeno 20",
            "Pasti al giorno: 80 pasti, promessa mantenuta") in blocks[-1].rows


@pytest.mark.parametrize(("facade", "below"), [(core.plugin_api, "From `core.plugin_api`"),
                                               (admin.plugin_api, "From `admin.plugin_api`")])
def test_every_name_of_a_facade_is_listed_and_explained(facade: ModuleType, below: str) -> None:
    """Once, in a row that says what it is; and the list has no name that is not there."""
    listed = PAGE.split(below)[1].split("\nFrom ")[0].split("\n## ")[0]
    rows = [row.strip("| ").split(" | ", 1) for row in listed.splitlines() if row.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(names) == sorted(facade.__all__)
    assert all(len(explained.split()) > 2 for _names, explained in rows)


def test_no_example_of_the_page_is_longer_than_sixty_lines() -> None:
    assert {name: lines for name, text in FILE.findall(PAGE) if (lines := len(text.splitlines())) > 60} == {}


@pytest.mark.parametrize("name", [
    *(kind.value for kind in FieldType),
    *(column.name for sheet in (PLUGIN, NAMES, *columns.SHEETS) for column in sheet.columns),
    *(field.name for field in dataclasses.fields(PluginDescription)),
    *(hook for hook in vars(PluginSpec) if hook.startswith("patto_")),
])
def test_the_page_explains_every_part_of_the_interface(name: str) -> None:
    assert re.search(rf"\b{name}\b", PAGE)
