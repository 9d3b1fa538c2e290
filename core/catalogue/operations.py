"""What changes the catalogue: the texts and data of a sheet, its editions, the coverage of a service."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from core.catalogue import browser, sheets
from core.catalogue.editions import planned_again, require_draft
from core.catalogue.model import Coverage, OperationalSheet, Service
from core.catalogue.states import EditionState
from core.ground.access import Role, ScopedSession, as_system
from core.ground.edits import at_version
from core.ground.errors import RuleBroken
from core.ground.order import in_order
from core.parties.districts import district_of, members_of
from core.parties.model import Membership, Municipality
from core.parties.rules import meet, period
from core.plugins import rows
from core.plugins.bound import tell
from core.plugins.happened import SheetEdition
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
TEXTS = frozenset({"title", "mission", "recipients", "cost_to_user", "pasted_mission", "mission_origin", "source"})
LISTS = frozenset({"definitions", "activities", "protocol", "tools", "notes", "coverage"})
FLAGS = frozenset({"joint_management"})
COPIED = tuple(sorted(TEXTS | LISTS | FLAGS | {"code", "plugin", "schema", "data"}))
YEARS = range(2000, 2101)
NO_MOVES: Mapping[str, str] = {}


# --- sheets -----------------------------------------------------------------------------------------------


def new_sheet(session: ScopedSession, service_id: int, *, title: str, edition: int,
              registry: Registry) -> OperationalSheet:
    """Begin the sheet of a service that has none, in the edition of a year; its texts are written after (R31, X12).

    RuleBroken for no title, a year that is none, or a service that has a sheet already; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    service = session.require(Service, service_id)
    if edition not in YEARS:
        raise RuleBroken("Indicare l'anno dell'edizione con quattro cifre.", field="edition")
    if service.standing_sheets:
        raise RuleBroken("«%(service)s» ha già una scheda: modificarla, o prepararne una nuova edizione.",
                         service=service.title)
    plugin = registry.of_service(service.code)
    asked = browser.asked([service], plugin)
    sheet = OperationalSheet(code=service.code, edition=edition, title=_plain("title", title), services=[service],
                             plugin=plugin.code if plugin else None, schema=rows.keep(asked))
    session.add(sheet)
    return _held(session, sheet)


def edit_sheet(session: ScopedSession, sheet_id: int, *, changes: Mapping[str, Any],
               data: Mapping[str, Any] | None, version: int) -> OperationalSheet:
    """Change the texts of a draft and, unless ``data`` is None, what its service asks beside them.

    ``version`` is the one that the form was opened with. RuleBroken for a stale form, an unknown or wrong
    field; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    sheet = require_draft(at_version(session.require(OperationalSheet, sheet_id), version))
    columns = {name: _plain(name, value) for name, value in changes.items()}
    if data is not None:
        columns["data"] = sheets.clean(sheets.schema_of(sheet), data, municipality_names(session))
    for name, value in columns.items():
        setattr(sheet, name, value)
    session.flush()
    return sheet


def new_edition(session: ScopedSession, sheet_id: int, year: int, *, registry: Registry,
                moves: Mapping[str, str] = NO_MOVES) -> OperationalSheet:
    """Copy a sheet to the edition of ``year``, which becomes the one of contracts from then on (R31).

    It asks what its plugin asks today: see ``renew_fields`` for ``moves``. What was planned is proposed again, what was
    done stays with its year. RuleBroken if the year is not after the
    copied edition or has its edition already; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    old = session.require(OperationalSheet, sheet_id)
    if year not in YEARS or year <= old.edition:
        raise RuleBroken("La nuova edizione deve seguire quella del %(old)s: %(year)s non va bene.",
                         field="edition", old=old.edition, year=year)
    same = select(OperationalSheet.id).where(OperationalSheet.code == old.code, OperationalSheet.edition == year,
                                             OperationalSheet.state != EditionState.CANCELLED)
    if session.scalar(same) is not None:
        raise RuleBroken("L'edizione %(year)s della scheda «%(title)s» esiste già: modificare quella.",
                         field="edition", year=year, title=old.title)
    copied = {name: getattr(old, name) for name in COPIED}
    plugin = registry.get(old.plugin or "")
    if plugin is not None or not old.plugin:
        copied |= _under(plugin, old, moves)
    copied["data"] = planned_again(copied["data"])
    new = OperationalSheet(edition=year, services=list(old.services), **copied)
    session.add(new)
    return _held(session, new)


