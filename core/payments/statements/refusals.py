"""The sentences with which a bank's file is refused: what is wrong, in which row, and what to do."""

from __future__ import annotations

from core.ground.errors import RuleBroken

MOST_LINES = 20_000  # a year of a busy account; what is longer is asked for by month
LONGEST_TEXT = 10_000
LONGEST_QUOTE = 80
LONGEST_PAYER = 500  # an index of the database holds no more


def too_long(file: str) -> RuleBroken:
    """More rows than a file may have."""
    return RuleBroken("«%(file)s» ha più di 20.000 movimenti: chiedere alla banca l'estratto conto di un periodo più "
                      "breve, per esempio un mese, e caricarne uno alla volta.", field="file", file=file)


def too_big(file: str) -> RuleBroken:
    """More bytes, packed or not, than a statement has."""
    return RuleBroken("«%(file)s» è troppo grande, o lo diventa quando si apre: chiedere alla banca un periodo più "
                      "breve.", field="file", file=file)


def broken(file: str) -> RuleBroken:
    """A file that ends before its end, or is not sound inside."""
    return RuleBroken("«%(file)s» è rovinato o incompleto: non è stato letto nulla. Scaricarlo di nuovo dalla banca.",
                      field="file", file=file)


def no_statement(file: str) -> RuleBroken:
    """Something else than the files that are read here."""
    return RuleBroken("«%(file)s» non si legge come estratto conto: serve un file CAMT (XML, anche in un archivio "
                      ".zip), una rendicontazione CBI, oppure un CSV o un .xlsx con le colonne data, importo (o dare e "
                      "avere) e descrizione.", field="file", file=file)


def other_currency(file: str, currency: str) -> RuleBroken:
    """An account or a column in another currency."""
    return RuleBroken("«%(file)s» è in %(currency)s e non in euro: non è stato letto nulla. Controllare di aver scelto "
                      "l'estratto conto giusto.", field="file", file=file, currency=_quoted(currency))


def foreign_row(file: str, row: int, currency: str) -> RuleBroken:
    """A row of a table that says that it is in another currency."""
    return RuleBroken("In «%(file)s» la riga %(number)s è in %(currency)s e non in euro: non è stato letto nulla. "
                      "Controllare di aver scelto l'estratto conto giusto.", field="file", file=file, number=row,
                      currency=_quoted(currency))


def foreign_entry(file: str, number: int, currency: str) -> RuleBroken:
    """An entry of CAMT in another currency."""
    return RuleBroken("In «%(file)s» il movimento %(number)s è in %(currency)s e non in euro: non è stato letto nulla. "
                      "Controllare di aver scelto l'estratto conto giusto.", field="file", file=file, number=number,
                      currency=_quoted(currency))


def wrong_amount(file: str, row: int, text: str) -> RuleBroken:
    """An amount that cannot be read."""
    return RuleBroken("In «%(file)s», alla riga %(number)s, l'importo «%(text)s» non si legge: scriverlo come "
                      "1.234,56. Non è stato letto nulla.", field="file", file=file, number=row, text=_quoted(text))


def ambiguous_amount(file: str, row: int, text: str) -> RuleBroken:
    """An amount that may be thousands or a fraction."""
    return RuleBroken("In «%(file)s», alla riga %(number)s, «%(text)s» può essere più di mille o poco più di uno, e "
                      "nessun altro importo della colonna lo chiarisce: scriverlo con i centesimi, come 1.234,00. Non "
                      "è stato letto nulla.", field="file", file=file, number=row, text=_quoted(text))


def wrong_day(file: str, row: int, text: str) -> RuleBroken:
    """A date that cannot be read."""
    return RuleBroken("In «%(file)s», alla riga %(number)s, la data «%(text)s» non si legge: scriverla come "
                      "31/07/2026. Non è stato letto nulla.", field="file", file=file, number=row, text=_quoted(text))


def no_day(file: str, row: int) -> RuleBroken:
    """An amount without a day, that is no balance."""
    return RuleBroken("In «%(file)s», alla riga %(number)s, c'è un importo senza data: completarla, o togliere la "
                      "riga. Non è stato letto nulla.", field="file", file=file, number=row)


