"""Duties of an exercise, what the municipalities answer, what is paid out of the funds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DUTY, RETURN, FIGURE, GRANT = (f"fund_monitoring_{name}" for name in ("duty", "return", "figure", "grant"))


def upgrade() -> None:
    op.create_table(
        DUTY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True)
          for name in ("asked_on", "received_on", "sent_on", "sent_back_on", "receipt_on")),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DUTY}")),
        sa.UniqueConstraint("year", "code", "moment", name=op.f(f"uq_{DUTY}_one")),
    )
    op.create_index(op.f(f"ix_{DUTY}_year"), DUTY, ["year"])
    op.create_table(
        RETURN,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("by", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("sent_back_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], [f"{DUTY}.id"], name=op.f(f"fk_{RETURN}_duty_id_{DUTY}")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"],
                                name=op.f(f"fk_{RETURN}_municipality_id_municipality")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RETURN}")),
        sa.UniqueConstraint("duty_id", "municipality_id", name=op.f(f"uq_{RETURN}_one")),
    )
    op.create_table(
        FIGURE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0 AND people >= 0", name=op.f(f"ck_{FIGURE}_amount")),
        sa.ForeignKeyConstraint(["return_id"], [f"{RETURN}.id"], name=op.f(f"fk_{FIGURE}_return_id_{RETURN}")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"],
                                name=op.f(f"fk_{FIGURE}_municipality_id_municipality")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FIGURE}")),
        sa.UniqueConstraint("return_id", "title", name=op.f(f"uq_{FIGURE}_one")),
    )
    op.create_table(
        GRANT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("act_on", sa.Date(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("account_on", sa.Date(), nullable=True),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f(f"ck_{GRANT}_amount")),
        sa.CheckConstraint("spent >= 0", name=op.f(f"ck_{GRANT}_spent")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"],
                                name=op.f(f"fk_{GRANT}_municipality_id_municipality")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{GRANT}")),
    )
    for table, column in ((RETURN, "duty_id"), (RETURN, "municipality_id"), (FIGURE, "return_id"),
                          (FIGURE, "municipality_id"), (GRANT, "year"), (GRANT, "municipality_id")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in (GRANT, FIGURE, RETURN, DUTY):
        op.drop_table(table)
