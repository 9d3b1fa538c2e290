"""Deadlines: the list, the month, one deadline with what people say of it, and the rules behind them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from admin.deadlines import mail
from admin.deadlines.month import Month
from admin.guard import policy
from admin.guard.addresses import outside
from admin.guard.session import db, office, principal, today
from admin.parties.choices import municipalities
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out, typed
from admin.web.base_view import Act, BaseView, Begin, Filter, Order
from admin.web.fields import day_field, why_field
from admin.web.formats import days_words
from admin.web.forms import Choices, DayOfYearField, NumberField, OneField, PageForm, Sentence, clean, picks
from admin.web.searching import worded
from admin.web.sending import attempt, new_key
from admin.web.together import Ticked, Together
from admin.wording import labels
from core.deadlines import operations
from core.deadlines.facts import SOURCES, sources
from core.deadlines.kinds import kind_called
from core.deadlines.model import Deadline, DeadlineChange, DeadlineRule, EventKind
from core.deadlines.standard import events_of
from core.deadlines.states import PENDING, ChangeKind, DeadlineState
from core.documents.words import day_month, on_day
from core.ground import clock
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Base
from core.ground.order import in_order
from core.ground.owners import of_cases
from core.ground.search import holds
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Azienda, BankAccount, Municipality
from core.plugins.bound import offered
from core.users import operations as users
from core.users.model import User

MOST_OWNERS = 20  # municipalities that a word may mean: a word that many have names none of them
NUMBER = re.compile(r"([0-9]{1,9})(?:/([0-9]{4}))?")
OFFICES = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION)
STILL_TO_DO = "todo"
# within so many days; what is late has no beginning
PERIODS = {"late": (None, -1), "week": (0, 7), "month": (0, 30), "quarter": (0, 90), "year": (0, 365)}
PERIOD_WORDS = {
    "late": lazy_gettext("già passate"), "week": lazy_gettext("nei prossimi 7 giorni"),
    "month": lazy_gettext("nei prossimi 30 giorni"), "quarter": lazy_gettext("nei prossimi 90 giorni"),
    "year": lazy_gettext("nei prossimi 12 mesi"),
}


@dataclass(frozen=True)
class Words:
    """How a change is told: its button, the head of its page, what will happen, its day, the word that does it."""

    button: Any
    heading: Any
    consequence: Any
    day: Any
    verb: Any


CHANGES = {
    ChangeKind.MET: Words(
        lazy_gettext("Segna come fatto"), lazy_gettext("Quanto atteso è stato fatto"),
        lazy_gettext("La scadenza risulterà rispettata e non partiranno altri avvisi."),
        lazy_gettext("Fatto il"), lazy_gettext("Registra"),
    ),
    ChangeKind.EXTENDED: Words(
        lazy_gettext("Proroga"), lazy_gettext("Prorogare il termine"),
        lazy_gettext("La scadenza si sposta avanti dei giorni indicati; gli avvisi non ancora partiti si spostano con "
                     "lei."),
        lazy_gettext("Deciso il"), lazy_gettext("Proroga il termine"),
    ),
    ChangeKind.SUSPENDED: Words(
        lazy_gettext("Sospendi"), lazy_gettext("Sospendere il termine"),
        lazy_gettext("Il termine si ferma il giorno indicato e non partono avvisi; alla ripresa i giorni di "
                     "sospensione si aggiungono alla scadenza."),
        lazy_gettext("Sospeso il"), lazy_gettext("Sospendi il termine"),
    ),
    ChangeKind.RESUMED: Words(
        lazy_gettext("Fai riprendere il termine"), lazy_gettext("Far riprendere il termine"),
        lazy_gettext("Il termine torna a correre dal giorno dopo quello indicato, come quando è cominciato (art. 2963 "
                     "c.c.): alla scadenza si aggiungono i giorni di sospensione."),
        lazy_gettext("Ripreso il"), lazy_gettext("Fai riprendere il termine"),
    ),
    ChangeKind.REOPENED: Words(
        lazy_gettext("Non è stato fatto"), lazy_gettext("Quanto atteso è ancora da fare"),
        lazy_gettext("La scadenza torna da rispettare. La registrazione di prima resta nella sua storia."),
        lazy_gettext("Corretto il"), lazy_gettext("Riapri la scadenza"),
    ),
}
ENDPOINTS = {"service_charter": "charter"}  # where a page is called otherwise than its table
SAY: Mapping[ChangeKind, Callable[..., Deadline]] = {
    ChangeKind.MET: operations.settle, ChangeKind.EXTENDED: operations.extend, ChangeKind.SUSPENDED: operations.suspend,
    ChangeKind.RESUMED: operations.resume, ChangeKind.REOPENED: operations.reopen,
}


class ChangeForm(ActForm):
    """What a person says of a term."""

    on = day_field("")
    days = NumberField(lazy_gettext("Giorni di proroga"), [Sentence()], render_kw={"inputmode": "numeric"},
                       description=lazy_gettext("Giorni di calendario, in aggiunta alla scadenza attuale."))
    why = why_field(help_text=lazy_gettext("Resta nella storia della scadenza; se la scadenza è visibile al Comune, "
                                           "lo legge anche il Comune."))


def _day_asked() -> date | None:
    try:
        return date.fromisoformat(request.args.get("giorno", ""))
    except ValueError:
        return None


def _within(value: str) -> Any:
    first, last = PERIODS[value]
    until = Deadline.effective <= today() + timedelta(days=last)
    return until if first is None else until & (Deadline.effective >= today() + timedelta(days=first))


def _in_state(value: str) -> Any:
    return Deadline.state.in_(PENDING) if value == STILL_TO_DO else Deadline.state == value


def of_case(_entity: Any, term: str, walking: bool) -> ColumnElement[bool]:
    """By the number of the case or the year, its municipality or its rule; what names nothing known is looked for in
    the titles."""
    if number := NUMBER.fullmatch(term):
        years = and_(Deadline.subject == "azienda", Deadline.subject_id.in_(select(Azienda.id)),
                     Deadline.occurrence == number[1])
        return or_(years, *(and_(Deadline.subject == entity.__tablename__,
                                 Deadline.subject_id.in_(_numbered(entity, int(number[1]), number[2])))
                            for entity in _numbered_cases()))
    owners = db().scalars(select(Municipality.id).where(holds(db(), Municipality, term)).limit(MOST_OWNERS + 1)).all()
    rules = db().scalars(select(DeadlineRule.id).where(holds(db(), DeadlineRule, term))).all()
    if len(owners) > MOST_OWNERS or (not owners and not rules):
        return holds(db(), Deadline, term, walking=walking)
    meant = [of_cases(Deadline, owners)] if owners else []
    return or_(*meant, Deadline.rule_id.in_(rules))


def _numbered_cases() -> list[Any]:
    """The kinds of case that people call by number and year."""
    cases = (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ in SOURCES)
    return [entity for entity in cases if hasattr(entity, "number") and hasattr(entity, "year")]


def _numbered(entity: Any, number: int, year: str | None) -> Select[Any]:
    same = select(entity.id).where(entity.number == number)
    return same if year is None else same.where(entity.year == int(year))


def _day_choice() -> list[tuple[str, str]]:
    """The day that the calendar asked for, if it did: the list shows it among the filters."""
    day = _day_asked()
    return [(day.isoformat(), formats.day(day))] if day else []


def on_several(kind: ChangeKind) -> Together:
    """What is said of several terms at once: the same day and the same reason."""
    words = CHANGES[kind]

    def prepared(form: Any) -> None:
        form.on.label.text = words.day
        form.on.data = form.on.data or (today() if request.method == "GET" else None)
        if kind is not ChangeKind.EXTENDED:
            del form.days

    def work(session: ScopedSession, row: Deadline, form: Any) -> int:
        asked = (name for name in ("on", "days", "why") if name in form)
        return SAY[kind](session, row.id, **typed(form, *asked), today=today()).id

    return Together(words.button, ChangeForm, work, [words.consequence], prepared)


class Deadlines(Ticked, BaseView):
    """What is expected of somebody by a day; everybody sees their own."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = OFFICES
    group = "work"
    title = lazy_gettext("Scadenze")
    lead = lazy_gettext("Che cosa si attende, da chi ed entro quando; ognuna porta al caso da cui nasce.")
    empty = lazy_gettext("Nessuna scadenza: nascono da sole dai contratti, dalle rate, dai conti e dalle polizze.")
    begins = (Begin(lazy_gettext("Calendario delle scadenze"), ".calendar_view", "secondary"),)
    details_template = "deadlines/record.html"
    column_list = ("rule", "case_title", "effective", "owner_role", "state")
    column_labels = {"rule": lazy_gettext("Che cosa"), "case_title": lazy_gettext("Caso")}
    shown = {
        "rule": lambda row: row.rule.title,
        "effective": lambda row: when(row),
        "state": lambda row: standing(row),
    }
    together = {kind.value: on_several(kind) for kind in (ChangeKind.MET, ChangeKind.EXTENDED)}
    searched = (of_case,)
    sorted_by = {"effective": Deadline.effective}
    filtered = (
        Filter("stato", lazy_gettext("Stato"),
               lambda: [(STILL_TO_DO, _("da rispettare")), *labels.states("deadline", DeadlineState)],
               _in_state),
        Filter("oggetto", lazy_gettext("Riguarda"), lambda: list(subject_words().items()),
               lambda value: Deadline.subject == value),
        Filter("comune", lazy_gettext("Comune"), municipalities,
               lambda value: of_cases(Deadline, [int(value)])),
        Filter("a", lazy_gettext("A chi tocca"), lambda: list(labels.CHOICES["deadline.owner_role"].items()),
               lambda value: Deadline.owner_role == value),
        Filter("periodo", lazy_gettext("Periodo"), lambda: list(PERIOD_WORDS.items()), _within),
        Filter("giorno", lazy_gettext("Giorno"), _day_choice,
               lambda value: Deadline.effective == date.fromisoformat(value)),
    )
    load = (joinedload(Deadline.rule), selectinload(Deadline.changes), selectinload(Deadline.alerts))
    left_out = frozenset()

    @expose("/")
    def index_view(self) -> str | Response:
        """The list; it opens on what is still to be done."""
        if not request.args:
            return redirect(self.get_url(".index_view", stato=STILL_TO_DO))
        page: str = super().index_view()
        return page

    def filter_fields(self) -> list[dict[str, Any]]:
        """The filters, without the day where none was asked for."""
        return [field for field in super().filter_fields() if field["choices"]]

    def _order(self, name: Any, descending: Any) -> Order:
        """The nearest first, unless another order is asked for."""
        return super()._order(name or "effective", descending)

    def name_of(self, row: Deadline) -> str:
        """What is expected."""
        return row.rule.title

    def told_apart(self, row: Deadline) -> str:
        """What is expected, in which case, by when."""
        return f"{row.rule.title}, {row.case_title}, {formats.day(row.effective)}"

    def state_of(self, row: Deadline) -> str:
        """For the badge beside the title."""
        return row.standing

    def where_it_stands(self, row: Deadline) -> str:
        """One line: by when, or how it ended."""
        values = {"day": formats.day(row.effective), "settled": formats.day(row.settled_on),
                  "left": days_words((row.effective - today()).days)}
        return {
            DeadlineState.OPEN: _("Va rispettata entro il %(day)s, %(left)s.", **values),
            DeadlineState.MISSED: _("Il termine è passato il %(day)s, %(left)s, e quanto atteso non risulta fatto.",
                                    **values),
            DeadlineState.SUSPENDED: _("Il termine è sospeso: non corre e non partono avvisi."),
            DeadlineState.MET: _("Fatto in ritardo, il %(settled)s: il termine era il %(day)s.", **values)
            if row.met_late else _("Fatto il %(settled)s, entro il termine del %(day)s.", **values),
            DeadlineState.CANCELLED: _("Non è più attesa dal %(settled)s.", **values),
        }[DeadlineState(row.state)]

    def acts(self, row: Deadline) -> list[Act]:
        """What who asks may say of this term."""
        return [Act(CHANGES[kind].button, self.get_url(".change_view", id=row.id, atto=kind.value))
                for kind in operations.possible(row, principal())]

    def context(self, row: Deadline) -> dict[str, Any]:
        """The case behind the deadline, and the words of its rule."""
        return {
            "case": case_page(row),
            "rule_words": rule_words(row.rule),
            "rule_url": url_for("deadline_rule.details_view", id=row.rule_id)
            if policy.may(principal(), "deadline_rule.details_view") else None,
            "changes": list(reversed(row.changes)),
            "rolled": row.nominal != row.effective,
            "held_up": mail.held_up({alert.id for alert in row.alerts if alert.fired_at}),
        }

    def change_words(self, change: DeadlineChange) -> str:
        """What a person said, as a sentence."""
        values = {"day": formats.day(change.on), "days": change.days}
        return {
            ChangeKind.EXTENDED: _("proroga di %(days)s giorni, decisa il %(day)s", **values) if change.days > 0 else
            _("giorni della sospensione ricontati il %(day)s: %(days)s", **values),
            ChangeKind.SUSPENDED: _("termine sospeso il %(day)s", **values),
            ChangeKind.RESUMED: _("termine ripreso il %(day)s: si conta dal giorno dopo", **values),
            ChangeKind.MET: _("fatto il %(day)s", **values),
            ChangeKind.REOPENED: _("ancora da fare, corretto il %(day)s", **values),
        }[ChangeKind(change.kind)]

    @expose("/atto/", methods=("GET", "POST"))
    @policy.allow(OFFICES, OFFICES)
    def change_view(self) -> str | Response:
        """Suspend, resume, extend, mark as done or not done: with a day and a reason."""
        row = self.get_one(request.args.get("id"))
        try:
            kind = ChangeKind(request.args.get("atto", ""))
        except ValueError:
            abort(404)
        operations.require_own(row, principal())
        form, words = act_form(ChangeForm, on=today()), CHANGES[kind]
        form.on.label.text = words.day
        if kind is not ChangeKind.EXTENDED:
            del form.days
        page = ActPage(words.heading, words.verb, self.get_url(".details_view", id=row.id), row.rule.title,
                       [words.consequence], lead=_("%(case)s: scade il %(day)s.", case=row.case_title,
                                                   day=formats.day(row.effective)))
        said = (name for name in ("on", "days", "why") if name in form)
        return carry_out(self, f"deadline.{kind}", form, page,
                         lambda session: SAY[kind](session, row.id, **typed(form, *said), today=today()).id,
                         done=_("Registrato: la scadenza è aggiornata."))

    # --- the month ------------------------------------------------------------------------------------------

    @expose("/calendario/")
    def calendar_view(self) -> str:
        """A month of deadlines, with the filters of the list; and the person's own feed."""
        asked = {f.name: request.args.get(f.name, "") for f in self.filtered if f.name in ("oggetto", "comune", "a")}
        filters = [(name, "", value) for name, value in asked.items() if value]
        month = Month.asked(request.args.get("mese", ""), today())
        kept = {name: value for name, value in asked.items() if value}
        return self.render(
            "deadlines/month.html", month=month, days=month.days(db(), self.matching(None, filters), today()),
            kept=kept, fields=[f for f in self.filter_fields() if f["name"] in asked], feed=feed_address(),
            feed_shown=request.args.get("indirizzo") == "1",
        )

    @expose("/indirizzo/", methods=("POST",))
    @policy.allow(policy.NOBODY, policy.STAFF_AND_MUNICIPALITIES)
    def feed_view(self) -> Response:
        """Make the person's secret calendar address, make it anew, or close it."""
        who = principal()
        assert who.user_id is not None
        # in the program's name: the row scope hides a person's own access from them
        with unit_of_work(office().database, system(f"calendario di {who.name}"), act="user.feed") as session:
            if request.form.get("chiudi"):
                users.revoke_feed(session, who.user_id)
                flash(_("L'indirizzo è chiuso: i calendari che lo usavano non ricevono più nulla."), "success")
            else:
                users.renew_feed(session, who.user_id)
                flash(_("Il nuovo indirizzo è pronto; quello di prima, se c'era, non funziona più."), "success")
        return redirect(self.get_url(".calendar_view", indirizzo="1") + "#indirizzo")


