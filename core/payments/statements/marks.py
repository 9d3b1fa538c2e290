"""Words beside an amount that change what it means: whether it came in or went out, whether it is booked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from core.payments.statements.amounts import MINUS
from core.payments.statements.texts import plain


class Mark(StrEnum):
    """What a word says of the amount beside it."""

    IN = "in"
    OUT = "out"
    BOOKED = "booked"
    NOT_BOOKED = "not_booked"
    REVERSED = "reversed"


DIRECTIONS = {
    Mark.IN: ("+", "a", "c", "avere", "credito", "crediti", "accredito", "accrediti", "acc", "cr", "crdt", "credit",
              "entrata", "entrate", "in entrata"),
    Mark.OUT: ("-", "d", "dare", "debito", "debiti", "addebito", "addebiti", "add", "dr", "db", "dbit", "debit",
               "uscita", "uscite", "in uscita"),
}
# only where the head speaks of a direction: elsewhere they are words like others
INITIALS = {Mark.IN: ("e", "in", "entrante", "incoming"), Mark.OUT: ("u", "out", "uscente", "outgoing")}
STATES = {
    Mark.BOOKED: ("contabilizzato", "contabilizzata", "contabile", "booked", "book", "eseguito", "eseguita",
                  "registrato", "registrata", "definitivo", "definitiva", "completato", "completata", "regolato",
                  "regolata", "positivo", "ok", "posted", "settled"),
    Mark.NOT_BOOKED: ("autorizzato", "autorizzata", "in attesa", "pending", "pdng", "info", "futr", "prenotato",
                      "prenotata", "da contabilizzare", "non contabilizzato", "non contabilizzata", "non contabile",
                      "provvisorio", "provvisoria", "in lavorazione", "in corso", "in elaborazione", "sospeso",
                      "sospesa", "annullato", "annullata", "cancellato", "cancellata", "respinto", "respinta",
                      "rifiutato", "rifiutata", "rigettato", "rigettata", "scartato", "scartata", "fallito", "fallita",
                      "revocato", "revocata", "da autorizzare", "da eseguire", "non eseguito", "non eseguita",
                      "inserito", "inserita", "disposto", "disposta", "scaduto", "scaduta", "negativo", "ko",
                      "rejected", "cancelled", "canceled"),
    Mark.REVERSED: ("stornato", "stornata", "storno", "reversed", "reversal"),
}
YES, NO = ("si", "s", "yes", "y", "vero", "true", "1", "x"), ("no", "n", "falso", "false", "0")
ANSWERS = {Mark.BOOKED: YES, Mark.NOT_BOOKED: NO}  # only below a head that asks: contabilizzato?
UNDONE = {Mark.NOT_BOOKED: YES, Mark.BOOKED: (*NO, "")}  # below annullato? a row that says nothing stands
TAKEN_BACK = {Mark.REVERSED: YES, Mark.BOOKED: (*NO, "")}

Words = dict[str, Mark]


def _by_word(*tables: Mapping[Mark, Sequence[str]]) -> Words:
    return {word: mark for table in tables for mark, words in table.items() for word in words}


ANYWHERE = _by_word(DIRECTIONS, STATES)
IN_A_TEXT = {word: mark for word, mark in ANYWHERE.items() if not (len(word) == 1 and word.isalpha())}
BELOW_A_DIRECTION = _by_word(DIRECTIONS, STATES, INITIALS)
BELOW_UNDONE, BELOW_TAKEN_BACK = _by_word(STATES, UNDONE), _by_word(STATES, TAKEN_BACK)
BELOW_A_STATE = _by_word(DIRECTIONS, STATES, ANSWERS)
SIDES = r"(dare|avere|debito|credito|addebito|accredito|addebiti|accrediti|entrat[ae]|uscit[ae]|[dac])"
DIRECTION_HEAD = re.compile(
    rf"(segno|verso|direzione)( .*)?|tipo(logia)?( (di )?(movimento|operazione|mov|op|importo))?|{SIDES}( o)? {SIDES}")
UNDONE_HEAD = re.compile(r"(flag )?(annullat|respint|rifiutat|rigettat|revocat)[oaie]")
TAKEN_BACK_HEAD = re.compile(r"(flag )?(storn[oi]|stornat[oaie]|reversal|reversed)")
TEXT_HEAD = re.compile(r"(descrizione|causale|motivo|motivazione|dettagli[oi]?|note|nota|oggetto)( .*)?")
PAIR_HEAD = re.compile(rf"{SIDES}( o)? {SIDES}")
STATE_HEAD = re.compile(r"(stato|esito|contabilizzat[oaie]|contabilizzazione)( .*)?")
MOVEMENTS = r"(elenco |lista )?(dei |delle |di )?(movimenti|operazioni|pagamenti|bonifici|accrediti|transazioni)( \w+)?"
PERIOD = r"( (al|dal|del|in data) .*)?"
TITLES = {  # of the rows below; a figure behind them would be a sum, not a title
    Mark.NOT_BOOKED: re.compile(
        rf"({MOVEMENTS} )?(non (ancora )?contabil\w+|da contabilizzare|in attesa di contabilizzazione){PERIOD}"
        rf"|{MOVEMENTS} (in attesa|prenotat[ie]|autorizzat[ie]|provvisori[e]?|in corso|in lavorazione|in elaborazione"
        rf"|pending|annullat[ie]|respint[ie]|stornat[ie]|futur[ie]){PERIOD}"),
    Mark.BOOKED: re.compile(rf"({MOVEMENTS} )?contabilizzat[ie]{PERIOD}"
                            rf"|{MOVEMENTS} (contabili|eseguit[ie]|definitiv[ie]|registrat[ie]){PERIOD}"),
}
SIGNS_HEAD = re.compile(r"[ (]*[+-] ?[/|] ?[+-][ )]*")


def is_direction_head(head: str) -> bool:
    """True for a head that announces a sign: Segno, D/A, Dare/Avere, Tipo, Verso, +/-."""
    return bool(SIGNS_HEAD.fullmatch(head.translate(MINUS))) or bool(DIRECTION_HEAD.fullmatch(plain(head)))


def is_pair_of_sides(head: str) -> bool:
    """True for a head that names both sides, Dare/Avere: what stands below it may be the amounts themselves."""
    return bool(PAIR_HEAD.fullmatch(plain(head)))


def is_state_head(head: str) -> bool:
    """True for a head that announces a state: Stato, Esito, Contabilizzato, Annullato, Storno."""
    return any(kind.fullmatch(plain(head)) for kind in (STATE_HEAD, UNDONE_HEAD, TAKEN_BACK_HEAD))


def is_text_head(head: str) -> bool:
    """True for a head that announces a text: Descrizione, Causale, Note."""
    return bool(TEXT_HEAD.fullmatch(plain(head)))


def title_says(text: str) -> Mark | None:
    """What a title says of the rows below it: that they are booked, or not; None for any other text."""
    words = plain(text)
    return next((mark for mark, title in TITLES.items() if title.fullmatch(words)), None)


def words_below(head: str) -> Words:
    """The words that can be understood below a head."""
    if UNDONE_HEAD.fullmatch(plain(head)):
        return BELOW_UNDONE
    if TAKEN_BACK_HEAD.fullmatch(plain(head)):
        return BELOW_TAKEN_BACK
    if is_state_head(head):
        return BELOW_A_STATE
    if is_direction_head(head):
        return BELOW_A_DIRECTION
    return IN_A_TEXT if is_text_head(head) else ANYWHERE  # «A» alone may be a text


def word(text: str) -> str:
    """A value as the tables of words have it."""
    sign = text.translate(MINUS).strip()
    return sign if sign in ("+", "-") else plain(text)


def understood(words: Words, values: Iterable[str]) -> Words:
    """The words that mean one thing in a column: beside «c», an «a» may be an addebito as well as avere."""
    seen = {word(value) for value in values}
    return {name: mark for name, mark in words.items() if not ({"a", "c"} <= seen and name == "a")}
