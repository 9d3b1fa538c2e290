"""Municipalities, bodies, and the facts below a party: signatories, acts, dedicated accounts, residents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from flask import has_request_context, redirect, request, url_for
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.parties.choices import ASKED_WHERE, by_district, district_choices, in_district, several_districts
from admin.web import formats
from admin.web.base_view import Act as Button
from admin.web.base_view import BaseView, Filter, small
from admin.web.forms import Choices, OneField, PageForm, number_or_none, picks
from admin.web.places import link_to
from admin.web.remarks import remark, remarks_for
from admin.web.searching import worded, written
from admin.web.words import decimal
from admin.wording import labels
from core.documents import words
from core.ground.access import ScopedSession
from core.ground.clock import PatronDay
from core.ground.errors import Finding, Place
from core.parties import capacities, districts, gazetteer, index, operations, traceability
from core.parties.model import (
    Act,
    BankAccount,
    Delegate,
    Membership,
    Municipality,
    Party,
    PartyCapacity,
    Population,
    Signatory,
    within,
)
from core.parties.signatories import CONTRACTS, signer

MOST_LETTERS = 80  # of a name that is looked for
FEWEST_LETTERS = 3  # of fewer, half of Italy begins so
MOST_ALIKE = 30


def period_state(row: Any, day: date) -> str:
    """Whether a dated fact holds on ``day``: in force, ended, to come."""
    if within(day, row.valid_from, row.valid_to):
        return "in_force"
    return "future" if row.valid_from and row.valid_from > day else "ended"


def belongings(party: Party, day: date) -> dict[str, Any]:
    """What stands below a party's data, for its page."""
    return {
        "signatories": [(s, period_state(s, day)) for s in reversed(party.signatories)],
        "accounts": party.accounts,
        "trace_remarks": remarks_for(lambda: traceability.findings(party, day)),
        "party_acts": list(reversed(party.acts)),
        "may_add": policy.MANAGEMENT.admits(principal()),
        "may_operate": partial(_not_yet_delegates, party, day),
        "signs_words": lambda person: labels.choice("signatory", "signs", person.signs),
        "may_keep_signatories": policy.MANAGEMENT.admits(principal()) or party.id in principal().municipality_ids,
    }


def _not_yet_delegates(party: Party, day: date, account: BankAccount) -> list[Signatory]:
    """Who signs for a party on ``day`` and is not among the delegates of its account: they are often the same people,
    whose data are not to be typed twice."""
    known = {delegate.tax_code for delegate in account.delegates}
    return [person for person in party.signatories
            if within(day, person.valid_from, person.valid_to) and person.tax_code not in known]


