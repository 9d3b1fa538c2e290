"""A municipality chooses an accredited unit; what each asks for it; who sees what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.accreditation.model import Accreditation
from core.ground.access import Principal, Role, ScopedSession
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.parties.model import Membership, Municipality
from core.register import choices, tariffs
from core.register.model import ProviderChoice, RegisterEntry, Tariff
from tests.albo import DAY, OFFICE, accredited, becomes, published, service
from tests.factories import clerk_of, filled, municipality


@pytest.fixture
def scene(unit, two_municipalities, reach) -> dict[str, int]:
    """Two member municipalities, a service of all, three units in the register."""
    return reach("scene", lambda: set_up(unit, two_municipalities))


def set_up(unit, two_municipalities) -> dict[str, int]:
    with unit("scena") as session:
        for key in two_municipalities:
            session.add(filled(Membership, municipality_id=key, valid_from=date(2016, 1, 1), valid_to=None))
        town = session.get(Municipality, two_municipalities[0])
        ids = {"dresano": two_municipalities[0], "melegnano": two_municipalities[1],
               "scuola": service(session).id,
               "adh": service(session, "disability_home_help", "Assistenza domiciliare disabili").id}
        for name in ("Aurora", "Bussola"):
            ids[name] = published(session, name, town=town).id
        ids["Casa"] = published(session, "Casa", kind="adh").id
        ids["Nido"] = published(session, "Nido", kind="nido").id
    return ids


def contract(scene: dict[str, int], unit: str = "Aurora", **changed: object) -> dict[str, object]:
    """The facts of a choice of Dresano."""
    return {"municipality_id": scene["dresano"], "service_id": scene["scuola"], "entry_id": scene[unit],
            "contract_number": "14/2026", "contract_date": date(2026, 2, 20), "valid_from": date(2026, 3, 1),
            "valid_to": date(2026, 8, 31), "note": "", **changed}  # fmt: skip


def suspend(session: ScopedSession, entry_id: int, on: date) -> None:
    entry = session.get(RegisterEntry, entry_id)
    becomes(session, session.get(Accreditation, entry.accreditation_id), "suspended", on)


def test_a_municipality_chooses_a_unit_and_records_its_own_contract(unit, scene, database):
    clerk = clerk_of(scene["dresano"])
    with unit("scelta", clerk) as session:
        choice = choices.choose(session, contract(scene), today=DAY)
        assert (choice.chosen_on, choice.last_day) == (DAY, date(2026, 8, 31))
    with ScopedSession(database, clerk_of(scene["melegnano"])) as session:
        assert session.scalars(select(ProviderChoice)).all() == []


def test_the_provider_sees_who_chose_it_and_does_not_end_it(unit, scene, database):
    with unit(principal=OFFICE) as session:
        choice = choices.choose(session, contract(scene), today=DAY)
        key, version, entry = choice.id, choice.version, session.get(RegisterEntry, scene["Aurora"])
        others = frozenset({session.get(RegisterEntry, scene["Bussola"]).provider_id})
    own = frozenset({entry.provider_id})
    provider = Principal("Piera", frozenset({Role.PROVIDER}), user_id=9, provider_ids=own)
    with ScopedSession(database, provider) as session:
        assert choices.who_chose(session, [key]) == {key: "Dresano"}
    with ScopedSession(database, Principal("Altra", provider.roles, user_id=8, provider_ids=others)) as session:
        assert choices.who_chose(session, [key]) == {}
    both = Principal("Piera", frozenset({Role.PROVIDER, Role.MUNICIPALITY}), user_id=9, provider_ids=own,
                     municipality_ids=frozenset({scene["melegnano"]}))
    for someone, refusal in ((provider, NotAllowed), (both, NotVisible)):
        with pytest.raises(refusal), unit("fine", someone) as session:
            choices.end_choice(session, key, on=DAY, why="no", version=version, today=DAY)


def test_several_units_at_once_but_each_once(unit, scene):
    with unit(principal=OFFICE) as session:
        choices.choose(session, contract(scene), today=DAY)
        choices.choose(session, contract(scene, "Bussola"), today=DAY)
        with pytest.raises(RuleBroken, match="è già scelta per questo servizio con il contratto n"):
            choices.choose(session, contract(scene, valid_from=date(2026, 8, 31), valid_to=None), today=DAY)
        choices.choose(session, contract(scene, valid_from=date(2026, 9, 1), valid_to=None), today=DAY)


@pytest.mark.parametrize(("state", "words"), [
    ("suspended", "è sospesa e il 02/03/2026"), ("revoked", "è revocato e il 02/03/2026"),
    ("renounced", "ha rinunciato all'accreditamento e il 02/03/2026"), ("expired", "è scaduto e il 02/03/2026"),
])
def test_only_a_unit_accredited_on_that_day_is_chosen(session, scene, state, words):
    entry = session.get(RegisterEntry, scene["Aurora"])
    becomes(session, session.get(Accreditation, entry.accreditation_id), state, date(2026, 3, 1))
    with pytest.raises(RuleBroken) as refusal:
        choices.choose(session, contract(scene), today=DAY)
    assert words in str(refusal.value)
    assert session.scalars(select(ProviderChoice)).all() == []


def test_a_unit_that_has_closed_is_not_chosen_though_its_accreditation_still_runs(session, scene):
    entry = session.get(RegisterEntry, scene["Aurora"])
    session.get(Accreditation, entry.accreditation_id).unit.state = "closed"
    session.flush()
    assert entry not in session.scalars(choices.may_be_chosen(DAY)).all()
    with pytest.raises(RuleBroken, match="ha chiuso"):
        choices.choose(session, contract(scene), today=DAY)


def test_a_contract_does_not_begin_after_the_last_day_or_before_the_first(session, scene):
    for start, words in ((date(2029, 1, 1), "è scaduto e il 01/01/2029"), (date(2025, 12, 31), "non era ancora")):
        with pytest.raises(RuleBroken, match=words):
            choices.choose(session, contract(scene, valid_from=start, valid_to=None), today=DAY)


def test_a_day_of_a_past_suspension_is_no_day_to_begin(session, scene):
    entry = session.get(RegisterEntry, scene["Aurora"])
    held = session.get(Accreditation, entry.accreditation_id)
    becomes(session, held, "suspended", date(2026, 2, 1))
    becomes(session, held, "accredited", date(2026, 2, 15))
    with pytest.raises(RuleBroken, match="è sospesa e il 10/02/2026"):
        choices.choose(session, contract(scene, valid_from=date(2026, 2, 10)), today=DAY)
    choices.choose(session, contract(scene), today=DAY)


@pytest.mark.parametrize(("unit_name", "changed", "field"), [
    ("Nido", {}, "service_id"),
    ("Casa", {}, "service_id"),
    ("Aurora", {"valid_to": date(9999, 12, 31)}, "valid_to"),
    ("Aurora", {"contract_number": "  "}, "contract_number"),
    ("Aurora", {"contract_date": date(2026, 3, 3)}, "contract_date"),
    ("Aurora", {"valid_to": date(2026, 2, 28)}, "valid_to"),
])
def test_a_choice_that_cannot_be_is_refused_on_its_field(session, scene, unit_name, changed, field):
    with pytest.raises(RuleBroken) as refusal:
        choices.choose(session, contract(scene, unit_name, **changed), today=DAY)
    assert refusal.value.field == field


def test_the_service_must_cover_the_municipality(session, scene):
    outside = municipality("Lontano")
    session.add(outside)
    session.flush()
    with pytest.raises(RuleBroken, match="non copre Lontano"):
        choices.choose(session, contract(scene, municipality_id=outside.id), today=DAY)


def test_nobody_chooses_for_another_municipality(unit, scene):
    clerk = clerk_of(scene["melegnano"])
    with pytest.raises(NotVisible), unit("scelta", clerk) as session:
        choices.choose(session, contract(scene), today=DAY)


def test_a_choice_ends_with_a_reason_and_the_contracts_own_last_day_stays(session, scene):
    choice = choices.choose(session, contract(scene), today=DAY)
    with pytest.raises(RuleBroken, match="perché la scelta finisce"):
        choices.end_choice(session, choice.id, on=DAY, why=" ", version=choice.version, today=DAY)
    with pytest.raises(RuleBroken, match="deve stare nel periodo"):
        choices.end_choice(session, choice.id, on=date(2026, 9, 1), why="Cambio", version=choice.version, today=DAY)
    ended = choices.end_choice(session, choice.id, on=date(2026, 4, 30), why="La famiglia ha cambiato gestore",
                               version=choice.version, today=DAY)
    assert (ended.valid_to, ended.last_day) == (date(2026, 8, 31), date(2026, 4, 30))
    assert session.scalars(choices.delivering(scene["scuola"], date(2026, 5, 1))).all() == []
    with pytest.raises(RuleBroken, match="già stata conclusa"):
        choices.end_choice(session, choice.id, on=DAY, why="Cambio", version=ended.version, today=DAY)


def tariff(session: ScopedSession, scene: dict[str, int], **changed: object) -> dict[str, object]:
    """The facts of a tariff of Aurora."""
    unit_id = session.get(RegisterEntry, scene["Aurora"]).unit_id
    return {"unit_id": unit_id, "service_id": scene["scuola"], "measure": "hour", "amount": Decimal("21.50"),
            "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31), "source": "Patto, art. 9",
            **changed}  # fmt: skip


def test_tariffs_follow_one_another_and_do_not_overlap(session, scene):
    first = tariffs.add_tariff(session, tariff(session, scene))
    with pytest.raises(RuleBroken, match="vale già la tariffa che comincia il 01/01/2026"):
        tariffs.add_tariff(session, tariff(session, scene, valid_from=date(2026, 12, 31), valid_to=None))
    tariffs.add_tariff(session, tariff(session, scene, valid_from=date(2027, 1, 1), valid_to=None))
    tariffs.add_tariff(session, tariff(session, scene, measure="access"))
    with pytest.raises(RuleBroken, match="vale già"):
        tariffs.edit_tariff(session, first.id, {"valid_to": None}, version=first.version)


@pytest.mark.parametrize(("changed", "field"), [
    ({"amount": Decimal("-0.01")}, "amount"), ({"amount": Decimal("21.505")}, "amount"),
    ({"valid_to": date(2025, 12, 31)}, "valid_to"), ({"source": ""}, "source"), ({"measure": "peso"}, "measure"),
])
def test_a_tariff_that_cannot_be_is_refused_on_its_field(session, scene, changed, field):
    with pytest.raises(RuleBroken) as refusal:
        tariffs.add_tariff(session, tariff(session, scene, **changed))
    assert refusal.value.field == field


def test_there_is_no_tariff_before_publication_nor_for_a_service_that_the_type_does_not_deliver(session, scene):
    unknown = accredited(session, "Ignota").unit_id
    with pytest.raises(RuleBroken, match="non è nell'albo"):
        tariffs.add_tariff(session, tariff(session, scene, unit_id=unknown))
    with pytest.raises(RuleBroken, match="non eroga il servizio"):
        tariffs.add_tariff(session, tariff(session, scene, service_id=scene["adh"]))


def test_every_municipality_reads_all_tariffs_and_a_provider_its_own(unit, scene, database):
    with unit(principal=OFFICE) as session:
        tariffs.add_tariff(session, tariff(session, scene))
        runs = {name: session.get(RegisterEntry, scene[name]).provider_id for name in ("Aurora", "Bussola")}
    for who, count in (
        (clerk_of(scene["melegnano"]), 1),
        (Principal("Aurora", frozenset({Role.PROVIDER}), user_id=8, provider_ids=frozenset({runs["Aurora"]})), 1),
        (Principal("Bussola", frozenset({Role.PROVIDER}), user_id=9, provider_ids=frozenset({runs["Bussola"]})), 0),
    ):
        with ScopedSession(database, who) as session:
            assert len(session.scalars(select(Tariff)).all()) == count, who.name


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PROVIDER, Role.AUDITOR, Role.ACCOUNTING])
def test_tariffs_are_written_by_who_accredits(unit, scene, role):
    with unit() as session:
        facts = tariff(session, scene)
    with pytest.raises(NotAllowed), unit("tariffa", Principal("Qualcuno", frozenset({role}), user_id=9)) as session:
        tariffs.add_tariff(session, facts)
