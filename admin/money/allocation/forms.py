"""The forms of allocation plans: the plan, and a group with its services, keys, exclusions and typed figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FormField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.guard.session import db
from admin.money.budgets.forms import ApprovalForm
from admin.web.acts import ActForm, act_form
from admin.web.exercise import ExerciseField
from admin.web.forms import (
    SHORT,
    Choices,
    CountField,
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
from core.allocation.bands import PopulationBand
from core.allocation.findings import to_answer
from core.allocation.groups import DeductionFacts, GroupFacts, KeyFacts
from core.allocation.model import AllocationPlan
from core.allocation.plan import OF_RESIDENTS, TYPED, Borne, KeyKind
from core.ground.errors import RuleBroken
from core.ground.required import LONGEST_TITLE

ZERO = Decimal(0)
MORE_BANDS = 3  # blank rows below the bands that a key has
IN_EURO = (KeyKind.FIXED, KeyKind.STEPS)  # what is typed for each municipality is an amount
FIELDS = {  # what each kind of key asks, beside where its figures come from
    KeyKind.RESIDENTS: ("weight", "on"), KeyKind.USAGE: ("weight", "measure", "usage_year"),
    KeyKind.USERS: ("weight",), KeyKind.PLACES: ("weight",), KeyKind.EQUAL: ("weight",), KeyKind.FIXED: (),
    KeyKind.HISTORIC: ("convergence",), KeyKind.SOLIDARITY: ("weight", "on"), KeyKind.RATE: ("rate", "on"),
    KeyKind.SOLIDARITY_RATE: ("rate", "on"), KeyKind.DAILY_FEE: ("rate", "families_pay"),
    KeyKind.STEPS: ("steps", "step"),
}
EVERY_FIELD = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))


def _setting(name: str) -> OneField:
    return OneField(labels.column("allocation_plan", name), [Sentence()],
                    choices=lambda: picks(labels.CHOICES[f"allocation_plan.{name}"].items()))


class OpenPlanForm(ActForm):
    """The title of a new plan, and what it starts from."""

    title = StringField(_("Titolo"), [Sentence(), Length(max=SHORT)], filters=[clean])
    copy_from = OneField(_("Parte da"), coerce=number_or_none, description=_(
        "Gruppi, chiavi e valori dell'altro piano si copiano e si correggono; quello resta com'è. Una quota storica in "
        "euro fa un passo in più per ogni anno."))


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
        if not to_answer(db(), row):
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
    cap = DecimalField(labels.column("allocation_plan", "cap"), render_kw={"inputmode": "decimal"}, description=_(
        "Nessun Comune paga più di così rispetto alla quota dell'anno prima; la differenza si divide tra gli altri. "
        "Vuoto: senza limite."))
    floor = DecimalField(labels.column("allocation_plan", "floor"), render_kw={"inputmode": "decimal"}, description=_(
        "Nessun Comune paga meno di così. Se i limiti non si possono rispettare, il piano lo dice e non si approva."))


class PopulationBandForm(PageForm):
    """A band of population of a key."""

    up_to = NumberField(labels.column("key_band", "up_to"))
    value = DecimalField(_("Peso di un abitante, o quota per abitante"))


class KeyForm(PageForm):
    """A key of a group."""

    kind = OneField(_("Chiave"), choices=lambda: picks([("", "–"), *labels.CHOICES["allocation_key.kind"].items()]))
    weight = DecimalField(labels.column("allocation_key", "weight"), render_kw={"inputmode": "decimal"})
    on = DateField(labels.column("allocation_key", "on"), render_kw={"type": "date"})
    measure = OneField(labels.column("allocation_key", "measure"), filters=[lambda value: value or None])
    usage_year = ExerciseField(labels.column("allocation_key", "usage_year"), render_kw={"inputmode": "numeric"})
    convergence = DecimalField(labels.column("allocation_key", "convergence"), render_kw={"inputmode": "decimal"})
    rate = DecimalField(labels.column("allocation_key", "rate"), render_kw={"inputmode": "decimal"})
    families_pay = OneField(labels.column("allocation_key", "families_pay"), choices=lambda: picks(
        labels.CHOICES["allocation_key.families_pay"].items()))
    steps = NumberField(labels.column("allocation_key", "steps"), render_kw={"inputmode": "numeric"})
    step = NumberField(labels.column("allocation_key", "step"), render_kw={"inputmode": "numeric"})
    banding = OneField(labels.column("allocation_key", "banding"), choices=lambda: picks(
        labels.CHOICES["allocation_key.banding"].items()))
    bands = RowsField(FormField(PopulationBandForm), label=_("Fasce di popolazione"))
    source = StringField(_("Fonte dei valori"), [Length(max=SHORT)], filters=[clean])

    def asked(self) -> tuple[str, ...]:
        """The fields of the kind that was chosen; all of them while none is."""
        kind = self.kind.data
        return (*(FIELDS[KeyKind(kind)] if kind in set(KeyKind) else EVERY_FIELD), "source")

    def may_have_bands(self) -> bool:
        """True if the key counts inhabitants, or is still to be chosen."""
        return not self.kind.data or self.kind.data in OF_RESIDENTS

    def typed_bands(self) -> tuple[PopulationBand, ...]:
        """The bands that were filled in."""
        return tuple(PopulationBand(band.form.up_to.data, band.form.value.data or ZERO) for band in self.bands
                     if band.form.up_to.data is not None or band.form.value.data is not None)

    def require_values(self) -> None:
        """RuleBroken for a band without its value: who lives there would count nothing."""
        if any(band.form.value.data is None and band.form.up_to.data is not None for band in self.bands):
            raise RuleBroken("A una fascia di popolazione manca il peso di un abitante, o i suoi euro: scriverlo, "
                             "anche se è zero.", field="keys")

    def filled(self) -> bool:
        """True unless the row was left as it came."""
        typed = (self.weight, self.on, self.usage_year, self.convergence, self.rate, self.steps, self.step)
        return bool(self.kind.data or self.source.data or any(field.data is not None for field in typed))


class ShareDeductionForm(PageForm):
    """What one municipality does not pay of a group."""

    municipality_id = OneField(_("Comune"), coerce=number_or_none)
    amount = EuroField(_("Importo"), render_kw={"inputmode": "decimal"})
    why = StringField(labels.column("share_deduction", "why"), [Length(max=SHORT)], filters=[clean])
    borne = OneField(labels.column("share_deduction", "borne"), choices=lambda: picks(
        labels.CHOICES["share_deduction.borne"].items()))

    def filled(self) -> bool:
        """True unless the row was left as it came."""
        return bool(self.municipality_id.data or self.amount.data is not None or self.why.data)


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
    deductions = RowsField(FormField(ShareDeductionForm), label=_("Detrazioni di singoli Comuni"))
    municipalities: Sequence[tuple[int, str]] = ()
    held = 0  # keys that the group has: without a kind they are taken away, while a new one is refused

    def offer(self, measures: Choices) -> None:
        """Fill the lists of measures in every key, and of municipalities in every deduction."""
        for key in self.keys:
            key.form.measure.choices = picks([("", "–"), *measures])
        for deduction in self.deductions:
            deduction.form.municipality_id.choices = picks([("", "–"), *self.municipalities])

    def facts(self) -> GroupFacts:
        """What ``set_group`` asks for."""
        keys = [_key_facts(key.form, self._values(slot), self._recovery(slot)) for slot, key in enumerate(self.keys)
                if key.form.kind.data or (slot >= self.held and (key.form.filled() or self._values(slot)))]
        return GroupFacts(
            title=self.title.data or "", service_ids=self.service_ids.data or (), keys=keys,
            deduction=self.deduction.data or ZERO, deduction_why=self.deduction_why.data or "",
            exclusions={key: self[excluded_name(key)].data for key, _name in self.municipalities
                        if self[excluded_name(key)].data},
            deductions=[DeductionFacts(row.form.municipality_id.data or 0, row.form.amount.data or ZERO,
                                       row.form.why.data or "", row.form.borne.data or Borne.OTHERS)
                        for row in self.deductions if row.form.filled()],
        )

    def typed_slots(self) -> list[int]:
        """The places of the keys whose figures are typed, or that are still to be chosen."""
        return [slot for slot, key in enumerate(self.keys) if not key.form.kind.data or key.form.kind.data in TYPED]

    def recovery_slots(self) -> list[int]:
        """Those of them for which families may pay a part."""
        return [slot for slot, key in enumerate(self.keys) if key.form.kind.data == KeyKind.DAILY_FEE]

    def _values(self, slot: int) -> dict[int, Decimal]:
        return self._typed((key, value_name(slot, key)) for key, _name in self.municipalities)

    def _recovery(self, slot: int) -> dict[int, Decimal]:
        return self._typed((key, recovery_name(slot, key)) for key, _name in self.municipalities)

    def _typed(self, fields: Iterable[tuple[int, str]]) -> dict[int, Decimal]:
        return {key: self[name].data for key, name in fields if name in self and self[name].data is not None}


def _key_facts(key: Any, values: Mapping[int, Decimal], recovery: Mapping[int, Decimal]) -> KeyFacts:
    if key.may_have_bands():
        key.require_values()
    return KeyFacts(
        kind=key.kind.data, weight=key.weight.data or ZERO, on=key.on.data, measure=key.measure.data,
        usage_year=key.usage_year.data, convergence=key.convergence.data, source=key.source.data or "",
        values=values if key.kind.data in TYPED else {}, rate=key.rate.data,
        bands=key.typed_bands() if key.may_have_bands() else (), banding=key.banding.data, steps=key.steps.data,
        step=key.step.data, families_pay=key.families_pay.data,
        recovery=recovery if key.kind.data == KeyKind.DAILY_FEE else {},
    )


def excluded_name(municipality_id: int) -> str:
    """The field that says why a municipality does not pay."""
    return f"escluso-{municipality_id}"


def value_name(slot: int, municipality_id: int) -> str:
    """The field of a municipality's figure for the key that stands at ``slot``."""
    return f"valore-{slot}-{municipality_id}"


