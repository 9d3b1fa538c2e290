"""One contract, or the terms of the whole district, in which a municipality is asked percentages of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.contracts import terms
from core.contracts.model import Contract, ContractParty
from core.contracts.terms_text import terms_of
from core.ground.access import Principal, Role
from core.ground.errors import RuleBroken
from core.instalments import operations, planning
from tests.ledger import Ledger, ledger
from tests.unit.contracts.test_terms import BALANCE, DELAY, version

__all__ = ["ledger"]
TODAY = date(2026, 3, 2)
FACTS = {name: getattr(version(), name) for name in terms.TERMS}
FIRST: dict[str, Any] = {"title": "Primo acconto", "kind": "advance", "percent": Decimal(50), "base": "previous_year",
                         "due": "01-31"}
SECOND: dict[str, Any] = {**FIRST, "title": "Secondo acconto", "percent": Decimal(40), "due": "07-31"}


def go_by(ledger: Ledger, *percents: tuple[str, int, str | None], day: date = date(2026, 1, 1)) -> None:
    """The contract goes by terms of 50 and 40 % for all, but for these."""
    rows = [{"title": title, "municipality_id": key, "percent": value and Decimal(value)}
            for title, key, value in percents]
    with ledger.unit("condizioni") as session:
        made = terms.add_version(session, {**FACTS, "title": "Del distretto", "valid_from": day},
                                 [FIRST, SECOND, BALANCE], [DELAY], percents=rows)
        session.get_one(Contract, ledger.contract).terms_id = made.id


def test_each_is_asked_its_own_percentage_and_the_balance_takes_the_rest(ledger: Ledger) -> None:
    go_by(ledger, ("Primo acconto", ledger.dresano, "30"))
    ledger.share(ledger.dresano, 2026, "final", "40000.00", date(2027, 5, 3))
    rows = {name: ledger.row(key) for name, key in ledger.plan(2026, TODAY).items()}
    assert {name: (row.percent, row.amount) for name, row in rows.items() if name[1] != BALANCE["title"]} == {
        ("Melegnano", "Primo acconto"): (Decimal(50), Decimal("100000.00")),
        ("Melegnano", "Secondo acconto"): (Decimal(40), Decimal("80000.00")),
        ("Dresano", "Primo acconto"): (Decimal(30), Decimal("10000.00")),
        ("Dresano", "Secondo acconto"): (Decimal(40), Decimal("13333.33"))}
    assert rows["Dresano", BALANCE["title"]].amount == Decimal("16666.67"), "40.000 less 23.333,33"


def test_advances_that_start_from_last_year_alone_do_not_wait_for_a_budget(ledger: Ledger) -> None:
    go_by(ledger)
    with ledger.unit("guarda") as session:
        said = [str(f) for f in planning.propose(session, session.get_one(Contract, ledger.contract), 2027).findings
                if "importo" in str(f)]
    assert said == [
        f"{name} non ha una quota dell'anno precedente: indicare l'importo su cui calcolare gli acconti che partono da "
        "quella. Fino ad allora si prevedono senza importo." for name in ("Melegnano", "Dresano")]


def test_other_terms_bring_other_percentages_to_what_is_still_planned(ledger: Ledger) -> None:
    go_by(ledger, ("Primo acconto", ledger.dresano, "30"))
    key = ledger.plan(2026, TODAY)["Dresano", "Primo acconto"]
    go_by(ledger, ("Primo acconto", ledger.dresano, "20"), day=date(2026, 2, 1))
    with ledger.unit("notte") as session:
        operations.refresh(session, 2026, today=TODAY)
    assert (ledger.row(key).percent, ledger.row(key).amount) == (Decimal(20), Decimal("6666.67"))


def test_the_clause_names_who_pays_otherwise(ledger: Ledger) -> None:
    go_by(ledger, ("Primo acconto", ledger.dresano, "30"))
    with ledger.unit("legge") as session:
        first, second, _balance = terms_of(session, session.get_one(Contract, ledger.contract)).instalments
        assert (first.percent, [(own.party, own.percent) for own in first.others]) == (
            Decimal(50), [("Comune di Dresano", Decimal(30))])
        assert (second.percent, second.others) == (Decimal(40), ())


def test_of_one_party_alone_the_clause_says_its_own_percentage(ledger: Ledger) -> None:
    go_by(ledger, ("Primo acconto", ledger.dresano, "30"))
    with ledger.unit("lascia") as session:
        for member in session.get_one(Contract, ledger.contract).parties:
            if member.party_id == ledger.melegnano:
                session.delete(session.get_one(ContractParty, member.id))
    with ledger.unit("legge") as session:
        first = terms_of(session, session.get_one(Contract, ledger.contract)).instalments[0]
        assert (first.percent, first.others) == (Decimal(30), ())


def test_a_municipality_reads_its_own_percentage_alone(ledger: Ledger) -> None:
    go_by(ledger, ("Primo acconto", ledger.dresano, "30"), ("Primo acconto", ledger.melegnano, "45"))
    mayor = Principal("Sindaca", frozenset({Role.MUNICIPALITY}), user_id=5,
                      municipality_ids=frozenset({ledger.dresano}))
    with ledger.unit("legge", mayor) as session:
        contract = session.get_one(Contract, ledger.contract)
        assert [own.percent for row in contract.terms.instalments for own in row.percents] == [Decimal(30)]


@pytest.mark.parametrize(("title", "percent", "says"), [
    ("Terzo acconto", "30", "non è il nome di un acconto"),
    (str(BALANCE["title"]), "30", "non è il nome di un acconto"),
    ("Primo acconto", None, "indicare l'ente e la sua percentuale"), ("Primo acconto", "70", "più di cento"),
    ("Primo acconto", "0", "da più di 0 a 100"), ("Primo acconto", "-5", "da più di 0 a 100"),
    ("Primo acconto", "30.0001", "più di tre decimali"),
])
def test_a_percentage_that_cannot_be_is_refused(ledger: Ledger, title: str, percent: str | None, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as refused:
        go_by(ledger, (title, ledger.dresano, percent))
    assert refused.value.field == "percents"


def test_one_percentage_for_each_and_of_somebody_who_is_there(ledger: Ledger) -> None:
    with pytest.raises(RuleBroken, match="Dresano ha due percentuali"):
        go_by(ledger, ("Primo acconto", ledger.dresano, "30"), ("Primo acconto", ledger.dresano, "20"))
    with pytest.raises(RuleBroken, match="indicare l'ente"):
        go_by(ledger, ("Primo acconto", 999_999, "30"))
