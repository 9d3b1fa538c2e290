"""The acts on the findings of a notice: its decision, the penalty of each, the provider, the damages beside."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin.base import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.penalties.default_notices.forms import (
    ApplyPenaltyForm,
    ClaimForm,
    EndDamageForm,
    PassOnForm,
    decide_form,
    finding_name,
    provider_choices,
)
from admin.web import formats
from admin.web.acts import ActPage, Passages, act_form, carry_out, others_words, paper_of
from admin.web.base_view import small
from admin.web.words import said
from core.contracts.states import LIFE as CONTRACT_LIFE
from core.ground.access import ScopedSession
from core.ground.states import of_the_offices
from core.penalties import damages, operations, penalties, procedure
from core.penalties.model import DamageClaim, DefaultNotice, NoticeFinding
from core.penalties.operations import Outcome
from core.penalties.states import AZIENDA, CONTESTS, DefaultNoticeState


def _kind(form: Any, finding: NoticeFinding) -> str | None:
    """The kind that was found, where the notice contests more than one."""
    asked = f"kind_{finding.id}"
    return form[asked].data if asked in form else None


class NoticeActs(Passages):
    """Pages of the notices' own view; each names the notice, and the finding or the damage that it is about."""

    @expose("/decisione/", methods=("GET", "POST"))
    def decide_view(self) -> str | Response:
        """Decide every finding, early too with a reason; the azienda records it only on the municipality's behalf."""
        row = self.get_one(request.args.get("id"))
        if request.method == "GET" and not {"decide", "decide_early"} & set(self.offered(row)):
            flash(_("Nello stato attuale questo passaggio non è previsto."), "warning")
            return redirect(self._back(row))
        early = procedure.too_early(row, today()).early
        form = act_form(decide_form(row), row.version, decided_on=today())
        form.offer(row)
        page = ActPage(_("Decidi"), _("Registra la decisione"), self._back(row), self._name(row), [
            *(said(reason) for reason in early),
            _("Per ogni inadempienza si dice se è confermata e perché."),
            _("Le penali si applicano dopo, una per ogni inadempienza confermata."),
            *(others_words() if of_the_offices(principal()) else ()),
        ], tint="danger" if early else "primary")

        def work(session: ScopedSession) -> int:
            outcomes = {finding.id: Outcome(form[f"outcome_{finding.id}"].data == procedure.UPHELD,
                                            form[f"reasons_{finding.id}"].data or "", _kind(form, finding))
                        for finding in row.findings}
            return operations.decide(session, row.id, outcomes, decided_on=form.decided_on.data,
                                     override_why=form.override_why.data or "", paper=paper_of(form),
                                     version=form.version.data, today=today()).id

        return carry_out(self, "default_notice.decide", form, page, work, done=_("La decisione è registrata."))

    @expose("/penale/", methods=("GET", "POST"))
    def apply_view(self) -> str | Response:
        """Apply the penalty of a finding that was upheld."""
        row, finding = self._finding()
        band = procedure.band_of(row.contract, finding.found_kind)
        if band is None:
            abort(404)
        early = procedure.judged(finding, band.minimum, today()).early
        form = act_form(ApplyPenaltyForm, row.version, decided_on=today(),
                        override_why=row.override_why if early else "")
        if not early:
            del form.override_why
        form.offer(row)
        page = ActPage(
            _("Applica la penale"), _("Applica la penale"), self._back(row), self._name(row), [
                *(said(reason) for reason in early),
                _("Per questo tipo di inadempienza la fascia va da %(least)s a %(most)s, limiti compresi.",
                  least=formats.euro(band.minimum), most=formats.euro(band.maximum)),
                _("Nasce una penale con il suo numero; il pagamento si chiede poi con una lettera, e l'azienda ha "
                  "%(days)s giorni da quando la riceve.", days=row.contract.terms.penalty_payment_days),
                _("La penale non si compensa da sola con quanto il Comune deve versare."),
                *(others_words() if of_the_offices(principal()) else ())],
            lead=finding_name(finding, row.findings.index(finding) + 1), tint="danger")

        def work(session: ScopedSession) -> int:
            why = form.override_why.data or "" if "override_why" in form else ""
            return penalties.apply(
                session, finding.id, amount=form.amount.data, gravity=form.gravity.data or "",
                decided_on=form.decided_on.data, override_why=why, paper=paper_of(form), version=form.version.data,
                today=today()).id

        return carry_out(self, "penalty.apply", form, page, work,
                         lambda key: url_for("penalty.details_view", id=key), _("La penale è applicata."))

    @expose("/gestore/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def pass_on_view(self) -> str | Response:
        """Pass a finding on to the provider that delivered the service."""
        row, finding = self._finding()
        form = act_form(PassOnForm, finding.version, provider_id=finding.provider_id,
                        on=finding.passed_on or today(), note=finding.passed_note)
        form.provider_id.choices = provider_choices(db())
        page = ActPage(_("Gira al gestore"), _("Registra"), self._back(row), self._name(row), [
            _("Verso il Comune l'azienda resta responsabile (art. 10, c. 3)."),
            _("Il programma non spedisce nulla: la lettera al gestore parte dall'ufficio.")],
            lead=finding_name(finding, row.findings.index(finding) + 1))
        return carry_out(self, "notice_finding.pass_on", form, page, lambda session: operations.pass_on(
            session, finding.id, provider_id=form.provider_id.data or 0, on=form.on.data, note=form.note.data or "",
            version=form.version.data, today=today()).id, done=_("L'inadempienza è girata al gestore."))

    @expose("/danno/", methods=("GET", "POST"))
    def claim_view(self) -> str | Response:
        """Claim a damage beyond the penalty."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ClaimForm, claimed_on=today())
        page = ActPage(_("Chiedi un danno"), _("Registra il danno"), self._back(row), self._name(row), [
            _("Le penali non escludono i danni ulteriori: stanno su un conto a parte (art. 24, c. 5).")])
        return carry_out(self, "damage_claim.claim", form, page, lambda session: damages.claim(
            session, row.id, description=form.description.data or "", amount=form.amount.data,
            claimed_on=form.claimed_on.data, today=today()).id, done=_("Il danno è registrato."))

    @expose("/danno/esito/", methods=("GET", "POST"))
    def end_claim_view(self) -> str | Response:
        """Record how a claim of damages ends."""
        row = self.get_one(request.args.get("id"))
        damage = self._of(row, DamageClaim, "danno")
        form = act_form(EndDamageForm, damage.version, on=today(), amount=damage.amount)
        form.offer(damage)
        page = ActPage(_("Esito del danno"), _("Registra l'esito"), self._back(row), self._name(row), [
            _("L'esito non tocca le penali."), *(others_words() if of_the_offices(principal()) else ())],
            lead=damage.description[:200])

        def work(session: ScopedSession) -> int:
            said_here = {"on": form.on.data, "why": form.why.data or "", "paper": paper_of(form),
                         "version": form.version.data, "today": today()}
            if form.outcome.data == "settle":
                return damages.settle(session, damage.id, amount=form.amount.data or Decimal(0), **said_here).id
            end = damages.reject if form.outcome.data == "reject" else damages.withdraw
            return end(session, damage.id, **said_here).id

        return carry_out(self, "damage_claim.end", form, page, work, done=_("L'esito è registrato."))

    # --- what the record offers on its rows ---------------------------------------------------------------

    def may_on(self, row: DefaultNotice) -> dict[str, bool]:
        """Which acts on findings and damages who asks may do now."""
        contests = principal().has(*CONTESTS)
        there = row.state not in (DefaultNoticeState.DRAFT, DefaultNoticeState.WITHDRAWN)
        return {
            "apply": contests and row.state == DefaultNoticeState.DECIDED and bool(row.contract.terms.bands),
            "pass_on": principal().has(*AZIENDA) and there,
            "claim": contests and there and row.contract.terms.further_damages,
            "end_claim": contests,
        }

    @staticmethod
    def ground_url(row: DefaultNotice) -> str | None:
        """The page on which a ground for termination is recorded, if who asks may do so now."""
        may = policy.may(principal(), "contract.passage_view", "POST")
        if not (may and any(p.action == "ground" for p in CONTRACT_LIFE.possible(row.contract.state, principal()))):
            return None
        return url_for("contract.passage_view", id=row.contract_id, atto="ground")

    def _finding(self) -> tuple[DefaultNotice, NoticeFinding]:
        row = self.get_one(request.args.get("id"))
        return row, self._of(row, NoticeFinding, "rilievo")

    @staticmethod
    def _of(row: DefaultNotice, entity: Any, name: str) -> Any:
        """The finding or the damage of this notice that the address names, or 404."""
        key = small(request.args.get(name))
        found = None if key is None else db().get(entity, key)
        if found is None or found.notice_id != row.id:
            abort(404)
        return found

    def _back(self, row: DefaultNotice) -> str:
        return self.get_url(".details_view", id=row.id)

    def _name(self, row: DefaultNotice) -> str:
        return self.name_of(row)
