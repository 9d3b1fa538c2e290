"""The coordinated text: a contract with the amendments that it has taken over, in one text for reading.

What binds is what was signed. It is made from the records where nobody edited the signed texts by hand; where somebody
did, or where they came from elsewhere, the template does not know their words: nothing is made then, that is said, and
the office uploads its own file.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from core.contracts.family import merged_into
from core.contracts.final import words_typed
from core.contracts.model import Contract, ContractDocument
from core.contracts.operations import (
    COORDINATED,
    FINAL,
    GENERATED,
    OFFICE,
    add_text,
    consolidate_document,
    contract_at,
)
from core.contracts.states import RUNNING, ContractState
from core.documents.model import Document
from core.documents.wordfile import is_revised, require_word_file
from core.ground.access import ScopedSession
from core.ground.edits import locked
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.states import PassageLog
from core.plugins.loading import Registry

LIVING = (ContractState.SIGNED, *RUNNING, ContractState.GROUND_ARISEN)


def by_hand(session: ScopedSession, contract: Contract, amendment: Contract | None = None) -> list[Contract]:
    """The contract and those of its merged amendments, with ``amendment``, whose text as it was signed has words that
    the template does not know: negotiated in Word, typed at a blank, imported, or uploaded as a coordinated text."""
    family = [contract, *merged_into(session, contract)]
    if amendment is not None and amendment not in family:
        family.append(amendment)
    return [one for one in family if _edited(session, one)]


def coordinate(session: ScopedSession, contract: Contract, *, registry: Registry) -> ContractDocument | None:
    """The coordinated text of a contract that has just taken over an amendment; None where a hand edited what was
    signed, and the office uploads its own."""
    if by_hand(session, contract):
        return None
    return consolidate_document(session, contract, registry=registry)


def upload(
    session: ScopedSession, contract_id: int, *, file: Upload, note: str, version: int | None
) -> ContractDocument:
    """Keep the office's own coordinated text as the next version of a contract.

    RuleBroken for a contract that has taken over no amendment, for a file that is no Word document, and for one that
    holds changes that nobody has accepted or refused.
    """
    session.principal.require(*OFFICE)
    contract = contract_at(session, contract_id, version)
    amendments = merged_into(session, contract)
    if not amendments:
        raise RuleBroken("Il contratto n. %(code)s non ha recepito modifiche: non c'è un testo da coordinare.",
                         code=contract.code)
    require_word_file(file.content, file.name)
    if is_revised(file.content):
        raise RuleBroken("Nel file ci sono revisioni in sospeso: in Word accettarle o rifiutarle tutte, poi caricarlo "
                         "di nuovo.", field="file")
    locked(session, contract)
    codes = ", ".join(f"n. {amendment.code}" for amendment in amendments)
    said = f"Testo coordinato con {'la modifica' if len(amendments) == 1 else 'le modifiche'} {codes}, fatto " \
           "dall'ufficio per leggerlo: non è firmato."
    return add_text(session, contract, COORDINATED, file.content, note=" ".join(filter(None, (said, note.strip()))))


def lacking(session: ScopedSession, contract_id: int | None = None) -> Iterator[Contract]:
    """The living contracts, or the one, that have taken over an amendment and have no coordinated text made since."""
    amendment, merged, made = aliased(Contract), aliased(Contract), aliased(ContractDocument)
    taken_over = select(merged.amends_id).where(merged.state == ContractState.MERGED)  # few
    merged_at = (select(func.max(PassageLog.at)).join(amendment, amendment.id == PassageLog.subject_id).where(
        PassageLog.subject == "contract", PassageLog.action == "merge", amendment.amends_id == Contract.id,
        amendment.state == ContractState.MERGED).scalar_subquery())
    since = exists().where(made.contract_id == Contract.id, made.origin == COORDINATED,
                           made.document_id == Document.id, Document.made_at >= merged_at)
    query = select(Contract).where(Contract.id.in_(taken_over), Contract.state.in_(LIVING), merged_at.is_not(None),
                                   ~since)
    if contract_id is not None:
        query = query.where(Contract.id == contract_id)
    yield from session.scalars(query.order_by(Contract.id))


def bases(session: ScopedSession, contract: Contract) -> list[ContractDocument]:
    """The Word texts from which the office may begin: the last coordinated or signed one of the contract, then those of
    its merged amendments, as they were signed."""
    found = []
    for one in (contract, *merged_into(session, contract)):
        wanted = (COORDINATED, FINAL) if one is contract else (FINAL,)
        texts = [version for version in one.documents if version.document.file_name.endswith(".docx")]
        if texts:
            found.append(next((version for version in reversed(texts) if version.origin in wanted), texts[-1]))
    return found


def _edited(session: ScopedSession, contract: Contract) -> bool:
    texts = [version for version in contract.documents if version.origin != COORDINATED]
    base = next((version for version in reversed(texts) if version.origin != FINAL), None)
    uploaded = any(version.origin == COORDINATED and version.document.template is None
                   for version in contract.documents)
    return uploaded or (base is not None and (base.origin != GENERATED or words_typed(session, texts[-1])))
