"""The text to sign: the one that was approved, with what was not known then at its place, and no word else.

Nothing is made anew from the template. What is filled, what a hand has written, what has no place any more and what is
still blank is told; a blank that no datum fills takes the words that a person types. The differences are read and
accepted by a person, who names the text by its hash. What the records say otherwise since the approval is told too, and
stays in the text as it was approved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from core.contracts.annexes import NO_SHEET
from core.contracts.assemble import DAY, DIGITAL, MOMENT, blank_of_act, contract_document
from core.contracts.compare import field_of, snapshot
from core.contracts.completeness import ANNEX, ARTICLE, TITLE
from core.contracts.drift import Drifted, drifted, in_quotes, made_of
from core.contracts.model import Contract, ContractDocument
from core.contracts.operations import FINAL, OFFICE, add_text, contract_at
from core.contracts.papers import name_of
from core.contracts.rules import APPROVING
from core.contracts.signed import Signer, require_no_draft
from core.contracts.states import ContractState
from core.documents.controls import (
    BLANK,
    Late,
    Spot,
    blanks,
    controls,
    filled,
    lates,
    named,
    open_keys,
    waits,
)
from core.documents.operations import canonical
from core.documents.wordfile import plain, read_text
from core.ground.access import ScopedSession
from core.ground.edits import locked
from core.ground.errors import RuleBroken
from core.ground.files import sha256
from core.ground.written import one_line
from core.plugins.loading import Registry

OF_THE_SIGNING = frozenset({MOMENT, DAY})  # what is written by pen where the contract is signed by hand
ACT = "act/"  # how the keys of acts begin
AN_ACT = blank_of_act(numbered=True)
MOST_NAMED = 12
SHOWN = 60
MOST_WORDS = 2000  # at one place


class Fate(StrEnum):
    """What becomes of a datum that was not known when the text was approved; or an act that the text does not cite."""

    FILLED = "filled"
    UNSAID = "unsaid"
    BY_HAND = "by_hand"
    LACKING = "lacking"
    NO_PLACE = "no_place"


@dataclass(frozen=True)
class Datum:
    """A datum by its name: what the records say, and what a hand has written in its place."""

    name: str
    fate: Fate
    text: str
    written: str = ""


@dataclass(frozen=True)
class Blank:
    """A blank of the text outside every control: where it stands, and what is put there: a datum, by its key, or the
    ``words`` that somebody (``by``) has typed."""

    spot: Spot
    where: str
    key: str = ""
    words: str = ""
    by: str = ""


@dataclass(frozen=True)
class Placed:
    """What was put at a blank of a text that was kept: the ``place`` as a form carries it, the rest as in ``Blank``."""

    place: str
    where: str
    key: str
    words: str
    by: str


@dataclass(frozen=True)
class Completed:
    """What a person has decided on a text to sign, kept beside it; ``stays`` as it was approved, though the records
    have changed."""

    placed: tuple[Placed, ...]
    stays: tuple[Drifted, ...]


@dataclass(frozen=True)
class FinalText:
    """The text to sign as it would be now, made of the text ``approved``."""

    approved: ContractDocument
    content: bytes
    data: tuple[Datum, ...]
    places: tuple[Blank, ...]
    known: tuple[Late, ...]
    left: tuple[str, ...]
    drifted: tuple[Drifted, ...]

    @property
    def digest(self) -> str:
        """By which a person accepts this very text, and that it says what the records do not say any more."""
        return sha256(self.content + canonical(self.drifted))


def approved_text(contract: Contract) -> ContractDocument:
    """The version that the parties have approved: the last one that is no text to sign itself."""
    return next(version for version in reversed(contract.documents) if version.origin != FINAL)


def propose(
    session: ScopedSession,
    contract: Contract,
    registry: Registry,
    *,
    today: date,
    by_hand: bool = False,
    chosen: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> FinalText:
    """The text to sign, from the approved one and what is known now; nothing is kept.

    ``by_hand``: day and hour stay blank, the parties write them. By the code of a place ``chosen`` says which datum
    goes there, by its key, and ``typed`` which words; without both they are those of the last text to sign. RuleBroken
    for a place or a datum that is none, for a place with both, and for a text that is no Word file.
    """
    approved = approved_text(contract)
    if not approved.document.file_name.endswith(".docx"):
        raise RuleBroken("Il testo approvato è il file «%(file)s», che non è un documento Word: non si può completare.",
                         file=approved.document.file_name)
    base = session.files.get(approved.document.path)
    data = {datum.key: datum for datum in lates(contract_document(session, contract, registry, by_hand=by_hand))}
    names = named(data)
    written: dict[str, list[str]] = {}
    for control in controls(base):
        if key := control.key or names.get(control.name):
            written.setdefault(key, []).append(control.text)
    opened = open_keys(made_of(session, contract, approved))  # what was not known when it was made
    homeless = [data[key] for key in data if key in opened and key not in written]
    before = _placed(session, contract)
    if chosen is None and typed is None:
        chosen = {code: held.key for code, held in before.items() if held.key}
        typed = {code: held.words for code, held in before.items() if held.words}
    places = [_by(place, before.get(place.spot.code), session.principal.name)
              for place in _places(base, homeless, data, chosen or {}, _typed(typed or {}))]
    placed = {place.spot: _put(place, data) for place in places if place.key or place.words}
    content = filled(base, data, placed)
    keys, late = {place.key for place in places}, opened | written.keys()
    rows = [_datum(datum, written.get(key, ()), placed=key in keys) for key, datum in data.items()
            if key in late and (datum.text or BLANK.search(datum.open))
            and not (by_hand and datum.name in OF_THE_SIGNING)]
    rows += _unsaid([datum for key, datum in data.items() if key not in late], content)
    known = tuple(datum for datum in data.values() if datum.text)
    return FinalText(approved, content, tuple(rows), tuple(places), known, tuple(left_blank(content, by_hand=by_hand)),
                     drifted(session, contract, approved, registry, today=today))


def keep_final(
    session: ScopedSession,
    contract_id: int,
    *,
    registry: Registry,
    digest: str,
    today: date,
    by_hand: bool = False,
    chosen: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    version: int | None = None,
) -> ContractDocument:
    """Keep the text to sign that somebody has read and accepted, by its ``digest``, as the next version.

    The note of the version says who typed the words at its blanks, and what stays as it was approved though the records
    have changed. The same text, decided on the same, is one version. RuleBroken for a contract that is not approved,
    and if what would be kept is not what was read: the records, the approved text or what is put at the blanks have
    changed meanwhile.
    """
    session.principal.require(*OFFICE)
    locked(session, contract_at(session, contract_id, None))
    contract = contract_at(session, contract_id, version)
    if contract.state != ContractState.APPROVED:
        raise RuleBroken("Il testo da firmare si prepara quando tutti hanno approvato il contratto n. %(code)s.",
                         code=contract.code)
    text = propose(session, contract, registry, today=today, by_hand=by_hand, chosen=chosen, typed=typed)
    if text.digest != digest:
        raise RuleBroken("Il testo ora è un altro, per i dati cambiati nel frattempo o per quanto è scritto negli "
                         "spazi: rileggere le differenze, poi confermarle.")
    placed = tuple(Placed(place.spot.code, place.where, place.key, place.words, place.by)
                   for place in text.places if place.key or place.words)
    decided = Completed(placed, text.drifted)
    last = contract.documents[-1]
    if last.origin == FINAL and (last.document.sha256, last.document.data_sha256, last.snapshot) == (
            sha256(text.content), sha256(canonical(decided)), snapshot(contract)):
        return last
    return add_text(session, contract, FINAL, text.content, note=_note(decided), data=canonical(decided))


def _note(decided: Completed) -> str:
    """What was typed at the blanks and by whom, and what stays: for the list of versions and the diary."""
    typed = "; ".join(f"{held.where}: «{held.words}» ({held.by})" for held in decided.placed if held.words)
    stays = "; ".join(f"{one.name}, il testo: {in_quotes(one.said)}, i dati registrati: {in_quotes(one.says)}"
                      for one in decided.stays)
    return " ".join([*([f"Scritto negli spazi del testo approvato: {typed}."] if typed else []),
                     *([f"Resta come approvato, benché i dati siano cambiati: {stays}."] if stays else [])])


def words_typed(session: ScopedSession, text: ContractDocument) -> bool:
    """True if a text to sign holds words that somebody typed at its blanks."""
    return any(row["words"] for row in _completed(session, text).get("placed", ()))


def undecided(
    session: ScopedSession, contract: Contract, registry: Registry, *, today: date
) -> tuple[list[Drifted], list[Drifted]]:
    """What has changed in the records since the text was made that is approved, or is to be: what nobody has decided
    on yet, and what stays as it was approved by the last text to sign."""
    if contract.state not in APPROVING or not contract.documents:
        return [], []
    if any(version.document is None for version in contract.documents):  # an office may read a contract without them
        return [], []
    found = drifted(session, contract, approved_text(contract), registry, today=today)
    stays = {(row["key"], tuple(row["says"])) for row in _completed(session, contract.documents[-1]).get("stays", ())}
    open_ = [one for one in found if (one.key, one.says) not in stays]
    return open_, [one for one in found if one not in open_]


def require_signable(session: ScopedSession, contract: Contract, *, by_hand: bool) -> bytes:
    """The last text of a contract, if it may be signed.

    RuleBroken for a draft, for one that was prepared before an act was recorded or taken back, or for the other way to
    sign, and for one in which something is left blank: what, and in which article (R16-R18).
    """
    last = contract.documents[-1]
    final = session.files.get(last.document.path)
    require_no_draft(final)
    if last.origin == FINAL and not is_prepared(contract):
        raise RuleBroken("Dopo il testo da firmare sono cambiati gli atti registrati: prepararlo di nuovo, e "
                         "rileggerlo.")
    if by_hand and any(plain(line).endswith((DIGITAL, f"{DIGITAL},")) for line in read_text(final)):
        raise RuleBroken("Il testo da firmare dice che si firma digitalmente: per la firma a mano prepararlo di nuovo, "
                         "con giorno e ora da scrivere.", field="by_hand")
    left = list(left_blank(final, by_hand=by_hand))
    if left:
        more = len(left) - MOST_NAMED
        named = "; ".join(left[:MOST_NAMED]) + (f"; e altri {more}" if more > 0 else "")
        raise RuleBroken("Nel testo da firmare restano spazi vuoti. %(blanks)s. Registrare i dati che mancano e "
                         "preparare di nuovo il testo da firmare.", blanks=named)
    return final


def is_prepared(contract: Contract) -> bool:
    """True if the last text is one to sign, and no act was recorded or taken back since."""
    last = contract.documents[-1] if contract.documents else None
    if last is None or last.origin != FINAL:
        return False
    then = {key: bool(fact.get("approval")) for key, fact in (last.snapshot or {}).items() if field_of(key) == "act"}
    return then == {f"act/{link.act_id}": link.role == "approval" for link in contract.acts
                    if link.role != "superseded"}


def left_blank(content: bytes, *, by_hand: bool) -> Iterator[str]:
    """Each blank by the name of its datum, or by the words around it, with the article in which it stands.

    A list that is announced and has nothing in it is one too, and the page of a service that had no sheet yet.
    """
    lines = [plain(line) for line in read_text(content)]
    where = _where(lines)
    found = [f"{where[spot.paragraph]}: {spot.name or f'«{spot.around}»'}" for spot in blanks(content, (AN_ACT,))
             if not (by_hand and spot.name in OF_THE_SIGNING)]
    yield from dict.fromkeys(found)
    written = [(place, line) for place, line in enumerate(lines) if line]
    for (place, line), (_next, after) in pairwise(written):
        if line.endswith(":") and _heads(after):
            yield f"{where[place]}: elenco vuoto dopo «{line[-SHOWN:]}»"
    yield from (f"{where[place]}: scheda operativa" for place, line in written if line == NO_SHEET)


def signers_of(contract: Contract) -> list[Signer]:
    """Who signs for each party, as the text names them. RuleBroken for a party of whom nobody does."""
    found = []
    for member in contract.parties:
        who = member.signatory
        if who is None:
            raise RuleBroken("Manca chi firma per %(name)s: indicarlo tra i firmatari.", name=name_of(member.party))
        found.append(Signer(name_of(member.party), who.given_name, who.family_name, who.tax_code))
    return found


# --- where things go --------------------------------------------------------------------------------------


def _placed(session: ScopedSession, contract: Contract) -> dict[str, Placed]:
    """What was put at the blanks of the approved text when it was last completed, by the code of the place."""
    rows = _completed(session, contract.documents[-1]).get("placed", ())
    return {row["place"]: Placed(*(row[field.name] for field in fields(Placed))) for row in rows}


def _completed(session: ScopedSession, text: ContractDocument) -> dict[str, Any]:
    """What was decided on a text, if it is one to sign; see ``Completed``."""
    if text.origin != FINAL or text.document.data_path is None:
        return {}
    found: dict[str, Any] = json.loads(session.files.get(text.document.data_path))
    return found


def _typed(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed as it stands in a text. RuleBroken for a character that nobody sees and for too many words."""
    found = {code: one_line(words) for code, words in typed.items()}
    for words in found.values():
        if len(words) > MOST_WORDS:
            raise RuleBroken("Le parole scritte in uno spazio sono %(length)s caratteri, al massimo %(most)s: per "
                             "cambiare di più il testo rimandarlo in bozza. «%(start)s…»", length=len(words),
                             most=MOST_WORDS, start=words[:SHOWN])
    return {code: words for code, words in found.items() if words}


