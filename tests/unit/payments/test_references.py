"""Which instalments the text of a payment names, among all the other numbers that municipalities write."""

from __future__ import annotations

import pytest

from core.payments.references import mentioned, named


@pytest.mark.parametrize(("text", "numbers"), [
    ("Primo acconto, rata n. 3/2026", {3}), ("RATA 3/2026", {3}), ("RATA3/2026", {3}), ("rata nr.3/2026", {3}),
    ("Rata n° 3/2026", {3}), ("rata nº 3 / 2026", {3}), ("RATA NUM. 3/2026", {3}), ("RATA N.3/20 26", {3}),
    ("acconto 3/2026", {3}), ("ACC.TO N. 3/2026", {3}), ("saldo n. 3/2026", {3}), ("SALDO (RATA 3/2026)", {3}),
    ("richiesta n. 3/2026", {3}), ("rich. n. 3/2026", {3}), ("Richiesta di pagamento n. 3/2026", {3}),
    ("rate n. 3/2026, 4/2026", {3, 4}), ("rate 3 e 4/2026", {3, 4}), ("RATA 3/2026 E RATA N. 4/2026", {3, 4}),
    ("MANDATO N. 118/2026 RATA N. 3/2026 DET. N. 11/2026", {3}), ("Rata n. 3/2026; det. n. 4/2026", {3}),
])
def test_after_a_word_that_says_so_a_number_is_an_instalment(text: str, numbers: set[int]) -> None:
    assert named(text) == {(number, 2026) for number in numbers}


@pytest.mark.parametrize("text", [
    "DETERMINA N. 11/2026", "MANDATO N. 118/2026", "Det. 11/2026", "CIG Z123 LOTTO 3/2026", "mese 11/2026",
    "COMPETENZA NOVEMBRE 11/2026", "fattura n. 12/2026", "Impegno n. 12/2026", "SALDO DETERMINA N. 11/2026",
    "acconto come da mandato 12/2026", "RICHIESTA PROT. N. 45/2026", "", "seconda rata 2026", "saldo 2026",
])
def test_determine_warrants_lots_and_months_are_no_instalments(text: str) -> None:
    assert named(text) == mentioned(text) == frozenset()


@pytest.mark.parametrize("text", ["rata 12/2026/A", "rata n. 1/118/2026", "rata 3/20260", "rata 3/26"])
def test_what_is_no_number_of_a_year_is_not_read_as_one(text: str) -> None:
    assert named(text) == frozenset()


@pytest.mark.parametrize("text", ["quota 12/2026", "12/2026", "RATA MESE DI 12/2026", "durata 12/2026"])
def test_a_number_alone_is_only_a_hint(text: str) -> None:
    assert (named(text), mentioned(text)) == (frozenset(), {(12, 2026)})
