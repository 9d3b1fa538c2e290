"""The half-year reports by municipality."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "neutral_space_half_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("half", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("half BETWEEN 1 AND 2", name=op.f("ck_neutral_space_half_year_half")),
        sa.CheckConstraint("sent >= 0 AND due >= sent", name=op.f("ck_neutral_space_half_year_sent")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_neutral_space_half_year_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_neutral_space_half_year_municipality_id_municipality"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_neutral_space_half_year")),
        sa.UniqueConstraint("municipality_id", "year", "half", name=op.f("uq_neutral_space_half_year_one")),
    )
    for column in ("contract_id", "municipality_id", "year"):
        op.create_index(op.f(f"ix_neutral_space_half_year_{column}"), "neutral_space_half_year", [column])


def downgrade() -> None:
    op.drop_table("neutral_space_half_year")
