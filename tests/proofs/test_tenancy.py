"""Nobody sees or changes what is not theirs: every route x every role x own, foreign and no id, forms and look-ups."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from admin.guard.policy import policies
from core.contracts.model import ContractParty
from core.ground import access
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.providers.model import Provider
from core.users.model import User
from core.users.operations import invite
from tests.district import LIVED_UP_TO, District
from tests.ground import Application
from tests.proofs import canaries, tenancy
from tests.proofs.addresses import OWN_FEED, walk
from tests.proofs.canaries import Ids

pytestmark = pytest.mark.proof
OWN, OTHER = "dresano", "melegnano"
OWN_PROVIDER = "Passo Lento Cooperativa Sociale"
READERS = (Role.AUDITOR,)
OFFICES = (Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION, Role.ADMINISTRATOR)
Figure = Callable[[str, str], None]
LogIn = Callable[..., tuple[FlaskClient, Callable[[], None]]]
IdsFor = Callable[[Role | None], dict[str, Ids]]
Own = dict[Role, dict[str, list[int]]]
WALKED: dict[str, list[str]] = {}  # backend: what its pages show


@pytest.fixture
def district(lived_district: District) -> District:
    """Two years of contracts and money, and what the story leaves out."""
    with unit_of_work(lived_district.database, system("prova"), act="prova") as session:
        theirs = session.scalars(select(Municipality).where(Municipality.slug == OTHER)).one()
        member = ContractParty.party_id == theirs.id
        contract_id = session.scalars(select(ContractParty.contract_id).where(member)).first()
        assert contract_id is not None
        canaries.hide(session, contract_id, theirs.id)
        canaries.hide_procedures(session, contract_id, theirs.id)
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
def own(district: District) -> Own:
    """What each attacker owns: a municipality, a provider, nothing."""
    with ScopedSession(district.database, system("prova")) as session:
        town = session.scalars(select(Municipality.id).where(Municipality.slug == OWN)).one()
        provider = session.scalars(select(Provider.id).where(Provider.name == OWN_PROVIDER)).one()
    return {Role.MUNICIPALITY: {"municipality_ids": [town]}, Role.PROVIDER: {"provider_ids": [provider]}}


@pytest.fixture
def ids_for(district: District, own: Own) -> Callable[[Role | None], dict[str, Ids]]:
    """What somebody with this role owns and does not own; the offices see all and own nothing."""

    def find(role: Role | None) -> dict[str, Ids]:
        mine = own.get(role, {}) if role else {}
        return canaries.ids_of(district.database.reading, mine.get("municipality_ids", ()),
                               mine.get("provider_ids", ()))

    return find


@pytest.fixture
def log_in(app: Flask, district: District, own: Own) -> LogIn:
    """A browser in which somebody with these roles is logged in; and the way back in."""

    def make(*roles: Role) -> tuple[FlaskClient, Callable[[], None]]:
        with unit_of_work(district.database, system("prova"), act="prova") as session:
            user_id = invite(
                session, email=f"{'-'.join(roles)}@prova.example", name=f"Prova {roles[0]}", roles=roles,
                password="-", **own.get(roles[0], {}),
            ).id  # fmt: skip
            session.require(User, user_id).feed_token = OWN_FEED if len(roles) == 1 else None
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


@pytest.fixture
def shown(app: Flask, log_in: LogIn, backend: str) -> list[str]:
    """The addresses that the pages show to those who see everything: walked once for each database, they are alike."""
    if backend not in WALKED:
        client, come_in = log_in(Role.MANAGEMENT, Role.ACCREDITATION, Role.ACCOUNTING, Role.ADMINISTRATOR)
        come_in()
        WALKED[backend] = walk(app, client)
    return WALKED[backend]


def test_every_route_declares_who_may_call_it(app: Flask, figure: Figure) -> None:
    rules = list(app.url_map.iter_rules())
    figure("tenuta, rotte", f"{len(rules)} rotte, {len(tenancy.undeclared(app))} senza regola dichiarata")
    assert not tenancy.undeclared(app)


def test_every_table_with_words_has_said_which_of_them_people_write() -> None:
    assert canaries.unjudged() == set(), "add them to FREE_TEXT or to CODES"


# the centres that a sheet names, the meetings of the district's social workers
OF_PLUGINS = {"disability_day_centres_centre", "social_work_system_meeting"}


@pytest.mark.parametrize(
    ("role", "everybodys"), [
        (Role.MUNICIPALITY, {"azienda", "tariff", *OF_PLUGINS}), (Role.PROVIDER, {"azienda", *OF_PLUGINS})]
)
def test_every_table_has_rows_that_somebody_must_not_see(ids_for: IdsFor, role: Role, everybodys: set[str]) -> None:
    assert {name for name, known in ids_for(role).items() if not known.foreign} == everybodys


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PROVIDER])
def test_a_party_sees_and_changes_nothing_of_another(
    app: Flask, district: District, log_in: LogIn, ids_for: IdsFor, shown: list[str], role: Role,
    backend: str, figure: Figure,
) -> None:  # fmt: skip
    client, come_back = log_in(role)
    engine, ids = district.database.reading, ids_for(role)
    released = canaries.release(engine, district.store, ids)
    before = canaries.fingerprint(engine, ids)
    # what a field does to a form is tried on one of the two databases: the row scope behind it, on both
    found = tenancy.attack(app, client, engine, ids, f"Prova {role}", come_back, shown=shown,
                           forms_each=tenancy.FORMS_EACH if backend == "sqlite" else 0)
    may = {name for name, policy in policies(app).items() if policy.read.admits(Principal("", frozenset({role}), 1))}
    figure(
        f"tenuta, {role} ({backend})",
        f"{found.routes} rotte, {len(may & found.shown)} mostrate delle {len(may)} aperte, {found.requests} "
        f"richieste, {released} canarini: {len(found.leaks)} fughe, {len(found.changes)} modifiche altrui, "
        f"{len(found.crashes)} errori 500",
    )
    assert found.clean, found
    assert canaries.fingerprint(engine, ids) == before


def test_the_public_sees_and_changes_nothing(
    app: Flask, district: District, ids_for: IdsFor, shown: list[str], backend: str, figure: Figure
) -> None:
    engine, ids = district.database.reading, ids_for(None)
    canaries.release(engine, district.store, ids)
    before = canaries.fingerprint(engine, ids)
    found = tenancy.attack(app, app.test_client(), engine, ids, "pubblico", None, shown=shown)
    figure(f"tenuta, pubblico ({backend})", f"{found.routes} rotte, {found.requests} richieste: {len(found.leaks)} "
           f"fughe, {len(found.changes)} modifiche, {len(found.crashes)} errori 500")
    assert found.clean, found
    assert canaries.fingerprint(engine, ids) == before


# What the two databases could do differently is the row scope, and the offices are not under it: one is enough for
# them; the auditor, who must change nothing, is tried on both.
@pytest.mark.parametrize(
    ("role", "backend"),
    [(Role.AUDITOR, "postgresql"), *((role, "sqlite") for role in (*OFFICES, Role.AUDITOR))],
)
def test_every_office_meets_no_500_and_an_auditor_changes_nothing(
    app: Flask, district: District, log_in: LogIn, ids_for: IdsFor, shown: list[str], role: Role, backend: str,
    figure: Figure,
) -> None:  # fmt: skip
    client, come_back = log_in(role)
    engine = district.database.reading
    start = tenancy.last_entry(engine)
    # nothing is another's to an office: a forged form finds errors, not leaks
    found = tenancy.attack(app, client, engine, ids_for(None), "nessuno", come_back, shown=shown, forms_each=1,
                           forged_each=2)
    written = tenancy.writes(engine, start, f"Prova {role}")
    figure(f"tenuta, {role} ({backend})", f"{found.routes} rotte, {found.requests} richieste, {len(found.crashes)} "
           f"errori 500, {len(written)} modifiche sue")
    assert not found.crashes, found
    if role in READERS:
        assert not written


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PROVIDER])
def test_the_control_goes_red_without_the_row_scope(
    app: Flask, district: District, log_in: LogIn, ids_for: IdsFor, role: Role,
    monkeypatch: pytest.MonkeyPatch, backend: str, figure: Figure,
) -> None:  # fmt: skip
    client, come_back = log_in(role)
    engine, ids = district.database.reading, ids_for(role)
    canaries.release(engine, district.store, ids)
    monkeypatch.setattr(Principal, "sees_all", property(lambda self: True))
    lists = lambda rule: rule.endpoint.endswith(".index_view")  # noqa: E731
    found = tenancy.attack(app, client, engine, ids, f"Prova {role}", come_back, lists)
    figure(f"tenuta, controllo, {role} ({backend})", f"senza l'ambito delle righe: {len(found.leaks)} fughe trovate")
    assert found.leaks


def test_the_control_goes_red_when_everybody_may_write(
    app: Flask, district: District, log_in: LogIn, ids_for: IdsFor,
    monkeypatch: pytest.MonkeyPatch, backend: str, figure: Figure,
) -> None:  # fmt: skip
    from admin.guard import policy

    client, come_back = log_in(Role.MUNICIPALITY)
    engine, ids = district.database.reading, ids_for(Role.MUNICIPALITY)
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
