"""The file of an invented azienda, complete and explained: whoever starts writes one's own data over it."""

from __future__ import annotations

from pathlib import Path

from core.imports.start.whole import SHEETS
from core.tables import readable

FILE = Path(__file__).with_name("example.toml")
HEAD = """\
# Un'azienda in un file. Questa è inventata e funziona così com'è: riscrivere il file con i propri dati, poi
#
#     patto start FILE.toml
#
# o mandarlo dalla pagina «Per cominciare». Le righe che cominciano con # sono spiegazioni. I dati che possono mancare
# si tolgono. I blocchi con due parentesi quadre si copiano quante volte serve. Se qualcosa non va, il programma dice
# riga per riga che cosa, e non registra nulla.

"""


def text() -> str:
    """The example, with what each key is for above it."""
    rows = readable.read(FILE.read_bytes(), SHEETS)
    return HEAD + readable.write(SHEETS, {
        sheet.name: [row.values for row in rows if row.sheet.name == sheet.name] for sheet in SHEETS}, explained=True)