class MunicipalityView(BaseView):
    """Comuni and unions: who is a member, what is missing before a contract can be made."""

    panels = "municipality"
    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    new_title = lazy_gettext("Nuovo Comune")
    lead = lazy_gettext("I Comuni, le unioni e gli altri enti con cui si fanno i contratti: i loro dati escono in "
                        "contratti e lettere.")
    can_create = True
    can_edit = True
    create_template = "parties/municipality_new.html"
    details_template = "parties/municipality.html"
    column_list = ("name", "member", "signatory", "residents", "missing")
    column_labels = {"name": lazy_gettext("Comune"), "member": lazy_gettext("Socio dell'azienda"),
                     "signatory": lazy_gettext("Firma oggi"), "residents": lazy_gettext("Residenti"),
                     "missing": lazy_gettext("Dati")}
    shown = {
        "member": lambda row: formats.yes_no(row.is_member(today())),
        "signatory": lambda row: formats.shown(signatory_today(row)),
        "residents": lambda row: last_residents(row),
        "patron_day": lambda row: formats.shown(patron_words(row)),
        "missing": lambda row: formats.badge(row, "incomplete" if missing(row, today()) else "complete"),
    }
    searched = (worded,)
    sorted_by = {"name": Municipality.name}
    filtered = (
        Filter("socio", lazy_gettext("Socio"), lambda: [("1", _("sì")), ("0", _("no"))],
               lambda value: _is_member() if value == "1" else ~_is_member()),
        Filter("tipo", lazy_gettext("Tipo di ente"), lambda: list(labels.CHOICES["municipality.form"].items()),
               lambda value: Municipality.form == value),
        by_district(lambda key: Municipality.id.in_(in_district(key))),
    )
    load = (selectinload(Municipality.memberships), selectinload(Municipality.populations),
            selectinload(Municipality.signatories), selectinload(Municipality.acts),
            selectinload(Municipality.capacities), selectinload(Municipality.places),
            selectinload(Municipality.accounts).selectinload(BankAccount.delegates))
    details = ("form", "runts", "tax_code", "vat_number", "istat", "cadastral", "ipa", "address", "postal_code", "city",
               "province", "pec", "patron_day")
    form_sections = (
        (lazy_gettext("Chi è"), ("name", "form", "connector", "gender", "runts", "tax_code", "vat_number", "istat",
                                 "cadastral", "ipa")),
        (lazy_gettext("Sede e recapiti"), ("address", "postal_code", "city", "province", "pec", "patron_day")),
        (lazy_gettext("Nel contratto"), ("mission", "principles", "relations")),
    )
    left_out = frozenset({"id", "kind", "version", "slug", "demo"})
    numeric = frozenset({"residents"})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Municipality:
        """See the operation."""
        return operations.add_municipality(session, facts)

    def update(self, session: ScopedSession, row: Municipality, version: int, facts: dict[str, Any]) -> Municipality:
        """See the operation."""
        return operations.edit_municipality(session, row.id, facts, version=version)

    def where_it_stands(self, row: Municipality) -> str:
        """What a contract would still miss."""
        lacks = missing(row, today())
        if lacks:
            return _("Prima di un contratto mancano: %(what)s.", what=", ".join(word for word, _place in lacks))
        return _("I dati che servono a un contratto ci sono tutti.")

    def proposed(self) -> dict[str, Any]:
        """What the list of the comuni says of the one that was looked for and chosen (``?catastale=D367``)."""
        found = gazetteer.gazetteer().by_cadastral.get(request.args.get("catastale", ""))
        if found is None or found.until is not None:
            return super().proposed()
        return {**super().proposed(), "name": found.name, "form": "comune", "istat": found.istat,
                "cadastral": found.cadastral, "ipa": found.code, "city": found.name, "province": found.province}

    @expose("/elenco/")
    @policy.allow(policy.MANAGEMENT, policy.NOBODY)
    def listed_view(self) -> str | Response:
        """The comuni of a name in the list of ISTAT: the only one opens the form, of several one is chosen.

        For one that has ceased, those that took its place; where none is called so, those whose name begins so.
        """
        name, known = request.args.get("nome", "").strip()[:MOST_LETTERS], gazetteer.gazetteer()
        found = known.called(name) if name else []
        if len(found) == 1:
            return redirect(self.get_url(".create_view", catastale=found[0].cadastral))
        ceased = gazetteer.ceased(name) if name else []
        heirs = {heir.cadastral: heir for one in known.called(name, ceased=True) if ceased
                 and (heir := known.successor(one)) is not None}
        alike = [] if found or ceased or len(name) < FEWEST_LETTERS else known.beginning(name, MOST_ALIKE)
        return self.render("parties/listed.html", name=name, found=found or list(heirs.values()) or alike, known=known,
                           alike=alike, remarks=[remark(one) for one in ceased])

    def acts(self, row: Municipality) -> list[Button]:
        """A contract begins on the first day that is free."""
        if not policy.may(principal(), "contract_form.index", "POST"):
            return []
        return [Button(_("Nuovo contratto"), url_for("contract_form.index", comune=row.id))]

    def context(self, row: Municipality) -> dict[str, Any]:
        """What stands below the municipality's data."""
        return {**belongings(row, today()),
                "remarks": remarks_for(lambda: otherwise(db(), row)),
                "lacks": [(word, link_to(place)) for word, place in missing(row, today())],
                "capacities": [(c, labels.choice("party_capacity", "kind", c.kind), period_state(c, today()))
                               for c in reversed(row.capacities)],
                "district": districts.district_of(db(), row, today()) if several_districts() else None,
                "memberships": [(m, period_state(m, today())) for m in reversed(row.memberships)],
                "populations": list(reversed(row.populations))}


