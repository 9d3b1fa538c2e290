"""The guided form of a contract, in five steps: who, which services, on which terms, the check, the preview.

The draft itself is what is saved, after every step: a person may leave and come back. Until the first step is sent
nothing exists; the draft and its number are made by it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.contracts import record
from admin.contracts.forms import ServicesForm, StartForm, TermsForm
from admin.guard import policy
from admin.guard.session import act, db, office, today
from admin.web.acts import ActForm, act_form, attempt
from admin.web.base_view import Page, small
from admin.web.formats import day
from admin.web.words import said
from core.catalogue.model import Area, Sector
from core.contracts import operations, proposal, terms
from core.contracts.annexes import bound
from core.contracts.assemble import territory_on
from core.contracts.districts import districts_of, plan_of
from core.contracts.model import Contract, ContractTerms, ServiceCharter, ZonePlan
from core.contracts.rules import other_bodies
from core.contracts.states import ContractState
from core.ground.access import ScopedSession
from core.ground.edits import locked
from core.ground.exercises import exercises
from core.ground.order import in_order
from core.parties.model import District, Municipality

KEY = "<int(max=2147483647):contract_id>"
STALE = lazy_gettext(
    "Mentre la pagina era aperta il contratto è stato modificato da qualcun altro, e nulla è stato sovrascritto. "
    "Quanto scritto è ancora qui sotto: confrontarlo con la scheda del contratto e, se è giusto, salvare di nuovo."
)


class ContractForm(Page):
    """Prepare a contract."""

    may_read = may_write = policy.MANAGEMENT
    group = "work"
    in_menu = False
    STEPS: dict[str, Any] = {
        "municipality": lazy_gettext("Comune"),
        "services": lazy_gettext("Servizi"),
        "terms": lazy_gettext("Condizioni"),
        "check": lazy_gettext("Controllo"),
        "preview": lazy_gettext("Anteprima"),
    }

    @expose("/", methods=("GET", "POST"))
    def index(self) -> str | Response:
        """The first step of a new contract: with whom, for which services, for how long.

        The first day is the day after the last contract of who signs ends: proposed for a municipality (``?comune=3``)
        or where it is the same for all, else it follows from those who are chosen if it is left empty.
        """
        offered = everybody(db(), today())
        if not offered:
            flash(_("Un contratto si fa con un Comune, e nessuno è registrato: prima si completano questi passi."),
                  "warning")
            return redirect(url_for("beginning.index"))
        key = small(request.args.get("comune"))
        free = proposal.free_days(db(), today())
        same = next(iter(free.values())) if len(set(free.values())) == 1 else None
        start = same if key is None else free_day(db(), [key])
        versions = terms.current(db(), start or next_year())
        # where the terms fix a duration the end follows from the ones chosen: it is left to be computed
        fixed = start is None or any(row.duration_months for row in versions)
        chosen = [key] if key else []
        form = act_form(StartForm, municipality=chosen or None, starts_on=start,
                        ends_on=None if start is None or fixed else proposed_end(db(), chosen, start, None))
        titles = [(row.id, str(row)) for row in versions]
        form.offer_lists(offered, areas(db()), titles if len(titles) == 1 else [("", "–"), *titles])
        made = attempt("contract.draft", form, lambda session: self._draft(session, form))
        if made is not None:
            begins = day(db().scalar(select(Contract.starts_on).where(Contract.id == int(made))))
            flash(_("La bozza è registrata, con decorrenza dal %(day)s: si può lasciare e riprendere quando si vuole.",
                    day=begins), "success")
            return self._go(int(made), "services")
        return self._page("municipality", None, form, free=by_day(db(), free))

    @staticmethod
    def _draft(session: ScopedSession, form: StartForm) -> int:
        members = list(dict.fromkeys(form.municipality.data or ()))
        start = form.starts_on.data or free_day(session, members, form.area_id.data)
        chosen = terms.holding(session, form.terms_id.data, start) if form.terms_id.data \
            else proposal.usual_terms(session, members, start)
        contract = operations.draft(
            session, members, starts_on=start,
            ends_on=form.ends_on.data or proposed_end(session, members, start, chosen.duration_months),
            terms_id=chosen.id, area_id=form.area_id.data, today=today(),
        )
        return contract.id

    @expose(f"/{KEY}/<step>/", methods=("GET", "POST"))
    def step_view(self, contract_id: int, step: str) -> str | Response:
        """One step of a draft. 404 for an unknown step or contract; a contract that is no draft shows its record."""
        steps: dict[str, Callable[[Contract], str | Response]] = {
            "municipality": self._municipality, "services": self._services, "terms": self._terms,
            "check": self._check, "preview": self._preview,
        }
        contract = db().get(Contract, contract_id)
        if contract is None or step not in steps:
            abort(404)
        if contract.state != ContractState.DRAFT:
            flash(_("Il contratto n. %(code)s non è più una bozza: si può leggere, non modificare.",
                    code=contract.code), "warning")
            return self._record(contract)
        return steps[step](contract)

    # --- the steps --------------------------------------------------------------------------------------------

    def _municipality(self, contract: Contract) -> str | Response:
        """What the first step decided; it is not decided twice."""
        return self._page("municipality", contract, None)

    def _services(self, contract: Contract) -> str | Response:
        """Which services are conferred: those that cover the municipality are proposed."""
        offered = proposal.choices(db(), contract, territory_on(db(), contract.starts_on))
        conferred_now = [f"{c.municipality_id}-{c.service_id}" for c in contract.conferrals]
        others = other_bodies(contract)
        names = record.party_names(db(), contract)
        form = act_form(ServicesForm, contract.version, services=conferred_now,
                        paying=[member.party_id for member in others if member.pays_share])
        form.paying.choices = [(member.party_id, names[member.party_id]) for member in others]
        if not others or contract.amends_id is not None:
            del form.paying
        form.services.choices = [(choice.key, choice.service.title) for row in offered.values() for choice in row]
        if self._sent(form, contract):
            wanted = form.by_municipality()
            paying = form.paying.data or () if "paying" in form else None

            def work(session: ScopedSession) -> None:
                changed = operations.confer(session, contract.id, wanted, version=form.version.data,
                                            paying=paying)
                operations.set_terms(session, contract.id, version=changed.version, step="terms")

            if self._done(form, "contract.services", work):
                return self._onward(contract, "terms")
        chosen = set(form.services.data or ())
        return self._page("services", contract, form, chosen=chosen, others=[
            (names[member.party_id], member.pays_share) for member in others],
                          offered=[(names[key], *split(row, chosen)) for key, row in offered.items()])

    def _terms(self, contract: Contract) -> str | Response:
        """Dates, place, versions of terms and plans, codes, own clauses."""
        form = act_form(TermsForm, row=contract)
        if contract.amends_id is None:
            del form.effective_on
        form.terms_id.choices = [(row.id, str(row)) for row in ordered(ContractTerms, ContractTerms.valid_from)
                                  if row.withdrawal is None or row.id == contract.terms_id]
        form.zone_plan_id.choices = optional(ordered(ZonePlan, ZonePlan.first_year))
        form.charter_id.choices = optional(ordered(ServiceCharter, ServiceCharter.valid_from))
        if self._sent(form, contract):

            def work(session: ScopedSession) -> None:
                changed = operations.set_terms(session, contract.id, version=form.version.data,
                                               step="check", **form.terms())
                operations.set_clauses(session, contract.id, form.written_clauses(), version=changed.version)

            if self._done(form, "contract.terms", work):
                return self._onward(contract, "terms" if form.go.data == "more" else "check")
        form.one_blank_clause()
        return self._page("terms", contract, form)

    def _check(self, contract: Contract) -> str | Response:
        """What is missing, each with the page where it is completed."""
        form = act_form(ActForm, contract.version)
        if self._sent(form, contract) and self._done(
            form, "contract.refresh", lambda session: operations.refresh_parties(
                session, contract.id, version=form.version.data, today=today())):
            flash(_("I firmatari sono quelli registrati oggi."), "success")
            return self._go(contract.id, "check")
        found = record.remarks(db(), contract)
        return self._page("check", contract, form, remarks=found, ready=not any(r.is_error for r in found))

    def _preview(self, contract: Contract) -> str | Response:
        """What will be generated, and the button that generates it."""
        form = act_form(ActForm, contract.version)
        if self._sent(form, contract):
            made = attempt("contract.generate", form, lambda session: self._generate(session, contract.id, form))
            if made is not None:
                number, _space, new = made.partition(" ")
                flash(_("Generata la versione n. %(number)s del documento.", number=number) if new else
                      _("I dati sono quelli della versione n. %(number)s: non serve generarne un'altra.",
                        number=number), "success")
                return self._record(contract)
        found = record.remarks(db(), contract)
        errors = [r for r in found if r.is_error]
        return self._page(
            "preview", contract, form, errors=errors, warnings=len(found) - len(errors),
            articles=[] if errors else operations.headings(db(), contract, office().registry),
            annexes=bound(contract),
            figures=record.figures(contract), names=record.party_names(db(), contract),
            negotiated=record.last_negotiated(contract),
        )

    @staticmethod
    def _generate(session: ScopedSession, contract_id: int, form: ActForm) -> str:
        """The number of the version, and whether it is a new one."""
        # held from here: of two at once, the second is told that its version is there already
        before = len(locked(session, session.require(Contract, contract_id)).documents)
        version = operations.generate_document(session, contract_id, version=form.version.data,
                                               registry=office().registry, today=today())
        return f"{version.version_number}{' new' if version.version_number > before else ''}"

    # --- what the steps share ---------------------------------------------------------------------------------

    def _sent(self, form: ActForm, contract: Contract) -> bool:
        """True if a filled form came, valid and not stale; a stale one keeps what was typed and may be sent again."""
        if request.method != "POST" or not form.validate():
            return False
        if form.version.data != contract.version:
            form.form_errors.append(str(STALE))
            form.version.raw_data, form.version.data = None, contract.version
            return False
        return True

    @staticmethod
    def _done(form: ActForm, name: str, work: Callable[[ScopedSession], object]) -> bool:
        """Do the work in an act called ``name``; a refusal goes beside its field."""
        with form.blaming():
            with act(name) as session:
                work(session)
            return True
        return False

    def _onward(self, contract: Contract, step: str) -> Response:
        """The next step, or the record for those who go on another time."""
        if request.form.get("go") == "later":
            flash(_("La bozza è registrata."), "success")
            return self._record(contract)
        return self._go(contract.id, step)

    def _go(self, contract_id: int, step: str) -> Response:
        return redirect(self.get_url(".step_view", contract_id=contract_id, step=step))

    def _record(self, contract: Contract) -> Response:
        return redirect(self.get_url("contract.details_view", id=contract.id))

    def _page(self, step: str, contract: Contract | None, form: ActForm | None, **values: Any) -> str:
        heading = _("Nuovo contratto") if contract is None else record.title(db(), contract)
        return self.render(f"contracts/step_{step}.html", step=step, contract=contract, form=form, steps=self.STEPS,
                           heading=heading, said=said, **values)


# --- what is offered --------------------------------------------------------------------------------------


def everybody(session: ScopedSession, on: date) -> list[tuple[int, str]]:
    """All municipalities and unions by name; those that are no members are marked (X1)."""
    rows = session.scalars(select(Municipality).order_by(in_order(Municipality.name)))
    return [(m.id, m.name if m.is_member(on) else _("%(name)s (non socio)", name=m.name)) for m in rows]


def by_day(session: ScopedSession, free: dict[int, date]) -> list[tuple[str, str]]:
    """The first free days, each with the names of the municipalities that are free from it."""
    names = dict(row for row in session.execute(select(Municipality.id, Municipality.name)))
    found: dict[date, list[str]] = {}
    for key, first in free.items():
        found.setdefault(first, []).append(names[key])
    return [(day(first), ", ".join(sorted(of))) for first, of in sorted(found.items())]


def free_day(session: ScopedSession, municipality_ids: list[int], area_id: int | None = None) -> date:
    """The first day of a new contract: the first free one of all who sign, else the first of next year."""
    free = proposal.free_days(session, today(), area_id=area_id)
    return max((free[key] for key in municipality_ids if key in free), default=next_year())


def next_year() -> date:
    """The first day of the exercise that comes."""
    return exercises(db()).of(today()).after


def areas(session: ScopedSession) -> list[tuple[Any, Any]]:
    """All services, or those of one area."""
    rows = session.scalars(select(Area).where(Area.kind != "staff").order_by(Area.order))
    return [("", _("Tutti i servizi")), *((area.id, _("Solo l'area %(area)s", area=area.title)) for area in rows)]


def proposed_end(
    session: ScopedSession, municipality_ids: list[int], start: date, duration_months: int | None
) -> date:
    """The last day: by the duration of the terms, else the end of the Zone Plan that then holds in the district of who
    signs, the first to end of several; else of the exercise."""
    signing = session.scalars(select(Municipality).where(Municipality.id.in_(municipality_ids)))
    districts: list[District | None] = [*districts_of(session, signing, start)]
    plans = (plan_of(session, district, start) for district in districts or [None])
    last = min((plan.ends_on for plan in plans if plan), default=None)
    return terms.proposed_end(start, duration_months, last, exercises(session))


Groups = list[tuple[Sector, list[proposal.ServiceChoice]]]


def split(row: list[proposal.ServiceChoice], chosen: set[str]) -> tuple[Groups, Groups, int, bool]:
    """The services that cover, by sector; the others; how many these are, and whether one of them was chosen."""
    others = [choice for choice in row if not choice.covers]
    covering = [choice for choice in row if choice.covers]
    return by_sector(covering), by_sector(others), len(others), any(choice.key in chosen for choice in others)


def by_sector(row: list[proposal.ServiceChoice]) -> Groups:
    """Each service under its first sector, in the order of art. 9."""
    groups: dict[int, tuple[Sector, list[proposal.ServiceChoice]]] = {}
    for choice in row:
        sector = choice.service.sectors[0].sector
        groups.setdefault(sector.id, (sector, []))[1].append(choice)
    return sorted(groups.values(), key=lambda group: (group[0].area.order, group[0].order))


def ordered(model: Any, column: Any) -> list[Any]:
    """The few rows of a table of versions, the newest first."""
    return list(db().scalars(select(model).order_by(column.desc(), model.id.desc())))


def optional(rows: list[Any]) -> list[tuple[Any, str]]:
    """Options with an empty one."""
    return [("", "–"), *((row.id, str(row)) for row in rows)]
