"""What is wrong with the words of a sheet: they will be read years later, beside other sheets, by somebody else. Pure.

Words of relative time and days without their year, a heading followed by nothing, a reference to a sheet that is not
there, a text that stands in two sheets (R31, X11, X25). Each remark knows the section in which it is mended.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.catalogue import sheets
from core.catalogue.model import OperationalSheet
from core.documents.blocks import Block, Heading
from core.documents.words import MONTHS
from core.ground.errors import Finding, Place, said_later
from core.ground.names import folded
from core.plugins.schema import FieldType

PROSE = ("mission", "recipients", "cost_to_user")
LISTS = ("definitions", "activities", "protocol", "tools", "notes")
COPIED_FROM = ("mission", "recipients", "activities")  # what is said of one service only
WORDS = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LINES)
LONG = 60  # signs from which the same words in two sheets are no chance

_PERIOD = r"(?:anno|mese|trimestre|quadrimestre|semestre|biennio|triennio|anno scolastico)"
_PERIODS = r"(?:giorni|settimane|mesi|anni)"
RELATIVE = re.compile(
    r"\b(?:attualmente|tuttora|oggi|ad oggi|a tutt'oggi|al momento attuale|per ora|per il momento|recentemente"
    r"|di recente|da poco|[ft]ra poco|a breve|prossimamente|quest'anno|questo mese"
    rf"|{_PERIOD} (?:scorso|passato|prossimo|corrente|in corso)|(?:scorso|prossimo|corrente) {_PERIOD}"
    rf"|(?:prossim[ie]|scors[ie]|ultim[ie]) {_PERIODS}"
    r"|in (?:fase|via|corso) di (?:avvio|attivazione|definizione|revisione|cambiamento|ridefinizione|costruzione))\b",
    re.IGNORECASE)
UNDATED = re.compile(
    rf"\b\d{{1,2}}º? (?:{'|'.join(MONTHS)})\b(?! \d{{4}})|\b(?:al|dal|il|del) (\d{{1,2}}/\d{{1,2}})\b(?!/)")
YEARLY = re.compile(r"\b(?:ogni|ciascun|stesso|dell'|di ogni) ?anno\b|annual|anno successivo", re.IGNORECASE)
NUMBERED = re.compile(r"\b(?:sched[ae]|allegat[oi])(?: operativ[ae])? (?:n\.|n°|nº|nn\.|numero) ?\d+", re.IGNORECASE)
NAMED = re.compile(r"\bsched[ae]\b[^.;:«\"“]{0,40}[«\"“]([^»\"”]+)[»\"”]", re.IGNORECASE)
LINK = re.compile(r"[(\[]\s*(?:link|collegamento)\s*[)\]]", re.IGNORECASE)
NOT_BOUND = said_later("La scheda «%(sheet)s» rimanda alla scheda «%(cited)s», che non è allegata al contratto: "
                       "conferire anche quel servizio, o togliere il rimando.")
NOT_THERE = said_later("La scheda «%(sheet)s» rimanda alla scheda «%(cited)s», che non c'è: scriverne il titolo come "
                       "sta nel catalogo, o togliere il rimando.")
SENTENCE = re.compile(r"(?<=[.;])\s+|\n\s*\n")


@dataclass(frozen=True)
class Shelf:
    """The sheets beside which one is read: those of a contract (``bound``), or all those in use."""

    sheets: Sequence[OperationalSheet]
    bound: bool = False

    def titles(self) -> frozenset[str]:
        """The titles of the sheets and the names of their services, as a reference may write them."""
        named = (name for sheet in self.sheets for name in (sheet.title, *(s.title for s in sheet.services)))
        return frozenset(map(folded, named))


def sections(sheet: OperationalSheet) -> Mapping[str, tuple[str, ...]]:
    """The texts of a sheet by section or field: paragraphs, or the items of a list; empty ones left out."""
    prose = {name: _paragraphs(getattr(sheet, name)) for name in PROSE}
    lists = {name: tuple(getattr(sheet, name) or ()) for name in LISTS}
    return {name: texts for name, texts in {**prose, **lists, **dict(_own_texts(sheet))}.items() if texts}


def _own_texts(sheet: OperationalSheet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is written in the service's own fields; what only the azienda sees is nobody else's to read."""
    data = sheet.data or {}
    for field in sheets.schema_of(sheet).fields:
        written = data.get(field.name)
        if written and field.type in WORDS and not field.office_only:
            yield field.name, _paragraphs(written) if isinstance(written, str) else tuple(map(str, written))


def _paragraphs(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split("\n\n") if part.strip())


def text_findings(sheet: OperationalSheet, shelf: Shelf) -> Iterator[Finding]:
    """Every remark on the words of a sheet that is read beside those of ``shelf``."""
    titles = shelf.titles()
    for section, texts in sections(sheet).items():
        at = Place("sheet", sheet.id, section)
        for text in texts:
            for sentence in SENTENCE.split(" ".join(text.split())):
                yield from _of_time(sheet, sentence, at)
            yield from _of_references(sheet, " ".join(text.split()), titles, shelf, at)
        if texts[-1].rstrip().endswith(":"):
            yield Finding("La scheda «%(sheet)s» finisce una sezione annunciando qualcosa che manca («%(words)s»): "
                          "completarla, o togliere l'annuncio.", {"sheet": sheet.title, "words": _short(texts[-1])},
                          where=sheet.code, source="R31", at=at)


