"""Requirement sets written in the browser: a draft, changed part by part, then registered whole as a new edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import abort, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.validators import Optional

from admin.accreditation.requirement_sets import preview_tree, rule_words, service_words, window_words
from admin.guard import policy
from admin.guard.session import db, today
from admin.web.acts import ActForm, ActPage, act_form, carry_out, common
from admin.web.base_view import Act, BaseView, small
from admin.web.fields import day_field, line_field, text_field
from admin.web.formats import day, euro
from admin.web.forms import DecimalField, EuroField, ManyField, NumberField, OneField, Sentence, picks
from admin.web.searching import written
from admin.web.words import said
from admin.wording import labels
from core.accreditation import drafts, rules
from core.accreditation.drafts import MEASURES, PARTS, REQUIREMENTS, SERVICES, WINDOWS
from core.accreditation.model import RequirementDraft, RequirementSet
from core.accreditation.monitoring import KINDS as MONITORED
from core.accreditation.set_content import HEAD, PRICED_BY
from core.accreditation.set_words import WORDS
from core.providers.rules import PAPERS
from core.providers.types import types_on

WHOLE = {"inputmode": "numeric"}
NUMBERS = ("examination_days", "months", "extensions", "extension_months", "monitoring_days")
HEAD_TEXTS = ("code", "title", "legal_source")
HEAD_DAYS = ("valid_from", "valid_to", "ends_on", "adapt_by")


def word(part: str, name: str) -> Any:
    """What a field is called, here and in what is remarked on it."""
    return lazy_gettext(WORDS[part][name].message)


class HeadForm(ActForm):
    """What stands at the top of a set."""

    title = line_field(word(HEAD, "title"))
    code = line_field(word(HEAD, "code"), lazy_gettext(
        "In lettere minuscole, per esempio centro_estivo. Con un codice già registrato nasce un'edizione nuova."))
    unit_types = ManyField(word(HEAD, "unit_types"), [Sentence()])
    legal_source = text_field(word(HEAD, "legal_source"), lazy_gettext("La delibera o il regolamento, oppure «Da "
                                                                  "verificare»."), longest=10_000)
    verified = BooleanField(lazy_gettext("La fonte è stata letta e verificata"))
    valid_from = day_field(word(HEAD, "valid_from"))
    valid_to = day_field(word(HEAD, "valid_to"), needed=False)
    adapt_by = day_field(word(HEAD, "adapt_by"), lazy_gettext(
        "Per chi è accreditato con un'edizione precedente: entro questo giorno rispetta i requisiti nuovi. Vuoto se "
        "non vi è tenuto."), needed=False)
    examination_days = NumberField(word(HEAD, "examination_days"), [Sentence()], render_kw=WHOLE)
    fee = EuroField(word(HEAD, "fee"), [Optional()], description=lazy_gettext(
        "Vuoto se la domanda è gratuita."), render_kw={"inputmode": "decimal"})
    months = NumberField(word(HEAD, "months"), [Sentence()], render_kw=WHOLE)
    ends_on = day_field(word(HEAD, "ends_on"), lazy_gettext(
        "Se gli accreditamenti finiscono tutti lo stesso giorno, al posto dei mesi."), needed=False)
    extensions = NumberField(word(HEAD, "extensions"), [Sentence()], render_kw=WHOLE)
    extension_months = NumberField(word(HEAD, "extension_months"), [Sentence()], render_kw=WHOLE)
    monitoring = ManyField(word(HEAD, "monitoring"))
    monitoring_days = NumberField(word(HEAD, "monitoring_days"), [Sentence()], render_kw=WHOLE)
    sections = (
        (lazy_gettext("Che cosa sono"), ("title", "code", "unit_types", "legal_source", "verified")),
        (lazy_gettext("Da quando valgono"), ("valid_from", "valid_to", "adapt_by")),
        (lazy_gettext("Domanda e durata"), ("examination_days", "fee", "months", "ends_on", "extensions",
                                            "extension_months")),
        (lazy_gettext("Monitoraggio"), ("monitoring", "monitoring_days")),
    )

    def offer(self, row: Any) -> None:
        """The types that hold today, and the kinds of monitoring."""
        self.unit_types.choices = picks((kind.code, kind.name) for kind in types_on(db(), today()))
        self.monitoring.choices = picks(labels.CHOICES["monitoring.kind"].items())


class MeasureForm(ActForm):
    """A figure that the application declares."""

    title = line_field(word(MEASURES, "title"))
    code = line_field(word(MEASURES, "code"), lazy_gettext("In lettere minuscole, per esempio bambini."))
    help = line_field(word(MEASURES, "help"), needed=False)
    whole = BooleanField(lazy_gettext("È un numero intero"))


setattr(MeasureForm, "from", OneField(word(MEASURES, "from"), [Optional()], choices=picks([
    ("", "–"), ("capacity", lazy_gettext("i suoi posti")),
    ("min_age_months", lazy_gettext("la sua età minima, in mesi")),
    ("max_age_months", lazy_gettext("la sua età massima, in mesi"))])))


class WindowForm(ActForm):
    """A period in which one applies."""

    to = day_field(word(WINDOWS, "to"))
    decide_by = day_field(word(WINDOWS, "decide_by"), lazy_gettext(
        "Vuoto se si contano i giorni per decidere dalla completezza di ciascuna domanda."), needed=False)
    sections = ((None, ("from", "to", "decide_by")),)


setattr(WindowForm, "from", day_field(word(WINDOWS, "from")))


class ServiceForm(ActForm):
    """What is delivered at a fixed price."""

    code = line_field(word(SERVICES, "code"), lazy_gettext("Per esempio P1."))
    title = line_field(word(SERVICES, "title"))
    unit = OneField(word(SERVICES, "unit"), [Sentence()])
    price = EuroField(word(SERVICES, "price"), [Sentence()], render_kw={"inputmode": "decimal"})

    def offer(self, row: Any) -> None:
        """For what it is paid."""
        words = labels.CHOICES["tariff.measure"]
        self.unit.choices = picks([("", "–"), *((code, words[code]) for code in PRICED_BY)])


class DraftRequirementForm(ActForm):
    """One requirement, or a heading."""

    code = line_field(word(REQUIREMENTS, "code"), lazy_gettext("Per esempio A.1."))
    title = line_field(word(REQUIREMENTS, "title"))
    kind = OneField(word(REQUIREMENTS, "kind"), [Sentence()])
    parent = OneField(word(REQUIREMENTS, "parent"), [Optional()])
    after = OneField(lazy_gettext("Dopo"), [Optional()])
    text = text_field(word(REQUIREMENTS, "text"), longest=10_000, needed=False)
    hint = text_field(word(REQUIREMENTS, "hint"), longest=10_000, needed=False)
    evidence = line_field(word(REQUIREMENTS, "evidence"), lazy_gettext(
        "Senza, la domanda non è completa. Vuoto se non serve."), needed=False)
    paper = OneField(word(REQUIREMENTS, "paper"), [Optional()])
    measure = OneField(word(REQUIREMENTS, "measure"), [Optional()])
    per = OneField(word(REQUIREMENTS, "per"), [Optional()])
    limit = DecimalField(word(REQUIREMENTS, "limit"), [Optional()], description=lazy_gettext(
        "Vuoto se non c'è: allora lo valuta l'ufficio."), render_kw={"inputmode": "decimal"})
    mandatory = BooleanField(lazy_gettext("È obbligatorio: se manca, non si accredita"))
    monitored = ManyField(lazy_gettext("Chiesto di nuovo nel monitoraggio"))
    legal_source = text_field(word(REQUIREMENTS, "legal_source"), longest=10_000, needed=False)
    verified = BooleanField(lazy_gettext("La fonte è stata letta e verificata"))
    sections = (
        (None, ("code", "title", "kind", "parent", "after")),
        (lazy_gettext("Testi"), ("text", "hint", "evidence")),
        (lazy_gettext("Documento del gestore"), ("paper",)),
        (lazy_gettext("Numero"), ("measure", "per", "limit")),
        (lazy_gettext("Quanto pesa e da dove viene"), ("mandatory", "monitored", "legal_source", "verified")),
    )

    def offer(self, row: Any) -> None:
        """What the draft has: headings, requirements, figures."""
        data = drafts.content_of(row)
        asked = data[REQUIREMENTS]
        headings = [(r["code"], f"{r['code']} {r.get('title', '')}") for r in asked if r.get("kind") == rules.GROUP]
        figures = [("", "–"), *((code, m.get("title", code)) for code, m in data[MEASURES].items())]
        self.kind.choices = picks(labels.CHOICES["requirement.kind"].items())
        self.parent.choices = picks([("", "–"), *headings])
        self.after.choices = picks([("", _("al primo posto")), *(
            (r["code"], f"{r['code']} {r.get('title', '')}") for r in asked if r["code"] != self.code.object_data)])
        words = labels.CHOICES["provider_paper.kind"]
        self.paper.choices = picks([("", "–"), *((code, words[code]) for code in PAPERS)])
        self.measure.choices = self.per.choices = picks(figures)
        self.monitored.choices = picks(labels.CHOICES["monitoring.kind"].items())


FORMS: Mapping[str, type[ActForm]] = {
    MEASURES: MeasureForm, WINDOWS: WindowForm, SERVICES: ServiceForm, REQUIREMENTS: DraftRequirementForm}
ADDS = {
    MEASURES: lazy_gettext("Aggiungi un dato"), WINDOWS: lazy_gettext("Aggiungi una finestra"),
    SERVICES: lazy_gettext("Aggiungi una prestazione"), REQUIREMENTS: lazy_gettext("Aggiungi un requisito"),
}
OF_NUMBERS = ("measure", "per", "limit")


class SetDrafts(BaseView):
    """Sets and new editions while they are written."""

    may_read = may_write = policy.ACCREDITATION
    in_menu = False
    group = "accreditation"
    title = lazy_gettext("Bozze di requisiti")
    lead = lazy_gettext("Un insieme nuovo, o l'edizione nuova di uno che c'è già: vale soltanto quando è registrato.")
    empty = lazy_gettext("Nessuna bozza: si comincia dalla pagina dei requisiti.")
    details_template = "accreditation/draft.html"
    searched = (written("title"),)
    column_list = ("title", "begun_on", "begun_by")
    left_out = frozenset()
    numeric = frozenset()
    writing_pages = BaseView.writing_pages | {"new_view", "head_view", "part_view", "remove_view", "register_view",
                                              "discard_view"}
    on_records = {
        "head_view": lazy_gettext("Dati generali"),
        "register_view": lazy_gettext("Registra i requisiti"),
        "discard_view": lazy_gettext("Butta la bozza"),
    }

    def name_of(self, row: RequirementDraft) -> str:
        """Its title, once it has one."""
        return row.title or _("Requisiti senza titolo")

    def where_it_stands(self, row: RequirementDraft) -> str:
        """That it is a draft, and how much is to be mended."""
        found = drafts.read_draft(row).findings
        if not found:
            return _("Bozza completa: si può registrare. Le domande in corso tengono i loro requisiti.")
        return ngettext("Bozza: c'è %(num)s cosa da sistemare prima di registrarla.",
                        "Bozza: ci sono %(num)s cose da sistemare prima di registrarla.", len(found))

    def acts(self, row: RequirementDraft) -> list[Act]:
        """Registering first, if nothing is wrong."""
        clean = drafts.read_draft(row).is_clean
        return [*([self.button("register_view", row, tint="primary")] if clean else []),
                self.button("head_view", row, tint="secondary" if clean else "primary"),
                self.button("discard_view", row, tint="danger")]

    def context(self, row: RequirementDraft) -> dict[str, Any]:
        """The head, the parts, what is to be mended."""
        found, data = drafts.read_draft(row), drafts.content_of(row)
        return {
            "facts": head_words(data), "data": data, "adds": ADDS,
            "findings": [(self._place(row, data, finding), said(finding)) for finding in found.findings],
            "tree": preview_tree(found), "figure": lambda asked: rule_words(data[MEASURES], asked),
            "windows": [
                (window_words((window.get("from"), window.get("to"), window.get("decide_by"))), str(number))
                for number, window in enumerate(data[WINDOWS], 1)],
            "service_words": service_words,
            "kind_word": lambda asked: labels.choice("requirement", "kind", asked.get("kind", "check")),
        }

    def _place(self, row: RequirementDraft, data: Mapping[str, Any], finding: Any) -> tuple[str, str]:
        """Where something is to be mended, in words, with its page."""
        table, _name = finding.values["line"]
        part, _dot, key = table.partition(".")
        if part == HEAD:
            return _("Dati generali"), self.get_url(".head_view", id=row.id)
        if part in (REQUIREMENTS, SERVICES):
            key = str(data[part][int(key) - 1].get("code", key))
        return f"{PART_WORDS[part]} {key}", self.get_url(".part_view", id=row.id, parte=part, voce=key)

    # --- the draft and its end --------------------------------------------------------------------------------

    @expose("/nuova/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Begin a set, or the next edition of the one that the address names."""
        key = small(request.args.get("da"))
        before = None if key is None else db().get(RequirementSet, key)
        form = act_form(ActForm)
        page = ActPage(
            _("Prepara un'edizione nuova: %(title)s", title=before.title) if before else
            _("Nuovo insieme di requisiti"),
            _("Comincia la bozza"), self.get_url("requirement_set.index_view"), _("Requisiti"), [
                _("La bozza ha tutto quello che ha questa edizione: si cambia quanto serve e le si dà il suo giorno.")
                if before else _("La bozza comincia vuota: si dice che cosa si chiede, un requisito per volta."),
                _("Si può lasciare e riprendere. Finché non è registrata non vale, e la vede soltanto l'ufficio."),
                _("Le edizioni registrate non cambiano: chi è già esaminato tiene la sua.")])
        return carry_out(self, "requirement_draft.begin", form, page, lambda session: drafts.begin(
            session, from_id=before.id if before else None, today=today()).id,
            lambda made: self.get_url(".head_view", id=int(made)), _("La bozza è cominciata."))

    @expose("/registra/", methods=("GET", "POST"))
    def register_view(self) -> str | Response:
        """Register the draft."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ActForm, row.version)
        page = ActPage(_("Registra: %(title)s", title=self.name_of(row)), _("Registra i requisiti"),
                       self.after(row.id), self.name_of(row), [
            _("Valgono dal loro giorno per le domande nuove; quelle in corso tengono i requisiti con cui sono nate."),
            _("Un'edizione registrata non si modifica più: per cambiarla se ne prepara un'altra."),
            *(said(finding) for finding in drafts.read_draft(row).findings[:12])])
        return carry_out(self, "requirement_draft.register", form, page,
                         lambda session: drafts.register(session, row.id, **common(form)).id,
                         lambda made: self.get_url("requirement_set.details_view", id=int(made)),
                         _("I requisiti sono registrati."))

    @expose("/butta/", methods=("GET", "POST"))
    def discard_view(self) -> str | Response:
        """Throw the draft away."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ActForm, row.version)
        page = ActPage(_("Butta la bozza: %(title)s", title=self.name_of(row)), _("Butta la bozza"),
                       self.after(row.id), self.name_of(row), [_("La bozza non c'è più; la storia la ricorda.")],
                       tint="danger")
        return carry_out(self, "requirement_draft.discard", form, page, lambda session: drafts.discard(
            session, row.id, version=form.version.data or 0) or "-",
            lambda _made: self.get_url("requirement_set.index_view"), _("La bozza è buttata."))

    # --- what it says -----------------------------------------------------------------------------------------

    @expose("/dati/", methods=("GET", "POST"))
    def head_view(self) -> str | Response:
        """What stands at the top."""
        row = self.get_one(request.args.get("id"))
        data = drafts.content_of(row)
        proposed = {"monitoring": [*MONITORED], "monitoring_days": 30, **data}
        form = act_form(HeadForm, row.version, **{name: proposed.get(name) for name in (
            *HEAD_TEXTS, *HEAD_DAYS, *NUMBERS, "unit_types", "verified", "fee", "monitoring")})
        form.offer(row)
        page = ActPage(_("Dati generali"), _("Salva"), self.after(row.id), self.name_of(row))
        return carry_out(self, "requirement_draft.head", form, page, lambda session: drafts.set_head(
            session, row.id, _head_facts(form), version=form.version.data or 0).id, done=_("I dati sono salvati."))

    @expose("/voce/", methods=("GET", "POST"))
    def part_view(self) -> str | Response:
        """A figure, a window, a service or a requirement: a new one, or the one that the address names."""
        row, part, key = self._part()
        data = drafts.content_of(row)
        form = act_form(FORMS[part], row.version, **_proposed(data, part, key))
        form.offer(row)
        heading = str(ADDS[part]) if key is None else f"{PART_WORDS[part]} {key}"
        page = ActPage(heading, _("Salva"), self.after(row.id) + f"#{part}", self.name_of(row))
        return carry_out(self, "requirement_draft.part", form, page, lambda session: drafts.set_part(
            session, row.id, part, key, _facts(form, part), version=form.version.data or 0,
            after=form.after.data or "" if part == REQUIREMENTS else None).id,
            done=_("Salvato nella bozza."))

    @expose("/togli/", methods=("GET", "POST"))
    def remove_view(self) -> str | Response:
        """Take a part away."""
        row, part, key = self._part()
        if key is None:
            abort(404)
        form = act_form(ActForm, row.version)
        page = ActPage(_("Togli: %(what)s", what=f"{PART_WORDS[part]} {key}"), _("Togli"),
                       self.after(row.id) + f"#{part}", self.name_of(row),
                       [_("Le edizioni già registrate restano come sono.")], tint="danger")
        return carry_out(self, "requirement_draft.remove", form, page, lambda session: drafts.remove_part(
            session, row.id, part, key, version=form.version.data or 0).id, done=_("Tolto dalla bozza."))

    def _part(self) -> tuple[RequirementDraft, str, str | None]:
        """The draft, the part and the key that the address names; 404 for what is not there."""
        row, part = self.get_one(request.args.get("id")), request.args.get("parte", "")
        key = request.args.get("voce") or None
        if part not in PARTS:
            abort(404)
        data = drafts.content_of(row)
        if key is not None and (key not in data[MEASURES] if part == MEASURES else key not in _keys(data, part)):
            abort(404)
        return row, part, key


