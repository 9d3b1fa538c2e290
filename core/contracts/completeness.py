"""A contract's text held against the minimum contents of art. 24 D.lgs. 201/2022 (c. 3-5). Pure; it never blocks.

Social services may fall outside that decree: the list warns and no more. What was not read at the source is marked
``verified=False`` and shown as to be verified. A clause is looked for by its words, so it is found in a text
negotiated by hand too; the reader is told where, and judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

SOURCE = "D.lgs. 201/2022, art. 24"
ARTICLE = re.compile(r"Art\. \d+(-bis)? – .+")
ANNEX = re.compile(r"Allegato n\. \d+ — .+")
TITLE = re.compile(r"TITOLO [IVX]+ – |Premesse$")
MOST_PLACES = 3


class Presence(StrEnum):
    """How much of a clause the text has."""

    PRESENT = "present"
    PARTLY = "partly"
    MISSING = "missing"


@dataclass(frozen=True)
class Part:
    """One thing that a clause must say, and the words by which it is known."""

    title: str
    words: str
    in_annexes: bool = False


@dataclass(frozen=True)
class Clause:
    """A minimum content: its letter or paragraph, what the law asks, and its parts."""

    place: str
    title: str
    parts: tuple[Part, ...]
    verified: bool = True


@dataclass(frozen=True)
class Answer:
    """What was found of one clause: where, and which of its parts are missing."""

    clause: Clause
    presence: Presence
    where: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """A paragraph of the text, or a fact on record, with the place where a person finds it."""

    where: str
    text: str
    annex: bool = False


CLAUSES = (
    Clause("c. 3, lett. a)", "Regime giuridico della gestione", (
        Part("Forma di gestione scelta", r"forme di gestione|principi dell'affidamento"),)),
    Clause("c. 3, lett. b)", "Durata del rapporto", (Part("Durata", r"durata"),)),
    Clause("c. 3, lett. c)", "Obiettivi di efficacia ed efficienza ed equilibrio economico e finanziario", (
        Part("Obiettivi di efficacia ed efficienza", r"efficacia.{0,20}efficienza|efficienza.{0,30}efficacia"),
        Part("Equilibrio economico e finanziario", r"equilibrio economico"))),
    Clause("c. 3, lett. d)", "Obblighi di servizio pubblico", (
        Part("Obblighi sui servizi", r"obblighi sui servizi|obblighi di servizio pubblico"),)),
    Clause("c. 3, lett. e)", "Condizioni economiche, compensazione e verifica che non sia eccessiva", (
        Part("Condizioni economiche", r"quota annuale|corrispettiv"),
        Part("Verifica che la compensazione non sia eccessiva", r"sovra-?\s?compensazion|compensazion\w+ (eccessiv|in "
             r"eccesso)"))),
    Clause("c. 3, lett. f)", "Strumenti di monitoraggio, anche sul mancato raggiungimento dei livelli di qualità", (
        Part("Controllo sulla gestione", r"controllo sulla gestione|monitoraggio"),
        Part("Standard di qualità controllati", r"standard di qualità"))),
    Clause("c. 3, lett. g)", "Obblighi di informazione e di rendicontazione", (
        Part("Rendicontazione", r"rendicontazione"),
        Part("Dati da comunicare", r"l'azienda (comunica|fornisce)"))),
    Clause("c. 3, lett. h)", "Penali e risoluzione per grave inadempimento", (
        Part("Penali", r"\bpenal[ei]\b"), Part("Risoluzione", r"risoluzione|si risolve di diritto"))),
    Clause("c. 3, lett. i)", "Dati che servono al prossimo affidamento", (
        Part("Messa a disposizione dei dati", r"(prossim|successiv|nuov)\w+ (affidament|gar[ae]\b)"),), verified=False),
    Clause("c. 3, lett. l)", "Soluzione delle controversie con gli utenti", (
        Part("Controversie con gli utenti", r"controversie con gli utenti|conciliazione .{0,40}utent"),),
        verified=False),
    Clause("c. 3, lett. m)", "Garanzie finanziarie e assicurative", (
        Part("Garanzie finanziarie", r"garanzi\w+ finanziari|fideiussion|cauzion"),
        Part("Assicurazioni", r"polizz")), verified=False),
    Clause("c. 3, lett. n)", "Recesso, cessazione anticipata e indennizzi", (
        Part("Recesso", r"\brecedere|\brecesso"), Part("Indennizzo", r"indennizz"),
        Part("Criteri per calcolare l'indennizzo", r"criteri .{0,60}indennizz")), verified=False),
    Clause("c. 3, lett. o)", "Disponibilità dei dati generati dal servizio (CAD, art. 50-quater)", (
        Part("Disponibilità dei dati", r"50-quater|dati (generati|raccolti) .{0,60}(a disposizione|disponibil)"),),
        verified=False),
    Clause("c. 3, lett. p)", "Protezione dei dati personali", (
        Part("Dati personali", r"dati personali|2016/679"),), verified=False),
    Clause("c. 4", "Servizi a domanda individuale: tariffe, indicatori, reclami, ristori", (
        Part("Tariffe e loro aggiornamento", r"aggiornamento .{0,40}tariff|tariff\w+ .{0,80}aggiorna"),
        Part("Indicatori di qualità e di quantità", r"indicator\w+ (di|della) (qualit|quantit)", in_annexes=True),
        Part("Reclami", r"reclam", in_annexes=True),
        Part("Ristori agli utenti", r"ristor[oi]\b|rimborso agli utenti", in_annexes=True)), verified=False),
    Clause("c. 5", "Allegati: programma degli investimenti e piano economico-finanziario", (
        Part("Programma degli investimenti", r"programma degli investimenti", in_annexes=True),
        Part("Piano economico-finanziario", r"piano economico[ -]*(e )?finanziario", in_annexes=True)),
        verified=False),
)


def check(lines: Sequence[Evidence]) -> list[Answer]:
    """Every clause of the law with what the text has of it, in the order of the law."""
    return [_answer(clause, lines) for clause in CLAUSES]


def located(text: Iterable[str]) -> Iterator[Evidence]:
    """The paragraphs of a contract's text, each with the article or annex that it stands under."""
    where, annex = "Premesse", False
    for paragraph in text:
        line = re.sub(r"\s+", " ", paragraph).strip()
        if ARTICLE.fullmatch(line) or ANNEX.fullmatch(line):
            where, annex = line, bool(ANNEX.fullmatch(line))
        elif TITLE.match(line):
            where, annex = line, False
        if line:
            yield Evidence(where, line, annex)


def _answer(clause: Clause, lines: Sequence[Evidence]) -> Answer:
    found = [(part, _places(part, lines)) for part in clause.parts]
    missing = tuple(part.title for part, places in found if not places)
    where = tuple(dict.fromkeys(place for _part, places in found for place in places[:MOST_PLACES]))
    presence = Presence.PRESENT if not missing else Presence.PARTLY if where else Presence.MISSING
    return Answer(clause, presence, where[:MOST_PLACES], missing)


def _places(part: Part, lines: Sequence[Evidence]) -> list[str]:
    """The articles whose title says it, else those whose text does."""
    words = re.compile(part.words, re.IGNORECASE)
    hits = [line for line in lines if (part.in_annexes or not line.annex) and words.search(line.text)]
    titled = [line.where for line in hits if words.search(line.where)]
    return list(dict.fromkeys(titled or (line.where for line in hits)))
