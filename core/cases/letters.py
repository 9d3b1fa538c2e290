"""The letters of a case: which ones it can have now, what they say, and the keeping of one that is prepared.

A subject registers itself (``letters_of``) with what each letter may ask and two functions: ``offers`` names its
letters from the rows, ``written`` gives the frozen data of one of them. A prepared letter is a document in the diary of
its case; prepared again it is a second version, and both stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from core.cases.model import CaseFile
from core.cases.operations import case_of, require_open
from core.documents import words
from core.documents.blocks import Block
from core.documents.letters import Letter, lacking, poured, put_down, require_filled, signed_by
from core.documents.model import Document
from core.documents.reading import blocks_of
from core.ground.access import Role, ScopedSession
from core.ground.edits import locked
from core.ground.errors import NotVisible, RuleBroken
from core.parties.model import Party, Signatory
from core.parties.rules import slug_of
from core.parties.signatories import LETTERS as SIGNED_AS
from core.parties.signatories import signers

KIND = "letter"
LONGEST = {"line": 500, "text": 20_000}
Given = Mapping[str, str | date | None]


@dataclass(frozen=True)
class Asked:
    """Something that a letter says and no row holds: whoever prepares it writes it.

    ``kind``: line, text (each line an item or a paragraph), day, or choice among ``options``.
    """

    name: str
    kind: str = "line"
    needed: bool = True
    proposed: str | date | None = None
    options: tuple[str, ...] = ()


Asks = Mapping[str, tuple[Asked, ...]]  # letter: all that it may ask


def proposing(asks: Sequence[Asked], **proposed: str | date | None) -> tuple[Asked, ...]:
    """What a letter asks, with what is proposed for it by name."""
    return tuple(replace(ask, proposed=proposed.get(ask.name)) for ask in asks)


@dataclass(frozen=True)
class Offer:
    """A letter that a case can have now.

    ``code`` is its template, ``row_id`` the row that it is about (0: the case itself), ``about`` tells it from others
    of its code. ``awaited``: the case waits for it. ``roles``: who may prepare it. ``private``: what is not adopted yet
    stays with the office. The parties are those between whom its sending is recorded.
    """

    code: str
    row_id: int = 0
    about: str = ""
    awaited: bool = False
    asks: tuple[Asked, ...] = ()
    roles: frozenset[Role] = frozenset()
    sender_id: int = 0
    addressee_id: int = 0
    private: bool = False

    @property
    def key(self) -> str:
        """What names it in an address: ``inspection_minutes-3``."""
        return f"{self.code}-{self.row_id}"


# session, case, today: which letters it can have, in the order of the procedure
Offers = Callable[[ScopedSession, Any, date], Sequence[Offer]]
# session, case, letter, what was given for its asks, today: what it says; RuleBroken for what is missing
Written = Callable[[ScopedSession, Any, Offer, Given, date], Letter]
LETTERS: dict[str, tuple[Asks, Offers, Written]] = {}


def letters_of(subject: str, asks: Asks, offers: Offers, written: Written) -> None:
    """Register the letters of the cases of the table ``subject``; ``asks`` names them all, also those that ask nothing.

    People need a word for each letter and for each thing that it asks: a house test reads ``asks`` for them.
    """
    LETTERS[subject] = (asks, offers, written)


def offered(session: ScopedSession, subject: str, case: Any, *, today: date) -> list[Offer]:
    """The letters of a case that the principal may prepare; none for a subject that has no letters."""
    if subject not in LETTERS:
        return []
    asks, offers, _written = LETTERS[subject]
    return [_declared(asks, offer) for offer in offers(session, case, today) if session.principal.has(*offer.roles)]


def offer_of(session: ScopedSession, subject: str, subject_id: int, key: str, *, today: date) -> tuple[Any, Offer]:
    """A case and one of its letters. NotVisible for a case that is another's, and for a letter that it cannot have."""
    require_open(session, subject)
    case = case_of(session, subject, subject_id)
    for offer in offered(session, subject, case, today=today):
        if offer.key == key:
            return case, offer
    raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


def may_sign(session: ScopedSession, offer: Offer, today: date) -> list[Signatory]:
    """Those in office who may sign a letter, the usual one first."""
    writes = session.get(Party, offer.sender_id)
    return [] if writes is None else signers(writes, SIGNED_AS, today)


def draft(
    session: ScopedSession, subject: str, case: Any, offer: Offer, given: Given, *, signatory_id: int | None = None,
    today: date,
) -> Letter:
    """What a letter says, signed by ``signatory_id`` (None: by whom it is usual).

    RuleBroken, on its field, for what was not written, for who does not sign, and for what the rows lack.
    """
    checked = {ask.name: _checked(ask, given.get(ask.name)) for ask in offer.asks}
    _asks, _offers, written = LETTERS[subject]
    letter = written(session, case, offer, checked, today)
    if signatory_id is not None:
        letter = signed_by(letter, _chosen(session, offer, signatory_id, today))
    require_filled(letter)
    return letter


def _chosen(session: ScopedSession, offer: Offer, signatory_id: int, today: date) -> Signatory:
    for signatory in may_sign(session, offer, today):
        if signatory.id == signatory_id:
            return signatory
    raise RuleBroken("Questa persona oggi non firma le lettere di chi scrive: sceglierne una in carica.",
                     field="signatory_id")


