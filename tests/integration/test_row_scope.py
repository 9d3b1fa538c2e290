"""A municipality sees its own rows by whatever road it asks, and the roads that go round the scope are closed."""

from datetime import date

import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, union, update
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Bundle, aliased, defer, joinedload, selectinload, subqueryload, with_polymorphic
from sqlalchemy.orm.exc import ObjectDeletedError

from core.catalogue.model import Coverage, Service
from core.contracts.model import Contract, ContractParty, ContractTerms
from core.ground.access import PUBLIC, Principal, Role, Scoped, ScopedSession, as_system, system
from core.ground.errors import NotAllowed, NotVisible
from core.parties.model import Act, Azienda, BankAccount, Delegate, Membership, Municipality, Party
from tests import factories
from tests.factories import filled

OWN, FOREIGN = "Dresano", "Melegnano"


@pytest.fixture
def district(unit, two_municipalities):
    """Each municipality with an act, a membership, an account with its delegate, and a covered service."""
    with unit() as session:
        service = filled(Service, code="neutral_space")
        session.add_all([service, filled(Azienda, name="Azienda di prova", kind="azienda")])
        for number, party in enumerate(two_municipalities, start=1):
            delegate = filled(Delegate, family_name=f"Prova {number}")
            session.add_all(
                [
                    filled(Act, party_id=party, title=f"Delibera {number}"),
                    filled(Membership, municipality_id=party),
                    filled(BankAccount, party_id=party, delegates=[delegate]),
                    filled(Coverage, municipality_id=party, service=service),
                ]
            )
    return two_municipalities


@pytest.fixture
def reading(database, district, municipality_user):
    """A reading session of a clerk of Dresano."""
    with ScopedSession(database, municipality_user) as session:
        yield session


SubQuery = select(Municipality.id, Municipality.name).subquery
ROADS = {
    "entities": lambda s: [m.name for m in s.scalars(select(Municipality))],
    "a column": lambda s: s.scalars(select(Municipality.name)).all(),
    "the base class": lambda s: [p.name for p in s.scalars(select(Party).where(Party.kind == "municipality"))],
    "both classes at once": lambda s: [
        p.name for p in s.scalars(select(with_polymorphic(Party, "*"))) if p.kind == "municipality"
    ],
    "an alias": lambda s: s.scalars(select(aliased(Municipality).name)).all(),
    "an alias of a subquery": lambda s: s.scalars(
        select(aliased(Municipality, select(Municipality).subquery()).name)
    ).all(),
    "a join": lambda s: s.scalars(select(Municipality.name).join(Membership)).all(),
    "a join from the other side": lambda s: s.scalars(
        select(Municipality.name).select_from(Membership).join(Municipality)
    ).all(),
    "an outer join": lambda s: [
        name
        for name in s.scalars(select(Municipality.name).select_from(Membership).outerjoin(Municipality))
        if name is not None
    ],
    "a subquery": lambda s: s.scalars(select(SubQuery().c.name)).all(),
    "a common table expression": lambda s: s.scalars(select(select(Municipality.name).cte().c.name)).all(),
    "a scalar subquery": lambda s: [s.scalar(select(select(func.max(Municipality.name)).scalar_subquery()))],
    "a union": lambda s: s.scalars(union(select(Municipality.name), select(Municipality.name))).all(),
    "a bundle": lambda s: [row.b.name for row in s.execute(select(Bundle("b", Municipality.name)))],
    "the old query": lambda s: [m.name for m in s.query(Municipality)],
    "pages": lambda s: [m.name for m in s.scalars(select(Municipality).order_by(Municipality.id).limit(5).offset(0))],
    "a stream": lambda s: [m.name for m in s.scalars(select(Municipality).execution_options(yield_per=1))],
    "joined loading": lambda s: [
        m.name
        for service in s.scalars(select(Service).options(joinedload(Service.coverage))).unique()
        for m in [c.municipality for c in service.coverage]
    ],
    "selectin loading": lambda s: [
        c.municipality.name
        for service in s.scalars(
            select(Service).options(selectinload(Service.coverage).selectinload(Coverage.municipality))
        )
        for c in service.coverage
    ],
    "subquery loading": lambda s: [
        c.municipality.name
        for service in s.scalars(select(Service).options(subqueryload(Service.coverage)))
        for c in service.coverage
    ],
    "lazy loading": lambda s: [c.municipality.name for c in s.scalars(select(Service)).one().coverage],
    "a refreshed relation": lambda s: refreshed(s),
}


def refreshed(session):
    service = session.scalars(select(Service)).one()
    session.refresh(service, ["coverage"])
    return [c.municipality.name for c in service.coverage]


