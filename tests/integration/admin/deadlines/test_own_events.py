"""Events of the office's own on screen: defined by who administers, recorded on a record, corrected, taken back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractParty
from core.deadlines.model import CaseEvent, Deadline, DeadlineRule, EventKind
from core.providers.model import Provider
from tests.factories import body_tax_code, filled
from tests.integration.admin.browser import Enter, pdf
from tests.integration.admin.house import House

KINDS, RECORD = "/admin/eventi/new/", "/admin/eventi-dei-fascicoli"


def define(person: Enter, **typed: object) -> str:
    """Define an event as who administers the program; the words of the page that comes."""
    manager = person("sistema")
    said = {"name": "Collaudo della sede", "code": "collaudo", "subject": "contract", "recorded_by": "management",
            "shared": "y", "help": "Il giorno del verbale", **typed}
    manager.fill(KINDS, **said)
    return manager.text()


def contract_of(house: House, name: str) -> int:
    mine = select(Contract.id).join(ContractParty).where(ContractParty.party_id == house.id_of(name))
    with house.session() as session:
        return session.scalars(mine).one()


@pytest.fixture
def contract(house: House, person: Enter) -> int:
    """A contract of Dresano, with an event of the office's own and a rule that counts from it."""
    assert "si registra dal diario" in define(person)
    manager = person("direzione")
    manager.fill("/admin/regole-scadenze/new/", title="Verbale del collaudo", code="verbale_collaudo",
                 subject="contract", event="collaudo", amount="30", owner_role="management")
    assert "La regola è registrata" in manager.text() and "Collaudo della sede" in manager.text()
    return contract_of(house, "dresano")


def deadlines(house: House) -> list[tuple[date, str]]:
    with house.session() as session:
        rows = session.scalars(select(Deadline).join(DeadlineRule).where(DeadlineRule.code == "verbale_collaudo"))
        return [(row.nominal, row.state) for row in rows]


def test_it_is_recorded_from_the_diary_corrected_and_taken_back(house: House, person: Enter, contract: int) -> None:
    manager = person("direzione")
    page = manager.open(f"/admin/contratti/details/?id={contract}").text
    assert f"{RECORD}/contract/{contract}/" in page and "Registra un evento" in page
    manager.get(f"{RECORD}/contract/{contract}/")
    assert "Il giorno del verbale" in manager.text() and "Anno a cui" not in manager.text()
    with house.session() as session:
        kind = session.scalars(select(EventKind.id)).one()
    manager.send(kind_id=str(kind), on="2026-02-23", note="Senza riserve", file=pdf("verbale.pdf"))
    assert "«Collaudo della sede»: avvenuto il 23/02/2026." in manager.text()
    assert "Senza riserve" in manager.text() and "verbale.pdf" in manager.text()
    assert "Verbale del collaudo" in manager.text(), "its term stands on the record"
    assert deadlines(house) == [(date(2026, 3, 25), "open")]
    with house.session() as session:
        event = session.scalars(select(CaseEvent.id)).one()
    manager.fill(f"{RECORD}/evento/{event}/correggi/", on="2026-02-20", why="Letto male")
    assert "non il 23/02/2026 ma il 20/02/2026" in manager.text()
    assert deadlines(house) == [(date(2026, 3, 22), "open")]
    manager.fill(f"{RECORD}/evento/{event}/annulla/", why="Era un'altra sede")
    assert "annullato in seguito" in manager.text()
    assert deadlines(house) == [(date(2026, 3, 22), "cancelled")]


def test_what_cannot_be_is_said_on_its_field(house: House, person: Enter, contract: int) -> None:
    assert "è già di un altro evento" in define(person)
    manager = person("direzione")
    with house.session() as session:
        kind = session.scalars(select(EventKind.id)).one()
    manager.fill(f"{RECORD}/contract/{contract}/", kind_id=str(kind), on="2026-03-03")
    assert "non è ancora arrivato" in manager.text()
    manager.fill(f"{RECORD}/contract/{contract}/", kind_id="", on="2026-03-02")
    assert manager.url.endswith(f"/contract/{contract}/"), "nothing was recorded"
    assert deadlines(house) == []


def test_who_may_and_who_may_not(house: House, person: Enter, contract: int) -> None:
    for name in ("contabilita", "dresano", "revisore", "accreditamento"):
        assert person(name).get(f"{RECORD}/contract/{contract}/").status_code == 403, name
    assert person("direzione").get(f"{RECORD}/contract/999999/").status_code == 404
    assert person("direzione").get(f"{RECORD}/comune/1/").status_code == 404
    assert person("contabilita").get("/admin/eventi/").status_code == 200
    assert person("contabilita").get(KINDS).status_code == 403
    assert person("dresano").get("/admin/eventi/").status_code == 403


def test_the_municipality_reads_what_is_shared_with_it(house: House, person: Enter, contract: int) -> None:
    define(person, name="Nota interna", code="nota_interna")
    with house.session() as session:
        kinds = dict(session.execute(select(EventKind.code, EventKind.id)).all())
    with house.unit("interna") as session:
        session.get_one(EventKind, kinds["nota_interna"]).shared = False
    manager = person("direzione")
    for key in kinds.values():
        manager.fill(f"{RECORD}/contract/{contract}/", kind_id=str(key), on="2026-02-23")
    page = person("dresano").read(f"/admin/contratti/details/?id={contract}")
    assert "Collaudo della sede" in page and "Nota interna" not in page and "Correggi la data" not in page
    assert person("melegnano").get(f"/admin/contratti/details/?id={contract}").status_code == 404


def test_the_azienda_has_a_diary_with_its_years(house: House, person: Enter) -> None:
    define(person, name="Variazione approvata", code="variazione", subject="azienda", recorded_by="accounting")
    clerk = person("contabilita")
    assert "Diario" in clerk.open("/admin/azienda/").text
    page = clerk.get(f"{RECORD}/").text
    where = re.search(rf'{RECORD}/azienda/\d+/', page)
    assert where, "the button stands in the diary"
    with house.session() as session:
        kind = session.scalars(select(EventKind.id)).one()
    clerk.fill(where[0], kind_id=str(kind), on="2026-02-27", year="2026")
    assert "«Variazione approvata 2026»: avvenuto il 27/02/2026." in clerk.text()
    assert clerk.url == f"{RECORD}/"


def test_a_provider_has_a_diary_too(house: House, person: Enter) -> None:
    define(person, name="Incontro annuale", code="incontro", subject="provider", recorded_by="accreditation")
    with house.unit("gestore") as session:
        session.add(made := filled(Provider, kind="provider", name="Cooperativa Aurora", tax_code=body_tax_code()))
        session.flush()
        provider, kind = made.id, session.scalars(select(EventKind.id)).one()
    clerk = person("accreditamento")
    assert "Registra un evento" in clerk.read(f"/admin/gestori/details/?id={provider}")
    clerk.fill(f"{RECORD}/provider/{provider}/", kind_id=str(kind), on="2026-02-27")
    assert "«Incontro annuale»: avvenuto il 27/02/2026." in clerk.text()
