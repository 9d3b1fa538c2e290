"""One order of names, the Italian one: the same on both databases, and what is empty last."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import select, text, update

from core.deadlines.model import Deadline
from core.ground import order
from core.ground.order import alphabetical, in_order
from core.instalments.model import Instalment
from core.models import metadata
from core.parties.model import Act, Municipality, Party
from core.payments.model import StatementLine
from core.providers.model import Provider, ServiceUnit
from migrations import runner
from tests import factories
from tests.factories import filled

# as a person would put them
NAMES = ("", "Àbbiate", "abbiategrasso", "Cà d'Oro", "Cadenabbia", "Casa di Cura", "casa di cura", "Casalpusterlengo",
         "Cerro al Lambro", "Città", "Cittadella", "Peschiera", "perché", "però", "San Donato", "Sandrigo",
         "San Zenone", "Sant'Angelo", "Santa Maria", "SanZeno", "Ürbe", "Urbino", "Vizzolo 2", "Vizzolo 10", "«Voci»")
IN_ORDER = ("«Voci»", "Àbbiate", "abbiategrasso", "Cà d'Oro", "Cadenabbia", "casa di cura", "Casa di Cura",
            "Casalpusterlengo", "Cerro al Lambro", "Città", "Cittadella", "perché", "però", "Peschiera", "San Donato",
            "San Zenone", "Sandrigo", "Sant'Angelo", "Santa Maria", "SanZeno", "Ürbe", "Urbino", "Vizzolo 10",
            "Vizzolo 2", "")


@pytest.fixture
def acts(unit, two_municipalities):
    """Acts with these titles, written down in no order, one of them without a day."""
    titles = random.Random(7).sample(NAMES, len(NAMES))
    with unit() as session:
        session.add_all(filled(Act, party_id=two_municipalities[0], title=title,
                               date=None if title == "però" else date(2026, 3, 1 + place))
                        for place, title in enumerate(titles))


def test_names_are_in_italian_order_up_and_down_with_the_empty_last(acts, unit):
    with unit() as session:
        assert tuple(session.scalars(select(Act.title).order_by(in_order(Act.title)))) == IN_ORDER
        down = session.scalars(select(Act.title).order_by(in_order(Act.title, descending=True)))
        assert tuple(down) == (*reversed(IN_ORDER[:-1]), "")
    assert tuple(sorted(NAMES, key=alphabetical)) == IN_ORDER


def test_a_day_that_is_not_known_comes_last_up_and_down(acts, unit):
    with unit() as session:
        for descending in (False, True):
            days = session.scalars(select(Act.date).order_by(in_order(Act.date, descending=descending))).all()
            assert days[-1] is None and None not in days[:-1]
            assert list(days[:-1]) == sorted(days[:-1], reverse=descending)


def test_what_is_folded_already_is_sorted_as_it_is_by_its_index(database, backend):
    statement = str(select(Party.id).order_by(in_order(Municipality.searched)).compile(database.reading))
    assert statement.endswith("ORDER BY party.searched ASC")
    if backend == "postgresql":
        with database.reading.connect() as connection:
            sorted_by = connection.scalar(text("SELECT collation_name FROM information_schema.columns "
                                               "WHERE table_name = 'party' AND column_name = 'searched'"))
        assert sorted_by == "C"


@pytest.fixture
def providers(unit):
    """Providers that sit in these places, and one nowhere, written down in no order."""
    with unit() as session:
        session.add_all(filled(Provider, kind="provider", name=f"Gestore {place}", city=city,
                               tax_code=factories.body_tax_code())
                        for place, city in enumerate(random.Random(7).sample(NAMES, len(NAMES))))


def test_a_weight_that_is_kept_gives_the_same_order_and_follows_its_words(providers, unit):
    def in_their_order(session, **way):
        return tuple(session.scalars(select(Provider.city).order_by(in_order(Provider.city, **way))))

    assert order.sortable(Provider.city) is Party.__table__.c.city_weight
    with unit() as session:
        assert in_their_order(session) == IN_ORDER
        assert in_their_order(session, descending=True) == (*reversed(IN_ORDER[:-1]), "")
        session.scalars(select(Provider).where(Provider.city == "Àbbiate")).one().city = "Zuc"
        session.flush()
        assert in_their_order(session) == (*(name for name in IN_ORDER[:-1] if name != "Àbbiate"), "Zuc", "")


def test_weights_of_rows_that_were_there_before_are_written(providers, database, unit):
    party = Party.__table__
    with database.writing.begin() as connection:
        kept = dict(connection.execute(select(party.c.id, party.c.city_weight)).all())
        connection.execute(update(party).values(city_weight=None))
        order.weigh(connection, metadata.sorted_tables)
        assert dict(connection.execute(select(party.c.id, party.c.city_weight)).all()) == kept
    assert None in kept.values() and len({*kept.values()}) > len(NAMES) - 2


def test_an_index_has_the_order_that_is_kept(providers, database, backend):
    for column in (Party.name, Party.city, Deadline.case_title, ServiceUnit.name, ServiceUnit.city, Instalment.title,
                   StatementLine.payer):
        key = column.class_.id
        asked = str(select(key).order_by(in_order(column), in_order(key)).limit(20).compile(
            database.reading, compile_kwargs={"literal_binds": True}))
        with database.reading.begin() as connection:
            if backend == "postgresql":
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            explain = "EXPLAIN " if backend == "postgresql" else "EXPLAIN QUERY PLAN "
            plan = str(connection.exec_driver_sql(explain + asked).all())
        assert f"ix_{column.class_.__tablename__}_{column.key}_weight" in plan, plan
        assert "B-TREE" not in plan and "Sort" not in plan, plan


def test_the_weights_are_those_of_the_unicode_collation(make_database):
    chance = random.Random(11)
    signs = "aàáâbcdeéèêëfgzAÀÉEZ 0123456789 '’.-,()&°/«»…ssßüöçñ"
    words = ["".join(chance.choice(signs) for _ in range(chance.randint(1, 6))) for _ in range(5_000)]
    words += [sign for sign in order.SIGNS if sign not in "\v\f"]
    with make_database("postgresql").reading.connect() as connection:
        theirs = connection.scalars(text(
            "SELECT one FROM unnest(CAST(:words AS text[])) one "
            f'ORDER BY one COLLATE {order.COLLATION}, one COLLATE "C"'), {"words": words}).all()
    assert theirs == sorted(words, key=lambda word: (order.weighed(word), word))


def test_a_server_without_the_italian_order_is_told(make_database, registry):
    database = make_database("postgresql", registry)
    assert not any(runner.check(database, registry).values())
    with database.writing.begin() as connection:
        connection.exec_driver_sql(f'DROP COLLATION {order.COLLATION}; CREATE COLLATION {order.COLLATION} FROM "C"')
        connection.exec_driver_sql("ALTER TABLE party ALTER COLUMN searched TYPE text")
    [lacks, other] = runner.check(database, registry)["core"]
    assert "non ha ICU" in lacks and "party.searched" in other