def _is_member() -> Any:
    day = today()
    return Municipality.memberships.any(
        (Membership.valid_from <= day) & (Membership.valid_to.is_(None) | (Membership.valid_to >= day))
    )


def signatory_today(party: Party) -> Signatory | None:
    """Who signs contracts for a party today."""
    return signer(party, CONTRACTS, today())


def last_residents(municipality: Municipality) -> str:
    """The latest figure of the residents, as people write it."""
    return decimal(municipality.populations[-1].residents) if municipality.populations else ""


def patron_words(municipality: Municipality) -> str:
    """The feast of the patron as one says it: ``24 giugno``; empty if it is not known."""
    feast = PatronDay.parse(municipality.patron_day)
    return "" if feast is None else words.day_month(date(2024, feast.month, feast.day))  # a year that has all days


def otherwise(session: ScopedSession, municipality: Municipality) -> list[Finding]:
    """What the list of the comuni and the index of public administrations say otherwise."""
    listed = gazetteer.remarks(municipality.name, municipality.istat or "", form=municipality.form)
    return [*(replace(found, at=Place("municipality", municipality.id, "istat")) for found in listed),
            *index.remarks(session, municipality)]


def missing(municipality: Municipality, day: date) -> list[tuple[str, Place]]:
    """What a municipality's records lack for a contract, in words, and where it is mended."""
    key, found = municipality.id, []
    if signer(municipality, CONTRACTS, day) is None:
        found.append((_("chi firma"), Place("signatory", key)))
    if municipality.form == "comune" and not municipality.istat:
        found.append((_("il codice ISTAT"), Place("municipality", key, "istat")))
    if not municipality.acts:
        found.append((_("gli atti di approvazione"), Place("act", key)))
    if not municipality.accounts:
        found.append((_("il conto dedicato"), Place("bank_account", key)))
    if municipality.form == "third_sector" and not municipality.runts:
        found.append((_("l'iscrizione al RUNTS"), Place("municipality", key, "runts")))
    if municipality.is_local and not municipality.populations:
        found.append((_("la popolazione"), Place("population", key)))
    if not municipality.mission or not municipality.principles:
        blank = "principles" if municipality.mission else "mission"
        found.append((_("missione e valori"), Place("municipality", key, blank)))
    if not municipality.relations:
        found.append((_("i modi della relazione"), Place("municipality", key, "relations")))
    return found


def party_page(key: int) -> str:
    """The page of a party: the azienda's or a municipality's."""
    kind = db().get_one(Party, key).kind
    return url_for(f"{'azienda' if kind == 'azienda' else 'municipality'}.details_view", id=key)


