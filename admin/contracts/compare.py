"""Reading a contract closely: two versions beside each other, and its text held against art. 24 D.lgs. 201/2022."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from admin.contracts import record
from admin.guard import policy
from admin.guard.session import db, office, principal, today
from admin.web import formats
from admin.web.base_view import Page, small
from admin.web.words import said
from admin.wording import labels
from core.contracts import amendments, compare, completeness
from core.contracts.assemble import contract_document
from core.contracts.completeness import SOURCE, Evidence, Presence
from core.contracts.family import amendments_of
from core.contracts.insurance import policies_of
from core.contracts.model import Contract, ContractDocument
from core.contracts.operations import TEMPLATE
from core.documents import comparing
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.ground.walls import closed_to

KEY = "<int(max=2147483647):contract_id>"
policy.STAFF_AND_MUNICIPALITIES = policy.roles(*(policy.STAFF.roles or ()), Role.MUNICIPALITY)
MOST_SAME = 3  # of a longer unchanged stretch only the ends are shown, the rest folds
KINDS = {
    "same": lazy_gettext("Invariato"), "added": lazy_gettext("Aggiunto"), "removed": lazy_gettext("Tolto"),
    "changed": lazy_gettext("Cambiato"), "moved": lazy_gettext("Spostato"),
}
FIELDS: dict[str, Any] = {
    "ends_on": lazy_gettext("Ultimo giorno"), "service": lazy_gettext("Servizio"),
    "signatory": lazy_gettext("Firmatario"), "clause": lazy_gettext("Clausola"), "act": lazy_gettext("Atto allegato"),
}
PRESENCE = {
    Presence.PRESENT: (lazy_gettext("Presente"), "green"), Presence.PARTLY: (lazy_gettext("In parte"), "amber"),
    Presence.MISSING: (lazy_gettext("Manca"), "red"),
}


class ContractPage(Page):
    """A page of one contract, reached from its record."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    group = "work"
    in_menu = False

    @expose("/")
    def index(self) -> Response:
        """These pages are of one contract: without one, the list."""
        return redirect(self.get_url("contract.index_view"))

    @staticmethod
    def contract(contract_id: int) -> Contract:
        """The contract, or 404."""
        row = db().get(Contract, contract_id)
        if row is None:
            abort(404)
        return row

    def show(self, template: str, row: Contract, **values: Any) -> str:
        """A page of ``row`` with the way back to it."""
        return self.render(f"contracts/{template}.html", row=row, heading=record.title(db(), row), said=said,
                           back=self.get_url("contract.details_view", id=row.id), **values)


class ContractCompare(ContractPage):
    """Compare versions, and check completeness; not for an office that does not read contracts."""

    @staticmethod
    def contract(contract_id: int) -> Contract:
        """The contract, or 404."""
        if closed_to(principal(), "contract"):
            abort(404)
        return ContractPage.contract(contract_id)

    @expose(f"/{KEY}/confronto/")
    def versions(self, contract_id: int) -> str:
        """Two versions of the text, also of an amendment and of the contract that it amends: fields, services, text."""
        row = self.contract(contract_id)
        offered = versions_of(db(), row)
        before, after = self._chosen(offered)
        values: dict[str, Any] = {}
        if before is not None and after is not None:
            old, new = text_of(before), text_of(after)
            stretches = comparing.paragraphs(old, new)
            values = {
                "stretches": stretches, "renumbered": comparing.renumbered(stretches),
                "unknown": not (before.snapshot and after.snapshot),
                "differences": compare.differences(before.snapshot or {}, after.snapshot or {})
                if before.snapshot and after.snapshot else [],
            }
        return self.show("compare", row, offered=[(v.id, name_of(v)) for v in offered], before=before, after=after,
                         field_name=field_name, kinds=KINDS, words=comparing.words, most_same=MOST_SAME, **values)

    @staticmethod
    def _chosen(offered: list[ContractDocument]) -> tuple[ContractDocument | None, ContractDocument | None]:
        """The two that the address names, else the last two. 404 for a version of another contract."""
        by_id = {version.id: version for version in offered}
        chosen: list[ContractDocument | None] = []
        for name, place in (("prima", 1), ("dopo", 0)):
            if name in request.args:
                key = small(request.args[name])
                if key not in by_id:
                    abort(404)
                chosen.append(by_id[key])
            else:
                chosen.append(offered[place] if len(offered) > 1 else None)
        return chosen[0], chosen[1]

    @expose(f"/{KEY}/completezza/")
    @policy.allow(policy.STAFF)
    def completeness_view(self, contract_id: int) -> str:
        """The minimum contents of the law: present and where, or missing. A list to print; nothing is stopped."""
        row = self.contract(contract_id)
        version = row.documents[-1] if row.documents else None
        text, trouble = printed(row, version)
        answers = completeness.check([*completeness.located(text), *on_record(row)]) if text else []
        return self.show("completeness", row, answers=answers, presence=PRESENCE, source=SOURCE, trouble=trouble,
                         read=version, day=today(),
                         missing=sum(answer.presence is not Presence.PRESENT for answer in answers))


