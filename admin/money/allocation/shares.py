"""The shares of the years: a municipality's own, with how each was computed; three years side by side."""

from __future__ import annotations

from flask import abort, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, principal
from admin.parties.choices import by_municipality
from admin.web import formats
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.downloads import give_document
from admin.web.exercise import by_exercise, exercise, exercises, of_exercise, of_row, this_year
from admin.web.searching import named
from admin.web.workbooks import KINDS, stream
from admin.wording import labels
from core.allocation.model import YearShare
from core.allocation.years import SPAN, known_years
from core.funding.rules import YEARS
from core.parties.model import Municipality

KNOWN_AS = {
    "forecast": lazy_gettext("prevista"), "budget": lazy_gettext("di previsione"),
    "pre_closing": lazy_gettext("di preconsuntivo"), "final": lazy_gettext("definitiva"),
    "accounts": lazy_gettext("definitiva"),
}


def own_title() -> str:
    """What the menu calls the shares: a municipality sees only its own."""
    return _("Quote dei Comuni") if principal().sees_all else _("Le nostre quote")


class Shares(BaseView):
    """What each municipality owes for a year, and where the figure comes from."""

    may_read = policy.MONEY_READERS
    group = "money"
    title = LazyString(own_title)
    lead = lazy_gettext("La quota di ogni anno, con il calcolo che la spiega (art. 20, c. 1).")
    empty = lazy_gettext("Nessuna quota è ancora approvata: nascono con il piano di riparto.")
    begins = (Begin(lazy_gettext("Tre anni a confronto"), ".years_view", "secondary"),)
    list_template = "money/allocation/shares.html"
    newest_first = True
    newest_by = ("year",)
    searched = (named(YearShare.municipality_id, Municipality.id), of_exercise)
    column_list = ("municipality", "year", "kind", "amount", "approved_on", "origin")
    column_labels = {"municipality": lazy_gettext("Comune"), "kind": lazy_gettext("Quota")}
    shown = {"amount": lambda row: formats.euro(row.amount), "year": of_row}
    details = ("municipality", "year", "kind", "amount", "approved_on", "origin", "note")
    filtered = (
        by_exercise(YearShare.year),
        by_municipality(YearShare.municipality_id),
        Filter("quota", lazy_gettext("Quota"), lambda: list(labels.CHOICES["year_share.kind"].items()),
               lambda value: YearShare.kind == value),
    )
    load = (selectinload(YearShare.municipality), joinedload(YearShare.document))
    numeric = frozenset({"amount"})

    def name_of(self, row: YearShare) -> str:
        """Whose share, and of which year."""
        return _("%(name)s: quota %(year)s", name=row.municipality.name, year=of_row(row))

    def acts(self, row: YearShare) -> list[Act]:
        """How it was computed, and the document."""
        found = []
        if row.plan_id is not None:
            url = self.get_url("allocation_plan.share_view", id=row.plan_id, comune=row.municipality_id)
            found.append(Act(_("Come è stata calcolata"), url, tint="primary"))
        if row.document is not None:
            found.append(Act(_("Scarica il documento Word"), self.get_url(".download_view", id=row.id)))
        return found

    @expose("/documento/")
    @policy.allow(policy.MONEY_READERS)
    def download_view(self) -> Response:
        """The document that explains a share; 404 for another's."""
        row = self.get_one(request.args.get("id"))
        if row.document is None:
            abort(404)
        return give_document(row.document)

    @expose("/tre-anni/")
    @policy.allow(policy.MONEY_READERS)
    def years_view(self) -> str:
        """Three years side by side, for the municipalities' own budgets."""
        first = _first_year()
        return self.render("money/allocation/years.html", known=known_years(db(), first), first=first, words=KNOWN_AS,
                           formats=KINDS)

    @expose("/tre-anni/file/")
    @policy.allow(policy.MONEY_READERS)
    def years_file_view(self) -> Response:
        """The same shares as a spreadsheet: a row for each municipality and year."""
        kind = request.args.get("formato", "")
        if kind not in KINDS:
            abort(404)
        known = known_years(db(), _first_year())
        rows = [(name, exercises().cell(year), share.amount, str(KNOWN_AS[share.kind]))
                for name, row in known.shares.items()
                for year, share in zip(known.years, row, strict=True) if share is not None]
        first, last = (exercise(year).replace("/", "-") for year in (known.years[0], known.years[-1]))
        return stream(_("Quote %(first)s-%(last)s", first=first, last=last),
                      [_("Comune"), _("Anno"), _("Importo"), _("Quota")], rows, kind)


def _first_year() -> int:
    """The first of the three years that the address asks for, this one if it does not; within reason."""
    wanted = small(request.args.get("dal")) or this_year()
    return min(max(wanted, YEARS[0]), YEARS[-1] - SPAN + 1)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Shares(YearShare, LazyString(own_title), endpoint="share", url="quote")]
