"""The end of a choice is a deadline of the municipality, like the end of anything else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.ground.access import ScopedSession
from core.parties.model import Membership
from core.register import choices
from core.register.model import ProviderChoice
from tests.albo import DAY, OFFICE, published, service
from tests.factories import clerk_of, filled


@pytest.fixture
def choice(session: ScopedSession, two_municipalities: tuple[int, int]) -> ProviderChoice:
    """Dresano has chosen a unit for the school year."""
    install_rules(session)
    session.add(filled(Membership, municipality_id=two_municipalities[0], valid_from=date(2016, 1, 1), valid_to=None))
    return choices.choose(session, {
        "municipality_id": two_municipalities[0], "service_id": service(session).id,
        "entry_id": published(session, "Aurora").id, "contract_number": "14/2026",
        "contract_date": date(2026, 2, 20), "valid_from": date(2026, 3, 1), "valid_to": date(2026, 8, 31), "note": "",
    }, today=DAY)


def deadlines(session: ScopedSession) -> list[tuple[str, date, str]]:
    """State, day and owner of each."""
    rows = session.scalars(select(Deadline).where(Deadline.subject == "provider_choice").order_by(Deadline.id))
    return [(row.state, row.effective, row.owner_role) for row in rows]


def test_the_municipality_has_until_the_contracts_last_day_to_choose_again(session, choice):
    assert deadlines(session) == [("open", date(2026, 8, 31), "municipality")]
    [row] = session.scalars(select(Deadline))
    assert row.case_title == "Aurora per Dresano" and row.shared


def test_another_choice_that_goes_on_meets_it(session, choice):
    follows = {"municipality_id": choice.municipality_id, "service_id": choice.service_id,
               "entry_id": choice.entry_id, "contract_number": "30/2026", "contract_date": date(2026, 2, 28),
               "valid_from": date(2026, 9, 1), "valid_to": None, "note": ""}  # fmt: skip
    choices.choose(session, follows, today=DAY)
    assert [row[0] for row in deadlines(session)] == ["met"]


def test_a_choice_that_was_ended_expects_nothing_more(session, choice):
    choices.end_choice(session, choice.id, on=date(2026, 4, 30), why="Cambio", version=choice.version, today=DAY)
    assert [row[0] for row in deadlines(session)] == ["cancelled"]


def test_the_municipality_and_nobody_elses_clerk_reads_it(unit, database, two_municipalities):
    own, foreign = two_municipalities
    with unit(principal=OFFICE) as session:
        install_rules(session)
        session.add(filled(Membership, municipality_id=own, valid_from=date(2016, 1, 1), valid_to=None))
        choices.choose(session, {
            "municipality_id": own, "service_id": service(session).id, "entry_id": published(session, "Aurora").id,
            "contract_number": "14/2026", "contract_date": date(2026, 2, 20), "valid_from": date(2026, 3, 1),
            "valid_to": date(2026, 8, 31), "note": "",
        }, today=DAY)  # fmt: skip
    for key, count in ((own, 1), (foreign, 0)):
        with ScopedSession(database, clerk_of(key)) as session:
            assert len(deadlines(session)) == count
