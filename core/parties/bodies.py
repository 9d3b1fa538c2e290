"""Organs and institutions: who approves, is addressed or receives, with their names over time and members (R158)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import RuleBroken
from core.ground.required import require_text
from core.parties.districts import first_district
from core.parties.model import Body, BodyMember, BodyName, District, within
from core.parties.rules import body_name, meet, period, slug_of

Facts = Mapping[str, Any]

EDITORS = (Role.MANAGEMENT, Role.ADMINISTRATOR, Role.SYSTEM)
BODY = frozenset({"code", "name", "kind", "owner", "term_from", "term_to", "examines_report", "district_id"})
AZIENDA = "azienda"  # the owner of its own organs
DISTRICT = "district"  # the owner of a body of one of the districts
MEMBER = frozenset({"body_id", "given_name", "family_name", "role", "valid_from", "valid_to"})
NAME = frozenset({"body_id", "name", "valid_from", "valid_to"})
KINDS = frozenset({
    "assembly", "board", "director", "council", "giunta", "technical_table", "area_table", "office",
    "health_authority", "province", "region", "state_office", "court", "partner", "users",
})


def add_body(session: ScopedSession, facts: Facts) -> Body:
    """Register a body; its code is made of its name where none is given.

    RuleBroken without name, kind or owner, for a code or a name that another body of the same owner has, for a term of
    office that ends before it begins.
    """
    session.principal.require(*EDITORS)
    body = _checked(session, take(Body(), facts, BODY))
    session.add(body)
    session.flush()
    return body


def edit_body(session: ScopedSession, body_id: int, facts: Facts, *, version: int) -> Body:
    """Correct a body, or say when its term of office ended. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    return _checked(session, take(at_version(session.require(Body, body_id), version), facts, BODY))


def _checked(session: ScopedSession, body: Body) -> Body:
    body.name = require_text(body.name, "Indicare il nome dell'organo o dell'ente.", field="name")
    body.owner = require_text(body.owner, "Indicare di chi è l'organo.", field="owner")
    district = _district(session, body)
    of = body.owner if district is None or district.is_first else district.code
    body.code = (body.code or "").strip() or slug_of(f"{body.name}-{of}").replace("-", "_")
    if body.kind not in KINDS:
        raise RuleBroken("Scegliere una voce dell'elenco.", field="kind")
    period(body.term_from, body.term_to, field="term_to")
    with session.no_autoflush:  # the body itself is not to be written before it has been judged
        others = session.scalars(select(Body).where(Body.id.is_distinct_from(body.id))).all()
    for other in others:
        same = (other.name, other.owner) == (body.name, body.owner) and other.belongs_to(district)
        if other is not body and (other.code == body.code or same):
            raise RuleBroken("«%(name)s» è già registrato: aprire la sua pagina.", field="name", name=other.name)
    return body


def _district(session: ScopedSession, body: Body) -> District | None:
    """Of which district a body is, where it is one's: the first, if none is named."""
    with session.no_autoflush:  # the body itself is not to be written before it has been judged
        if body.owner != DISTRICT:
            body.district_id = None
        elif body.district_id is not None:
            return session.require(District, body.district_id)
        return first_district(session)


# --- what a text calls them ---------------------------------------------------------------------------------


def organ_name(session: ScopedSession, kind: str, day: date) -> str:
    """How the azienda calls its assembly, board or director on ``day``: as it is registered, else as the law does
    (D.Lgs. 267/2000, arts. 31 and 114)."""
    own = session.scalars(select(Body).where(Body.owner == AZIENDA, Body.kind == kind).order_by(Body.id)).all()
    organ = next((body for body in own if within(day, body.term_from, body.term_to)), own[0] if own else None)
    return body_name("", body_kind=kind, form=AZIENDA) if organ is None else organ.name_on(day)


def examiners(session: ScopedSession, day: date) -> list[Body]:
    """The bodies that examine the yearly report of the azienda, those of the municipalities' districts among them."""
    found = session.scalars(select(Body).where(Body.examines_report).order_by(Body.id))
    return [body for body in found if within(day, body.term_from, body.term_to)]


# --- names and members ------------------------------------------------------------------------------------


def add_body_name(session: ScopedSession, facts: Facts) -> BodyName:
    """Say how a body was called in other days, or is called by others (X19)."""
    session.principal.require(*EDITORS)
    session.require(Body, facts["body_id"])
    name = take(BodyName(), facts, NAME)
    name.name = require_text(name.name, "Indicare la denominazione.", field="name")
    period(name.valid_from, name.valid_to)
    session.add(name)
    return name


def remove_body_name(session: ScopedSession, name_id: int) -> None:
    """Take away a name that was entered by mistake; the history keeps it."""
    session.principal.require(*EDITORS)
    session.delete(session.require(BodyName, name_id))


def add_member(session: ScopedSession, facts: Facts) -> BodyMember:
    """Register who sits in a body, in which role, from when.

    RuleBroken without a name, a role or a first day, for days out of order, for somebody who sits there already.
    """
    session.principal.require(*EDITORS)
    session.require(Body, facts["body_id"])
    member = _checked_member(session, take(BodyMember(), facts, MEMBER))
    session.add(member)
    return member


def edit_member(session: ScopedSession, member_id: int, facts: Facts, *, version: int) -> BodyMember:
    """Correct a member, or say when the term of office ended."""
    session.principal.require(*EDITORS)
    member = at_version(session.require(BodyMember, member_id), version)
    return _checked_member(session, take(member, facts, MEMBER))


def _checked_member(session: ScopedSession, member: BodyMember) -> BodyMember:
    member.given_name = require_text(member.given_name, "Indicare il nome.", field="given_name")
    member.family_name = require_text(member.family_name, "Indicare il cognome.", field="family_name")
    member.role = require_text(member.role, "Indicare il ruolo, per esempio «Presidente».", field="role")
    period(member.valid_from, member.valid_to)
    with session.no_autoflush:
        others = session.scalars(select(BodyMember).where(BodyMember.body_id == member.body_id)).all()
    person = (member.given_name.casefold(), member.family_name.casefold())
    for other in others:
        same = (other.given_name.casefold(), other.family_name.casefold()) == person
        if other is not member and same and meet(
                member.valid_from, member.valid_to, other.valid_from, other.valid_to):
            raise RuleBroken("%(name)s siede già in questo organo in una parte di questi giorni: correggere le date.",
                             field="valid_from", name=member)
    return member
