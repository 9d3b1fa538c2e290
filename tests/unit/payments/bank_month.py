"""A month of a treasury's account, made by chance from a seed: two hundred rows as the bank lays them out, most of them
honest, some of them traps; beside the file what each row is in truth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.payments.proposals import Open, Payer

ROWS = 200
YEAR = 2026
HEAD = "Progr.;Data contabile;Data valuta;Divisa;Importo;D/A;Causale ABI;Descrizione;Ordinante;IBAN ordinante"
# names that lie within one another, that are shortened, that have an accent and an apostrophe
NAMES = ("Riva", "Riva di Sotto", "Sant'Orso", "Colle", "Colle Vecchio", "Pieve Là", "San Biagio", "San Biagio Alto",
         "Borgo", "Borgo San Rocco", "Santa Maria al Monte", "Fonte")
SAID = {  # how treasuries write them
    "Sant'Orso": ("COMUNE DI S.ORSO", "COMUNE DI S. ORSO - SERVIZIO TESORERIA", "COM. DI SANT’ORSO"),
    "Pieve Là": ("COMUNE DI PIEVE LA'", "COMUNE DI PIEVE LÀ (MI)"),
    "Santa Maria al Monte": ("COMUNE DI S. MARIA AL MONTE", "COMUNE DI SANTA MARIA AL MONTE - RAGIONERIA"),
}
STRANGERS = ("FARMACIA {} SNC", "PROVINCIA DI {}", "ASSOCIAZIONE AMICI DI {}", "{} MARIO", "COOPERATIVA {} SOC. COOP.",
             "UNIONE SPORTIVA {}")


@dataclass(frozen=True)
class Row:
    """A row of the file and what it is: ``settles`` are the instalments that it pays, by id; ``payer`` who pays.

    ``credit``: False for what no credit may be made of.
    """

    text: str
    credit: bool = True
    payer: int | None = None
    settles: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Month:
    """The file, its rows in order, and what waits for money."""

    content: bytes
    rows: tuple[Row, ...]
    waiting: tuple[Open, ...]
    payers: tuple[Payer, ...]


def month(seed: int) -> Month:
    """The month of a seed: always the same."""
    chance = random.Random(seed)
    waiting = tuple(_waiting(chance))
    rows = [row for open_one in waiting[::2] for row in _honest(chance, open_one)]
    traps = _traps(chance, waiting)
    while len(rows) < ROWS - 2:
        rows.append(next(traps))
    chance.shuffle(rows)
    rows = [_balance("Saldo iniziale"), *rows, _balance("Saldo finale")]
    lines = [HEAD, *(f"{place};{row.text}" for place, row in enumerate(rows, start=1))]
    payers = tuple(Payer(key, name) for key, name in enumerate(NAMES, start=1))
    return Month("\r\n".join(lines).encode("cp1252"), tuple(rows), waiting, payers)


def _waiting(chance: random.Random) -> Iterator[Open]:
    """Two instalments of each municipality, twenty-four numbers; no two amounts are alike."""
    amounts = chance.sample(range(100_000, 9_000_000), 2 * len(NAMES))
    for place, amount in enumerate(amounts):
        due = date(YEAR, 11, 30) if place % 2 == 0 else date(YEAR, 7, 31)
        yield Open(100 + place, place + 1, YEAR, place // 2 + 1, Decimal(amount) / 100, due)


def _honest(chance: random.Random, row: Open) -> Iterator[Row]:
    """A payment of an instalment as its treasury makes it."""
    code = f"{row.number}/{YEAR}"
    reference = chance.choice((
        f"RATA N. {code}", f"QUOTA CONSORTILE RATA {code} DETERMINA N. {chance.randint(30, 900)}/{YEAR}",
        f"MANDATO N. {chance.randint(100, 900)}/{YEAR} ACCONTO N. {code}", f"Richiesta n. {code} CIG B{code}"))
    yield _credit(chance, row.left, reference, _said(chance, row.municipality_id), row.municipality_id,
                  frozenset({row.id}))


def _traps(chance: random.Random, waiting: tuple[Open, ...]) -> Iterator[Row]:
    """What has misled somebody, for ever, in turn."""
    unpaid = waiting[1::2]
    while True:
        row, other = chance.sample(unpaid, 2)
        name = NAMES[row.municipality_id - 1]
        code, payer = f"{row.number}/{YEAR}", row.municipality_id
        nothing = Decimal(chance.randint(100, 90_000)) / 100
        stranger = chance.choice(STRANGERS).format(name.upper())
        yield _row(chance, row.left, "D", f"STORNO RATA N. {code}", _said(chance, payer), credit=False)
        yield _row(chance, Decimal("0.00"), "A", "IMPOSTA DI BOLLO", "", credit=False)
        yield _credit(chance, row.left, f"FATTURA N. {code}", stranger)
        yield _credit(chance, nothing, f"DETERMINA N. {code} MANDATO N. {other.number}/{YEAR}", _said(chance, payer),
                      payer)
        yield _credit(chance, nothing, f"LOTTO CIG {code} MESE {other.number}/{YEAR}", stranger)
        yield _credit(chance, other.left, f"rata n. {code}", _said(chance, payer), payer)  # another's amount
        yield _row(chance, nothing, "D", f"MANDATO N. {code}", "COOPERATIVA SERVIZI", credit=False)


def _said(chance: random.Random, key: int) -> str:
    name = NAMES[key - 1]
    return chance.choice(SAID.get(name, (f"COMUNE DI {name.upper()}", f"Comune di {name} - Servizio Tesoreria",
                                         f"TESORERIA COMUNALE DI {name.upper()}")))


def _credit(
    chance: random.Random, amount: Decimal, text: str, payer: str, key: int | None = None,
    settles: frozenset[int] = frozenset(),
) -> Row:
    return _row(chance, amount, "A", text, payer, key=key, settles=settles)


def _row(
    chance: random.Random, amount: Decimal, sign: str, text: str, payer: str, *, credit: bool = True,
    key: int | None = None, settles: frozenset[int] = frozenset(),
) -> Row:
    day = date(YEAR, 11, 1) + timedelta(days=chance.randrange(30))
    return Row(f"{day:%d/%m/%y};{day:%d/%m/%y};EUR;{_euro(amount)};{sign};48;{text};{payer};", credit, key, settles)


def _balance(text: str) -> Row:
    return Row(f"01/11/26;01/11/26;EUR;10.000,00;A;;{text};;", credit=False)


def _euro(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
