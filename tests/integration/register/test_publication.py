"""From the decree to the register: who may be published, which edits wait, what shows at once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.accreditation.model import Accreditation
from core.ground.access import PUBLIC, Principal, Role, ScopedSession
from core.ground.errors import NotAllowed, RuleBroken
from core.providers.model import Provider, ServiceUnit
from core.register import operations
from core.register.model import RegisterEntry, RegisterState
from tests.albo import DAY, accredited, becomes, published


def test_a_unit_enters_the_register_after_the_decree_and_the_pact(session):
    held = accredited(session, "Nido Girasole", kind="nido")
    entry = operations.publish(session, held.id, today=DAY)
    assert (entry.number, entry.slug, entry.state) == (1, "nido-girasole-1", "accredited")
    assert (entry.valid_from, entry.valid_to) == (date(2026, 1, 1), date(2028, 12, 31))
    assert (entry.section, entry.type_name, entry.provider) == ("childhood", "Asilo nido", "Cooperativa Nido Girasole")
    [state] = entry.history
    assert state.since == date(2026, 1, 1) and state.act == f"Provvedimento n. {held.decree_number} del 15/12/2025"


@pytest.mark.parametrize(("state", "fields", "words"), [
    ("under_examination", {}, "non ha ancora il provvedimento"),
    ("refused", {}, "non ha ancora il provvedimento"),
    ("granted", {"pact_signed_on": None}, "patto non è ancora firmato"),
    ("granted_with_prescriptions", {"pact_signed_on": None}, "patto non è ancora firmato"),
    ("accredited", {"pact_signed_on": None}, "patto non è ancora firmato"),
    ("accredited", {"decree_number": ""}, "non ha ancora il provvedimento"),
    ("accredited", {"valid_to": None, "runs_to": None}, "dal quale al quale giorno"),
    ("accredited", {"valid_to": date(2026, 3, 1), "runs_to": date(2026, 3, 1)}, "è scaduto"),
    ("suspended", {}, "sospeso o concluso"),
    ("revoked", {}, "sospeso o concluso"),
    ("expired", {}, "sospeso o concluso"),
])
def test_nothing_else_is_published(session, state, fields, words):
    held = accredited(session, "Nido Girasole", state=state)
    for name, value in fields.items():
        setattr(held, name, value)
    session.flush()
    with pytest.raises(RuleBroken, match=words):
        operations.publish(session, held.id, today=DAY)
    assert session.scalars(select(RegisterEntry)).all() == []


def test_the_numbers_have_no_gaps(session):
    for name in ("Uno", "Due"):
        published(session, name)
    refused = accredited(session, "Tre", state="suspended")
    with pytest.raises(RuleBroken):
        operations.publish(session, refused.id, today=DAY)
    assert published(session, "Quattro").number == 3


def test_a_unit_is_published_once(session):
    held = accredited(session, "Uno")
    operations.publish(session, held.id, today=DAY)
    with pytest.raises(RuleBroken, match="già nell'albo al numero 1"):
        operations.publish(session, held.id, today=DAY)


def test_a_renewed_unit_keeps_its_number_and_its_history(session):
    entry = published(session, "Uno")
    first = session.get(Accreditation, entry.accreditation_id)
    renewal = accredited(session, "Altro", valid_from=date(2029, 1, 1), valid_to=date(2031, 12, 31),
                         runs_to=date(2031, 12, 31), decree_number="77/2028")
    renewal.unit_id, renewal.renews_id = first.unit_id, first.id
    session.flush()
    session.expire(renewal)
    with pytest.raises(RuleBroken, match="comincia il 01/01/2029"):  # what it renews still holds, and may be suspended
        operations.publish(session, renewal.id, today=date(2028, 12, 20))
    assert session.scalars(operations.to_publish(date(2028, 12, 20))).all() == []
    first.state = "renewed"
    again = operations.publish(session, renewal.id, today=date(2029, 1, 1))
    assert (again.id, again.number, again.slug, again.decree) == (entry.id, 1, entry.slug, "77/2028")
    session.expire(again)
    assert [row.since for row in again.history] == [date(2026, 1, 1), date(2029, 1, 1)]


def test_later_edits_wait_for_approval(session):
    entry = published(session, "Uno")
    unit = session.get(ServiceUnit, entry.unit_id)
    unit.name, unit.capacity = "Uno e mezzo", 45
    session.get(Provider, entry.provider_id).phone = "02 000000"  # of the provider: the register has the unit's own
    session.flush()
    found = {d.column: (d.published, d.live) for d in operations.differences(session, entry)}
    assert found == {"unit": ("Uno", "Uno e mezzo"), "capacity": (30, 45)}
    assert session.scalars(operations.waiting_for_approval()).all() == [entry.id]

    operations.approve_changes(session, entry.id, version=entry.version, today=date(2026, 4, 1))
    assert (entry.unit, entry.capacity, entry.updated_on) == ("Uno e mezzo", 45, date(2026, 4, 1))
    assert entry.slug == "uno-1", "an address that people have kept stays"
    assert "uno e mezzo" in entry.searched
    assert session.scalars(operations.waiting_for_approval()).all() == []
    with pytest.raises(RuleBroken, match="Nessuna modifica aspetta"):
        operations.approve_changes(session, entry.id, version=entry.version, today=DAY)


def test_an_approval_of_what_one_has_not_read_is_refused(session):
    entry = published(session, "Uno")
    seen = entry.version
    session.get(ServiceUnit, entry.unit_id).name = "Due"
    operations.approve_changes(session, entry.id, version=seen, today=DAY)
    session.get(ServiceUnit, entry.unit_id).name = "Tre"
    session.flush()
    with pytest.raises(RuleBroken, match="ricaricare la pagina"):
        operations.approve_changes(session, entry.id, version=seen, today=DAY)


def test_a_suspension_shows_at_once_with_its_day_and_its_act(session):
    entry = published(session, "Uno")
    held = session.get(Accreditation, entry.accreditation_id)
    becomes(session, held, "suspended", date(2026, 5, 4), "Sospensione n. 12 del 30/04/2026")
    assert (entry.state, entry.state_since, entry.updated_on) == ("suspended", date(2026, 5, 4), date(2026, 5, 4))
    becomes(session, held, "accredited", date(2026, 7, 1), "Riammissione n. 20 del 30/06/2026")
    assert [(row.state, row.since) for row in entry.history] == [
        ("accredited", date(2026, 1, 1)), ("suspended", date(2026, 5, 4)), ("accredited", date(2026, 7, 1))]
    assert entry.history[1].act == "Sospensione n. 12 del 30/04/2026"


def test_an_extension_moves_the_last_day_and_says_so_in_the_history(session):
    entry = published(session, "Uno")
    held = session.get(Accreditation, entry.accreditation_id)
    held.runs_to = date(2029, 6, 30)
    becomes(session, held, "accredited", date(2028, 12, 1), "Proroga n. 4 del 01/12/2028")
    assert (entry.valid_to, entry.state_since) == (date(2029, 6, 30), date(2026, 1, 1))
    assert entry.history[-1].act == "Proroga n. 4 del 01/12/2028"


def test_what_is_not_published_is_not_told(session):
    held = accredited(session, "Uno")
    becomes(session, held, "suspended", date(2026, 5, 4))
    assert session.scalars(select(RegisterState)).all() == []


def test_a_provider_that_renounces_shows_at_once_though_it_may_not_write_the_register(unit, database):
    with unit() as session:
        entry = published(session, "Uno")
        accreditation_id, provider_id = entry.accreditation_id, entry.provider_id
    provider = Principal("Piera", frozenset({Role.PROVIDER}), user_id=9, provider_ids=frozenset({provider_id}))
    with unit("rinuncia", provider) as session:
        becomes(session, session.get(Accreditation, accreditation_id), "renounced", date(2026, 5, 4))
    with ScopedSession(database, PUBLIC) as session:
        [entry] = session.scalars(select(RegisterEntry))
        assert entry.state == "renounced" and entry.history[-1].since == date(2026, 5, 4)


def test_the_public_reads_the_two_tables_of_the_register_and_not_the_units(unit, database):
    with unit() as session:
        published(session, "Uno")
    with ScopedSession(database, PUBLIC) as session:
        assert [entry.unit for entry in session.scalars(select(RegisterEntry))] == ["Uno"]
        assert session.scalars(select(ServiceUnit)).all() == []
        assert session.scalars(select(Provider)).all() == []


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PROVIDER, Role.AUDITOR, Role.ACCOUNTING])
def test_only_the_unit_that_accredits_and_the_management_publish(unit, role):
    with unit() as session:
        held = accredited(session, "Uno").id
    someone = Principal("Qualcuno", frozenset({role}), user_id=9)
    with pytest.raises(NotAllowed), unit("pubblica", someone) as session:
        operations.publish(session, held, today=DAY)
    with pytest.raises(NotAllowed), unit("modifica", someone) as session:
        operations.approve_changes(session, 1, version=1, today=DAY)


def test_the_fiscal_code_of_a_person_is_not_published(session):
    held = accredited(session, "Nido in casa", kind="nido")
    held.unit.provider.tax_code = "RTOVLR80A41F205X"
    entry = operations.publish(session, held.id, today=DAY)
    assert entry.provider_tax_code == ""
    assert "rtovlr" not in entry.searched
    assert operations.differences(session, entry) == []