def feed_address() -> str | None:
    """The person's own calendar address, if they have one."""
    with ScopedSession(office().database, system("calendario")) as session:
        token = session.scalar(select(User.feed_token).where(User.id == principal().user_id))
    return outside("feed.calendar", token=token) if token else None


def when(row: Deadline) -> Any:
    """The day, and how long there is while it is pending."""
    day = formats.day(row.effective)
    if row.state not in PENDING or row.state == DeadlineState.SUSPENDED:
        return day
    return f"{day}, {days_words((row.effective - today()).days)}"


def standing(row: Deadline) -> Markup:
    """The state in a badge; of what was done late, the day too."""
    badge = formats.badge(row, row.standing)
    return Markup("{} {}").format(badge, formats.day(row.settled_on)) if row.met_late else badge


def case_page(row: Any) -> str | None:
    """The address of the page of the case of a deadline or of a letter, None if there is none for who asks."""
    subject, key = row.subject, row.subject_id
    if subject == "bank_account":  # an account stands on the page of its party
        account = db().get(BankAccount, key, options=(joinedload(BankAccount.party),))
        subject, key = (account.party.kind, account.party_id) if account else (subject, key)
    if subject == "azienda" and policy.may(principal(), "budget.index_view"):  # a year begins among the budgets
        return url_for("budget.index_view", anno=row.occurrence)
    for page in ("details_view", "index_view"):
        endpoint = f"{ENDPOINTS.get(subject, subject)}.{page}"
        if endpoint in current_app.view_functions:
            return url_for(endpoint, id=key) if policy.may(principal(), endpoint) else None
    return None