def _places(
    base: bytes, homeless: Sequence[Late], data: Mapping[str, Late], chosen: Mapping[str, str], typed: Mapping[str, str]
) -> list[Blank]:
    """The blanks outside controls. A datum without a control goes by itself where its open words stand only once, and
    nothing else was typed there."""
    phrases = {datum.open for datum in data.values() if BLANK.fullmatch(datum.open) is None}
    alone = {datum.open for datum in homeless if [other.open for other in homeless].count(datum.open) == 1}
    spots = [spot for spot in blanks(base, phrases) if spot.key not in data and spot.name not in named(data)]
    said = [spot.text for spot in spots]
    own = {datum.open: datum.key for datum in homeless
           if datum.text and datum.open in alone and said.count(datum.open) == 1}
    if (chosen.keys() | typed.keys()) - {spot.code for spot in spots} or set(chosen.values()) - {"", *data}:
        raise RuleBroken("Uno degli spazi indicati non è più nel testo: ricaricare la pagina e sceglierlo di nuovo.")
    where = _where(map(plain, read_text(base)))
    waiting = {datum.open for datum in homeless}
    found = []
    for spot in spots:
        if BLANK.search(spot.text) is None and spot.text in phrases and spot.text not in waiting:
            continue  # words that also stand for a datum which came in time, or which is at its place
        words = typed.get(spot.code, "")
        key = chosen.get(spot.code, "" if words else own.get(spot.text, ""))
        if key and words:
            raise RuleBroken("%(where)s, «%(around)s»: scegliere un dato oppure scrivere le parole, non "
                             "entrambi.", where=where[spot.paragraph], around=spot.around)
        found.append(Blank(spot, where[spot.paragraph], key if key and data[key].text else "", words))
    return found