def versions_of(session: ScopedSession, contract: Contract) -> list[ContractDocument]:
    """The versions of a contract, of its amendments and of the contract that it amends, the newest first.

    One that was imported as a scan has no paragraphs to compare.
    """
    if contract.amends_id is None and not amendments_of(session, contract):
        return [version for version in reversed(contract.documents) if version.document.file_name.endswith(".docx")]
    root = contract.amends_id or contract.id
    family = select(Contract.id).where((Contract.id == root) | (Contract.amends_id == root))
    readable = ContractDocument.document.has(Document.file_name.endswith(".docx"))
    query = select(ContractDocument).where(ContractDocument.contract_id.in_(family), readable).options(
        joinedload(ContractDocument.document), joinedload(ContractDocument.contract))
    own_first = sorted(session.scalars(query), key=lambda version: (version.contract_id == contract.id, version.id))
    return own_first[::-1]


def name_of(version: ContractDocument) -> str:
    """A version as one picks it from a list."""
    return _("n. %(code)s, versione %(number)s del %(day)s (%(origin)s)", code=version.contract.code,
             number=version.version_number, day=formats.moment(version.document.made_at),
             origin=str(labels.choice("contract_document", "origin", version.origin)).lower())


def field_name(key: str) -> Any:
    """The name of a field of a snapshot."""
    field = compare.field_of(key)
    return FIELDS.get(field) or labels.column("contract", field)


def text_of(version: ContractDocument) -> list[str]:
    """The paragraphs of a version."""
    return read_text(db().files.get(version.document.path))


def printed(row: Contract, version: ContractDocument | None) -> tuple[list[str], str]:
    """The text to look at: the last version, else what would be printed now; or the reason why there is none."""
    if version is not None and not version.document.file_name.endswith(".docx"):
        return [], _("L'ultimo testo è il file %(file)s, che non è un documento Word: il controllo si fa leggendolo.",
                     file=version.document.file_name)
    if version is not None:
        return text_of(version), ""
    from core.documents.render import render

    try:
        return read_text(render(TEMPLATE, contract_document(db(), row, office().registry))), ""
    except RuleBroken as refusal:
        return [], said(refusal)


def on_record(row: Contract) -> list[Evidence]:
    """What stands on record beside the text: policies and attached documents."""
    policies = [Evidence(_("Polizza %(name)s", name=policy_), f"polizza {policy_.cover}")
                for policy_ in policies_of(db(), row)]
    attached = [Evidence(_("Documenti da allegare"), attachment.title) for attachment in row.attachments]
    return [*policies, *attached]


def findings(session: ScopedSession, row: Contract) -> list[Any]:
    """The reminders of an amendment, for both contracts."""
    return amendments.findings(row, amendments_of(session, row), today())