def case_deadlines(subject: str, subject_id: int) -> list[tuple[Deadline, Any]]:
    """The deadlines of a case that who asks may see, each with whose it is: for ``deadlines/of_case.html``."""
    mine = select(Deadline).where(Deadline.subject == subject, Deadline.subject_id == subject_id,
                                  Deadline.state != DeadlineState.CANCELLED)
    rows = db().scalars(mine.options(joinedload(Deadline.rule)).order_by(Deadline.effective, Deadline.id))
    return [(row, labels.choice("deadline", "owner_role", row.owner_role)) for row in rows]


# --- rules ------------------------------------------------------------------------------------------------


def each_year(day: str) -> str:
    """The day of a duty of the calendar, ``11-30``, in words."""
    return _("%(day)s di ogni anno", day=on_day(day_month(clock.day_of(day, field="day"))))


def rule_words(rule: DeadlineRule) -> str:
    """The term of a rule in words."""
    if rule.day is not None:
        return each_year(rule.day)
    if rule.amount is None and not rule.active:
        return _("ancora da indicare")
    if rule.amount is None:
        return _("alla data già fissata")
    if rule.amount == 0:
        return _("il giorno stesso")
    counted = {
        "days": lambda n: ngettext("%(num)s giorno", "%(num)s giorni", n),
        "months": lambda n: ngettext("%(num)s mese", "%(num)s mesi", n),
        "working_days": lambda n: ngettext("%(num)s giorno lavorativo", "%(num)s giorni lavorativi", n),
    }[rule.unit](rule.amount)
    return _("%(term)s prima", term=counted) if rule.backwards else counted


