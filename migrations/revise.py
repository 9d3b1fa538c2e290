"""``make revision SAYS="..."``: the next migration, from what the model has and the migrated tables have not."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import core.registrations  # noqa: F401 - the engines know the subjects by it
from core.ground.db import Database
from core.ground.settings import Settings
from core.plugins.loading import load
from migrations import runner


def main() -> None:
    """Write it for the core, or for the plugin named after the words."""
    words, owner = sys.argv[1], (sys.argv[2:] or [runner.CORE])[0]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        registry, database = load(settings), Database(settings.url)
        runner.upgrade(database, registry)
        written = runner.revision(database, registry, owner, words)
        database.dispose()
    subprocess.run([sys.executable, "-m", "ruff", "format", written], check=True)  # noqa: S603 - words of our own


if __name__ == "__main__":
    main()
