"""The signed contracts as a form offers them: each by itself, or with each of its municipalities."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from admin.contracts.names import in_brief
from admin.guard.session import db
from admin.web.forms import MOST_CHOICES, Choices, first_of
from admin.wording import labels
from core.contracts.model import Contract, ContractParty
from core.contracts.states import NOT_YET, RUNNING
from core.ground.order import alphabetical


def pair(text: str) -> tuple[int, int]:
    """The contract and the municipality behind an option."""
    contract, _dash, municipality = text.partition("-")
    return int(contract), int(municipality)


def contracts() -> Choices:
    """The signed contracts, the newest first, with who signs them."""
    living = select(Contract).where(Contract.state.not_in(NOT_YET), Contract.amends_id.is_(None)).options(
        selectinload(Contract.parties).joinedload(ContractParty.party))
    newest = living.order_by(Contract.year.desc(), Contract.number.desc()).limit(MOST_CHOICES + 1)
    return first_of([(str(row.id), f"n. {row.code} – {in_brief(row)}") for row in db().scalars(newest).unique()])


def conferring() -> Choices:
    """Each contract with each of its municipalities, those in force first; of the others the state is said too."""
    members = (select(ContractParty).join(Contract, ContractParty.contract_id == Contract.id)
               .where(ContractParty.capacity != "azienda", Contract.state.not_in(NOT_YET), Contract.amends_id.is_(None))
               .options(contains_eager(ContractParty.contract), joinedload(ContractParty.party))
               .order_by(Contract.year.desc(), Contract.number.desc()).limit(MOST_CHOICES + 1))
    named = [m for m in db().scalars(members) if m.party is not None]  # a municipality names only itself
    named.sort(key=lambda m: (m.contract.state not in RUNNING, alphabetical(m.party.name), m.contract_id))
    return first_of([(f"{m.contract_id}-{m.party_id}", _conferring_words(m)) for m in named])


def _conferring_words(member: ContractParty) -> str:
    contract, name = member.contract, member.party.name
    if contract.state in RUNNING:
        return _("%(name)s – contratto n. %(code)s", name=name, code=contract.code)
    return _("%(name)s – contratto n. %(code)s (%(state)s)", name=name, code=contract.code,
             state=str(labels.state("contract", contract.state)).lower())
