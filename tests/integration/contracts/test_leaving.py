"""One of several municipalities leaves a contract: by withdrawal or by amendment, and the others go on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation.conferred import conferred_days
from core.contracts import amendments, ending, life, undoing
from core.contracts.model import Contract
from core.contracts.operations import cancel, confer, draft, generate_document, set_terms
from core.contracts.passages import Resolution
from core.documents.wordfile import read_text
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from tests.district import TODAY, District
from tests.ground import Ground
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, approved_and_signed, demo_contract

PAPER = Upload("delibera.pdf", SIGNED_FILE)
LAST_DAY, OCTOBER = date(2026, 9, 30), date(2026, 10, 1)


def joint(session: ScopedSession, district: District) -> Contract:
    """Carpiano's and Cerro's contract of 2026 and 2027 as one, in force."""
    single = [demo_contract(session, number) for number in (1, 2)]
    ids = [contract.municipality_parties[0].party_id for contract in single]
    for contract in single:
        cancel(session, contract.id, version=contract.version, why="Un contratto solo", today=TODAY)
    row = draft(session, ids, starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31), terms_id=single[0].terms_id,
                today=TODAY)
    approved_and_signed(session, district, row)
    life.advance(session, TODAY)
    assert row.state == "in_force"
    return row


@pytest.fixture
def united(ground: Ground, district: District) -> District:
    """The district with the joint contract."""
    def unite() -> None:
        with unit_of_work(district.database, ACTOR, act="prova") as session:
            joint(session, district)

    ground.reach(district.database, "united", unite)
    return district


def of_both(session: ScopedSession) -> Contract:
    """The joint contract."""
    return session.scalars(select(Contract).order_by(Contract.id.desc()).limit(1)).one()


def withdrawn(session: ScopedSession, contract: Contract, party_id: int, effective_on: date = OCTOBER) -> Contract:
    """The withdrawal of one municipality."""
    act = Resolution(party_id, "council", "", f"R{party_id}", date(2026, 6, 1))
    return ending.withdraw(session, contract.id, act=act, reasons="Riorganizza i servizi", received_on=date(2026, 6, 3),
                           effective_on=effective_on, indemnity=Decimal("1000.00"), file=PAPER, version=None,
                           today=date(2026, 6, 4))


def days_of(session: ScopedSession, party_id: int, year: int = 2026) -> set[int]:
    """How many days of the year each service of a municipality counts, each number once."""
    days, _drafts = conferred_days(session, year)
    return {of[party_id] for of in days.values() if party_id in of}


def test_whoever_withdraws_pays_by_days_and_the_others_go_on(united: District) -> None:
    with unit_of_work(united.database, ACTOR, act="prova") as session:
        contract = of_both(session)
        leaver, stays = (member.party_id for member in contract.municipality_parties)
        withdrawn(session, contract, leaver)
        assert (contract.state, contract.runs_to, contract.ending) == ("in_force", date(2027, 12, 31), None)
        assert {held.municipality_id for held in contract.conferrals} == {stays}
        [row] = contract.leavings
        assert (row.party_id, row.indemnity) == (leaver, Decimal("1000.00"))
        assert days_of(session, leaver) == {273}, "from the first of January to the thirtieth of September"
        assert days_of(session, stays) == {365}
        assert days_of(session, leaver, 2027) == set()


def test_the_last_one_to_withdraw_ends_the_contract(united: District) -> None:
    with unit_of_work(united.database, ACTOR, act="prova") as session:
        contract = of_both(session)
        first, second = (member.party_id for member in contract.municipality_parties)
        withdrawn(session, contract, first)
        with pytest.raises(RuleBroken, match="Recede un ente che conferisce"):
            withdrawn(session, contract, first, OCTOBER + timedelta(days=31))
        withdrawn(session, contract, second, date(2027, 1, 1))
        assert (contract.state, contract.runs_to) == ("withdrawn", date(2026, 12, 31))


def test_the_azienda_does_not_withdraw(united: District) -> None:
    with unit_of_work(united.database, ACTOR, act="prova") as session:
        contract = of_both(session)
        with pytest.raises(RuleBroken) as refusal:
            withdrawn(session, contract, contract.parties[0].party_id)
        assert refusal.value.field == "party_id"


def test_a_withdrawal_that_was_a_mistake_is_taken_back_whole(united: District) -> None:
    with unit_of_work(united.database, ACTOR, act="prova") as session:
        contract = of_both(session)
        leaver = contract.municipality_parties[0].party_id
        before = len(contract.conferrals)
        withdrawn(session, contract, leaver)
        undoing.undo(session, contract.id, why="Delibera di un altro comune", version=None, today=date(2026, 6, 5))
        assert (len(contract.conferrals), contract.leavings, contract.ended_conferrals) == (before, [], [])
        assert len(contract.remaining_parties) == 2
        assert days_of(session, leaver) == {365}


def leaving_amendment(session: ScopedSession, united: District, contract: Contract, stays: int) -> Contract:
    """A signed amendment by which only one of the two goes on, from the first of October."""
    copy = amendments.open_amendment(session, contract.id, reason="goals", text="Uno lascia.", effective_on=OCTOBER,
                                     today=TODAY)
    services = [held.service_id for held in copy.conferrals if held.municipality_id == stays]
    confer(session, copy.id, {stays: services}, version=copy.version)
    approved_and_signed(session, united, copy)
    return copy


def test_an_amendment_lets_one_go_from_its_day_of_effect_and_its_text_says_so(united: District) -> None:
    with unit_of_work(united.database, ACTOR, act="prova") as session:
        contract = of_both(session)
        leaver, stays = (member.party_id for member in contract.municipality_parties)
        name = contract.municipality_parties[0].party.name
        copy = leaving_amendment(session, united, contract, stays)
        said = " ".join(read_text(united.store.get(copy.documents[-1].document.path)))
        assert "Le modifiche di questo testo hanno effetto dal 1º ottobre 2026." in said
        assert f"il Comune di {name} non è più parte del contratto" in said
        assert days_of(session, leaver) == {273}, "the share-out follows while the amendment waits to be merged"
        with pytest.raises(RuleBroken, match="ha effetto dal 01/10/2026"):
            amendments.merge(session, copy.id, registry=united.registry, today=LAST_DAY)
        amendments.merge(session, copy.id, registry=united.registry, today=date(2026, 10, 20))
        assert (contract.state, [m.party_id for m in contract.remaining_parties]) == ("in_force", [stays])
        assert days_of(session, leaver) == {273}, "from the day of effect, not from that of the merge"
        assert days_of(session, stays) == {365}
        text = " ".join(read_text(united.store.get(contract.documents[-1].document.path)))
        assert f"Comune di {name}" not in text


def test_the_renewal_is_of_those_who_remain(united: District) -> None:
    with unit_of_work(united.database, ACTOR, act="prova") as session:
        contract = of_both(session)
        leaver, stays = (member.party_id for member in contract.municipality_parties)
        withdrawn(session, contract, leaver)
        successor = life.prepare_renewal(session, contract.id, starts_on=date(2028, 1, 1), ends_on=date(2028, 12, 31),
                                         version=None, today=date(2027, 9, 1))
        assert [member.party_id for member in successor.municipality_parties] == [stays]


def test_an_amendment_has_effect_on_a_day_of_its_contract(united: District) -> None:
    with unit_of_work(united.database, ACTOR, act="prova") as session:
        contract = of_both(session)
        for day in (date(2025, 12, 31), date(2028, 1, 1)):
            with pytest.raises(RuleBroken, match="dal 01/01/2026 al 31/12/2027") as refusal:
                amendments.open_amendment(session, contract.id, reason="needs", text="x", effective_on=day, today=TODAY)
            assert refusal.value.field == "effective_on"
        copy = amendments.open_amendment(session, contract.id, reason="needs", text="x", effective_on=OCTOBER,
                                         today=TODAY)
        set_terms(session, copy.id, version=copy.version, effective_on=date(2026, 11, 1))
        assert copy.effective_on == date(2026, 11, 1)
        generate_document(session, copy.id, registry=united.registry, today=TODAY)


# --- after the expiry -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("closed_on", "days"), [(date(2026, 8, 31), 243), (date(2026, 12, 1), 273)])
def test_days_on_which_services_were_continued_count_when_the_contract_is_over(
    district: District, closed_on: date, days: int
) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        single = demo_contract(session, 1)
        party_id = single.municipality_parties[0].party_id
        cancel(session, single.id, version=single.version, why="Un periodo più breve", today=TODAY)
        row = draft(session, [party_id], starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31),
                    terms_id=single.terms_id, today=TODAY)
        approved_and_signed(session, district, row)
        life.advance(session, date(2026, 4, 1))
        assert row.state == "expired"
        assert days_of(session, party_id) == {90}
        life.continue_services(session, row.id, why="Il nuovo contratto tarda", version=None, today=date(2026, 4, 1))
        assert days_of(session, party_id) == {273}, "six months, as long as nothing else is known"
        ending.close(session, row.id, why="Altro gestore", version=None, today=closed_on)
        assert days_of(session, party_id) == {days}, "never more than the months of the conditions"