@pytest.mark.parametrize("road", ROADS)
def test_only_the_own_municipality_is_reached_through(road, reading):
    assert set(ROADS[road](reading)) == {OWN}


@pytest.mark.parametrize("road", ROADS)
def test_the_azienda_reaches_both_through(road, database, district, manager):
    with ScopedSession(database, manager) as session:
        found = set(ROADS[road](session))
    assert found == ({FOREIGN} if road == "a scalar subquery" else {OWN, FOREIGN})


@pytest.mark.parametrize("entity", [Municipality, Party])
def test_a_key_of_a_foreign_row_finds_nothing(entity, reading, district):
    own, foreign = district
    assert reading.get(entity, own).name == OWN
    assert reading.get(entity, foreign) is None
    with pytest.raises(NotVisible):
        reading.require(entity, foreign)


def test_what_belongs_to_a_party_is_seen_with_it(reading, district):
    own, _foreign = district
    assert set(reading.scalars(select(Act.party_id))) == {own}
    assert [a.party_id for a in reading.scalars(select(BankAccount))] == [own]
    assert [d.family_name for d in reading.scalars(select(Delegate))] == ["Prova 1"]


def test_the_azienda_is_everybodys_counterpart(reading):
    assert reading.scalars(select(Party.name).where(Party.kind == "azienda")).all() == ["Azienda di prova"]


def test_counts_and_existence_tell_nothing_of_others(reading, district):
    _own, foreign = district
    assert reading.scalar(select(func.count()).select_from(Membership)) == 1
    assert reading.scalar(select(func.count(Municipality.id))) == 1
    assert reading.scalar(select(exists(select(Municipality.id).where(Municipality.name == FOREIGN)))) is False
    assert reading.scalars(select(literal("si")).where(select(Municipality).where(
        Municipality.id == foreign).exists())).all() == []
    assert reading.scalars(select(Service.code).where(Service.coverage.any(
        Coverage.municipality_id == foreign))).all() == []
    assert reading.scalars(select(Coverage.id).where(Coverage.municipality.has(
        Municipality.name == FOREIGN))).all() == []


def test_a_foreign_row_in_the_session_of_another_cannot_be_brought_in(database, reading, district, manager):
    _own, foreign = district
    with ScopedSession(database, manager) as theirs:
        row = theirs.get(Municipality, foreign)
        theirs.expunge(row)
    with pytest.raises(NotVisible):
        reading.add(row)
    with pytest.raises((NotVisible, RuntimeError)):
        reading.merge(row, load=False)
    assert reading.get(Municipality, foreign) is None


@pytest.mark.parametrize("road", ["get", "refresh", "an expired attribute"])
def test_a_row_that_has_become_anothers_is_not_loaded_again(road, reading, district, unit):
    _own, foreign = district
    act = reading.scalars(select(Act)).one()
    act_id = act.id
    with unit() as session:
        session.get(Act, act_id).party_id = foreign
    reading.rollback()
    with pytest.raises((NotVisible, InvalidRequestError, ObjectDeletedError)):
        if road == "get":
            reading.require(Act, act_id)
        elif road == "refresh":
            reading.refresh(act)
        else:
            act.title  # noqa: B018
    assert reading.scalars(select(Act)).all() == []


STATEMENTS = {
    "a Core select": select(Municipality.__table__.c.id),
    "a select of a table": select(Party.__table__),
    "a bare exists": select(exists().where(Municipality.name == FOREIGN)),
    "text": text("SELECT name FROM party"),
    "text as entities": select(Party).from_statement(text("SELECT * FROM party")),
    "an insert": insert(Membership).values(municipality_id=1, valid_from=date(2026, 1, 1)),
    "an insert from a select": insert(Membership).from_select(
        ["municipality_id", "valid_from"], select(Membership.municipality_id, Membership.valid_from)
    ),
    "an insert that returns": insert(Membership).returning(Membership),
    "a bulk update": update(Party).values(name="X"),
    "an update that returns": update(Party).values(name="X").returning(Party),
    "a bulk delete": delete(Membership),
    "a Core update": update(Party.__table__).values(name="X"),
}


@pytest.mark.parametrize("what", STATEMENTS)
@pytest.mark.parametrize("who", ["municipality_user", "manager"])
def test_a_statement_that_the_scope_cannot_see_through_is_refused(what, who, database, district, request):
    refused = pytest.raises(RuntimeError, match="goes round the row scope")
    with ScopedSession(database, request.getfixturevalue(who), writing=True) as session, refused:
        session.execute(STATEMENTS[what])


