"""Areas, sectors, services, coverage, operational sheets, the use of the services."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )

    op.create_table(
        "operational_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("definitions", sa.Text(), nullable=False),
        sa.Column("activities", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("cost_to_user", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("tools", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("joint_management", sa.Boolean(), nullable=False),
        sa.Column("coverage", sa.Text(), nullable=False),
        sa.Column("pasted_mission", sa.Text(), nullable=False),
        sa.Column("mission_origin", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=True),
        sa.Column("schema", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operational_sheet")),
        sa.UniqueConstraint("code", "edition", name=op.f("uq_operational_sheet_code_edition")),
    )

    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("managing_unit", sa.String(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("cost_to_user", sa.Text(), nullable=False),
        sa.Column("management_form", sa.String(), nullable=True),
        sa.Column("essential_level", sa.Boolean(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("cover_all", sa.Boolean(), nullable=False),
        sa.Column("cover_assumed", sa.Boolean(), nullable=False),
        sa.Column("cover_district_id", sa.Integer(), nullable=True),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("function_owner_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cover_district_id"], ["district.id"], name=op.f("fk_service_cover_district_id_district")
        ),
        sa.ForeignKeyConstraint(["function_owner_id"], ["body.id"], name=op.f("fk_service_function_owner_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", name=op.f("uq_service_code")),
    )

    op.create_table(
        "sector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_sector_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector")),
        sa.UniqueConstraint("code", name=op.f("uq_sector_code")),
    )
    op.create_index(op.f("ix_sector_area_id"), "sector", ["area_id"], unique=False)

    op.create_table(
        "service_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_service_agreement_period")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_service_agreement_body_id_body")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_agreement_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_agreement")),
    )
    op.create_index(op.f("ix_service_agreement_service_id"), "service_agreement", ["service_id"], unique=False)

    op.create_table(
        "service_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_name_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_name")),
    )
    op.create_index(op.f("ix_service_name_service_id"), "service_name", ["service_id"], unique=False)

    op.create_table(
        "own_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_own_fields_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_fields")),
        sa.UniqueConstraint("service_id", name=op.f("uq_own_fields_service_id")),
    )

    op.create_table(
        "sheet_service",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_sheet_service_service_id_service")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["operational_sheet.id"], name=op.f("fk_sheet_service_sheet_id_operational_sheet")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "service_id", name=op.f("pk_sheet_service")),
    )

    op.create_table(
        "coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_coverage_period")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_coverage_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_coverage_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index(op.f("ix_coverage_municipality_id"), "coverage", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_coverage_service_id"), "coverage", ["service_id"], unique=False)

    op.create_table(
        "service_sector",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sector_id"], ["sector.id"], name=op.f("fk_service_sector_sector_id_sector")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_sector_service_id_service")),
        sa.PrimaryKeyConstraint("service_id", "sector_id", name=op.f("pk_service_sector")),
    )

    op.create_table(
        "usage_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_usage_month_month")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_usage_month_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_month")),
        sa.UniqueConstraint("service_id", "year", "month", name=op.f("uq_usage_month_service_id_year_month")),
    )
    op.create_index(op.f("ix_usage_month_year"), "usage_month", ["year"], unique=False)

    op.create_table(
        "use_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_use_figure_month")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_use_figure_value")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_use_figure_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_use_figure_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_figure")),
        sa.UniqueConstraint("service_id", "year", "month", "municipality_id", "measure", name="uq_use_figure_entry"),
    )
    op.create_index(op.f("ix_use_figure_municipality_id"), "use_figure", ["municipality_id"], unique=False)
    op.create_index("ix_use_figure_year_measure", "use_figure", ["year", "service_id", "measure"], unique=False)

    op.create_table(
        "use_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["figure_id"], ["use_figure.id"], name=op.f("fk_use_correction_figure_id_use_figure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_correction")),
    )
    op.create_index(op.f("ix_use_correction_figure_id"), "use_correction", ["figure_id"], unique=False)


def downgrade() -> None:
    for table in (
        "use_correction",
        "use_figure",
        "usage_month",
        "service_sector",
        "coverage",
        "sheet_service",
        "own_fields",
        "service_name",
        "service_agreement",
        "sector",
        "service",
        "operational_sheet",
        "area",
    ):
        op.drop_table(table)
