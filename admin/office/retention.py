"""How long what names people is kept: the rules that hold, those to come, and a new one from a day on."""

from __future__ import annotations

from flask import abort, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, today
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Page
from admin.web.fields import day_field, text_field
from admin.web.forms import NumberField, Sentence
from admin.web.words import said
from admin.wording import labels
from core.users import personal, retention


class RetentionForm(ActForm):
    """A new rule."""

    days = NumberField(lazy_gettext("Giorni"), [Sentence()])
    valid_from = day_field(lazy_gettext("Dal"), lazy_gettext("Da oggi in poi."))
    legal_source = text_field(lazy_gettext("Da dove viene"), lazy_gettext(
        "La norma, il provvedimento o la decisione dell'azienda."), longest=2000)


class Retention(Page):
    """The rules of retention."""

    may_read = policy.ADMINISTRATOR
    may_write = policy.ADMINISTRATOR
    group = "house"
    aside = True
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """Kind by kind: the rule that holds and those beside it; and what no rule touches."""
        day, rules = today(), retention.rules(db())
        kinds = [(labels.choice("retention_rule", "kind", kind), kind, retention.rule_on(db(), kind, day),
                  [rule for rule in rules if rule.kind == kind]) for kind in retention.standard_rules()]
        return self.render("office/retention.html", title=_("Conservazione"), kinds=kinds, today=day,
                           kept=[said(reason) for reason in personal.KEPT])

    @expose("/regola/", methods=("GET", "POST"))
    @policy.allow(policy.ADMINISTRATOR, policy.ADMINISTRATOR)
    def rule_view(self) -> str | Response:
        """A new rule for one kind."""
        kind = request.args.get("genere", "")
        if kind not in retention.standard_rules():
            abort(404)
        held = retention.rule_on(db(), kind, today())
        proposed = {"days": held.days, "legal_source": held.legal_source} if held else {}
        form = act_form(RetentionForm, valid_from=today(), **proposed)
        page = ActPage(str(labels.choice("retention_rule", "kind", kind)), _("Registra la regola"),
                       self.get_url(".index"), str(self.name), [
            _("Dal giorno scelto, ogni notte si cancella quello che è più vecchio: non si può recuperare."),
            _("Le regole di prima restano scritte.")])
        return carry_out(self, "retention_rule.set", form, page, lambda session: retention.set_rule(
            session, kind, days=form.days.data, valid_from=form.valid_from.data, legal_source=form.legal_source.data,
            today=today()).id, done=_("La regola è registrata."))


def views() -> list[Page]:
    """The views of this module, for the menu."""
    return [Retention(lazy_gettext("Conservazione"), endpoint="retention", url="conservazione")]
