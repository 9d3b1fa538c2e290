"""The forms of allocation plans: the plan, and a group with its services, keys, exclusions and typed figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FormField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.guard.session import db, office
from admin.money.budgets.forms import ApprovalForm
from admin.web.acts import ActForm, act_form
from admin.web.forms import (
    SHORT,
    Choices,
    DateField,
    DecimalField,
    EuroField,
    ManyField,
    NumberField,
    OneField,
    PageForm,
    RowsField,
    Sentence,
    clean,
    number_or_none,
    picks,
)
from admin.wording import labels
from core.allocation.assemble import to_answer
from core.allocation.model import AllocationPlan
from core.allocation.operations import GroupFacts, KeyFacts
from core.allocation.plan import TYPED
from core.ground.required import LONGEST_TITLE

ZERO = Decimal(0)


def _setting(name: str) -> OneField:
    return OneField(labels.column("allocation_plan", name), [Sentence()],
                    choices=lambda: picks(labels.CHOICES[f"allocation_plan.{name}"].items()))


class OpenPlanForm(ActForm):
    """The title of a new plan, and what it starts from."""

    title = StringField(_("Titolo"), [Sentence(), Length(max=SHORT)], filters=[clean])
    copy_from = OneField(_("Parte da"), coerce=number_or_none, description=_(
        "Gruppi, chiavi e valori dell'altro piano si copiano e si correggono; quello resta com'è."))


class ShareCorrectionForm(ActForm):
    """Why final shares are corrected: the municipalities read it in the letter."""

    why = TextAreaField(_("Perché si corregge"), [Sentence(), Length(max=LONGEST_TITLE)], filters=[clean],
                        description=_("I Comuni lo leggono nella lettera con la differenza."))


class PlanApprovalForm(ApprovalForm):
    """The assembly's act and votes; where the facts of the year do not agree, why it is approved all the same."""

    reason = TextAreaField(_("Perché si approva comunque"), [Length(max=LONGEST_TITLE)], filters=[clean],
                           description=_("Adesioni, contratti e conferimenti dell'anno non concordano (vedi sopra): il "
                                         "motivo resta nella storia del piano, con quello che non concordava."))

    def offer(self, row: AllocationPlan) -> None:
        """Where everything agrees nothing is asked."""
        if not to_answer(db(), row, office().registry):
            del self.reason

    def groups(self) -> Sequence[tuple[Any, Sequence[str]]]:
        """Act, votes, and what does not agree."""
        answer = ((_("Quello che non concorda"), ("reason",)),) if "reason" in self else ()
        return (*self.sections, *answer)


class AllocationPlanForm(ActForm):
    """What holds for the whole plan."""

    title = StringField(_("Titolo"), [Sentence(), Length(max=SHORT)], filters=[clean])
    joining = _setting("joining")
    ties = _setting("ties")
    indirect_base = _setting("indirect_base")


class KeyForm(PageForm):
    """A key of a group."""

    kind = OneField(_("Chiave"), choices=lambda: picks([("", "–"), *labels.CHOICES["allocation_key.kind"].items()]))
    weight = DecimalField(labels.column("allocation_key", "weight"), render_kw={"inputmode": "decimal"})
    on = DateField(labels.column("allocation_key", "on"), render_kw={"type": "date"})
    measure = OneField(labels.column("allocation_key", "measure"), filters=[lambda value: value or None])
    usage_year = NumberField(labels.column("allocation_key", "usage_year"), render_kw={"inputmode": "numeric"})
    convergence = DecimalField(labels.column("allocation_key", "convergence"), render_kw={"inputmode": "decimal"})
    source = StringField(_("Fonte dei valori"), [Length(max=SHORT)], filters=[clean])


class GroupForm(ActForm):
    """A group of services; the figures of the municipalities are added to it by ``group_form``."""

    title = StringField(_("Nome del gruppo"), [Sentence(), Length(max=SHORT)], filters=[clean])
    service_ids = ManyField(_("Servizi"), [DataRequired(_("Scegliere almeno un servizio."))], coerce=number_or_none)
    deduction = EuroField(labels.column("allocation_group", "deduction"), render_kw={"inputmode": "decimal"},
                          description=_("Quanto si toglie dal costo prima di ripartirlo, per esempio un avanzo "
                                        "vincolato."))
    deduction_why = StringField(labels.column("allocation_group", "deduction_why"), [Length(max=SHORT)],
                                filters=[clean])
    keys = RowsField(FormField(KeyForm), label=_("Chiavi di riparto"))
    municipalities: Sequence[tuple[int, str]] = ()

    def offer_measures(self, measures: Choices) -> None:
        """Fill the list of measures in every key."""
        for key in self.keys:
            key.form.measure.choices = picks([("", "–"), *measures])

    def facts(self) -> GroupFacts:
        """What ``set_group`` asks for."""
        keys = [_key_facts(key.form, self._values(slot)) for slot, key in enumerate(self.keys) if key.form.kind.data]
        return GroupFacts(
            title=self.title.data or "", service_ids=self.service_ids.data or (), keys=keys,
            deduction=self.deduction.data or ZERO, deduction_why=self.deduction_why.data or "",
            exclusions={key: self[excluded_name(key)].data for key, _name in self.municipalities
                        if self[excluded_name(key)].data},
        )

    def typed_slots(self) -> list[int]:
        """The places of the keys whose figures are typed, or that are still to be chosen."""
        return [slot for slot, key in enumerate(self.keys) if not key.form.kind.data or key.form.kind.data in TYPED]

    def _values(self, slot: int) -> dict[int, Decimal]:
        fields = ((key, value_name(slot, key)) for key, _name in self.municipalities)
        return {key: self[name].data for key, name in fields if name in self and self[name].data is not None}


def _key_facts(key: Any, values: Mapping[int, Decimal]) -> KeyFacts:
    return KeyFacts(
        kind=key.kind.data, weight=key.weight.data or ZERO, on=key.on.data, measure=key.measure.data,
        usage_year=key.usage_year.data, convergence=key.convergence.data, source=key.source.data or "",
        values=values if key.kind.data in TYPED else {},
    )


def excluded_name(municipality_id: int) -> str:
    """The field that says why a municipality does not pay."""
    return f"escluso-{municipality_id}"


def value_name(slot: int, municipality_id: int) -> str:
    """The field of a municipality's figure for the key that stands at ``slot``."""
    return f"valore-{slot}-{municipality_id}"


def group_form(
    facts: GroupFacts | None, *, municipalities: Sequence[tuple[int, str]], slots: int, version: int
) -> GroupForm:
    """The form of a group with a column of figures for each of ``slots`` keys, filled with ``facts``."""
    fields: dict[str, Any] = {"municipalities": municipalities}
    data: dict[str, Any] = {"keys": [{} for _slot in range(slots)]}
    for key, name in municipalities:
        fields[excluded_name(key)] = StringField(name, [Length(max=SHORT)], filters=[clean])
        for slot in range(slots):
            fields[value_name(slot, key)] = DecimalField(name)
    if facts is not None:
        data |= {"title": facts.title, "service_ids": list(facts.service_ids), "deduction": facts.deduction or None,
                 "deduction_why": facts.deduction_why}
        data |= {excluded_name(key): why for key, why in facts.exclusions.items()}
        for slot, held in enumerate(facts.keys):
            data["keys"][slot] = {name: getattr(held, name) for name in (
                "kind", "weight", "on", "measure", "usage_year", "convergence", "source")}
            data |= {value_name(slot, key): value for key, value in held.values.items()}
    made: GroupForm = act_form(type("FilledGroupForm", (GroupForm,), fields), version, data=data)
    return made