def heading_findings(sheet: OperationalSheet, blocks: Sequence[Block]) -> Iterator[Finding]:
    """A heading of the service's own part under which nothing stands."""
    for block, after in pairwise((*blocks, None)):
        if not isinstance(block, Heading):
            continue
        if after is None or (isinstance(after, Heading) and after.level <= block.level):
            yield Finding("Nella scheda «%(sheet)s» sotto il titolo «%(heading)s» non c'è niente: riempire i suoi "
                          "dati, o dirlo a chi cura il plugin.", {"sheet": sheet.title, "heading": block.text},
                          where=sheet.code, source="R31", at=Place("sheet", sheet.id))


def relative_words(text: str) -> str:
    """The words by which a text speaks of the time of whoever wrote it; empty if it has none."""
    found = RELATIVE.search(" ".join(text.split()))
    return found.group() if found else ""


def _of_time(sheet: OperationalSheet, sentence: str, at: Place) -> Iterator[Finding]:
    if words := relative_words(sentence):
        yield Finding("La scheda «%(sheet)s» dice «%(words)s»: chi la legge fra un anno non sa di quando parla. "
                      "Scrivere una data o un anno.", {"sheet": sheet.title, "words": words},
                      where=sheet.code, source="R31", at=at)
    if not YEARLY.search(sentence) and (day := UNDATED.search(sentence)):
        yield Finding("La scheda «%(sheet)s» cita il %(day)s senza l'anno: completare la data.",
                      {"sheet": sheet.title, "day": day.group(1) or day.group()}, where=sheet.code, source="X11", at=at)


def _of_references(
    sheet: OperationalSheet, text: str, titles: Collection[str], shelf: Shelf, at: Place
) -> Iterator[Finding]:
    if found := NUMBERED.search(text):
        yield Finding("La scheda «%(sheet)s» rimanda a «%(words)s»: i numeri degli allegati cambiano da un contratto "
                      "all'altro. Scrivere il titolo della scheda, fra virgolette.",
                      {"sheet": sheet.title, "words": found.group()}, where=sheet.code, source="X25", at=at)
    if found := LINK.search(text):
        yield Finding("La scheda «%(sheet)s» porta un rimando vuoto («%(words)s»): scrivere l'indirizzo o il titolo "
                      "a cui rimanda, o toglierlo.", {"sheet": sheet.title, "words": found.group()},
                      where=sheet.code, source="X25", at=at)
    for cited in NAMED.findall(text):
        if folded(cited) not in titles:
            yield Finding(NOT_BOUND if shelf.bound else NOT_THERE, {"sheet": sheet.title, "cited": cited},
                          where=sheet.code, source="X25", at=at)


# --- the same words in two sheets -------------------------------------------------------------------------


def repeated(looked_at: Collection[OperationalSheet], shelf: Shelf) -> Iterator[Finding]:
    """A mission, or a long sentence, that two sheets share, of which one is ``looked_at``: it was pasted (X11)."""
    first: dict[str, OperationalSheet] = {}
    told = set[frozenset[str]]()
    for sheet in shelf.sheets:
        for section, words, whole in _sayings(sheet):
            original = first.setdefault(words, sheet)
            pair = frozenset((original.code, sheet.code))
            if original is sheet or pair in told or not {original, sheet} & set(looked_at):
                continue
            told.add(pair)
            yield _repetition(original, sheet, section, "" if whole else words)


def _repetition(original: OperationalSheet, sheet: OperationalSheet, section: str, words: str) -> Finding:
    titles: dict[str, object] = {"one": original.title, "other": sheet.title}
    at = Place("sheet", sheet.id, section)
    if not words:
        return Finding("Le schede «%(one)s» e «%(other)s» hanno la stessa missione: una delle due è stata copiata.",
                       titles, where=sheet.code, source="X11", at=at)
    return Finding("Le schede «%(one)s» e «%(other)s» hanno lo stesso testo («%(words)s»): verificare di quale "
                   "servizio parla, e toglierlo dall'altra.", {**titles, "words": _short(words)}, where=sheet.code,
                   source="X11", at=at)


def _sayings(sheet: OperationalSheet) -> Iterator[tuple[str, str, bool]]:
    """What a sheet says, folded, with its section: its mission as a whole, then its long sentences."""
    if mission := _plain(sheet.mission or ""):
        yield "mission", mission, True
    said = sections(sheet)
    for section in COPIED_FROM:
        for text in said.get(section, ()):
            yield from ((section, words, False) for words in map(_plain, SENTENCE.split(text)) if len(words) >= LONG)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _short(text: str, most: int = 80) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[:most].rsplit(' ', 1)[0]} …"


# --- its title --------------------------------------------------------------------------------------------


def title_findings(sheet: OperationalSheet, names: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """A sheet whose title is another than the name and the entry of art. 9 of the only service it describes (X12).

    ``names``: name and entry of each service. A title that says more than the name is the same title.
    """
    pairs = [(name, entry) for name, entry in names]
    if len(pairs) != 1:
        return  # a sheet of several services has a title of its own, and the annex names them all
    [(name, entry)] = pairs
    title = folded(sheet.title)
    if not any(title in known or known in title for known in map(folded, (name, entry))):
        yield Finding("L'art. 9 elenca «%(service)s» e la sua scheda si intitola «%(sheet)s»: dare lo stesso nome a "
                      "tutti e due, o chi legge cercherà una scheda che non c'è.",
                      {"service": name, "sheet": sheet.title}, where=sheet.code, source="X12",
                      at=Place("sheet", sheet.id, "title"))
