"""The life of a unit by its notices of operation: each changes what it declares, on its day and not before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.accreditation.model import Accreditation, RequirementSet
from core.deadlines.model import Deadline, DeadlineRule
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.states import PassageLog
from core.providers import findings, operating_notices
from core.providers.model import NoticeActivity, OperatingNotice, Provider, ServiceUnit
from core.providers.operating_notices import Given
from tests.conftest import UnitFactory
from tests.factories import clerk_of, filled
from tests.integration.providers.conftest import OFFICER, TODAY, Registry, provider_of

MAY = date(2026, 5, 1)


def unit_now(database: Database, registry: Registry) -> ServiceUnit:
    """The nido as it stands."""
    with ScopedSession(database, system("prova")) as session:
        row = session.require(ServiceUnit, registry.unit)
        assert row.type and row.provider
        return row


def advance(unit: UnitFactory, today: date) -> int:
    """What the worker's night does."""
    with unit("operating_notice.advance") as session:
        return operating_notices.advance(session, today)


def test_a_unit_operates_from_the_day_that_is_declared_and_not_before(database, unit, registry_of, give):
    give("start", MAY)
    assert unit_now(database, registry_of).state == "planned"
    assert advance(unit, MAY - timedelta(days=1)) == 0
    assert advance(unit, MAY) == 1
    nido = unit_now(database, registry_of)
    assert (nido.state, nido.operating_from) == ("operating", MAY)
    assert advance(unit, MAY) == 0


def test_no_consent_is_needed_and_a_night_that_was_missed_loses_nothing(database, unit, registry_of, give):
    give("start", MAY)
    give("capacity", date(2026, 6, 1), capacity=45)
    assert advance(unit, date(2026, 9, 1)) == 2
    nido = unit_now(database, registry_of)
    assert (nido.state, nido.operating_from, nido.capacity) == ("operating", MAY, 45)
    with ScopedSession(database, system("prova")) as session:
        told = session.execute(select(PassageLog.subject, PassageLog.action, PassageLog.on).order_by(PassageLog.id))
        assert [tuple(row) for row in told] == [
            ("service_unit", "open", MAY), ("operating_notice", "take_effect", MAY),
            ("operating_notice", "take_effect", date(2026, 6, 1))]


def test_a_notice_for_today_takes_effect_at_once(database, registry_of, give):
    give("start", TODAY)
    assert unit_now(database, registry_of).state == "operating"


def test_each_kind_changes_what_it_declares(database, unit, registry_of, give):
    give("start", TODAY)
    give("manager", MAY, manager="Bruna Neri")
    give("move", MAY, address="Via Nuova, 1", postal_code="20077", city="Melegnano", province="MI",
         municipality_id=registry_of.elsewhere)
    give("transformation", date(2026, 6, 1), type_id=registry_of.types["micronido"], capacity=10)
    assert advance(unit, MAY) == 2
    nido = unit_now(database, registry_of)
    assert (nido.manager, nido.city, nido.municipality_id) == ("Bruna Neri", "Melegnano", registry_of.elsewhere)
    assert nido.type.code == "nido"
    assert advance(unit, date(2026, 6, 1)) == 1
    nido = unit_now(database, registry_of)
    assert (nido.type.code, nido.capacity) == ("micronido", 10)
    give("closing", date(2026, 7, 1), on=date(2026, 6, 2), received=date(2026, 6, 2))
    advance(unit, date(2026, 7, 1))
    assert unit_now(database, registry_of).state == "closed"
    give("start", date(2026, 9, 1), on=date(2026, 8, 1), received=date(2026, 8, 1))
    advance(unit, date(2026, 9, 1))
    nido = unit_now(database, registry_of)
    assert (nido.state, nido.operating_from) == ("operating", date(2026, 9, 1))


def test_a_new_legal_representative_is_a_plain_notice(database, registry_of, give):
    key = give("representative", MAY, legal_representative="Carla Blu")
    with ScopedSession(database, system("prova")) as session:
        notice = session.require(OperatingNotice, key)
        assert (notice.number, notice.state, notice.effective_from) == (None, "effective", TODAY)
        assert session.require(Provider, registry_of.provider).legal_representative == "Carla Blu"
    give("start", MAY)
    with ScopedSession(database, system("prova")) as session:
        assert [n.code for n in session.scalars(select(OperatingNotice).order_by(OperatingNotice.id))] == ["", "1/2026"]


def test_notices_are_numbered_by_year_without_gaps(database, unit, registry_of, give):
    give("start", TODAY)
    for _attempt in range(3):
        with pytest.raises(RuleBroken):
            give("capacity", MAY, capacity=61)
    give("capacity", MAY, capacity=40)
    give("capacity", date(2027, 5, 1), received=date(2027, 1, 4), on=date(2027, 1, 4), capacity=41)
    with ScopedSession(database, system("prova")) as session:
        codes = [notice.code for notice in session.scalars(select(OperatingNotice).order_by(OperatingNotice.id))]
    assert codes == ["1/2026", "2/2026", "1/2027"]