class BelowParty(BaseView):
    """A fact that belongs to a party: reached from the party's page, saved back to it."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    can_create = True
    can_edit = True
    can_view_details = False
    in_menu = False
    owner = "party_id"

    def choices(self, name: str) -> Choices:
        """The parties by name; the acts with their party, because two councils may have the same number."""
        if name != "act_id":
            return super().choices(name)
        rows = db().execute(select(Act, Party.name).join(Party, Act.party_id == Party.id).limit(500))
        return sorted(((a.id, f"{party}: {a}") for a, party in rows), key=lambda option: option[1].casefold())

    def stands_on(self, key: int | str) -> str:
        """Back to the party."""
        return party_page(self.seen(db(), int(key)).party_id)

    def told_apart(self, row: Any) -> str:
        """Of whom it is too: people and acts of several bodies are called alike."""
        return f"{self.name_of(row)}, {row.party.name}"


class SignatoryView(BelowParty):
    """Who signs, in which role and until when (R17, R18); a municipality keeps its own."""

    may_write = policy.MANAGEMENT_AND_MUNICIPALITIES
    new_title = lazy_gettext("Nuovo firmatario")
    lead = lazy_gettext("Chi firma per l'azienda e per ogni Comune, con quale incarico e in quale periodo.")
    in_menu = True
    column_list = ("family_name", "party", "role", "signs", "valid_from", "valid_to", "state")
    column_labels = {"family_name": lazy_gettext("Persona"), "party": lazy_gettext("Ente")}
    shown = {
        "family_name": lambda row: row.full_name,
        "state": lambda row: formats.badge(row, period_state(row, today())),
    }
    searched = (worded,)
    load = (selectinload(Signatory.party),)
    form_sections = (
        (lazy_gettext("Persona"), ("title", "given_name", "family_name", "sex", "birth_place", "birth_province",
                                   "birth_date", "tax_code")),
        (lazy_gettext("Incarico"), ("party_id", "role", "signs", "valid_from", "valid_to", "act_id")),
    )
    left_out = frozenset({"id", "version"})

    def told_apart(self, row: Signatory) -> str:
        """As what somebody signs, and for whom."""
        return f"{row.full_name}, {row.role}, {row.party.name}"

    def choices(self, name: str) -> Choices:
        """For a municipality itself and its own acts: the azienda is seen too, and keeps its own."""
        offered = super().choices(name)
        if principal().sees_all:
            return offered
        own = principal().municipality_ids
        acts = db().scalars(select(Act.id).where(Act.party_id.in_(own)))
        mine = own if name == "party_id" else frozenset(acts)
        return [(key, word) for key, word in offered if key in mine]

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Signatory:
        """See the operation."""
        return operations.add_signatory(session, facts)

    def update(self, session: ScopedSession, row: Signatory, version: int, facts: dict[str, Any]) -> Signatory:
        """See the operation."""
        return operations.edit_signatory(session, row.id, facts, version=version)


class ActView(BelowParty):
    """Resolutions and other acts (R15, R119)."""

    new_title = lazy_gettext("Nuovo atto")
    lead = lazy_gettext("Le deliberazioni e le determine degli enti: si allegano ai contratti e provano le decisioni.")
    in_menu = True
    column_list = ("title", "party", "body", "number", "date")
    column_labels = {"party": lazy_gettext("Ente")}
    newest_first = True
    searched = (worded,)
    load = (selectinload(Act.party),)
    filtered = (
        Filter("organo", lazy_gettext("Organo"), lambda: list(labels.CHOICES["act.body_kind"].items()),
               lambda value: Act.body_kind == value),
    )
    form_sections = (
        (lazy_gettext("Atto"), ("party_id", "body_kind", "body", "kind", "number", "date", "title", "unanimous")),
        (lazy_gettext("Nelle premesse del contratto"), ("recalled_order", "recalled_text", "constitutes")),
    )
    left_out = frozenset({"id", "version"})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Act:
        """See the operation."""
        return operations.add_act(session, facts)

    def update(self, session: ScopedSession, row: Act, version: int, facts: dict[str, Any]) -> Act:
        """See the operation."""
        return operations.edit_act(session, row.id, facts, version=version)


class AccountView(BelowParty):
    """Accounts dedicated to public money (L. 136/2010 art. 3; R110)."""

    new_title = lazy_gettext("Nuovo conto dedicato")
    lead = lazy_gettext("I conti su cui passa il denaro pubblico, e chi vi può operare (L. 136/2010, art. 3).")
    in_menu = True
    column_list = ("iban", "party", "bank", "delegates", "communicated_on")
    column_labels = {"party": lazy_gettext("Ente"), "delegates": lazy_gettext("Delegati")}
    shown = {"delegates": lambda row: formats.shown([str(d) for d in row.delegates])}
    searched = (worded,)
    load = (selectinload(BankAccount.party), selectinload(BankAccount.delegates))
    form_sections = (
        (lazy_gettext("Conto"), ("party_id", "iban", "bank", "branch", "treasury")),
        (lazy_gettext("Comunicazione (L. 136/2010, art. 3)"), ("opened_on", "first_used_on", "communicated_on")),
    )
    left_out = frozenset({"id", "version", "changed_on"})

    def name_of(self, row: BankAccount) -> str:
        """An account is called by its IBAN."""
        return row.iban

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> BankAccount:
        """See the operation."""
        return operations.add_account(session, facts, today=today())

    def update(self, session: ScopedSession, row: BankAccount, version: int, facts: dict[str, Any]) -> BankAccount:
        """See the operation."""
        return operations.edit_account(session, row.id, facts, version=version, today=today())


def _named(entity: type[Any], name: str) -> Any:
    """The row that a part of the address names; None for none, and for one that is not seen."""
    key = small(request.args.get(name))
    return None if key is None else db().get(entity, key)


class DelegateView(BaseView):
    """Who may operate on a dedicated account."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    new_title = lazy_gettext("Nuovo delegato")
    can_create = True
    can_delete = True
    can_view_details = False
    in_menu = False
    searched = (written("family_name", "given_name", "tax_code"),)
    column_list = ("family_name", "role", "account")
    column_labels = {"family_name": lazy_gettext("Persona"), "account": lazy_gettext("Conto dedicato")}
    shown = {"family_name": lambda row: row.full_name, "account": lambda row: row.account.iban}
    load = (selectinload(Delegate.account).selectinload(BankAccount.party),)
    form_columns = ("account_id", "role", "title", "given_name", "family_name", "sex", "birth_place",
                    "birth_province", "birth_date", "tax_code")
    left_out = frozenset({"id"})

    def told_apart(self, row: Delegate) -> str:
        """As what somebody may operate, and on whose account."""
        return f"{row.full_name}, {row.role}, {row.account.party.name}"

    def choices(self, name: str) -> Choices:
        """The accounts by IBAN, with their party."""
        rows = db().execute(select(BankAccount.id, BankAccount.iban, Party.name).join(Party).limit(500))
        return sorted(((key, f"{party}: {iban}") for key, iban, party in rows), key=lambda option: option[1])

    def proposed(self) -> dict[str, Any]:
        """The data of who signs for the account's party, if the address names one (``?firmatario=3``)."""
        account, person = (_named(entity, name) for entity, name in (
            (BankAccount, "account_id"), (Signatory, "firmatario")))
        if account is None or person is None or person.party_id != account.party_id:
            return super().proposed()
        return {**super().proposed(), **{name: getattr(person, name) for name in (*operations.PERSON, "role")}}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Delegate:
        """See the operation."""
        return operations.add_delegate(session, facts, today=today())

    def remove(self, session: ScopedSession, row: Delegate) -> None:
        """See the operation."""
        operations.remove_delegate(session, row.id, today=today())

    def stands_on(self, key: int | str) -> str:
        """Back to the account's party."""
        return party_page(db().get_one(BankAccount, self.seen(db(), int(key)).account_id).party_id)


