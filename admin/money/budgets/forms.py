"""The forms of budgets, and of the assembly's approval, which allocation plans share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FormField, StringField, SubmitField
from wtforms.validators import Length

from admin.web.acts import ActForm
from admin.web.exercise import ExerciseField
from admin.web.forms import (
    SHORT,
    Choices,
    DateField,
    EuroField,
    NumberField,
    OneField,
    PageForm,
    RowsField,
    Sentence,
    clean,
    number_or_none,
    picks,
)
from admin.wording import labels
from core.funding.approval import Approval
from core.funding.model import BudgetLine
from core.funding.rules import FIGURES, LineFacts
from core.ground.errors import RuleBroken
from core.parties.names import understand

BLANK_LINES = 3


class OpenForm(ActForm):
    """Year and stage of a new budget, and what it starts from."""

    year = ExerciseField(_("Anno"), [Sentence()], render_kw={"inputmode": "numeric"})
    stage = OneField(_("Fase"), [Sentence()], choices=lambda: picks(labels.CHOICES["budget.stage"].items()))
    copy_from = OneField(_("Parte da"), coerce=number_or_none, description=_(
        "Le voci dell'altro bilancio si copiano e si correggono; quello resta com'è."))


class BudgetLineForm(PageForm):
    """A line of a service."""

    kind = OneField(_("Tipo"), choices=lambda: picks([("", "–"), *labels.CHOICES["budget_line.kind"].items()]))
    title = StringField(_("Descrizione"), [Length(max=SHORT)], filters=[clean])
    amount = EuroField(_("Importo"), render_kw={"inputmode": "decimal"})
    source_id = OneField(_("Fonte"), coerce=number_or_none)
    social = BooleanField(_("Costo sociale"))
    funder = StringField(_("Chi lo finanzia"), [Length(max=SHORT)], filters=[clean],
                         render_kw={"list": "chi-finanzia"})


class LinesForm(ActForm):
    """All lines of one service, with room for a few more."""

    lines = RowsField(FormField(BudgetLineForm), label=_("Voci"))
    go = SubmitField()

    def offer_sources(self, sources: Choices) -> None:
        """Fill the list of sources in every line."""
        for line in self.lines:
            line.form.source_id.choices = picks([("", "–"), *sources])

    def room(self, sources: Choices) -> None:
        """Blank lines at the end."""
        blank = sum(not _is_written(line.form) for line in self.lines)
        for _number in range(blank, BLANK_LINES):
            self.lines.append_entry()
        self.offer_sources(sources)

    def facts(self, municipalities: Sequence[tuple[int, str]]) -> list[LineFacts]:
        """The lines of which something is written. RuleBroken for one without its amount.

        ``municipalities``: id and name; a funder that means one of them is that municipality.
        """
        return [_facts(line.form, municipalities) for line in self.lines if _is_written(line.form)]


def _is_written(line: Any) -> bool:
    return bool(line.title.data or line.amount.data is not None or any(line.amount.raw_data or ()))


def _facts(line: Any, municipalities: Sequence[tuple[int, str]]) -> LineFacts:
    title, funder = line.title.data or "", line.funder.data or ""
    if line.amount.data is None:
        raise RuleBroken("«%(title)s»: manca l'importo.", title=title)
    funder_id = understand(funder, municipalities).means
    return LineFacts(kind=line.kind.data or "", title=title, amount=line.amount.data, source_id=line.source_id.data,
                     social=line.social.data or bool(funder), funder_id=funder_id, funder="" if funder_id else funder)


def line_data(line: BudgetLine) -> dict[str, Any]:
    """A line as its form shows it."""
    funder = line.funding_municipality.name if line.funding_municipality else line.funder
    return {"kind": line.kind, "title": line.title, "amount": line.amount, "source_id": line.source_id,
            "social": line.social, "funder": funder}


class FiguresForm(ActForm):
    """The cash figures and those of the indicators (R63, R64)."""

    cash_in = EuroField(labels.column("budget", "cash_in"))
    cash_out = EuroField(labels.column("budget", "cash_out"))
    current_assets = EuroField(labels.column("budget", "current_assets"))
    current_debts = EuroField(labels.column("budget", "current_debts"))
    equity = EuroField(labels.column("budget", "equity"), description=_(
        "Può essere negativo, se le perdite l'hanno consumato."))
    total_assets = EuroField(labels.column("budget", "total_assets"))
    sections = ((_("Equilibrio finanziario"), ("cash_in", "cash_out")),
                (_("Indicatori"), ("current_assets", "current_debts", "equity", "total_assets")))

    def figures(self) -> dict[str, Decimal | None]:
        """What ``set_figures`` asks for."""
        return {name: self[name].data for name in FIGURES}


class ApprovalForm(ActForm):
    """The assembly's act and votes."""

    number = StringField(_("Numero della deliberazione"), [Sentence(), Length(max=SHORT)], filters=[clean])
    on = DateField(_("Data della deliberazione"), [Sentence()], render_kw={"type": "date"})
    votes_for = NumberField(labels.column("budget", "votes_for"), [Sentence()], render_kw={"inputmode": "numeric"})
    votes_against = NumberField(labels.column("budget", "votes_against"), default=0,
                                render_kw={"inputmode": "numeric"})
    votes_abstained = NumberField(labels.column("budget", "votes_abstained"), default=0,
                                  render_kw={"inputmode": "numeric"})
    sections = ((_("Deliberazione dell'Assemblea"), ("number", "on")),
                (_("Voti"), ("votes_for", "votes_against", "votes_abstained")))

    def approval(self) -> Approval:
        """What the core asks for."""
        return Approval(self.number.data or "", self.on.data, self.votes_for.data, self.votes_against.data or 0,
                        self.votes_abstained.data or 0)


def passed_by(row: Any) -> str:
    """With which act and votes a budget or a plan was approved; empty for a draft."""
    if row.act is None:
        return ""
    return gettext("Approvato dall'Assemblea con deliberazione n. %(number)s del %(day)s: favorevoli %(yes)s, contrari "
                   "%(no)s, astenuti %(none)s.", number=row.act.number, day=f"{row.act.date:%d/%m/%Y}",
                   yes=row.votes_for, no=row.votes_against, none=row.votes_abstained)
