"""``patto calc``: one JSON document in, one out, and a sentence for what cannot be calculated."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from admin.command import cli

PENALTY: dict[str, Any] = {
    "bands": [{"kind": "delay", "min": "100.00", "max": "1000.00"}], "kind": "delay", "amount": "1000.00",
    "notice_received": "2026-04-10", "reply_days": 15, "rebuttal_received": None, "hearing_held": "2026-04-29",
    "decided": "2026-05-04", "request_received": "2026-08-05", "payment_days": 60, "roll": "holiday",
}  # fmt: skip
YEAR: dict[str, Any] = {
    "year": 2027, "previous": "200000.00", "budget": "210000.00", "budget_approved": "2027-03-01",
    "final": "205000.00",
    "plan": [{"kind": "advance", "percent": "50", "due": "01-31"}, {"kind": "advance", "percent": "40", "due": "07-31"},
             {"kind": "balance", "event": "accounts_approved"}],
    "events": {"accounts_approved": "2028-05-02"},
}  # fmt: skip
SHARE: dict[str, Any] = {"total": "10.00", "keys": [{"weight": "1", "values": {"A": "1", "B": "2"}}]}


def calc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str, case: object = None) -> Any:
    """The answer of a calculator, or the sentence with which it refuses."""
    monkeypatch.setattr("sys.stdin", io.StringIO(case if isinstance(case, str) else json.dumps(case)))
    try:
        code = cli.main(["calc", *words, "--json"])
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    if code == cli.OK:
        return json.loads(said.out)
    assert not said.out
    return f"{code} {said.err}"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *words, case=None: calc(monkeypatch, capsys, *words, case=case)


def test_a_term_has_two_dates(ask: Any) -> None:
    assert ask("deadline", "--from", "2026-04-10", "--days", "15") == {"nominal": "2026-04-25",
                                                                       "effective": "2026-04-27"}
    assert ask("deadline", "--from", "2026-04-10", "--days", "15", "--roll", "none")["effective"] == "2026-04-25"
    assert ask("deadline", "--from", "2027-12-31", "--months", "3", "--backwards")["effective"] == "2027-09-30"
    third = ask("deadline", "--from", "2026-12-04", "--working-days", "3", "--patron", "12-07")
    assert third["nominal"] == "2026-12-11"


DELAY: dict[str, Any] = {
    "principal": "1000.00", "due": "2026-12-21",
    "rates": [{"from": "2026-01-01", "percent": "1.60"}, {"from": "2027-01-01", "percent": "1.80"}],
    "payments": [{"on": "2027-01-15", "amount": "500.00"}], "on": "2027-03-15",
}  # fmt: skip


@pytest.mark.parametrize(("changed", "answer"), [
    ({}, {"rows": [{"on": "2027-01-15", "interest": "1.18", "principal": "498.82", "left": "501.18"}],
          "accrued": "2.64", "owed": "502.64"}),
    ({"payments": []}, {"rows": [], "accrued": "4.09", "owed": "1004.09"}),
    ({"payments": [{"on": "2026-12-21", "amount": "1000.00"}]},
     {"rows": [{"on": "2026-12-21", "interest": "0.00", "principal": "1000.00", "left": "0.00"}],
      "accrued": "0.00", "owed": "0.00"}),
    ({"payments": [{"on": "2027-01-15", "amount": "1100.00"}]},
     {"rows": [{"on": "2027-01-15", "interest": "1.18", "principal": "1000.00", "left": "0.00"}],
      "accrued": "1.18", "owed": "0.00"}),
    ({"on": "2026-12-21", "payments": []}, {"rows": [], "accrued": "0.00", "owed": "1000.00"}),
])
def test_interest_accrues_to_the_day_of_the_payment_which_covers_it_first(
    ask: Any, changed: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert ask("interest", case={**DELAY, **changed}) == answer


@pytest.mark.parametrize(("changed", "said"), [
    ({"on": "2028-01-01"}, "per il 2028 non è registrato"),
    ({"rates": [{"from": "2026-01-01", "percent": "1.60"}]}, "per il 2027 non è registrato"),
    ({"rates": [{"from": "2027-01-01", "percent": "1.80"}]}, "per il 2026 non è registrato"),
    ({"principal": "0.00"}, "maggiore di zero"), ({"payments": [{"on": "2027-01-15", "amount": "-1.00"}]}, "«amount»"),
    ({"rates": [{"from": "2026-01-01", "percent": "-1"}]}, "«percent»"), ({"on": "9999-12-31"}, "«on»"),
    ({"due": "ieri"}, "«due»"), ({"due": "20261221"}, "«due»"),
    ({"payments": "tutto"}, "«payments»"), ({"rates": []}, "«rates»"),
    ({"rates": [*DELAY["rates"], {"from": "2027-01-01", "percent": "2.00"}]}, "un solo tasso per ogni giorno"),
    ({"rates": ["1.60"]}, "«rates»"), ({"rates": [{"from": "2026-01-01", "percent": "1", "to": "x"}]}, "«to»"),
    ({"principal": "1000.005"}, "«principal»"), ({"payment": []}, "«payment» non è previsto"),
])
def test_interest_that_cannot_be_counted_is_refused_by_name(ask: Any, changed: dict[str, Any], said: str) -> None:
    refused = ask("interest", case={**DELAY, **changed})
    assert refused.startswith("1 ") and said in refused


@pytest.mark.parametrize(("payer", "means", "resembles"), [
    ("COMUNE DI S.ORSO - SERVIZIO TESORERIA", "sant-orso", []), ("COMUNE DI RIVA DI SOTTO", "riva-di-sotto", ["riva"]),
    ("FARMACIA RIVA SNC", None, ["riva"]), ("PROVINCIA DI RIVA", None, ["riva"]), ("DITTA ROSSI", None, []),
])
def test_who_pays_is_a_municipality_or_only_resembles_it(
    ask: Any, payer: str, means: str | None, resembles: list[str]
) -> None:
    case = {"municipalities": ["Riva", "Riva di Sotto", "Sant'Orso"], "payer": payer}
    assert ask("payer", case=case) == {"means": means, "resembles": resembles}


@pytest.mark.parametrize("names", [["Riva", "riva"], ["Riva", ""], ["Riva", "--"], []])
def test_every_municipality_is_named_once(ask: Any, names: list[str]) -> None:
    assert "«municipalities»" in ask("payer", case={"municipalities": names, "payer": "COMUNE DI RIVA"})


@pytest.mark.parametrize("name", ["principal", "due"])
@pytest.mark.parametrize("text", ["1E3", "1_000.00", "+1000.00", " 1000.00", "１０００.00", "1000,00", "2026-W51-1",
                                  "2026-12-21T00:00", ""])
def test_figures_and_days_are_written_in_one_way(ask: Any, name: str, text: str) -> None:
    assert f"«{name}»" in ask("interest", case={**DELAY, name: text})


def test_a_case_is_read_as_windows_saves_it_and_no_name_stands_twice_in_it(ask: Any) -> None:
    assert ask("allocate", case="\ufeff" + json.dumps(SHARE)) == ask("allocate", case=SHARE)
    assert "«total» c'è due volte" in ask("allocate", case='{"total": "1.00", "total": "2.00"}')


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_case_is_utf_8_whatever_the_terminal_speaks(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], encoding: str
) -> None:
    case = json.dumps({"total": "1.00", "keys": [{"weight": "1", "values": {"Cantù": "1"}}]}, ensure_ascii=False)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(case.encode()), encoding, "surrogateescape"))
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(sys.stdout.buffer, encoding, write_through=True))
    assert cli.main(["calc", "allocate", "--json"]) == cli.OK
    assert json.loads(capsysbinary.readouterr().out.decode("utf-8"))["shares"] == {"Cantù": "1.00"}


def test_a_share_out_explains_itself(ask: Any) -> None:
    answer = ask("allocate", case=SHARE)
    assert answer["shares"] == {"A": "3.33", "B": "6.67"}
    assert answer["keys"][0]["amount"] == "10.00"


RATE = {"kind": "rate", "rate": "3.50", "values": {"A": "3000", "B": "18000"}}
FEE = {"kind": "daily_fee", "rate": "45.00", "values": {"A": "120"}, "recovery": {"A": "1400.00"}}
REST = {"kind": "residents", "weight": "1", "values": {"A": "3000", "B": "9000"}}
BANDS: dict[str, Any] = {"kind": "rate", "bands": [{"up_to": 5000, "value": "4"}, {"value": "3"}],
                         "values": {"A": "3000", "B": "18000"}}
STEPS = {"kind": "steps", "steps": 5, "step": 2, "values": {"A": "500.00"}}


@pytest.mark.parametrize(("more", "shares"), [
    ({"keys": [RATE]}, {"A": "10500.00", "B": "63000.00"}),
    ({"keys": [{"kind": "solidarity_rate", "rate": "0.5", "values": {"A": "3"}}]}, {"A": "1.50"}),
    ({"keys": [BANDS]}, {"A": "12000.00", "B": "54000.00"}),
    ({"keys": [{**BANDS, "banding": "marginal"}]}, {"A": "12000.00", "B": "59000.00"}),
    ({"keys": [RATE], "days": {"B": 73}}, {"A": "10500.00", "B": "12600.00"}),
    ({"keys": [STEPS, REST]}, {"A": "25225.00", "B": "74775.00"}),  # 500 x 3/5, then a quarter of the rest
    ({"keys": [FEE, REST]}, {"A": "28000.00", "B": "72000.00"}),  # 5400 - 1400, then a quarter of 96000
    ({"keys": [{**FEE, "families_pay": "municipality"}, REST]}, {"A": "29050.00", "B": "70950.00"}),
    ({"keys": [{"kind": "historic", "convergence": "60", "values": {"A": "1", "B": "1"}}, REST]},
     {"A": "35000.00", "B": "65000.00"}),
    ({"keys": [{"kind": "fixed", "values": {"A": "20000.00"}}, REST]}, {"A": "40000.00", "B": "60000.00"}),
    ({"keys": [{"kind": "equal", "weight": "1"}], "parties": ["A", "B"]}, {"A": "50000.00", "B": "50000.00"}),
    ({"keys": [REST], "deductions": [{"party": "A", "amount": "1.00", "why": "m"}]},
     {"A": "24999.00", "B": "75001.00"}),
    ({"keys": [REST], "deductions": [{"party": "A", "amount": "1.00", "why": "m", "borne": "nobody"}]},
     {"A": "24999.00", "B": "75000.00"}),
    ({"keys": [REST], "limits": {"year": 2025, "cap": "10", "previous": {"A": "20000.00"}}},
     {"A": "22000.00", "B": "78000.00"}),
])
def test_a_case_takes_every_key_of_a_plan(ask: Any, more: dict[str, Any], shares: dict[str, str]) -> None:
    answer = ask("allocate", case={"total": "100000.00", **more})
    assert answer["shares"] == shares
    assert len(answer["keys"]) == len(more["keys"])


@pytest.mark.parametrize(("more", "word"), [
    ({"keys": [{**RATE, "base": "x"}]}, "«base» non è previsto"), ({"keys": [{**RATE, "weight": "1"}]}, "«weight»"),
    ({"keys": [{**REST, "rate": "3.50"}]}, "«rate» non è previsto"),
    ({"keys": [{"kind": "stars"}]}, "«kind» vale stars"),
    ({"keys": [{**RATE, "rate": None}]}, "manca «rate»"), ({"keys": [{**RATE, "rate": "0"}]}, "maggiore di zero"),
    ({"keys": [{**BANDS, "bands": BANDS["bands"][:1]}]}, "L'ultima fascia"),
    ({"keys": [{**BANDS, "bands": [{"upto": 3}]}]}, "«upto» non è previsto"), ({"keys": [STEPS]}, "senza una chiave"),
    ({"keys": [{**BANDS, "rate": "3"}]}, "non tutti e due"),
    ({"keys": [{**RATE, "banding": "whole"}]}, "«banding» non"),
    ({"keys": [{**BANDS, "banding": "half"}]}, "«banding» vale half"), ({"keys": [{**REST, "weight": "0.9"}]}, "1"),
    ({"keys": [{**FEE, "recovery": {"A": "5400.01"}}, REST]}, "supera la sua retta"),
    ({"keys": [REST], "days": {"A": 366}}, "«days» vale 366"), ({"keys": [REST], "year_days": "365"}, "«year_days»"),
    ({"keys": [REST], "parties": ["A"]}, "«B» ha una cifra"),
    ({"keys": [REST], "limits": {"year": 2025, "cap": "10", "previous": {"C": "1.00"}}}, "«C» ha una cifra"),
    ({"keys": [REST], "limits": {"year": 2025, "top": "10", "previous": {}}}, "«top» non è previsto"),
    ({"keys": [REST], "limits": {"year": 2025, "cap": "0", "previous": {"A": "1.00", "B": "2.00"}}}, "nessuno può"),
    ({"keys": [REST], "deductions": [{"party": "A", "amount": "25000.01", "why": "m"}]}, "supera la sua quota"),
    ({"keys": [REST], "deductions": [{"party": "A", "sum": "1.00"}]}, "«sum» non è previsto"),
])
def test_a_key_that_cannot_be_is_refused_by_its_name(ask: Any, more: dict[str, Any], word: str) -> None:
    assert word in ask("allocate", case={"total": "100000.00", **more})


@pytest.mark.parametrize(("words", "case", "meant"), [
    ("allocate", {"total": "1.00", "keys": [{**RATE, "rates": "3.50"}]}, "«rates» non è previsto (forse «rate»)"),
    ("allocate", {"total": "1.00", "keys": [{**BANDS, "Banding": "whole"}]}, "(forse «banding»)"),
    ("allocate", {"total": "1.00", "keys": [{**FEE, "kind": "dayly_fee"}]}, "dayly_fee (forse «daily_fee»)"),
    ("allocate", {"total": "1.00", "keys": [{**STEPS, "kind": "stelle"}]}, "«kind» vale stelle: scrivere una"),
    ("allocate", {"total": "1.00", "keys": [REST], "limit": {}}, "(forse «limits»)"),
    ("allocate", {"total": "1.00", "keys": [REST], "parties": ["A", "B"], "days": {"a": 3}}, "«a» (forse «A») ha una"),
    ("instalments", {**YEAR, "budgett": "1.00"}, "«budgett» non è previsto (forse «budget»)"),
    ("instalments", {**YEAR, "plan": [{**YEAR["plan"][0], "due_day": 3}]}, "(forse «due_days»)"),
    ("instalments", {**YEAR, "plan": [{**YEAR["plan"][0], "base": "previous"}]}, "(forse «previous_year»)"),
    ("instalments", {**YEAR, "plan": [{**YEAR["plan"][0], "kind": "advanced"}]}, "(forse «advance»)"),
    ("instalments", {**YEAR, "events": {"account_approved": "2028-05-02"}}, "(forse «accounts_approved»)"),
])
def test_a_name_written_wrong_is_refused_with_the_one_that_was_meant(
    ask: Any, words: str, case: dict[str, Any], meant: str
) -> None:
    refused = ask(words, case=case)
    assert refused.startswith("1 ") and meant in refused


def test_a_year_of_instalments(ask: Any) -> None:
    rows = ask("instalments", case=YEAR)["instalments"]
    assert [row["amount"] for row in rows] == ["100000.00", "84000.00", "21000.00"]
    assert rows[0] == {"kind": "advance", "base": "200000.00", "amount": "100000.00", "nominal": "2027-01-31",
                       "effective": "2027-02-01"}
    later = ask("instalments", case={**YEAR, "final": None, "events": {}})["instalments"][-1]
    assert (later["amount"], later["nominal"], later["effective"]) == (None, None, None)


def test_an_exercise_that_begins_in_september_has_its_own_days(ask: Any) -> None:
    plan = [{"kind": "advance", "percent": "50", "due": "10-15"}, {"kind": "advance", "percent": "40", "due": "02-15"},
            {"kind": "balance", "event": "exercise_ended", "due_days": 90}]
    case = {**YEAR, "year": 2026, "budget_approved": "2026-06-20", "plan": plan, "events": {}}
    days = [row["nominal"] for row in ask("instalments", case={**case, "exercise_starts": "09-01"})["instalments"]]
    assert days == ["2026-10-15", "2027-02-15", "2027-11-29"]
    assert ask("instalments", case={**case, "exercise_starts": "01-01"}) == ask("instalments", case=case)
    assert [row["nominal"] for row in ask("instalments", case=case)["instalments"]] == [
        "2026-10-15", "2026-02-15", "2027-03-31"]
    assert "non esiste in tutti gli anni" in ask("instalments", case={**case, "exercise_starts": "02-29"})


def test_a_balance_may_leave_days_for_paying(ask: Any) -> None:
    plan = [*YEAR["plan"][:2], {**YEAR["plan"][2], "due_days": 31}]
    rows = ask("instalments", case={**YEAR, "plan": plan})["instalments"]
    assert (rows[-1]["nominal"], rows[-1]["effective"]) == ("2028-06-02", "2028-06-03")
    assert rows[:-1] == ask("instalments", case=YEAR)["instalments"][:-1]
    for days in (None, 0):
        same = [*YEAR["plan"][:2], {**YEAR["plan"][2], "due_days": days}]
        assert ask("instalments", case={**YEAR, "plan": same}) == ask("instalments", case=YEAR)


def test_days_for_paying_may_count_from_the_invoice(ask: Any) -> None:
    plan = [{**YEAR["plan"][0], "due_days": 30, "counts_from": "invoice"}, *YEAR["plan"][1:]]
    case = {**YEAR, "plan": plan}
    assert ask("instalments", case=case)["instalments"][0]["nominal"] == "2027-03-02"
    invoiced = {**case, "events": {**YEAR["events"], "invoice": "2027-01-15"}}
    assert ask("instalments", case=invoiced)["instalments"][0]["nominal"] == "2027-02-14"


def test_an_advance_may_be_computed_on_another_amount(ask: Any) -> None:
    first = YEAR["plan"][0]
    for base, amount in (("budget", "105000.00"), ("previous_year", "100000.00"), ("chosen", "90000.00")):
        plan = [{**first, "base": base}, *YEAR["plan"][1:]]
        rows = ask("instalments", case={**YEAR, "chosen": "180000.00", "plan": plan})["instalments"]
        assert rows[0]["amount"] == amount, base


def test_a_refused_penalty_is_an_answer_too(ask: Any) -> None:
    assert ask("penalty", case=PENALTY)["allowed"] is True
    answer = ask("penalty", case={**PENALTY, "hearing_held": None, "amount": "1.00"})
    assert answer["allowed"] is False
    assert len(answer["reasons"]) == 2


@pytest.mark.parametrize(
    ("words", "case"),
    [
        (("deadline", "--from", "ieri", "--days", "1"), None),
        (("deadline", "--from", "2026-01-01", "--days", "-1"), None),
        (("deadline", "--from", "2026-01-01", "--days", "1", "--months", "1"), None),
        (("deadline", "--from", "2026-01-01"), None),
        (("deadline", "--from", "2026-01-01", "--working-days", "999999999"), None),
        (("deadline", "--from", "2026-01-01", "--days", "1", "--patron", "13-40"), None),
        (("allocate",), "non è json"),
        (("allocate",), []),
        (("allocate",), {**SHARE, "total": 10.5}),
        (("allocate",), {**SHARE, "base": "residents"}),
        (("allocate",), {"total": "1.00", "keys": [{"weight": "1", "base": "x", "values": {"A": "1"}}]}),
        (("allocate",), {**SHARE, "total": "10.005"}),
        (("allocate",), {**SHARE, "total": "1e999999"}),
        (("allocate",), {"total": "1.00", "keys": []}),
        (("allocate",), {"total": "1.00", "keys": [{"weight": "1", "values": {"A": "NaN"}}]}),
        (("instalments",), {**YEAR, "year": 99999}),
        (("instalments",), {**YEAR, "plan": [{"kind": "gift", "due": "01-31"}]}),
        (("instalments",), {**YEAR, "plan": [{"kind": "balance", "due": "01-32"}]}),
        (("instalments",), {**YEAR, "budget": "-1.00"}),
        (("instalments",), {**YEAR, "base": "budget"}),
        (("instalments",), {**YEAR, "events": {"account_approved": "2028-05-02"}}),
        (("instalments",), {**YEAR, "events": {**YEAR["events"], "invoice": "2027-01-15"}}),
        (("instalments",), {**YEAR, "plan": [{**YEAR["plan"][0], "base": "bilancio"}, *YEAR["plan"][1:]]}),
        (("instalments",), {**YEAR, "plan": [{"kind": "balance", "event": 3}]}),
        (("instalments",), {**YEAR, "plan": [{"kind": "balance", "event": "e", "due_days": "30"}]}),
        (("instalments",), {**YEAR, "plan": [{"kind": "balance", "event": "e", "due_days": -1}]}),
        (("instalments",), {**YEAR, "plan": [{"kind": "balance", "due": "01-31", "due_days": 30}]}),
        (("instalments",), {**YEAR, "plan": [{"kind": "balance", "due": "01-31", "counts_from": "receipt"}]}),
        (("instalments",), {**YEAR, "plan": [{"kind": "balance", "due": "01-31", "due_days": 9, "counts_from": "x"}]}),
        (("penalty",), {**PENALTY, "reply_days": "15"}),
        (("penalty",), {**PENALTY, "roll": "never"}),
        (("penalty",), {**PENALTY, "hearing": "2026-04-29"}),
        (("penalty",), {**PENALTY, "decided": "4 maggio"}),
        (("penalty",), {**PENALTY, "bands": None}),
    ],
)
def test_wrong_input_is_refused_in_words(ask: Any, words: tuple[str, ...], case: object) -> None:
    refusal = ask(*words, case=case)
    assert isinstance(refusal, str), refusal
    assert refusal[0] in "12"
    assert len(refusal) > 20


STANDARD: dict[str, Any] = {
    "standard": {"at_least": "92"}, "unit": "percent", "round": "0.1", "suppress_below": 5,
    "rows": [{"period": "2027-01", "good": 41, "of": 45}, {"period": "2027-02", "good": 3, "of": 4},
             {"period": "2027-03", "good": 36, "of": 38}],
}  # fmt: skip


def test_a_standard_is_held_against_what_was_counted(ask: Any) -> None:
    assert ask("standard", case=STANDARD) == {
        "value": "92.0", "outcome": "missed",
        "rows": [{"period": "2027-01", "value": "91.1"}, {"period": "2027-02", "value": None, "why": "small"},
                 {"period": "2027-03", "value": None, "why": "protects"}]}
    days = {"standard": {"at_most": "10"}, "unit": "days", "round": "1",
            "rows": [{"period": "2027-01", "sum": 210, "of": 20}, {"period": "2027-02", "sum": 0, "of": 0}]}
    assert ask("standard", case=days) == {
        "value": "11", "outcome": "missed",
        "rows": [{"period": "2027-01", "value": "11"}, {"period": "2027-02", "value": None, "why": "empty"}]}
    assert ask("standard", case={**STANDARD, "rows": []}) == {"value": None, "outcome": "not_measured", "rows": []}
    few = {**STANDARD, "rows": [{"period": "2027-01", "good": 4, "of": 4}]}
    assert ask("standard", case=few) == {"value": None, "outcome": "small", "rows": [
        {"period": "2027-01", "value": None, "why": "small"}]}


@pytest.mark.parametrize(("change", "says"), [
    ({"standard": {"at_least": "110"}}, "«at_least» vale 110: scrivere una percentuale da 0 a 100"),
    ({"standard": {"at_least": "92", "at_most": "95"}}, "«standard» vale due limiti"),
    ({"standard": {}}, "«standard» vale nessun limite"),
    ({"standard": {"at_last": "92"}}, "«at_last» non è previsto (forse «at_least»)"),
    ({"unit": "weeks"}, "«unit» vale weeks: scrivere una di queste unità: percent, days"),
    ({"round": "0"}, "«round» vale 0"),
    ({"suppress_below": -1}, "«suppress_below» vale -1"),
    ({"supress_below": 5}, "«supress_below» non è previsto (forse «suppress_below»)"),
    ({"rows": [{"period": "2027-01", "good": 46, "of": 45}]}, "i casi riusciti (46) sono più di tutti i casi (45)"),
    ({"rows": [{"period": "2027-01", "good": 4.5, "of": 45}]}, "«good» vale 4.5: scrivere un numero intero"),
    ({"rows": [{"period": "2027-01", "sum": 4, "of": 45}]}, "«sum» non è previsto"),
    ({"rows": [{"period": "2027-01", "good": 4}]}, "manca «of»"),
    ({"rows": [{"period": "2027-01", "good": 4, "of": 5}] * 2}, "«2027-01» compare due volte"),
])
def test_a_standard_that_cannot_be_judged_is_refused_in_words(ask: Any, change: dict[str, Any], says: str) -> None:
    refused = ask("standard", case={**STANDARD, **change})
    assert refused.startswith("1 ")
    assert says in refused
