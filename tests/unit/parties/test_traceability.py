"""When a dedicated account is communicated (L. 136/2010 art. 3 c. 7; R110)."""

from __future__ import annotations

from datetime import date

import pytest

from core.ground.clock import Roll
from core.parties.model import Azienda, BankAccount, Delegate
from core.parties.traceability import communication_by, findings
from tests import factories

TODAY = date(2026, 3, 20)


def account(**days: date | None) -> BankAccount:
    """An account with one delegate."""
    party = factories.filled(Azienda, name="Azienda")
    row = factories.filled(BankAccount, iban="IT60X0542811101000000123456", party=party, **days)
    row.delegates = [factories.filled(Delegate)]
    return row


TERMS = {
    "from the opening": ({"opened_on": date(2026, 3, 2)}, date(2026, 3, 9)),
    "from the first use of one that existed": ({"opened_on": date(2010, 1, 1), "first_used_on": date(2026, 3, 3)},
                                               date(2026, 3, 10)),
    "from the last change": ({"opened_on": date(2010, 1, 1), "changed_on": date(2026, 3, 4)}, date(2026, 3, 11)),
    "moved off a Sunday": ({"opened_on": date(2026, 3, 8)}, date(2026, 3, 16)),
}


@pytest.mark.parametrize(("days", "by"), TERMS.values(), ids=TERMS)
def test_the_term_of_seven_days(days, by):
    assert communication_by(account(**days)).effective == by


def test_a_term_that_is_not_rolled_ends_on_its_day():
    assert communication_by(account(opened_on=date(2026, 3, 8)), roll=Roll.NONE).effective == date(2026, 3, 15)
    assert communication_by(account()) is None


SAID = {
    "in time": ({"opened_on": date(2026, 3, 2), "communicated_on": date(2026, 3, 9)}, None),
    "one day late": ({"opened_on": date(2026, 3, 2), "communicated_on": date(2026, 3, 10)},
                     "comunicato il 10/03/2026, dopo il termine del 09/03/2026"),
    "still to do": ({"opened_on": date(2026, 3, 16)}, "si comunica entro il 23/03/2026"),
    "missing": ({"opened_on": date(2026, 3, 2)}, "andava comunicato entro il 09/03/2026"),
    "nothing known": ({}, "non si sa quando è stato aperto"),
    "communicated, nothing else known": ({"communicated_on": date(2026, 3, 2)}, None),
}


@pytest.mark.parametrize(("days", "sentence"), SAID.values(), ids=SAID)
def test_what_is_said_of_an_account(days, sentence):
    found = [str(finding) for finding in findings(account(**days).party, TODAY)]
    assert len(found) == (sentence is not None)
    assert sentence is None or sentence in found[0]


def test_an_account_without_delegates_and_a_party_without_accounts_are_remarked():
    row = account(opened_on=date(2026, 3, 2), communicated_on=date(2026, 3, 3))
    row.delegates = []
    assert "non è indicato chi può operare" in str(findings(row.party, TODAY)[0])
    assert "Manca il conto dedicato" in str(findings(factories.filled(Azienda, name="Azienda"), TODAY)[0])
