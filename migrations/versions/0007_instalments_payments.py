"""Instalments, rates of interest, payments, bank statements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "interest_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_rate")),
        sa.UniqueConstraint("kind", "valid_from", name=op.f("uq_interest_rate_kind_valid_from")),
    )

    op.create_table(
        "request_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_round")),
    )
    op.create_index(op.f("ix_request_round_year"), "request_round", ["year"], unique=False)

    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_bank_statement_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("document_id", name=op.f("uq_bank_statement_document_id")),
    )

    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("cig", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_commitment_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint(
            "municipality_id", "year", "number", name=op.f("uq_commitment_municipality_id_year_number")
        ),
    )
    op.create_index(op.f("ix_commitment_municipality_id"), "commitment", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_commitment_year"), "commitment", ["year"], unique=False)

    op.create_table(
        "instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_weight", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("base_kind", sa.String(), nullable=True),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(), nullable=True),
        sa.Column("nominal", sa.Date(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("invoice_number", sa.String(), nullable=True),
        sa.Column("invoice_on", sa.Date(), nullable=True),
        sa.Column("sdi_id", sa.String(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_instalment_act_id_act")),
        sa.ForeignKeyConstraint(["corrects_id"], ["instalment.id"], name=op.f("fk_instalment_corrects_id_instalment")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_instalment_contract_id_contract")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_instalment_document_id_document")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_instalment_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["request_round.id"], name=op.f("fk_instalment_round_id_request_round")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["instalment_rule.id"], name=op.f("fk_instalment_rule_id_instalment_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_instalment_year_number")),
    )
    op.create_index(op.f("ix_instalment_amount"), "instalment", ["amount"], unique=False)
    op.create_index(op.f("ix_instalment_contract_id"), "instalment", ["contract_id"], unique=False)
    op.create_index(
        "ix_instalment_corrects_id", "instalment", ["corrects_id"], unique=False,
        sqlite_where=sa.text("corrects_id IS NOT NULL"), postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_instalment_effective"), "instalment", ["effective"], unique=False)
    op.create_index(
        "ix_instalment_invoice_number", "instalment", ["invoice_number"], unique=False,
        sqlite_where=sa.text("invoice_number IS NOT NULL"), postgresql_where=sa.text("invoice_number IS NOT NULL"),
    )
    op.create_index(op.f("ix_instalment_municipality_id"), "instalment", ["municipality_id"], unique=False)
    op.create_index(
        "ix_instalment_municipality_state", "instalment", ["municipality_id", "state", "effective"], unique=False
    )
    op.create_index(
        "ix_instalment_round_id", "instalment", ["round_id"], unique=False,
        sqlite_where=sa.text("round_id IS NOT NULL"), postgresql_where=sa.text("round_id IS NOT NULL"),
    )
    op.create_index("ix_instalment_state_effective", "instalment", ["state", "effective"], unique=False)
    op.create_index("ix_instalment_title_weight", "instalment", ["title_weight", "id"], unique=False)
    op.create_index(op.f("ix_instalment_year"), "instalment", ["year"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("refunds_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_payment_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["document.id"], name=op.f("fk_payment_receipt_id_document")),
        sa.ForeignKeyConstraint(["refunds_id"], ["payment.id"], name=op.f("fk_payment_refunds_id_payment")),
        sa.ForeignKeyConstraint(["reverses_id"], ["payment.id"], name=op.f("fk_payment_reverses_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_payment_reverses_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_payment_year_number")),
    )
    op.create_index(op.f("ix_payment_amount"), "payment", ["amount"], unique=False)
    op.create_index(op.f("ix_payment_method"), "payment", ["method"], unique=False)
    op.create_index(op.f("ix_payment_municipality_id"), "payment", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_payment_received_on"), "payment", ["received_on"], unique=False)
    op.create_index(
        "ix_payment_refunds_id", "payment", ["refunds_id"], unique=False,
        sqlite_where=sa.text("refunds_id IS NOT NULL"), postgresql_where=sa.text("refunds_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_payment_year"), "payment", ["year"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("instalment_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["instalment.id"], name=op.f("fk_settlement_instalment_id_instalment")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_settlement_payment_id_payment")),
        sa.ForeignKeyConstraint(["undoes_id"], ["settlement.id"], name=op.f("fk_settlement_undoes_id_settlement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_settlement_undoes_id")),
    )
    op.create_index(op.f("ix_settlement_instalment_id"), "settlement", ["instalment_id"], unique=False)
    op.create_index(op.f("ix_settlement_payment_id"), "settlement", ["payment_id"], unique=False)

    op.create_table(
        "statement_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payer_weight", sa.Text(), nullable=True),
        sa.Column("payer_iban", sa.String(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("other_readings", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_statement_line_payment_id_payment")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_statement_line_statement_id_bank_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint("key", name=op.f("uq_statement_line_key")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_statement_line_payment_id")),
    )
    op.create_index(op.f("ix_statement_line_amount"), "statement_line", ["amount"], unique=False)
    op.create_index(op.f("ix_statement_line_batch"), "statement_line", ["batch"], unique=False)
    op.create_index(op.f("ix_statement_line_booked_on"), "statement_line", ["booked_on"], unique=False)
    op.create_index("ix_statement_line_payer_weight", "statement_line", ["payer_weight", "id"], unique=False)
    op.create_index(op.f("ix_statement_line_state"), "statement_line", ["state"], unique=False)
    op.create_index(op.f("ix_statement_line_statement_id"), "statement_line", ["statement_id"], unique=False)


def downgrade() -> None:
    for table in (
        "statement_line",
        "settlement",
        "payment",
        "instalment",
        "commitment",
        "bank_statement",
        "request_round",
        "interest_rate",
    ):
        op.drop_table(table)
