"""What a contract contains beside its text, for its page: amendments, traceability, things entrusted, insurance,
documents to attach. The record includes ``contracts/contents.html`` and asks here for its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_admin.base import BaseView as AdminBaseView
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.contracts import record
from admin.contracts.amendments import Amendments
from admin.contracts.assets import AssetView, PolicyView, upkeep_words
from admin.contracts.attachments import Attachments
from admin.contracts.codes import ContractCodes
from admin.contracts.compare import ContractCompare, findings, versions_of
from admin.contracts.final import ContractFinal
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.base_view import Act
from admin.web.remarks import remark, remarks_for
from core.contracts import amendments, coordinated, insurance
from core.contracts.family import amendments_of, merged_into
from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import Contract, EntrustedAsset
from core.contracts.rules import timely
from core.contracts.states import ContractState
from core.documents import words
from core.ground.access import ScopedSession
from core.ground.clock import Roll
from core.ground.walls import closed_to
from core.parties import traceability
from core.parties.model import Party

OVER = (ContractState.CANCELLED, ContractState.CLOSED, ContractState.MERGED)


@dataclass(frozen=True)
class PartyAccounts:
    """A party's dedicated accounts as the page shows them; by when each is to be communicated."""

    name: str
    party: Party | None
    url: str | None
    due: dict[int, Any]


# what is done on a contract and is found by its name; the pages are of other views
ON_RECORDS = {
    "amendment.open_view": lazy_gettext("Apri una modifica"),
    "amendment.merge_view": lazy_gettext("Recepisci la modifica"),
    "contract_final.prepare_view": lazy_gettext("Prepara il testo da firmare"),
    "contract_codes.codes_view": lazy_gettext("Registra CIG e CUP"),
}


def acts(row: Contract) -> list[Act]:
    """The buttons on a contract's contents: amend, merge, compare, completeness."""
    found = []
    session, may_write = db(), policy.MANAGEMENT.admits(principal())
    family = amendments_of(session, row)
    open_one = next((a for a in family if a.state not in amendments.OVER), None)
    if may_write and row.state == ContractState.SIGNED and timely(row, "merge", today()):
        found.append(_act(ON_RECORDS["amendment.merge_view"], "amendment.merge_view", row, "primary"))
    if row.amends_id is not None:
        found.append(_act(_("Prima e dopo"), "amendment.changes_view", row))
    elif may_write and row.state in amendments.AMENDABLE and open_one is None:
        found.append(_act(ON_RECORDS["amendment.open_view"], "amendment.open_view", row))
    if not closed_to(principal(), "contract"):
        if len(row.documents) > 1 or len(versions_of(session, row)) > 1:
            found.append(_act(_("Confronta le versioni"), "contract_compare.versions", row))
        found.append(_act(_("Completezza"), "contract_compare.completeness_view", row))
    return [act for act in found if act is not None]


def acts_within(row: Contract) -> list[Act]:
    """What its sections link to: the codes of the payments, as long as it lives."""
    page = "contract_codes.codes_view"
    code = _act(ON_RECORDS[page], page, row) if row.state not in OVER else None
    return [] if code is None else [code]


def _act(label: Any, endpoint: str, row: Contract, tint: str = "secondary") -> Act | None:
    url = record.address(endpoint, contract_id=row.id)
    return None if url is None else Act(str(label), url, tint=tint)


def context(session: ScopedSession, row: Contract) -> dict[str, Any]:
    """What ``contracts/contents.html`` shows; the office's remarks are for the office."""
    policies = insurance.policies_of(session, row)
    office_reads, may_write = principal().sees_all, policy.MANAGEMENT.admits(principal())
    living = row.state not in OVER
    merged = may_write and bool(merged_into(session, row))
    return {
        "amends": session.get(Contract, row.amends_id) if row.amends_id else None,
        "amendments": amendments_of(session, row),
        "to_coordinate": record.address("amendment.coordinated_view", contract_id=row.id)
        if merged else None,
        "uncoordinated": merged and any(coordinated.lacking(session, row.id)),
        "accounts": accounts(session, row),
        "assets": row.assets,
        "upkeep": upkeep_words,
        "rent_day": rent_day,
        "policies": policies,
        "attachments": row.attachments,
        "may_write": may_write and living,
        "may_insure": PolicyView.may_write.admits(principal()) and living,
        "office_reads": office_reads,
        "remarks": [remark(finding) for finding in findings(session, row)] if office_reads and living else [],
        "trace_remarks": remarks_for(lambda: trace_remarks(row)) if living else [],
        "insurance_remarks": remarks_for(lambda: insurance.findings(row, policies))
        if living and row.amends_id is None else [],
    }


def rent_day(asset: EntrustedAsset) -> str:
    """The day of the year on which a rent is due, as one says it: ``31 gennaio``."""
    return words.day_month(date.fromisoformat(f"2024-{asset.rent_due}")) if asset.rent_due else ""


def trace_remarks(row: Contract) -> list[Any]:
    """What L. 136/2010 still asks of the parties' accounts, by the terms of this contract (R110)."""
    terms = row.terms
    return [
        finding
        for member in row.parties
        if member.party is not None
        for finding in traceability.findings(member.party, today(), terms.account_notice_days, Roll(terms.roll_policy))
    ]


def accounts(session: ScopedSession, row: Contract) -> list[PartyAccounts]:
    """The dedicated accounts of all who sign; those of another municipality are not shown to one."""
    names = record.party_names(session, row)
    terms = row.terms
    found = []
    for member in row.parties:
        party = member.party
        due = {} if party is None else {
            account.id: traceability.communication_by(account, terms.account_notice_days, Roll(terms.roll_policy))
            for account in party.accounts
        }
        found.append(PartyAccounts(names[member.party_id], party, record.party_page(party) if party else None, due))
    return found


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [
        AssetView(EntrustedAsset, lazy_gettext("Beni affidati"), endpoint="entrusted_asset", url="beni-affidati"),
        PolicyView(InsurancePolicy, lazy_gettext("Polizze"), endpoint="insurance_policy", url="polizze"),
        Amendments(lazy_gettext("Modifiche"), endpoint="amendment", url="contratti/modifica"),
        ContractFinal(lazy_gettext("Testo da firmare"), endpoint="contract_final", url="contratti/definitivo"),
        ContractCompare(lazy_gettext("Confronto"), endpoint="contract_compare", url="contratti/testo"),
        Attachments(lazy_gettext("Documenti da allegare"), endpoint="attachment", url="contratti/documenti"),
        ContractCodes(lazy_gettext("CIG e CUP"), endpoint="contract_codes", url="contratti/codici"),
    ]
