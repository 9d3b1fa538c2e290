"""Files laid out as Italian banks lay out theirs, each with what has misled somebody. All names and codes are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.unit.payments.test_statements import left_out, one

COLLE = "IT38T0999933404000000001044"


@dataclass(frozen=True)
class Layout:
    """A file, and what must be read of it: row, day, amount, payer and text of each credit; each other row, and why."""

    text: str
    encoding: str
    credits: list[tuple[int, str, str, str, str]]
    left_out: list[tuple[int, str]]


# a savings bank's page for private people: whether a row is booked stands in words, the currency is called «Valuta»
BOOKED_IN_WORDS = Layout("""\
Intestatario;AZIENDA DI PROVA
Periodo;01/11/2026 - 30/11/2026
Saldo contabile al 30/11/2026;15.000,00 EUR

Data;Operazione;Dettagli;Conto o carta;Contabilizzazione;Categoria;Valuta;Importo
30/11/2026;Bonifico in arrivo;COMUNE DI COLLE rata 14/2026;Conto 1000/77;CONTABILIZZATO;Entrate varie;EUR;1.500,00
30/11/2026;Bonifico in arrivo;COMUNE DI RIVA rata 15/2026;Conto 1000/77;NON CONTABILIZZATO;Entrate varie;EUR;2.000,00
28/11/2026;Canone mensile;;Conto 1000/77;CONTABILIZZATO;Spese;EUR;-12,00
27/11/2026;Bonifico in arrivo;COMUNE DI RIVA saldo 2025;Conto 1000/77;CONTABILIZZATO;Entrate varie;EUR;950,00
""", "utf-8-sig", [
    (6, "2026-11-30", "1500.00", "", "Bonifico in arrivo COMUNE DI COLLE rata 14/2026 Entrate varie"),
    (9, "2026-11-27", "950.00", "", "Bonifico in arrivo COMUNE DI RIVA saldo 2025 Entrate varie"),
], [(3, "balance"), (7, "not_booked"), (8, "debit")])

# a large bank's page for firms: two days, amounts with their sign behind, its own currency in the head
SIGN_BEHIND = Layout("""\
Data Registrazione;Data valuta;Descrizione;Importo (EUR);Canale;Stato
19.11.2026;20.11.2026;"BONIFICO SEPA DA COMUNE DI COLLE; PER DETERMINA N. 11/2026";1.234,00;HOME;Contabilizzato
19.11.2026;19.11.2026;COMMISSIONI;3,50-;HOME;Contabilizzato
18.11.2026;18.11.2026;STORNO BONIFICO DA COMUNE DI COLLE;1.234,00;HOME;Stornato
20.11.2026;;BONIFICO SEPA DA COMUNE DI RIVA;1 000,00;HOME;Autorizzato
17.11.2026;17.11.2026;IMPOSTA DI BOLLO;0,00;HOME;Contabilizzato
""", "cp1252", [
    (2, "2026-11-19", "1234.00", "", "BONIFICO SEPA DA COMUNE DI COLLE; PER DETERMINA N. 11/2026 HOME"),
], [(3, "debit"), (4, "reversal"), (5, "not_booked"), (6, "zero")])

# a cooperative bank's treasury page: unsigned amounts, the sign in a column, codes before the text, numbers of rows
SIGN_IN_A_COLUMN = Layout("""\
Progr.;Data contabile;Data valuta;Divisa;Importo;D/A;Causale ABI;Descrizione;Ordinante;IBAN ordinante
1;02/11/26;02/11/26;EUR;10.000,00;A;;Saldo iniziale;;
2;19/11/26;19/11/26;EUR;1.234,56;A;48;RATA 14/2026 LOTTO CIG 1/2026;COMUNE DI COLLE;IT38 T099 9933 4040 0000 0001 044
3;19/11/26;19/11/26;EUR;1.234,56;D;26;MANDATO N. 118/2026;COOPERATIVA PROVA;
4;20/11/26;20/11/26;EUR;1.234,56;A;48;RATA 14/2026 LOTTO CIG 1/2026;COMUNE DI COLLE;IT38 T099 9933 4040 0000 0001 044
5;30/11/26;30/11/26;EUR;12.469,12;A;;Saldo finale al 30/11/2026;;
;;;;12.469,12;;;Totale avere;;
""", "cp1252", [
    (3, "2026-11-19", "1234.56", "COMUNE DI COLLE", "RATA 14/2026 LOTTO CIG 1/2026 48"),
    (5, "2026-11-20", "1234.56", "COMUNE DI COLLE", "RATA 14/2026 LOTTO CIG 1/2026 48"),
], [(2, "balance"), (4, "debit"), (6, "balance"), (7, "balance")])

# the post office: two columns, a text that a municipality begins with «Saldo», debits with a minus of their own
TWO_COLUMNS = Layout("""\
ESTRATTO CONTO\t\t\t\t
Saldo iniziale\t\t\t5.000,00\t
Data Contabile\tData Valuta\tAddebiti (euro)\tAccrediti (euro)\tDescrizione operazioni
19/11/2026\t19/11/2026\t\t300,00\tPOSTAGIRO DA COMUNE DI RIVA
19/11/2026\t19/11/2026\t\t300,00\tPOSTAGIRO DA COMUNE DI RIVA
19/11/2026\t19/11/2026\t-1,50\t\tCOMMISSIONI
20/11/2026\t20/11/2026\t\t-300,00\tRETTIFICA POSTAGIRO DA COMUNE DI RIVA
21/11/2026\t21/11/2026\t0,00\t450,00\tSALDO QUOTA 2025 COMUNE DI RIVA
\t\t1,50\t750,00\tTOTALI
30/11/2026\t\t\t5.748,50\tSALDO FINALE
""", "utf-16", [
    (4, "2026-11-19", "300.00", "", "POSTAGIRO DA COMUNE DI RIVA"),
    (5, "2026-11-19", "300.00", "", "POSTAGIRO DA COMUNE DI RIVA"),
    (8, "2026-11-21", "450.00", "", "SALDO QUOTA 2025 COMUNE DI RIVA"),
], [(2, "balance"), (6, "debit"), (7, "reversal"), (9, "balance"), (10, "balance")])

# an online bank: commas between the columns, ISO days with their time, English amounts, the running balance beside
WITH_COMMAS = Layout("""\
"Data operazione","Data valuta","Entrate","Uscite","Descrizione","Descrizione completa","Stato","Saldo"
"2026-11-19T08:15:00","2026-11-20","1,234.00","","Bonifico","COMUNE DI SANT'ORSO, rata 3/2026","Contabilizzato","9,000"
"2026-11-19T09:00:00","2026-11-19","","-1,000.00","Bonifico","A COOPERATIVA PROVA","Contabilizzato","8,000.00"
"2026-11-21T09:00:00","","2.50","","Interessi","","Autorizzato",""
"2026-11-22T09:00:00","","","","Comunicazione","Nuove condizioni","Contabilizzato","8,000.00"
"2026-11-22T09:00:00","","","","Carta sostituita","","Contabilizzato",""
""", "utf-8", [
    (2, "2026-11-19", "1234.00", "", "Bonifico COMUNE DI SANT'ORSO, rata 3/2026"),
], [(3, "debit"), (4, "not_booked"), (5, "balance"), (6, "zero")])


@pytest.mark.parametrize("layout", [BOOKED_IN_WORDS, SIGN_BEHIND, SIGN_IN_A_COLUMN, TWO_COLUMNS, WITH_COMMAS],
                         ids=["booked in words", "sign behind", "sign in a column", "two columns", "with commas"])
def test_a_bank_s_month_is_read_without_taking_anything_else_for_money(layout):
    found = one(layout.text.encode(layout.encoding), "mese.csv")
    assert [(line.row, line.booked_on.isoformat(), str(line.amount), line.payer, line.text)
            for line in found.lines] == layout.credits
    assert left_out(found) == layout.left_out


def test_the_payer_s_account_is_kept_and_equal_credits_are_two():
    lines = one(SIGN_IN_A_COLUMN.text.encode(), "mese.csv").lines
    assert [line.payer_iban for line in lines] == [COLLE, COLLE]
    twice = one(TWO_COLUMNS.text.encode(TWO_COLUMNS.encoding), "mese.csv").lines
    assert len({line.key for line in twice}) == len(twice)


def test_two_months_that_overlap_meet_in_their_credits_whatever_numbers_their_rows_have():
    text = SIGN_IN_A_COLUMN.text
    later = [line for line in text.splitlines() if not line.startswith(("1;", "2;", "3;"))]
    month = "\n".join(later).replace("\n4;", "\n1;")
    first, second = (one(read.encode(), "mese.csv").lines for read in (text, month))
    assert [line.key for line in second] == [first[1].key]
    assert first[1].amount == Decimal("1234.56")
