"""Premises and equipment entrusted with the contracts (R79-R82), and the insurance policies (R97)."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.contracts.names import in_full
from admin.guard import policy
from admin.guard.session import db, today
from admin.parties.choices import by_municipality, municipalities
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out, needed_file
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.fields import day_field, file_field
from admin.web.forms import Choices
from admin.web.searching import worded
from admin.wording import labels
from core.contracts import assets, insurance
from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import Contract, ContractParty, EntrustedAsset
from core.contracts.states import ContractState
from core.ground.access import Role, ScopedSession
from core.parties.model import Municipality

OVER = (ContractState.CANCELLED, ContractState.CLOSED, ContractState.MERGED)


class AnnexForm(ActForm):
    """The technical annex that came back signed."""

    signed_on = day_field(lazy_gettext("Firmato il"), lazy_gettext(
        "L'allegato tecnico regola la manutenzione di arredi e impianti ed è firmato dalle due parti (art. 15)."))
    file = file_field(lazy_gettext("Allegato tecnico firmato"))


def contract_choices() -> Choices:
    """The contracts that are not over, with their municipalities; amendments are their contract's."""
    living = select(Contract).where(Contract.state.not_in(OVER), Contract.amends_id.is_(None)).options(
        selectinload(Contract.parties).joinedload(ContractParty.party))
    rows = db().scalars(living.order_by(Contract.year.desc(), Contract.number.desc()).limit(500))
    return [(row.id, in_full(row)) for row in rows]


