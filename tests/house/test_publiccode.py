"""``publiccode.yml`` says what the standard asks (0.7), and agrees with what the project says of itself elsewhere."""

from __future__ import annotations

import tomllib
from typing import Any

import yaml

from core.ground.paths import ROOT
from core.ground.settings import LANGUAGES

SAID: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REQUIRED = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description",
            "legal", "maintenance", "localisation"}
UNPUBLISHED = {"url"}  # there is no public repository yet; the day it is published the key comes, and this goes
STATUSES = {"concept", "development", "beta", "stable", "obsolete"}
SHORT, LONG = 150, (150, 10_000)


def test_every_key_that_the_standard_asks_is_there() -> None:
    assert SAID["publiccodeYmlVersion"] == "0.7"
    assert REQUIRED - set(SAID) == UNPUBLISHED, "«url» is the public address of the repository, never an invented one"
    assert SAID["developmentStatus"] in STATUSES
    assert SAID["softwareType"] == "standalone/web"
    assert SAID["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert all(contact["name"] for contact in SAID["maintenance"]["contacts"])


def test_it_agrees_with_the_project() -> None:
    assert SAID["legal"]["license"] == PROJECT["license"]
    assert SAID["softwareVersion"] == PROJECT["version"]
    assert SAID["name"].lower() == PROJECT["name"]
    assert SAID["localisation"] == {"localisationReady": True, "availableLanguages": list(LANGUAGES)}


def test_the_descriptions_have_the_lengths_of_the_standard() -> None:
    assert set(SAID["description"]) == set(LANGUAGES)
    for words in SAID["description"].values():
        assert len(words["shortDescription"]) <= SHORT
        assert LONG[0] <= len(words["longDescription"]) <= LONG[1]
        assert words["features"]
