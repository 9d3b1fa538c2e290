"""Notes, letters and terms in the story: what stands in the diary of an instalment, and what people say of a term."""

from __future__ import annotations

from sqlalchemy import select

from core.cases.operations import add_note, record_receipt, record_sending
from core.deadlines import operations as deadlines
from core.deadlines.model import Deadline, DeadlineRule
from demo.load import Facts
from demo.scene import Scene


def note(scene: Scene, facts: Facts) -> None:
    """A note in the diary of an instalment."""
    row = scene.instalment(facts["municipality"], facts["year"], facts["title"])
    add_note(scene.session, "instalment", row.id, text=facts["text"], shared=facts["shared"])


def letter(scene: Scene, facts: Facts) -> None:
    """A letter on an instalment leaves by PEC, and is received."""
    row = scene.instalment(facts["municipality"], facts["year"], facts["title"])
    sent = record_sending(
        scene.session, "instalment", row.id, title=facts["subject"], sender_id=scene.party("azienda").id,
        addressee_id=row.municipality_id, channel="pec", sent_on=scene.today,
        protocol_number=facts["protocol_number"], today=scene.today,
    )
    record_receipt(scene.session, sent.id, received_on=facts["received_on"], today=scene.today)


def extend_deadline(scene: Scene, facts: Facts) -> None:
    """More time is given for a term, with the reason; without a contract, for the only case of its subject."""
    deadlines.follow(scene.session, facts["subject"], None, today=scene.today)  # as the worker does every night
    its = select(Deadline).join(DeadlineRule).where(
        DeadlineRule.code == facts["rule"], Deadline.subject == facts["subject"])
    if "contract" in facts:
        its = its.where(Deadline.subject_id == scene.contract(facts["contract"]).id)
    deadline = scene.session.scalars(its).one()
    deadlines.extend(scene.session, deadline.id, on=scene.today, days=facts["days"], why=facts["why"],
                     today=scene.today)


VERBS = (note, letter, extend_deadline)
