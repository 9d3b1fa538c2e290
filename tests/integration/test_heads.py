"""The head of each day is signed and leaves the machine; whoever keeps it can say what was changed since."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from admin.command import heads, mail, timestamps, worker
from admin.command.backup.make import make
from admin.command.backup.restore import restore
from admin.command.heads import night
from core.documents.model import Document
from core.ground import anchors, clock
from core.ground import heads as signed
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.outbox import OutboxMessage
from core.ground.settings import Settings, checked
from core.ground.unit_of_work import unit_of_work
from core.users.model import User
from core.users.records import LoginRecord
from core.users.waiting import unattested
from tests.authority import Authority
from tests.backups import act, live_in
from tests.factories import filled

AUDITOR, MAYOR = "revisore@example.org", "sindaco@example.org"


@pytest.fixture
def office(full_database: Database, tmp_path: Path) -> Settings:
    """An installation that has lived a little, whose heads go to two persons and into a folder elsewhere."""
    (tmp_path / "altrove").mkdir()
    settings = Settings(data_dir=full_database.folder, database_url=full_database.url, heads_dir=tmp_path / "altrove",
                        heads_mail=(AUDITOR, MAYOR))
    live_in(settings)
    return settings


@pytest.fixture
def database(office: Settings, full_database: Database) -> Database:
    """Its database."""
    return full_database


@pytest.fixture
def to_morrow(monkeypatch: pytest.MonkeyPatch):
    """``to_morrow()``: a day more has passed."""
    now, days = clock.now, iter(range(1, 99))

    def pass_a_day() -> None:
        ahead = timedelta(days=next(days))
        monkeypatch.setattr(clock, "now", lambda: now() + ahead)
        monkeypatch.setattr(clock, "today", lambda _played=None: (now() + ahead).astimezone(clock.ROME).date())

    return pass_a_day


def a_night(settings: Settings, database: Database) -> None:
    """The part of a round that concerns the heads."""
    heads.seal(settings, database)
    night(settings, database, lambda: None)


def outside(database: Database, *statements: str) -> None:
    """Change the database as somebody would who comes with a tool of his own."""
    with database.writing.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def unseen(database: Database, *statements: str) -> None:
    """As ``outside``, while no trigger watches."""
    if database.reading.dialect.name == "postgresql":
        outside(database, "SET session_replication_role = replica", *statements, "RESET session_replication_role")
        return
    with database.writing.begin() as connection:
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _sql in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement))
        for _name, sql in triggers:
            connection.exec_driver_sql(sql)


def wrong(settings: Settings, database: Database, **how) -> list[str]:
    """What a verification finds wrong, in words."""
    return [str(one) for one in heads.verify(settings, database, **how).wrong]


def remarks(settings: Settings) -> str:
    return " ".join(str(one) for one in anchors.remarks(anchors.standing(settings.data_dir)))


# --- a head of each day -------------------------------------------------------------------------------------


def test_a_night_makes_one_head_that_lies_here_and_elsewhere_and_in_two_mails(office, database):
    a_night(office, database)
    a_night(office, database)
    [here] = signed.kept(office.data_dir / "heads")
    [there] = signed.kept(office.heads_dir)
    assert here.read_bytes() == there.read_bytes()
    head = signed.read(there)
    with ScopedSession(database, system("prova")) as session:
        mails = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "mail")).all()
        files = len(session.scalars(select(Document)).all())
    assert {one.payload["to"] for one in mails} == {AUDITOR, MAYOR}
    assert head.text() in mails[0].payload["text"] and "nulla che non torni" in mails[0].payload["text"]
    assert head.is_genuine and (head.documents, head.number > 0) == (files * 2, True)
    assert oct((office.data_dir / signed.KEY).stat().st_mode & 0o777) == "0o600"
    assert remarks(office) == "" and not wrong(office, database)


def test_what_the_history_keeps_secret_is_not_taken_for_a_change_from_outside(office, database):
    """A password that is chosen, a log-in that is recorded: of these the history tells that they were, not what."""
    with unit_of_work(database, system("prova"), act="user.add") as session:
        person = filled(User, email="anna.rossi@example.org", password="una", feed_token="uno")
        session.add(person)
        session.flush()
        session.add(filled(LoginRecord, user_id=person.id, email=person.email, address="192.0.2.7", note="nulla"))
        person.password = "un'altra"
    heads.seal(office, database)
    assert wrong(office, database) == []
    unseen(database, "UPDATE \"user\" SET name = 'Un altro nome'")
    [found] = wrong(office, database)
    assert "«user»" in found and "è diverso name" in found


def test_the_worker_does_it_and_a_demo_that_sends_nothing_does_not(office, database):
    alone = Settings(data_dir=office.data_dir, database_url=office.database_url)
    worker.run_once(alone, database, new_day=False)
    assert not signed.kept(office.data_dir / "heads")
    worker.run_once(office, database, new_day=False)
    assert len(signed.kept(office.heads_dir)) == 1
    assert anchors.standing(office.data_dir).verified.wrong == ()


def test_an_entry_that_says_to_be_older_than_a_head_is_pointed_at(office, database, to_morrow):
    to_morrow()
    to_morrow()
    a_night(office, database)
    act(database, "ieri-l-altro")
    heads.seal(office, database)
    found = heads.verify(office, database)
    assert not found.wrong
    [note] = map(str, found.notes)
    assert "dicono di essere più vecchie della testa" in note


def test_the_next_day_has_its_own_head_and_both_agree(office, database, to_morrow):
    a_night(office, database)
    act(database, "un-giorno-dopo")
    to_morrow()
    a_night(office, database)
    first, second = (signed.read(path) for path in signed.kept(office.heads_dir))
    assert second.number > first.number and second.documents > first.documents
    found = heads.verify(office, database)
    assert (found.wrong, found.agreed) == ((), second)


def test_a_folder_that_is_away_is_told_and_gets_everything_once_it_is_back(office, database, to_morrow):
    office.heads_dir.rmdir()
    a_night(office, database)
    assert "La cartella" in remarks(office) and "non c'è" in remarks(office)
    with ScopedSession(database, system("prova")) as session:
        [told] = unattested(session, clock.today())
    assert "riprova ogni ora" in str(told.what)
    office.heads_dir.mkdir()
    a_night(office, database)
    assert not signed.kept(office.heads_dir), "an hour has not passed yet"
    to_morrow()
    a_night(office, database)
    assert len(signed.kept(office.heads_dir)) == 2 and remarks(office) == ""


def test_a_destination_that_is_no_more_fails_no_more(office, database):
    office.heads_dir.rmdir()
    a_night(office, database)
    assert remarks(office)
    a_night(office.with_options(heads_dir=None), database)  # an option of None leaves a setting as it is
    assert remarks(office)
    a_night(replace(office, heads_dir=None), database)
    assert remarks(office) == ""


def test_a_restored_house_has_its_heads_and_key_and_agrees_with_the_head_elsewhere(office, database, tmp_path):
    a_night(office, database)
    act(database, "dopo-la-testa")
    saved = make(office, tmp_path / "salvataggio").file
    elsewhere = Settings(data_dir=tmp_path / "altro-computer", heads_dir=office.heads_dir)
    restore(elsewhere, saved)
    other = Database(elsewhere.url, elsewhere.data_dir)
    found = heads.verify(elsewhere, other)
    assert (found.wrong, found.notes) == ((), ())
    assert found.agreed.key == signed.public_half(signed.signing_key(office.data_dir))
    other.dispose()


def test_what_lies_elsewhere_is_never_overwritten(office, database):
    a_night(office, database)
    [there] = signed.kept(office.heads_dir)
    with pytest.raises(RuleBroken, match="non si sovrascrive"):
        heads.place(office.heads_dir, there.name, b"altro")
    assert signed.read(there).is_genuine
    assert [path.name for path in office.heads_dir.iterdir()] == [there.name], "nothing half written stays"


def test_a_signing_key_that_others_may_read_signs_nothing(office, database):
    a_night(office, database)
    (office.data_dir / signed.KEY).chmod(0o644)
    with pytest.raises(RuleBroken, match="chmod 600"):
        heads.make(office, database)


@pytest.mark.parametrize(("chosen", "said"), [
    ({"heads_mail": ("nessuno",)}, "non è un indirizzo"), ({"tsa_url": "tsa.example.org"}, "per intero"),
    ({"heads_dir": Path("/srv/patto/teste"), "data_dir": Path("/srv/patto")}, "cartella dei dati"),
])
def test_a_destination_that_is_none_is_told_at_the_start(chosen, said):
    with pytest.raises(RuleBroken, match=said):
        checked(Settings(**chosen))


# --- what was changed -----------------------------------------------------------------------------------------


def test_who_rewrites_everything_with_the_keys_in_hand_is_found_by_the_head_elsewhere(office, database, to_morrow):
    a_night(office, database)
    act(database, "un-giorno-dopo")
    to_morrow()
    a_night(office, database)
    [first, second] = [signed.read(path) for path in signed.kept(office.heads_dir)]
    entry = f"(SELECT entry_id FROM audit_seal WHERE number = {first.number + 1})"
    outside(database, f"UPDATE audit_entry SET actor = 'Altri' WHERE id = {entry}", "DELETE FROM audit_seal")
    for path in (office.data_dir / heads.NEAR, *signed.kept(office.data_dir / "heads")):
        path.unlink()
    heads.seal(office, database)
    heads.make(office, database)
    at_home = Settings(data_dir=office.data_dir, database_url=office.database_url)
    assert not wrong(at_home, database), "the control: without the head elsewhere nobody would know"
    [told] = wrong(office, database)
    assert f"Qualcosa è cambiato dalla voce {first.number + 1} alla voce {second.number}" in told and second.day in told
    assert "prima è quella di allora" in told


def test_a_row_changed_while_no_trigger_watched_is_pointed_at(office, database):
    a_night(office, database)
    unseen(database, "UPDATE service SET title = 'Altro' WHERE code = 'arrivo-1'")
    [told] = wrong(office, database)
    assert "tabella «service»" in told and "è diverso title" in told and "da fuori del programma" in told
    unseen(database, "DELETE FROM outbox_message WHERE key = 'prova'")
    assert any("tabella «outbox_message» non c'è più" in one for one in wrong(office, database))
    assert "2 cose che non tornano" in remarks(office)
    outside(database, "DROP TABLE outbox_message")
    told = [one for one in wrong(office, database) if "outbox_message" in one]
    assert len(told) == 3, "the message, and the mails to two persons"


def test_a_change_from_outside_that_was_told_is_no_accusation_and_is_pointed_at(office, database):
    outside(database, "UPDATE service SET title = 'Corretto a mano' WHERE code = 'arrivo-1'")
    a_night(office, database)
    found = heads.verify(office, database)
    assert not found.wrong
    [note] = map(str, found.notes)
    assert "1 voci della storia raccontano cambiamenti fatti da fuori" in note and "(service " in note


def test_a_document_that_gets_another_hash_after_the_head_is_found_though_the_history_tells_it(office, database):
    a_night(office, database)
    outside(database, "UPDATE document SET sha256 = 'altro' WHERE id = 1")
    told = wrong(office, database)
    assert any("non è più quello che era alla testa" in one for one in told)
    assert any("è stato cambiato" in one for one in told)


def test_a_head_that_was_changed_or_comes_from_elsewhere_is_refused_in_words(office, database, tmp_path):
    a_night(office, database)
    [there] = signed.kept(office.heads_dir)
    said = json.loads(there.read_text())
    forged = tmp_path / "forgiata.json"
    forged.write_text(json.dumps({**said, "number": said["number"] - 1}))
    assert "firma valida" in wrong(office, database, given=[forged])[0]
    assert "altra chiave" in wrong(office, database, public_key="AAAA")[0]
    assert not wrong(office, database, public_key=said["key"])
    for content in (b"", b"{}", b"una lettera", b'{"number": "molti"}', b"{" * 5000, os.urandom(300)):
        forged.write_bytes(content)
        with pytest.raises(RuleBroken, match="non contiene una testa"):
            wrong(office, database, given=[forged])
    with pytest.raises(RuleBroken, match="non si può leggere"):
        wrong(office, database, given=[tmp_path / "non-c-è"])


def test_the_mail_that_brought_a_head_is_one(office, database):
    a_night(office, database)
    with ScopedSession(database, system("prova")) as session:
        payload = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail")).first()
    saved = office.data_dir.parent / "messaggio.eml"
    saved.write_bytes(bytes(mail.message(payload, "patto@example.org", "https://patto.example.org")))
    alone = Settings(data_dir=office.data_dir, database_url=office.database_url)
    found = heads.verify(alone, database, given=[saved])
    assert not found.wrong and found.agreed.number == found.head.number


# --- time stamps ----------------------------------------------------------------------------------------------


def test_the_newest_head_gets_a_time_stamp_which_goes_with_it(office, database, tmp_path):
    authority = Authority()
    with authority.at_an_address() as url:
        stamped = office.with_options(tsa_url=url, tsa_roots=authority.root(tmp_path / "radice.pem"))
        a_night(stamped, database)
    [head] = signed.kept(office.heads_dir)
    stamp = timestamps.read(head.with_suffix(".tst").read_bytes(), head.read_bytes(), timestamps.roots_of(stamped))
    assert stamp.trusted and stamp.authority == "Autorità di prova"
    assert abs(stamp.at - clock.now()) < timedelta(minutes=2)
    assert heads.verify(stamped, database).wrong == () == heads.verify(stamped, database).notes
    [note] = heads.verify(office, database).notes
    assert "nessuno garantisce" in str(note)
    foreign = stamped.with_options(tsa_roots=Authority("Un'altra").root(tmp_path / "altra.pem"))
    assert "nessuno garantisce" in str(heads.verify(foreign, database).notes[0])
    token = head.with_suffix(".tst")
    token.write_bytes(token.read_bytes()[:-1] + b"x")
    assert "non vale" in wrong(stamped, database)[0]


def test_an_authority_that_does_not_answer_holds_nothing_up_and_is_told(office, database, to_morrow):
    with Authority().at_an_address(500, b"altro") as url:
        stamped = office.with_options(tsa_url=url)
        a_night(stamped, database)
        assert "La marca temporale sulla testa della storia non si è potuta chiedere" in remarks(stamped)
        assert len(signed.kept(office.heads_dir)) == 1, "the head has left all the same"
        to_morrow()
        a_night(stamped, database)
        assert "non si è potuta chiedere" in remarks(stamped)
        to_morrow()
        a_night(stamped, database)
    assert remarks(stamped) == ""
    assert [path.with_suffix(".tst").exists() for path in signed.kept(office.heads_dir)] == [False, False, True]


def test_a_stamp_over_other_bytes_is_none():
    with Authority().at_an_address() as url:
        token = timestamps.ask(url, b"una testa")
    assert not timestamps.read(token, b"una testa").trusted
    for content in (b"un'altra", b""):
        with pytest.raises(RuleBroken, match="non è su questi dati"):
            timestamps.read(token, content)
    with pytest.raises(RuleBroken, match="rovinato"):
        timestamps.read(b"", b"una testa")
