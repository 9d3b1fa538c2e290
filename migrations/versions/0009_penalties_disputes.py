"""Notices of default, penalties, controls, disputes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "contestation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("sending_id", sa.Integer(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("formalised_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contestation_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_contestation_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["sending_id"], ["sending.id"], name=op.f("fk_contestation_sending_id_sending")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_contestation_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contestation")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_contestation_year_number")),
    )
    op.create_index(op.f("ix_contestation_contract_id"), "contestation", ["contract_id"], unique=False)
    op.create_index(op.f("ix_contestation_municipality_id"), "contestation", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_contestation_sending_id"), "contestation", ["sending_id"], unique=False)
    op.create_index(op.f("ix_contestation_service_id"), "contestation", ["service_id"], unique=False)
    op.create_index(op.f("ix_contestation_state"), "contestation", ["state"], unique=False)
    op.create_index(op.f("ix_contestation_year"), "contestation", ["year"], unique=False)

    op.create_table(
        "default_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("conflict_note", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("compliance_by", sa.Date(), nullable=True),
        sa.Column("compliance_days", sa.Integer(), nullable=True),
        sa.Column("reply_days", sa.Integer(), nullable=False),
        sa.Column("sending_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("reply_due_nominal", sa.Date(), nullable=True),
        sa.Column("reply_due_effective", sa.Date(), nullable=True),
        sa.Column("compliance_due_nominal", sa.Date(), nullable=True),
        sa.Column("compliance_due_effective", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=False),
        sa.Column("complied_on", sa.Date(), nullable=True),
        sa.Column("summoned_for", sa.Date(), nullable=True),
        sa.Column("summoned_at", sa.Time(), nullable=True),
        sa.Column("summoned_place", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("override_why", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.CheckConstraint("compliance_days >= 0", name=op.f("ck_default_notice_compliance_days")),
        sa.CheckConstraint("reply_days >= 0", name=op.f("ck_default_notice_reply_days")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_default_notice_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_default_notice_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["sending_id"], ["sending.id"], name=op.f("fk_default_notice_sending_id_sending")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_notice")),
        sa.UniqueConstraint("sending_id", name=op.f("uq_default_notice_sending_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_default_notice_year_number")),
    )
    op.create_index(op.f("ix_default_notice_contract_id"), "default_notice", ["contract_id"], unique=False)
    op.create_index(op.f("ix_default_notice_municipality_id"), "default_notice", ["municipality_id"], unique=False)
    op.create_index(
        "ix_default_notice_municipality_state", "default_notice", ["municipality_id", "state"], unique=False
    )
    op.create_index(op.f("ix_default_notice_state"), "default_notice", ["state"], unique=False)
    op.create_index(op.f("ix_default_notice_year"), "default_notice", ["year"], unique=False)

    op.create_table(
        "control",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_control_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_control_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["default_notice.id"], name=op.f("fk_control_notice_id_default_notice")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_control_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_control_year_number")),
    )
    op.create_index(op.f("ix_control_contract_id"), "control", ["contract_id"], unique=False)
    op.create_index(op.f("ix_control_municipality_id"), "control", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_control_notice_id"), "control", ["notice_id"], unique=False)
    op.create_index(op.f("ix_control_service_id"), "control", ["service_id"], unique=False)
    op.create_index(op.f("ix_control_state"), "control", ["state"], unique=False)
    op.create_index(op.f("ix_control_year"), "control", ["year"], unique=False)

    op.create_table(
        "damage_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("settled_amount", sa.BigInteger(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_damage_claim_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["default_notice.id"], name=op.f("fk_damage_claim_notice_id_default_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_claim")),
    )
    op.create_index(op.f("ix_damage_claim_municipality_id"), "damage_claim", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_damage_claim_notice_id"), "damage_claim", ["notice_id"], unique=False)
    op.create_index(op.f("ix_damage_claim_state"), "damage_claim", ["state"], unique=False)

    op.create_table(
        "damaging_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("injured", sa.String(), nullable=False),
        sa.Column("restoration", sa.Text(), nullable=False),
        sa.Column("insurance_policy_id", sa.Integer(), nullable=True),
        sa.Column("sending_id", sa.Integer(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("insurer_told_on", sa.Date(), nullable=True),
        sa.Column("claim_number", sa.String(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("compensation", sa.BigInteger(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.CheckConstraint("known_on >= happened_on", name=op.f("ck_damaging_event_known")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_damaging_event_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["insurance_policy_id"],
            ["insurance_policy.id"],
            name=op.f("fk_damaging_event_insurance_policy_id_insurance_policy"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_damaging_event_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["sending_id"], ["sending.id"], name=op.f("fk_damaging_event_sending_id_sending")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_damaging_event_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damaging_event")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_damaging_event_year_number")),
    )
    op.create_index(op.f("ix_damaging_event_contract_id"), "damaging_event", ["contract_id"], unique=False)
    op.create_index(
        op.f("ix_damaging_event_insurance_policy_id"), "damaging_event", ["insurance_policy_id"], unique=False
    )
    op.create_index(op.f("ix_damaging_event_municipality_id"), "damaging_event", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_damaging_event_sending_id"), "damaging_event", ["sending_id"], unique=False)
    op.create_index(op.f("ix_damaging_event_service_id"), "damaging_event", ["service_id"], unique=False)
    op.create_index(op.f("ix_damaging_event_state"), "damaging_event", ["state"], unique=False)
    op.create_index(op.f("ix_damaging_event_year"), "damaging_event", ["year"], unique=False)

    op.create_table(
        "notice_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("happened_to", sa.Date(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decided_kind", sa.String(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("passed_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("happened_to IS NULL OR happened_to >= happened_on", name=op.f("ck_notice_finding_days")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["default_notice.id"], name=op.f("fk_notice_finding_notice_id_default_notice")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_notice_finding_provider_id_provider")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_notice_finding_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_finding")),
    )
    op.create_index(op.f("ix_notice_finding_notice_id"), "notice_finding", ["notice_id"], unique=False)
    op.create_index(op.f("ix_notice_finding_provider_id"), "notice_finding", ["provider_id"], unique=False)
    op.create_index(op.f("ix_notice_finding_service_id"), "notice_finding", ["service_id"], unique=False)

    op.create_table(
        "control_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("control_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["control_id"], ["control.id"], name=op.f("fk_control_finding_control_id_control")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_finding")),
    )
    op.create_index(op.f("ix_control_finding_control_id"), "control_finding", ["control_id"], unique=False)

    op.create_table(
        "penalty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("maximum", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("gravity", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("override_why", sa.Text(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("request_received_on", sa.Date(), nullable=True),
        sa.Column("due_nominal", sa.Date(), nullable=True),
        sa.Column("due_effective", sa.Date(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("contest", sa.String(), nullable=True),
        sa.Column("contested_on", sa.Date(), nullable=True),
        sa.Column("reduced_to", sa.BigInteger(), nullable=True),
        sa.Column("reduced_on", sa.Date(), nullable=True),
        sa.Column("reduced_by", sa.String(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_penalty_amount")),
        sa.CheckConstraint("minimum <= maximum", name=op.f("ck_penalty_limits")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_penalty_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["notice_finding.id"], name=op.f("fk_penalty_finding_id_notice_finding")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_penalty_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["default_notice.id"], name=op.f("fk_penalty_notice_id_default_notice")),
        sa.ForeignKeyConstraint(["request_id"], ["sending.id"], name=op.f("fk_penalty_request_id_sending")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty")),
        sa.UniqueConstraint("request_id", name=op.f("uq_penalty_request_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_penalty_year_number")),
    )
    op.create_index(op.f("ix_penalty_contract_id"), "penalty", ["contract_id"], unique=False)
    op.create_index(op.f("ix_penalty_finding_id"), "penalty", ["finding_id"], unique=False)
    op.create_index(op.f("ix_penalty_municipality_id"), "penalty", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_penalty_notice_id"), "penalty", ["notice_id"], unique=False)
    op.create_index(op.f("ix_penalty_state"), "penalty", ["state"], unique=False)
    op.create_index(op.f("ix_penalty_year"), "penalty", ["year"], unique=False)
    op.create_index(
        "uq_penalty_standing",
        "penalty",
        ["finding_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )

    op.create_table(
        "arbitration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("penalty_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("azienda_agreed_on", sa.Date(), nullable=True),
        sa.Column("azienda_consent", sa.String(), nullable=False),
        sa.Column("municipality_agreed_on", sa.Date(), nullable=True),
        sa.Column("municipality_consent", sa.String(), nullable=False),
        sa.Column("azienda_arbitrator", sa.String(), nullable=False),
        sa.Column("municipality_arbitrator", sa.String(), nullable=False),
        sa.Column("third_arbitrator", sa.String(), nullable=False),
        sa.Column("third_named_by", sa.String(), nullable=True),
        sa.Column("award_on", sa.Date(), nullable=True),
        sa.Column("award", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_arbitration_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_arbitration_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["default_notice.id"], name=op.f("fk_arbitration_notice_id_default_notice")
        ),
        sa.ForeignKeyConstraint(["penalty_id"], ["penalty.id"], name=op.f("fk_arbitration_penalty_id_penalty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arbitration")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_arbitration_year_number")),
    )
    op.create_index(op.f("ix_arbitration_contract_id"), "arbitration", ["contract_id"], unique=False)
    op.create_index(op.f("ix_arbitration_municipality_id"), "arbitration", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_arbitration_notice_id"), "arbitration", ["notice_id"], unique=False)
    op.create_index(op.f("ix_arbitration_penalty_id"), "arbitration", ["penalty_id"], unique=False)
    op.create_index(op.f("ix_arbitration_state"), "arbitration", ["state"], unique=False)
    op.create_index(op.f("ix_arbitration_year"), "arbitration", ["year"], unique=False)

    op.create_table(
        "penalty_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("penalty_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["penalty_id"], ["penalty.id"], name=op.f("fk_penalty_payment_penalty_id_penalty")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["penalty_payment.id"], name=op.f("fk_penalty_payment_reverses_id_penalty_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_payment")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_penalty_payment_reverses_id")),
    )
    op.create_index(op.f("ix_penalty_payment_penalty_id"), "penalty_payment", ["penalty_id"], unique=False)

    op.create_table(
        "on_behalf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_on_behalf_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["passage_id"], ["passage_log.id"], name=op.f("fk_on_behalf_passage_id_passage_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_behalf")),
        sa.UniqueConstraint("passage_id", name=op.f("uq_on_behalf_passage_id")),
    )
    op.create_index(op.f("ix_on_behalf_municipality_id"), "on_behalf", ["municipality_id"], unique=False)
    op.create_index("ix_on_behalf_municipality_state", "on_behalf", ["municipality_id", "state"], unique=False)
    op.create_index("ix_on_behalf_subject", "on_behalf", ["subject", "subject_id"], unique=False)


def downgrade() -> None:
    for table in (
        "on_behalf",
        "penalty_payment",
        "arbitration",
        "penalty",
        "control_finding",
        "notice_finding",
        "damaging_event",
        "damage_claim",
        "control",
        "default_notice",
        "contestation",
    ):
        op.drop_table(table)
