"""Alembic's environment. The owner (``core`` or a plugin's code) and the connection come from the runner."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from core.models import metadata

attributes = context.config.attributes
owns = attributes["owns"]


def plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Our column types are written as what the database sees: a migration does not import today's models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=attributes["connection"],
    target_metadata=metadata,
    version_table=attributes["version_table"],
    include_name=lambda name, kind, _parents: owns(name, kind),
    include_object=lambda _item, name, kind, _reflected, _compared: owns(name, kind),
    render_as_batch=attributes["connection"].dialect.name == "sqlite",
    render_item=plain_type,
    compare_type=True,
)
context.run_migrations()
