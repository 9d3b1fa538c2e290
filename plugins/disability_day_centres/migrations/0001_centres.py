"""Centres with their seats, attendance by month, tariffs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CENTRE, ATTENDANCE, TARIFF = (f"disability_day_centres_{name}" for name in ("centre", "attendance", "tariff"))


def upgrade() -> None:
    op.create_table(
        CENTRE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f(f"ck_{CENTRE}_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CENTRE}")),
        sa.UniqueConstraint("name", name=op.f(f"uq_{CENTRE}_name")),
    )
    op.create_table(
        ATTENDANCE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f(f"ck_{ATTENDANCE}_month")),
        sa.CheckConstraint("places >= 0 AND days >= 0", name=op.f(f"ck_{ATTENDANCE}_figures")),
        sa.ForeignKeyConstraint(["centre_id"], [f"{CENTRE}.id"], name=op.f(f"fk_{ATTENDANCE}_centre_id_{CENTRE}")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f(f"fk_{ATTENDANCE}_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ATTENDANCE}")),
        sa.UniqueConstraint("municipality_id", "centre_id", "year", "month", name=op.f(f"uq_{ATTENDANCE}")),
    )
    for column in ("centre_id", "municipality_id", "year"):
        op.create_index(op.f(f"ix_{ATTENDANCE}_{column}"), ATTENDANCE, [column])
    op.create_table(
        TARIFF,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("daily", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint("daily > 0", name=op.f(f"ck_{TARIFF}_daily")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f(f"fk_{TARIFF}_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TARIFF}")),
        sa.UniqueConstraint("municipality_id", "valid_from", name=op.f(f"uq_{TARIFF}")),
    )
    op.create_index(op.f(f"ix_{TARIFF}_municipality_id"), TARIFF, ["municipality_id"])


def downgrade() -> None:
    for table in (TARIFF, ATTENDANCE, CENTRE):
        op.drop_table(table)
