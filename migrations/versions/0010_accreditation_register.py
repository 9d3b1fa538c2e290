"""Requirement sets, accreditation, the public register."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "requirement_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("unit_types", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("examination_days", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("extension_months", sa.Integer(), nullable=False),
        sa.Column("monitoring", sa.String(), nullable=False),
        sa.Column("monitoring_days", sa.Integer(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("adapt_by", sa.Date(), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=True),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_set")),
        sa.UniqueConstraint("code", "edition", name=op.f("uq_requirement_set_code_edition")),
    )

    op.create_table(
        "requirement_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_draft")),
    )

    op.create_table(
        "requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("per", sa.String(), nullable=False),
        sa.Column("limit", sa.BigInteger(), nullable=True),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("monitored", sa.String(), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["requirement.id"], name=op.f("fk_requirement_parent_id_requirement")),
        sa.ForeignKeyConstraint(["set_id"], ["requirement_set.id"], name=op.f("fk_requirement_set_id_requirement_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("set_id", "code", name=op.f("uq_requirement_set_id_code")),
    )
    op.create_index(op.f("ix_requirement_set_id"), "requirement", ["set_id"], unique=False)

    op.create_table(
        "accreditation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("completion_due", sa.Date(), nullable=True),
        sa.Column("complete_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decree_number", sa.String(), nullable=False),
        sa.Column("decree_reasons", sa.Text(), nullable=False),
        sa.Column("decree_answer", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("fee_paid_on", sa.Date(), nullable=True),
        sa.Column("fee_reference", sa.String(), nullable=False),
        sa.Column("cig", sa.String(), nullable=False),
        sa.Column("decree_id", sa.Integer(), nullable=True),
        sa.Column("pact_signed_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("runs_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decree_id"], ["document.id"], name=op.f("fk_accreditation_decree_id_document")),
        sa.ForeignKeyConstraint(
            ["renews_id"], ["accreditation.id"], name=op.f("fk_accreditation_renews_id_accreditation")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["requirement_set.id"], name=op.f("fk_accreditation_set_id_requirement_set")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_accreditation_unit_id_service_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_accreditation_year_number")),
    )
    op.create_index("ix_accreditation_renews_id", "accreditation", ["renews_id"], unique=False,
                    sqlite_where=sa.text("renews_id IS NOT NULL"), postgresql_where=sa.text("renews_id IS NOT NULL"))
    op.create_index(op.f("ix_accreditation_runs_to"), "accreditation", ["runs_to"], unique=False)
    op.create_index(op.f("ix_accreditation_state"), "accreditation", ["state"], unique=False)
    op.create_index(op.f("ix_accreditation_unit_id"), "accreditation", ["unit_id"], unique=False)

    op.create_table(
        "tariff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_tariff_amount")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_tariff_service_id_service")),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_tariff_unit_id_service_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
        sa.UniqueConstraint(
            "unit_id",
            "service_id",
            "measure",
            "valid_from",
            name=op.f("uq_tariff_unit_id_service_id_measure_valid_from"),
        ),
    )
    op.create_index(op.f("ix_tariff_service_id"), "tariff", ["service_id"], unique=False)
    op.create_index(op.f("ix_tariff_unit_id"), "tariff", ["unit_id"], unique=False)

    op.create_table(
        "accreditation_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"],
            ["accreditation.id"],
            name=op.f("fk_accreditation_extension_accreditation_id_accreditation"),
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["accreditation_extension.id"],
            name=op.f("fk_accreditation_extension_undoes_id_accreditation_extension"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation_extension")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_accreditation_extension_undoes_id")),
    )
    op.create_index(
        op.f("ix_accreditation_extension_accreditation_id"),
        "accreditation_extension",
        ["accreditation_id"],
        unique=False,
    )

    op.create_table(
        "forewarning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unmet", sa.JSON(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("sending_id", sa.Integer(), nullable=True),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_forewarning_accreditation_id_accreditation")
        ),
        sa.ForeignKeyConstraint(
            ["sending_id"], ["sending.id"], name=op.f("fk_forewarning_sending_id_sending")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forewarning")),
        sa.UniqueConstraint("sending_id", name=op.f("uq_forewarning_sending_id")),
    )
    op.create_index(
        op.f("ix_forewarning_accreditation_id"),
        "forewarning",
        ["accreditation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_forewarning_state"), "forewarning", ["state"], unique=False)

    op.create_table(
        "forewarning_observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forewarning_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asks_hearing", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"],
            ["accreditation.id"],
            name=op.f("fk_forewarning_observation_accreditation_id_accreditation"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_forewarning_observation_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["forewarning_id"],
            ["forewarning.id"],
            name=op.f("fk_forewarning_observation_forewarning_id_forewarning"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forewarning_observation")),
    )
    op.create_index(
        op.f("ix_forewarning_observation_accreditation_id"),
        "forewarning_observation",
        ["accreditation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_forewarning_observation_forewarning_id"),
        "forewarning_observation",
        ["forewarning_id"],
        unique=False,
    )

    op.create_table(
        "accreditation_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("urgent_why", sa.Text(), nullable=False),
        sa.Column("forewarning_id", sa.Integer(), nullable=True),
        sa.Column("fine_kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"],
            ["accreditation.id"],
            name=op.f("fk_accreditation_measure_accreditation_id_accreditation"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_accreditation_measure_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["forewarning_id"],
            ["forewarning.id"],
            name=op.f("fk_accreditation_measure_forewarning_id_forewarning"),
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["accreditation_measure.id"],
            name=op.f("fk_accreditation_measure_undoes_id_accreditation_measure"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation_measure")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_accreditation_measure_undoes_id")),
    )
    op.create_index(
        op.f("ix_accreditation_measure_accreditation_id"), "accreditation_measure", ["accreditation_id"], unique=False
    )

    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("appointed_for", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("inspectors", sa.String(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_inspection_accreditation_id_accreditation")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_inspection_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_accreditation_id"), "inspection", ["accreditation_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_meeting_accreditation_id_accreditation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_accreditation_id"), "meeting", ["accreditation_id"], unique=False)

    op.create_table(
        "monitoring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_monitoring_accreditation_id_accreditation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring")),
        sa.UniqueConstraint(
            "accreditation_id", "kind", "first_day", name=op.f("uq_monitoring_accreditation_id_kind_first_day")
        ),
    )
    op.create_index(op.f("ix_monitoring_accreditation_id"), "monitoring", ["accreditation_id"], unique=False)
    op.create_index(op.f("ix_monitoring_state"), "monitoring", ["state"], unique=False)

    op.create_table(
        "provider_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_provider_meeting_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_meeting")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_provider_meeting_year_number")),
    )
    op.create_index(op.f("ix_provider_meeting_state"), "provider_meeting", ["state"], unique=False)

    op.create_table(
        "provider_meeting_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["provider_meeting.id"], name=op.f("fk_provider_meeting_attendance_meeting_id_provider_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_meeting_attendance_provider_id_provider")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_meeting_attendance")),
        sa.UniqueConstraint(
            "meeting_id", "provider_id", name=op.f("uq_provider_meeting_attendance_meeting_id_provider_id")
        ),
    )
    op.create_index(
        op.f("ix_provider_meeting_attendance_meeting_id"), "provider_meeting_attendance", ["meeting_id"], unique=False
    )
    op.create_index(
        op.f("ix_provider_meeting_attendance_provider_id"), "provider_meeting_attendance", ["provider_id"], unique=False
    )

    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("type_name", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_tax_code", sa.String(), nullable=False),
        sa.Column("legal_form", sa.String(), nullable=False),
        sa.Column("third_sector", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("min_age_months", sa.Integer(), nullable=True),
        sa.Column("max_age_months", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("decree", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("updated_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_register_entry_accreditation_id_accreditation")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_register_entry_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_register_entry_provider_id_provider")),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_register_entry_unit_id_service_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_register_entry_number")),
        sa.UniqueConstraint("slug", name=op.f("uq_register_entry_slug")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_register_entry_unit_id")),
    )
    op.create_index(op.f("ix_register_entry_municipality_id"), "register_entry", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_register_entry_provider_id"), "register_entry", ["provider_id"], unique=False)
    op.create_index(op.f("ix_register_entry_section"), "register_entry", ["section"], unique=False)
    op.create_index(op.f("ix_register_entry_state"), "register_entry", ["state"], unique=False)
    op.create_index(op.f("ix_register_entry_type_code"), "register_entry", ["type_code"], unique=False)

    op.create_table(
        "requirement_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requirement_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("computed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_requirement_check_accreditation_id_accreditation")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_requirement_check_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirement.id"], name=op.f("fk_requirement_check_requirement_id_requirement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_check")),
        sa.UniqueConstraint(
            "accreditation_id", "requirement_id", name=op.f("uq_requirement_check_accreditation_id_requirement_id")
        ),
    )
    op.create_index(
        op.f("ix_requirement_check_accreditation_id"), "requirement_check", ["accreditation_id"], unique=False
    )

    op.create_table(
        "inspection_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=True),
        sa.Column("monitoring_id", sa.Integer(), nullable=True),
        sa.Column("requirement_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("prescription", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("accreditation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_inspection_finding_accreditation_id_accreditation")
        ),
        sa.CheckConstraint(
            "(inspection_id IS NULL) <> (monitoring_id IS NULL)", name=op.f("ck_inspection_finding_where_found")
        ),
        sa.ForeignKeyConstraint(
            ["monitoring_id"], ["monitoring.id"], name=op.f("fk_inspection_finding_monitoring_id_monitoring")
        ),
        sa.ForeignKeyConstraint(["answer_id"], ["document.id"], name=op.f("fk_inspection_finding_answer_id_document")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_finding_inspection_id_inspection")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirement.id"], name=op.f("fk_inspection_finding_requirement_id_requirement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_finding")),
    )
    op.create_index(
        op.f("ix_inspection_finding_accreditation_id"), "inspection_finding", ["accreditation_id"], unique=False
    )
    op.create_index(op.f("ix_inspection_finding_inspection_id"), "inspection_finding", ["inspection_id"], unique=False)
    op.create_index(op.f("ix_inspection_finding_monitoring_id"), "inspection_finding", ["monitoring_id"], unique=False)

    op.create_table(
        "provider_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("contract_date", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entry.id"], name=op.f("fk_provider_choice_entry_id_register_entry")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_provider_choice_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_provider_choice_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_choice")),
    )
    op.create_index(op.f("ix_provider_choice_entry_id"), "provider_choice", ["entry_id"], unique=False)
    op.create_index(op.f("ix_provider_choice_municipality_id"), "provider_choice", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_provider_choice_service_id"), "provider_choice", ["service_id"], unique=False)

    op.create_table(
        "register_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entry.id"], name=op.f("fk_register_state_entry_id_register_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_state")),
    )
    op.create_index(op.f("ix_register_state_entry_id"), "register_state", ["entry_id"], unique=False)


def downgrade() -> None:
    for table in (
        "register_state",
        "provider_choice",
        "inspection_finding",
        "requirement_check",
        "register_entry",
        "provider_meeting_attendance",
        "provider_meeting",
        "monitoring",
        "meeting",
        "inspection",
        "accreditation_measure",
        "forewarning_observation",
        "forewarning",
        "accreditation_extension",
        "tariff",
        "accreditation",
        "requirement",
        "requirement_draft",
        "requirement_set",
    ):
        op.drop_table(table)