def _held(session: ScopedSession, sheet: OperationalSheet) -> OperationalSheet:
    """Write a new edition, and tell the plugins of it."""
    session.flush()
    tell(session, SheetEdition(sheet.id, sheet.code, frozenset(service.code for service in sheet.services),
                               sheet.edition))
    return sheet


def renew_fields(session: ScopedSession, sheet_id: int, *, plugin: str | None, moves: Mapping[str, str], version: int,
                 registry: Registry) -> OperationalSheet:
    """Let a sheet ask what ``plugin`` (None: no plugin) and the office ask today: attached, changed, or brought up.

    ``moves`` says by old field the new one that takes its value, or nothing to give it up. RuleBroken for a plugin
    that is not loaded, for a value without a place of which ``moves`` says nothing, for a stale form; NotVisible,
    NotAllowed.
    """
    session.principal.require(*EDITORS)
    sheet = require_draft(at_version(session.require(OperationalSheet, sheet_id), version))
    found = registry.get(plugin) if plugin is not None else None
    if plugin is not None and found is None:
        raise RuleBroken("Il plugin «%(plugin)s» non è caricato: sceglierne un altro.", field="plugin", plugin=plugin)
    for name, value in {"plugin": plugin, **_under(found, sheet, moves)}.items():
        setattr(sheet, name, value)
    session.flush()
    return sheet


def _under(plugin: PluginDescription | None, sheet: OperationalSheet, moves: Mapping[str, str]) -> dict[str, Any]:
    """Data and schema of a sheet that asks what ``plugin`` does. RuleBroken for a value that would be lost unsaid."""
    parts = browser.asked(sheet.services, plugin)
    went = sheets.carried(sheets.schema_of(sheet), sheet.data or {}, sheets.joined(parts), moves)
    if went.left:
        raise RuleBroken("Questi dati non hanno posto nei nuovi campi: %(labels)s. Dire per ciascuno dove va, o che "
                         "resta solo nelle edizioni di prima.", field=f"moves-{went.left[0].name}",
                         labels=tuple(field.label for field in went.left))
    return {"data": dict(went.data), "schema": rows.keep(parts)}


def _plain(name: str, value: Any) -> Any:
    if name in TEXTS and isinstance(value, str):
        if name == "title" and not value.strip():
            raise RuleBroken("La scheda ha bisogno di un titolo.", field="title")
        return value.strip()
    if name in LISTS:
        lines = value.splitlines() if isinstance(value, str) else value
        return tuple(text for line in lines if (text := " ".join(str(line).split())))
    if name in FLAGS and isinstance(value, bool):
        return value
    raise RuleBroken("Il campo «%(name)s» della scheda non si può modificare così.", field=name, name=name)


def sheet_data(session: ScopedSession, plugin: str, year: int) -> dict[str, Any]:
    """What the sheet of ``plugin`` says in ``year`` (its latest edition up to then), as plugins read it."""
    query = (
        select(OperationalSheet)
        .where(OperationalSheet.plugin == plugin, OperationalSheet.edition <= year,
               OperationalSheet.state != EditionState.CANCELLED)
        .order_by(OperationalSheet.edition.desc())
        .limit(1)
    )
    return sheets.read(session.scalar(query), municipality_names(session))


def municipality_names(session: ScopedSession) -> dict[str, str]:
    """Every municipality's name by slug: names are public, whoever asks."""
    query = select(Municipality.slug, Municipality.name).order_by(in_order(Municipality.name))
    return dict(row for row in as_system(session, query, reason="nomi dei Comuni"))


# --- coverage ---------------------------------------------------------------------------------------------


