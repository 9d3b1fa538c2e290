"""The forms of the guided contract, one for each step that asks something."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import FormField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from admin.web.acts import ActForm
from admin.web.forms import (
    LONG,
    SHORT,
    Choices,
    DateField,
    ManyField,
    OneField,
    PageForm,
    RowsField,
    Sentence,
    clean,
    number_or_none,
)
from admin.wording import labels

EFFECTIVE = _("Il primo giorno di ciò che cambia: da quel giorno i servizi contano per la quota.")


def _day(name: str, help_text: Any = "") -> DateField:
    return DateField(labels.column("contract", name), [Sentence()], description=help_text, render_kw={"type": "date"})


def _text(name: str, help_text: Any = "") -> StringField:
    return StringField(labels.column("contract", name), [Length(max=SHORT)], description=help_text,
                       filters=[clean, lambda value: value or None])


def _choice(name: str, help_text: Any = "") -> SelectField:
    return SelectField(labels.column("contract", name), coerce=number_or_none, description=help_text)


class ContractVersionForm(ActForm):
    """A Word file that came back or that the office has written, and what is to be known of it."""

    file = FileField(_("File Word"), [Sentence()],
                     description=_("Il documento .docx, fino a 20 MB e senza macro."), render_kw={"accept": ".docx"})
    note = TextAreaField(_("Nota"), [Length(max=2000)], filters=[clean],
                         description=_("Chi l'ha inviato e che cosa è cambiato: resta accanto al file."))


class StartForm(ActForm):
    """With whom, for which services, for how long."""

    municipality = ManyField(_("Chi firma con l'azienda"), coerce=number_or_none, description=_(
        "Di solito uno. Più di uno se firmano lo stesso contratto. Un ente che non è un Comune né un'unione non paga "
        "una quota, se non lo si dice al passo seguente."))
    area_id = SelectField(_("Servizi"), coerce=number_or_none, description=_(
        "Un contratto può riguardare tutti i servizi o una sola area."))
    starts_on = DateField(labels.column("contract", "starts_on"), [Optional()], render_kw={"type": "date"},
                          description=_("Vuota: il primo giorno libero, quello dopo la fine dell'ultimo contratto di "
                                        "chi firma. Decide l'anno del numero, la copertura e l'edizione delle schede."))
    terms_id = OneField(labels.column("contract", "terms_id"), [Optional()], coerce=number_or_none, description=_(
        "Rate, rinnovo, penali e foro. Di ogni titolo si prende la versione che vale alla decorrenza. Vuote: quelle "
        "con il titolo dell'ultimo contratto di chi firma."))
    ends_on = DateField(labels.column("contract", "ends_on"), [Optional()], render_kw={"type": "date"}, description=_(
        "Vuota: la durata che le condizioni fissano, altrimenti la fine del Piano di Zona (art. 11)."))

    def offer_lists(self, municipalities: Choices, areas: Choices, terms: Choices) -> None:
        """Fill the lists."""
        self.municipality.choices = municipalities
        self.area_id.choices = areas
        self.terms_id.choices = terms


class ServicesForm(ActForm):
    """The services conferred, as pairs of municipality and service."""

    services = ManyField(_("Servizi conferiti"), [DataRequired(_("Scegliere almeno un servizio."))])
    paying = ManyField(_("Chi prende parte al riparto dei costi"), [Optional()], coerce=number_or_none, description=_(
        "Un Comune e un'unione pagano la loro quota annuale. Un altro ente pubblico o del terzo settore la paga solo "
        "se lo si spunta qui: altrimenti resta fuori dal riparto, e contratto e calcolo delle quote lo dicono."))

    def by_municipality(self) -> dict[int, list[int]]:
        """The services chosen, by municipality."""
        chosen: dict[int, list[int]] = {}
        for key in self.services.data or ():
            municipality, service = (int(part) for part in key.split("-"))
            chosen.setdefault(municipality, []).append(service)
        return chosen


class ClauseForm(PageForm):
    """A clause of this contract alone."""

    title = StringField(_("Titolo"), [Length(max=SHORT)], filters=[clean])
    text = TextAreaField(_("Testo"), [Length(max=LONG)], filters=[clean], render_kw={"rows": 4})


class TermsForm(ActForm):
    """The terms of one contract."""

    starts_on = _day("starts_on")
    ends_on = _day("ends_on", _("Di regola la fine del Piano di Zona (art. 11)."))
    effective_on = _day("effective_on", EFFECTIVE)
    place = _text("place")
    terms_id = _choice("terms_id", _("Rate, penali, termini e foro vengono da questa versione (artt. 11, 20, 24)."))
    zone_plan_id = _choice("zone_plan_id", _("Il piano che il contratto attua (premesse e art. 11)."))
    charter_id = _choice("charter_id", _("Quella dell'azienda, se c'è; altrimenti quella del distretto (art. 6)."))
    cig = _text("cig", _("Dieci lettere o cifre, se il contratto ne ha uno (L. 136/2010, art. 3)."))
    cup = _text("cup", _("Quindici lettere o cifre, se riguarda un investimento pubblico."))
    clauses = RowsField(FormField(ClauseForm), label=_("Clausole proprie di questo contratto"))
    go = SubmitField()

    def terms(self) -> dict[str, Any]:
        """What ``set_terms`` asks for."""
        names = ("starts_on", "ends_on", "terms_id", "zone_plan_id", "charter_id")
        codes = {name: (self[name].data or "").replace(" ", "").upper() or None for name in ("cig", "cup")}
        effect = {"effective_on": self.effective_on.data} if "effective_on" in self else {}
        return {name: self[name].data for name in names} | effect | codes | {"place": self.place.data or ""}

    def written_clauses(self) -> list[tuple[str, str]]:
        """The clauses of which something is written; one half empty is for the core to refuse."""
        pairs = [(clause.form.title.data or "", clause.form.text.data or "") for clause in self.clauses]
        return [pair for pair in pairs if any(pair)]

    def one_blank_clause(self) -> None:
        """Room for one more clause at the end."""
        last = self.clauses[-1].form if len(self.clauses) else None
        if last is None or last.title.data or last.text.data:
            self.clauses.append_entry()
