"""Seconds per contract, against plain docxtpl on the same template and data (the baseline for a faster engine)."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from bench.ground import contexts, demo
from bench.measure import median_seconds, row
from core.contracts.operations import TEMPLATE
from core.documents.render import _names, render


def main() -> None:
    """Render the contract with most annexes both ways."""
    from docxtpl import DocxTemplate

    from core.documents.template import WordTemplate

    with tempfile.TemporaryDirectory() as folder:
        _settings, database, registry = demo(Path(folder))
        context = max(contexts(database, registry), key=lambda c: len(c.annexes))

    def plain() -> None:
        document = DocxTemplate(TEMPLATE)
        document.render(_names(context), WordTemplate(TEMPLATE).environment())
        document.save(BytesIO())

    baseline = median_seconds(plain)
    ours = median_seconds(lambda: render(TEMPLATE, context))
    print(f"A contract with {len(context.annexes)} annexes")
    row("plain docxtpl, same template and language", baseline)
    row("render(): guards, same bytes for same data", ours, ours / baseline, "plain docxtpl")


if __name__ == "__main__":
    main()