def recovery_name(slot: int, municipality_id: int) -> str:
    """The field of what the families of a municipality pay, for the key that stands at ``slot``."""
    return f"recupero-{slot}-{municipality_id}"


def group_form(
    facts: GroupFacts | None, *, municipalities: Sequence[tuple[int, str]], kinds: Sequence[str], version: int
) -> GroupForm:
    """The form of a group with a column of figures for each key, filled with ``facts``.

    ``kinds``: of each key, empty where none is chosen yet: an amount is read as one, a figure as a count.
    """
    fields: dict[str, Any] = {"municipalities": municipalities, "held": len(facts.keys) if facts else 0}
    data: dict[str, Any] = {"keys": [{"bands": [{}] * MORE_BANDS} for _kind in kinds], "deductions": [{}]}
    for key, name in municipalities:
        fields[excluded_name(key)] = StringField(name, [Length(max=SHORT)], filters=[clean])
        for slot, kind in enumerate(kinds):
            fields[value_name(slot, key)] = EuroField(name) if kind in IN_EURO else CountField(name)
            fields[recovery_name(slot, key)] = EuroField(name)
    if facts is not None:
        data |= {"title": facts.title, "service_ids": list(facts.service_ids), "deduction": facts.deduction or None,
                 "deduction_why": facts.deduction_why}
        data |= {excluded_name(key): why for key, why in facts.exclusions.items()}
        data["deductions"] = [*(vars(held) for held in facts.deductions), {}]
        for slot, held in enumerate(facts.keys):
            bands = [*(vars(band) for band in held.bands), *({} for _row in range(MORE_BANDS))]
            data["keys"][slot] = {"kind": held.kind, "bands": bands, "banding": held.banding,
                                  **{name: getattr(held, name) for name in (*EVERY_FIELD, "source")}}
            data |= {value_name(slot, key): value for key, value in held.values.items()}
            data |= {recovery_name(slot, key): paid for key, paid in held.recovery.items()}
    made: GroupForm = act_form(type("FilledGroupForm", (GroupForm,), fields), version, data=data)
    return made
