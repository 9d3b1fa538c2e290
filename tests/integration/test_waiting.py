"""What waits for whom on the home page."""

from datetime import timedelta

import pytest

from core.catalogue.model import OperationalSheet
from core.contracts.model import Contract, ContractTerms
from core.controls.model import Control
from core.deadlines import waiting as engine
from core.deadlines.waiting import Waiting, waiting
from core.disputes.model import Arbitration, Contestation
from core.ground.access import Principal, Role, ScopedSession
from core.ground.errors import Finding
from tests.district import TODAY
from tests.factories import filled


def test_a_sheet_without_its_cost_waits_until_a_newer_edition_says_it(unit, database, manager):
    with unit() as session:
        session.add_all([
            filled(OperationalSheet, code="desk", edition=2025, title="Sportello", cost_to_user=""),
            filled(OperationalSheet, code="centre", edition=2026, title="Centro", cost_to_user=""),
            filled(OperationalSheet, code="desk", edition=2026, title="Sportello", cost_to_user="Gratuito."),
        ])
    with ScopedSession(database, manager) as session:
        assert [item.case for item in waiting(session, TODAY) if item.kind == "sheet"] == ["Centro"]


@pytest.mark.parametrize(("row", "kind"), [
    (lambda **case: filled(Control, state="answered", planned_on=None, **case), "control"),
    (lambda **case: filled(Contestation, state="formalised", answer_by=None, sent_on=TODAY, formalised_on=TODAY,
                           **case), "contestation"),
    (lambda **case: filled(Arbitration, state="proposed", municipality_agreed_on=None, **case), "arbitration"),
])
def test_what_the_azienda_asks_without_a_term_waits_for_the_municipality(unit, database, two_municipalities, row, kind):
    own, foreign = two_municipalities
    with unit() as session:
        contract = filled(Contract, terms=filled(ContractTerms), ends_on=TODAY)
        session.add(row(contract=contract, municipality_id=own, number=1, year=TODAY.year))
    for municipality, expected in ((own, [kind]), (foreign, [])):
        who = Principal("Comune", frozenset({Role.MUNICIPALITY}), municipality_ids=frozenset({municipality}))
        with ScopedSession(database, who) as session:
            assert [item.kind for item in waiting(session, TODAY)] == expected


def test_it_is_one_list_by_day_whatever_each_thing_is(unit, database, two_municipalities, monkeypatch):
    near, far = TODAY + timedelta(days=3), TODAY + timedelta(days=9)

    def thing(kind, due):
        return Waiting(kind, 1, "Caso", Finding("Si fa."), Role.MANAGEMENT, due)

    monkeypatch.setattr(engine, "_deadlines", lambda _session, _today: [thing("deadline", far)])
    monkeypatch.setattr(engine, "QUESTIONS", [
        (frozenset({Role.MANAGEMENT}), lambda _session, _today: [thing("instalment", None), thing("penalty", near)])])
    with ScopedSession(database, Principal("Direzione", frozenset({Role.MANAGEMENT}))) as session:
        assert [item.kind for item in waiting(session, TODAY)] == ["penalty", "deadline", "instalment"]
