"""Services made in the browser: what the office keeps in the database answers the plugins' hook as any plugin does.

Every service is described once, by one hook: by the ``plugin.toml`` of a folder, by an installed package, or by a row
of the catalogue. The first two are asked at load, a row in each session: a new field, or a new service, needs no
restart. Here alone the three come together; who reads what a sheet asks cannot tell where it came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pluggy

from core.catalogue import own_fields, sheets
from core.catalogue.model import Service
from core.plugins.hookspecs import DatedName, PluginDescription, PluginSpec, hookimpl
from core.plugins.schema import SheetSchema


@dataclass(frozen=True)
class BrowserService:
    """The built-in plugin: a service of the catalogue with the fields that the office gave it."""

    service: Service

    @hookimpl
    def patto_service(self) -> PluginDescription:
        """Describe the service as its rows do; the version is that of its fields."""
        service, held = self.service, self.service.own_fields
        return PluginDescription(
            service.code, service.title, tuple(place.sector.code for place in service.sectors),
            str(held.version) if held is not None else "", source=service.source,
            names=tuple(DatedName(name.name, name.valid_from, name.valid_to) for name in service.names),
            sheet=own_fields.schema_of(service))


def described(services: Iterable[Service]) -> list[PluginDescription]:
    """The descriptions that the office keeps of ``services``, in their order; of those to which it gave fields."""
    kept = [service for service in services if service.own_fields is not None]
    if not kept:
        return []
    manager = pluggy.PluginManager("patto")
    manager.add_hookspecs(PluginSpec)
    for service in reversed(kept):  # who was registered last is asked first
        manager.register(BrowserService(service), service.code)
    found: list[PluginDescription] = manager.hook.patto_service()
    return found


def asked(services: Iterable[Service], plugin: PluginDescription | None) -> dict[str, SheetSchema]:
    """What a new edition of the sheet of ``services`` asks: what all sheets ask, and every description of them.

    ``plugin``: the description that was asked at load, if the sheet has one. Each part is kept apart, with its version.
    """
    kept = [description.sheet for description in described(services)]
    if not kept:
        return sheets.asked(plugin)
    return sheets.asked(plugin, own_fields.together(kept))