def wrong_mark(file: str, row: int, column: str, text: str) -> RuleBroken:
    """A column that may change the meaning of an amount, with a value that is not understood."""
    return RuleBroken("In «%(file)s», alla riga %(number)s, la colonna «%(column)s» dice «%(text)s»: non si capisce se "
                      "l'importo è entrato, uscito o solo annunciato. Non è stato letto nulla: chiedere alla banca un "
                      "file con gli importi in uscita preceduti da -, o in una colonna a parte.", field="file",
                      file=file, number=row, column=_quoted(column), text=_quoted(text))


def two_columns(file: str, first: str, second: str) -> RuleBroken:
    """Two columns for the same thing."""
    return RuleBroken("In «%(file)s» le colonne «%(first)s» e «%(second)s» dicono la stessa cosa: non si capisce quale "
                      "vale. Togliere quella che non serve e caricare di nuovo il file.", field="file", file=file,
                      first=_quoted(first), second=_quoted(second))


def two_sides(file: str, row: int) -> RuleBroken:
    """A row that is both a debit and a credit."""
    return RuleBroken("In «%(file)s», la riga %(number)s ha un importo sia in dare sia in avere: non si capisce quale "
                      "vale. Non è stato letto nulla.", field="file", file=file, number=row)


def shifted(file: str, row: int) -> RuleBroken:
    """A row with more cells than the heads name: its columns cannot be trusted."""
    return RuleBroken("In «%(file)s», la riga %(number)s ha più colonne dell'intestazione, o le sue virgolette non si "
                      "chiudono: gli importi potrebbero essere spostati. Non è stato letto nulla.", field="file",
                      file=file, number=row)


def several_accounts(file: str) -> RuleBroken:
    """A table with the rows of several accounts."""
    return RuleBroken("«%(file)s» riguarda più conti: caricare un file per ogni conto.", field="file", file=file)


def several_sheets(file: str) -> RuleBroken:
    """A workbook with movements on more than one sheet."""
    return RuleBroken("«%(file)s» ha movimenti su più fogli: salvare ogni foglio in un file e caricarli uno alla "
                      "volta.", field="file", file=file)


def wrong_entry_amount(file: str, number: int) -> RuleBroken:
    """An entry of CAMT without a sound amount."""
    return RuleBroken("In «%(file)s» l'importo del movimento %(number)s non si legge: non è stato letto nulla.",
                      field="file", file=file, number=number)


def wrong_entry_day(file: str, number: int) -> RuleBroken:
    """An entry of CAMT without a sound day."""
    return RuleBroken("In «%(file)s» la data del movimento %(number)s non si legge: non è stato letto nulla.",
                      field="file", file=file, number=number)


def wrong_entry_mark(file: str, number: int, tag: str, text: str) -> RuleBroken:
    """An entry of CAMT that does not say which way its money went."""
    return RuleBroken("In «%(file)s» il movimento %(number)s dice «%(text)s» in %(tag)s: non si capisce se è entrato o "
                      "uscito. Non è stato letto nulla: scaricare di nuovo il file dalla banca.", field="file",
                      file=file, number=number, tag=tag, text=_quoted(text))


def wrong_record(file: str, row: int) -> RuleBroken:
    """A record of CBI that is not where or as it should be."""
    return RuleBroken("In «%(file)s» la riga %(number)s non è un record della rendicontazione CBI, o non è al suo "
                      "posto: non è stato letto nulla. Scaricare di nuovo il file dalla banca.", field="file",
                      file=file, number=row)


def too_much_text(file: str, row: int) -> RuleBroken:
    """A text that is longer than any bank writes: it is not cut."""
    return RuleBroken("In «%(file)s», alla riga %(number)s, un testo è più lungo di quanto si possa registrare: "
                      "abbreviarlo. Non è stato letto nulla.", field="file", file=file, number=row)


def _quoted(text: str) -> str:
    """Enough of a text to find it again."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def require_lengths(file: str, row: int, payer: str, text: str) -> None:
    """RuleBroken for a payer of more than 500 characters or a text of more than 10,000."""
    if len(payer) > LONGEST_PAYER or len(text) > LONGEST_TEXT:
        raise too_much_text(file, row)