def test_many_rows_at_once_are_refused_too(database, district, municipality_user):
    _own, foreign = district
    with ScopedSession(database, municipality_user, writing=True) as session:
        for statement in (insert(Membership), update(Party)):
            with pytest.raises(RuntimeError, match="goes round"):
                session.execute(statement, [{"id": foreign, "name": "X"}])
        for bulk in (session.bulk_save_objects, session.bulk_insert_mappings, session.bulk_update_mappings):
            with pytest.raises(RuntimeError, match="goes round"):
                bulk(Party, [])
        with pytest.raises(RuntimeError, match="goes round"):
            session.connection()


def test_an_operation_that_adds_a_row_for_another_municipality_is_refused(unit, district, municipality_user):
    _own, foreign = district
    with pytest.raises(NotVisible), unit(principal=municipality_user) as session:
        session.add(Membership(municipality_id=foreign, valid_from=date(2026, 1, 1)))


def test_a_row_given_away_to_another_municipality_is_refused(unit, district, municipality_user):
    _own, foreign = district
    with pytest.raises(NotVisible), unit(principal=municipality_user) as session:
        session.scalars(select(Act)).one().party_id = foreign


def test_the_own_row_can_be_changed_and_deleted(unit, district, municipality_user):
    with unit(principal=municipality_user) as session:
        session.scalars(select(Municipality)).one().address = "Piazza Nuova 1"
        session.delete(session.scalars(select(Coverage)).one())
    with unit() as session:
        assert session.scalar(select(func.count(Coverage.id))) == 1
        assert set(session.scalars(select(Municipality.address))) == {"Piazza Nuova 1", "-"}


def test_a_foreign_row_carried_into_a_unit_of_work_is_neither_changed_nor_deleted(
    database, unit, district, manager, municipality_user
):
    with ScopedSession(database, manager) as theirs:
        acts = {act.party_id: act for act in theirs.scalars(select(Act))}
        theirs.expunge_all()
    foreign = acts[district[1]]
    with pytest.raises(NotVisible), unit(principal=municipality_user) as session:
        foreign.title = "Mia"
        session.add(foreign)
    with pytest.raises(NotVisible), unit(principal=municipality_user) as session:
        session.delete(foreign)


def test_a_row_that_became_anothers_while_it_was_in_hand_is_not_deleted(unit, district, municipality_user):
    _own, foreign = district
    with pytest.raises(NotVisible), unit(principal=municipality_user) as session:
        held = session.scalars(select(Coverage)).one()
        given = update(Coverage).where(Coverage.id == held.id).values(municipality_id=foreign)
        as_system(session, given, reason="passaggio a un altro comune")
        session.delete(held)
    with unit() as session:
        assert session.scalar(select(func.count(Coverage.id))) == 2


def test_what_is_everybodys_is_changed_by_the_azienda_only(unit, district, municipality_user):
    with pytest.raises(NotAllowed), unit(principal=municipality_user) as session:
        session.scalars(select(Service)).one().title = "Altro"
    with pytest.raises(NotAllowed), unit(principal=municipality_user) as session:
        session.add(filled(Service))


@pytest.mark.parametrize("who", ["auditor", "public"])
def test_who_only_reads_changes_nothing(who, unit, district, auditor):
    principal = auditor if who == "auditor" else PUBLIC
    with pytest.raises(NotAllowed, match="può leggere ma non modificare"), unit(principal=principal) as session:
        session.add(factories.municipality("Colturano"))


def test_an_auditor_who_also_works_for_a_municipality_writes_only_there(unit, district):
    own, foreign = district
    both = Principal("Aldo Doppio", frozenset({Role.AUDITOR, Role.MUNICIPALITY}), municipality_ids=frozenset({own}))
    with unit(principal=both) as session:
        session.get(Municipality, own).mission = "Ascoltare"
    with pytest.raises(NotVisible), unit(principal=both) as session:
        session.get(Municipality, foreign).mission = "Ascoltare"
    with pytest.raises(NotAllowed, match="soltanto l'azienda"), unit(principal=both) as session:
        session.scalars(select(Service)).one().title = "Altro"


def test_a_reading_session_changes_nothing_even_for_who_could(database, district, manager):
    with ScopedSession(database, manager) as session:
        session.scalars(select(Municipality)).first().address = "Altrove"
        with pytest.raises(NotAllowed):
            session.flush()


def test_the_public_sees_no_municipality_and_no_account(database, district):
    with ScopedSession(database, PUBLIC) as session:
        assert session.scalars(select(Municipality)).all() == []
        assert session.scalar(select(func.count(BankAccount.id))) in (0, None)


def test_a_clerk_of_two_municipalities_sees_both(database, district):
    with ScopedSession(database, factories.clerk_of(*district)) as session:
        assert session.scalar(select(func.count(Municipality.id))) == 2


