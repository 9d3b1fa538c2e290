"""The worker: a day's work is done once, under the lease; a night that failed in part does the rest."""

from __future__ import annotations

import email
from datetime import timedelta
from email.policy import default
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from admin.command import mail, worker
from core.deadlines.model import Deadline, DeadlineRule
from core.ground import clock, lease, outbox
from core.ground.access import Role
from core.ground.errors import RuleBroken
from core.ground.outbox import deliver_due
from core.ground.settings import Settings
from core.night import Step
from core.parties.model import BankAccount
from tests.factories import filled
from tests.integration.deadlines.conftest import TERM, user


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation that plays the last day of the account's term."""
    return Settings(data_dir=tmp_path, today=TERM, plugins=())  # the database has the tables of the core alone


@pytest.fixture
def opened(unit, two_municipalities):
    """An account that must be communicated by that day, and somebody who must be told."""
    with unit("arrivo") as session:
        session.add_all([filled(BankAccount, party_id=two_municipalities[0], opened_on=TERM.replace(day=2)),
                         user("conti", Role.ACCOUNTING)])


def mailbox(settings: Settings) -> list[Path]:
    return sorted((settings.data_dir / mail.FOLDER).glob("*"))


def count(unit, entity):
    with unit("lettura") as session:
        return session.scalar(select(func.count()).select_from(entity))


def test_an_empty_installation_gets_its_rules_and_a_mail_in_its_mailbox(opened, settings, database, unit):
    assert worker.run_once(settings, database)
    assert count(unit, DeadlineRule) > 10
    [file] = mailbox(settings)
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "conti@patto.example"
    assert message["Subject"].startswith("Patto: Comunicazione del conto dedicato")
    assert "09/03/2026 (oggi)" in message.get_content()


def test_an_office_that_began_earlier_gets_what_is_new_and_keeps_what_it_changed(opened, settings, database, unit):
    worker.run_once(settings, database)
    with unit("una versione più vecchia") as session:
        kept, new = session.scalars(select(DeadlineRule).order_by(DeadlineRule.code).limit(2))
        kept.active, code = False, new.code
        session.flush()
        session.delete(new)
    worker.run_once(settings, database)
    with unit("lettura") as session:
        active = dict(session.execute(select(DeadlineRule.code, DeadlineRule.active)).all())
        assert (active[kept.code], active[code]) == (False, True)


def test_rounds_that_are_run_again_send_nothing_again(opened, settings, database, unit):
    for new_day in (True, False, True):
        worker.run_once(settings, database, new_day=new_day)
    assert len(mailbox(settings)) == 1
    assert count(unit, Deadline) == 1


def test_a_worker_does_nothing_while_another_has_its_turn(opened, settings, database, unit):
    with lease.held(database, worker.LEASE, "un altro", 60):
        assert not worker.run_once(settings, database)
    assert count(unit, Deadline) == 0 and not mailbox(settings)
    assert worker.run_once(settings, database), "its turn has come"


def test_one_piece_that_fails_does_not_stop_the_others_and_is_done_again(
    opened, settings, database, unit, monkeypatch
):
    def broken(*_told):
        raise ZeroDivisionError

    nights = Step("broken", broken, broken, 1), Step("broken", lambda _session, _today: [1], broken, 1)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "NIGHT", (*nights, *worker.NIGHT))
        assert not worker.run_once(settings, database)
    assert len(mailbox(settings)) == 1, "the alert left all the same"
    assert worker.run_once(settings, database)


# --- the mail itself --------------------------------------------------------------------------------------


def post(unit, key="avviso 1", **more):
    with unit("posta") as session:
        outbox.post_mail(session, **{"to": "conti@patto.example", "subject": "Scadenze", "text": "È ora.",
                                     "key": key, **more})


def test_a_mail_that_is_sent_again_takes_its_own_place(unit, settings, database):
    payload = {"key": "avviso 1", "to": "conti@patto.example", "subject": "Scadenze", "text": "È ora."}
    send = mail.sender(settings)
    send(payload)
    send(payload)
    assert len(mailbox(settings)) == 1
    send({**payload, "key": "avviso/1"})
    assert len(mailbox(settings)) == 2, "two keys that look alike in a file name are two mails"


