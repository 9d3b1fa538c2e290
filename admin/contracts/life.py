"""The passages of a contract in the browser: which buttons it has now, and the one page that does each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, flash, redirect, url_for
from flask_admin import BaseView as AdminBaseView
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.cases.diary import sentence
from admin.contracts import record
from admin.contracts.passages import STEPS, PassageForm, Step
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.base_view import Act, Page
from admin.web.once import new_key, once
from admin.web.uploads import filled
from core.contracts import rules
from core.contracts.model import Contract
from core.contracts.states import LIFE, ContractState
from core.ground.access import Principal, ScopedSession

ONE_BUTTON = {"approve_last": "approve", "forgo_extended": "forgo"}  # which of the two it is, the core decides


def offered(session: ScopedSession, contract: Contract, who: Principal) -> Iterator[str]:
    """What ``who`` may do with a contract now, by the state table and by its days; taking back is the last."""
    actions = dict.fromkeys(ONE_BUTTON.get(p.action, p.action) for p in LIFE.possible(contract.state, who)
                            if rules.timely(contract, p.action, today()))
    if contract.state == ContractState.APPROVED and policy.MANAGEMENT.admits(who):
        yield "final_text"
    yield from (action for action in actions if action in STEPS)
    if policy.MANAGEMENT.admits(who):
        last = LIFE.last(session, contract)
        if last is not None and last.to_state == contract.state and last.action != "merge":
            yield "undo"


def buttons(session: ScopedSession, contract: Contract, *, rare: bool) -> list[Act]:
    """The passages that who asks may do now, as buttons; the ``rare`` ones stand apart."""
    return [Act(str(STEPS[action].verb), address(contract, action), tint=STEPS[action].tint)
            for action in offered(session, contract, principal()) if STEPS[action].rare == rare]


def address(contract: Contract, action: str) -> str:
    """The page of a passage."""
    return url_for("contract_life.passage_view", contract_id=contract.id, action=action)


class ContractLife(Page):
    """One page for every passage: what will happen, what it asks, the verb."""

    may_read = may_write = policy.MANAGEMENT
    in_menu = False

    @expose("/")
    def index(self) -> Response:
        """Passages begin on the page of a contract."""
        return redirect(self.get_url("contract.index_view"))  # type: ignore[return-value]

    @expose("/<int(max=2147483647):contract_id>/<action>/", methods=("GET", "POST"))
    def passage_view(self, contract_id: int, action: str) -> str | Response:
        """Ask for the proof of a passage, then do it once."""
        row, step = db().get(Contract, contract_id), STEPS.get(action)
        if row is None or step is None:
            abort(404)
        form: Any = filled(step.form, version=row.version, request_key=new_key(), **step.proposed(row))
        form.offer(row)
        back = self.get_url("contract.details_view", id=row.id)
        if form.request_key.raw_data:
            if form.validate() and self._done(row, action, step, form):
                flash(step.done, "success")
                return redirect(back)  # type: ignore[return-value]
        elif action not in offered(db(), row, principal()):
            flash(_("Nello stato attuale questo passaggio non è previsto."), "warning")
            return redirect(back)  # type: ignore[return-value]
        return self.render("contracts/life_step.html", row=row, form=form, step=step, back=back,
                           heading=record.title(db(), row), happens=[*self._taken_back(row, action),
                                                                     *step.happens(row)])

    @staticmethod
    def _taken_back(row: Contract, action: str) -> Iterator[str]:
        """Which passage is corrected, in words."""
        last = LIFE.last(db(), row) if action == "undo" else None
        if last is not None:
            yield _("Si corregge questo passaggio: «%(passage)s»", passage=sentence("contract", last))

    @staticmethod
    def _done(row: Contract, action: str, step: Step, form: PassageForm) -> bool:
        """True if the passage is done; else its refusal stands in the form."""

        def work(session: ScopedSession) -> str:
            step.work(session, row, form)
            return action

        with form.blaming():
            once(f"contract.{action}", form.request_key.data or "", work)
            return True
        return False


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [ContractLife(lazy_gettext("Vita del contratto"), endpoint="contract_life", url="contratti/passaggio")]