def _by(place: Blank, before: Placed | None, name: str) -> Blank:
    """The place with who typed its words: whoever did before, if they are still the same."""
    if not place.words:
        return place
    return replace(place, by=before.by if before is not None and before.words == place.words else name)


def _put(place: Blank, data: Mapping[str, Late]) -> str:
    """What stands at a place then: words as they were typed, a datum as it goes on; in a list after its preposition."""
    text = place.words or _joined(place.spot, data[place.key].text)
    return f"{place.spot.text.rstrip()} {text}" if place.spot.opens_list else text


def _joined(spot: Spot, text: str) -> str:
    """The datum as it goes on after the words before the blank: «n.» is not said twice."""
    before = spot.before.rstrip()
    for word in ("n. ", "del "):
        if text.startswith(word) and f" {before}".endswith(f" {word.strip()}"):
            return text.removeprefix(word)
    return text


def _datum(datum: Late, written: Sequence[str], *, placed: bool) -> Datum:
    if placed or any(waits(text, datum) for text in written):
        return Datum(datum.name, Fate.FILLED if datum.text else Fate.LACKING, datum.text)
    if written:
        return Datum(datum.name, Fate.BY_HAND, datum.text, plain(written[0]))
    return Datum(datum.name, Fate.NO_PLACE if datum.text else Fate.LACKING, datum.text)


def _unsaid(data: Sequence[Late], content: bytes) -> Iterator[Datum]:
    """The acts that are recorded and that the text, which cited others already, does not cite."""
    said = " ".join(map(plain, read_text(content)))
    yield from (Datum(datum.name, Fate.UNSAID, datum.text) for datum in data
                if datum.key.startswith(ACT) and datum.text and datum.text not in said)


def _where(lines: Iterable[str]) -> list[str]:
    """The article, title or annex in which each paragraph of a text stands, from its plain lines."""
    place, found = "Intestazione", []
    for line in lines:
        place = line if _heads(line) else place
        found.append(place)
    return found


def _heads(line: str) -> bool:
    """True for the heading of an article, a title or an annex."""
    return any(kind.match(line) for kind in (ARTICLE, ANNEX, TITLE))
