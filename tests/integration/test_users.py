"""Users: what an administrator changes is not undone by a form that was opened before."""

import pytest

from core.ground.access import Role, system
from core.ground.errors import RuleBroken
from core.users.model import User
from core.users.operations import edit, invite

ACTOR = system("prova")


def test_roles_edited_on_a_stale_form_are_refused(unit):
    with unit(principal=ACTOR) as session:
        invite(session, email="capo@azienda.example", name="Ada Capo", roles=[Role.ADMINISTRATOR])
        user = invite(session, email="anna@azienda.example", name="Anna Prova", roles=[Role.MANAGEMENT])
        key, seen = user.id, user.version
    with unit(principal=ACTOR) as session:
        edit(session, key, version=seen, name="Anna Prova", roles=[Role.AUDITOR], municipality_ids=[])
    with pytest.raises(RuleBroken, match="qualcun altro ha modificato"), unit(principal=ACTOR) as session:
        edit(session, key, version=seen, name="Anna Prova", roles=[Role.MANAGEMENT], municipality_ids=[])
    with unit() as session:
        assert [grant.role for grant in session.require(User, key).grants] == ["auditor"]
