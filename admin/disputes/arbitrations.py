"""Arbitrations in the browser: the list, the record with its panel, the proposal, and what each passage asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app, request, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin.cases import diary
from admin.cases.passages import proof_of, undo_step
from admin.contracts.cases import NewForm, filters, header, party_choices, party_named
from admin.contracts.choices import pair
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import ActForm, ActPage, Passages, Step, WhyForm, act_form, carry_out, common, doing
from admin.web.base_view import BaseView, Begin, small
from admin.web.fields import IN_THE_DIARY, day_field, file_field, text_field, why_field
from admin.web.formats import day
from admin.web.forms import SHORT, OneField, Sentence, clean, number_or_none, picks
from admin.web.searching import worded
from admin.wording import labels
from core.contracts.model import Contract
from core.disputes import arbitrations, rules
from core.disputes.model import Arbitration
from core.disputes.rules import SEATS
from core.disputes.states import ARBITRATION_LIFE, ArbitrationState
from core.ground.access import Role, ScopedSession
from core.penalties.model import DefaultNotice, Penalty

SIDES = labels.CHOICES["arbitration.proposed_by"]
THIRD = labels.CHOICES["arbitration.third_named_by"]


def own_sides() -> Any:
    """The sides for which who asks may speak: a municipality for itself."""
    ours = SIDES.items() if principal().has(Role.MANAGEMENT) else [(rules.MUNICIPALITY, SIDES[rules.MUNICIPALITY])]
    return picks(ours)


class ProposeForm(NewForm):
    """What the arbitration is about."""

    proposed_by = OneField(lazy_gettext("Proposto da"), [Sentence()])
    proposed_on = day_field(lazy_gettext("Proposto il"))
    notice_id = OneField(lazy_gettext("Diffida"), coerce=number_or_none, description=lazy_gettext(
        "Solo se la controversia nasce da una diffida."))
    penalty_id = OneField(lazy_gettext("Penale"), coerce=number_or_none, description=lazy_gettext(
        "Solo se si discute di una penale."))
    text = text_field(lazy_gettext("Controversia"), lazy_gettext(
        "I fatti, in che cosa le parti non sono d'accordo, che cosa si chiede agli arbitri."))


class AgreeForm(ActForm):
    """The consent of one side."""

    side = OneField(lazy_gettext("Parte che accetta"), [Sentence()])
    consent = StringField(lazy_gettext("Atto o lettera"), [Sentence(), Length(max=SHORT)], filters=[clean],
                          description=lazy_gettext("Organo, numero e data dell'atto, o protocollo della lettera."))
    agreed_on = day_field(lazy_gettext("Data"))
    file = file_field(lazy_gettext("File"))

    def offer(self, row: Arbitration) -> None:
        """The sides that have not agreed, as far as who asks speaks for them."""
        left = set(rules.missing_consents(row.azienda_agreed_on, row.municipality_agreed_on))
        self.side.choices = [choice for choice in own_sides() if choice.value in left]


def seat_name(seat: str, arbitrators: int) -> Any:
    """What a seat is called; a sole arbitrator sits in the third."""
    return _("Arbitro unico") if arbitrators == 1 else labels.column("arbitration", seat)


def name_field(seat: str, help_text: Any) -> StringField:
    """The name of an arbitrator."""
    return StringField(labels.column("arbitration", seat), [Length(max=SHORT)], filters=[clean],
                       description=help_text)


class NamesForm(ActForm):
    """The three seats."""

    azienda_arbitrator = name_field("azienda_arbitrator", lazy_gettext("Titolo, nome e cognome."))
    municipality_arbitrator = name_field("municipality_arbitrator", lazy_gettext("Titolo, nome e cognome."))
    third_arbitrator = name_field("third_arbitrator", lazy_gettext(
        "Presiede il collegio. Vuoto finché non è nominato."))
    third_named_by = OneField(lazy_gettext("Chi ha nominato il terzo arbitro"), choices=picks([
        ("", "–"), *THIRD.items()]))
    on = day_field(lazy_gettext("Data della nomina"))

    def offer(self, row: Arbitration) -> None:
        """A sole arbitrator sits in the third seat; the azienda names its own."""
        if not principal().has(Role.MANAGEMENT):
            del self.azienda_arbitrator
        for seat in set(SEATS) - set(rules.seats(row.contract.terms.arbitrators)):
            if seat in self:
                del self[seat]
        self.third_arbitrator.label.text = seat_name("third_arbitrator", row.contract.terms.arbitrators)


class ReplaceForm(NamesForm):
    """Another person in a seat."""

    why = why_field(lazy_gettext("Motivo della sostituzione"), IN_THE_DIARY)


class AwardForm(ActForm):
    """What was decided."""

    award_on = day_field(lazy_gettext("Data del lodo"))
    text = text_field(lazy_gettext("Che cosa decide"))
    file = file_field(lazy_gettext("Lodo"))


def _agree(session: ScopedSession, row: Arbitration, form: Any) -> object:
    proof = proof_of(session, row, form, _("Accordo sull'arbitrato: %(side)s", side=SIDES[form.side.data]))
    return arbitrations.agree(session, row.id, side=form.side.data or "", consent=form.consent.data or "",
                              agreed_on=form.agreed_on.data, document_id=proof, **common(form))


def _name(session: ScopedSession, row: Arbitration, form: Any) -> object:
    names = {seat: form[seat].data or "" for seat in SEATS if seat in form}
    return arbitrations.name_arbitrators(
        session, row.id, names, third_named_by=form.third_named_by.data or None, on=form.on.data,
        why=form.why.data or "" if "why" in form else "", **common(form))


def _award(session: ScopedSession, row: Arbitration, form: Any) -> object:
    proof = proof_of(session, row, form, _("Lodo"))
    return arbitrations.award(session, row.id, text=form.text.data or "", award_on=form.award_on.data,
                              document_id=proof, **common(form))


def _names_now(row: Arbitration) -> dict[str, Any]:
    return {**{seat: getattr(row, seat) for seat in SEATS}, "third_named_by": row.third_named_by, "on": today()}


STEPS: dict[str, Step] = {
    "agree": Step(
        lazy_gettext("Registra un accordo"), lazy_gettext("L'accordo è registrato."), _agree, AgreeForm,
        tint="primary", proposed=lambda _row: {"agreed_on": today()},
        happens=lambda _row: (
            _("L'arbitrato è facoltativo: comincia solo quando hanno accettato tutte e due le parti (art. 27)."),
            _("L'atto o la lettera resta come prova."))),
    "name": Step(
        lazy_gettext("Scrivi gli arbitri"), lazy_gettext("Le nomine sono registrate."), _name, NamesForm,
        tint="primary", proposed=_names_now,
        happens=lambda _row: (
            _("Si possono scrivere in più volte: con l'ultimo nome il collegio è al completo."),
            _("Una persona occupa un posto solo."))),
    "replace": Step(
        lazy_gettext("Sostituisci un arbitro"), lazy_gettext("La sostituzione è registrata."), _name, ReplaceForm,
        rare=True, proposed=_names_now,
        happens=lambda _row: (_("Il nome di prima resta nel diario, con il motivo."),)),
    "award": Step(
        lazy_gettext("Registra il lodo"), lazy_gettext("Il lodo è registrato."), _award, AwardForm, tint="primary",
        proposed=lambda _row: {"award_on": today()},
        happens=lambda _row: (
            _("La decisione è irrituale e definitiva (art. 27): l'arbitrato finisce qui."),
            _("Se riguarda una penale, ridurla o confermarla nella sua pagina: qui non cambia nulla da solo."))),
    "drop": Step(
        lazy_gettext("Abbandona l'arbitrato"), lazy_gettext("L'arbitrato è abbandonato."),
        doing(arbitrations.drop, "why"), WhyForm, tint="danger", rare=True,
        happens=lambda row: (
            _("La controversia torna al foro di %(court)s.", court=row.contract.terms.court),
            _("Il numero resta assegnato e tutto resta leggibile."))),
    "undo": undo_step(ARBITRATION_LIFE, arbitrations.undo, lazy_gettext("Il passaggio è corretto.")),
}


class Arbitrations(Passages, BaseView):
    """Arbitrations (R115): either side proposes, both agree, the panel decides."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT_AND_MUNICIPALITIES
    group = "disputes"
    title = lazy_gettext("Arbitrati")
    lead = lazy_gettext("Se le due parti sono d'accordo, una controversia va a tre arbitri invece che al tribunale "
                        "(art. 27).")
    empty = lazy_gettext("Nessun arbitrato è stato proposto.")
    details_template = "disputes/arbitration.html"
    begins = (Begin(lazy_gettext("Proponi un arbitrato"), ".new_view"),)
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "title", "municipality", "proposed_on", "award_on", "state")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune")}
    searched = (worded,)
    sorted_by = {"code": Arbitration.id}
    filtered = filters(Arbitration, ArbitrationState)
    load = (selectinload(Arbitration.municipality), joinedload(Arbitration.contract).joinedload(Contract.terms))
    life = ARBITRATION_LIFE
    steps = STEPS
    one_button = {"agree_last": "agree", "appoint": "name"}
    for_good = frozenset(arbitrations.BY_RIGHT_NAMES)  # names are put right by writing the right ones

    def timely(self, row: Arbitration, action: str) -> bool:
        """A municipality speaks only for itself."""
        return action != "agree" or principal().has(Role.MANAGEMENT) or row.municipality_agreed_on is None

    def name_of(self, row: Arbitration) -> str:
        """Number and subject."""
        return _("Arbitrato n. %(code)s – %(title)s", code=row.code, title=row.title)

    def where_it_stands(self, row: Arbitration) -> str:
        """One sentence: who still has to agree, or to name somebody."""
        return stands(row)

    def context(self, row: Arbitration) -> dict[str, Any]:
        """Consents, panel, note on the number of arbitrators, diary."""
        beside = diary.context(db(), "arbitration", row.id)
        began = diary.Event(None, "", _("Proposto da: %(side)s.", side=SIDES[row.proposed_by]), on=row.proposed_on)
        terms = row.contract.terms
        return {
            "header": [*header(row), *about(row)], **beside, "events": [*beside["events"], began],
            "seats": [(seat_name(seat, terms.arbitrators), getattr(row, seat))
                      for seat in rules.seats(terms.arbitrators)],
            "third_named_by": labels.choice("arbitration", "third_named_by", row.third_named_by),
            "proposed_by": SIDES[row.proposed_by], "court": terms.court, "arbitrators": terms.arbitrators,
        }

    @expose("/nuovo/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Propose an arbitration."""
        asked = request.args
        form = act_form(ProposeForm, party=party_named(asked.get("parte")), proposed_on=today(),
                        notice_id=small(asked.get("diffida")), penalty_id=small(asked.get("penale")))
        form.party.choices, form.proposed_by.choices = party_choices(), own_sides()
        form.notice_id.choices, form.penalty_id.choices = all_of(DefaultNotice), all_of(Penalty)
        page = ActPage(_("Nuovo arbitrato"), _("Proponi l'arbitrato"), self.get_url(".index_view"), str(self.title), [
            _("L'altra parte legge la proposta; nulla comincia finché non hanno accettato tutte e due."),
            _("Se le condizioni del contratto escludono l'arbitrato, la proposta è rifiutata.")])

        def work(session: ScopedSession) -> int:
            contract_id, municipality_id = pair(form.party.data)
            return arbitrations.propose(
                session, contract_id, municipality_id, title=form.title.data or "", text=form.text.data or "",
                proposed_by=form.proposed_by.data or "", proposed_on=form.proposed_on.data,
                notice_id=form.notice_id.data, penalty_id=form.penalty_id.data, today=today()).id

        return carry_out(self, "arbitration.propose", form, page, work, self.after,
                         _("La proposta è registrata."))


def all_of(entity: Any) -> Any:
    """The notices, or the penalties, that who asks sees: each with whose it is."""
    rows = db().scalars(select(entity).options(selectinload(entity.municipality)).order_by(entity.id.desc()))
    return picks([("", "–"), *((row.id, f"{row}, {row.municipality.name}") for row in rows)])


def about(row: Arbitration) -> list[tuple[Any, str, str | None]]:
    """The notice and the penalty that are discussed: label, value, address."""
    found = []
    subjects: tuple[tuple[Any, int | None, str], ...] = (
        (DefaultNotice, row.notice_id, _("Diffida")), (Penalty, row.penalty_id, _("Penale")))
    for entity, key, label in subjects:
        thing = None if key is None else db().get(entity, key)
        if thing is not None:
            page = f"{entity.__tablename__}.details_view"
            found.append((label, _("n. %(code)s", code=thing.code),
                          url_for(page, id=key) if page in current_app.view_functions else None))
    return found


def joined(names: Iterable[Any]) -> str:
    """Names in a row: uno, due e tre."""
    *others, last = [str(name) for name in names] or [""]
    return _("%(others)s e %(last)s", others=", ".join(others), last=last) if others else last


def stands(row: Arbitration) -> str:
    """Where an arbitration stands, in words."""
    missing = rules.missing_consents(row.azienda_agreed_on, row.municipality_agreed_on)
    arbitrators = row.contract.terms.arbitrators
    empty = rules.empty_seats({seat: getattr(row, seat) for seat in SEATS}, arbitrators)
    values = {"missing": joined(SIDES[side] for side in missing), "day": day(row.award_on),
              "seats": joined(seat_name(seat, arbitrators) for seat in empty),
              "court": row.contract.terms.court}
    return {
        ArbitrationState.PROPOSED: _("Proposto. Chi non ha ancora dato il suo accordo: %(missing)s.", **values),
        ArbitrationState.AGREED: _("Concordato. Restano da nominare: %(seats)s.", **values),
        ArbitrationState.APPOINTED: _("Il collegio è al completo: se ne attende il lodo."),
        ArbitrationState.AWARDED: _("Deciso con il lodo del %(day)s, che è definitivo.", **values),
        ArbitrationState.DROPPED: _("Abbandonato: decide il foro di %(court)s.", **values),
    }[ArbitrationState(row.state)]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Arbitrations(Arbitration, lazy_gettext("Arbitrati"), endpoint="arbitration", url="arbitrati")]
