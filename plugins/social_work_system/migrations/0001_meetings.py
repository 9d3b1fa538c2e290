"""Meetings of the social workers, and how many came from where."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MEETING, CAME = "social_work_system_meeting", "social_work_system_came"


def upgrade() -> None:
    op.create_table(
        MEETING,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours > 0", name=op.f(f"ck_{MEETING}_hours")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MEETING}")),
    )
    op.create_index(op.f(f"ix_{MEETING}_on"), MEETING, ["on"])
    op.create_table(
        CAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("workers >= 0", name=op.f(f"ck_{CAME}_workers")),
        sa.ForeignKeyConstraint(["meeting_id"], [f"{MEETING}.id"], name=op.f(f"fk_{CAME}_meeting_id_{MEETING}")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f(f"fk_{CAME}_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CAME}")),
        sa.UniqueConstraint("meeting_id", "municipality_id", name=op.f(f"uq_{CAME}")),
    )
    for column in ("meeting_id", "municipality_id"):
        op.create_index(op.f(f"ix_{CAME}_{column}"), CAME, [column])


def downgrade() -> None:
    for table in (CAME, MEETING):
        op.drop_table(table)
