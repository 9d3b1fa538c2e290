"""Editing sheets, making editions, saying what covers whom: through the database, on both of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from core.catalogue import operations, own_fields, sheets
from core.catalogue.model import OperationalSheet, Service
from core.ground.access import NotAllowed, NotVisible, Principal, Role, ScopedSession
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Membership, Municipality
from core.plugins.loading import Registry
from core.plugins.schema import FieldType, SheetField, SheetSchema
from core.usage.measures import measures_of
from tests import factories
from tests.unit.catalogue import making

DAY = date(2026, 3, 1)
DESK = {
    "weekly_opening_hours": "12",
    "appointment_days": 10,
    "sites": [{"municipality": "dresano", "address": "Via Roma 3", "opening": "giovedì 14.00-17.00"}],
}


@pytest.fixture
def filled(database: Database, manager: Principal, registry: Registry) -> Database:
    """Dresano and Melegnano, members; a service of all members and one of Dresano alone, with its sheet."""
    with unit_of_work(database, manager, act="prova") as session:
        dresano, melegnano = factories.municipality("Dresano"), factories.municipality("Melegnano")
        for municipality in (dresano, melegnano):
            municipality.memberships.append(Membership(valid_from=date(2009, 5, 21)))
        plugin = registry.plugins["access_desk"].description
        desk = making.sheet("access_desk", plugin="access_desk", **sheets.kept(plugin, DESK))
        session.add_all([
            dresano, melegnano,
            making.service("placement", order=1, entry="Inserimenti lavorativi"),
            making.service("access_desk", order=2, entry="Segretariato", cover_all=False, sheets=(desk,)),
        ])
        session.flush()
        operations.set_coverage(session, service(session, "access_desk"), dresano.id, date(2015, 1, 1), None)
    return database


def service(session: ScopedSession, code: str) -> int:
    return session.scalars(select(Service.id).where(Service.code == code)).one()


def municipality(session: ScopedSession, slug: str) -> int:
    return session.scalars(select(Municipality.id).where(Municipality.slug == slug)).one()


def the_sheet(session: ScopedSession) -> OperationalSheet:
    return session.scalars(select(OperationalSheet)).one()


def edit(database: Database, actor: Principal, **options: object) -> None:
    with unit_of_work(database, actor, act="modifica scheda") as session:
        sheet = the_sheet(session)
        operations.edit_sheet(session, sheet.id, **{"changes": {}, "data": None, "version": sheet.version,
                                                    **options})


def covering(database: Database, actor: Principal, slug: str, day: date = DAY) -> list[str]:
    with ScopedSession(database, actor) as session:
        return [s.code for s in operations.services_covering(session, municipality(session, slug), day)]


# --- sheets


def test_texts_and_data_of_a_sheet_are_changed_together(filled: Database, registry: Registry,
                                                        manager: Principal) -> None:
    edit(filled, manager, changes={"mission": " Nuova missione. ", "activities": "Uno\n\nDue"},
         data={**DESK, "appointment_days": "10"})
    with ScopedSession(filled, manager) as session:
        sheet = the_sheet(session)
        assert (sheet.mission, sheet.activities, sheet.version) == ("Nuova missione.", ("Uno", "Due"), 2)
        assert sheet.data["appointment_days"] == 10
        assert sheets.schema_of(sheet).field("sites.address").label == "Indirizzo"


def test_a_refused_value_leaves_the_sheet_as_it_was(filled: Database, registry: Registry, manager: Principal) -> None:
    with pytest.raises(RuleBroken, match="Comune conosciuto") as caught:
        edit(filled, manager, changes={"mission": "Altra"},
             data={"sites": [{"municipality": "atlantide", "address": "Via Roma 3"}]})
    assert caught.value.field == "sites-0-municipality"
    with ScopedSession(filled, manager) as session:
        assert the_sheet(session).mission == "Accogliere chi cerca access_desk."


def test_a_stale_form_is_refused(filled: Database, registry: Registry, manager: Principal) -> None:
    edit(filled, manager, changes={"title": "Primo"})
    with pytest.raises(RuleBroken, match="Nel frattempo"):
        edit(filled, manager, changes={"title": "Secondo"}, version=1)


@pytest.mark.parametrize("changes", [{"edition": 2030}, {"title": "  "}, {"mission": None}, {"unknown": "x"}])
def test_what_is_not_a_text_of_the_sheet_is_refused(filled: Database, registry: Registry, manager: Principal,
                                                    changes: dict[str, object]) -> None:
    with pytest.raises(RuleBroken):
        edit(filled, manager, changes=changes)


def test_a_sheet_is_written_with_its_own_fields_whether_or_not_its_plugin_is_loaded(filled: Database,
                                                                                   manager: Principal) -> None:
    edit(filled, manager, data={**DESK, "weekly_opening_hours": "14"})
    with pytest.raises(RuleBroken, match="non esiste in questa scheda"):
        edit(filled, manager, data={"nowhere": "1"})
    with ScopedSession(filled, manager) as session:
        assert the_sheet(session).data["weekly_opening_hours"] == "14"


def test_only_the_management_edits_the_catalogue(filled: Database, registry: Registry, auditor: Principal) -> None:
    accountant = Principal("Ada Conti", frozenset({Role.ACCOUNTING}), user_id=9)
    for actor in (accountant, auditor):
        with pytest.raises(NotAllowed):
            edit(filled, actor, changes={"title": "Altro"})


def test_a_new_edition_copies_text_data_and_services_and_leaves_the_old_one(filled: Database, registry: Registry,
                                                                           manager: Principal) -> None:
    with unit_of_work(filled, manager, act="nuova edizione") as session:
        old = the_sheet(session)
        new = operations.new_edition(session, old.id, 2027, registry=registry)
        assert (new.code, new.edition, new.data, new.schema) == (old.code, 2027, old.data, old.schema)
        assert [s.code for s in new.services] == [s.code for s in old.services] == ["access_desk"]
        for year, words in ((2027, "esiste già"), (2026, "deve seguire"), (12027, "deve seguire")):
            with pytest.raises(RuleBroken, match=words):
                operations.new_edition(session, old.id, year, registry=registry)


# --- fields


def with_fields(registry: Registry, *fields: SheetField) -> Registry:
    """The registry, the desk of which asks only for ``fields``."""
    desk = registry.plugins["access_desk"]
    asked = replace(desk.description, sheet=SheetSchema(fields, version="2.0"))
    return Registry({**registry.plugins, "access_desk": replace(desk, description=asked)})


HOURS = SheetField("hours", "Ore", FieldType.DECIMAL, was=("weekly_opening_hours",))
NOTICES = SheetField("notices", "Giorni di preavviso", FieldType.INTEGER)


def test_a_new_edition_asks_what_becomes_of_data_whose_field_is_gone(filled: Database, registry: Registry,
                                                                     manager: Principal) -> None:
    newer = with_fields(registry, HOURS)
    with unit_of_work(filled, manager, act="nuova edizione") as session:
        old = the_sheet(session)
        before = dict(old.data)
        with pytest.raises(RuleBroken, match=r"nei nuovi campi: Giorni per avere un appuntamento\.") as caught:
            operations.new_edition(session, old.id, 2027, registry=newer)
        assert caught.value.field == "moves-appointment_days"
        new = operations.new_edition(session, old.id, 2027, registry=newer, moves={"appointment_days": ""})
        assert new.data == {"hours": "12", "sites": before["sites"]}
        assert sheets.parts_of(new)["plugin"].version == "2.0"
        assert old.data == before and sheets.read(old)["appointment_days"] == 10, "the old edition is as it was written"


def test_a_plugin_is_put_to_use_on_a_sheet_that_had_none(filled: Database, registry: Registry,
                                                         manager: Principal) -> None:
    with unit_of_work(filled, manager, act="campi") as session:
        plain = OperationalSheet(code="placement", edition=2026, title="Inserimenti")
        session.add(plain)
        session.flush()
        sheet = operations.renew_fields(session, plain.id, plugin="neutral_space", moves={}, version=plain.version,
                                        registry=registry)
        assert sheet.plugin == "neutral_space" and sheets.schema_of(sheet).field("report_months") is not None
        with pytest.raises(RuleBroken, match="non è caricato"):
            operations.renew_fields(session, plain.id, plugin="laundry", moves={}, version=plain.version,
                                    registry=registry)


def test_the_fields_of_an_edition_are_brought_up_to_those_of_today(filled: Database, registry: Registry,
                                                                   manager: Principal) -> None:
    newer = with_fields(registry, HOURS, NOTICES)
    with unit_of_work(filled, manager, act="campi") as session:
        sheet = the_sheet(session)
        operations.renew_fields(session, sheet.id, plugin="access_desk", version=sheet.version, registry=newer,
                                moves={"appointment_days": "notices"})
        assert (sheet.data["hours"], sheet.data["notices"]) == ("12", 10)


# --- coverage


def test_a_service_of_all_members_covers_a_member_and_the_others_whom_they_name(filled: Database,
                                                                              manager: Principal) -> None:
    assert covering(filled, manager, "dresano") == ["placement", "access_desk"]
    assert covering(filled, manager, "melegnano") == ["placement"]


def test_coverage_does_not_ask_for_membership(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session:
        outsider = factories.municipality("Pantigliate")
        session.add(outsider)
        session.flush()
        operations.set_coverage(session, service(session, "access_desk"), outsider.id, date(2009, 7, 1),
                                date(2012, 7, 31))
    assert covering(filled, manager, "pantigliate", date(2012, 7, 31)) == ["access_desk"]
    assert covering(filled, manager, "pantigliate", date(2012, 8, 1)) == []


def test_membership_counts_on_the_day(filled: Database, manager: Principal) -> None:
    assert covering(filled, manager, "melegnano", date(2009, 5, 20)) == []


def test_a_municipality_sees_its_own_services_and_no_other(filled: Database, manager: Principal) -> None:
    with ScopedSession(filled, manager) as session:
        own, foreign = municipality(session, "dresano"), municipality(session, "melegnano")
    with ScopedSession(filled, factories.clerk_of(own)) as session:
        assert [s.code for s in operations.services_covering(session, own, DAY)] == ["placement", "access_desk"]
        with pytest.raises(NotVisible):
            operations.services_covering(session, foreign, DAY)
        assert operations.covered_municipalities(session, "placement", DAY, DAY) == {own: "Dresano"}


def test_coverage_that_ends_before_it_begins_is_refused(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session, pytest.raises(RuleBroken, match="prima di"):
        operations.set_coverage(session, service(session, "access_desk"), municipality(session, "melegnano"),
                                date(2026, 2, 1), date(2026, 1, 31))


@pytest.mark.parametrize(("start", "end"), [
    (date(2014, 1, 1), None),
    (date(2014, 1, 1), date(2015, 1, 1)),
    (date(2026, 1, 1), date(2026, 1, 2)),
])
def test_periods_that_overlap_are_refused(filled: Database, manager: Principal, start: date, end: date | None) -> None:
    with unit_of_work(filled, manager, act="copertura") as session, pytest.raises(RuleBroken, match="sovrappongono"):
        operations.set_coverage(session, service(session, "access_desk"), municipality(session, "dresano"), start, end)


def test_a_service_covers_nobody_before_it_opens(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session, pytest.raises(RuleBroken) as refused:
        desk = session.get_one(Service, service(session, "access_desk"))
        desk.valid_from = date(2020, 1, 1)
        operations.set_coverage(session, desk.id, municipality(session, "melegnano"), date(2019, 12, 31), None)
    assert (refused.value.field, refused.value.values["day"]) == ("valid_from", "01/01/2020")


def test_a_period_is_closed_and_followed_by_another(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session:
        desk, dresano = service(session, "access_desk"), municipality(session, "dresano")
        operations.set_coverage(session, desk, dresano, date(2015, 1, 1), date(2025, 12, 31))
        again = operations.set_coverage(session, desk, dresano, date(2026, 6, 1), None)
    assert covering(filled, manager, "dresano") == ["placement"]
    assert covering(filled, manager, "dresano", date(2026, 6, 1)) == ["placement", "access_desk"]
    with unit_of_work(filled, manager, act="errore") as session:
        operations.remove_coverage(session, again.id)
    assert covering(filled, manager, "dresano", date(2026, 6, 1)) == ["placement"]


def test_every_change_is_in_the_history(filled: Database, registry: Registry, manager: Principal) -> None:
    edit(filled, manager, changes={"title": "Altro titolo"})
    with ScopedSession(filled, manager) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.table_name, entry.actor, entry.act) == ("operational_sheet", manager.name, "modifica scheda")


# --- the office's own fields

MEALS: dict[str, list[dict[str, str]]] = {
    "fields": [{"label": "Pasti al giorno", "type": "numero intero", "minimum": "1"},
               {"label": "Turni", "type": "tabella"},
               {"table": "own_turni", "label": "Giorno", "type": "testo", "required": "sì"}],
    "rules": [{"says": "Servono almeno {expected} pasti: la scheda ne dice {found}.", "source": "Delibera 4/2026",
               "figure": "own_pasti_al_giorno", "at_least": "20"}],
    "standards": [{"code": "pasti", "title": "Capacità", "promise": "Almeno venti pasti."}],
    "indicators": [{"code": "pasti", "title": "Pasti", "unit": "al giorno", "figure": "own_pasti_al_giorno",
                    "standard": "pasti"}],
}


def test_a_field_that_the_office_adds_is_asked_checked_measured_and_printed(filled: Database, registry: Registry,
                                                                            manager: Principal) -> None:
    with unit_of_work(filled, manager, act="campi") as session:
        placement = service(session, "placement")
        own_fields.set_own_fields(session, placement, MEALS, version=0, registry=registry)
        sheet = operations.new_sheet(session, placement, title="Mensa", edition=2026, registry=registry)
        operations.edit_sheet(session, sheet.id, changes={}, version=sheet.version, data={
            "own_pasti_al_giorno": "12", "own_turni": [{"giorno": "lunedì"}]})
        assert sheet.data == {"own_pasti_al_giorno": 12, "own_turni": [{"giorno": "lunedì"}]}
        told = [str(remark) for remark in sheets.schema_of(sheet).remarks(sheets.read(sheet))]
        assert told == ["Servono almeno 20 pasti: la scheda ne dice 12."]
        assert ("Capacità", "Almeno venti pasti.", "Pasti: 12 al giorno") in sheets.blocks_of(sheet)[-1].rows


def test_own_fields_stand_beside_those_of_the_plugin_and_go_with_what_becomes_of_them(
        filled: Database, registry: Registry, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="campi") as session:
        desk = service(session, "access_desk")
        held = own_fields.set_own_fields(session, desk, {"fields": MEALS["fields"][:1]}, version=0,
                                                    registry=registry)
        new = operations.new_edition(session, the_sheet(session).id, 2027, registry=registry)
        assert list(sheets.parts_of(new)) == ["common", "plugin", "office"]
        operations.edit_sheet(session, new.id, changes={}, data={**new.data, "own_pasti_al_giorno": "7"},
                              version=new.version)
        own_fields.set_own_fields(session, desk, {}, version=held.version, registry=registry)
        with pytest.raises(RuleBroken, match="nei nuovi campi: Pasti al giorno"):
            operations.new_edition(session, new.id, 2028, registry=registry)


@pytest.mark.parametrize(("fields", "told"), [
    ([{"label": "Pasti", "type": "intero"}], "Campi, riga 1, «Tipo»: «intero» non è tra le voci previste"),
    ([{"label": "pasti", "type": "testo"}], "Campi, riga 1, «Etichetta»: L'etichetta comincia con la maiuscola"),
    ([{"label": "Pasti", "type": "testo"}, {"label": "Pasti", "type": "testo"}], "Campi, riga 2, «Nome»: .*due volte"),
    ([{"type": "testo"}], "Campi, riga 1, «Etichetta»: Questo dato è necessario"),
    ([{"label": "Turni", "type": "tabella"}], "Campi, riga 1, «Tipo»: La tabella «Turni» non ha colonne"),
])
def test_a_field_that_cannot_be_is_refused_with_its_row(filled: Database, registry: Registry, manager: Principal,
                                                       fields: list[dict[str, str]], told: str) -> None:
    with unit_of_work(filled, manager, act="campi") as session, pytest.raises(RuleBroken, match=told):
        own_fields.set_own_fields(session, service(session, "placement"), {"fields": fields}, version=0,
                                             registry=registry)


PROMISE = {"code": "in_time", "title": "Puntualità", "promise": "In orario.", "at_least": "92", "unit": "per cento"}


@pytest.mark.parametrize(("changes", "told"), [
    ({"at_least": "110"}, "Standard, riga 1, «Almeno»: «110» non si può promettere: una percentuale sta fra 0 e 100"),
    ({"at_least": "-5"}, "Standard, riga 1, «Almeno»: «-5» non si può promettere"),
    ({"at_least": ""}, "Standard, riga 1, «Unità»: La promessa non dice in quale direzione"),
    ({"at_most": "95"}, "Standard, riga 1, «Al più»: Una promessa ha una direzione sola"),
    ({"unit": "settimane"}, "Standard, riga 1, «Unità»: «settimane» non è tra le voci previste"),
    ({"unit": ""}, "Standard, riga 1, «Almeno»: Dire in quale unità si promette"),
])
def test_a_promise_that_nobody_could_keep_is_refused_with_its_row(
        filled: Database, registry: Registry, manager: Principal, changes: dict[str, str], told: str) -> None:
    with unit_of_work(filled, manager, act="campi") as session, pytest.raises(RuleBroken, match=told):
        own_fields.set_own_fields(session, service(session, "placement"), {
            "standards": [{**PROMISE, **changes}]}, version=0, registry=registry)


def test_the_office_counts_a_promise_of_the_plugin(filled: Database, registry: Registry, manager: Principal) -> None:
    own = {"indicators": [{"code": "own_wait", "title": "Attesa contata dall'ufficio", "by": "conteggio di ogni mese",
                           "standard": "appointment"}]}
    with unit_of_work(filled, manager, act="campi") as session:
        desk = service(session, "access_desk")
        own_fields.set_own_fields(session, desk, own, version=0, registry=registry)
        new = operations.new_edition(session, the_sheet(session).id, 2027, registry=registry)
        counted = [measure.code for measure in sheets.schema_of(new).measures if measure.counts_for == "own_wait"]
        assert counted == ["own_wait_sum", "own_wait_of"]
        assert set(counted) <= set(measures_of(session, desk, 2027))


def test_what_two_services_of_one_sheet_ask_alike_is_asked_once(filled: Database, registry: Registry,
                                                                manager: Principal) -> None:
    hours = {"label": "Ore", "type": "numero intero"}
    with unit_of_work(filled, manager, act="campi") as session:
        desk, placement = service(session, "access_desk"), service(session, "placement")
        sheet = the_sheet(session)
        sheet.services.append(session.get_one(Service, placement))
        session.flush()
        for key in (desk, placement):
            own_fields.set_own_fields(session, key, {"fields": [hours]}, version=0, registry=registry)
        new = operations.new_edition(session, sheet.id, 2027, registry=registry)
        assert [field.name for field in sheets.parts_of(new)["office"].fields] == ["own_ore"]
        held = session.get_one(Service, placement).own_fields
        assert held is not None
        with pytest.raises(RuleBroken, match="lo chiede già in un altro modo") as refused:
            own_fields.set_own_fields(session, placement, {"fields": [{**hours, "type": "testo"}]},
                                                 version=held.version, registry=registry)
        assert refused.value.field == "fields-0-label"


def test_an_own_indicator_does_not_take_the_place_of_one_of_the_plugin(filled: Database, registry: Registry,
                                                                      manager: Principal) -> None:
    own = {"indicators": [{"code": "sites", "title": "Sedi", "unit": "sedi", "figure": "count(sites)"}]}
    with unit_of_work(filled, manager, act="campi") as session, pytest.raises(RuleBroken, match="compare due volte"):
        own_fields.set_own_fields(session, service(session, "access_desk"), own, version=0,
                                             registry=registry)
