"""Identifiers of bodies and persons: checked by python-stdnum, refused in words (law B7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol

from stdnum import iban as stdnum_iban
from stdnum.it import codicefiscale, iva

from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.ground.written import one_line

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
ISTAT = re.compile(r"[0-9]{6}")
ISTAT_DIGITS = 6
CADASTRAL = re.compile(r"[A-Z]\d{3}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BODIES = {  # how an act names the body that adopted it, where nobody wrote it otherwise
    ("council", "comune"): "Consiglio comunale",
    ("giunta", "comune"): "Giunta comunale",
    ("council", "unione"): "Consiglio dell'Unione",
    ("giunta", "unione"): "Giunta dell'Unione",
    ("council", "public"): "Consiglio",
    ("giunta", "public"): "Giunta",
    ("board", "public"): "Consiglio di Amministrazione",
    ("assembly", "public"): "Assemblea",
    ("director", "public"): "Direttore generale",
    ("council", "third_sector"): "Consiglio direttivo",
    ("board", "third_sector"): "Consiglio di Amministrazione",
    ("assembly", "third_sector"): "Assemblea",
    ("board", "azienda"): "Consiglio di Amministrazione",
    ("assembly", "azienda"): "Assemblea Consortile",
    ("director", "azienda"): "Direttore",
}
LAST_YEAR = 2200
CIN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


class Named(Protocol):
    """A name of other days, which ended with a day."""

    @property
    def valid_to(self) -> Any:
        """Its last day."""


def body_tax_code(text: str, *, field: str = "tax_code") -> str:
    """The eleven digits of a body's fiscal code; RuleBroken if the check digit is wrong."""
    code = re.sub(r"\s", "", text)
    if len(code) != 11 or not iva.is_valid(code):
        raise RuleBroken("Il codice fiscale «%(text)s» non è valido: un ente ha 11 cifre, l'ultima di controllo.",
                         field=field, text=text)
    return code


def vat_number(text: str, *, field: str = "vat_number") -> str:
    """The eleven digits of a VAT number; RuleBroken if the check digit is wrong."""
    code = re.sub(r"\s", "", text).removeprefix("IT")
    if len(code) != 11 or not iva.is_valid(code):
        raise RuleBroken("La partita IVA «%(text)s» non è valida: servono 11 cifre, l'ultima di controllo.",
                         field=field, text=text)
    return code


def person_tax_code(text: str, *, field: str = "tax_code") -> str:
    """The sixteen characters of a person's fiscal code; RuleBroken if the check letter is wrong."""
    code = re.sub(r"\s", "", text).upper()
    if len(code) != 16 or not codicefiscale.is_valid(code):
        raise RuleBroken("Il codice fiscale «%(text)s» non è valido: controllare i 16 caratteri.",
                         field=field, text=text)
    return code


def website(text: str, *, field: str = "website") -> str:
    """An address of the web; RuleBroken for one that is none, or that would run a program."""
    address = text.strip()
    if address and not re.fullmatch(r"https?://[^\s<>\"']+", address):
        raise RuleBroken("«%(text)s» non è l'indirizzo di un sito: scriverlo come https://www.esempio.it.",
                         field=field, text=address)
    return address


def notary(text: str) -> str:
    """The name of a notary without the word itself, which a contract writes before it: «dott.ssa Anna Rossi»."""
    return re.sub(r"^(?:il |la )?nota(?:io|ia|ro|ra)\s+", "", " ".join(text.split()), flags=re.IGNORECASE)


def iban(text: str, *, field: str = "iban") -> str:
    """An Italian IBAN without spaces, both of its checks done (mod 97 and the CIN letter); RuleBroken otherwise."""
    code = re.sub(r"\s", "", text).upper()
    if len(code) != 27 or not code.startswith("IT") or not stdnum_iban.is_valid(code) or not _cin_agrees(code):
        raise RuleBroken("L'IBAN «%(text)s» non è valido: un IBAN italiano ha 27 caratteri e comincia per IT. "
                         "Ricopiarlo dal documento della banca.", field=field, text=text)
    return code


