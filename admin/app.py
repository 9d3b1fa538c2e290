"""``create_app()``: the web application. It needs nothing but the environment, and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.ground import garbage
from core.ground.settings import Settings, from_environment

if TYPE_CHECKING:
    from flask import Flask

    from core.ground.db import Database
    from core.plugins.loading import Registry


def create_app(
    settings: Settings | None = None, *, database: Database | None = None, registry: Registry | None = None
) -> Flask:
    """The web application. RuleBroken in words for settings that cannot be used or a plugin that does not load."""
    settings = settings or from_environment()
    with garbage.none_at_start():
        from admin.wiring import (
            wired,  # the whole house, and a quarter of its start would be spent on looking for waste
        )

        return wired(settings, database, registry)
