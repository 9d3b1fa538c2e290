"""What is kept of plugins: what the office decided about each, and what went wrong in it last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.ground.access import Scoped
from core.ground.db import Base, UtcDateTime, Versioned


class PluginSetup(Base, Scoped, Versioned):
    """A plugin as the office set it up: the service whose sheets it serves, its settings. No row: as it comes.

    ``code``: of the plugin. ``service``: the code of a service, None for the one that is called as the plugin is.
    ``attached``: False takes it out of use; its rows and those of the sheets stay.
    """

    __tablename__ = "plugin_setup"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    service: Mapped[str | None]
    attached: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    def __str__(self) -> str:
        return self.code


class PluginFault(Base, Scoped):
    """What went wrong in a plugin in answering one question: the last time, and how often."""

    __tablename__ = "plugin_fault"
    __table_args__ = (UniqueConstraint("plugin", "hook"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str]
    hook: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    message: Mapped[str] = mapped_column(Text)
    where: Mapped[str]
    times: Mapped[int]

    def __str__(self) -> str:
        return f"{self.plugin}, {self.hook}"