class PopulationView(BaseView):
    """Residents by day, with the source (R87)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    new_title = lazy_gettext("Nuovo dato sulla popolazione")
    can_create = True
    can_delete = True
    can_view_details = False
    in_menu = False
    column_list = ("municipality", "on", "residents", "source")
    column_labels = {"municipality": lazy_gettext("Comune")}
    load = (selectinload(Population.municipality),)
    form_columns = ("municipality_id", "on", "residents", "source")
    left_out = frozenset({"id"})

    def name_of(self, row: Population) -> str:
        """The figure with its municipality and day."""
        return _("%(count)s residenti di %(name)s al %(day)s", count=decimal(row.residents),
                 name=row.municipality.name, day=formats.day(row.on))

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Population:
        """See the operation."""
        return operations.add_population(session, facts)

    def remove(self, session: ScopedSession, row: Population) -> None:
        """See the operation."""
        operations.remove_population(session, row.id)

    def stands_on(self, key: int | str) -> str:
        """Back to the municipality."""
        return self.get_url("municipality.details_view", id=self.seen(db(), int(key)).municipality_id)


class MembershipView(BaseView):
    """When a municipality belongs to the azienda (X1)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    new_title = lazy_gettext("Nuova adesione")
    can_create = True
    can_edit = True
    can_view_details = False
    in_menu = False
    column_list = ("municipality", "valid_from", "valid_to")
    column_labels = {"municipality": lazy_gettext("Comune")}
    load = (selectinload(Membership.municipality),)
    form_columns = ("municipality_id", "valid_from", "valid_to")
    form_sections = ((None, (*form_columns, "district_id")),)
    left_out = frozenset({"id", "version"})

    def scaffold_form(self) -> type[PageForm]:
        """The columns, and for who joins the district in which it lies, where there are several."""
        form = super().scaffold_form()
        if not has_request_context() or request.args.get("id") or not several_districts():
            return form
        return type("MembershipForm", (form,), {"district_id": OneField(
            lazy_gettext("Distretto"), coerce=number_or_none, choices=lambda: picks([("", "–"), *district_choices()]),
            description=lazy_gettext("In quale sta dal primo giorno; vuoto se resta dove stava."))})

    def facts(self, form: PageForm) -> dict[str, Any]:
        """The columns, and the district."""
        return super().facts(form) | ({"district_id": form["district_id"].data} if "district_id" in form else {})

    def name_of(self, row: Membership) -> str:
        """A membership is called by its municipality."""
        return _("adesione di %(name)s", name=row.municipality.name)

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Membership:
        """See the operation."""
        return operations.add_membership(session, facts, district_id=facts.pop("district_id", None))

    def update(self, session: ScopedSession, row: Membership, version: int, facts: dict[str, Any]) -> Membership:
        """See the operation."""
        return operations.edit_membership(session, row.id, facts, version=version)

    def stands_on(self, key: int | str) -> str:
        """Back to the municipality."""
        return self.get_url("municipality.details_view", id=self.seen(db(), int(key)).municipality_id)


