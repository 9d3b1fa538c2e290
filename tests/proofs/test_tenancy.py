"""Nobody sees or changes what is not theirs: every route x every role x own, foreign and no id, forms and look-ups."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import access
from core.access import Principal, Role, ScopedSession, system
from core.contracts.model import ContractParty
from core.parties.model import Municipality
from core.settings import Settings
from core.unit_of_work import unit_of_work
from core.users.model import User
from core.users.operations import invite
from tests.district import LIVED_UP_TO, District
from tests.ground import Application
from tests.proofs import canaries, tenancy
from tests.proofs.addresses import OWN_FEED

pytestmark = pytest.mark.proof
OWN, OTHER = "dresano", "melegnano"
READERS = (Role.AUDITOR,)
OFFICES = (Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION, Role.ADMINISTRATOR)
Figure = Callable[[str, str], None]
LogIn = Callable[..., tuple[FlaskClient, Callable[[], None]]]


@pytest.fixture
def district(lived_district: District) -> District:
    """Two years of contracts and money, and what the story leaves out."""
    with unit_of_work(lived_district.database, system("prova"), act="prova") as session:
        theirs = session.scalars(select(Municipality).where(Municipality.slug == OTHER)).one()
        member = ContractParty.party_id == theirs.id
        contract_id = session.scalars(select(ContractParty.contract_id).where(member)).first()
        assert contract_id is not None
        canaries.hide(session, contract_id, theirs.id)
    return lived_district


@pytest.fixture
def app(district: District, application: Application) -> Flask:
    """The application on a district of our own; forms are accepted without their token, to reach what is behind."""
    settings = Settings(data_dir=district.folder, database_url=str(district.database.url), secret_key="prova" * 8,
                        today=LIVED_UP_TO)
    made = application(settings, district.database)
    made.config.update(WTF_CSRF_CHECK_DEFAULT=False, RATELIMIT_ENABLED=False)
    return made


@pytest.fixture
def municipality_ids(district: District) -> dict[str, int]:
    with ScopedSession(district.database, system("prova")) as session:
        return {m.slug: m.id for m in session.scalars(select(Municipality))}


@pytest.fixture
def log_in(app: Flask, district: District, municipality_ids: dict[str, int]) -> LogIn:
    """A browser in which somebody with this role, of these municipalities, is logged in; and the way back in."""

    def make(role: Role, *slugs: str) -> tuple[FlaskClient, Callable[[], None]]:
        with unit_of_work(district.database, system("prova"), act="prova") as session:
            user_id = invite(
                session, email=f"{role}-{'-'.join(slugs)}@prova.example", name=f"Prova {role}", roles=[role],
                municipality_ids=[municipality_ids[slug] for slug in slugs], password="-", actor=system("prova"),
            ).id  # fmt: skip
            session.require(User, user_id).feed_token = OWN_FEED
        client = app.test_client()

        def come_back() -> None:
            with unit_of_work(district.database, system("prova"), act="prova") as session:
                user = session.require(User, user_id)
                user.active = True
                cookie = user.fs_uniquifier
            with client.session_transaction() as kept:
                kept.clear()
                kept.update(_user_id=cookie, _fresh=True)
            assert client.get("/accesso/password").status_code == 200, "the attacker is not in: nothing would be proved"

        return client, come_back

    return make


def test_every_route_declares_who_may_call_it(app: Flask, figure: Figure) -> None:
    rules = list(app.url_map.iter_rules())
    figure("tenuta, rotte", f"{len(rules)} rotte, {len(tenancy.undeclared(app))} senza regola dichiarata")
    assert not tenancy.undeclared(app)


def test_every_table_has_rows_that_somebody_must_not_see(district: District, municipality_ids: dict[str, int]) -> None:
    ids = canaries.ids_of(district.database.reading, [municipality_ids[OWN]])
    assert {name for name, known in ids.items() if not known.foreign} == {"azienda"}


def test_a_municipality_sees_and_changes_nothing_of_another(
    app: Flask, district: District, log_in: LogIn, municipality_ids: dict[str, int],
    backend: str, figure: Figure,
) -> None:  # fmt: skip
    client, come_back = log_in(Role.MUNICIPALITY, OWN)
    engine = district.database.reading
    ids = canaries.ids_of(engine, [municipality_ids[OWN]])
    released = canaries.release(engine, district.store, ids)
    before = canaries.fingerprint(engine, ids)
    found = tenancy.attack(app, client, engine, ids, f"Prova {Role.MUNICIPALITY}", come_back)
    figure(
        f"tenuta, comune ({backend})",
        f"{found.requests} richieste, {released} canarini: {len(found.leaks)} fughe, {len(found.changes)} modifiche "
        f"altrui, {len(found.crashes)} errori 500",
    )
    assert found.clean, found
    assert canaries.fingerprint(engine, ids) == before


def test_the_public_sees_and_changes_nothing(
    app: Flask, district: District, backend: str, figure: Figure
) -> None:
    engine = district.database.reading
    ids = canaries.ids_of(engine, [])
    canaries.release(engine, district.store, ids)
    before = canaries.fingerprint(engine, ids)
    found = tenancy.attack(app, app.test_client(), engine, ids, "pubblico", lambda: None)
    figure(f"tenuta, pubblico ({backend})", f"{found.requests} richieste: {len(found.leaks)} fughe, "
           f"{len(found.changes)} modifiche, {len(found.crashes)} errori 500")
    assert found.clean, found
    assert canaries.fingerprint(engine, ids) == before


# What the two databases could do differently is the row scope, and the offices are not under it: one is enough for
# them; the auditor, who must change nothing, is tried on both.
@pytest.mark.parametrize(
    ("role", "backend"),
    [(Role.AUDITOR, "postgresql"), *((role, "sqlite") for role in (*OFFICES, Role.AUDITOR))],
)
def test_every_office_meets_no_500_and_an_auditor_changes_nothing(
    app: Flask, district: District, log_in: LogIn, role: Role, backend: str, figure: Figure
) -> None:
    client, come_back = log_in(role)
    engine = district.database.reading
    ids = canaries.ids_of(engine, [])
    start = tenancy.last_entry(engine)
    found = tenancy.attack(app, client, engine, ids, "nessuno", come_back, forms_each=1)
    written = tenancy.writes(engine, start, f"Prova {role}")
    figure(f"tenuta, {role} ({backend})", f"{found.requests} richieste, {len(found.crashes)} errori 500, "
           f"{len(written)} modifiche sue")
    assert not found.crashes, found.crashes
    if role in READERS:
        assert not written


def test_the_control_goes_red_without_the_row_scope(
    app: Flask, district: District, log_in: LogIn, municipality_ids: dict[str, int],
    monkeypatch: pytest.MonkeyPatch, backend: str, figure: Figure,
) -> None:  # fmt: skip
    client, come_back = log_in(Role.MUNICIPALITY, OWN)
    engine = district.database.reading
    ids = canaries.ids_of(engine, [municipality_ids[OWN]])
    canaries.release(engine, district.store, ids)
    monkeypatch.setattr(Principal, "sees_all", property(lambda self: True))
    lists = lambda rule: rule.endpoint.endswith(".index_view")  # noqa: E731
    found = tenancy.attack(app, client, engine, ids, f"Prova {Role.MUNICIPALITY}", come_back, lists)
    figure(f"tenuta, controllo ({backend})", f"senza l'ambito delle righe: {len(found.leaks)} fughe trovate")
    assert found.leaks


def test_the_control_goes_red_when_everybody_may_write(
    app: Flask, district: District, log_in: LogIn, municipality_ids: dict[str, int],
    monkeypatch: pytest.MonkeyPatch, backend: str, figure: Figure,
) -> None:  # fmt: skip
    from admin import policy

    client, come_back = log_in(Role.MUNICIPALITY, OWN)
    engine = district.database.reading
    ids = canaries.ids_of(engine, [municipality_ids[OWN]])
    monkeypatch.setattr(policy.Who, "admits", lambda self, caller: True)
    monkeypatch.setattr(access, "SEES_ALL", frozenset(Role))
    monkeypatch.setattr(access, "WRITES_ALL", frozenset(Role))
    monkeypatch.setattr(Principal, "require", lambda self, *roles: None)
    monkeypatch.setattr(Principal, "has", lambda self, *roles: True)
    before = canaries.fingerprint(engine, ids)
    edits = lambda rule: rule.endpoint == "municipality.edit_view"  # noqa: E731
    found = tenancy.attack(app, client, engine, ids, f"Prova {Role.MUNICIPALITY}", come_back, edits)
    moved = sum(before[name] != after for name, after in canaries.fingerprint(engine, ids).items())
    figure(f"tenuta, controllo ({backend})", f"senza ruoli né ambito: {len(found.changes)} righe altrui modificate")
    assert found.changes and moved
