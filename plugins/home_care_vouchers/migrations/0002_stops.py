"""Units that had to stop, for each municipality that had chosen them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STOP = "home_care_vouchers_stop"


def upgrade() -> None:
    op.create_table(
        STOP,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("goes_on", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f(f"fk_{STOP}_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f(f"fk_{STOP}_unit_id_service_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{STOP}")),
        sa.UniqueConstraint("municipality_id", "unit_id", "on", name=op.f(f"uq_{STOP}_one")),
    )
    for column in ("municipality_id", "unit_id"):
        op.create_index(op.f(f"ix_{STOP}_{column}"), STOP, [column])


def downgrade() -> None:
    op.drop_table(STOP)
