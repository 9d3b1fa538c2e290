"""Plugins: asked once, strict while we develop, contained where people work."""

import subprocess
import sys
from types import ModuleType

import pytest

from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from core.plugins import loading as registry
from core.plugins.hookspecs import PluginDescription, hookimpl
from core.plugins.schema import FieldType, SheetField, SheetSchema

STRICT = Settings(plugins=("laundry", "neutral_space"))
PRODUCTION = Settings(mode="production", secret_key="k", plugins=("laundry", "neutral_space"))


def plugin(code="laundry", **fields):
    """A module that describes itself as one service."""
    description = PluginDescription(**{"code": code, "title": "Lavanderia", "sectors": ("inclusion",), "version": "1.0",
                                       **fields})
    module = ModuleType("scratch_plugin")
    module.__file__ = __file__
    module.patto_service = hookimpl(lambda: description)
    return module


@pytest.fixture
def installed(monkeypatch):
    """``installed(module)`` makes a module the plugin ``laundry``, beside those of this checkout."""
    place, imported = registry._place, registry._imported

    def install(module):
        monkeypatch.setattr(registry, "_place", lambda name: "laundry" if name == "laundry" else place(name))
        monkeypatch.setattr(registry, "_imported", lambda at: module if at == "laundry" else imported(at))

    return install


def test_a_plugin_answers_with_its_description(installed):
    installed(plugin())
    loaded = registry.load(STRICT)
    assert loaded.get("laundry").title == "Lavanderia"
    assert [p.description.code for p in loaded] == ["laundry", "neutral_space"]


def test_a_service_without_a_plugin_runs_on_the_plain_sheet():
    assert registry.load(Settings(plugins=())).get("legal_protection") is None


def test_all_plugins_of_this_checkout_are_enabled_unless_somebody_chooses():
    assert list(registry.load(Settings()).plugins) == registry.in_tree()


def explode():
    raise OSError("disco pieno")


def silent():
    return ModuleType("silent_plugin")


two_fields = SheetSchema(fields=(SheetField("a", "A", FieldType.TEXT), SheetField("a", "B", FieldType.TEXT)))
BROKEN = {
    "it raises": lambda: _with_hook(explode),
    "it answers with something else": lambda: _with_hook(lambda: {"code": "laundry"}),
    "it does not answer": silent,
    "it speaks another version": lambda: plugin(api=99),
    "its two names differ": lambda: plugin(code="washing"),
    "two of its fields have one name": lambda: plugin(sheet=two_fields),
    "its tables cannot be imported": lambda: plugin(models="model"),
}


def _with_hook(hook):
    module = plugin()
    module.patto_service = hookimpl(hook)
    return module


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_plugin_stops_everything_while_we_develop(how, installed):
    installed(BROKEN[how]())
    with pytest.raises(RuleBroken, match="laundry"):
        registry.load(STRICT)


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_plugin_is_set_aside_and_named_in_production(how, installed, caplog):
    installed(BROKEN[how]())
    loaded = registry.load(PRODUCTION)
    assert list(loaded.plugins) == ["neutral_space"]
    assert loaded.broken["laundry"]
    assert "plugin laundry, patto_service" in caplog.text


@pytest.mark.parametrize("settings", [STRICT, PRODUCTION])
def test_an_unknown_plugin_is_always_refused_with_the_names_that_exist(settings):
    with pytest.raises(RuleBroken, match=r"«laundry» non esiste: i plugin disponibili sono .*neutral_space"):
        registry.load(settings)


def test_loading_describes_and_does_not_open_the_web_part():
    probe = (
        "import sys; from core import models; from core.plugins import loading;"
        "from core.ground.settings import Settings;"
        "loading.load(Settings());"
        "print([name for name in sys.modules if name.split('.')[0] in ('flask', 'admin', 'wtforms')])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
