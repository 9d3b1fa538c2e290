"""What an installation is made of (``deploy/``) agrees with the program: commands, settings, units, containers."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from admin.command import cli
from core.ground.paths import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
PROGRAM = "/opt/patto/.venv/bin/patto"
OF_COMPOSE = {"PATTO_HOST"}  # the name of the server, of which compose makes the public address
HARDENING = re.compile(r"^((?:Protect|Private|Restrict|NoNew|Lock|System|Capability)\w+=.*)$", re.M)


def started(unit: Path) -> list[str]:
    """The words that a unit starts the program with."""
    [line] = re.findall(rf"^ExecStart={PROGRAM} (.*)$", unit.read_text("utf-8"), re.M)
    return shlex.split(line)


def of_the_image(instruction: str) -> list[str]:
    """The words of ENTRYPOINT or CMD."""
    [line] = re.findall(rf"^{instruction} (\[.*\])$", CONTAINERFILE, re.M)
    words: list[str] = json.loads(line)
    return words


COMMANDS = [*map(started, UNITS), of_the_image("CMD"),
            *(service["command"] for service in COMPOSE["services"].values() if "command" in service)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_is_started_is_a_command_of_the_program(words: list[str]) -> None:
    assert callable(cli._parser().parse_args(words).run)


def test_the_image_starts_the_program() -> None:
    assert of_the_image("ENTRYPOINT") == ["patto"]


@pytest.mark.parametrize("name", ["patto.env", "compose.yml", "Containerfile"])
def test_every_setting_is_one_that_the_program_reads(name: str) -> None:
    read = set(re.findall(r'"(PATTO_\w+)"', (ROOT / "core/ground/settings.py").read_text("utf-8")))
    written = set(re.findall(r"\bPATTO_[A-Z_]+\b", (DEPLOY / name).read_text("utf-8")))
    assert written - read - OF_COMPOSE == set()


def test_the_units_are_closed_alike() -> None:
    web, *others = ({*HARDENING.findall(unit.read_text("utf-8"))} for unit in UNITS)
    assert len(web) > 15 and all(one == web for one in others)


def test_systemd_finds_nothing_to_say_of_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here: nobody reads the units")
    for unit in (DEPLOY / "systemd").glob("*.[st]*"):
        said = unit.read_text("utf-8").replace(PROGRAM, "/bin/true").replace("=/opt/patto", "=/tmp")
        (tmp_path / unit.name).write_text(said)
    assert verified(tmp_path) == ""
    with (tmp_path / UNITS[0].name).open("a") as unit:
        unit.write("[Service]\nProtectHoem=yes\n")
    assert "ProtectHoem" in verified(tmp_path)


def verified(folder: Path) -> str:
    """What systemd says of the units of a folder: it ends well after a key that it does not know."""
    units = sorted(str(path) for path in folder.iterdir())
    asked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    return asked.stderr + ("" if asked.returncode == 0 else f"exit {asked.returncode}")


def test_compose_waits_for_what_it_names() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        assert {*service.get("depends_on", ())} <= {*services}
        named = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(("/", "."))}
        assert named <= {*COMPOSE["volumes"]}
    assert "--host" in services["database"]["healthcheck"]["test"], "on its socket it answers before it is made"


@pytest.mark.skipif(os.name != "posix", reason="a shell script of the server")
def test_a_setting_given_before_the_command_wins(tmp_path: Path) -> None:
    settings = tmp_path / "patto.env"
    settings.write_text("PATTO_DATA_DIR='/var/lib/patto'\nPATTO_MODE='production'\nPATTO_DATABASE_URL='postgresql:///x'\n")
    script = (DEPLOY / "patto-admin").read_text("utf-8").replace("/etc/patto/patto.env", str(settings))
    script = script.replace("cd /opt/patto", "").replace(f"exec runuser -u patto -- {PROGRAM}", "exec env")
    given = {"PATH": os.environ["PATH"], "PATTO_DATA_DIR": "/srv/a drill's 'place'", "PATTO_DATABASE_URL": ""}
    told = subprocess.run(["sh", "-c", script], env=given, capture_output=True, text=True, check=True)
    assert {"PATTO_DATA_DIR=/srv/a drill's 'place'", "PATTO_DATABASE_URL=", "PATTO_MODE=production"} <= {
        *told.stdout.splitlines()}
