"""What a list of contracts asks beside their own columns: how many services and versions, and in which order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import with_expression
from sqlalchemy.orm.interfaces import ORMOption

from core.contracts.model import Conferral, Contract, ContractDocument, ContractParty
from core.parties.model import Party


def by_first_municipality(query: Select[Any]) -> tuple[Select[Any], Any]:
    """``query`` of contracts joined to the first municipality that signs, and the column of its name to sort by.

    Its name may be another's to who asks: it orders the rows and is not shown.
    """
    member, party = ContractParty.__table__.alias(), Party.__table__.alias()
    joined = query.join(member, and_(member.c.contract_id == Contract.id, member.c.order == 1)).join(
        party, party.c.id == member.c.party_id)
    return joined, party.c.searched


def counts() -> tuple[ORMOption, ...]:
    """What a list prints of a contract's services and versions: numbers, for which no object is made."""
    services = select(func.count(Conferral.service_id.distinct())).where(
        Conferral.contract_id == Contract.id, Conferral.valid_to.is_(None))
    documents = select(func.count(ContractDocument.id)).where(ContractDocument.contract_id == Contract.id)
    return (with_expression(Contract.service_count, services.scalar_subquery()),
            with_expression(Contract.document_count, documents.scalar_subquery()))
