"""``publiccode.yml`` says what the standard asks (0.7), and agrees with what the project says of itself elsewhere."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from core.ground.paths import ROOT
from core.ground.settings import LANGUAGES

Said = dict[str, Any]
SAID: Said = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# What only who publishes the program can say: where it lies, and which person answers for it. Until then the file has
# neither, and is not yet what a catalogue takes; an invented address or name would be worse. The day both are there,
# this is emptied.
UNPUBLISHED = {"url", "maintenance/contacts"}

REQUIRED = {"publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType",
            "description", "legal", "maintenance", "localisation"}
OPTIONAL = {"applicationSuite", "landingURL", "isBasedOn", "organizationUri", "softwareVersion", "releaseDate", "logo",
            "usedBy", "roadmap", "intendedAudience", "dependsOn"}
OF_A_LANGUAGE = {"localisedName", "shortDescription", "longDescription", "documentation", "apiDocumentation",
                 "features", "screenshots", "videos", "awards"}
STATUSES = {"concept", "development", "beta", "stable", "obsolete"}
ANSWERS_FOR_IT = {"internal": "contacts", "community": "contacts", "contract": "contractors", "none": ""}
# of the hundred that the standard knows, those that are ours
CATEGORIES = {"document-management", "billing-and-invoicing", "compliance-management", "workflow-management"}
SHORT, LONG = 150, (150, 10_000)
INVENTED = ("example.org", "example.com", "example.net", "localhost")


def lacking(said: Said) -> Iterator[str]:
    """The keys that the standard asks for and ``said`` has not."""
    yield from REQUIRED - said.keys()
    wanted = ANSWERS_FOR_IT[said["maintenance"]["type"]]
    if wanted and not said["maintenance"].get(wanted):
        yield f"maintenance/{wanted}"


def wrong(said: Said) -> Iterator[str]:
    """The keys whose value the standard does not take, and those that it does not know, or no longer wants."""
    yield from said.keys() - REQUIRED - OPTIONAL
    address = urlsplit(said.get("url", "https://patto.it/"))
    if address.scheme != "https" or not address.hostname or address.hostname.endswith(INVENTED):
        yield "url"
    taken = {"publiccodeYmlVersion": {"0.7"}, "developmentStatus": STATUSES, "softwareType": {"standalone/web"}}
    yield from (key for key, values in taken.items() if said[key] not in values)
    if not said["categories"] or not {*said["categories"]} <= CATEGORIES:
        yield "categories"
    people = [contact["name"] for contact in said["maintenance"].get("contacts", ())]
    if any(" " not in name or "Patto" in name for name in people):  # a person, no office and no mailbox
        yield "maintenance/contacts"
    for language, words in said["description"].items():
        yield from (f"description/{language}/{key}" for key in words.keys() - OF_A_LANGUAGE)
        if not words["shortDescription"] or len(words["shortDescription"]) > SHORT:
            yield f"description/{language}/shortDescription"
        if not LONG[0] <= len(words["longDescription"]) <= LONG[1]:
            yield f"description/{language}/longDescription"
        if not words["features"]:
            yield f"description/{language}/features"


def test_it_lacks_what_only_who_publishes_can_say_and_nothing_else() -> None:
    assert {*lacking(SAID)} == UNPUBLISHED
    assert list(wrong(SAID)) == []


def test_it_agrees_with_the_project() -> None:
    assert SAID["legal"]["license"] == PROJECT["license"]
    assert SAID["softwareVersion"] == PROJECT["version"]
    assert SAID["name"].lower() == PROJECT["name"]
    assert SAID["localisation"] == {"localisationReady": True, "availableLanguages": list(LANGUAGES)}
    assert set(SAID["description"]) == set(LANGUAGES)


@pytest.mark.parametrize(("spoil", "told"), [
    (lambda said: said.update(url="https://example.org/patto.git"), "url"),
    (lambda said: said.update(url="git@patto.it:patto"), "url"),
    (lambda said: said.update(licence="EUPL-1.2"), "licence"),
    (lambda said: said.update(categories=["contracts"]), "categories"),
    (lambda said: said.update(developmentStatus="alpha"), "developmentStatus"),
    (lambda said: said["maintenance"].update(contacts=[{"name": "Chi mantiene Patto"}]), "maintenance/contacts"),
    (lambda said: said["description"]["it"].update(genericName="Contratti"), "description/it/genericName"),
    (lambda said: said["description"]["en"].update(shortDescription="x" * 151), "description/en/shortDescription"),
    (lambda said: said["description"]["it"].update(longDescription="Corta."), "description/it/longDescription"),
], ids=lambda one: one if isinstance(one, str) else "")
def test_what_the_standard_does_not_take_is_found(spoil: Callable[[Said], None], told: str) -> None:
    said = copy.deepcopy(SAID)
    spoil(said)
    assert list(wrong(said)) == [told]


@pytest.mark.parametrize("key", sorted(REQUIRED - UNPUBLISHED - {"maintenance"}))
def test_what_is_taken_away_is_missed(key: str) -> None:
    assert key in {*lacking({name: value for name, value in SAID.items() if name != key})}
