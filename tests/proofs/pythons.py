"""The Pythons of this machine that the README promises, each with the libraries of the program installed beside it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

from core.ground.paths import ROOT

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
MAKING_SECONDS = 600


@cache
def found() -> dict[str, Path]:
    """The interpreter of each supported version that is here: this one, on the path, or under pyenv."""
    here = {version: _first(version) for version in SUPPORTED}
    return {version: python for version, python in here.items() if python}


def _first(version: str) -> Path | None:
    if version == _version(Path(sys.executable)):
        return Path(sys.executable)
    on_path = shutil.which(f"python{version}")
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    candidates = [*([Path(on_path)] if on_path else []), *pyenv]
    return next((python for python in candidates if _version(python) == version), None)


def _version(python: Path) -> str:
    """What an interpreter says that it is; nothing, for a door with nobody behind it."""
    asked = [python, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def equipped(version: str) -> str:
    """An interpreter of ``version`` with what the Makefile installs: made once on a machine, and kept."""
    python = found()[version]
    if str(python) == sys.executable:
        return sys.executable
    wanted = ROOT / "requirements.lock"
    fingerprint = hashlib.sha256(f"{python} {ROOT} {wanted.read_text()}".encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"patto-python-{version}-{fingerprint}"
    made, ready = folder / "bin" / "python", folder / "ready"
    with FileLock(f"{folder}.lock"):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run(python, "-m", "venv", folder)
            _run(made, *INSTALL, "--requirement", wanted)
            _run(made, *INSTALL, "--no-deps", "--editable", ROOT)
            ready.touch()
    return str(made)


def _run(*words: str | Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, timeout=MAKING_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
