"""Rounds of requests: prepared for a due date, approved by the management, sent together, taken away as one zip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from admin.cases import diary
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out, common
from admin.web.base_view import Act, BaseView, Begin, Filter
from admin.web.downloads import give
from admin.web.exercise import by_exercise, of_row
from admin.web.fields import day_field
from admin.web.forms import SHORT, OneField, Sentence, clean, picks
from admin.web.searching import written
from admin.web.together import Ticked, Together
from admin.web.words import said
from admin.wording import labels
from core.ground.access import ScopedSession
from core.ground.states import PassageLog
from core.instalments import rounds
from core.instalments.model import Instalment, RequestRound
from core.instalments.states import ROUND_LIFE, RoundState
from core.parties.rules import slug_of


class PrepareForm(ActForm):
    """The due date whose requests are prepared."""

    due = OneField(lazy_gettext("Scadenza"), [Sentence()], description=lazy_gettext(
        "Tutte le richieste di una scadenza si preparano, si approvano e si inviano insieme."))


class ApproveForm(ActForm):
    """Nothing but the word."""


class DissolveForm(ActForm):
    """Why a round is given up."""

    why = TextAreaField(lazy_gettext("Motivo"), [Sentence(), Length(max=2000)], filters=[clean])


GIVEN_UP = (
    lazy_gettext("Le rate tornano tra quelle previste e gli importi si aggiornano."),
    lazy_gettext("Le lettere già generate non valgono più."), lazy_gettext("Non parte alcuna lettera."))


class SendRoundForm(ActForm):
    """How and when the letters left; each has its protocol number."""

    sent_on = day_field(lazy_gettext("Inviate il"))
    channel = OneField(lazy_gettext("Mezzo"), [Sentence()],
                       choices=picks(labels.CHOICES["sending.channel"].items()))


def send_form(rows: list[Instalment]) -> type[SendRoundForm]:
    """The form with a protocol number for each letter."""
    fields: dict[str, Any] = {}
    for row in rows:
        label = _("Protocollo della lettera per %(name)s, rata n. %(code)s", name=row.municipality.name, code=row.code)
        fields[f"protocol_{row.id}"] = StringField(label, [Sentence(), Length(max=SHORT)], filters=[clean])
    return type("LettersForm", (SendRoundForm,), fields)


class Rounds(Ticked, BaseView):
    """The office's own business: what leaves together."""

    may_read = policy.MONEY_STAFF
    may_write = policy.MONEY
    group = "money"
    lead = lazy_gettext("Le lettere che chiedono insieme le rate di una scadenza: si preparano, si approvano, poi se "
                        "ne registra l'invio.")
    empty = lazy_gettext("Nessuna richiesta è ancora stata preparata.")
    begins = (Begin(lazy_gettext("Prepara le richieste"), ".prepare_view"),)
    details_template = "money/instalments/round.html"
    newest_first = True
    searched = (written("title", "year"),)
    column_list = ("title", "count", "amount", "due", "state")
    column_labels = {"title": lazy_gettext("Richiesta"), "count": lazy_gettext("Rate"),
                     "amount": lazy_gettext("Importo"), "due": lazy_gettext("Scadenza")}
    shown = {
        "year": of_row,
        "count": lambda row: len(row.instalments),
        "amount": lambda row: sums(row),
    }
    on_records = {"approve_view": lazy_gettext("Approva"), "send_view": lazy_gettext("Registra l'invio"),
                  "dissolve_view": lazy_gettext("Sciogli la richiesta")}
    together = {
        "approve": Together(
            lazy_gettext("Approva le richieste"), ApproveForm, lambda session, row, form: rounds.approve(
                session, row.id, **common(form)), lambda rows: [
                *map(summary, rows), _("Dopo l'approvazione la contabilità può inviare le lettere.")],
            may=lambda: policy.MANAGEMENT.admits(principal())),
        "dissolve": Together(
            lazy_gettext("Sciogli la richiesta"), DissolveForm, lambda session, row, form: rounds.dissolve(
                session, row.id, why=form.why.data or "", **common(form)), GIVEN_UP),
    }
    filtered = (
        by_exercise(RequestRound.year),
        Filter("stato", lazy_gettext("Stato"),
               lambda: labels.states("request_round", RoundState),
               lambda value: RequestRound.state == value),
    )
    load = (selectinload(RequestRound.instalments).options(
        joinedload(Instalment.document), selectinload(Instalment.municipality)),)
    left_out = frozenset()
    numeric = frozenset({"amount", "count"})

    def where_it_stands(self, row: RequestRound) -> str:
        """What comes next."""
        return {
            RoundState.PREPARED: _("Le lettere sono pronte: la direzione le legge e le approva."),
            RoundState.APPROVED: _("Approvata: inviare le lettere, poi registrare l'invio con i numeri di protocollo."),
            RoundState.SENT: _("Le lettere sono partite e le rate sono chieste."),
            RoundState.CANCELLED: _("Sciolta: le sue rate sono tornate tra quelle previste."),
        }[RoundState(row.state)]

    def acts(self, row: RequestRound) -> list[Act]:
        """The zip, and the passages of the state table."""
        found = [Act(_("Scarica le lettere (.zip)"), self.get_url(".zip_view", id=row.id))] if row.instalments else []
        return [*self._passages(row, ("approve", "send"), "primary"), *found]

    def other_acts(self, row: RequestRound) -> list[Act]:
        """Giving it up."""
        return self._passages(row, ("dissolve",), "danger")

    def _passages(self, row: RequestRound, actions: Sequence[str], tint: str) -> list[Act]:
        possible = [passage.action for passage in ROUND_LIFE.possible(row.state, principal())]
        return [self.button(f"{action}_view", row, tint=tint) for action in actions if action in possible]

    def context(self, row: RequestRound) -> dict[str, Any]:
        """Its letters and its passages; the dates that have already passed."""
        log = db().scalars(select(PassageLog).where(
            PassageLog.subject == "request_round", PassageLog.subject_id == row.id).order_by(PassageLog.id.desc()))
        events = [diary.Event(p.at, p.actor, diary.sentence("request_round", p), p.why) for p in log]
        late = row.state in (RoundState.PREPARED, RoundState.APPROVED) and any(
            i.effective is not None and i.effective < today() for i in row.instalments)
        return {"events": events, "diary_acts": (), "file_url": diary.file_url, "late": late, "sums": sums(row)}

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/prepara/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def prepare_view(self) -> str | Response:
        """Choose a due date; the letters are made."""
        waiting = [(due, many, unknown) for due, many, unknown in rounds.due_dates(db()) if many > unknown]
        form = act_form(PrepareForm, due=request.args.get("due", ""))
        form.due.choices = picks((due.isoformat(), due_words(due, many, unknown)) for due, many, unknown in waiting)
        page = ActPage(_("Prepara le richieste di una scadenza"), _("Prepara le richieste"),
                       self.get_url(".index_view"), _("Richieste delle rate"), [
            _("Per ogni rata si genera la lettera al Comune, con importo, scadenza, impegno e conto."),
            _("Da questo momento gli importi non cambiano più, finché la richiesta non si scioglie."),
            _("Non parte ancora nulla: la direzione approva, poi si invia.")])

        def work(session: ScopedSession) -> int:
            made, findings = rounds.prepare(session, date.fromisoformat(form.due.data), today=today())
            for finding in findings:
                flash(said(finding), "warning")
            return made.id

        return carry_out(self, "round.prepare", form, page, work, self.after,
                         _("Le lettere sono pronte."), template="money/instalments/prepare.html", waiting=waiting)

    @expose("/approva/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def approve_view(self) -> str | Response:
        """The management's word."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ApproveForm, row.version)
        page = ActPage(_("Approva: %(title)s", title=row.title), _("Approva le richieste"), self.after(row.id),
                       row.title, [summary(row), _("Dopo l'approvazione la contabilità può inviare le lettere.")])
        return carry_out(self, "round.approve", form, page, lambda session: rounds.approve(
            session, row.id, version=form.version.data or 0, today=today()).id,
            self.after, _("Le richieste sono approvate."))

    @expose("/invia/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def send_view(self) -> str | Response:
        """Record that the letters left."""
        row = self.get_one(request.args.get("id"))
        letters = [i for i in row.instalments if i.document_id is not None]
        form = act_form(send_form(letters), row.version, sent_on=today(), channel="pec")
        page = ActPage(_("Registra l'invio: %(title)s", title=row.title), _("Registra l'invio"), self.after(row.id),
                       row.title, [summary(row), _("Le rate risultano chieste: da qui si contano le scadenze."),
                                   _("Ogni lettera resta nel diario della sua rata, con protocollo e data.")])
        return carry_out(self, "round.send", form, page, lambda session: rounds.send(
            session, row.id, sent_on=form.sent_on.data, channel=form.channel.data, version=form.version.data or 0,
            protocols={i.id: form[f"protocol_{i.id}"].data or "" for i in letters},
            today=today()).id, self.after, _("L'invio è registrato: le rate sono chieste."))

    @expose("/sciogli/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def dissolve_view(self) -> str | Response:
        """Give a round up before it leaves."""
        row = self.get_one(request.args.get("id"))
        form = act_form(DissolveForm, row.version)
        page = ActPage(_("Sciogli: %(title)s", title=row.title), _("Sciogli la richiesta"), self.after(row.id),
                       row.title, [str(words) for words in GIVEN_UP], tint="danger")
        return carry_out(self, "round.dissolve", form, page, lambda session: rounds.dissolve(
            session, row.id, why=form.why.data or "", version=form.version.data or 0,
            today=today()).id, self.after, _("La richiesta è sciolta."))

    @expose("/lettere/")
    def zip_view(self) -> Response:
        """All the letters in one file."""
        row = self.get_one(request.args.get("id"))
        return give(rounds.bundle(row, db().files), f"{slug_of(row.title)}.zip")


def due_words(due: date, many: int, unknown: int) -> str:
    """A due date with how much waits for it."""
    text = _("%(day)s: %(count)s", day=formats.day(due), count=ngettext("%(num)s rata", "%(num)s rate", many - unknown))
    if unknown:
        text += " " + ngettext("(più %(num)s senza importo)", "(più %(num)s senza importo)", unknown)
    return text


def summary(row: RequestRound) -> str:
    """How many letters, and how much they ask for."""
    letters = sum(1 for i in row.instalments if i.document_id is not None)
    return _("%(letters)s: %(sums)s.", sums=sums(row), letters=ngettext("%(num)s lettera", "%(num)s lettere", letters))


def sums(row: RequestRound) -> str:
    """What a round asks for, and what it gives back: said once, and in the same words everywhere."""
    found = rounds.totals(row.instalments)
    asked = _("%(amount)s da chiedere", amount=formats.euro(found.asked))
    if not found.credited:
        return asked
    credited = _("%(amount)s a credito", amount=formats.euro(found.credited))
    return f"{asked}, {credited}" if found.asked else credited

