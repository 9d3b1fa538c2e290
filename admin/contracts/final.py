"""The text to sign: what was not known is put at its place, the differences are read word by word and accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from admin.contracts import record
from admin.contracts.compare import KEY, KINDS, MOST_SAME, ContractPage
from admin.guard import policy
from admin.guard.session import db, office, today
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.remarks import remark
from core.contracts import final
from core.contracts.final import Fate, FinalText
from core.contracts.model import Contract
from core.contracts.papers import missing
from core.contracts.states import ContractState
from core.documents import comparing
from core.documents.wordfile import read_text
from core.ground.errors import RuleBroken

TEMPLATE = "contracts/final.html"
PLACE, WORDS = "posto-", "parole-"  # with the code of a place: which datum goes there, which words
FATES = {
    Fate.FILLED: (lazy_gettext("Entra nel testo"), "green"), Fate.BY_HAND: (lazy_gettext("Scritto a mano"), "amber"),
    Fate.UNSAID: (lazy_gettext("Il testo non lo cita"), "amber"),
    Fate.LACKING: (lazy_gettext("Manca ancora"), "red"), Fate.NO_PLACE: (lazy_gettext("Non ha più un posto"), "amber"),
}


class FinalForm(ActForm):
    """The acceptance of what is shown; the text is named by its hash."""

    digest = HiddenField()
    by_hand = BooleanField(lazy_gettext("Si firma a mano: giorno e ora li scrivono le parti"))
    accepted = BooleanField(lazy_gettext("Ho letto le differenze: il testo approvato si completa così"), [
        InputRequired(lazy_gettext("Leggere le differenze qui sopra, poi confermarle."))])
    stays = BooleanField(lazy_gettext("Ho letto i dati cambiati: nel testo resta quanto è stato approvato"), [
        InputRequired(lazy_gettext("Decidere sui dati cambiati dopo l'approvazione, elencati qui sopra."))])


class ContractFinal(ContractPage):
    """Prepare the text to sign of an approved contract."""

    may_read = policy.MANAGEMENT

    @expose(f"/{KEY}/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def prepare_view(self, contract_id: int) -> str | Response:
        """What is filled in and what lacks, the differences, the acceptance; "read" only shows the text so."""
        row = self.contract(contract_id)
        back = self.get_url("contract.details_view", id=row.id)
        if row.state != ContractState.APPROVED:
            flash(_("Il testo da firmare si prepara di un contratto che tutti hanno approvato."), "warning")
            return redirect(back)
        form = act_form(FinalForm, row.version, by_hand="mano" in request.args)
        given = _given(form)
        text, trouble = self._proposed(row, form, given)
        form.accepted.checked = form.stays.checked = False  # what is read anew is accepted anew
        if text is None or not text.drifted:
            del form.stays
        page = ActPage(_("Prepara il testo da firmare"), _("Conserva il testo da firmare"), back,
                       record.title(db(), row), lead=_(
            "Il testo da firmare è quello approvato, parola per parola: vi entrano soltanto i dati e le parole che "
            "allora mancavano. Il modello non si usa più."))
        shown = {"row": row, "text": text, "trouble": trouble, "fates": FATES, "place": PLACE, "words_at": WORDS,
                 "given": given, "kinds": KINDS, "most_same": MOST_SAME, "words": comparing.words,
                 "send_back": self.get_url("contract.passage_view", id=row.id, atto="send_back"),
                 **(self._shown(row, text) if text is not None else {})}
        if text is None or _reads():
            return self.render(TEMPLATE, form=form, page=page, **shown)
        return carry_out(
            self, "contract.final_text", form, page, lambda session: final.keep_final(
                session, row.id, registry=office().registry, digest=form.digest.data or "", version=form.version.data,
                today=today(), **given).version_number,
            lambda _number: back + "#documenti",
            lambda number: _("Il testo da firmare è la versione n. %(number)s.", number=number),
            template=TEMPLATE, **shown)

    @staticmethod
    def _proposed(row: Contract, form: FinalForm, given: Mapping[str, Any]) -> tuple[FinalText | None, str]:
        """The text as the form says it; where that is refused as it would be without, and the form says why. Or why
        there is none."""
        try:
            return final.propose(db(), row, office().registry, today=today(), **given), ""
        except RuleBroken as refusal:
            if _reads():
                form.blame(refusal)
        try:
            return final.propose(db(), row, office().registry, today=today(), by_hand=bool(form.by_hand.data)), ""
        except RuleBroken as refusal:
            return None, remark(refusal)

    @staticmethod
    def _shown(row: Contract, text: FinalText) -> dict[str, object]:
        """The two texts beside each other, and the papers that lack."""
        before = read_text(db().files.get(text.approved.document.path))
        return {"stretches": comparing.in_place(before, read_text(text.content)),
                "owed": [] if row.terms is None else missing(row)}


def _reads() -> bool:
    """True if the form was sent to read the text as it would be, and not to keep it."""
    return request.form.get("do") == "read"


def _given(form: FinalForm) -> dict[str, Any]:
    """How it is signed, and what goes where, once the form was sent: until then what went there the last time."""
    sent = request.method == "POST"
    return {"by_hand": bool(form.by_hand.data), "chosen": _at(PLACE) if sent else None,
            "typed": _at(WORDS) if sent else None}


def _at(prefix: str) -> dict[str, str]:
    """What the form says of each place."""
    return {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}
