"""The demo district after its story, with somebody of every role in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from core.accreditation.model import RequirementDraft
from core.deadlines.model import EventKind
from core.ground.access import Role, system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.providers.model import Provider
from tests.district import District
from tests.ground import Application, Ground
from tests.integration.admin.house import House, invite

OFFICES = {"direzione": Role.MANAGEMENT, "contabilita": Role.ACCOUNTING, "accreditamento": Role.ACCREDITATION,
           "revisore": Role.AUDITOR, "sistema": Role.ADMINISTRATOR}
STORY_ENDS = date(2026, 11, 15)


@pytest.fixture
def lived(ground: Ground, lived_district: District, application: Application, cheap_passwords: None) -> Iterator[House]:
    """The demo district after its story, with somebody of every role in it."""
    district = lived_district
    with unit_of_work(district.database, system("prova"), act="persone") as session:
        for name, role in OFFICES.items():
            invite(session, name, role)
        for slug in ("dresano", "melegnano"):
            key = session.scalars(select(Municipality.id).where(Municipality.slug == slug)).one()
            invite(session, slug, Role.MUNICIPALITY, municipality_ids=[key])
        key = session.scalars(select(Provider.id).where(Provider.name.contains("Girasole"))).one()
        invite(session, "girasole", Role.PROVIDER, provider_ids=[key])
        session.add(RequirementDraft(title="Requisiti dei gruppi estivi", content="", begun_on=STORY_ENDS,
                                     begun_by="prova"))
        session.add(EventKind(code="collaudo", name="Collaudo della sede", subject="contract", recorded_by="management",
                              yearly=False, shared=False, active=True))
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=STORY_ENDS)
    yield House(application(settings, district.database), district.database, partial(ground.reach, district.database))
