"""A demo installation in a scratch folder, for the benchmarks to work on."""

from __future__ import annotations

from pathlib import Path

from core import clock
from core.access import ScopedSession, system
from core.contracts.assemble import contract_document
from core.contracts.context import ContractContext
from core.contracts.model import Contract
from core.db import Database
from core.documents.store import FileStore
from core.registry import Registry, load
from core.settings import Settings
from demo.job import run
from migrations import runner


def demo(folder: Path) -> tuple[Settings, Database, Registry]:
    """The demo district with its eight contracts and documents."""
    settings = Settings(data_dir=folder)
    registry, database = load(settings), Database(settings.url)
    runner.upgrade(database, registry)
    run(database, registry, FileStore(folder), today=clock.today(), progress=lambda *_: None)
    return settings, database, registry


def contexts(database: Database, registry: Registry) -> list[ContractContext]:
    """The data of every contract's document."""
    with ScopedSession(database, system("prova di velocità")) as session:
        return [contract_document(session, contract, registry) for contract in session.query(Contract)]
