"""Monthly use of the vouchers, by municipality and package."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "home_care_vouchers_usage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("vouchers", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_home_care_vouchers_usage_month")),
        sa.CheckConstraint("vouchers >= 0", name=op.f("ck_home_care_vouchers_usage_vouchers")),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_home_care_vouchers_usage_hours")),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_home_care_vouchers_usage_municipality_id_municipality"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_care_vouchers_usage")),
        sa.UniqueConstraint(
            "municipality_id", "year", "month", "package", name=op.f("uq_home_care_vouchers_usage_entry")
        ),
    )
    for column in ("municipality_id", "year"):
        op.create_index(op.f(f"ix_home_care_vouchers_usage_{column}"), "home_care_vouchers_usage", [column])


def downgrade() -> None:
    op.drop_table("home_care_vouchers_usage")
