"""Is an edited template fit for use? Everything that would stop a rendering is said beforehand, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError

from core.documents.fields import TemplateUse, collect
from core.documents.manifest import Manifest
from core.documents.pour import POURED_STYLES
from core.documents.wordfile import require_word_file
from core.ground.errors import Finding, Level, RuleBroken

if TYPE_CHECKING:
    from core.documents.template import WordTemplate


def check_template(path: Path, manifest: Manifest) -> list[Finding]:
    """Every remark on a template file; one of level ERROR means that it must not be used.

    Errors: not a Word file, Jinja that cannot be read, an unknown field or filter, an instruction outside the
    closed list. Warnings: a style that annexes are poured in is missing (Word then shows plain text).
    """
    try:
        require_word_file(path.read_bytes(), path.name)
    except RuleBroken as refusal:
        return [Finding(refusal.message, refusal.values, Level.ERROR, where=path.name)]
    from core.documents.template import WordTemplate  # docxtpl costs 0.3 s to load

    template = WordTemplate(path)
    return [*_language_findings(template, manifest, path.name), *_style_findings(template, path.name)]


def _language_findings(template: WordTemplate, manifest: Manifest, where: str) -> Iterator[Finding]:
    environment = template.environment()
    for source in template.sources():
        try:
            use = collect(environment.parse(source))
        except TemplateSyntaxError as error:
            yield Finding("Il modello non si può leggere: %(reason)s.", {"reason": error.message}, Level.ERROR, where)
            continue
        yield from _use_findings(use, manifest, set(environment.filters), where)


def _use_findings(use: TemplateUse, manifest: Manifest, filters: set[str], where: str) -> Iterator[Finding]:
    for name in sorted(use.paths - _known(manifest)):
        yield Finding("Il modello usa il campo «%(name)s», che non esiste: correggerlo o toglierlo.",
                      {"name": name}, Level.ERROR, where)
    for name in sorted(use.filters - filters):
        yield Finding("Il modello usa il filtro «%(name)s», che non esiste: correggerlo o toglierlo.",
                      {"name": name}, Level.ERROR, where)
    for name in sorted(use.refused):
        yield Finding("Il modello contiene un'istruzione non ammessa (%(name)s): sono ammessi campi, filtri, "
                      "condizioni e cicli sugli elenchi.", {"name": name}, Level.ERROR, where)


def _known(manifest: Manifest) -> set[str]:
    """The paths of the manifest, and each list also by its own name (for loops and conditions)."""
    return set(manifest.paths) | {path.removesuffix("[]") for path in manifest.paths}


def _style_findings(template: WordTemplate, where: str) -> Iterator[Finding]:
    present = template.style_ids()
    for name in POURED_STYLES:
        if name not in present:
            yield Finding("Nel modello manca lo stile «%(name)s»: gli allegati che lo usano appariranno senza forma.",
                          {"name": name}, Level.WARNING, where)
