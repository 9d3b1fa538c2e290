"""Whatever is given as a bank's file is read or refused in a sentence: nothing else ever comes out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.ground.errors import RuleBroken
from core.payments.statements.reading import read
from tests.unit.payments.test_statement_archives import packed
from tests.unit.payments.test_statement_cbi import SAMPLE
from tests.unit.payments.test_statement_layouts import SIGN_BEHIND, SIGN_IN_A_COLUMN, TWO_COLUMNS, WITH_COMMAS
from tests.unit.payments.test_statement_tables import HEADS, workbook
from tests.unit.payments.test_statements import camt, entry

SOUND = [
    camt(entry(), entry(sign="DBIT")), SAMPLE, packed(("e.xml", camt(entry()))), workbook([HEADS, ("19/11/2026", 1)]),
    *(layout.text.encode(layout.encoding) for layout in (SIGN_BEHIND, SIGN_IN_A_COLUMN, TWO_COLUMNS, WITH_COMMAS)),
]
CHANGES = st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=12))


def survives(content: bytes) -> None:
    """RuleBroken is the one way in which a file is not read."""
    try:
        found = read("file", content)
    except RuleBroken as refusal:
        assert str(refusal)
        return
    assert all(line.amount > 0 and line.key for one in found for line in one.lines)


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    survives(content)


@given(st.text(alphabet="Dat;,\t\n\r\"Importo/-+.0123456789 Aveè€\u00a0\u2212", max_size=200))
def test_any_text_below_sound_heads(text: str) -> None:
    survives(("Data;Importo;Stato;Descrizione\n" + text).encode())


@given(st.sampled_from(SOUND), st.lists(CHANGES, min_size=1, max_size=4))
def test_a_sound_file_with_something_changed(content: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    for at, length, new in changes:
        place = at % (len(content) + 1)
        content = content[:place] + new + content[place + length:]
    survives(content)
