"""The main job on the demo district: load it, draft a contract for every member, generate every document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

import core.registrations  # noqa: F401 - the engines know the subjects by it
from core.contracts.annexes import conferred
from core.contracts.assemble import findings
from core.contracts.model import Contract, ContractDocument, ContractParty, ContractTerms
from core.contracts.operations import draft, generate_document, set_acts
from core.contracts.proposal import acts_to_attach
from core.contracts.states import ContractState
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.files import FileStore
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.plugins.loading import Registry
from demo.load import load, terms

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Made:
    """One contract of the demo: what the command prints of it. ``document`` is relative to the data directory."""

    municipality: str
    istat: str
    number: str
    document: str
    annexes: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The contracts and the remarks on them, each remark once."""

    contracts: tuple[Made, ...]
    warnings: tuple[str, ...] = field(default=())


def run(database: Database, registry: Registry, *, today: date, progress: Progress) -> Report:
    """Do the whole job; run again on the same data it gives the same contracts and numbers."""
    actor = system("dati dimostrativi")
    with unit_of_work(database, actor, act="demo.load") as session:
        load(session, registry)
    contract_ids = list(_drafts(database, actor, today))
    made: list[Made] = []
    warnings: dict[str, None] = {}
    for done, contract_id in enumerate(contract_ids, start=1):
        with unit_of_work(database, actor, act="contract.generate") as session:
            contract = session.require(Contract, contract_id)
            version, refusal = _text(session, contract, registry, today=today)
            row = _made(contract, version, session.files)
            remarks = [*refusal, *findings(session, contract, registry, today=today)]
            warnings.update(dict.fromkeys(str(remark) for remark in remarks))
        made.append(row)
        progress(done, len(contract_ids), row.municipality)
    return Report(tuple(made), tuple(warnings))


def _text(
    session: ScopedSession, contract: Contract, registry: Registry, *, today: date
) -> tuple[ContractDocument, list[RuleBroken]]:
    """The text of a contract: while it is a draft made now, afterwards the one that this job had made.

    Whoever plays with the demo may leave a contract incomplete, and the program must start all the same: then it is
    its last text, with the refusal.
    """
    if contract.state != ContractState.DRAFT and contract.documents:
        return contract.documents[0], []
    try:
        return generate_document(session, contract.id, registry=registry, today=today), []
    except RuleBroken as refusal:
        if not contract.documents:
            raise
        return contract.documents[-1], [refusal]


def _drafts(database: Database, actor: Principal, today: date) -> Iterator[int]:
    """The contract of every member for the demo period, drafted now if it is not there."""
    facts = terms()
    starts_on: date = facts["start"]
    with ScopedSession(database, actor) as session:
        everyone = session.scalars(select(Municipality).order_by(Municipality.name)).all()
        members = [m.id for m in everyone if m.is_member(starts_on)]
        terms_id = session.scalars(select(ContractTerms.id).order_by(ContractTerms.id)).first()
        existing = {m: _existing(session, m, starts_on) for m in members}
    assert terms_id is not None
    for municipality_id, contract_id in existing.items():
        if contract_id is None:
            with unit_of_work(database, actor, act="contract.draft") as session:
                contract = draft(
                    session,
                    [municipality_id],
                    starts_on=starts_on,
                    ends_on=facts["end"],
                    terms_id=terms_id,
                    today=today,
                )
                chosen = [act.id for act in acts_to_attach(contract)]
                set_acts(session, contract.id, chosen, version=contract.version)
                contract_id = contract.id
        yield contract_id


def _existing(session: ScopedSession, municipality_id: int, starts_on: date) -> int | None:
    return session.scalars(
        select(Contract.id)
        .join(ContractParty)
        .where(
            ContractParty.party_id == municipality_id,
            Contract.starts_on == starts_on,
            Contract.state != ContractState.CANCELLED,
        )
        .order_by(Contract.id)
    ).first()


def _made(contract: Contract, version: ContractDocument, files: FileStore) -> Made:
    municipality = contract.municipality_parties[0].party
    assert isinstance(municipality, Municipality)
    data_path = version.document.data_path
    if data_path is None:  # a text negotiated by hand: it says what the contract confers
        annexes = tuple(service.code for service in conferred(contract))
    else:
        said = json.loads(files.get(data_path))["annexes"]
        annexes = tuple(code for annex in said for code in annex["service_codes"])
    return Made(municipality.slug, municipality.istat or "", contract.code, version.document.path, annexes)