def istat(text: str | None, *, field: str = "istat") -> str:
    """The six digits of a municipality's ISTAT code, the province first; RuleBroken without it, or if it cannot be.

    A shorter one is not filled up: it may lack its first digit, because Excel cut a zero, or any other.
    """
    code = (text or "").strip()
    if code.isascii() and code.isdigit() and 3 < len(code) < ISTAT_DIGITS:
        raise RuleBroken("Il codice ISTAT «%(text)s» ha %(count)s cifre invece di sei. Se lo ha accorciato Excel, che "
                         "toglie gli zeri iniziali, è %(whole)s: controllarlo e scriverlo per intero.", field=field,
                         text=code, count=len(code), whole=code.zfill(ISTAT_DIGITS))
    if not ISTAT.fullmatch(code):
        raise RuleBroken("Manca il codice ISTAT del comune, o non ha sei cifre: si trova nell'elenco dei comuni ISTAT.",
                         field=field)
    if "000" in (code[:3], code[3:]):
        raise RuleBroken("Il codice ISTAT %(text)s non esiste: le prime tre cifre sono della provincia, le altre del "
                         "comune, e nessuna comincia da 000.", field=field, text=code)
    return code


def cadastral(text: str, *, field: str = "cadastral") -> str:
    """The cadastral code: a letter and three digits; RuleBroken otherwise."""
    code = text.strip().upper()
    if not CADASTRAL.fullmatch(code):
        raise RuleBroken("Il codice catastale «%(text)s» non è valido: una lettera e tre cifre, per esempio F100.",
                         field=field, text=text)
    return code


def pec(text: str, *, field: str = "pec") -> str:
    """An address of certified e-mail, without space around; RuleBroken if it is no address."""
    address = one_line(text, field=field)
    if not EMAIL.fullmatch(address):
        raise RuleBroken("«%(text)s» non è un indirizzo di posta elettronica certificata: controllarlo.",
                         field=field, text=text)
    return address


def period(valid_from: date | None, valid_to: date | None, *, field: str = "valid_to") -> None:
    """RuleBroken if a period ends before it begins, or on a day that stands for never; an open end is no day."""
    if valid_to is not None:
        countable(valid_to, field=field)
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise RuleBroken("Il periodo finisce (%(end)s) prima di cominciare (%(start)s): correggere una delle due date.",
                         field=field, start=f"{valid_from:%d/%m/%Y}", end=f"{valid_to:%d/%m/%Y}")


def former_period(names: Iterable[Named], on: date) -> dict[str, date | None]:
    """The days of the name that another follows from the day ``on``: ``valid_from`` and ``valid_to`` of its row.

    RuleBroken for a day that is not after the one on which the name of today began.
    """
    since = max((held.valid_to + timedelta(days=1) for held in names if held.valid_to), default=None)
    if since is not None and on <= since:
        raise RuleBroken("Il nome di oggi vale dal %(since)s: il nuovo comincia dopo.", field="on",
                         since=f"{since:%d/%m/%Y}")
    return {"valid_from": since, "valid_to": on - timedelta(days=1)}


def meet(first: date | None, last: date | None, other_first: date | None, other_last: date | None) -> bool:
    """True if two periods, first and last day included, have a day in common; an open end never ends."""
    return ((first is None or other_last is None or first <= other_last)
            and (last is None or other_first is None or other_first <= last))


def countable(day: date, *, field: str) -> None:
    """RuleBroken for a last day like 31/12/9999: terms are counted from it, and the calendar has no more days."""
    if day.year > LAST_YEAR:
        raise RuleBroken("Il %(day)s è troppo lontano: indicare un giorno fino al %(last)s.", field=field,
                         day=f"{day:%d/%m/%Y}", last=LAST_YEAR)


def slug_of(name: str) -> str:
    """The whole name in lower-case ASCII, every sign that is no letter a hyphen: its address, its name in exports."""
    return "-".join(re.findall(r"[a-z0-9]+", folded(name)))


def _cin_agrees(code: str) -> bool:
    """The letter after the two check digits, computed over the 22 characters of the account (odd and even tables)."""
    total = 0
    for position, char in enumerate(code[5:]):
        value = int(char) if char.isdigit() else ord(char) - ord("A")
        total += CIN_ODD[value] if position % 2 == 0 else value
    return chr(ord("A") + total % 26) == code[4]


def body_name(written: str, *, body_kind: str, form: str) -> str:
    """The name of the body of an act as it was written; left blank, its usual name (the contract prints it, R15).

    ``form`` is the party's: azienda, or one of FORMS. RuleBroken for a body that has no usual name.
    """
    name = written.strip() or BODIES.get((body_kind, form), "")
    if not name:
        raise RuleBroken("Scrivere la denominazione dell'organo come la riporta l'atto.", field="body")
    return name
