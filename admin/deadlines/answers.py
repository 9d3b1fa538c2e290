"""Where what a term asks for is done: the very passage that who asks may do now, else the page of the case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext
from sqlalchemy import select

from admin.deadlines.views import case_page
from admin.guard import policy
from admin.guard.session import db, principal
from admin.web.acts import Passages
from admin.web.places import Link
from core.deadlines import waiting
from core.deadlines.model import Deadline

# what is expected: the passage of the case by which it happens
ACTS = {
    "default.received": "receive", "default.answered": "answer", "default.complied": "comply",
    "default.summoned": "summon", "default.heard": "hear", "default.decided": "decide", "penalty.requested": "request",
    "penalty.paid": "pay", "contract.signed": "sign", "contract.assessed": "assess",
    "contract.communicated": "communicate", "contract.closed": "close", "control.answered": "answer",
    "control.held": "hold", "damage.told": "tell", "damage.insurer_told": "insure",
    "contestation.formalised": "formalise", "contestation.answered": "reply", "accreditation.pact_signed": "sign_pact",
    "report.sent": "send", "forewarning.received": "receive", "forewarning.observed": "observe",
}
# the word on the way to the page of a case
WORDS = {
    "accreditation": lazy_gettext("Apri l'accreditamento"), "forewarning": lazy_gettext("Apri la comunicazione"),
    "contract": lazy_gettext("Apri il contratto"), "bank_account": lazy_gettext("Apri il conto"),
    "entrusted_asset": lazy_gettext("Apri i beni affidati"), "insurance_policy": lazy_gettext("Apri le polizze"),
    "service_charter": lazy_gettext("Apri le Carte dei servizi"), "zone_plan": lazy_gettext("Apri il Piano di Zona"),
    "control": lazy_gettext("Apri il controllo"), "damaging_event": lazy_gettext("Apri l'evento"),
    "contestation": lazy_gettext("Apri la contestazione"), "instalment": lazy_gettext("Apri la rata"),
    "payment": lazy_gettext("Apri il pagamento"), "default_notice": lazy_gettext("Apri la diffida"),
    "penalty": lazy_gettext("Apri la penale"), "provider_paper": lazy_gettext("Apri i documenti"),
    "operating_notice": lazy_gettext("Apri la comunicazione"), "provider_choice": lazy_gettext("Apri la scelta"),
    "service_agreement": lazy_gettext("Apri l'accordo"), "yearly_report": lazy_gettext("Apri la relazione"),
    "monitoring": lazy_gettext("Apri il monitoraggio"), "azienda": lazy_gettext("Apri i bilanci"),
}


@dataclass(frozen=True)
class Answer:
    """Where a term is answered, and what is due there where it has a name of its own."""

    link: Link
    name: str = ""


def answers(keys: Sequence[int]) -> dict[int, Answer]:
    """By deadline: the act that who asks may do, or the page of its case; none where neither is open to them."""
    rows = db().scalars(select(Deadline).where(Deadline.id.in_(keys))).all() if keys else []
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        kind, key = _place(row)
        wanted[kind].add(key)
    views: dict[str, Any] = {view.endpoint: view for view in current_app.extensions["admin"][0]._views
                             if isinstance(view, Passages) and view.endpoint in wanted}
    found = {(kind, case.id): case for kind, view in views.items()
             for case in db().scalars(select(view.model).where(view.model.id.in_(wanted[kind]))).unique()}
    made = {row.id: _answer(row, views.get(_place(row)[0]), found.get(_place(row))) for row in rows}
    return {key: answer for key, answer in made.items() if answer}


def _place(row: Deadline) -> tuple[str, int]:
    """The kind and the key of what a term is about: its case, or what is due where it has a page of its own."""
    own = waiting.PAGES.get(row.rule.event)
    return (own, int(row.occurrence)) if own else (row.subject, row.subject_id)


def _answer(row: Deadline, view: Any, case: Any) -> Answer | None:
    action = ACTS.get(row.rule.expected)
    if action and case is not None and action in view.offered(case):
        return Answer(Link(view.passage_url(case, action), str(view.steps[action].verb)))
    kind, key = _place(row)
    if kind != row.subject and case is not None and policy.may(principal(), f"{kind}.details_view"):
        return Answer(Link(url_for(f"{kind}.details_view", id=key), str(WORDS[kind])), view.name_of(case))
    page = case_page(row)
    return Answer(Link(page, str(WORDS.get(row.subject, lazy_gettext("Apri il caso"))))) if page else None