def test_a_session_has_a_principal_or_does_not_exist(database):
    with pytest.raises(TypeError):
        ScopedSession(database)  # type: ignore[call-arg]


def test_a_principal_does_not_change(municipality_user):
    with pytest.raises(AttributeError):
        municipality_user.roles = frozenset({Role.MANAGEMENT})


def test_two_principals_one_after_the_other_do_not_share_what_the_statement_cache_remembers(database, district):
    for own in district:
        with ScopedSession(database, factories.clerk_of(own)) as session:
            assert session.scalars(select(Municipality.id)).all() == [own]
            assert {c.municipality_id for c in session.scalars(select(Service)).one().coverage} == {own}


def test_a_contract_of_several_is_seen_by_each_and_one_of_others_by_none(database, unit, district, manager):
    own, foreign = district
    with unit() as session:
        terms = filled(ContractTerms)
        for number, parties in enumerate([(own,), (own, foreign), (foreign,)], start=1):
            signing = [filled(ContractParty, party_id=party, capacity="municipality") for party in parties]
            session.add(filled(Contract, number=number, terms=terms, parties=signing))
    for party, numbers in ((own, [1, 2]), (foreign, [2, 3])):
        with ScopedSession(database, factories.clerk_of(party)) as session:
            assert session.scalars(select(Contract.number).order_by(Contract.number)).all() == numbers


def test_what_is_registered_for_good_is_not_changed_even_by_the_azienda(unit, manager):
    with unit() as session:
        session.add(filled(ContractTerms))
    with pytest.raises(NotAllowed, match="non si modifica"), unit(principal=manager) as session:
        session.scalars(select(ContractTerms)).one().reply_days = 30
    with pytest.raises(NotAllowed, match="non si modifica"), unit(principal=manager) as session:
        session.delete(session.scalars(select(ContractTerms)).one())


def test_the_program_itself_gets_values_of_all_and_never_rows(database, district, municipality_user):
    with ScopedSession(database, municipality_user) as session:
        names = as_system(session, select(Municipality.name).order_by(Municipality.name), reason="prova")
        assert names == [(OWN,), (FOREIGN,)]
        assert session.identity_map.values() == []


@pytest.mark.parametrize(
    "statement",
    [
        select(Municipality),
        select(Municipality.name, Municipality),
        select(aliased(Municipality)),
        select(Act).from_statement(text("SELECT * FROM act")),
        update(Membership).values(valid_to=date(2027, 1, 1)).returning(Membership),
    ],
)
def test_the_program_itself_is_refused_when_it_asks_for_rows(statement, session, district):
    with pytest.raises(RuntimeError, match="values, not rows"):
        as_system(session, statement, reason="prova")


def test_looking_at_everything_is_logged_with_its_reason(session, caplog):
    with caplog.at_level("INFO", logger="patto.access"):
        as_system(session, select(Municipality.id), reason="unicità del codice ISTAT")
    assert "unicità del codice ISTAT" in caplog.text


def test_a_table_that_says_nothing_of_its_scope_shows_nothing(database, unit, municipality_user):
    silent = [cls for cls in Scoped.__subclasses__() if hasattr(cls, "__table__") and "visible" not in vars(cls)
              and not cls.__module__.startswith("plugins.")]  # of a plugin's tables there are none here
    assert silent
    with ScopedSession(database, municipality_user) as session:
        for entity in silent:
            assert session.scalars(select(entity)).all() == []


def test_a_statement_that_no_scope_has_reached_fails_instead_of_showing_everything(database, district):
    with ScopedSession(database, system("prova")) as session, pytest.raises(Exception, match="own_municipalities"):
        session.scalars(select(Membership).where(Membership.visible())).all()


def test_the_rest_of_an_own_row_is_loaded_when_it_is_wanted(reading):
    partly = select(Municipality).options(defer(Municipality.slug), defer(Municipality.city))
    row = reading.scalars(partly).one()
    assert (row.slug, row.city) == ("dresano", "-")
    reading.expire_all()
    assert (row.slug, row.city) == ("dresano", "-")


def test_an_own_row_met_as_a_party_tells_what_it_knows_as_a_municipality(reading):
    party = reading.scalars(select(Party).where(Party.kind == "municipality")).one()
    assert party.slug == "dresano"


def test_somebody_with_no_role_sees_nothing(database, district):
    with ScopedSession(database, Principal("Nessuno")) as session:
        assert session.scalars(select(Act.id)).all() == []


def test_a_session_that_was_closed_does_not_open_again(reading):
    reading.close()
    with pytest.raises(InvalidRequestError):
        reading.scalars(select(Contract))
