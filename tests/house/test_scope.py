"""Every table has said who sees it: it is scoped, or it stands in this list of what is everybody's."""

from sqlalchemy import Table, select, true
from sqlalchemy.sql import visitors

from core.ground.access import Scoped
from core.ground.db import Base
from core.models import metadata

EVERYBODYS = {
    "area", "audit_voice", "body", "body_member", "body_name", "contract_terms", "counter", "deadline_rule",
    "district", "district_name",
    "event_kind", "funding_source", "instalment_rule", "interest_rate", "operational_sheet", "penalty_band",
    "register_entry", "register_state", "requirement", "requirement_set", "sector", "service", "service_agreement",
    "service_charter", "service_succession",
    "own_fields", "service_name", "service_sector", "sheet_service", "source_name", "terms_withdrawal",
    "unit_type", "usage_month",
    "zone_plan",
}


def unscoped() -> set[str]:
    """The tables of the core that everybody may read."""
    classes = {mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("core.")}
    return {cls.__tablename__ for cls in classes if not issubclass(cls, Scoped)}


def test_a_new_table_is_scoped_or_is_declared_to_be_everybodys():
    assert unscoped() <= EVERYBODYS, "make it Scoped, or add it here and know why"


def test_the_list_of_what_is_everybodys_names_no_table_that_is_gone_or_scoped():
    assert unscoped() >= EVERYBODYS


def test_every_table_is_known_to_the_migrations():
    mapped = {m.class_.__tablename__ for m in Base.registry.mappers if m.class_.__module__.startswith("core.")}
    assert mapped <= set(metadata.tables)


def test_a_scope_may_be_asked_beside_every_table_that_it_looks_into():
    """What it asks with ``exists`` goes by a name of its own: else it would mean the row of the question beside it."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Scoped):
            scope = mapper.class_.visible()
            for beside in {part for part in visitors.iterate(scope) if isinstance(part, Table)} - set(mapper.tables):
                str(select(*mapper.primary_key).join(beside, true()).where(scope))
