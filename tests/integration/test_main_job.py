"""The main job: from an empty folder to every contract of the district, the same each time."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractTerms, InstalmentRule, PenaltyBand
from core.contracts.operations import generate_document, set_terms
from core.documents.wordfile import plain, read_text
from core.ground.access import ScopedSession, system
from core.ground.files import FileStore
from core.ground.unit_of_work import unit_of_work
from demo import job
from demo.load import catalogue
from tests.district import TODAY, District

ACTOR = system("prova")


def covering(slug: str) -> set[str]:
    """The services that cover a municipality in 2026, straight from the demo's files."""
    return {
        s["code"]
        for s in catalogue()["services"]
        if s.get("coverage_all")
        or any(c["municipality"] == slug and c.get("to", TODAY) >= TODAY for c in s.get("coverage", ()))
    }


def text_of(store: FileStore, path: str) -> str:
    return "\n".join(map(plain, read_text(store.get(path))))


def test_every_member_has_a_contract_with_exactly_the_services_that_cover_it(district: District) -> None:
    report, store = district.report, district.store
    assert [made.municipality for made in report.contracts] == [
        "carpiano",
        "cerro-al-lambro",
        "colturano",
        "dresano",
        "melegnano",
        "san-donato-milanese",
        "san-zenone-al-lambro",
        "vizzolo-predabissi",
    ]
    for made in report.contracts:
        assert len(made.annexes) == len(set(made.annexes))
        assert set(made.annexes) == covering(made.municipality), made.municipality
        assert store.locate(made.document).exists()
    assert [made.number for made in report.contracts] == [f"{n}/2026" for n in range(1, 9)]


def test_twice_on_one_folder_is_the_same_eight_contracts(district: District) -> None:
    again = job.run(district.database, district.registry, today=TODAY, progress=lambda *_: None)
    assert again == district.report


def test_what_contradicts_itself_in_the_sources_is_reported(district: District) -> None:
    report = district.report
    said = "\n".join(report.warnings)
    for what in (
        "non ha una scheda operativa",
        "non dice quanto costa",
        "missione di un altro servizio",
        "San Giuliano Milanese",
        "l'art. 9 non indica i Comuni",
        "livello essenziale",
        "rimanda a «scheda n. 2»",
        "30 giugno senza l'anno",
        "la sua scheda si intitola",
    ):
        assert what in said, what
    assert len(report.warnings) == len(set(report.warnings))


def test_the_figures_of_the_terms_stand_in_the_text(district: District) -> None:
    """R59-R61, R87-R92, R103-R109, in the words that a person writes."""
    text = text_of(district.store, district.report.contracts[3].document)
    for figure in (
        "31 dicembre 2027",
        "tre mesi",
        "sei mesi",
        "50%",
        "31 gennaio",
        "40%",
        "31 luglio",
        "settembre",
        "15 (quindici) giorni",
        "€ 100,00",
        "€ 1.000,00",
        "€ 3.000,00",
        "€ 5.000,00",
        "60 (sessanta) giorni",
        "Comune di Dresano",
        "Allegato n. 1",
    ):
        assert figure in text, figure


def test_changing_the_terms_changes_the_text(district: District) -> None:
    store = district.store
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        old = session.scalars(select(ContractTerms)).one()
        new = ContractTerms(
            **{c.name: getattr(old, c.name) for c in ContractTerms.__table__.columns if c.name != "id"}
            | {"edition": 2, "reply_days": 20, "continuity_months": 9, "penalty_max": Decimal(7000)},
            instalments=[
                InstalmentRule(order=n, title=f"Rata {n}", kind="advance", percent=Decimal(25), base="budget", due=due)
                for n, due in enumerate(("03-31", "06-30", "09-30", "12-15"), 1)
            ],
            bands=[
                PenaltyBand(order=1, kind="delay", description="ritardi", minimum=Decimal(200), maximum=Decimal(7000))
            ],
        )
        session.add(new)
        session.flush()
        contract = session.scalars(select(Contract).where(Contract.number == 4)).one()
        set_terms(session, contract.id, version=contract.version, terms_id=new.id)
        contract_id = contract.id
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        version = generate_document(
            session, contract_id, registry=district.registry, today=TODAY
        )
        assert version.version_number == 2
        text = text_of(store, version.document.path)
    for figure in ("20 (venti) giorni", "nove mesi", "€ 7.000,00", "25%", "30 settembre"):
        assert figure in text, figure
    for gone in ("15 (quindici) giorni", "40%", "€ 5.000,00"):
        assert gone not in text, gone


def test_a_document_once_made_never_changes(district: District) -> None:
    store = district.store
    with ScopedSession(district.database, ACTOR) as session:
        contract = session.scalars(select(Contract).where(Contract.number == 1)).one()
        document = contract.documents[0].document
        data = json.loads(store.get(document.data_path))
        assert data["number"] == "1/2026"
        with pytest.raises(RuntimeError):
            store.put(document.path, b"altro contenuto")
    assert store.get(district.report.contracts[0].document)[:2] == b"PK"