def event_choices() -> Choices:
    """The events that the facts know and those of the office's own, each after what it belongs to."""
    subjects = subject_words()
    own = db().scalars(select(EventKind).where(EventKind.active).order_by(in_order(EventKind.name))).all()
    named = [(kind.subject, kind.code, kind.name) for kind in own]
    named += [(subject, event, str(event_word(event))) for subject in sorted(sources(office().database))
              for event in sorted(events_of(office().database, subject))]
    return [(event, f"{subjects.get(subject, subject)} – {word}")
            for subject, event, word in sorted(named, key=lambda row: row[0])]


def subject_words() -> dict[str, Any]:
    """What the kinds of case are called in which there are terms: those of the core, then those of the plugins."""
    more = {offer.subject: _(offer.title) for _loaded, offer in offered(office().database, "patto_deadlines")}
    return {**labels.CHOICES["deadline_rule.subject"], **more}


def event_word(code: str) -> Any:
    """What an event is called: one of the program's, of a plugin's, or of the office's own."""
    if not code or code in labels.EVENTS:
        return formats.shown(labels.choice("deadline_rule", "event", code))
    more = {event: word for _loaded, offer in offered(office().database, "patto_deadlines")
            for event, word in offer.events.items()}
    return _(more[code]) if code in more else own_word(code)


