"""People and their access: invite, give roles, disable, hand over a one-time link. There is no mail server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Flask, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Optional

from admin.guard import door, policy
from admin.guard.login import LINK_DAYS, one_time_link
from admin.guard.session import act, db, office, principal, today
from admin.parties.choices import municipalities
from admin.web import formats
from admin.web.acts import ActPage, WhyForm, act_form, carry_out
from admin.web.base_view import Act, BaseView, Filter
from admin.web.downloads import give
from admin.web.forms import Choices, ManyField, NumberField, Sentence, clean, picks
from admin.web.searching import worded
from admin.web.sending import KeyedForm, attempt, new_key
from admin.web.words import said
from admin.wording import labels
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.ground.order import alphabetical, in_order
from core.parties.model import Municipality
from core.providers.model import Provider
from core.users import operations, personal, second_factor
from core.users.model import MunicipalityGrant, ProviderGrant, RoleGrant, User

GIVEN = [(role.value, labels.ROLES[role.value]) for role in Role if role is not Role.SYSTEM]


class UserForm(KeyedForm):
    """Name, roles, municipalities; the address only when the person is invited."""

    name = StringField(lazy_gettext("Nome e cognome"), validators=[Sentence()], filters=[clean])
    roles = ManyField(lazy_gettext("Ruoli"), choices=picks(GIVEN))
    municipality_ids = ManyField(
        lazy_gettext("Comuni"), choices=lambda: picks(municipalities()), coerce=int,
        description=lazy_gettext("Solo per chi lavora in un Comune: vedrà i dati di questi Comuni e di nessun altro."),
    )


class WithProviders(UserForm):
    """The same where providers may enter."""

    provider_ids = ManyField(
        lazy_gettext("Gestori"), choices=lambda: picks(provider_choices()), coerce=int,
        description=lazy_gettext("Solo per chi lavora per un gestore: vedrà i dati di questi enti e di nessun altro."),
    )


class InviteForm(WithProviders):
    """A new person."""

    email = StringField(lazy_gettext("Indirizzo di posta elettronica"), validators=[Sentence()], filters=[clean],
                        description=lazy_gettext("È il nome con cui la persona entra: non si cambia dopo l'invito."))


class EditForm(WithProviders):
    """A person who is there already."""

    version = NumberField(validators=[Optional()])


class UserView(BaseView):
    """The people who may log in."""

    may_read = policy.roles(Role.ADMINISTRATOR, Role.AUDITOR)
    may_write = policy.ADMINISTRATOR
    group = "house"
    new_title = lazy_gettext("Invita una persona")
    lead = lazy_gettext("Chi entra nel programma, e con quale ruolo: qui si invita una persona e si disattiva chi non "
                        "lavora più.")
    can_create = True
    can_edit = True
    details_template = "office/user.html"
    column_list = ("name", "email", "roles", "municipalities", "state")
    column_labels = {"municipalities": lazy_gettext("Comuni o gestori")}
    shown = {"roles": lambda row: role_words(row), "municipalities": lambda row: formats.shown(municipality_words(row))}
    sorted_by = {"name": User.name}
    searched = (worded,)
    filtered = (
        Filter("ruolo", lazy_gettext("Ruolo"), lambda: GIVEN,
               lambda value: User.grants.any(RoleGrant.role == value)),
        Filter("accesso", lazy_gettext("Accesso"), lambda: [("1", _("attivo")), ("0", _("disattivato"))],
               lambda value: User.active if value == "1" else ~User.active),
    )
    load = (selectinload(User.grants),
            selectinload(User.municipality_grants).selectinload(MunicipalityGrant.municipality),
            selectinload(User.provider_grants).selectinload(ProviderGrant.provider))
    details = ("email", "active")
    form_columns = ("email", "name")  # the form itself is written out below: roles are rows of another table
    left_out = frozenset({"id", "version", "password", "fs_uniquifier", "active", "feed_token",
                          "disabled_at", "erased_at", "erased_why"})
    on_records = {
        "erase_view": lazy_gettext("Cancella i suoi dati"),
        "reset_view": lazy_gettext("Azzera la verifica in due passaggi"),
    }

    def state_of(self, row: User) -> str:
        """Active, disabled, or invited and not yet come."""
        if not row.active:
            return "erased" if row.erased_at else "disabled"
        return "active" if row.password else "invited"

    def where_it_stands(self, row: User) -> str:
        """Whether the person can come in now."""
        if row.erased_at:
            return _("I dati sono cancellati dal %(when)s: %(why)s", when=formats.moment(row.erased_at),
                     why=row.erased_why)
        if not row.active:
            return _("Non può entrare: l'accesso è disattivato.")
        if not row.password:
            return _("Non ha ancora scelto la password: consegnare il collegamento.")
        return _("Può entrare.")

    def acts(self, row: User) -> list[Act]:
        """The link, the second factor, and closing or opening the door."""
        if not self.may_change() or row.erased_at:
            return []
        own_data = [Act(_("Esporta i suoi dati"), self.get_url(".export_view", id=row.id))]
        if not row.active:
            own_data.append(self.button("erase_view", row, tint="danger"))
        way_in = Act(_("Disattiva l'accesso") if row.active else _("Riattiva l'accesso"),
                     self.get_url(".door_view", id=row.id, aperta=int(not row.active)), post=True,
                     tint="danger" if row.active else "secondary")
        factor = self.button("reset_view", row)
        return [Act(_("Prepara il collegamento"), self.get_url(".link_view", id=row.id), post=True),
                *([factor] if row.second_factor else []), way_in, *own_data]

    def context(self, row: User) -> dict[str, Any]:
        """Roles and municipalities in words."""
        return {"role_names": role_words(row), "municipality_names": municipality_words(row), "link": None,
                "days": LINK_DAYS,
                "factor": row.second_factor.confirmed_at if row.second_factor else None,
                "may_see_logins": policy.may(principal(), "login_record.index_view")}

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> str | Response:
        """Invite a person: the page ends with the link to hand over."""
        form = offered(InviteForm(request.form or None, request_key=new_key()))

        def work(session: ScopedSession) -> int:
            user = operations.invite(session, email=form.email.data, name=form.name.data, roles=form.roles.data,
                                     municipality_ids=form.municipality_ids.data, provider_ids=given_providers(form))
            session.flush()
            return user.id

        key = attempt("user.invite", form, work)
        if key is not None:
            return self._with_link(int(key))
        return self.render("web/form.html", form=form, heading=self.new_title, back=self.get_url(".index_view"),
                           sections=((None, asked(form, "name", "email", "roles", "municipality_ids",
                                                  "provider_ids")),))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> str | Response:
        """Roles and municipalities of a person."""
        row = self.get_one(request.args.get("id"))
        given: dict[str, Any] = {"roles": [g.role for g in row.grants],
                                 "municipality_ids": [g.municipality_id for g in row.municipality_grants],
                                 "provider_ids": [g.provider_id for g in row.provider_grants]}
        form = offered(EditForm(request.form or None, name=row.name, version=row.version, **given))
        if request.method == "POST" and form.validate():
            try:
                with act("user.edit") as session:
                    operations.edit(session, row.id, version=form.version.data or 0, name=form.name.data,
                                    roles=form.roles.data, municipality_ids=form.municipality_ids.data,
                                    provider_ids=given_providers(form, given["provider_ids"]))
            except RuleBroken as error:
                form.blame(error)
            else:
                return redirect(self.get_url(".details_view", id=row.id))
        return self.render("web/form.html", form=form, heading=row.name,
                           back=self.get_url(".details_view", id=row.id),
                           sections=((None, asked(form, "name", "roles", "municipality_ids", "provider_ids")),))

    @expose("/collegamento/", methods=("POST",))
    @policy.allow(policy.NOBODY, policy.ADMINISTRATOR)
    def link_view(self) -> str:
        """A new one-time link; the old ones and the open sessions end."""
        row = self.get_one(request.args.get("id"))
        with act("user.link") as session:
            operations.renew_link(session, row.id)
        return self._with_link(row.id)

    @expose("/porta/", methods=("POST",))
    @policy.allow(policy.NOBODY, policy.ADMINISTRATOR)
    def door_view(self) -> Response:
        """Disable an access, or enable it again: what the button said, also pressed twice."""
        row = self.get_one(request.args.get("id"))
        with act("user.door") as session:
            operations.set_active(session, row.id, request.args.get("aperta") == "1")
        return redirect(self.get_url(".details_view", id=row.id))

    @expose("/verifica/", methods=("GET", "POST"))
    @policy.allow(policy.ADMINISTRATOR, policy.ADMINISTRATOR)
    def reset_view(self) -> str | Response:
        """Take away the second factor of somebody who has lost it, with a reason."""
        row = self.get_one(request.args.get("id"))
        form = act_form(WhyForm, read_by=_("Resta tra gli accessi della persona, che lo legge anche nella mail."))
        page = ActPage(_("Azzera la verifica in due passaggi"), _("Azzera la verifica"),
                       self.get_url(".details_view", id=row.id), row.name, [
            _("Prima accertarsi, di persona o al telefono, che lo chieda davvero %(name)s.", name=row.name),
            _("Il telefono e i codici di riserva non valgono più, e gli accessi aperti si chiudono."),
            _("Se per i suoi compiti la verifica è obbligatoria, la prepara di nuovo al prossimo ingresso."),
            _("Parte una mail che lo dice alla persona.")], tint="danger")
        return carry_out(self, "second_factor.reset", form, page, lambda session: second_factor.reset(
            session, row.id, why=form.why.data, at=door.knock(row.email)).id, done=_("La verifica è azzerata."))

    @expose("/dati/")
    @policy.allow(policy.ADMINISTRATOR)
    def export_view(self) -> Response:
        """All that is kept of a person, in one file to give them."""
        row = self.get_one(request.args.get("id"))
        told = json.dumps(personal.export(db(), row.id), ensure_ascii=False, indent=2)
        return give(told.encode(), f"dati-{row.id}.json")

    @expose("/cancella/", methods=("GET", "POST"))
    @policy.allow(policy.ADMINISTRATOR, policy.ADMINISTRATOR)
    def erase_view(self) -> str | Response:
        """Erase what is only of a person: what goes, what stays and why."""
        row = self.get_one(request.args.get("id"))
        form = act_form(WhyForm, read_by=_("Resta accanto all'accesso, per esempio la richiesta della persona."))
        page = ActPage(_("Cancella i dati di %(name)s", name=row.name), _("Cancella i dati"),
                       self.get_url(".details_view", id=row.id), row.name, [
            _("Si cancellano indirizzo, password, telefono, ruoli, Comuni e gestori, calendario, messaggi ricevuti, "
              "file scaricati e accessi che non vanno più conservati. Non si torna indietro."),
            *(_("Resta: %(what)s", what=said(reason)) for reason in personal.kept_of(db(), row)),
            *([] if personal.has_acted(db(), row) else
              [_("Anche il nome si cancella: non compare accanto ad alcun atto.")])], tint="danger")
        return carry_out(self, "user.erase", form, page, lambda session: personal.erase(
            session, row.id, why=form.why.data, today=today()).id, done=_("I dati sono cancellati."))

    def _with_link(self, key: int) -> str:
        row = self.get_one(str(key))
        pairs = [(self.get_column_name(name), self.value(row, name)) for name in self.details]
        return self.render(self.details_template, row=row, pairs=pairs,
                           **{**self.context(row), "link": one_time_link(row)})


def role_words(user: User) -> str:
    """The roles of a person in words."""
    return ", ".join(str(labels.ROLES[grant.role]) for grant in user.grants)


def municipality_words(user: User) -> str:
    """The municipalities of a person in words, or the providers."""
    names = [*(grant.municipality.name for grant in user.municipality_grants),
             *(grant.provider.name for grant in user.provider_grants)]
    return ", ".join(sorted(names, key=alphabetical))


def offered(form: Any) -> Any:
    """The form without what an installation that is closed to providers does not offer."""
    if not office().settings.providers_enter:
        del form.provider_ids
        form.roles.choices = [choice for choice in form.roles.choices if choice.value != Role.PROVIDER]
    return form


def asked(form: Any, *names: str) -> tuple[str, ...]:
    """Those of ``names`` that the form has."""
    return tuple(name for name in names if name in form)


def given_providers(form: Any, held: Sequence[int] = ()) -> Sequence[int]:
    """The providers that the form gives; where it does not ask, those that the person has."""
    chosen: Sequence[int] = form.provider_ids.data if "provider_ids" in form else held
    return chosen


def provider_choices() -> Choices:
    """The providers by name."""
    rows = db().execute(select(Provider.id, Provider.name).order_by(in_order(Provider.name)))
    return [(str(key), name) for key, name in rows]


def invite_link(app: Flask, session: ScopedSession, *, email: str, name: str, roles: Sequence[str],
                municipalities: Sequence[str] = ()) -> str:
    """For the command line: invite a person in the caller's unit of work and give the one-time link.

    ``municipalities`` are slugs; RuleBroken for one that does not exist, or for a refusal of ``operations.invite``.
    """
    rows = session.execute(select(Municipality.slug, Municipality.id))
    keys = {row.slug: row.id for row in rows}
    for slug in municipalities:
        if slug not in keys:
            raise RuleBroken("Il Comune «%(slug)s» non esiste: scriverlo in minuscolo con i trattini, per esempio "
                             "san-donato-milanese.", slug=slug)
    user = operations.invite(session, email=email, name=name, roles=[Role(role) for role in roles],
                             municipality_ids=[keys[slug] for slug in municipalities])
    return _handed_over(app, session, user)


def renewed_link(app: Flask, session: ScopedSession, *, email: str) -> str:
    """For the command line: a new one-time link for somebody who is a user; the old ones and open sessions end.

    The way back in of the only administrator, to whom nobody else could hand one. RuleBroken for an address that is
    nobody's, and for an access that is disabled.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise RuleBroken("Nessun utente ha l'indirizzo %(email)s: controllarlo, o aggiungere la persona con "
                         "«patto user add».", email=email)
    if not user.active:
        raise RuleBroken("L'accesso di %(email)s è disattivato, e un collegamento non lo apre: lo riattiva un "
                         "amministratore nella pagina Utenti.", email=email)
    return _handed_over(app, session, operations.renew_link(session, user.id))


def _handed_over(app: Flask, session: ScopedSession, user: User) -> str:
    session.flush()
    with app.test_request_context(base_url=app.extensions["patto"].settings.address):
        return one_time_link(user)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [UserView(User, lazy_gettext("Utenti"), endpoint="user", url="utenti")]


