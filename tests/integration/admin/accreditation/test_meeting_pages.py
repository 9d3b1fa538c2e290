"""Meetings with several providers, the follow-up of a monitoring, the publication from the unit: in the browser."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.accreditation import decree, monitoring
from core.accreditation.model import InspectionFinding, Monitoring
from core.providers.model import Provider
from tests.integration.accreditation.conftest import OFFICER, PDF, Procedure
from tests.integration.accreditation.test_after_the_decree import full
from tests.integration.admin.accreditation.test_pages import send
from tests.integration.admin.browser import pdf
from tests.integration.admin.house import TODAY

MEETINGS = "/admin/incontri-gestori/"


def test_a_meeting_is_called_held_and_shown_on_each_provider(house, person):
    with house.unit() as session:
        ids = dict(session.execute(select(Provider.name, Provider.id)).all())
    office, own, other = person("accreditamento"), person("gestore"), person("altro")
    missing = send(office, f"{MEETINGS}nuovo/", title="Standard", day=TODAY.isoformat(), agenda="Monitoraggi")
    assert "Scegliere almeno un gestore da invitare" in missing.text
    made = send(office, f"{MEETINGS}nuovo/", title="Standard", day=TODAY.isoformat(), agenda="Monitoraggi",
                provider_ids=[str(ids["Il Melograno"]), str(ids["L'Altra"])])
    assert made.status_code == 302, made.text[:2000]
    key = made.location.rpartition("=")[2]
    record = f"{MEETINGS}details/?id={key}"
    assert own.get(record).status_code == 404
    assert send(office, f"{MEETINGS}passaggio/?id={key}&atto=call").status_code == 302
    assert "Monitoraggi" in own.read(record) and "L'Altra" not in own.read(record)
    assert "Standard" in own.read("/admin/") and "Invito all'incontro, L'Altra" in office.read(
        f"/admin/lettere/provider_meeting/{key}/")
    assert own.get(f"/admin/lettere/provider_meeting/{key}/").status_code == 403
    held = send(office, f"{MEETINGS}verbale/?id={key}", minutes="Si è parlato di formazione.",
                **{f"came_{ids['Il Melograno']}": "y", f"people_{ids['Il Melograno']}": "Rosa Bianchi"})
    assert held.status_code == 302, held.text[:2000]
    for who, said in ((own, "Rosa Bianchi"), (office, "Rosa Bianchi"), (other, "formazione")):
        assert said in who.read(record)
    assert "Rosa Bianchi" not in other.read(record) and "Il Melograno" not in other.read(record)
    letter = f"/admin/lettere/provider_meeting/{key}/provider_meeting_minutes-0/"
    assert "Prepara: Verbale dell'incontro" in office.read(record)
    assert "Rosa Bianchi" in office.read(letter)
    assert "Carica il verbale firmato" in office.fill(letter)
    assert send(office, f"{MEETINGS}passaggio/?id={key}&atto=file_minutes", file=pdf()).status_code == 302
    assert "Scarica il verbale" in other.read(record) and "Carica il verbale" not in office.read(record)
    assert "Incontri periodici" in own.read(f"/admin/gestori/details/?id={ids['Il Melograno']}")
    assert person("revisore").get(f"{MEETINGS}nuovo/").status_code == 403


def test_what_is_out_of_limits_stands_on_the_unit_until_somebody_acts(house, procedure: Procedure, person):
    procedure.accredited()
    with house.unit("prova", OFFICER) as session:
        key = session.scalars(select(Monitoring.id).where(Monitoring.kind == "half_year").order_by(
            Monitoring.first_day)).first()
        said = full(session, key)
        said["C.1"]["figures"]["bambini"] = Decimal(40)
        monitoring.save(session, key, said, version=None)
        monitoring.send(session, key, version=None, today=date(2026, 9, 5))
        finding = session.scalars(select(InspectionFinding.id)).one()
    office, own, unit = person("accreditamento"), person("gestore"), f"/admin/unita/details/?id={procedure.place.unit}"
    for who in (office, own):
        assert "limite: al massimo 7" in who.read(unit) and "Da valutare" in who.read(unit)
    page = f"/admin/monitoraggi/details/?id={key}"
    assert "Prescrivi" in office.read(page) and "Prescrivi" not in own.read(page)
    assert "Fuori dai limiti" in office.read(f"/admin/accreditamenti/details/?id={procedure.id}")
    url = "/admin/accreditamenti/sopralluoghi/rilievo/"
    assert own.get(f"{url}{finding}/prescrivi/").status_code == 403
    assert send(office, f"{url}{finding}/prescrivi/", prescription="Un educatore in più.",
                due_on="2026-04-01").status_code == 302
    assert "Rispondi" in own.read(page)


def test_a_unit_is_published_from_its_own_page(procedure: Procedure, person):
    unit = f"/admin/unita/details/?id={procedure.place.unit}"
    office = person("accreditamento")
    procedure.granted()
    assert "Pubblica nell'albo" not in office.read(unit)
    procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF)
    assert "Pubblica nell'albo" in office.read(unit) and "Pubblica nell'albo" not in person("gestore").read(unit)
