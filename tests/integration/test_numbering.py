"""Yearly numbers: one after the other, none missing, none twice."""

import pytest
from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.numbering import Counter, next_number


def test_numbers_follow_each_other_within_a_register_and_a_year(unit):
    with unit() as session:
        assert [next_number(session, "contract", 2026) for _ in range(3)] == [1, 2, 3]
    with unit() as session:
        assert next_number(session, "contract", 2026) == 4


def test_each_register_and_each_year_begins_with_one(unit):
    with unit() as session:
        assert next_number(session, "contract", 2026) == 1
        assert next_number(session, "contract", 2027) == 1
        assert next_number(session, "letter", 2026) == 1


def test_an_act_that_fails_gives_its_number_back(unit):
    with pytest.raises(RuleBroken), unit() as session:
        assert next_number(session, "contract", 2026) == 1
        raise RuleBroken("niente contratto")
    with unit() as session:
        assert next_number(session, "contract", 2026) == 1


def test_a_municipality_takes_the_next_number_of_all_and_not_of_its_own(unit, manager, municipality_user):
    with unit(principal=manager) as session:
        next_number(session, "notice", 2026)
    with unit(principal=municipality_user) as session:
        assert next_number(session, "notice", 2026) == 2


def test_the_counter_keeps_the_last_number_given(unit, database, manager):
    with unit() as session:
        next_number(session, "contract", 2026)
    with ScopedSession(database, manager) as session:
        assert session.scalars(select(Counter.last)).all() == [1]
