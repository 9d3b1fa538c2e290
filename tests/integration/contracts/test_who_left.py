"""Proof: who left a joint contract reads what concerned it, and nothing that is made between those who go on.

The scope is asked as a clerk of each municipality asks it, on both engines; the control takes the rule away and must
find what was hidden.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import with_loader_criteria

from core.cases.model import CaseFile, Note, Sending
from core.cases.operations import add_file, add_note, record_sending
from core.contracts import amendments, attachments, life
from core.contracts.model import (
    Attachment,
    Conferral,
    Contract,
    ContractAct,
    ContractDocument,
    ContractEnding,
    ContractExtension,
    OwnClause,
)
from core.contracts.operations import set_clauses
from core.contracts.passages import Resolution
from core.contracts.scope import OwnedByContract
from core.deadlines.model import Deadline
from core.documents.model import Document
from core.ground import access, clock
from core.ground.access import Principal, ScopedSession
from core.ground.files import Upload
from core.ground.owners import OfCase
from core.ground.states import PassageLog
from core.ground.unit_of_work import unit_of_work
from tests.district import District
from tests.factories import clerk_of
from tests.ground import Ground
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, approved_and_signed
from tests.integration.contracts.test_leaving import LAST_DAY, OCTOBER, PAPER, joint, withdrawn

BEFORE, LATE, AFTER = (datetime(2026, *at, tzinfo=UTC) for at in ((2, 10, 9), (9, 30, 21, 59), (9, 30, 22, 1)))
NOVEMBER = date(2026, 11, 1)
TABLES = (ContractDocument, Document, Note, CaseFile, Sending, PassageLog, Deadline, Attachment, ContractExtension,
          ContractEnding, ContractAct, OwnClause, Conferral)


class Life:
    """A joint contract of two, of which one leaves on 30 September 2026, and what happens before and after."""

    def __init__(self, district: District, monkeypatch: pytest.MonkeyPatch, ground: Ground) -> None:
        self.district, self.monkeypatch = district, monkeypatch
        vars(self).update(ground.reach(district.database, "lived", self.play))
        self.at(AFTER)

    def play(self) -> dict[str, Any]:
        """Live it; whose contract it is, and what who leaves had seen until then."""
        self.at(BEFORE)
        with unit_of_work(self.district.database, ACTOR, act="prova") as session:
            contract = joint(session, self.district)
            self.key = contract.id
            self.azienda, self.leaver, self.stays = (member.party_id for member in contract.parties)
            self.papers(session, "prima", date(2026, 6, 1))
            withdrawn(session, contract, self.leaver, OCTOBER)
        self.at(LATE)
        with unit_of_work(self.district.database, ACTOR, act="prova") as session:
            add_note(session, "contract", self.key, text="l'ultimo giorno", shared=True)
        self.before = self.seen(clerk_of(self.leaver))
        self.at(AFTER)
        with unit_of_work(self.district.database, ACTOR, act="prova") as session:
            self.among_those_who_go_on(session)
        return {name: value for name, value in vars(self).items() if name not in ("district", "monkeypatch")}

    def at(self, instant: datetime) -> None:
        """From now on it is this hour."""
        self.monkeypatch.setattr(clock, "now", lambda: instant)

    def papers(self, session: ScopedSession, name: str, day: date) -> None:
        """A note, a file, a letter to who stays, and a document asked for."""
        add_note(session, "contract", self.key, text=name, shared=True)
        add_file(session, "contract", self.key, title=name, file=Upload(f"{name}.pdf", SIGNED_FILE + name.encode()))
        record_sending(session, "contract", self.key, title=name, sender_id=self.azienda, addressee_id=self.stays,
                       channel="pec", sent_on=day, today=day)
        attachments.ask(session, self.key, f"Documento {name}", today=day)

    def among_those_who_go_on(self, session: ScopedSession) -> None:
        """An amendment with its coordinated text, an extension, papers; and one letter to who left."""
        contract = session.require(Contract, self.key)
        copy = amendments.open_amendment(session, self.key, reason="needs", text="Tra chi resta.",
                                         effective_on=NOVEMBER, today=OCTOBER)
        set_clauses(session, copy.id, [("Nuova", "Tra chi resta.")], version=copy.version)
        approved_and_signed(session, self.district, copy, OCTOBER)
        amendments.merge(session, copy.id, registry=self.district.registry, today=NOVEMBER)
        assert contract.documents[-1].origin == "coordinated"
        act = Resolution(self.stays, "council", "", "R99", NOVEMBER)
        life.extend(session, self.key, act=act, to_day=date(2028, 6, 30), file=PAPER, version=None, today=NOVEMBER)
        self.papers(session, "dopo", NOVEMBER)
        record_sending(session, "contract", self.key, title="a chi ha lasciato", sender_id=self.azienda,
                       addressee_id=self.leaver, channel="pec", sent_on=NOVEMBER, today=NOVEMBER)

    def seen(self, who: Principal) -> dict[str, set[int]]:
        """The rows of each table that somebody sees, of this contract or not."""
        with ScopedSession(self.district.database, who) as session:
            return {entity.__tablename__: set(session.scalars(select(entity.id))) for entity in TABLES}


@pytest.fixture
def lived(district: District, monkeypatch: pytest.MonkeyPatch, ground: Ground) -> Life:
    """The two years of the two."""
    return Life(district, monkeypatch, ground)


def test_who_left_keeps_what_it_read_and_sees_only_what_concerns_it_of_what_came_after(lived: Life) -> None:
    leaver, stays = lived.seen(clerk_of(lived.leaver)), lived.seen(clerk_of(lived.stays))
    with ScopedSession(lived.district.database, clerk_of(lived.leaver)) as session:
        contract = session.require(Contract, lived.key)
        assert [version.origin for version in contract.documents] == ["generated", "final"]
        assert {row.text for row in session.scalars(select(Note))} >= {"prima", "l'ultimo giorno"}
        assert {row.title for row in session.scalars(select(Sending))} == {"prima", "a chi ha lasciato"}
        assert [row.title for row in session.scalars(select(CaseFile))] == ["prima"]
        assert [row.title for row in contract.attachments] == ["Documento prima"]
        assert {row.action for row in session.scalars(select(PassageLog).where(
            PassageLog.subject_id == lived.key))} >= {"sign", "leave"}, "its own leaving too"
        assert contract.extensions == [] and contract.clauses == []
        assert {held.municipality_id for held in contract.ended_conferrals} == {lived.leaver}
        assert {row.effective <= LAST_DAY for row in session.scalars(select(Deadline).where(
            Deadline.subject == "contract"))} <= {True}
        assert session.scalars(select(Contract).where(Contract.amends_id == lived.key)).all() == []
    for table, keys in lived.before.items():
        if table not in ("deadline", "conferral"):  # terms and services of those who go on are theirs
            assert keys <= leaver[table], f"{table}: what it read it still reads"
    hidden = {table for table in stays if stays[table] - leaver[table]}
    assert hidden >= {"contract_document", "document", "note", "case_file", "sending", "passage_log", "attachment",
                      "contract_extension", "own_clause", "conferral"}


def test_who_also_works_for_the_one_that_stays_sees_all(lived: Life) -> None:
    both, stays = lived.seen(clerk_of(lived.leaver, lived.stays)), lived.seen(clerk_of(lived.stays))
    assert all(stays[table] <= both[table] for table in stays)


def test_a_leaving_that_was_a_mistake_gives_everything_back(lived: Life) -> None:
    with unit_of_work(lived.district.database, ACTOR, act="prova") as session:
        member = next(row for row in session.require(Contract, lived.key).parties if row.party_id == lived.leaver)
        assert member.left_at == datetime(2026, 9, 30, 22, tzinfo=UTC), "midnight in Rome"
        member.valid_to = None
    with ScopedSession(lived.district.database, clerk_of(lived.leaver)) as session:
        assert session.scalars(select(ContractDocument).where(ContractDocument.contract_id == lived.key,
                                                              ContractDocument.origin == "coordinated")).one()


def test_the_control_goes_red_without_the_rule(lived: Life) -> None:
    leaver = lived.seen(clerk_of(lived.leaver))
    with pytest.MonkeyPatch.context() as patch:
        for entity in (OwnedByContract, *OwnedByContract.__subclasses__(), OfCase, *OfCase.__subclasses__(),
                       PassageLog, Note, CaseFile, Sending):
            patch.setattr(entity, "still_read", classmethod(lambda _cls, _columns, _leaving: true()), raising=False)
        # what was made of the rule is kept with the words that ask for it: other words make it anew
        patch.setattr(access, "with_loader_criteria", lambda entity, _asks, **options: with_loader_criteria(
            entity, lambda cls: cls.visible(), **options))
        without = lived.seen(clerk_of(lived.leaver))
    assert {table for table in without if without[table] - leaver[table]} >= {
        "contract_document", "document", "note", "case_file", "sending", "passage_log", "contract_extension"}