def test_a_mail_keeps_its_message_id_and_has_no_lines_in_its_head(unit, settings):
    payload = {"key": "k", "to": "conti@patto.example", "subject": "Scadenze\nBcc: altri@patto.example", "text": "-"}
    first, second = (mail.message(payload, "ufficio@patto.example") for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Bcc"] is None and first["Subject"] == "Scadenze Bcc: altri@patto.example"


class Server:
    """A mail server that writes down what it is told."""

    log: list = []

    def __init__(self, host, port, timeout, context=None):
        self.log.append((host, port))

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def ehlo(self):
        return None

    def has_extn(self, name):
        return name == "starttls"

    def starttls(self, context):
        self.log.append("starttls")

    def login(self, user, password):
        self.log.append((user, password))

    def send_message(self, message):
        self.log.append((message["From"], message["To"]))


@pytest.mark.parametrize(("url", "said"), [
    ("smtp://ufficio:p%40ss@posta.example:587/?from=ufficio@patto.example",
     [("posta.example", 587), "starttls", ("ufficio", "p@ss"), ("ufficio@patto.example", "conti@patto.example")]),
    ("smtps://posta.example", [("posta.example", 465), ("patto@localhost", "conti@patto.example")]),
])
def test_with_a_server_the_mail_goes_there_safely(unit, database, tmp_path, monkeypatch, url, said):
    monkeypatch.setattr(mail.smtplib, "SMTP", Server)
    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", Server)
    monkeypatch.setattr(Server, "log", [])
    post(unit)
    settings = Settings(data_dir=tmp_path, smtp_url=url)
    assert deliver_due(database, worker.handlers(settings, database)) == 1
    assert Server.log == said
    assert not mailbox(settings)


def test_an_address_that_is_no_mail_server_is_told_and_the_mail_waits(unit, database, tmp_path):
    post(unit)
    settings = Settings(data_dir=tmp_path, smtp_url="posta.example:25")
    with pytest.raises(RuleBroken, match="PATTO_SMTP_URL"):
        mail.sender(settings)({"key": "k", "to": "a@patto.example", "subject": "-", "text": "-"})
    assert deliver_due(database, worker.handlers(settings, database)) == 0
    with unit("lettura") as session:
        message = session.scalars(select(outbox.OutboxMessage)).one()
        assert message.done_at is None and "PATTO_SMTP_URL" in message.error


def test_after_eight_attempts_a_message_is_given_up_until_somebody_tries_it_again(unit, database, monkeypatch):
    real, passed = clock.now, timedelta()
    monkeypatch.setattr(clock, "now", lambda: real() + passed)
    post(unit)

    def refuse(_payload):
        raise OSError("server spento")

    for _ in range(10):
        deliver_due(database, {"mail": refuse})
        passed += timedelta(hours=12)
    with unit("riprova") as session:
        message = session.scalars(select(outbox.OutboxMessage).where(outbox.given_up())).one()
        assert (message.attempts, message.error) == (8, "server spento")
        outbox.try_again(session, message.id)
    sent = []
    assert deliver_due(database, {"mail": sent.append}) == 1
    with pytest.raises(RuleBroken, match="già partito"), unit("riprova") as session:
        outbox.try_again(session, message.id)


def test_a_server_that_answers_letter_by_letter_is_left_to_itself(monkeypatch):
    ended = Event()

    class Dripping(Server):
        def send_message(self, message):
            ended.wait(5)

    monkeypatch.setattr(mail.smtplib, "SMTP", Dripping)
    text = mail.message({"key": "k", "to": "conti@patto.example", "subject": "-", "text": "-"}, "a@patto.example")
    with pytest.raises(RuleBroken) as refused:
        mail._by_smtp("smtp://posta.example", text, seconds=0.05)
    ended.set()
    assert str(refused.value) == "Il server della posta non ha risposto entro 0.05 secondi."
