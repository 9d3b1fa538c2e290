"""The message catalogues. A message id is the Italian sentence itself; other languages translate it.

``python -m admin.command.translations update`` collects the sentences from the code, ``check`` fails when a catalogue
misses one. The compiled files are made when the application starts, if they are missing or older.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from core.ground.paths import ROOT

FOLDER = Path(__file__).parents[1] / "translations"
LANGUAGES = ("it", "en")
SOURCE = "it"
SEARCHED = ("core", "admin", "plugins")
# function: where its message stands; the core's refusals and remarks are sentences too
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "RuleBroken": None,
    "NotAllowed": None,
    "NotVisible": None,
    "SentBefore": None,
    "UnknownPlugin": None,
    "Finding": None,
    "refuse": None,
}
# what reaches a page by another way than the functions above
SKIPPED = ("admin/command/cli.py",)


def main(argv: list[str]) -> int:
    """Run ``check`` or ``update``; 0 when the catalogues are complete."""
    if argv == ["update"]:
        for language in LANGUAGES:
            update(language)
        return 0
    if argv == ["check"]:
        troubles = [trouble for language in LANGUAGES for trouble in gaps(language)]
        for trouble in troubles:
            print(trouble, file=sys.stderr)
        if not troubles:
            print(f"{len(list(messages()))} messages, complete in {', '.join(LANGUAGES)}")
        return 1 if troubles else 0
    print("usage: python -m admin.command.translations check|update", file=sys.stderr)
    return 2


def messages() -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Every sentence of the program with the file that says it."""
    from babel.messages.extract import extract_from_file

    seen: set[str | tuple[str, ...]] = set()
    for top in SEARCHED:
        for path in sorted((ROOT / top).rglob("*")):
            method = {".py": "python", ".html": "jinja2.ext:babel_extract"}.get(path.suffix)
            name = path.relative_to(ROOT).as_posix()
            if method is None or name in SKIPPED:
                continue
            for _line, message, _comments, _context in extract_from_file(method, str(path), keywords=KEYWORDS):
                text = tuple(message) if isinstance(message, tuple | list) else message
                if text and text not in seen:
                    seen.add(text)
                    yield text, name


def update(language: str) -> None:
    """Bring a catalogue up to the code: new sentences come empty, those that nobody says any more leave."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    old = _read(language)
    new = Catalog(locale=language, domain="messages", project="Patto", fuzzy=False, charset="utf-8")
    for text, name in sorted(messages(), key=lambda found: str(found[0])):
        known = old.get(text if isinstance(text, str) else text[0])
        translation = known.string if known else None
        if language == SOURCE:
            translation = text
        new.add(text, translation, locations=[(name, 0)])
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=110, include_lineno=False, omit_header=False, sort_output=True)


def gaps(language: str) -> Iterator[str]:
    """What a catalogue lacks, in words."""
    catalogue = _read(language)
    for text, name in messages():
        known = catalogue.get(text if isinstance(text, str) else text[0])
        strings = (known.string if isinstance(known.string, tuple) else (known.string,)) if known else ()
        if not strings or not all(strings) or (known is not None and known.fuzzy):
            yield f"{language}: {name}: {text!r} has no translation"
        elif _marks(text) != _marks(known.string):  # type: ignore[union-attr]
            yield f"{language}: {name}: {text!r} and its translation have different values"


def compile_missing() -> None:
    """Compile each catalogue whose compiled file is missing or older: an installation needs no extra step."""
    from babel.messages.mofile import write_mo

    for language in LANGUAGES:
        source, target = _path(language), _path(language).with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        try:
            # a name of its own, so that two processes that start together do not write into each other
            with NamedTemporaryFile(dir=target.parent, suffix=".mo.new", delete=False) as file:
                write_mo(file, _read(language))
            Path(file.name).replace(target)
        except OSError:
            # a checkout that cannot be written still speaks Italian: the ids are the sentences
            return


def _read(language: str):  # type: ignore[no-untyped-def]
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = _path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _path(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def _marks(text: str | tuple[str, ...]) -> set[str]:
    import re

    whole = text if isinstance(text, str) else " ".join(text)
    return set(re.findall(r"%\(\w+\)\w", whole))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
