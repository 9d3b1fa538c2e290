"""What a list of contracts prints beside their own columns."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import with_expression
from sqlalchemy.orm.interfaces import ORMOption

from core.contracts.model import Conferral, Contract, ContractDocument


def counts() -> tuple[ORMOption, ...]:
    """What a list prints of a contract's services and versions: numbers, for which no object is made."""
    services = select(func.count(Conferral.service_id.distinct())).where(
        Conferral.contract_id == Contract.id, Conferral.valid_to.is_(None))
    documents = select(func.count(ContractDocument.id)).where(ContractDocument.contract_id == Contract.id)
    return (with_expression(Contract.service_count, services.scalar_subquery()),
            with_expression(Contract.document_count, documents.scalar_subquery()))
