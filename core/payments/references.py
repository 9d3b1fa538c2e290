"""Which instalments the text of a payment names. Pure.

A bank's text is full of numbers with a year: determine, warrants, invoices, lots, months. One of them is the number of
an instalment only after a word that says so; standing alone it is no more than a hint.
"""

from __future__ import annotations

import re

from core.ground.names import bare

Code = tuple[int, int]  # number and year

ANY = re.compile(r"(?<![\d/])(\d{1,6})\s*/\s*(20\d\d)(?![\d/])")
NUMBERS = r"\d{1,6}(?:\s*(?:,|;|\+|&|\be\b)\s*\d{1,6})*\s*/\s*20\d\d(?![\d/])"
MARK = r"(?:\b(?:numeri|numero|num|nn|nr|nrr|no|n)\b[\s.°:]*|[#°]\s*)?"
SAYS_SO = (r"(?<![a-z])(?:rat[ae]|accont[oi]|acc\.?to|acc\b|sald[oi]|richiest[ae]|rich\.?(?:sta|ta)?)"
           r"(?:\s+di)?(?:\s+(?:pagamento|pagam|pag|versamento)\b)?[\s.:(\-]*")
NAMED = re.compile(rf"{SAYS_SO}{MARK}({NUMBERS}(?:\s*(?:,|;|\+|&|\be\b)\s*(?:{SAYS_SO})?{MARK}{NUMBERS})*)")
GROUP = re.compile(NUMBERS)
WORD_BEFORE = re.compile(r"([a-z]+)[\s.:(\-]*$")
MARK_BEFORE = re.compile(rf"(?:{MARK})$")
SPLIT = re.compile(r"(?<=[\d/])\s+(?=[\d/])")  # where a bank has cut a line of text
# what else has a number and a year in the texts of municipalities
OTHERWISE = frozenset({
    "determina", "determine", "determinazione", "determ", "det", "dt", "dd", "delibera", "deliberazione", "delib",
    "del", "dgc", "dcc", "gc", "cc", "decreto", "ordinanza", "atto", "atti", "provvedimento", "provv", "liquidazione",
    "liq", "mandato", "mandati", "mand", "man", "mnd", "reversale", "rev", "ordinativo", "distinta", "quietanza",
    "bolletta", "fattura", "fatture", "fatt", "ft", "nota", "impegno", "impegni", "imp", "accertamento", "capitolo",
    "cap", "protocollo", "prot", "pg", "repertorio", "rep", "contratto", "contr", "convenzione", "pratica", "ordine",
    "buono", "cig", "cup", "lotto", "lotti", "cro", "trn", "mese", "mesi", "mensilita", "periodo", "competenza",
    "trimestre", "bimestre", "semestre", "anno", "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio",
    "agosto", "settembre", "ottobre", "novembre", "dicembre",
})


def named(text: str) -> frozenset[Code]:
    """The instalments that a text names after a word that says so: rata, acconto, saldo, richiesta n."""
    return frozenset(code for way in _ways(text) for found in NAMED.finditer(way) for code in _codes(found[1]))


def mentioned(text: str) -> frozenset[Code]:
    """The numbers that may be instalments', if amount and payer agree: not those that are said to be something else."""
    return frozenset(code for way in _ways(text) for found in ANY.finditer(way)
                     if not _is_otherwise(way[: found.start()]) for code in _codes(found[0]))


def _ways(text: str) -> tuple[str, ...]:
    """A text as it is, and as it was before a line was cut inside a number."""
    plain = " ".join(bare(text).split())
    return tuple(dict.fromkeys((plain, SPLIT.sub("", plain))))


def _codes(text: str) -> list[Code]:
    """Numbers and years of «1/2026» and of «1, 2 e 3/2026»."""
    return [(int(number), int(group[-4:])) for group in GROUP.findall(text)
            for number in re.findall(r"\d+", group[:-4])]


def _is_otherwise(before: str) -> bool:
    word = WORD_BEFORE.search(MARK_BEFORE.sub("", before.rstrip()))
    return word is not None and word[1] in OTHERWISE
