"""What names people is kept as long as a dated rule says, given to them whole, and erased as far as the law allows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from core import night
from core.ground.access import Principal, Role
from core.ground.audit import AuditEntry
from core.ground.errors import RuleBroken
from core.ground.outbox import OutboxMessage, post_mail
from core.ground.unit_of_work import IdempotencyKey, remember
from core.users import clearing, logins, operations, personal, retention, second_factor
from core.users.model import SecondFactor, User
from core.users.records import DownloadRecord, LoginOutcome, LoginRecord, RetentionRule
from tests.factories import filled

TODAY = date(2026, 11, 30)


@pytest.fixture
def people(unit) -> tuple[int, int]:
    """An administrator, and somebody who has left."""
    with unit() as session:
        retention.install_rules(session)
        keys = [operations.invite(session, email=f"{name}@azienda.example", name=f"{name.title()} Prova", roles=[role],
                                  password="hash").id
                for name, role in (("ada", Role.ADMINISTRATOR), ("carlo", Role.MANAGEMENT))]
    return keys[0], keys[1]


def ago(days: int) -> datetime:
    return retention.midnight(TODAY) - timedelta(days=days)


def logged(session, user_id: int, at: datetime) -> None:
    session.add(filled(LoginRecord, user_id=user_id, at=at, outcome="entered", email="carlo@azienda.example"))
    session.flush()


def clear(unit) -> None:
    with unit("retention.clear") as session:
        clearing.clear(session, TODAY, clearing.due(session, TODAY))


def kept(session, entity) -> int:
    return len(session.scalars(select(entity)).all())


def test_what_has_lain_too_long_goes_and_the_history_tells_that_it_went_and_not_whose(unit, people) -> None:
    _ada, carlo = people
    with unit() as session:
        logged(session, carlo, ago(366))
        logged(session, carlo, ago(364))
        session.add(filled(DownloadRecord, user_id=carlo, at=ago(400), document_id=None))
        for key, done in (("vecchio", ago(800)), ("nuovo", ago(10)), ("non partito", None)):
            post_mail(session, to="carlo@azienda.example", subject="-", text="-", key=key)
            session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one().done_at = done
        remember(session, "vecchia", "1")
        session.scalars(select(IdempotencyKey)).one().at = ago(91)
    clear(unit)
    with unit() as session:
        assert [row.at for row in session.scalars(select(LoginRecord))] == [ago(364)]
        assert kept(session, DownloadRecord) == kept(session, IdempotencyKey) == 0
        assert set(session.scalars(select(OutboxMessage.key))) == {"nuovo", "non partito"}
        told = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "login_record").order_by(
            AuditEntry.id)).all()
        assert [entry.operation for entry in told] == ["i", "i", "d"]
        assert not any("carlo" in f"{entry.before}{entry.after}" for entry in told)
    clear(unit)


def test_a_new_rule_holds_from_its_day_and_never_below_what_the_law_asks(unit, people) -> None:
    rule = {"valid_from": TODAY + timedelta(days=1), "legal_source": "Delibera 3/2026", "today": TODAY}
    with unit() as session:
        retention.set_rule(session, "login_record", days=183, **rule)
        assert retention.rule_on(session, "login_record", TODAY).days == 365
        assert retention.rule_on(session, "login_record", TODAY + timedelta(days=1)).days == 183
    for facts, sentence in (
        ({"days": 182}, "almeno 183"), ({"days": 4000}, "al massimo 3650"),
        ({"days": 200, "valid_from": TODAY - timedelta(days=1)}, "oggi in poi"),
        ({"days": 200, "legal_source": "  "}, "da dove viene"), ({"days": 200}, "già una regola"),
    ):
        with unit() as session, pytest.raises(RuleBroken) as refused:
            retention.set_rule(session, "login_record", **{**rule, **facts})
        assert sentence in str(refused.value)
    with unit() as session:
        assert retention.install_rules(session) == 0
        assert kept(session, RetentionRule) == 6


def test_a_disabled_person_is_erased_when_the_rule_says_so(unit, people) -> None:
    ada, carlo = people
    with unit(principal=Principal("Ada Prova", frozenset({Role.ADMINISTRATOR}), ada)) as session:
        operations.renew_feed(session, carlo)
        operations.set_active(session, carlo, False)
        session.require(User, carlo).disabled_at = ago(731)
    with unit() as session:
        assert session.require(User, carlo).feed_token is None
    clear(unit)
    with unit() as session:
        user = session.require(User, carlo)
        assert (user.name, user.email, user.password, user.grants) == (
            f"Persona cancellata n. {carlo}", f"cancellato-{carlo}@patto.invalid", None, [])
        for refused in (lambda: operations.set_active(session, carlo, True),
                        lambda: operations.renew_link(session, carlo)):
            with pytest.raises(RuleBroken, match="invitarla di nuovo"):
                refused()


def test_who_has_done_acts_keeps_the_name_beside_them_and_loses_the_rest(unit, people) -> None:
    _ada, carlo = people
    with unit(principal=Principal("Carlo Prova", frozenset({Role.MANAGEMENT}), carlo)) as session:
        remember(session, "atto", "1")
    with unit() as session:
        second_factor.begin(session, carlo)
        logged(session, carlo, ago(10))
        logged(session, carlo, ago(200))
        logins.took(session, carlo, "atto.docx")
        post_mail(session, to="carlo@azienda.example", subject="Scadenza", text="-", key="sua")
        post_mail(session, to="ada@azienda.example", subject="Scadenza", text="-", key="di un'altra")
    with pytest.raises(RuleBroken, match="ancora attivo"), unit() as session:
        personal.erase(session, carlo, why="Richiesta", today=TODAY)
    with unit() as session:
        operations.set_active(session, carlo, False)
    with pytest.raises(RuleBroken, match="motivo"), unit() as session:
        personal.erase(session, carlo, why=" ", today=TODAY)
    with unit() as session:
        personal.erase(session, carlo, why="Richiesta del 30/11/2026", today=TODAY)
    with unit() as session:
        user = session.require(User, carlo)
        assert (user.name, user.erased_why) == ("Carlo Prova", "Richiesta del 30/11/2026")
        assert [row.at for row in session.scalars(select(LoginRecord))] == [ago(10)]  # six months must be kept
        assert kept(session, DownloadRecord) == kept(session, SecondFactor) == kept(session, IdempotencyKey) == 0
        assert session.scalars(select(OutboxMessage.key)).all() == ["di un'altra"]
        with pytest.raises(RuleBroken, match="già cancellati"):
            personal.erase(session, carlo, why="Di nuovo", today=TODAY)


def test_a_person_gets_all_that_is_kept_of_them_and_no_secret(unit, people) -> None:
    _ada, carlo = people
    with unit() as session:
        second_factor.begin(session, carlo)
        secret = session.require(SecondFactor, carlo).secret
        logins.record(session, logins.knock("carlo@azienda.example", "192.0.2.7", "Firefox"), LoginOutcome.ENTERED,
                      user_id=carlo)
        logins.took(session, carlo, "atto.docx")
        post_mail(session, to="carlo@azienda.example", subject="Scadenza", text="Domani", key="sua")
    with unit() as session:
        told = personal.export(session, carlo)
    assert told["utente"]["nome"] == "Carlo Prova"
    assert told["accessi"][0]["address"] == "192.0.2.7"
    assert told["file scaricati"][0]["file_name"] == "atto.docx"
    assert told["messaggi"][0]["testo"] == "Domani"
    assert told["resta comunque"]
    assert secret not in str(told)
    assert "hash" not in str(told)


def test_the_night_does_it(unit, people, database) -> None:
    _ada, carlo = people
    with unit() as session:
        logged(session, carlo, ago(366))
    [step] = [step for step in night.NIGHT if step.act == "retention.clear"]
    for _name, work in night.pieces(database, [step], TODAY):
        work()
    with unit() as session:
        assert kept(session, LoginRecord) == 0


def test_only_the_administrator_may(unit, people) -> None:
    from core.ground.errors import NotAllowed

    _ada, carlo = people
    for work in (lambda s: personal.export(s, carlo), lambda s: personal.erase(s, carlo, why="-", today=TODAY),
                 lambda s: second_factor.ask_of(s, ["management"])):
        with pytest.raises(NotAllowed), unit(principal=Principal("Ugo", frozenset({Role.ACCOUNTING}), 9)) as session:
            work(session)
