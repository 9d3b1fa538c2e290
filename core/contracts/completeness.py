"""A contract's text held against the minimum contents of art. 24 D.lgs. 201/2022 (c. 3-5). Pure; it never blocks.

Social services may fall outside that decree: the list warns and no more. What was not read at the source is marked
``verified=False`` and shown as to be verified. A clause is looked for by what its sentences say, so it is found in a
text negotiated by hand too; the reader is told where, and judges. The title of an article says nothing by itself, nor
does a line that is still to be filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

SOURCE = "D.lgs. 201/2022, art. 24"
ARTICLE = re.compile(r"Art\. \d+(-bis)? – .+")
ANNEX = re.compile(r"Allegato n\. \d+ — .+|Elenco degli allegati")
TITLE = re.compile(r"TITOLO [IVX]+ – |Premesse$")
BLANK = "____"
DENIAL = re.compile(r"\b(non|senza)\b[^.;:,]*$", re.IGNORECASE)
MOST_PLACES = 3


class Presence(StrEnum):
    """How much of a clause the text has."""

    PRESENT = "present"
    PARTLY = "partly"
    MISSING = "missing"


@dataclass(frozen=True)
class Part:
    """One thing that a clause must say, and the words by which it is known.

    ``datum``: what must stand in the same article besides, because words without their figure, day or object say
    nothing. ``beside``: without it the clause is there only in part.
    """

    title: str
    words: str
    datum: str = ""
    beside: bool = False
    in_annexes: bool = False


@dataclass(frozen=True)
class MinimumContent:
    """A minimum content: its letter or paragraph, what the law asks, and its parts."""

    place: str
    title: str
    parts: tuple[Part, ...]
    verified: bool = True


@dataclass(frozen=True)
class Answer:
    """What was found of one clause: where, and which of its parts are missing."""

    clause: MinimumContent
    presence: Presence
    where: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """A paragraph of the text, or a fact on record, with the place where a person finds it."""

    where: str
    text: str
    annex: bool = False


DAY_OR_SPAN = r"\d{1,2}º? \w+ \d{4}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\b\w+ (ann[oi]|mes[ei])\b"
SUM = r"€\s?\d|\d (\(\w+\) )?euro|\d ?%|per (cento|mille)"

CLAUSES = (
    MinimumContent("c. 3, lett. a)", "Regime giuridico della gestione", (
        Part("Forma di gestione scelta", r"\bgest(it|isc|ion)\w+.{0,80}(dirett|in economia|accreditat|partenariat|"
             r"affidamento a terzi)|in concessione a terzi|affidamento a terzi"),)),
    MinimumContent("c. 3, lett. b)", "Durata del rapporto", (
        Part("Durata", rf"\b(decorre|dura|ha durata|scade)\b.*({DAY_OR_SPAN})"),)),
    MinimumContent("c. 3, lett. c)", "Obiettivi di efficacia ed efficienza ed equilibrio economico e finanziario", (
        Part("Obiettivi di efficacia ed efficienza", r"(efficacia.{0,20}efficienza|efficienza.{0,30}efficacia).*"
             r"(obiettiv|finalità|standard|risultat)"),
        Part("Equilibrio economico e finanziario", r"equilibrio economico"))),
    MinimumContent("c. 3, lett. d)", "Obblighi di servizio pubblico", (
        Part("Obblighi sui servizi", r"obblighi di servizio pubblico|continuità dell.erogazione|copertura di tutto il "
             r"territorio"),)),
    MinimumContent("c. 3, lett. e)", "Condizioni economiche, compensazione e verifica che non sia eccessiva", (
        Part("Condizioni economiche", r"quota annuale|corrispettiv", SUM),
        Part("Come si calcola il corrispettivo", r"criteri: \w|tiene conto .{0,80}\w|in (base|proporzione) a\w* \w"),
        Part("Verifica che la compensazione non sia eccessiva", r"sovra-?\s?compensazion|compensazion\w+ (eccessiv|in "
             r"eccesso)", r"verific|confront|restitui"))),
    MinimumContent("c. 3, lett. f)",
                   "Strumenti di monitoraggio, anche sul mancato raggiungimento dei livelli di qualità", (
        Part("Controllo sulla gestione", r"(può|diritto di) controllare|controll\w+ (con continuità|in modo "
             r"sistematico)|monitora\w+ .{0,40}(risultat|serviz)|ispezion"),
        Part("Standard di qualità controllati", r"standard di (quantità e di )?qualità",
             r"controll|verific|aggiorna"))),
    MinimumContent("c. 3, lett. g)", "Obblighi di informazione e di rendicontazione", (
        Part("Rendicontazione", r"rendicontazione.*(ogni anno|annual|esercizio|entro|almeno)|relazione sulla gestione"),
        Part("Dati da comunicare", r"azienda (comunica|fornisce)", r"\bdati\b|informazioni|livello dei servizi"))),
    MinimumContent("c. 3, lett. h)", "Penali e risoluzione per grave inadempimento", (
        Part("Penali", r"\bpenal[ei]\b", SUM),
        Part("Risoluzione", r"si risolve di diritto|si intende risolto|\brisolt[oa]\b|risoluzione .{0,60}grav"))),
    MinimumContent("c. 3, lett. i)", "Dati che servono al prossimo affidamento", (
        Part("Messa a disposizione dei dati", r"dati.*(prossim|successiv|nuov)\w+ (affidament|gar[ae]\b)"),),
        verified=False),
    MinimumContent("c. 3, lett. l)", "Soluzione delle controversie con gli utenti", (
        Part("Controversie con gli utenti", r"controversie con gli utenti|conciliazione .{0,60}utent"),),
        verified=False),
    MinimumContent("c. 3, lett. m)", "Garanzie finanziarie e assicurative", (
        Part("Assicurazioni", r"polizz"),
        Part("Garanzie finanziarie", r"garanzi\w+ finanziari|fideiussion|cauzion", beside=True)), verified=False),
    MinimumContent("c. 3, lett. n)", "Recesso, cessazione anticipata e indennizzi", (
        Part("Recesso", r"\brecedere|\brecesso"), Part("Indennizzo", r"indennizz", r"\breced|\brecess|anticipat"),
        Part("Criteri per calcolare l'indennizzo", r"criteri .{0,60}indennizz", beside=True)), verified=False),
    MinimumContent("c. 3, lett. o)", "Disponibilità dei dati generati dal servizio (CAD, art. 50-quater)", (
        Part("Disponibilità dei dati", r"50-quater|dati (generati|raccolti) .{0,80}(a disposizione|disponibil)"),),
        verified=False),
    MinimumContent("c. 3, lett. p)", "Protezione dei dati personali", (
        Part("Dati personali", r"dati personali|2016/679"),
        Part("Chi è titolare, contitolare, responsabile (GDPR, artt. 26 e 28)", r"contitolar|artt?\. (26 e )?28\b",
             beside=True)), verified=False),
    MinimumContent("c. 4", "Servizi a domanda individuale: tariffe, indicatori, reclami, ristori", (
        Part("Tariffe e loro aggiornamento", r"aggiornamento .{0,40}tariff|tariff\w+ .{0,80}aggiorna"),
        Part("Indicatori di qualità e di quantità", r"indicator\w+ .{0,40}qualit", in_annexes=True),
        Part("Reclami", r"reclam", in_annexes=True),
        Part("Ristori agli utenti", r"ristor[oi]\b|rimborso agli utenti", in_annexes=True)), verified=False),
    MinimumContent("c. 5", "Allegati: programma degli investimenti e piano economico-finanziario", (
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


def _answer(clause: MinimumContent, lines: Sequence[Evidence]) -> Answer:
    found = [(part, _places(part, lines)) for part in clause.parts]
    lacking = [part for part, places in found if not places]
    where = tuple(dict.fromkeys(place for _part, places in found for place in places[:MOST_PLACES]))
    presence = Presence.PRESENT
    if lacking:
        presence = Presence.PARTLY if all(part.beside for part in lacking) else Presence.MISSING
    return Answer(clause, presence, where[:MOST_PLACES], tuple(part.title for part in lacking))


def _places(part: Part, lines: Sequence[Evidence]) -> list[str]:
    """The articles whose text says it with its datum: their titles say nothing, nor does a line to fill in."""
    words = re.compile(part.words, re.IGNORECASE)
    said = [line for line in lines if (part.in_annexes or not line.annex) and line.text != line.where
            and BLANK not in line.text]
    places = list(dict.fromkeys(line.where for line in said if any(not _denied(line.text, hit.start())
                                                                   for hit in words.finditer(line.text))))
    if not part.datum:
        return places
    datum = re.compile(part.datum, re.IGNORECASE)
    return [place for place in places if any(line.where == place and datum.search(line.text) for line in said)]


def _denied(text: str, place: int) -> bool:
    """True if the sentence says that there is none: «Le parti non hanno convenuto penali»."""
    return DENIAL.search(text[:place]) is not None