PART_WORDS = {MEASURES: lazy_gettext("Dato"), WINDOWS: lazy_gettext("Finestra"),
              SERVICES: lazy_gettext("Prestazione"), REQUIREMENTS: lazy_gettext("Requisito")}


def _keys(data: Mapping[str, Any], part: str) -> list[str]:
    return [str(number) if part == WINDOWS else str(row.get("code", "")) for number, row in enumerate(data[part], 1)]


def _head_facts(form: Any) -> dict[str, Any]:
    """What the form says, as a file would."""
    facts = {name: form[name].data or None for name in (*HEAD_TEXTS, *HEAD_DAYS)}
    return {**facts, **{name: form[name].data for name in NUMBERS}, "fee": form.fee.data,
            "unit_types": list(form.unit_types.data or ()), "verified": bool(form.verified.data),
            "monitoring": list(form.monitoring.data or ())}


def _proposed(data: Mapping[str, Any], part: str, key: str | None) -> dict[str, Any]:
    """What stands in the draft; for a new requirement, the last place."""
    asked: Sequence[Mapping[str, Any]] = data[REQUIREMENTS]
    if key is None:
        last = str(asked[-1]["code"]) if asked else ""
        return {"whole": True, "mandatory": True, "kind": "check", "after": last if part == REQUIREMENTS else ""}
    if part == MEASURES:
        return {"code": key, "whole": True, **data[MEASURES][key]}
    place = drafts.place_of(data, part, key)
    row = {"mandatory": True, "kind": "check", **data[part][place]}
    if "limit" in row:
        row["limit"] = Decimal(row["limit"])
    return {**row, "after": str(asked[place - 1]["code"]) if part == REQUIREMENTS and place else ""}


