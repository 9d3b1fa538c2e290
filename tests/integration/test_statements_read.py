"""``patto statements read``: what would be stored of a bank's file, without a data directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from admin.command import cli
from core.payments.statements.lines import UNDIVIDED
from tests.unit.payments.test_statement_archives import OTHER, packed
from tests.unit.payments.test_statements import IBAN, camt, entry, part

CSV = """Data contabile;Importo;Ordinante;IBAN ordinante;Descrizione
19/11/2026;10,00;Comune di Riva;IT40S0542811101000000123457;rata 4/2026
19/11/2026;-3,00;;;canone
20/11/2026;5,00;;;versamento
"""


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The answer of the command for a file, or its exit code and sentence; the data directory is not made."""
    data = tmp_path / "dati"
    monkeypatch.setenv("PATTO_DATA_DIR", str(data))

    def answer(content: bytes | str | None, *words: str, name: str = "file") -> Any:
        file = tmp_path / name
        if content is not None:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        code = cli.main(["statements", "read", str(file), *words, "--json"])
        said = capsys.readouterr()
        assert not data.exists()
        assert "Traceback" not in said.err
        return json.loads(said.out) if code == cli.OK else (code, said.out, said.err)

    return answer


def test_it_prints_the_credits_and_why_every_other_row_is_none(read: Any) -> None:
    assert read(CSV) == {
        "account": None,
        "lines": [{"booked": "2026-11-19", "amount": "10.00", "payer": "Comune di Riva",
                   "payer_iban": "IT40S0542811101000000123457", "text": "rata 4/2026"},
                  {"booked": "2026-11-20", "amount": "5.00", "payer": None, "payer_iban": None, "text": "versamento"}],
        "left_out": [{"row": 3, "why": "debit"}],
    }


def test_the_account_is_that_of_the_file_or_that_which_is_said(read: Any) -> None:
    assert read(CSV, "--account", " ".join([IBAN[:4], IBAN[4:]]))["account"] == IBAN
    assert read(camt(entry()))["account"] == IBAN
    assert read(camt(entry()), "--account", OTHER)[0] == cli.REFUSED


def test_a_batch_that_cannot_be_divided_has_a_remark(read: Any) -> None:
    [line] = read(camt(entry(extra=part("600.00", "Riva") + part("", "Colle"))))["lines"]
    assert (line["payer"], line["remark"]) == (None, UNDIVIDED)


def test_of_several_accounts_it_answers_for_each(read: Any) -> None:
    content = packed(("a.xml", camt(entry())), ("b.xml", camt(entry(sign="DBIT"), iban=OTHER)))
    answer = read(content)
    assert [one["account"] for one in answer["accounts"]] == [IBAN, OTHER]
    assert answer["accounts"][1]["left_out"] == [{"row": 1, "why": "debit", "file": "b.xml"}]
    assert read(content, "--account", OTHER)["account"] == OTHER
    assert read(packed(("a.xml", camt(entry()))))["account"] == IBAN


def test_a_file_without_credits_is_answered(read: Any) -> None:
    assert read(camt())["lines"] == []


@pytest.mark.parametrize(("content", "words", "message"), [
    (b"<x", (), "rovinato o incompleto"), ("Nome;Cognome\n", (), "non si legge"), ("", (), "non si legge"),
    (CSV.replace("10,00", "1.000"), ("--account", "IT60"), "non è un IBAN"), (None, (), "non si trova"),
])
def test_what_is_refused_is_said_in_a_sentence(read: Any, content: Any, words: tuple[str, ...], message: str) -> None:
    code, out, said = read(content, *words)
    assert (code, out) == (cli.REFUSED, "")
    assert message in said


def test_a_folder_is_no_file(read: Any, tmp_path: Path) -> None:
    assert "non si può leggere" in read(None, name=".")[2]
