"""The yearly accounts by court and year."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "legal_protection_court_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("by", sa.Date(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("sent >= 0 AND due >= sent", name=op.f("ck_legal_protection_court_year_sent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_protection_court_year")),
        sa.UniqueConstraint("year", "court", name=op.f("uq_legal_protection_court_year_one")),
    )
    op.create_index(op.f("ix_legal_protection_court_year_year"), "legal_protection_court_year", ["year"])


def downgrade() -> None:
    op.drop_table("legal_protection_court_year")
