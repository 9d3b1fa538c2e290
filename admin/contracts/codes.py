"""The CIG and the CUP of a contract, recorded when they come (L. 136/2010 art. 3)."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin.contracts.compare import KEY, ContractPage
from admin.guard import policy
from admin.guard.session import act
from admin.web.forms import SHORT, NumberField, PageForm, clean
from admin.wording import labels
from core.contracts import codes


class CodesForm(PageForm):
    """The two codes."""

    cig = StringField(labels.column("contract", "cig"), [Length(max=SHORT)], filters=[clean], description=lazy_gettext(
        "Dieci lettere o cifre. Tra Comune e azienda è facoltativo."))
    cup = StringField(labels.column("contract", "cup"), [Length(max=SHORT)], filters=[clean], description=lazy_gettext(
        "Quindici lettere o cifre, se il contratto riguarda un investimento pubblico."))
    version = NumberField()


class ContractCodes(ContractPage):
    """Record the codes of a contract."""

    @expose(f"/{KEY}/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def codes_view(self, contract_id: int) -> str | Response:
        """Two codes, also of a contract that is signed."""
        row = self.contract(contract_id)
        form = CodesForm(request.form or None, obj=row)
        back = self.get_url("contract.details_view", id=row.id)
        if request.method == "POST" and form.validate():
            with form.blaming():
                with act("contract.codes") as session:
                    codes.set_codes(session, row.id, cig=form.cig.data or "", cup=form.cup.data or "",
                                    version=form.version.data)
                flash(_("I codici sono registrati."), "success")
                return redirect(back + "#tracciabilita")
        return self.show("codes", row, form=form)
