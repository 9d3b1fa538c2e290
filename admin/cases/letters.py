"""The letters of any case: which it can have now, what each will say and to whom, and those that were prepared.

A record page asks ``buttons`` for what its case waits for. A prepared letter is downloaded here, signed outside, and
its sending is recorded where all sendings are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from admin.cases.diary import file_url, page_of
from admin.cases.views import CASE
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import ActForm, act_form, attempt
from admin.web.base_view import Act, Page
from admin.web.fields import day_field
from admin.web.forms import LONG, SHORT, OneField, Sentence, clean, picks
from admin.web.remarks import remark
from admin.wording import labels
from core.cases import letters
from core.cases.letters import Asked, Given, Offer
from core.cases.operations import case_of, require_open
from core.documents.blocks import Block
from core.documents.letters import Letter
from core.ground.access import Role, ScopedSession
from core.ground.errors import NotVisible, RuleBroken
from core.parties.model import Signatory

WRITERS = policy.roles(Role.MANAGEMENT, Role.ACCREDITATION, Role.MUNICIPALITY)
# letters whose sending is a passage of their case: template, endpoint, action
SENT_BY_PASSAGE = {
    "default_notice": ("default_notice.passage_view", "send"),
    "penalty_request": ("penalty.passage_view", "request"),
    "yearly_report": ("yearly_report.passage_view", "send"),
    "refusal_forewarning": ("forewarning.passage_view", "send"),
    "procedure_opening": ("forewarning.passage_view", "send"),
}
# what is signed before it goes anywhere: the passage that takes the signed file, and the word on the way to it
SIGNED_BY_PASSAGE = {
    "hearing_minutes": ("default_notice.passage_view", "hear", lazy_gettext("Registra il contraddittorio")),
    "provider_meeting_minutes": ("provider_meeting.passage_view", "file_minutes",
                                 lazy_gettext("Carica il verbale firmato")),
}
# a decree that is still a draft: the passage of the outcome that was chosen for it
ADOPTED_BY = {"granted": "grant", "granted_with_prescriptions": "grant_with_prescriptions", "refused": "refuse"}
MOST_BUTTONS = 2


def name_of(offer: Offer) -> str:
    """What a letter is called, with what tells it from others of its kind."""
    name = str(labels.letter(offer.code))
    return _("%(name)s, %(about)s", name=name, about=offer.about) if offer.about else name


def buttons(session: ScopedSession, subject: str, row: Any) -> list[Act]:
    """What a record page shows: the letters that its case waits for and nobody has prepared, then all of them.

    Empty for who prepares no letters of this case.
    """
    if not policy.may(principal(), "letters.letter_view", "POST"):
        return []
    offers = letters.offered(session, subject, row, today=today())
    ready = letters.versions(session, subject, row.id)
    if not offers and not ready:
        return []
    found = [Act(_("Prepara: %(letter)s", letter=name_of(offer)), _url(subject, row.id, offer))
             for offer in offers if offer.awaited and offer.key not in ready][:MOST_BUTTONS]
    return [*found, Act(_("Lettere"), url_for("letters.case_view", subject=subject, subject_id=row.id))]


def _url(subject: str, subject_id: int, offer: Offer) -> str:
    return url_for("letters.letter_view", subject=subject, subject_id=subject_id, letter=offer.key)


@dataclass(frozen=True)
class Version:
    """A letter that was prepared, as a page shows it."""

    number: int
    title: str
    made_at: Any
    made_by: str
    url: str | None


def versions_of(subject: str, subject_id: int, key: str | None = None) -> list[Version]:
    """The prepared letters of a case, or of one of its letters, the newest first."""
    ready = letters.versions(db(), subject, subject_id)
    rows = [(number, row) for code, group in ready.items() if key in (None, code)
            for number, row in enumerate(group, start=1)]
    return [Version(number, row.title, row.document.made_at, row.document.made_by, file_url(row.document_id))
            for number, row in sorted(rows, key=lambda pair: -pair[1].id)]


def form_of(offer: Offer, signatories: Sequence[Signatory] = ()) -> type[ActForm]:
    """The form with what a letter asks, and who signs it where there are several; a proposal stands in each field."""
    fields = {ask.name: _field(offer.code, ask) for ask in offer.asks}
    if len(signatories) > 1:
        options = picks((row.id, f"{row.full_name}, {row.role}") for row in signatories)
        fields["signatory_id"] = OneField(_("Chi firma"), [Sentence()], coerce=int, choices=options, description=_(
            "Tra chi è in carica oggi. Diffide, penali e lettere sono di regola del responsabile del servizio (D.Lgs. "
            "267/2000, art. 107)."))
    return type("LetterForm", (ActForm,), fields)


def _field(letter: str, ask: Asked) -> Any:
    label, help_text = labels.asked(letter, ask.name)
    needed = [Sentence()] if ask.needed else []
    if ask.kind == "day":
        return day_field(label, help_text, needed=ask.needed)
    if ask.kind == "choice":
        words = labels.options(letter, ask.name)
        return OneField(label, needed, description=help_text, choices=picks((o, words[o]) for o in ask.options))
    if ask.kind == "text":
        return TextAreaField(label, [*needed, Length(max=LONG)], filters=[clean], description=help_text)
    return StringField(label, [*needed, Length(max=SHORT)], filters=[clean], description=help_text)


class LetterPages(Page):
    """The shared pages of the letters of every case."""

    may_read = may_write = WRITERS
    in_menu = False

    @expose("/")
    def index(self) -> Response:
        """There is no list of all letters: each case has its own."""
        return redirect(self.get_url("admin.index"))

    @expose(f"/{CASE}/")
    def case_view(self, subject: str, subject_id: int) -> str:
        """The letters that a case can have, and those that were prepared."""
        try:
            require_open(db(), subject)
            case = case_of(db(), subject, subject_id)
        except NotVisible:
            abort(404)
        offers = letters.offered(db(), subject, case, today=today())
        ready = letters.versions(db(), subject, subject_id)
        rows = [(name_of(offer), _url(subject, subject_id, offer), offer.awaited, len(ready.get(offer.key, ())))
                for offer in offers]
        return self.render("cases/letters/case.html", case=case, rows=rows, back=page_of(subject, subject_id),
                           versions=versions_of(subject, subject_id))

    @expose(f"/{CASE}/<letter>/", methods=("GET", "POST"))
    def letter_view(self, subject: str, subject_id: int, letter: str) -> str | Response:
        """What one letter will say and to whom; sent, it is prepared and kept."""
        try:
            case, offer = letters.offer_of(db(), subject, subject_id, letter, today=today())
        except NotVisible:
            abort(404)
        ready = versions_of(subject, subject_id, offer.key)
        before = letters.said_before(db(), subject, subject_id, offer) if ready and offer.asks else {}
        signatories = letters.may_sign(db(), offer, today())
        asked = {ask.name: ask.proposed if ask.kind == "day" else before.get(ask.name, ask.proposed)
                 for ask in offer.asks}
        form = act_form(form_of(offer, signatories), len(ready), signatory_id=next((s.id for s in signatories), None),
                        **asked)
        reads = request.form.get("do") == "read"
        if not reads and attempt("letter.prepare", form, lambda session: letters.prepare(
                session, subject, subject_id, offer.key, _given(offer, form), seen=form.version.data,
                signatory_id=_signatory(form), today=today()).id):
            flash(_("La lettera è pronta: scaricarla, firmarla, inviarla e registrare l'invio."), "success")
            return redirect(_url(subject, subject_id, offer))
        if reads:
            form.validate()
        form.version.raw_data, form.version.data = None, len(ready)  # the page shows them all, also those of meanwhile
        draft, said_of_it = self._draft(subject, case, offer, form, reads)
        return self.render("cases/letters/letter.html", case=case, form=form, heading=name_of(offer), draft=draft,
                           blocks=_blocks(offer, draft), stops=said_of_it,
                           asks=bool(offer.asks) or "signatory_id" in form,
                           versions=ready, back=page_of(subject, subject_id),
                           all_url=self.get_url(".case_view", subject=subject, subject_id=subject_id),
                           after=next_step(subject, subject_id, offer, before))

    @staticmethod
    def _draft(subject: str, case: Any, offer: Offer, form: Any, reads: bool) -> tuple[Letter | None, str]:
        """The letter from what the form says, or why it cannot be written yet; blame on a field once it was asked."""
        try:
            return letters.draft(db(), subject, case, offer, _given(offer, form), signatory_id=_signatory(form),
                                 today=today()), ""
        except NotVisible:
            raise
        except RuleBroken as error:
            if error.field in {ask.name for ask in offer.asks}:
                if reads and not form[error.field].errors:
                    form.blame(error)
                return None, ""
            return None, remark(error)


def _blocks(offer: Offer, draft: Letter | None) -> list[tuple[str, Block]]:
    return [(type(block).__name__, block) for block in letters.shown(offer, draft)] if draft is not None else []


def _given(offer: Offer, form: Any) -> Given:
    found: dict[str, str | date | None] = {ask.name: form[ask.name].data for ask in offer.asks}
    return found


def _signatory(form: Any) -> int | None:
    return form.signatory_id.data if "signatory_id" in form else None


def next_step(subject: str, subject_id: int, offer: Offer, before: Given) -> Act | None:
    """What is done with a letter that is prepared: its signed file is taken by a passage, or its sending is recorded,
    by the passage that it is, where it is one; else with the letters. None for what goes to nobody.

    ``before``: what was typed for it. A letter that does not ask any more, because its act was taken, is sent.
    """
    if (offer.asks or offer.awaited) and offer.code in SIGNED_BY_PASSAGE:
        page, action, word = SIGNED_BY_PASSAGE[offer.code]
        return Act(str(word), url_for(page, id=subject_id, atto=action))
    if offer.asks and before.get("outcome") in ADOPTED_BY:
        return Act(_("Registra il provvedimento"), url_for(
            "accreditation.passage_view", id=subject_id, atto=ADOPTED_BY[str(before["outcome"])]))
    if offer.sender_id == offer.addressee_id:
        return None
    page, action = SENT_BY_PASSAGE.get(offer.code, ("", ""))
    if page in current_app.view_functions:
        return Act(_("Registra l'invio"), url_for(page, id=subject_id, atto=action))
    return Act(_("Registra l'invio"), url_for(
        "case.letter_view", subject=subject, subject_id=subject_id, da=offer.sender_id, a=offer.addressee_id,
        oggetto=name_of(offer)))


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [LetterPages(lazy_gettext("Lettere"), endpoint="letters", url="lettere")]