def own_word(code: str) -> str:
    """What an event of the office's own is called."""
    kind = kind_called(db(), code)
    return kind.name if kind is not None else code


class NewRuleForm(PageForm):
    """What is said of a rule once, when it is made; the rest may be changed later."""

    code = StringField(labels.column("deadline_rule", "code"), [Sentence(), Length(max=60)], filters=[clean],
                       description=lazy_gettext("Un nome breve e unico, per esempio «verifica_annuale»: non si cambia "
                                                "più."))
    subject = OneField(labels.column("deadline_rule", "subject"), [Sentence()])
    event = OneField(labels.column("deadline_rule", "event"), [Optional()], description=lazy_gettext(
        "Da qui comincia il termine; vuoto per un giorno fisso di ogni anno."))
    expected = OneField(labels.column("deadline_rule", "expected"), [Optional()], description=lazy_gettext(
        "Quando avviene, la scadenza è rispettata. Di quello che il programma non vede, come un canone pagato, lo "
        "segna una persona; dopo un evento dell'ufficio si può lasciare vuoto."))
    cancelled_by = OneField(labels.column("deadline_rule", "cancelled_by"), [Optional()], description=lazy_gettext(
        "Se avviene prima, non si attende più nulla."))
    backwards = BooleanField(labels.column("deadline_rule", "backwards"))
    legal_source = TextAreaField(labels.column("deadline_rule", "legal_source"), [Length(max=2000)], filters=[clean])


