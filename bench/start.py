"""What starting costs: the command, the web application, the whole demo."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import median_seconds, row


def main() -> None:
    """Time fresh processes: an empty Python is the unit."""
    with tempfile.TemporaryDirectory() as folder:
        python = _timed("pass")
        print("Starting, each in a process of its own")
        row("an empty Python", python)
        create = "from pathlib import Path; from core.ground.settings import Settings; " \
                 "from admin.app import create_app; " \
                 f"create_app(Settings(data_dir=Path({folder!r})))"
        for name, code in (
            ("import core.models (every table)", "import core.models"),
            ("import admin.command.cli (the command)", "import admin.command.cli"),
            ("import admin.app", "import admin.app"),
            ("create_app()", create),
        ):
            seconds = _timed(code)
            row(name, seconds, seconds / python, "an empty Python")
        command = [sys.executable, "-m", "admin.command.cli", "demo", "--no-serve", "--json", "--data-dir"]
        fresh = iter(range(100))
        whole = median_seconds(lambda: _run([*command, str(Path(folder) / f"demo{next(fresh)}")]), runs=3)
        row("patto demo --no-serve, from an empty folder", whole, whole / 10, "the 10 s that were promised")


def _timed(code: str) -> float:
    return median_seconds(lambda: _run([sys.executable, "-c", code]))


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
