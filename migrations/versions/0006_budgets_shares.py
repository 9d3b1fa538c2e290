"""Budgets, sources, allocation plans, shares of the year; staff, investments, yearly reports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "funding_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("laws", sa.Text(), nullable=False),
        sa.Column("studied", sa.Boolean(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_source")),
        sa.UniqueConstraint("code", name=op.f("uq_funding_source_code")),
    )

    op.create_table(
        "source_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["funding_source.id"], name=op.f("fk_source_name_source_id_funding_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_name")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name_name")),
    )
    op.create_index(op.f("ix_source_name_source_id"), "source_name", ["source_id"], unique=False)

    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("votes_abstained", sa.Integer(), nullable=True),
        sa.Column("cash_in", sa.BigInteger(), nullable=True),
        sa.Column("cash_out", sa.BigInteger(), nullable=True),
        sa.Column("current_assets", sa.BigInteger(), nullable=True),
        sa.Column("current_debts", sa.BigInteger(), nullable=True),
        sa.Column("equity", sa.BigInteger(), nullable=True),
        sa.Column("total_assets", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_budget_act_id_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )
    op.create_index(
        "uq_budget_standing", "budget", ["year", "stage"], unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"), postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index(op.f("ix_budget_year"), "budget", ["year"], unique=False)

    op.create_table(
        "allocation_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("joining", sa.String(), nullable=False),
        sa.Column("ties", sa.String(), nullable=False),
        sa.Column("indirect_base", sa.String(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("votes_abstained", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_allocation_plan_act_id_act")),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_allocation_plan_budget_id_budget")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["allocation_plan.id"], name=op.f("fk_allocation_plan_corrects_id_allocation_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_plan")),
    )
    op.create_index(op.f("ix_allocation_plan_budget_id"), "allocation_plan", ["budget_id"], unique=False)
    op.create_index(op.f("ix_allocation_plan_corrects_id"), "allocation_plan", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_allocation_plan_year"), "allocation_plan", ["year"], unique=False)

    op.create_table(
        "budget_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("social", sa.Boolean(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=True),
        sa.Column("funder", sa.String(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budget_line_amount")),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_budget_line_budget_id_budget")),
        sa.ForeignKeyConstraint(["funder_id"], ["municipality.id"], name=op.f("fk_budget_line_funder_id_municipality")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_budget_line_service_id_service")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["funding_source.id"], name=op.f("fk_budget_line_source_id_funding_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
    )
    op.create_index(op.f("ix_budget_line_budget_id"), "budget_line", ["budget_id"], unique=False)
    op.create_index(op.f("ix_budget_line_service_id"), "budget_line", ["service_id"], unique=False)

    op.create_table(
        "allocation_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("deduction", sa.BigInteger(), nullable=False),
        sa.Column("deduction_why", sa.Text(), nullable=False),
        sa.Column("shared", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["allocation_plan.id"], name=op.f("fk_allocation_group_plan_id_allocation_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_group")),
    )
    op.create_index(op.f("ix_allocation_group_plan_id"), "allocation_group", ["plan_id"], unique=False)

    op.create_table(
        "share_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("group_title", sa.String(), nullable=False),
        sa.Column("key_kind", sa.String(), nullable=False),
        sa.Column("key_title", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("pool", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_share_line_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["allocation_plan.id"], name=op.f("fk_share_line_plan_id_allocation_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_line")),
    )
    op.create_index(op.f("ix_share_line_municipality_id"), "share_line", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_share_line_plan_id"), "share_line", ["plan_id"], unique=False)

    op.create_table(
        "year_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_year_share_document_id_document")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_year_share_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["allocation_plan.id"], name=op.f("fk_year_share_plan_id_allocation_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_share")),
    )
    op.create_index(op.f("ix_year_share_municipality_id"), "year_share", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_year_share_year"), "year_share", ["year"], unique=False)

    op.create_table(
        "allocation_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("measure", sa.String(), nullable=True),
        sa.Column("usage_year", sa.Integer(), nullable=True),
        sa.Column("convergence", sa.Integer(), nullable=True),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("banding", sa.String(), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("families_pay", sa.String(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_allocation_key_weight")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["allocation_group.id"], name=op.f("fk_allocation_key_group_id_allocation_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_key")),
    )
    op.create_index(op.f("ix_allocation_key_group_id"), "allocation_key", ["group_id"], unique=False)

    op.create_table(
        "group_exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["allocation_group.id"], name=op.f("fk_group_exclusion_group_id_allocation_group")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_group_exclusion_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_exclusion")),
        sa.UniqueConstraint("group_id", "municipality_id", name=op.f("uq_group_exclusion_group_id_municipality_id")),
    )
    op.create_index(op.f("ix_group_exclusion_group_id"), "group_exclusion", ["group_id"], unique=False)

    op.create_table(
        "share_deduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("borne", sa.String(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_share_deduction_amount")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["allocation_group.id"], name=op.f("fk_share_deduction_group_id_allocation_group")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_share_deduction_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_deduction")),
        sa.UniqueConstraint("group_id", "municipality_id", name=op.f("uq_share_deduction_group_id_municipality_id")),
    )
    op.create_index(op.f("ix_share_deduction_group_id"), "share_deduction", ["group_id"], unique=False)

    op.create_table(
        "group_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["allocation_group.id"], name=op.f("fk_group_service_group_id_allocation_group")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_group_service_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_service")),
        sa.UniqueConstraint("group_id", "service_id", name=op.f("uq_group_service_group_id_service_id")),
    )
    op.create_index(op.f("ix_group_service_group_id"), "group_service", ["group_id"], unique=False)

    op.create_table(
        "key_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_key_value_value")),
        sa.ForeignKeyConstraint(["key_id"], ["allocation_key.id"], name=op.f("fk_key_value_key_id_allocation_key")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_key_value_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_value")),
        sa.UniqueConstraint("key_id", "municipality_id", name=op.f("uq_key_value_key_id_municipality_id")),
    )
    op.create_index(op.f("ix_key_value_key_id"), "key_value", ["key_id"], unique=False)

    op.create_table(
        "key_band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_key_band_value")),
        sa.ForeignKeyConstraint(["key_id"], ["allocation_key.id"], name=op.f("fk_key_band_key_id_allocation_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_band")),
    )
    op.create_index(op.f("ix_key_band_key_id"), "key_band", ["key_id"], unique=False)

    op.create_table(
        "service_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_staff_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_staff")),
        sa.UniqueConstraint("service_id", "year", name=op.f("uq_service_staff_service_id_year")),
    )
    op.create_index(op.f("ix_service_staff_year"), "service_staff", ["year"], unique=False)

    op.create_table(
        "staff_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("profession", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("full_time", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("people >= 0", name=op.f("ck_staff_figure_people")),
        sa.CheckConstraint("full_time >= 0", name=op.f("ck_staff_figure_full_time")),
        sa.ForeignKeyConstraint(["staff_id"], ["service_staff.id"], name=op.f("fk_staff_figure_staff_id_service_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_figure")),
    )
    op.create_index(op.f("ix_staff_figure_staff_id"), "staff_figure", ["staff_id"], unique=False)

    op.create_table(
        "investment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=True),
        sa.Column("made", sa.BigInteger(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("planned >= 0", name=op.f("ck_investment_planned")),
        sa.CheckConstraint("made >= 0", name=op.f("ck_investment_made")),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_investment_act_id_act")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_investment_service_id_service")),
        sa.ForeignKeyConstraint(["source_id"], ["funding_source.id"], name=op.f("fk_investment_source_id_funding_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investment")),
    )
    op.create_index(op.f("ix_investment_service_id"), "investment", ["service_id"], unique=False)
    op.create_index(op.f("ix_investment_year"), "investment", ["year"], unique=False)

    op.create_table(
        "yearly_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("sending_id", sa.Integer(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_yearly_report_budget_id_budget")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_yearly_report_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_yearly_report_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["sending_id"], ["sending.id"], name=op.f("fk_yearly_report_sending_id_sending")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_report")),
        sa.UniqueConstraint("year", "municipality_id", name=op.f("uq_yearly_report_year_municipality_id")),
    )
    op.create_index(op.f("ix_yearly_report_contract_id"), "yearly_report", ["contract_id"], unique=False)
    op.create_index(op.f("ix_yearly_report_municipality_id"), "yearly_report", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_yearly_report_sending_id"), "yearly_report", ["sending_id"], unique=False)
    op.create_index(op.f("ix_yearly_report_state"), "yearly_report", ["state"], unique=False)
    op.create_index(op.f("ix_yearly_report_year"), "yearly_report", ["year"], unique=False)


def downgrade() -> None:
    for table in (
        "yearly_report",
        "investment",
        "staff_figure",
        "service_staff",
        "key_band",
        "key_value",
        "group_service",
        "share_deduction",
        "group_exclusion",
        "allocation_key",
        "year_share",
        "share_line",
        "allocation_group",
        "budget_line",
        "allocation_plan",
        "budget",
        "source_name",
        "funding_source",
    ):
        op.drop_table(table)
