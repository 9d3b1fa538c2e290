"""Nobody sees or changes what is not theirs: every route x every role x own, foreign and no id, forms and look-ups."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import access
from core.access import Principal, Role, ScopedSession, system
from core.parties.model import Municipality
from core.settings import Settings
from core.unit_of_work import unit_of_work
from core.users.model import User
from core.users.operations import invite
from tests.district import District
from tests.proofs import tenancy

pytestmark = pytest.mark.proof
OWN, OTHER = "dresano", "melegnano"
READERS = (Role.AUDITOR,)
Figure = Callable[[str, str], None]


@pytest.fixture
def app(district: District) -> Flask:
    """The application on a district of our own; forms are accepted without their token, to reach what is behind."""
    from admin.app import create_app

    settings = Settings(data_dir=district.folder, database_url=str(district.database.url), secret_key="prova" * 8)
    made = create_app(settings, database=district.database, registry=district.registry)
    made.config.update(WTF_CSRF_CHECK_DEFAULT=False, RATELIMIT_ENABLED=False)
    return made


@pytest.fixture
def municipality_ids(district: District) -> dict[str, int]:
    with ScopedSession(district.database, system("prova")) as session:
        return {m.slug: m.id for m in session.scalars(select(Municipality))}


@pytest.fixture
def log_in(app: Flask, district: District, municipality_ids: dict[str, int]) -> Callable[..., FlaskClient]:
    """A browser in which somebody with this role, of these municipalities, is logged in."""

    def make(role: Role, *slugs: str) -> FlaskClient:
        with unit_of_work(district.database, system("prova"), act="prova") as session:
            user: User = invite(
                session, email=f"{role}-{'-'.join(slugs)}@prova.example", name=f"Prova {role}", roles=[role],
                municipality_ids=[municipality_ids[slug] for slug in slugs], password="-", actor=system("prova"),
            )  # fmt: skip
            cookie = user.fs_uniquifier
        client = app.test_client()
        with client.session_transaction() as kept:
            kept.update(_user_id=cookie, _fresh=True)
        return client

    return make


def test_every_route_declares_who_may_call_it(app: Flask, figure: Figure) -> None:
    rules = list(app.url_map.iter_rules())
    figure("tenuta, rotte", f"{len(rules)} rotte, {len(tenancy.undeclared(app))} senza regola dichiarata")
    assert not tenancy.undeclared(app)


def test_a_municipality_sees_and_changes_nothing_of_another(
    app: Flask, district: District, log_in: Callable[..., FlaskClient], municipality_ids: dict[str, int],
    backend: str, figure: Figure,
) -> None:  # fmt: skip
    client = log_in(Role.MUNICIPALITY, OWN)
    engine = district.database.reading
    ids = tenancy.ids_of(engine, [municipality_ids[OWN]])
    canaries = tenancy.release_canaries(engine, district.store, ids)
    before = tenancy.fingerprint(engine, ids)
    found = tenancy.attack(app, client, engine, ids, f"Prova {Role.MUNICIPALITY}")
    figure(
        f"tenuta, comune ({backend})",
        f"{found.requests} richieste, {canaries} canarini: {len(found.leaks)} fughe, {len(found.changes)} modifiche "
        f"altrui, {len(found.crashes)} errori 500",
    )
    assert found.still_in, "the attack lost its log-in: it proved nothing"
    assert found.clean, found
    assert tenancy.fingerprint(engine, ids) == before


def test_the_public_sees_and_changes_nothing(
    app: Flask, district: District, backend: str, figure: Figure
) -> None:
    engine = district.database.reading
    ids = tenancy.ids_of(engine, [])
    tenancy.release_canaries(engine, district.store, ids)
    before = tenancy.fingerprint(engine, ids)
    found = tenancy.attack(app, app.test_client(), engine, ids, "pubblico")
    figure(f"tenuta, pubblico ({backend})", f"{found.requests} richieste: {len(found.leaks)} fughe, "
           f"{len(found.changes)} modifiche, {len(found.crashes)} errori 500")
    assert found.clean, found
    assert tenancy.fingerprint(engine, ids) == before


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM, Role.MUNICIPALITY, Role.PROVIDER}))
def test_every_office_meets_no_500_and_an_auditor_changes_nothing(
    app: Flask, district: District, log_in: Callable[..., FlaskClient], role: Role, backend: str, figure: Figure
) -> None:
    client = log_in(role)
    engine = district.database.reading
    ids = tenancy.ids_of(engine, [])
    start = tenancy._last_entry(engine)
    found = tenancy.attack(app, client, engine, ids, "nessuno")
    written = tenancy.writes(engine, start, f"Prova {role}")
    figure(f"tenuta, {role} ({backend})", f"{found.requests} richieste, {len(found.crashes)} errori 500, "
           f"{len(written)} modifiche sue")
    assert found.still_in, "the attack lost its log-in: it proved nothing"
    assert not found.crashes, found.crashes
    if role in READERS:
        assert not written


def test_the_control_goes_red_without_the_row_scope(
    app: Flask, district: District, log_in: Callable[..., FlaskClient], municipality_ids: dict[str, int],
    monkeypatch: pytest.MonkeyPatch, backend: str, figure: Figure,
) -> None:  # fmt: skip
    client = log_in(Role.MUNICIPALITY, OWN)
    engine = district.database.reading
    ids = tenancy.ids_of(engine, [municipality_ids[OWN]])
    tenancy.release_canaries(engine, district.store, ids)
    monkeypatch.setattr(Principal, "sees_all", property(lambda self: True))
    found = tenancy.attack(app, client, engine, ids, f"Prova {Role.MUNICIPALITY}")
    figure(f"tenuta, controllo ({backend})", f"senza l'ambito delle righe: {len(found.leaks)} fughe trovate")
    assert found.leaks


def test_the_control_goes_red_when_everybody_may_write(
    app: Flask, district: District, log_in: Callable[..., FlaskClient], municipality_ids: dict[str, int],
    monkeypatch: pytest.MonkeyPatch, backend: str, figure: Figure,
) -> None:  # fmt: skip
    from admin import policy

    client = log_in(Role.MUNICIPALITY, OWN)
    engine = district.database.reading
    ids = tenancy.ids_of(engine, [municipality_ids[OWN]])
    monkeypatch.setattr(policy.Who, "admits", lambda self, caller: True)
    monkeypatch.setattr(access, "SEES_ALL", frozenset(Role))
    monkeypatch.setattr(Principal, "require", lambda self, *roles: None)
    monkeypatch.setattr(Principal, "has", lambda self, *roles: True)
    before = tenancy.fingerprint(engine, ids)
    found = tenancy.attack(app, client, engine, ids, f"Prova {Role.MUNICIPALITY}")
    moved = sum(before[name] != after for name, after in tenancy.fingerprint(engine, ids).items())
    figure(f"tenuta, controllo ({backend})", f"senza ruoli né ambito: {len(found.changes)} righe altrui modificate")
    assert found.changes and moved
