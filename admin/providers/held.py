"""What the accreditation knows of a unit and of its provider, shown on their pages to who may read it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.base_view import Act
from core.accreditation.model import Accreditation, InspectionFinding, MeetingAttendance, ProviderMeeting
from core.accreditation.rules import UNSETTLED
from core.providers.model import ServiceUnit
from core.register.operations import to_publish


def publication(row: ServiceUnit) -> list[Act]:
    """One press from the unit to the public register, where its accreditation has decree and pact."""
    if not policy.may(principal(), "register.publish_view", "POST"):
        return []
    waiting = to_publish(today()).where(Accreditation.unit_id == row.id).with_only_columns(Accreditation.id)
    return [Act(_("Pubblica nell'albo"), url_for("register.publish_view", id=key), tint="primary")
            for key in db().scalars(waiting.limit(1))]


def held_of(row: ServiceUnit) -> list[tuple[Accreditation, list[InspectionFinding]]]:
    """The accreditations of a unit, the last one first, each with what its monitoring found and nobody has closed."""
    if not policy.may(principal(), "accreditation.details_view"):
        return []
    mine = select(Accreditation).where(Accreditation.unit_id == row.id).order_by(Accreditation.id.desc())
    return [(held, [finding for finding in held.findings if finding.monitoring_id and finding.outcome in UNSETTLED])
            for held in db().scalars(mine.options(selectinload(Accreditation.findings)))]


def meetings_of(provider_id: int) -> list[ProviderMeeting]:
    """The meetings to which a provider was called, the last one first, for who may read them."""
    if not policy.may(principal(), "provider_meeting.details_view"):
        return []
    mine = select(MeetingAttendance.meeting_id).where(MeetingAttendance.provider_id == provider_id)
    return list(db().scalars(select(ProviderMeeting).where(ProviderMeeting.id.in_(mine)).order_by(
        ProviderMeeting.day.desc(), ProviderMeeting.id.desc()).limit(20)))
