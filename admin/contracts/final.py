"""The text to sign: what was not known is put at its place, the differences are read word by word and accepted."""

from __future__ import annotations

from flask import redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from admin.contracts import record
from admin.contracts.compare import KEY, KINDS, MOST_SAME, ContractPage
from admin.guard import policy
from admin.guard.session import db, office
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.remarks import remark
from core.contracts import compare, final
from core.contracts.final import Fate, FinalText
from core.contracts.model import Contract
from core.contracts.papers import missing
from core.contracts.states import ContractState
from core.documents.wordfile import read_text
from core.ground.errors import RuleBroken

PLACE = "posto-"
FATES = {
    Fate.FILLED: (lazy_gettext("Entra nel testo"), "green"), Fate.BY_HAND: (lazy_gettext("Scritto a mano"), "amber"),
    Fate.UNSAID: (lazy_gettext("Il testo non lo cita"), "amber"),
    Fate.LACKING: (lazy_gettext("Manca ancora"), "red"), Fate.NO_PLACE: (lazy_gettext("Non ha più un posto"), "amber"),
}


class FinalForm(ActForm):
    """The acceptance of what is shown; the text is named by its hash."""

    digest = HiddenField()
    accepted = BooleanField(lazy_gettext("Ho letto le differenze: sono soltanto i dati che mancavano"), [
        InputRequired(lazy_gettext("Leggere le differenze qui sopra, poi confermarle."))])


class ContractFinal(ContractPage):
    """Prepare the text to sign of an approved contract."""

    may_read = policy.MANAGEMENT

    @expose(f"/{KEY}/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def prepare_view(self, contract_id: int) -> str | Response:
        """What is filled in and what lacks, the differences, the acceptance."""
        row = self.contract(contract_id)
        back = self.get_url("contract.details_view", id=row.id)
        if request.method == "GET" and row.state != ContractState.APPROVED:
            return redirect(back)
        by_hand = "mano" in request.args
        chosen = {name.removeprefix(PLACE): key for name, key in request.args.items()
                  if name.startswith(PLACE) and key}
        trouble, text = "", None
        try:
            text = final.propose(db(), row, office().registry, by_hand=by_hand, chosen=chosen)
        except RuleBroken as refusal:
            trouble = remark(refusal)
        form = act_form(FinalForm, row.version, **({} if text is None else {"digest": text.digest}))
        page = ActPage(_("Prepara il testo da firmare"), _("Conserva il testo da firmare"), back,
                       record.title(db(), row), lead=_(
            "Il testo da firmare è quello approvato, parola per parola: vi entrano soltanto i dati che allora "
            "mancavano. Il modello non si usa più."))
        shown = self._shown(row, text) if text is not None else {}
        return carry_out(
            self, "contract.final_text", form, page, lambda session: final.keep_final(
                session, row.id, registry=office().registry, digest=form.digest.data or "", by_hand=by_hand,
                chosen=chosen, version=form.version.data).version_number,
            lambda _number: back + "#documenti",
            lambda number: _("Il testo da firmare è la versione n. %(number)s.", number=number),
            template="contracts/final.html", row=row, text=text, trouble=trouble, by_hand=by_hand, fates=FATES,
            place=PLACE, kinds=KINDS, most_same=MOST_SAME, words=compare.words, **shown)

    @staticmethod
    def _shown(row: Contract, text: FinalText) -> dict[str, object]:
        """The two texts beside each other, and the papers that lack."""
        before = read_text(db().files.get(text.approved.document.path))
        return {"stretches": compare.in_place(before, read_text(text.content)),
                "owed": [] if row.terms is None else missing(row)}
