"""The letters of plugins: what a row can have now, poured into the one plain letter of the house, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated

from sqlalchemy import select

from core.documents import words
from core.documents.blocks import Block
from core.documents.letters import Letter, addressee, poured, put_down, require_filled, sender
from core.documents.manifest import Told
from core.documents.model import Document
from core.documents.reading import blocks_of
from core.ground.access import Role, ScopedSession
from core.ground.errors import NotVisible, RuleBroken
from core.parties.model import Azienda, Party
from core.parties.rules import slug_of
from core.plugins.bound import ask_offer, offered
from core.plugins.loading import LoadedPlugin
from core.plugins.offers import LetterKind, WrittenLetter

HOOK, TEMPLATE, KIND = "patto_letters", "plain_letter", "letter"
Found = tuple[LoadedPlugin, LetterKind]


@dataclass(frozen=True)
class LetterFact:
    """A line of the table of a letter."""

    label: Annotated[str, Told("Che cosa", "Giorno")]
    value: Annotated[str, Told("Il dato", "10/03/2026, ore 9.30")]


@dataclass(frozen=True, kw_only=True)
class PlainLetter(Letter):
    """What a plugin says in a letter: paragraphs, and the facts of the matter in a table."""

    paragraphs: Annotated[tuple[str, ...], Told("Il testo, un paragrafo alla volta", "Si invita a partecipare.")]
    facts: Annotated[tuple[LetterFact, ...], Told("I dati, in una tabella dopo il testo")] = ()


def kinds_of(session: ScopedSession, subject: str) -> list[Found]:
    """The letters that rows of a plugin's table can have."""
    return [(loaded, kind) for loaded, kind in offered(session.database, HOOK) if kind.subject == subject]


def kind_called(session: ScopedSession, subject: str, code: str) -> Found:
    """A letter by its code. NotVisible for one that there is not."""
    for loaded, kind in kinds_of(session, subject):
        if kind.code == code:
            return loaded, kind
    raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


def offers(session: ScopedSession, found: Found, key: int, today: date) -> list[WrittenLetter]:
    """What the letter says to each of its addressees now. PluginFailed if its plugin fails."""
    loaded, kind = found
    written: list[WrittenLetter] = ask_offer(loaded, HOOK, partial(_listed, kind, session, key, today), session)
    return written


def _listed(kind: LetterKind, session: ScopedSession, key: int, today: date) -> list[WrittenLetter]:
    return list(kind.offers(session, key, today))


def draft(session: ScopedSession, written: WrittenLetter, today: date) -> PlainLetter:
    """The letter from the azienda to the addressee. RuleBroken, naming it, for what the letter or the rows lack."""
    azienda = session.scalars(select(Azienda)).one_or_none()
    if azienda is None:
        raise RuleBroken("Mancano i dati dell'azienda: registrarli prima di preparare lettere.")
    to = addressee_of(session, written)
    letter = PlainLetter(
        sender=sender(azienda, today), addressee=addressee(to), day=today, subject=written.subject,
        paragraphs=written.paragraphs, facts=tuple(LetterFact(label, value) for label, value in written.facts))
    require_filled(letter)
    return letter


def addressee_of(session: ScopedSession, written: WrittenLetter) -> Party:
    """To whom a letter goes."""
    return session.require(Party, written.addressee_id)


def shown(letter: PlainLetter) -> list[Block]:
    """The letter as it will stand in the file: what a person reads before preparing it."""
    return blocks_of(poured(TEMPLATE, letter, words.capital(letter.subject)))


def prepare(session: ScopedSession, subject: str, code: str, key: int, addressee_id: int, *, today: date) -> Document:
    """Make the letter of a row to one addressee and keep it; again it is one file more, and both stay.

    NotVisible for a letter that the row cannot have, RuleBroken as for ``draft``, NotAllowed.
    """
    session.principal.require(Role.MANAGEMENT, Role.SYSTEM)
    found = kind_called(session, subject, code)
    for written in offers(session, found, key, today):
        if written.addressee_id == addressee_id:
            letter = draft(session, written, today)
            title = words.capital(letter.subject)
            document = put_down(session, TEMPLATE, letter, kind=KIND, folder=folder_of(subject, key),
                                file_name=f"{slug_of(f'{title} {letter.addressee.title}')[:80]}.docx", title=title,
                                subject=subject)
            session.flush()
            return document
    raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


def prepared(session: ScopedSession, subject: str, key: int) -> list[Document]:
    """The letters that were prepared for a row, the newest first."""
    mine = Document.path.startswith(f"documents/{folder_of(subject, key)}/", autoescape=True)
    return list(session.scalars(select(Document).where(Document.subject == subject, mine).order_by(Document.id.desc())))


def folder_of(subject: str, key: int) -> str:
    """Where the letters of a row lie, below the documents."""
    return f"plugins/{subject}/{key}"