@pytest.mark.parametrize(("places", "words"), [(61, "61 non lo sono"), (10, "Micronido")])
def test_places_outside_the_limits_of_the_type_are_refused(registry_of, give, places, words):
    give("start", TODAY)
    with pytest.raises(RuleBroken, match=words):
        give("capacity", MAY, capacity=places)


def test_the_limits_are_those_of_what_the_unit_will_be_on_that_day(database, unit, registry_of, give):
    give("start", TODAY)
    give("transformation", MAY, type_id=registry_of.types["micronido"], capacity=8)
    give("capacity", date(2026, 6, 1), capacity=9)  # nine places are no nido, and by then it is none
    advance(unit, date(2026, 6, 1))
    assert unit_now(database, registry_of).capacity == 9
    with pytest.raises(RuleBroken, match="non cambia nulla"):
        give("capacity", date(2026, 7, 1), on=date(2026, 6, 2), capacity=9)


def test_two_notices_that_contradict_each_other_on_one_day_are_refused(registry_of, give):
    give("start", TODAY)
    give("capacity", MAY, capacity=40)
    with pytest.raises(RuleBroken, match=r"CPE n\. 2/2026"):
        give("capacity", MAY, capacity=50)
    with pytest.raises(RuleBroken, match="contraddice"):
        give("closing", MAY)
    give("manager", MAY, manager="Bruna Neri")


def test_only_a_start_opens_and_only_once(registry_of, give):
    with pytest.raises(RuleBroken, match="non è in esercizio"):
        give("capacity", MAY, capacity=40)
    give("start", MAY)
    with pytest.raises(RuleBroken, match="già comunicato"):
        give("start", date(2026, 6, 1))
    with pytest.raises(RuleBroken, match="non è in esercizio"):
        give("capacity", date(2026, 4, 1), capacity=40)


def test_one_to_complete_waits_and_takes_effect_when_it_is_complete(database, unit, registry_of, give):
    key = give("start", MAY)
    with unit("prova", OFFICER) as session:
        operating_notices.ask_completion(session, key, why="Manca la planimetria.", version=None, today=TODAY)
    assert advance(unit, MAY) == 0
    owner = provider_of(registry_of.provider)
    with unit("prova", owner) as session:
        operating_notices.complete(session, key, version=None, today=date(2026, 5, 4))
    nido = unit_now(database, registry_of)
    assert (nido.state, nido.operating_from) == ("operating", MAY)


def test_one_without_effect_changes_nothing_and_keeps_its_number(database, unit, registry_of, give):
    key = give("start", MAY)
    later = give("capacity", date(2026, 6, 1), capacity=40)
    with pytest.raises(RuleBroken, match="conta su questo avvio"), unit("prova", OFFICER) as session:
        operating_notices.void(session, key, why="Rinuncia", version=None, today=TODAY)
    with unit("prova", OFFICER) as session:
        operating_notices.void(session, later, why="Rinuncia", version=None, today=TODAY)
        operating_notices.void(session, key, why="Rinuncia", version=None, today=TODAY)
    assert advance(unit, date(2026, 9, 1)) == 0
    assert unit_now(database, registry_of).state == "planned"
    give("start", MAY)
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(OperatingNotice.number).order_by(OperatingNotice.number)).all() == [1, 2, 3]


def test_the_copy_to_the_health_authority_ends_its_term(database, unit, registry_of, give):
    key = give("start", MAY)

    def pending() -> dict[str, str]:
        with ScopedSession(database, system("prova")) as session:
            rows = session.execute(select(DeadlineRule.code, Deadline.state).join(
                Deadline, Deadline.rule_id == DeadlineRule.id).where(Deadline.subject == "operating_notice"))
            return dict(tuple(row) for row in rows)

    assert pending() == {"notice_copy": "open", "notice_day": "open"}
    with pytest.raises(RuleBroken, match="prima che la comunicazione"), unit("prova", OFFICER) as session:
        operating_notices.record_copy(session, key, on=date(2026, 3, 1), version=None, today=TODAY)
    with unit("prova", OFFICER) as session:
        operating_notices.record_copy(session, key, on=TODAY, version=None, today=TODAY)
    assert pending() == {"notice_copy": "met", "notice_day": "open"}
    advance(unit, MAY)
    assert pending()["notice_day"] == "met"


