"""An amendment (R62) from its opening to its merge, on the demo district."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.allocation.conferred import conferred_days
from core.cases.model import Note
from core.contracts import amendments, codes, compare, life
from core.contracts.assemble import contract_document
from core.contracts.family import amendments_of
from core.contracts.model import Contract
from core.contracts.operations import cancel, confer, draft, generate_document, set_clauses, set_terms
from core.contracts.passages import Resolution
from core.contracts.proposal import conferred_elsewhere
from core.deadlines.waiting import waiting
from core.documents.wordfile import read_text
from core.documents.words import date_long, of_day
from core.ground.access import ScopedSession
from core.ground.errors import NotAllowed, Place, RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from tests import factories
from tests.district import TODAY, District
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, approved_and_signed, demo_contract, in_force

TODAYS = {"effective_on": TODAY, "today": TODAY}  # an amendment that has effect at once


@pytest.fixture
def district(agreed: District) -> District:
    """The first contract is in force already."""
    return agreed


def opened(session: ScopedSession, district: District, number: int = 1) -> tuple[Contract, Contract]:
    """A contract in force and an amendment of it, still a draft."""
    live = in_force(session, district, number)
    copy = amendments.open_amendment(session, live.id, reason="new_services", text="Un servizio in meno.", **TODAYS)
    return live, copy


def without_first_service(session: ScopedSession, copy: Contract) -> str:
    """Take the first service out of a copy; gives its title."""
    [party] = copy.municipality_parties
    given = sorted(copy.conferrals, key=lambda c: c.service.order)
    confer(session, copy.id, {party.party_id: [c.service_id for c in given[1:]]}, version=copy.version)
    return given[0].service.title


def merged(session: ScopedSession, district: District, copy: Contract) -> Contract:
    """Merge an amendment."""
    return amendments.merge(session, copy.id, registry=district.registry, today=TODAY)


def notes(session: ScopedSession, contract: Contract) -> list[str]:
    """What the diary of a contract says, oldest first."""
    query = select(Note).where(Note.subject == "contract", Note.subject_id == contract.id, Note.shared)
    return [note.text for note in session.scalars(query.order_by(Note.id))]


def test_a_copy_has_a_number_of_its_own_and_says_what_the_contract_says(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        assert copy.state == "draft" and copy.amends_id == live.id and copy.number != live.number
        assert {d.field for d in amendments.before_and_after(copy)} <= compare.OF_THE_SIGNING
        assert "Aperta la modifica" in notes(session, live)[-1]
        assert "Un servizio in meno." in notes(session, copy)[-1]
        said = contract_document(session, copy, district.registry).amends
        assert said == f"n. {live.code} {of_day(date_long(live.signed_on))}"
        assert contract_document(session, live, district.registry).amends == ""


def test_the_approvals_of_the_contract_are_no_change_of_its_amendment(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        assert live.approvals
        assert [d for d in amendments.before_and_after(copy) if d.field == "act"] == []
        removed = compare.differences({**compare.snapshot(live), "act/0": {"value": True, "shown": "Atto", "of": ""}},
                                      compare.snapshot(copy))
        assert [d.key for d in removed if d.field == "act"] == ["act/0"], "an attached act still counts"


def test_a_copy_is_edited_beside_its_contract_and_counts_for_it_alone(district: District) -> None:
    """R84: what the contract confers is not taken from its own amendment, and the other way round."""
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        set_terms(session, copy.id, version=copy.version, place="Carpiano")
        [party] = live.municipality_parties
        assert not conferred_elsewhere(session, live, [party.party_id])
        assert not conferred_elsewhere(session, copy, [party.party_id])


def test_the_merge_takes_over_services_clauses_and_codes_and_prints_the_contract_anew(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        title, before = without_first_service(session, copy), len(live.conferrals)
        set_clauses(session, copy.id, [("Sede distaccata", "Uno sportello presso il Comune.")], version=copy.version)
        set_terms(session, copy.id, version=copy.version, cig="B1234567A9")
        approved_and_signed(session, district, copy)
        versions = len(live.documents)
        merged(session, district, copy)
        assert (copy.state, live.state, live.cig) == ("merged", "in_force", "B1234567A9")
        assert len(live.conferrals) == before - 1
        assert [clause.title for clause in live.clauses] == ["Sede distaccata"]
        last = live.documents[-1]
        assert (last.version_number, last.origin) == (versions + 1, "coordinated")
        text = read_text(district.store.get(last.document.path))
        assert not [line for line in text if line.startswith("Allegato n.") and title in line]
        assert any("Uno sportello presso il Comune." in line for line in text)
        assert live.ends_on == copy.ends_on and live.place == "Melegnano"


def test_what_a_merge_adds_counts_from_its_day_and_what_it_removes_until_the_day_before(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        [party] = live.municipality_parties
        removed = min(copy.conferrals, key=lambda c: c.service.order).service_id
        without_first_service(session, copy)
        approved_and_signed(session, district, copy)
        merged(session, district, copy)
        [ended] = live.ended_conferrals
        yesterday = TODAY - timedelta(days=1)
        assert (ended.service_id, ended.valid_from, ended.valid_to) == (removed, None, yesterday)
        days, _drafts = conferred_days(session, TODAY.year)
        assert days[removed][party.party_id] == (yesterday - date(TODAY.year, 1, 1)).days + 1

        later = TODAY + timedelta(days=30)
        again = amendments.open_amendment(session, live.id, reason="needs", text="Torna.", effective_on=later,
                                          today=TODAY)
        confer(session, again.id, {party.party_id: [*(c.service_id for c in again.conferrals), removed]},
               version=again.version)
        approved_and_signed(session, district, again)
        amendments.merge(session, again.id, registry=district.registry, today=later)
        back = next(c for c in live.conferrals if c.service_id == removed)
        assert (back.valid_from, back.valid_to, len(live.ended_conferrals)) == (later, None, 1)
        days, _drafts = conferred_days(session, TODAY.year)
        whole = 366 if isleap(TODAY.year) else 365
        assert days[removed][party.party_id] == whole - 30, "thirty days in between it was not conferred"
        untouched = next(c for c in live.conferrals if c.service_id != removed)
        assert days[untouched.service_id][party.party_id] == whole


def test_a_merge_before_the_contract_begins_leaves_no_days_behind(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live = demo_contract(session, 3)
        live.starts_on = TODAY + timedelta(days=40)
        approved_and_signed(session, district, live)
        copy = amendments.open_amendment(session, live.id, reason="needs", text="Uno in meno.",
                                         effective_on=live.starts_on, today=TODAY)
        without_first_service(session, copy)
        approved_and_signed(session, district, copy)
        before = len(live.conferrals)
        amendments.merge(session, copy.id, registry=district.registry, today=live.starts_on)
        assert (len(live.conferrals), live.ended_conferrals) == (before - 1, [])


def test_the_merge_is_told_in_both_diaries_and_reminds_that_the_share_changes(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        title = without_first_service(session, copy)
        [reminder] = amendments.findings(copy, [], TODAY)
        assert "la quota annuale cambia" in str(reminder)
        approved_and_signed(session, district, copy)
        merged(session, district, copy)
        for contract in (live, copy):
            assert f"Tolti: {title} (Carpiano)" in notes(session, contract)[-1]
            assert "La quota annuale cambia" in notes(session, contract)[-1]
        [after] = amendments.findings(live, amendments_of(session, live), TODAY)
        assert f"modifica n. {copy.code}" in str(after)
        assert not amendments.findings(live, amendments_of(session, live), date(TODAY.year + 1, 1, 2))


def test_the_merge_stops_and_names_the_field_that_the_contract_has_changed_too(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        set_terms(session, copy.id, version=copy.version, cig="B1234567A9")
        approved_and_signed(session, district, copy)
        codes.set_codes(session, live.id, cig="A0000000A0", cup="", version=live.version)
        ids = live.id, copy.id
    with pytest.raises(RuleBroken, match=r"«CIG» nel frattempo è cambiato.*ora è A0000000A0.*vuole B1234567A9"), \
            unit_of_work(district.database, ACTOR, act="prova") as session:
        merged(session, district, session.require(Contract, ids[1]))
    with ScopedSession(district.database, ACTOR) as session:
        live, copy = (session.require(Contract, key) for key in ids)
        assert (live.cig, copy.state, len(live.documents)) == ("A0000000A0", "signed", 3)


def test_an_extension_made_meanwhile_stays(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        without_first_service(session, copy)
        approved_and_signed(session, district, copy)
        [party] = live.municipality_parties
        act = Resolution(party.party_id, "council", "Consiglio comunale", "77", TODAY)
        life.extend(session, live.id, act=act, to_day=date(2028, 6, 30), file=Upload("delibera.pdf", SIGNED_FILE),
                    version=None, today=TODAY)
        merged(session, district, copy)
        assert (live.runs_to, live.ends_on) == (date(2028, 6, 30), date(2027, 12, 31))


def test_an_amendment_does_not_change_for_how_long(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        key = opened(session, district)[1].id
    with pytest.raises(RuleBroken, match="non cambia la durata: lasciare 31/12/2027") as refusal, \
            unit_of_work(district.database, ACTOR, act="prova") as session:
        set_terms(session, key, version=session.require(Contract, key).version, ends_on=date(2029, 12, 31))
    assert refusal.value.field == "ends_on"


REFUSED = {
    "a draft": ("draft", "non è firmato o in vigore"),
    "a contract under approval": ("under_approval", "non è firmato o in vigore"),
    "an expired contract": ("expired", "non è firmato o in vigore"),
}


@pytest.mark.parametrize(("state", "sentence"), REFUSED.values(), ids=REFUSED)
def test_only_a_living_contract_is_amended(district: District, state: str, sentence: str) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session, 3)
        contract.state = state
        with pytest.raises(RuleBroken, match=sentence):
            amendments.open_amendment(session, contract.id, reason="needs", text="x", **TODAYS)


def test_one_amendment_at_a_time_and_none_of_an_amendment(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        with pytest.raises(RuleBroken, match=f"già una modifica aperta, la n. {copy.code}"):
            amendments.open_amendment(session, live.id, reason="needs", text="x", **TODAYS)
        with pytest.raises(RuleBroken, match="Una modifica non si modifica"):
            amendments.open_amendment(session, copy.id, reason="needs", text="x", **TODAYS)
        cancel(session, copy.id, version=copy.version, why="ripensamento", today=TODAY)
        assert amendments.open_amendment(session, live.id, reason="needs", text="x", **TODAYS).id


def test_an_amendment_says_why(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live = in_force(session, district)
        for reason, text, field in (("", "x", "reason"), ("capriccio", "x", "reason"), ("goals", "  ", "text")):
            with pytest.raises(RuleBroken) as refusal:
                amendments.open_amendment(session, live.id, reason=reason, text=text, **TODAYS)
            assert refusal.value.field == field


def test_only_a_signed_amendment_is_merged_and_only_once(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        with pytest.raises(RuleBroken, match="non è previsto"):
            merged(session, district, copy)
        with pytest.raises(RuleBroken, match="non è una modifica"):
            merged(session, district, live)
        without_first_service(session, copy)
        approved_and_signed(session, district, copy)
        merged(session, district, copy)
        with pytest.raises(RuleBroken, match="non è previsto"):
            merged(session, district, copy)


def test_a_service_that_an_open_amendment_adds_is_no_longer_free(district: District) -> None:
    """R84: it would collide at the merge, so it is refused to others from now on."""
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        service_id = min(copy.conferrals, key=lambda c: c.service.order).service_id
        without_first_service(session, copy)
        approved_and_signed(session, district, copy)
        merged(session, district, copy)
        [party] = live.municipality_parties
        other = draft(session, [party.party_id], starts_on=date(2031, 1, 1), ends_on=date(2031, 12, 31),
                      terms_id=live.terms_id, today=TODAY)
        other.starts_on = TODAY - timedelta(days=1)
        last_day = conferred_elsewhere(session, other, [party.party_id])
        assert last_day[party.party_id, service_id] == live.code, "it was conferred until the day before the merge"
        other.starts_on = TODAY
        assert (party.party_id, service_id) not in conferred_elsewhere(session, other, [party.party_id])
        again = amendments.open_amendment(session, live.id, reason="needs", text="Torna.", **TODAYS)
        other.starts_on = date(2031, 1, 1)
        kept = [c.service_id for c in again.conferrals]
        confer(session, again.id, {party.party_id: [*kept, service_id]}, version=again.version)
        other.starts_on = live.starts_on
        assert conferred_elsewhere(session, other, [party.party_id])[party.party_id, service_id] == again.code


def test_the_worker_does_not_put_an_amendment_into_force(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        _live, copy = opened(session, district)
        approved_and_signed(session, district, copy)
        life.advance(session, TODAY)
        assert copy.state == "signed"


def night(session: ScopedSession, district: District, day: date = TODAY) -> int:
    """What the calendar merges that night."""
    due = amendments.merging(session, day)
    return amendments.merge_due(session, day, due, registry=district.registry)


def test_the_calendar_merges_on_the_day_of_effect_with_everything_that_a_merge_does(district: District) -> None:
    later = TODAY + timedelta(days=30)
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live = in_force(session, district)
        copy = amendments.open_amendment(session, live.id, reason="needs", text="Uno in meno.", effective_on=later,
                                         today=TODAY)
        title = without_first_service(session, copy)
        assert night(session, district, later) == 0, "nobody has signed it"
        approved_and_signed(session, district, copy)
        assert night(session, district) == 0, "its day has not come"
        assert night(session, district, later + timedelta(days=3)) == 1, "a missed night loses nothing"
        assert (copy.state, live.documents[-1].origin) == ("merged", "coordinated")
        [ended] = live.ended_conferrals
        assert ended.valid_to == later - timedelta(days=1), "it counts from its day, not from that of the night"
        for contract in (live, copy):
            assert f"con effetto dal {later:%d/%m/%Y}" in notes(session, contract)[-1]
            assert f"Tolti: {title} (Carpiano)" in notes(session, contract)[-1]
        assert night(session, district, later + timedelta(days=4)) == 0


def test_an_obstacle_is_told_to_the_office_and_leaves_no_trace(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live, copy = opened(session, district)
        set_terms(session, copy.id, version=copy.version, cig="B1234567A9")
        approved_and_signed(session, district, copy)
        codes.set_codes(session, live.id, cig="A0000000A0", cup="", version=live.version)
        before = len(notes(session, live)), len(live.documents)
        assert night(session, district) == 0
        assert (copy.state, live.cig) == ("signed", "A0000000A0")
        assert (len(notes(session, live)), len(live.documents)) == before
        [remark] = [found for found in amendments.findings(copy, [], TODAY) if found.where == "merge"]
        assert "«CIG» nel frattempo è cambiato anche nel contratto" in str(remark)
        [item] = [item for item in waiting(session, TODAY) if (item.kind, item.key) == ("contract", copy.id)]
        assert "non entra da sola nel contratto. La modifica non si può recepire: «CIG»" in str(item.what)
        assert item.what.at == Place("contract.merge", copy.id)
        live.state = "terminated"
        assert night(session, district) == 0
        assert "non è più in vigore" in str(amendments.obstacle(session, copy))


def test_one_that_meets_an_obstacle_stands_in_nobody_s_way(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        stuck, free = (opened(session, district, number)[1] for number in (1, 2))
        for copy in (stuck, free):
            set_terms(session, copy.id, version=copy.version, cig="B1234567A9")
            approved_and_signed(session, district, copy)
        codes.set_codes(session, stuck.amends_id or 0, cig="A0000000A0", cup="", version=None)
        assert night(session, district) == 1
        assert (stuck.state, free.state) == ("signed", "merged")


def test_a_clerk_of_the_municipality_amends_nothing(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        live = in_force(session, district)
        key, clerk = live.id, factories.clerk_of(live.municipality_parties[0].party_id)
    with pytest.raises(NotAllowed), unit_of_work(district.database, clerk, act="prova") as session:
        amendments.open_amendment(session, key, reason="needs", text="x", **TODAYS)


def test_every_version_remembers_the_fields_it_was_made_from(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session, 2)
        first = contract.documents[-1]
        set_clauses(session, contract.id, [("Nuova", "Testo.")], version=contract.version)
        generate_document(session, contract.id, registry=district.registry, today=TODAY)
        second = contract.documents[-1]
        assert first.snapshot is not None and second.snapshot is not None
        [found] = compare.differences(first.snapshot, second.snapshot)
        assert (found.key, found.kind, found.after) == ("clause/Nuova", "added", "Testo.")