def set_coverage(session: ScopedSession, service_id: int, municipality_id: int, valid_from: date,
                 valid_to: date | None) -> Coverage:
    """Say that a service covers a municipality from a day to a day, both included; open if ``valid_to`` is None.

    A period that begins on the day of a known one corrects its end. RuleBroken if it ends before it begins, begins
    before the service opens or meets another period of the same service and municipality (X1); NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    period(valid_from, valid_to)
    service = session.require(Service, service_id)
    if service.valid_from is not None and valid_from < service.valid_from:
        raise RuleBroken("«%(service)s» si apre il %(day)s: prima non copre nessuno. Correggere questa data, o quella "
                         "del servizio.", field="valid_from", service=service.title,
                         day=f"{service.valid_from:%d/%m/%Y}")
    municipality = session.require(Municipality, municipality_id)
    known = session.scalars(
        select(Coverage).where(Coverage.service_id == service_id, Coverage.municipality_id == municipality_id)
    ).all()
    coverage = next((c for c in known if c.valid_from == valid_from), None)
    for other in known:
        if other is not coverage and meet(valid_from, valid_to, other.valid_from, other.valid_to):
            raise RuleBroken("«%(service)s» copre già %(municipality)s in un periodo che comincia il %(start)s: "
                             "i due periodi si sovrappongono, correggere le date.", field="valid_from",
                             service=service.title, municipality=municipality.name,
                             start=f"{other.valid_from:%d/%m/%Y}")
    if coverage is None:
        coverage = Coverage(service=service, municipality=municipality, valid_from=valid_from)
        session.add(coverage)
    coverage.valid_to = valid_to
    session.flush()
    return coverage


def cover(session: ScopedSession, service_id: int, municipality_ids: Collection[int], valid_from: date,
          valid_to: date | None) -> Service:
    """The same period of coverage for several municipalities, all or none; see ``set_coverage``.

    RuleBroken without a municipality.
    """
    if not municipality_ids:
        raise RuleBroken("Scegliere almeno un Comune.", field="municipality_ids")
    for municipality_id in sorted(municipality_ids):
        set_coverage(session, service_id, municipality_id, valid_from, valid_to)
    return session.require(Service, service_id)


def remove_coverage(session: ScopedSession, coverage_id: int) -> None:
    """Take back a period that was entered by mistake; the history keeps it. NotVisible, NotAllowed."""
    session.principal.require(*EDITORS)
    session.delete(session.require(Coverage, coverage_id))
    session.flush()


def services_covering(session: ScopedSession, municipality_id: int, day: date) -> list[Service]:
    """The services that cover a municipality on ``day``, in the order of art. 9.

    A service of all members, or of those of its district, covers it while it is a member; any service covers it in a
    period of its own coverage, member or not (X1). NotVisible for somebody else's municipality.
    """
    here = district_of(session, session.require(Municipality, municipality_id), day)
    member = select(Membership.id).where(Membership.municipality_id == municipality_id,
                                         _touches(Membership, day, day)).exists()
    listed = select(Coverage.service_id).where(Coverage.municipality_id == municipality_id,
                                               _touches(Coverage, day, day))
    of_members = or_(Service.cover_all, Service.cover_district_id == here.id) if here else Service.cover_all
    query = select(Service).where(or_(and_(of_members, member), Service.id.in_(listed)), is_open(day))
    return list(session.scalars(query.order_by(Service.order, Service.id)))


def covered_municipalities(session: ScopedSession, service_code: str, first: date, last: date) -> dict[int, str]:
    """The municipalities, id and name, that a service covers on some day from ``first`` to ``last``, by name.

    Only those that the session may see.
    """
    member = select(Membership.municipality_id).where(_touches(Membership, first, last))
    listed = (
        select(Coverage.municipality_id)
        .join(Service, Service.id == Coverage.service_id)
        .where(Service.code == service_code, _touches(Coverage, first, last))
    )
    all_members = select(Service.id).where(Service.code == service_code, Service.cover_all).exists()
    of = session.scalar(select(Service.cover_district_id).where(Service.code == service_code))
    lying = frozenset() if of is None else members_of(session, of, first, last)
    query = select(Municipality.id, Municipality.name).where(or_(
        and_(or_(all_members, Municipality.id.in_(lying)), Municipality.id.in_(member)), Municipality.id.in_(listed)))
    return {row.id: row.name for row in session.execute(query.order_by(in_order(Municipality.name)))}


def is_open(day: date) -> ColumnElement[bool]:
    """The services that contracts take up on ``day``."""
    return and_(or_(Service.valid_from.is_(None), Service.valid_from <= day),
                or_(Service.valid_to.is_(None), Service.valid_to >= day))


def _touches(period: type[Membership] | type[Coverage], first: date, last: date) -> ColumnElement[bool]:
    return and_(period.valid_from <= last, or_(period.valid_to.is_(None), period.valid_to >= first))
