"""Letters of the azienda: who writes, to whom, about what; poured into a Word template and kept for good.

The data of every letter begins with :class:`Letter`; a subject adds its own fields in a frozen dataclass of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Protocol

from core.access import ScopedSession
from core.documents.grammar import body_noun, body_title
from core.documents.manifest import Told
from core.documents.model import Document
from core.documents.operations import canonical, keep
from core.documents.store import FileStore, sha256
from core.errors import RuleBroken
from core.parties.model import Azienda, Municipality, within
from core.paths import TEMPLATES_DOCS


@dataclass(frozen=True)
class Sender:
    """The azienda as it writes: its letterhead, its account, and who signs."""

    name: Annotated[str, Told("Denominazione dell'azienda", "Azienda Sociale Sud Est Milano")]
    short_name: Annotated[str, Told("Sigla", "A.S.S.E.MI.")]
    place: Annotated[str, Told("Luogo da cui si scrive", "San Donato Milanese")]
    letterhead: Annotated[tuple[str, ...], Told("Righe della carta intestata", "via Sergnano 2")]
    signatory: Annotated[str, Told("Chi firma", "Dott.ssa Anna Rossi")]
    role: Annotated[str, Told("Carica di chi firma", "Direttrice")]
    iban: Annotated[str | None, Told("IBAN del conto dedicato", "IT60X0542811101000000123456")] = None
    bank: Annotated[str, Told("Banca del conto dedicato", "Banca dimostrativa")] = ""


@dataclass(frozen=True)
class Addressee:
    """The municipality or union that a letter goes to."""

    title: Annotated[str, Told("Nome completo, senza articolo", "Comune di Melegnano")]
    noun: Annotated[str, Told("Come la lettera chiama l'ente", "Comune")]
    address: Annotated[str, Told("Indirizzo", "piazza Risorgimento 1")]
    postal_code: Annotated[str, Told("CAP", "20077")]
    city: Annotated[str, Told("Comune della sede", "Melegnano")]
    province: Annotated[str, Told("Sigla della provincia", "MI")]
    pec: Annotated[str, Told("PEC, vuota se non indicata", "comune@pec.melegnano.example")] = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What every letter says. Protocol number and day of sending are written by hand, or by the register."""

    sender: Annotated[Sender, Told("Chi scrive")]
    addressee: Annotated[Addressee, Told("A chi si scrive")]
    day: Annotated[date, Told("Giorno in cui la lettera è preparata", "2026-01-12")]
    subject: Annotated[str, Told("Oggetto", "Richiesta della rata n. 3/2026")]


class Addressed(Protocol):
    """Data of a letter, as far as the keeping of it must know them."""

    @property
    def sender(self) -> Sender:
        """Who writes."""

    @property
    def day(self) -> date:
        """When it was prepared."""


def sender(azienda: Azienda, day: date) -> Sender:
    """The azienda as the writer of a letter of ``day``. RuleBroken if nobody signs for it then.

    The account is its treasury account if there is one, else the first; None while none is registered (R111).
    """
    in_office = [s for s in azienda.signatories if within(day, s.valid_from, s.valid_to)]
    if not in_office:
        raise RuleBroken("Il %(day)s nessuno firma per l'azienda: registrare il firmatario in carica, poi preparare "
                         "di nuovo la lettera.", day=f"{day:%d/%m/%Y}")
    signatory = max(in_office, key=lambda s: s.valid_from)
    account = min(azienda.accounts, key=lambda row: (not row.treasury, row.id), default=None)
    return Sender(
        name=azienda.name,
        short_name=azienda.short_name,
        place=azienda.city,
        letterhead=tuple(azienda.letterhead) or (azienda.name, f"{azienda.address}, {azienda.city}"),
        signatory=signatory.full_name,
        role=signatory.role,
        iban=account.iban if account else None,
        bank=account.bank if account else "",
    )


def addressee(municipality: Municipality) -> Addressee:
    """A municipality or union as the addressee of a letter."""
    return Addressee(
        title=body_title(municipality.form, municipality.name, municipality.connector),
        noun=body_noun(municipality.form),
        address=municipality.address,
        postal_code=municipality.postal_code,
        city=municipality.city,
        province=municipality.province,
        pec=municipality.pec or "",
    )


def make(
    session: ScopedSession,
    store: FileStore,
    template: str,
    context: Addressed,
    *,
    kind: str,
    folder: str,
    file_name: str,
    title: str,
) -> Document:
    """Make the letter ``templates_docs/<template>.docx`` from plain frozen data and keep it with data and hashes.

    ``folder`` is below ``documents/``, ``title`` stands in the properties of the file. RuleBroken, naming the field,
    for a value that is missing. The document has its id when this returns.
    """
    from core.documents.render import render  # loads the template engine only when a letter is made
    from core.documents.wordfile import Properties

    path = TEMPLATES_DOCS / f"{template}.docx"
    content = render(path, context, Properties(title=title, author=context.sender.short_name, created=context.day))
    document = keep(
        session,
        store,
        kind=kind,
        folder=f"documents/{folder}",
        file_name=file_name,
        content=content,
        template=path.name,
        template_sha256=sha256(path.read_bytes()),
        data=canonical(context),
    )
    session.flush()
    return document
