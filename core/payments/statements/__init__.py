"""The files that banks give, read into credits: CAMT, CSV, .xlsx, CBI records, archives. Pure: nothing is stored here.

Whole or refused: a file of which a row cannot be understood is refused with a sentence that names the row.
"""
