"""What starting costs: the command, the web application, the whole demo."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import median_seconds, row

HELP = ["-m", "admin.command.cli", "--help"]
CALC = ["-m", "admin.command.cli", "calc", "deadline", "--from", "2026-04-10", "--days", "30"]
# an installation keeps its compiled modules, whatever this shell does
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Time fresh processes: an empty Python is the unit."""
    with tempfile.TemporaryDirectory() as folder:
        python = _timed(["-c", "pass"])
        print("Starting, each in a process of its own")
        row("an empty Python", python)
        create = "from pathlib import Path; from core.ground.settings import Settings; " \
                 "from admin.app import create_app; " \
                 f"create_app(Settings(data_dir=Path({folder!r})))"
        alone = create.replace(")))", "), plugins=()))")
        for name, words in (
            ("patto --help (at most 8)", HELP),
            ("patto calc deadline (at most 8)", CALC),
            ("import core.models (every table)", ["-c", "import core.models"]),
            ("create_app()", ["-c", create]),
        ):
            seconds = _timed(words)
            row(name, seconds, seconds / python, "an empty Python")
        core, whole = (_timed(["-c", words]) for words in (alone, create))
        row("create_app() with all plugins (at most 1.2)", whole, whole / core, "the core alone")
        command = ["-m", "admin.command.cli", "demo", "--no-serve", "--json", "--data-dir"]
        fresh = iter(range(100))
        whole = median_seconds(lambda: _run([*command, str(Path(folder) / f"demo{next(fresh)}")]), runs=3)
        row("patto demo --no-serve, from an empty folder", whole, whole / 10, "the 10 s that were promised")


def _timed(words: list[str]) -> float:
    return median_seconds(lambda: _run(words))


def _run(words: list[str]) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True, env=SURROUNDINGS)


if __name__ == "__main__":
    main()
