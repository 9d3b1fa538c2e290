"""The documents to attach though not materially (R119): asked for, then received as files with a register number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from core.cases.operations import add_file
from core.contracts import papers
from core.contracts.model import Attachment, Contract
from core.contracts.states import ContractState
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.required import require_past, require_text
from core.ground.states import Life, Passage
from core.parties.model import Municipality

OFFICE = frozenset({Role.MANAGEMENT, Role.SYSTEM})


class AttachmentState(StrEnum):
    """Whether a document is here."""

    ASKED = "asked"
    RECEIVED = "received"


LIFE = Life(Passage(AttachmentState.ASKED, "receive", AttachmentState.RECEIVED, OFFICE))

def standard_titles(contract: Contract) -> Iterator[str]:
    """The documents that the conditions ask of every party of a contract (R119)."""
    for member in contract.parties:
        party = member.party
        name = papers.name_of(party) if isinstance(party, Municipality) else party.name
        yield from (f"{title} – {name}" for title in papers.titles(contract, party))


def ask(session: ScopedSession, contract_id: int, title: str, *, today: date) -> Attachment:
    """Note that a document has been asked for. RuleBroken without a title, or for one that was asked already."""
    session.principal.require(*OFFICE)
    contract = _open(session, contract_id)
    title = title.strip()
    if not title:
        raise RuleBroken("Indicare quale documento si chiede.", field="title")
    if title in {held.title for held in contract.attachments}:
        raise RuleBroken("«%(title)s» è già nell'elenco.", field="title", title=title)
    attachment = Attachment(title=title, asked_on=today)
    contract.attachments.append(attachment)
    session.flush()
    return attachment


def ask_standard(session: ScopedSession, contract_id: int, *, today: date) -> int:
    """Ask for the documents of R119 that are not yet in the list; gives how many."""
    session.principal.require(*OFFICE)
    contract = _open(session, contract_id)
    held = {attachment.title for attachment in contract.attachments}
    missing = [title for title in standard_titles(contract) if title not in held]
    for title in missing:
        ask(session, contract_id, title, today=today)
    return len(missing)


def receive(
    session: ScopedSession,
    attachment_id: int,
    *,
    register_number: str,
    received_on: date,
    file: Upload,
    today: date,
) -> Attachment:
    """Keep the file that came, with its number in the office's register.

    RuleBroken for a document that is here already, a day to come, no register number, or a wrong file.
    """
    attachment = session.require(Attachment, attachment_id)
    require_past(received_on, today, field="received_on")
    require_text(register_number, "Indicare il numero di protocollo con cui il documento è arrivato.",
                 field="register_number")
    LIFE.move(session, attachment, "receive", on=today)
    held = add_file(session, "contract", attachment.contract_id, title=attachment.title, file=file)
    attachment.received_on, attachment.register_number = received_on, register_number.strip()
    attachment.document = held.document
    session.flush()
    return attachment


def remove(session: ScopedSession, attachment_id: int) -> None:
    """Take a document off the list that is not needed after all. RuleBroken for one that has been received."""
    session.principal.require(*OFFICE)
    attachment = session.require(Attachment, attachment_id)
    if attachment.state != AttachmentState.ASKED:
        raise RuleBroken("Un documento ricevuto resta nell'elenco.")
    attachment.contract.attachments.remove(attachment)
    session.delete(attachment)


def _open(session: ScopedSession, contract_id: int) -> Contract:
    contract = session.require(Contract, contract_id)
    if contract.state == ContractState.CANCELLED:
        raise RuleBroken("Il contratto n. %(code)s è annullato: non si chiedono altri documenti.", code=contract.code)
    return contract