def _facts(form: Any, part: str) -> dict[str, Any]:
    """What the form of a part says, as a file would: only what its kind asks."""
    told = {field.name: list(field.data or ()) if isinstance(field, ManyField) else field.data for field in form
            if field.name not in ("version", "request_key", "after")}
    if part == REQUIREMENTS:
        kind = told["kind"]
        left_out = set() if kind == "ratio" else {"per"} if kind in rules.NUMERIC else {*OF_NUMBERS}
        left_out |= set() if kind == rules.PAPER else {"paper"}
        told = {name: value for name, value in told.items() if name not in left_out}
    return told


def head_words(data: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """What stands at the top, for people: what is not there yet is not shown."""
    kinds = labels.CHOICES["monitoring.kind"]
    names = {kind.code: kind.name for kind in types_on(db(), today())}
    shown = {
        "unit_types": ", ".join(names.get(code, code) for code in data.get("unit_types", ())),
        "monitoring": ", ".join(str(kinds[kind]).lower() for kind in data.get("monitoring", ()) if kind in kinds),
        "verified": _("sì") if data.get("verified") else _("no"),
        "fee": euro(data["fee"]) if data.get("fee") else "",
        **{name: day(data.get(name)) if data.get(name) else "" for name in HEAD_DAYS},
    }
    order = ("code", "unit_types", "legal_source", "verified", *HEAD_DAYS, "fee", *NUMBERS, "monitoring")
    pairs = [(labels.column("requirement_set", name), shown.get(name, data.get(name, ""))) for name in order]
    return [(label, value) for label, value in pairs if value not in ("", None)]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [SetDrafts(RequirementDraft, lazy_gettext("Bozze di requisiti"), endpoint="requirement_draft",
                      url="requisiti/bozze")]
