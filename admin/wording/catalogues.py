"""The message catalogues. A message id is the Italian sentence itself, so that Italian needs none; English has one.
A plugin may bring one of its own, in its folder ``translations``: what the program says itself it does not change.

``make catalogue`` brings it up to the code, ``make check`` says when it lags. The compiled file is not kept in git.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

FOLDER = Path(__file__).parents[1] / "translations"


def folders(plugins: Iterable[Path]) -> list[Path]:
    """The folders of all catalogues, compiled: those of the plugins in these folders, then the program's own.

    Of two that say the same sentence the last one is heard.
    """
    found = [*(path / "translations" for path in plugins if (path / "translations").is_dir()), FOLDER]
    for folder in found:
        compile_missing(folder)
    return found


def compile_missing(folder: Path = FOLDER) -> None:
    """Compile each catalogue whose compiled file is missing or older: an installation needs no extra step."""
    for source in folder.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    # read once in the life of a checkout: a start should not wait for these modules
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    try:
        # a name of its own, so that two processes that start together do not write into each other
        with source.open("rb") as po, NamedTemporaryFile(dir=target.parent, suffix=".new", delete=False) as mo:
            write_mo(mo, read_po(po, locale=source.parts[-3]))
        Path(mo.name).replace(target)
    except OSError:
        return  # a checkout that cannot be written still speaks Italian