def shown(offer: Offer, letter: Letter) -> list[Block]:
    """A letter as it will stand in the file: what a person reads before preparing it."""
    return blocks_of(poured(offer.code, letter, words.capital(letter.subject)))


def prepare(
    session: ScopedSession, subject: str, subject_id: int, key: str, given: Given, *, seen: int | None = None,
    signatory_id: int | None = None, today: date,
) -> CaseFile:
    """Make a letter from the rows and keep it, with its data and hashes, in the diary of its case.

    ``seen``: how many versions of it there were on the page of who asks (None: nobody has looked); ``signatory_id``:
    who signs, among those in office (None: the usual one).

    RuleBroken for what is missing, if nobody signs for whoever writes, or if somebody prepared it meanwhile. NotVisible
    for a letter that is not offered.
    """
    locked(session, case_of(session, subject, subject_id))  # two at once would both make the same version
    case, offer = offer_of(session, subject, subject_id, key, today=today)
    ready = versions(session, subject, subject_id).get(key, [])
    if seen is not None and len(ready) > seen:
        raise _prepared_meanwhile(ready[-1])
    letter = draft(session, subject, case, offer, given, signatory_id=signatory_id, today=today)
    version = len(ready) + 1
    title = words.capital(letter.subject)
    number = f"-v{version}" if version > 1 else ""
    document = put_down(
        session, offer.code, letter, kind=KIND, folder=f"cases/{subject}/{subject_id}/letters/{key}",
        file_name=f"{slug_of(title)[:80]}{number}.docx", title=title, subject=subject,
    )
    # one flush for both: a municipality or a provider sees a document through what holds it, and not before
    held = CaseFile(subject=subject, subject_id=subject_id, document=document, shared=not offer.private,
                    title=title if version == 1 else f"{title} (versione {version})")
    session.add(held)
    session.flush()
    return held


def versions(session: ScopedSession, subject: str, subject_id: int) -> dict[str, list[CaseFile]]:
    """The letters that were prepared for a case, by their keys, the first version first."""
    rows = session.scalars(
        select(CaseFile).join(CaseFile.document).options(contains_eager(CaseFile.document))
        .where(CaseFile.subject == subject, CaseFile.subject_id == subject_id, Document.kind == KIND,
               Document.template.is_not(None)).order_by(CaseFile.id)
    )
    found: dict[str, list[CaseFile]] = {}
    for row in rows:
        found.setdefault(row.document.path.split("/")[-2], []).append(row)
    return found


def said_before(session: ScopedSession, subject: str, subject_id: int, offer: Offer) -> Given:
    """What the last version of a letter says of all that it may ask: nobody types it again; nothing before the first.
    """
    asks = LETTERS[subject][0].get(offer.code, ())
    ready = versions(session, subject, subject_id).get(offer.key, [])
    path = ready[-1].document.data_path if ready else None
    if path is None or not session.files.locate(path).exists():
        return {}
    data = json.loads(session.files.get(path))
    inner = {name: value for part in data.values() if isinstance(part, dict) for name, value in part.items()}
    found = {ask.name: _read_again(ask, data.get(ask.name, inner.get(ask.name))) for ask in asks}
    return {name: value for name, value in found.items() if value}


def _read_again(ask: Asked, value: Any) -> str | date | None:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if ask.kind == "day":
        return date.fromisoformat(value) if value else None
    return value if isinstance(value, str) else None


def lines(value: str | date | None) -> tuple[str, ...]:
    """The lines that say something: the items of a list, or the paragraphs of a text."""
    return tuple(line.strip() for line in value.splitlines() if line.strip()) if isinstance(value, str) else ()


def text(value: str | date | None) -> str:
    """What was written, as text."""
    return value if isinstance(value, str) else ""


def day(value: str | date | None) -> date | None:
    """What was written, as a day."""
    return value if isinstance(value, date) else None


def known(value: date | None, what: str) -> date:
    """A day that the rows must hold; RuleBroken, naming it, if they do not."""
    if value is None:
        raise lacking(what)
    return value


def _prepared_meanwhile(held: CaseFile) -> RuleBroken:
    return RuleBroken("Nel frattempo %(who)s ha preparato questa lettera: è «%(title)s». Leggerla; se ne serve "
                      "un'altra, inviare di nuovo.", who=held.document.made_by, title=held.title)


def _declared(asks: Asks, offer: Offer) -> Offer:
    """An offer that its subject declared: of another nobody has asked whether it has its words."""
    known = {(ask.name, ask.options) for ask in asks.get(offer.code, ())}
    if offer.code not in asks or not {(ask.name, ask.options) for ask in offer.asks} <= known:
        raise LookupError(f"{offer.code}: not declared to letters_of, or it asks what is not")
    return offer


def _checked(ask: Asked, value: str | date | None) -> str | date | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        if ask.needed:
            raise RuleBroken("La lettera ha bisogno di questo dato: scriverlo.", field=ask.name)
        return None
    if ask.kind == "day" and not isinstance(value, date):
        raise RuleBroken("Indicare un giorno, per esempio 31/07/2026.", field=ask.name)
    if isinstance(value, str) and len(value) > LONGEST.get(ask.kind, 500):
        raise RuleBroken("Il testo è troppo lungo: scriverne al massimo %(most)s caratteri.", field=ask.name,
                         most=LONGEST.get(ask.kind, 500))
    if ask.kind == "choice" and value not in ask.options:
        raise RuleBroken("Scegliere una voce dell'elenco.", field=ask.name)
    return value