class CapacityView(BaseView):
    """What a body is besides a party of contracts: the lead body of a district, the one that accredits."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    new_title = lazy_gettext("Nuova veste")
    can_create = True
    can_edit = True
    can_view_details = False
    in_menu = False
    column_list = ("municipality", "kind", "title", "signs_apart", "valid_from", "valid_to")
    column_labels = {"municipality": lazy_gettext("Ente")}
    load = (selectinload(PartyCapacity.municipality),)
    form_columns = ("municipality_id", "kind", "district_id", "title", "signs_apart", "valid_from", "valid_to")
    asked_where = ASKED_WHERE
    left_out = frozenset({"id", "version"})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> PartyCapacity:
        """See the operation."""
        return capacities.add_capacity(session, facts)

    def update(self, session: ScopedSession, row: PartyCapacity, version: int, facts: dict[str, Any]) -> PartyCapacity:
        """See the operation."""
        return capacities.edit_capacity(session, row.id, facts, version=version)

    def stands_on(self, key: int | str) -> str:
        """Back to the body."""
        return self.get_url("municipality.details_view", id=self.seen(db(), int(key)).municipality_id)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        MunicipalityView(Municipality, lazy_gettext("Comuni"), endpoint="municipality", url="comuni"),
        SignatoryView(Signatory, lazy_gettext("Firmatari"), endpoint="signatory", url="firmatari"),
        ActView(Act, lazy_gettext("Atti"), endpoint="act", url="atti"),
        AccountView(BankAccount, lazy_gettext("Conti dedicati"), endpoint="bank_account", url="conti"),
        DelegateView(Delegate, lazy_gettext("Delegati"), endpoint="delegate", url="delegati"),
        PopulationView(Population, lazy_gettext("Popolazione"), endpoint="population", url="popolazione"),
        MembershipView(Membership, lazy_gettext("Adesioni"), endpoint="membership", url="adesioni"),
        CapacityView(PartyCapacity, lazy_gettext("Vesti degli enti"), endpoint="party_capacity", url="vesti"),
    ]