NEW_RULE = (
    (lazy_gettext("Che cosa si attende"), ("title", "code", "subject", "event", "expected", "cancelled_by")),
    (lazy_gettext("Entro quando"), ("day", "amount", "unit", "backwards", "alert_days")),
    (lazy_gettext("A chi tocca"), ("owner_role", "shared", "active", "text", "legal_source")),
)


class Rules(BaseView):
    """From what a term starts, how long it is, whose it is, when to warn: rows that the management edits."""

    may_read = policy.STAFF
    may_write = policy.MANAGEMENT
    group = "work"
    title = lazy_gettext("Regole delle scadenze")
    lead = lazy_gettext("Ogni regola dice da che cosa comincia un termine, che cosa si attende e a chi tocca. Una "
                        "modifica vale subito per tutte le scadenze della regola.")
    new_title = lazy_gettext("Nuova regola")
    can_create = True
    can_edit = True
    column_list = ("title", "subject", "amount", "owner_role", "alert_days", "active")
    shown = {
        "subject": lambda row: subject_words().get(row.subject, row.subject),
        "amount": lambda row: rule_words(row),
        "alert_days": lambda row: ", ".join(row.alert_days) or formats.shown(None),
        "event": lambda row: event_word(row.event),
        "expected": lambda row: event_word(row.expected),
        "cancelled_by": lambda row: event_word(row.cancelled_by),
    }
    sorted_by = {"title": DeadlineRule.title}
    searched = (worded,)
    filtered = (
        Filter("oggetto", lazy_gettext("Riguarda"), lambda: list(subject_words().items()),
               lambda value: DeadlineRule.subject == value),
        Filter("a", lazy_gettext("A chi tocca"), lambda: list(labels.CHOICES["deadline_rule.owner_role"].items()),
               lambda value: DeadlineRule.owner_role == value),
    )
    details = ("subject", "text", "event", "expected", "cancelled_by", "amount", "owner_role", "shared", "alert_days",
               "active", "legal_source")
    form_columns = ("title", "text", "day", "amount", "unit", "owner_role", "shared", "alert_days", "active")
    left_out = frozenset({"id", "version", "code", "subject", "event", "expected", "cancelled_by", "backwards",
                          "legal_source", "since"})
    numeric = frozenset()

    def scaffold_form(self) -> type[PageForm]:
        """The day of a duty of the calendar is written as people write it."""
        day = DayOfYearField(labels.column("deadline_rule", "day"), [Optional()],
                             description=labels.help_for("deadline_rule", "day"))
        return type("RuleForm", (super().scaffold_form(),), {"day": day})

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> str | Response:
        """A rule of one's own: from which event, to which, within how long."""
        kind = type("OwnRuleForm", (NewRuleForm, self.get_form()), {})
        form = kind(request.form or None, active=True, unit="days", request_key=new_key())
        form.subject.choices = picks([("", "–"), *subject_words().items()])
        form.event.choices = form.expected.choices = form.cancelled_by.choices = picks([("", "–"), *event_choices()])
        facts = {name: form[name].data for _title, names in NEW_RULE for name in names}
        key = attempt("deadline_rule.create", form, lambda session: operations.add_rule(
            session, facts, today=today()).id)
        if key is not None:
            flash(_("La regola è registrata: le sue scadenze sono già nell'elenco."), "success")
            return redirect(self.after(key))
        return self.render(self.create_template, form=form, row=None, sections=NEW_RULE, back=self.came_from(),
                           heading=self.new_title)

    def update(self, session: ScopedSession, row: DeadlineRule, version: int, facts: dict[str, Any]) -> DeadlineRule:
        """See the operation."""
        return operations.set_rule(session, row.id, facts, version=version, today=today())


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        Deadlines(Deadline, lazy_gettext("Scadenze"), endpoint="deadline", url="scadenze"),
        Rules(DeadlineRule, lazy_gettext("Regole delle scadenze"), endpoint="deadline_rule", url="regole-scadenze"),
    ]
