"""What happens in the core is told to the plugins that listen: after it, in its transaction, at their own risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pluggy
import pytest
from sqlalchemy import select

from core.accreditation import measures
from core.catalogue import operations as catalogue
from core.catalogue.model import OperationalSheet, Service
from core.ground.access import Principal, ScopedSession
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.plugins import asking
from core.plugins.bound import HOOKS, bind, tell
from core.plugins.happened import ContractSigned, MonthClosed, ProviderStopped, SheetEdition
from core.plugins.hookspecs import PluginDescription, PluginSpec, hookimpl
from core.plugins.loading import LoadedPlugin, Registry
from tests import factories
from tests.integration.accreditation.conftest import TODAY, Procedure, place, procedure  # noqa: F401 - fixtures
from tests.integration.accreditation.test_after_the_decree import published
from tests.integration.allocation.conftest import Desk, desk  # noqa: F401 - fixtures
from tests.unit.catalogue import making

CLOSED = MonthClosed("desk", 2026, 1, TODAY)


class Listener:
    """A plugin that hears everything, and may do something at once."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.reacts: Callable[[ScopedSession], object] = lambda _session: None

    def _hear(self, session: ScopedSession, event: Any) -> None:
        self.heard.append(event)
        self.reacts(session)

    @hookimpl
    def patto_contract_signed(self, session: ScopedSession, event: ContractSigned) -> None:
        self._hear(session, event)

    @hookimpl
    def patto_sheet_edition(self, session: ScopedSession, event: SheetEdition) -> None:
        self._hear(session, event)

    @hookimpl
    def patto_provider_stopped(self, session: ScopedSession, event: ProviderStopped) -> None:
        self._hear(session, event)

    @hookimpl
    def patto_month_closed(self, session: ScopedSession, event: MonthClosed) -> None:
        self._hear(session, event)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture(autouse=True)
def nothing_untold() -> Iterator[None]:
    asking.untold()
    yield
    asking.untold()


def listening(database: Database, listener: Listener, *, strict: bool = True) -> None:
    manager = pluggy.PluginManager("patto")
    manager.add_hookspecs(PluginSpec)
    manager.register(listener, "listener")
    loaded = LoadedPlugin(PluginDescription("listener", "Ascolta", ("social_work",), "1.0"), listener, manager)  # type: ignore[arg-type]
    bind(database, Registry({"listener": loaded}, strict=strict))


def test_every_event_has_its_hook() -> None:
    hooks = {name for name in vars(PluginSpec) if name.startswith("patto_")}
    assert set(HOOKS.values()) <= hooks
    assert {HOOKS[kind] for kind in HOOKS} == {name for name in hooks if "event" in vars(PluginSpec)[
        name].__code__.co_varnames}


def test_a_new_sheet_and_each_new_edition_are_told(database: Database, manager: Principal, listener: Listener) -> None:
    listening(database, listener)
    with unit_of_work(database, manager, act="scheda") as session:
        session.add(making.service("desk"))
        session.flush()
        service = session.scalars(select(Service.id)).one()
        sheet = catalogue.new_sheet(session, service, title="Sportello", edition=2026, registry=Registry())
        copy = catalogue.new_edition(session, sheet.id, 2027, registry=Registry())
    assert listener.heard == [SheetEdition(sheet.id, "desk", frozenset({"desk"}), 2026),
                              SheetEdition(copy.id, "desk", frozenset({"desk"}), 2027)]


def test_a_suspension_and_a_revocation_are_told_with_their_unit(procedure: Procedure, database: Database,  # noqa: F811
                                                                listener: Listener) -> None:
    published(procedure)
    listening(database, listener)
    procedure.ruled(measures.suspend, TODAY, until=None)
    procedure.ruled(measures.readmit, TODAY)
    later = TODAY + timedelta(days=30)
    procedure.revoked(later)
    unit = procedure.row().unit_id
    assert [(e.kind, e.unit_id, e.on, e.until) for e in listener.heard] == [
        ("suspension", unit, TODAY, None), ("revocation", unit, later, None)]


# --- at their own risk ------------------------------------------------------------------------------------


def writes_then_fails(session: ScopedSession) -> None:
    session.add(factories.municipality("Carpiano"))
    session.flush()
    raise KeyError("listino")


def quits(_session: ScopedSession) -> None:
    raise SystemExit


def breaks_the_database(session: ScopedSession) -> None:
    session.add(Municipality(name="Senza dati"))
    session.flush()


@pytest.mark.parametrize("reacts", [writes_then_fails, quits, breaks_the_database])
def test_what_a_listener_does_wrong_costs_its_own_part_and_nothing_else(
        database: Database, manager: Principal, listener: Listener,
        reacts: Callable[[ScopedSession], object]) -> None:
    listening(database, listener, strict=False)
    listener.reacts = reacts
    with unit_of_work(database, manager, act="scheda") as session:
        session.add(making.service("desk"))
        session.flush()
        catalogue.new_sheet(session, session.scalars(select(Service.id)).one(), title="Sportello", edition=2026,
                            registry=Registry())
    with ScopedSession(database, manager) as session:
        assert session.scalars(select(OperationalSheet.title)).all() == ["Sportello"]
        assert session.scalars(select(Municipality.name)).all() == []
    [fault] = asking.untold()
    assert (fault.plugin, fault.hook) == ("listener", "patto_sheet_edition")


def test_what_a_listener_writes_goes_with_the_act_that_is_taken_back(
        database: Database, manager: Principal, listener: Listener) -> None:
    listening(database, listener)
    listener.reacts = lambda session: session.add(factories.municipality("Carpiano"))
    with pytest.raises(LookupError), unit_of_work(database, manager, act="scheda") as session:
        tell(session, CLOSED)
        raise LookupError
    with ScopedSession(database, manager) as session:
        assert session.scalars(select(Municipality.name)).all() == []


def test_a_session_that_only_reads_tells_nothing(database: Database, manager: Principal, listener: Listener) -> None:
    listening(database, listener)
    with ScopedSession(database, manager) as session:
        tell(session, CLOSED)
    assert listener.heard == []
