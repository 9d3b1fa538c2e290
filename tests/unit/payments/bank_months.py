"""A month of a treasury's account, two hundred movements, written out as five banks lay out theirs.

Everything is invented but the layouts: heads, days, signs and what stands above the table are as the banks publish
them. Between the payments of municipalities stand those that have misled somebody.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl

from core.payments.proposals import Open, Payer

LINES = 200
FIRST = date(2026, 11, 2)
DUE = date(2026, 11, 20)
NAMES = ("Riva", "Riva di Sotto", "Sant'Orso", "San Giulio", "Colle", "Colle Vecchio", "Borgo a Mare", "Cantù Nuova",
         "Montà", "Pieve", "Pieve San Luca", "Ormea Alta")
PAYERS = [Payer(number, name) for number, name in enumerate(NAMES, start=1)]


@dataclass(frozen=True)
class Movement:
    """A movement of the account as it happened. ``settles``: the instalment that the money is for, None if nobody's.

    ``state``: booked, pending or reversed.
    """

    day: date
    amount: Decimal  # negative: money that goes out
    payer: str
    text: str
    settles: int | None = None
    state: str = "booked"

    @property
    def is_credit(self) -> bool:
        """True for money that came in and stays."""
        return self.amount > 0 and self.state == "booked"


def waiting() -> list[Open]:
    """Four instalments of each municipality; the second ones of two neighbours are of one amount."""
    rows, number = [], 0
    for payer in PAYERS:
        for turn in range(4):
            number += 1
            cents = 1_000_000 * (turn + 1) + 7_919 * number
            amount = Decimal("20000.00") if turn == 1 and payer.municipality_id in (5, 6) else Decimal(cents) / 100
            rows.append(Open(number, number, 2026, payer.municipality_id, amount, DUE + timedelta(days=31 * turn)))
    return rows


# how a municipality names itself and what it pays: {name}, {code} the number of the instalment, {other} another one's
CERTAINLY = ("RATA N. {code}/2026", "PAGAMENTO RICHIESTA N. {code}/2026 DETERMINA N. {other}/2026",
             "acconto n.{code}/2026 - MANDATO N. {other}/2026")
PERHAPS = ("MANDATO N. {other}/2026 QUOTA SERVIZI SOCIALI", "CIG ZA1234567B LOTTO {other}/2026",
           "DET. {other}/2026 DEL 11/2026", "RATA N. {other}/2026", "quota associata servizi alla persona", "")
WRITTEN = ("COMUNE DI {name}", "COM. DI {name} - SERVIZIO TESORERIA", "Comune di {name}",
           "TESORERIA COMUNALE {name}", "C.NE DI {name}")
NOBODY = (("FARMACIA RIVA SNC", "SALDO FATTURA 11/2026"), ("PROVINCIA DI RIVA", "TRASFERIMENTO 3/2026"),
          ("ROSSETTI PIEVE MARIA", "RETTA MENSA RATA 2"), ("ASL COLLE VECCHIO DISTRETTO 2", "ACCONTO PROGETTO"),
          ("UNIONE DEI COMUNI DI RIVA E COLLE", "CONTRIBUTO 2026"), ("PRO LOCO SANT'ORSO", "5X1000 N. 4/2026"))
OUT = ("MANDATO N. {n}/2026 COOPERATIVA L'AQUILONE", "STIPENDI NOVEMBRE 2026", "F24 {n}/2026",
       "COMMISSIONI SU BONIFICO", "RATA MUTUO N. {n}/2026", "BONIFICO A COMUNE DI RIVA RIMBORSO {n}/2026")


def movements(seed: int) -> list[Movement]:
    """The month: every instalment of November paid, some twice as large as owed, some in two parts; and the rest."""
    chance = random.Random(seed)
    rows = [*_paid(chance), *_of_nobody(chance), *_not_money(chance)]
    rows += [_going_out(chance) for _ in range(LINES - len(rows))]
    rows.sort(key=lambda row: row.day)
    return rows


def _day(chance: random.Random) -> date:
    return FIRST + timedelta(days=chance.randrange(28))


def _paid(chance: random.Random) -> Iterator[Movement]:
    for row in waiting():
        if row.number % 2:
            name = NAMES[row.municipality_id - 1]
            other = row.number % 48 + 1
            said = chance.choice((*CERTAINLY, *PERHAPS)).format(code=row.number, other=other)
            payer = chance.choice(WRITTEN).format(name=chance.choice((name, name.upper())))
            yield Movement(_day(chance), row.left, payer, said, row.id)


def _of_nobody(chance: random.Random) -> Iterator[Movement]:
    """Amounts of instalments, paid by others than municipalities."""
    amounts = [row.left for row in waiting()]
    for payer, text in NOBODY * 3:
        yield Movement(_day(chance), chance.choice(amounts), payer, text)


def _not_money(chance: random.Random) -> Iterator[Movement]:
    """What was announced and what was taken back."""
    for row in chance.sample(waiting(), 10):
        name = NAMES[row.municipality_id - 1].upper()
        yield Movement(_day(chance), row.left, f"COMUNE DI {name}", f"RATA N. {row.number}/2026", state="pending")


def _going_out(chance: random.Random) -> Movement:
    amount = chance.choice([row.left for row in waiting()]) if chance.random() < 0.5 else \
        Decimal(chance.randrange(100, 900_000)) / 100
    return Movement(_day(chance), -amount, "", chance.choice(OUT).format(n=chance.randrange(1, 48)))


# --- as the banks write it ---------------------------------------------------------------------------------


def _euro(amount: Decimal) -> str:
    """1.234,56"""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _sheet(rows: Sequence[Sequence[Any]]) -> bytes:
    book, content = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(content)
    return content.getvalue()


def _said(row: Movement) -> str:
    return f"{row.payer} {row.text}".strip() if row.payer else row.text


def popolare(rows: Sequence[Movement]) -> bytes:
    """Semicolons and cp1252; the first column is the holder of the account, not who pays; only booked rows."""
    head = "Ragione Sociale;Data contabile;Data valuta;Banca;Rapporto;Importo;Divisa;Descrizione;" \
           "Categoria/sottocategoria;Hashtag"
    lines = [f"AZIENDA SPECIALE DI PROVA;{row.day:%d/%m/%Y};{row.day + timedelta(days=1):%d/%m/%Y};BANCA DI PROVA;"
             f"***1234;{_euro(row.amount)};EUR;{_said(row)};{'Entrate' if row.amount > 0 else 'Uscite'};"
             for row in rows if row.state == "booked"]
    return "\n".join([head, *lines]).encode("cp1252")


def universale(rows: Sequence[Movement]) -> bytes:
    """Days with points, a semicolon at the end of each row, the payer inside a padded text, the state in a column."""
    states = {"booked": "Contabilizzato", "pending": "Autorizzato"}
    lines = [f"{row.day:%d.%m.%Y};{row.day:%d.%m.%Y};{'BONIFICO SEPA DA' if row.amount > 0 else 'DISPOSIZIONE':<30}"
             f"{row.payer:<40}PER {row.text};{_euro(row.amount)};{states[row.state]};" for row in rows]
    return "\n".join(["Data Registrazione;Data valuta;Descrizione;Importo (EUR);Stato;", *lines]).encode("utf-8-sig")


def posta(rows: Sequence[Movement]) -> bytes:
    """A workbook with the holder and the balance above, days as days, numbers as numbers, two columns of money."""
    table = [(row.day, row.day, float(-row.amount) if row.amount < 0 else None,
              float(row.amount) if row.amount > 0 else None, f"POSTAGIRO DA {_said(row)}")
             for row in rows if row.state == "booked"]
    return _sheet([("Intestato a: AZIENDA SPECIALE DI PROVA",), ("Saldo disponibile al 30/11/2026:", "", "", 120000.5),
                   (), ("Data Contabile", "Data Valuta", "Addebiti (euro)", "Accrediti (euro)",
                        "Descrizione operazioni"), *table])


def banco(rows: Sequence[Movement]) -> bytes:
    """A workbook whose state stands in words, with the currency under «Valuta» and a signed amount last."""
    states = {"booked": "CONTABILIZZATO", "pending": "NON CONTABILIZZATO"}
    table = [(row.day, "Bonifico in arrivo" if row.amount > 0 else "Disposizione", _said(row), "Conto 1000/77",
              states[row.state], "Entrate varie" if row.amount > 0 else "Spese", "EUR", float(row.amount))
             for row in rows]
    return _sheet([("Lista movimenti",), ("Periodo", "01/11/2026 - 30/11/2026"), (),
                   ("Data", "Operazione", "Dettagli", "Conto o carta", "Contabilizzazione", "Categoria", "Valuta",
                    "Importo"), *table])


def emiliana(rows: Sequence[Movement]) -> bytes:
    """A workbook of short heads, with the code of the operation in its own column and the payer beside the text."""
    table = [(f"{row.day:%d/%m/%Y}", f"{row.day:%d/%m/%Y}", "48 - BONIFICO" if row.amount > 0 else "26 - DISPOSIZIONE",
              row.text, row.payer, float(row.amount), "EUR") for row in rows if row.state == "booked"]
    return _sheet([("Data Op.", "Data Val.", "Causale", "Descrizione", "Ordinante", "Importo", "Div."), *table])


@dataclass(frozen=True)
class Bank:
    """A bank's layout: the name of its file, how it is written, and whether the payer has a column."""

    file: str
    write: Callable[[Sequence[Movement]], bytes]
    seed: int
    tells_payer: bool = False

    def month(self) -> list[Movement]:
        """What happened, as far as this bank tells it: one without a column of states lists booked rows only."""
        rows = movements(self.seed)
        if self.write in (universale, banco):
            return rows
        return [row if row.state == "booked" else replace(row, state="booked", amount=-row.amount, payer="")
                for row in rows]


BANKS = (
    Bank("movimenti.csv", popolare, 1),
    Bank("ElencoMovimenti.csv", universale, 2),
    Bank("lista.xlsx", posta, 3),
    Bank("movimenti_conto.xlsx", banco, 4),
    Bank("estratto.xlsx", emiliana, 5, tells_payer=True),
)
