"""The parts that plugins put on the pages of the core: read within what who asks may see, each broken one named."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from admin.guard.session import db, office, principal, today
from core.plugins.asking import ask_or
from core.plugins.bound import offered, plugins_of
from core.plugins.loading import LoadedPlugin
from core.plugins.offers import Panel


def init_app(app: Flask) -> None:
    """Give ``panels_of`` to the templates."""
    app.add_template_global(panels_of)


def panels_of(page: str, row: Any) -> Iterator[tuple[str, list[tuple[str, Any]] | None]]:
    """The parts of a page about this record: title and blocks; None for one whose plugin has failed.

    A plugin stands on the page of its own service alone.
    """
    for loaded, panel in offered(office().database, "patto_panels"):
        elsewhere = page == "service" and row.code != office().registry.serves(loaded.description.code)
        if panel.page == page and not elsewhere and (not panel.roles or principal().has(*panel.roles)):
            blocks = _blocks(loaded, panel, row.id)
            if blocks is None or blocks:
                yield _(panel.title), blocks and [(type(block).__name__, block) for block in blocks]


def _blocks(loaded: LoadedPlugin, panel: Panel, key: int) -> list[Any] | None:
    strict = plugins_of(office().database).strict
    blocks: Any = ask_or(loaded.description.code, "patto_panels", partial(panel.blocks, db(), key, today()), None,
                         strict=strict, session=db())
    return None if blocks is None else list(blocks)
