"""Letters: who writes, to whom, about what; poured into a Word template and kept for good.

Most are the azienda's own; a notice of default is a municipality's.

The data of every letter begins with :class:`Letter`; a subject adds its own fields in a frozen dataclass of its own.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Annotated, Any, Protocol, TypeVar, get_args, get_type_hints

from core.documents.grammar import body_noun, body_title, of_the
from core.documents.manifest import Told
from core.documents.model import Document
from core.documents.operations import canonical, keep
from core.documents.render import fingerprint, render
from core.documents.wordfile import Properties
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.files import Upload
from core.ground.paths import TEMPLATES_DOCS
from core.parties.model import Azienda, Municipality, Party, Signatory
from core.parties.signatories import LETTERS, signer


@dataclass(frozen=True)
class Sender:
    """The azienda or a municipality as it writes: its letterhead, its account, and who signs."""

    name: Annotated[str, Told("Denominazione di chi scrive", "Azienda Sociale Sud Est Milano")]
    short_name: Annotated[str, Told("Sigla, o il nome se non c'è", "A.S.S.E.MI.")]
    place: Annotated[str, Told("Luogo da cui si scrive", "San Donato Milanese")]
    letterhead: Annotated[tuple[str, ...], Told("Righe della carta intestata", "via Sergnano 2")]
    signatory: Annotated[str, Told("Chi firma", "Dott.ssa Anna Rossi")]
    role: Annotated[str, Told("Carica di chi firma", "Direttrice")]
    iban: Annotated[str | None, Told("IBAN del conto dedicato", "IT60X0542811101000000123456")] = None
    bank: Annotated[str, Told("Banca del conto dedicato", "Banca dimostrativa")] = ""


@dataclass(frozen=True)
class Addressee:
    """Whom a letter goes to: a municipality or union, a provider, the azienda, or an organ of it."""

    title: Annotated[str, Told("Nome completo, senza articolo", "Comune di Melegnano")]
    noun: Annotated[str, Told("Come la lettera chiama l'ente", "Comune")]
    address: Annotated[str, Told("Indirizzo", "piazza Risorgimento 1")]
    postal_code: Annotated[str, Told("CAP", "20077")]
    city: Annotated[str, Told("Comune della sede", "Melegnano")]
    province: Annotated[str, Told("Sigla della provincia", "MI")]
    pec: Annotated[str, Told("PEC, vuota se non indicata", "comune@pec.melegnano.example")] = ""
    care: Annotated[tuple[str, ...], Told("Righe sotto il nome: presso chi, o alla cortese attenzione di chi",
                                          "presso Azienda Sociale Sud Est Milano")] = ()


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


def sender(party: Party, day: date) -> Sender:
    """The azienda or a municipality as the writer of a letter of ``day``. RuleBroken if nobody signs for it then.

    The account is its treasury account if there is one, else the first; None while none is registered (R111).
    """
    signatory = signer(party, LETTERS, day)
    if signatory is None:
        raise _nobody_signs(party, day)
    account = min(party.accounts, key=lambda row: (not row.treasury, row.id), default=None)
    name = title_of(party)
    return Sender(
        name=name,
        short_name=party.short_name if isinstance(party, Azienda) else name,
        place=party.city,
        letterhead=_letterhead(party, name),
        signatory=signatory.full_name,
        role=signatory.role,
        iban=account.iban if account else None,
        bank=account.bank if account else "",
    )


Said = TypeVar("Said", bound=Letter)


def signed_by(letter: Said, signatory: Signatory) -> Said:
    """A letter as another of those in office signs it."""
    return replace(letter, sender=replace(letter.sender, signatory=signatory.full_name, role=signatory.role))


def _nobody_signs(party: Party, day: date) -> RuleBroken:
    at = Place("signatory", party.id)
    if isinstance(party, Azienda):
        return RuleBroken("Il %(day)s nessuno firma per l'azienda: registrare il firmatario in carica, poi preparare "
                          "di nuovo la lettera.", day=f"{day:%d/%m/%Y}").mended(at)
    return RuleBroken("Il %(day)s nessuno firma per %(name)s: registrare il firmatario in carica, poi preparare di "
                      "nuovo la lettera.", day=f"{day:%d/%m/%Y}", name=party.name).mended(at)


def _letterhead(party: Party, name: str) -> tuple[str, ...]:
    if isinstance(party, Azienda):
        return tuple(party.letterhead) or (party.name, f"{party.address}, {party.city}")
    seat = f"{party.address}, {party.postal_code} {party.city} ({party.province})"
    return (name, seat, f"PEC: {party.pec}") if party.pec else (name, seat)


def title_of(party: Party) -> str:
    """The whole name of a party, without article: ``Comune di Melegnano``; other bodies are called as they are."""
    if isinstance(party, Municipality):
        return body_title(party.form, party.name, party.connector)
    return party.name


def addressee(party: Party, *, noun: str = "", care: tuple[str, ...] = ()) -> Addressee:
    """A party as the addressee of a letter; ``noun`` is what the letter calls it, ``care`` the lines below its name."""
    if isinstance(party, Municipality):
        noun = noun or body_noun(party.form)
    return Addressee(
        title=title_of(party),
        noun=noun or "Azienda",
        address=party.address,
        postal_code=party.postal_code,
        city=party.city,
        province=party.province,
        pec=party.pec or "",
        care=care,
    )


def organ(name: str, azienda: Azienda) -> Addressee:
    """An organ of the azienda, at its seat: the consortium assembly, to which a notice is contested (R101, X24)."""
    named = azienda.short_name in name or azienda.name in name  # an office calls it so in its own acts
    return Addressee(
        title=name if named else f"{name} {of_the(azienda.name)}",
        noun=name,
        address=azienda.address,
        postal_code=azienda.postal_code,
        city=azienda.city,
        province=azienda.province,
        pec=azienda.pec or "",
        care=(f"presso {azienda.name}",),
    )


def require_filled(context: Any) -> None:
    """RuleBroken, naming it in words, for the first text or list that a letter must say and that is empty.

    What may be missing has a default of its own in the frozen data.
    """
    meanings = get_type_hints(type(context), include_extras=True)
    for entry in fields(context):
        value = getattr(context, entry.name)
        if is_dataclass(value):
            require_filled(value)
        elif isinstance(value, tuple):
            for item in filter(is_dataclass, value):
                require_filled(item)
        missing = value is None or value == () or (isinstance(value, str) and not value.strip())
        if missing and entry.default is MISSING:
            told = next(extra for extra in get_args(meanings[entry.name])[1:] if isinstance(extra, Told))
            raise lacking(told.meaning, field=entry.name)


def lacking(meaning: str, *, field: str | None = None) -> RuleBroken:
    """The refusal of a letter that lacks a datum, named in words."""
    return RuleBroken("Per la lettera manca questo dato: %(meaning)s. Completarlo, poi prepararla di nuovo.",
                      field=field, meaning=meaning)


def make(
    session: ScopedSession,
    template: str,
    context: Addressed,
    *,
    kind: str,
    folder: str,
    file_name: str,
    title: str,
    subject: str | None = None,
) -> Document:
    """Make the letter ``templates_docs/<template>.docx`` from plain frozen data and keep it with data and hashes.

    ``folder`` is below ``documents/``, ``title`` stands in the properties of the file. RuleBroken, naming the field,
    for a value that is missing. The document has its id when this returns.
    """
    document = put_down(session, template, context, kind=kind, folder=folder, file_name=file_name, title=title,
                        subject=subject)
    session.flush()
    return document


def put_down(
    session: ScopedSession,
    template: str,
    context: Addressed,
    *,
    kind: str,
    folder: str,
    file_name: str,
    title: str,
    subject: str | None = None,
) -> Document:
    """As ``make``, without the flush: for who ties the letter to its case, and sees it through that alone."""
    path = TEMPLATES_DOCS / f"{template}.docx"
    return keep(
        session,
        Upload(file_name, poured(template, context, title)),
        kind=kind,
        folder=f"documents/{folder}",
        subject=subject,
        template=path.name,
        template_sha256=fingerprint(path),
        data=canonical(context),
    )


def poured(template: str, context: Addressed, title: str) -> bytes:
    """The Word file of a letter, kept nowhere. RuleBroken, naming the field, for a value that is missing."""
    said = Properties(title=title, author=context.sender.short_name, created=context.day)
    return render(TEMPLATES_DOCS / f"{template}.docx", context, said)