class AssetView(BaseView):
    """What the municipalities entrust to the azienda, over all contracts."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "work"
    title = lazy_gettext("Beni affidati")
    lead = lazy_gettext("Gli immobili e le attrezzature che i Comuni affidano all'azienda, con chi ne cura la "
                        "manutenzione.")
    new_title = lazy_gettext("Nuovo bene affidato")
    empty = lazy_gettext("Nessun bene è affidato: si registra dalla scheda del contratto.")
    can_create = can_edit = can_delete = True
    can_view_details = False
    on_records = {"annex_view": lazy_gettext("Registra l'allegato tecnico firmato")}
    column_list = ("name", "contract", "municipality", "title", "rent", "upkeep", "annex_signed_on")
    column_labels = {"contract": lazy_gettext("Contratto"), "municipality": lazy_gettext("Comune"),
                     "upkeep": lazy_gettext("Manutenzione")}
    shown = {
        "contract": lambda row: row.contract.code,
        "rent": lambda row: formats.euro(row.rent),
        "upkeep": lambda row: upkeep_words(row),
    }
    searched = (worded,)
    filtered = (
        Filter("titolo", lazy_gettext("Titolo"), lambda: list(labels.CHOICES["entrusted_asset.title"].items()),
               lambda value: EntrustedAsset.title == value),
        by_municipality(EntrustedAsset.municipality_id),
    )
    load = (joinedload(EntrustedAsset.contract), selectinload(EntrustedAsset.municipality))
    form_sections = (
        (lazy_gettext("Che cosa"), ("contract_id", "municipality_id", "kind", "name", "address")),
        (lazy_gettext("A che titolo"), ("title", "rent", "rent_due")),
        (lazy_gettext("Manutenzione e opere"), ("ordinary_upkeep", "extraordinary_upkeep", "agreements")),
    )
    left_out = frozenset({"id", "version", "annex_signed_on", "annex_id"})
    numeric = frozenset({"rent"})

    def name_of(self, row: EntrustedAsset) -> str:
        """A thing is called by its name."""
        return row.name

    def choices(self, name: str) -> Choices:
        """Contracts with their municipalities; of the municipalities those that sign the contract of the address."""
        if name == "contract_id":
            return contract_choices()
        key = small(request.args.get("contract_id"))
        if key is None:
            return municipalities()
        signing = select(ContractParty.party_id).where(ContractParty.contract_id == key)
        return municipalities(Municipality.id.in_(signing))

    def proposed(self) -> dict[str, Any]:
        """The upkeep as the contract has it where nothing else is agreed (R79, R80)."""
        return {"ordinary_upkeep": "azienda", "extraordinary_upkeep": "municipality", **super().proposed()}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> EntrustedAsset:
        """See the operation."""
        return assets.add_asset(session, facts, today=today())

    def update(self, session: ScopedSession, row: EntrustedAsset, version: int, facts: dict[str, Any]) -> Any:
        """See the operation."""
        return assets.edit_asset(session, row.id, facts, version=version, today=today())

    def remove(self, session: ScopedSession, row: EntrustedAsset) -> None:
        """See the operation."""
        assets.remove_asset(session, row.id, today=today())

    def stands_on(self, key: int | str) -> str:
        """Back to the contract."""
        return self.get_url("contract.details_view", id=self.seen(db(), int(key)).contract_id) + "#beni"

    def acts_within(self, row: EntrustedAsset) -> list[Act]:
        """The annex is kept from the page of the contract."""
        return [self.button("annex_view", row)]

    @expose("/allegato/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def annex_view(self) -> str | Response:
        """Keep the technical annex that both sides signed (R81)."""
        row = self.get_one(request.args.get("id"))
        form = act_form(AnnexForm, signed_on=row.annex_signed_on)
        page = ActPage(_("Allegato tecnico: %(name)s", name=row.name), _("Registra l'allegato"), self.after(row.id),
                       str(row.contract))
        return carry_out(self, "asset.annex", form, page, lambda session: assets.sign_annex(
            session, row.id, signed_on=form.signed_on.data, file=needed_file(form.file),
            today=today()).id, done=_("L'allegato tecnico è registrato, anche tra i file del contratto."))


def upkeep_words(row: EntrustedAsset) -> str:
    """Who does which upkeep, in a line."""
    ordinary = labels.choice("entrusted_asset", "ordinary_upkeep", row.ordinary_upkeep)
    other = labels.choice("entrusted_asset", "extraordinary_upkeep", row.extraordinary_upkeep)
    return _("ordinaria: %(ordinary)s; straordinaria: %(other)s", ordinary=ordinary, other=other)


class PolicyView(BaseView):
    """The insurance policies, of one contract or of all."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING)
    group = "work"
    title = lazy_gettext("Polizze assicurative")
    lead = lazy_gettext("Le polizze dell'azienda, di un contratto o di tutti, con i giorni che coprono.")
    new_title = lazy_gettext("Nuova polizza")
    empty = lazy_gettext("Nessuna polizza: il contratto la chiede per tutta la durata (art. 21).")
    can_create = can_edit = can_delete = True
    can_view_details = False
    column_list = ("insurer", "number", "cover", "amount", "valid_from", "valid_to", "contract")
    column_labels = {"contract": lazy_gettext("Contratto")}
    shown = {"amount": lambda row: formats.euro(row.amount), "contract": lambda row: holds_for(row)}
    searched = (worded,)
    sorted_by = {"valid_to": InsurancePolicy.valid_to}
    load = (joinedload(InsurancePolicy.contract),)
    form_sections = (
        (lazy_gettext("Polizza"), ("insurer", "number", "contract_id", "by_municipality")),
        (lazy_gettext("Che cosa e quando"), ("cover", "amount", "valid_from", "valid_to")),
    )
    left_out = frozenset({"id", "version"})
    numeric = frozenset({"amount"})

    def choices(self, name: str) -> Choices:
        """The contracts with their municipalities."""
        return contract_choices()

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> InsurancePolicy:
        """See the operation."""
        return insurance.add_policy(session, facts, today=today())

    def update(self, session: ScopedSession, row: InsurancePolicy, version: int, facts: dict[str, Any]) -> Any:
        """See the operation."""
        return insurance.edit_policy(session, row.id, facts, version=version, today=today())

    def remove(self, session: ScopedSession, row: InsurancePolicy) -> None:
        """See the operation."""
        insurance.remove_policy(session, row.id, today=today())


def holds_for(row: InsurancePolicy) -> str:
    """The contract of a policy, or all of them."""
    return _("tutti") if row.contract_id is None or row.contract is None else row.contract.code