def test_the_four_activities_stand_on_a_notice_or_on_a_unit_that_has_none(database, unit, registry_of, give):
    with unit("prova", OFFICER) as session:
        for kind in ("advice", "visit"):
            operating_notices.record_activity(session, registry_of.unit, kind=kind, on=TODAY, text="Incontro",
                                              today=TODAY)
    key = give("start", MAY)
    with unit("prova", OFFICER) as session:
        for kind in ("documents", "mediation"):
            operating_notices.record_activity(session, registry_of.unit, kind=kind, on=TODAY, text="Moduli",
                                              notice_id=key,
                                              today=TODAY)
        with pytest.raises(RuleBroken, match="ha già una comunicazione"):
            operating_notices.record_activity(session, registry_of.unit, kind="advice", on=TODAY, text="Tardi",
                                              today=TODAY)
        with pytest.raises(RuleBroken, match="quale attività"):
            operating_notices.record_activity(session, registry_of.unit, kind="lunch", on=TODAY, text="Pranzo",
                                              notice_id=key,
                                              today=TODAY)
    with ScopedSession(database, clerk_of(registry_of.municipality)) as session:
        assert session.scalars(select(NoticeActivity.kind).order_by(NoticeActivity.id)).all() == [
            "advice", "visit", "documents", "mediation"]
    with ScopedSession(database, clerk_of(registry_of.elsewhere)) as session:
        assert session.scalars(select(NoticeActivity)).all() == []


def test_a_provider_gives_notice_for_its_own_units_and_the_law_opens_them(database, unit, registry_of, give):
    owner, stranger = provider_of(registry_of.provider), provider_of(registry_of.provider + 1000)
    give("start", TODAY, actor=owner)
    assert unit_now(database, registry_of).state == "operating"
    give("representative", TODAY, actor=owner, legal_representative="Carla Blu")
    with pytest.raises(RuleBroken, match="ricevuta oggi"):  # nobody dates one's own notice back
        give("capacity", TODAY, received=date(2026, 2, 1), actor=owner, capacity=40)
    give("move", MAY, actor=owner, address="Via Nuova, 1", city="Melegnano", postal_code="20077",
         municipality_id=registry_of.elsewhere)
    with pytest.raises(NotVisible):
        give("capacity", MAY, actor=stranger, capacity=40)
    with pytest.raises(NotAllowed):
        give("capacity", MAY, actor=clerk_of(registry_of.municipality), capacity=40)
    with ScopedSession(database, clerk_of(registry_of.municipality)) as session:
        assert len(session.scalars(select(OperatingNotice)).all()) == 3
    with ScopedSession(database, clerk_of(registry_of.elsewhere)) as session:
        assert session.scalars(select(OperatingNotice)).all() == []
    with ScopedSession(database, stranger) as session:
        assert session.scalars(select(OperatingNotice)).all() == []


def test_a_provider_does_not_do_the_offices_part(unit, registry_of, give):
    key, owner = give("start", MAY), provider_of(registry_of.provider)
    for verb in (operating_notices.check, operating_notices.complete):
        with pytest.raises((NotAllowed, RuleBroken)), unit("prova", owner) as session:
            verb(session, key, version=None, today=TODAY)
    with pytest.raises(NotAllowed), unit("prova", owner) as session:
        operating_notices.record_copy(session, key, on=TODAY, version=None, today=TODAY)


def test_a_change_under_an_accreditation_is_remarked_and_not_stopped(database, unit, registry_of, give):
    give("start", TODAY)
    with unit("arrivo") as session:
        session.add(filled(Accreditation, unit_id=registry_of.unit, state="accredited", year=2026, number=1,
                           decided_on=TODAY, set=filled(RequirementSet)))
    give("move", MAY, address="Via Nuova, 1", city="Melegnano", postal_code="20077",
         municipality_id=registry_of.elsewhere)
    give("manager", MAY, manager="Bruna Neri")
    with ScopedSession(database, system("prova")) as session:
        [remark] = findings.unit_findings(session, session.require(ServiceUnit, registry_of.unit), TODAY)
    assert remark.source == "R147"
    assert "Accreditamento n. 1/2026" in str(remark)


def test_a_limit_that_changed_since_leaves_the_notice_where_it_is(database, unit, registry_of, give, caplog):
    from core.providers import types

    give("start", TODAY)
    key = give("capacity", MAY, capacity=58)
    with unit("prova", OFFICER) as session:
        facts = {"code": "nido", "name": "Asilo nido", "area": "childhood", "regional": True, "provides_at": "seat",
                 "min_places": 11, "max_places": 50, "min_age_months": 3, "max_age_months": 36,
                 "limits_verified": True, "valid_from": date(2026, 4, 1), "valid_to": None, "legal_source": "Una prova"}
        types.add_type(session, facts)
    assert advance(unit, MAY) == 0
    assert "58" in caplog.text
    with ScopedSession(database, system("prova")) as session:
        assert session.require(OperatingNotice, key).state == "received"


def test_a_number_that_a_paper_bears_is_kept_and_never_given_again(database, unit, registry_of):
    with unit("prova", OFFICER) as session:
        first = operating_notices.file_notice(session, registry_of.unit, Given("start", TODAY, TODAY, number=41),
                                              today=TODAY)
        assert first.code == "41/2026"
        second = operating_notices.file_notice(session, registry_of.unit,
                                               Given("capacity", TODAY, MAY, {"capacity": 40}),
                                               today=TODAY)
        assert second.code == "42/2026"
        with pytest.raises(RuleBroken, match="già registrata"):
            operating_notices.file_notice(session, registry_of.unit,
                                          Given("manager", TODAY, MAY, {"manager": "X"}, number=41),
                                          today=TODAY)
