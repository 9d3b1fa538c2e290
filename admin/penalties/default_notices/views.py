"""Notices of default: the list, the record that says whose turn it is, and the pages on which one is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.cases import letters as letter_pages
from admin.contracts import cases
from admin.contracts.choices import pair
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.penalties.default_notices import passages as notice_passages
from admin.penalties.default_notices.acts import NoticeActs
from admin.penalties.default_notices.forms import (
    DefaultNoticeForm,
    evidence_of,
    kind_choices,
    service_choices,
)
from admin.penalties.default_notices.record import finding_rows, record_of, stands, turn_words
from admin.penalties.default_notices.trends import NoticeTrends
from admin.penalties.on_behalf import answers_of, marks_of
from admin.web import formats
from admin.web.acts import ActPage, Passages, act_form, carry_out
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.remarks import remark
from admin.web.searching import numbered, worded
from core.cases.operations import add_file
from core.catalogue.model import Service
from core.contracts.model import Contract
from core.controls import operations as controls
from core.controls.model import Control
from core.disputes.operations import contestations_of
from core.ground.access import ScopedSession
from core.ground.order import in_order
from core.parties.bodies import organ_name
from core.penalties import counting, operations, procedure, undoing
from core.penalties.model import DefaultNotice, NoticeFinding
from core.penalties.states import NOTICE_LIFE, DefaultNoticeState
from core.providers.model import Provider


def own_title() -> str:
    """What the list is called: a municipality sees only its own."""
    return _("Diffide") if principal().sees_all else _("Le nostre diffide")


def _services() -> list[tuple[int, str]]:
    held = select(NoticeFinding.service_id)
    rows = db().execute(select(Service.id, Service.title).where(Service.id.in_(held)).order_by(in_order(Service.title)))
    return [(key, title) for key, title in rows]


def _providers() -> list[tuple[int, str]]:
    """Those to which something was passed on: for who may see providers."""
    held = select(NoticeFinding.provider_id).where(NoticeFinding.provider_id.is_not(None))
    named = select(Provider.id, Provider.name).where(Provider.id.in_(held)).order_by(in_order(Provider.name))
    return [(key, name) for key, name in db().execute(named)]


def _with(column: Any, value: str) -> Any:
    return DefaultNotice.id.in_(select(NoticeFinding.notice_id).where(column == int(value)))


class DefaultNotices(NoticeActs, BaseView):
    """Notices of default (R101-R103): a municipality opens its own, the management answers and sees all."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT_AND_MUNICIPALITIES
    group = "disputes"
    title = LazyString(own_title)
    lead = lazy_gettext("Il Comune contesta un'inadempienza con una diffida; l'azienda risponde, le parti si sentono e "
                        "solo allora si decide, anche su una penale (art. 24).")
    empty = lazy_gettext("Nessuna diffida è ancora stata aperta.")
    begins = (Begin(lazy_gettext("Apri una diffida"), ".new_view"),)
    details_template = "penalties/default_notices/record.html"
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "municipality", "services", "turn", "state")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune"),
                     "services": lazy_gettext("Servizi"), "turn": lazy_gettext("A chi tocca")}
    shown = {
        "services": lambda row: ", ".join(dict.fromkeys(f.service.title for f in row.findings)),
        "turn": lambda row: formats.shown(turn_words(procedure.turn(row, today()))),
    }
    searched = (numbered, worded)
    sorted_by = {"code": DefaultNotice.id}
    filtered = (
        *cases.filters(DefaultNotice, DefaultNoticeState),
        Filter("servizio", lazy_gettext("Servizio"), _services,
               lambda value: _with(NoticeFinding.service_id, value)),
        Filter("gestore", lazy_gettext("Gestore"), _providers,
               lambda value: _with(NoticeFinding.provider_id, value)),
    )
    load = (selectinload(DefaultNotice.municipality),
            joinedload(DefaultNotice.contract).joinedload(Contract.terms),
            selectinload(DefaultNotice.findings).joinedload(NoticeFinding.service),
            selectinload(DefaultNotice.penalties))
    life = NOTICE_LIFE
    steps = notice_passages.STEPS
    writing_pages = Passages.writing_pages | {"edit_notice_view", "decide_view", "apply_view", "claim_view",
                                              "end_claim_view"}
    on_records = {"edit_notice_view": lazy_gettext("Modifica la bozza")}

    def name_of(self, row: DefaultNotice) -> str:
        """Number and municipality."""
        return _("Diffida n. %(code)s di %(name)s", code=row.code, name=row.municipality.name)

    def where_it_stands(self, row: DefaultNotice) -> str:
        """Where it stands, who must act, by when."""
        return stands(row)

    def timely(self, row: DefaultNotice, action: str) -> bool:
        """What the table allows and the days or the facts of this notice do not ask for yet is no button."""
        early = row.received_on is not None and bool(procedure.too_early(row, today()).early)
        refusals = {
            "answer": row.answer in procedure.ANSWERS,
            "note_silence": row.answer is not None or not procedure.reply_over(row, today()),
            "comply": row.complied_on is not None,
            "decide": early or row.received_on is None,
            "decide_early": not early,
            "close": any(procedure.is_open(penalty) for penalty in row.penalties),
        }
        return not refusals.get(action, False)

    def may_take_back(self, row: DefaultNotice) -> bool:
        """Not what left the house, and no decision that has produced a penalty."""
        return undoing.may_undo(db(), row)

    def offered(self, row: DefaultNotice) -> Iterator[str]:
        """Once both sides are summoned the hearing comes first, and another summons last."""
        again = row.state == DefaultNoticeState.SUMMONED
        yield from sorted(super().offered(row), key=lambda action: again and action == "summon")

    def passage_url(self, row: DefaultNotice, action: str) -> str:
        """The decision has a page of its own, in its time or before it."""
        if action in ("decide", "decide_early"):
            return self.get_url(f"{self.endpoint}.decide_view", id=row.id)
        return super().passage_url(row, action)

    def acts(self, row: DefaultNotice) -> list[Act]:
        """What may be done now, the letters, and the correction of a draft."""
        found = super().acts(row)
        draft = [self.button("edit_notice_view", row)
                 ] if row.state == DefaultNoticeState.DRAFT and self.may_change() else []
        return [*found[:1], *letter_pages.buttons(db(), "default_notice", row), *draft, *found[1:]]

    def context(self, row: DefaultNotice) -> dict[str, Any]:
        """Findings, penalties, damages, terms, the other side's contestations, deadlines, letters and diary."""
        beside = diary.context(db(), "default_notice", row.id)
        marks = [*marks_of("default_notice", [row.id]), *marks_of("damage_claim", [one.id for one in row.damages])]
        ends = [event for damage in row.damages for event in diary.events(db(), "damage_claim", damage.id)]
        return {
            **record_of(row), "header": [*cases.header(row), *_came_from(row)], "findings": finding_rows(row),
            "remarks": [remark(finding) for finding in procedure.remarks(row)
                        ] if row.state != DefaultNoticeState.WITHDRAWN else [],
            "repeated": counting.repeated(db(), row.contract_id), "ground_url": self.ground_url(row),
            "contestations": contestations_of(db(), row.contract_id, row.municipality_id),
            "deadlines": case_deadlines("default_notice", row.id), **beside,
            "events": diary.in_order([*reversed(beside["events"]), *ends, *answers_of(marks)]), "marks": marks,
            "may": self.may_on(row),
        }

    # --- writing one --------------------------------------------------------------------------------------

    @expose("/nuova/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Choose the contract, then write the notice; a control may be where it comes from (``?control=3``)."""
        control = self._control()
        chosen = f"{control.contract_id}-{control.municipality_id}" if control else request.args.get("parte")
        choices = cases.party_choices()
        chosen = cases.party_named(chosen) or (choices[0].value if len(choices) == 1 else None)
        if not chosen:
            return self.render("penalties/default_notices/choose.html", choices=choices,
                               asked=request.args.get("parte"))
        contract_id, municipality_id = pair(chosen)
        contract = db().get(Contract, contract_id, options=(joinedload(Contract.terms),))
        form = act_form(DefaultNoticeForm, addressee=organ_name(db(), "assembly", today()), compliance_days=30,
                        **(_from_control(control) if control else {"findings": [{}]}))

        def work(session: ScopedSession) -> int:
            notice = operations.open_notice(session, contract_id, municipality_id, _facts(form), form.written(),
                                            today=today())
            _keep_evidence(session, notice.id, form)
            if control is not None:
                controls.open_notice(session, control.id, notice.id, today=today())
            return notice.id

        page = ActPage(_("Nuova diffida"), _("Registra la bozza"), self.get_url(".index_view"), str(self.title), [
            _("Nasce una bozza, con un numero che resta suo: non parte ancora nulla."),
            _("Si può correggere fino all'invio.")])
        return self._write("default_notice.open", form, page, contract, municipality_id, work)

    @expose("/modifica/", methods=("GET", "POST"))
    def edit_notice_view(self) -> str | Response:
        """Correct a draft."""
        row = self.get_one(request.args.get("id"))
        said_now = {name: getattr(row, name) for name in operations.NOTICE}
        form = act_form(DefaultNoticeForm, row.version, **said_now, findings=[
            {name: getattr(finding, name) for name in operations.FINDING} for finding in row.findings])

        def work(session: ScopedSession) -> object:
            operations.edit_notice(session, row.id, _facts(form), form.written(), version=form.version.data,
                                   today=today())
            _keep_evidence(session, row.id, form)
            return row.id

        page = ActPage(_("Modifica la bozza"), _("Salva la bozza"), self.after(row.id), self.name_of(row))
        return self._write("default_notice.edit", form, page, row.contract, row.municipality_id, work)

    def _write(self, name: str, form: DefaultNoticeForm, page: ActPage, contract: Any, municipality_id: int,
               work: Any) -> str | Response:
        """Show the form of a notice or do it; "another" only adds a row, and nothing typed is lost."""
        another = "another" in request.form
        if another:
            form.findings.append_entry()
        form.offer_rows(service_choices(contract, municipality_id), kind_choices(contract))
        template = "penalties/default_notices/form.html"
        if another:
            return self.render(template, form=form, page=page, contract=contract)
        return carry_out(self, name, form, page, work, self.after, _("La bozza è registrata."),
                         template, contract=contract)

    def _control(self) -> Control | None:
        """The control that the address names, if it is visible and still asks for a notice."""
        key = small(request.args.get("control"))
        control = None if key is None else db().get(Control, key)
        return control if control is not None and control.notice_id is None else None


def _from_control(control: Control) -> dict[str, Any]:
    """What a control proposes: its serious findings, on the day on which they were seen."""
    serious = [finding.text for finding in control.findings if finding.serious] or [""]
    seen = control.held_on or control.answered_on
    return {"facts": "\n".join([_("Controllo n. %(code)s: %(title)s", code=control.code, title=control.title),
                                *serious]).strip(),
            "findings": [{"service_id": control.service_id, "happened_on": seen, "facts": text} for text in serious]}


def _came_from(row: DefaultNotice) -> list[tuple[str, str, str | None]]:
    """The controls that led to a notice: label, value, address."""
    found = db().scalars(select(Control).where(Control.notice_id == row.id).order_by(Control.id))
    return [(_("Controllo"), _("n. %(code)s – %(title)s", code=control.code, title=control.title),
             url_for("control.details_view", id=control.id)) for control in found]


def _facts(form: DefaultNoticeForm) -> dict[str, Any]:
    return {name: form[name].data for name in operations.NOTICE}


def _keep_evidence(session: ScopedSession, notice_id: int, form: DefaultNoticeForm) -> None:
    for held in evidence_of(form):
        add_file(session, "default_notice", notice_id, title=held.name, file=held, field="evidence")


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [
        DefaultNotices(DefaultNotice, LazyString(own_title), endpoint="default_notice", url="diffide"),
        NoticeTrends(lazy_gettext("Andamento delle contestazioni"), endpoint="notice_trends",
                     url="diffide/andamento"),
    ]
