"""Contracts, their terms, versions and life."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "contract_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.Column("duration_months", sa.Integer(), nullable=True),
        sa.Column("tacit_renewal", sa.Boolean(), nullable=False),
        sa.Column("tacit_renewal_months", sa.Integer(), nullable=True),
        sa.Column("tacit_renewal_times", sa.Integer(), nullable=True),
        sa.Column("notice_months", sa.Integer(), nullable=True),
        sa.Column("renewal_assessment_months", sa.Integer(), nullable=False),
        sa.Column("renewal_direction", sa.String(), nullable=False),
        sa.Column("continuity_months", sa.Integer(), nullable=False),
        sa.Column("share_criteria", sa.Text(), nullable=False),
        sa.Column("municipality_papers", sa.Text(), nullable=False),
        sa.Column("azienda_papers", sa.Text(), nullable=False),
        sa.Column("public_papers", sa.Text(), nullable=False),
        sa.Column("third_sector_papers", sa.Text(), nullable=False),
        sa.Column("extra_projects_month", sa.Integer(), nullable=False),
        sa.Column("coordinated", sa.String(), nullable=False),
        sa.Column("own_charter_months", sa.Integer(), nullable=False),
        sa.Column("reply_days", sa.Integer(), nullable=False),
        sa.Column("penalty_min", sa.BigInteger(), nullable=False),
        sa.Column("penalty_max", sa.BigInteger(), nullable=False),
        sa.Column("penalty_payment_days", sa.Integer(), nullable=False),
        sa.Column("further_damages", sa.Boolean(), nullable=False),
        sa.Column("account_notice_days", sa.Integer(), nullable=False),
        sa.Column("arbitration", sa.Boolean(), nullable=False),
        sa.Column("arbitrators", sa.Integer(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("roll_policy", sa.String(), nullable=False),
        sa.Column("registration_cost", sa.String(), nullable=False),
        sa.Column("interest", sa.String(), nullable=False),
        sa.Column("interest_points", sa.Integer(), nullable=True),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_terms")),
        sa.UniqueConstraint("title", "edition", name=op.f("uq_contract_terms_title_edition")),
    )

    op.create_table(
        "terms_withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["terms_id"], ["contract_terms.id"],
                                name=op.f("fk_terms_withdrawal_terms_id_contract_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_withdrawal")),
        sa.UniqueConstraint("terms_id", name=op.f("uq_terms_withdrawal_terms_id")),
    )

    op.create_table(
        "service_charter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_service_charter_district_id_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_charter")),
    )

    op.create_table(
        "zone_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("agreement_date", sa.Date(), nullable=True),
        sa.Column("budget_article", sa.String(), nullable=False),
        sa.Column("founding", sa.Boolean(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("extended_by", sa.String(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_zone_plan_district_id_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_plan")),
    )

    op.create_table(
        "kept_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone_plan_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_kept_service_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_kept_service_service_id_service")),
        sa.ForeignKeyConstraint(
            ["zone_plan_id"], ["zone_plan.id"], name=op.f("fk_kept_service_zone_plan_id_zone_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_service")),
        sa.UniqueConstraint(
            "zone_plan_id",
            "municipality_id",
            "service_id",
            name=op.f("uq_kept_service_zone_plan_id_municipality_id_service_id"),
        ),
    )
    op.create_index(op.f("ix_kept_service_municipality_id"), "kept_service", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_kept_service_service_id"), "kept_service", ["service_id"], unique=False)

    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("runs_to", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_at", sa.Time(), nullable=True),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("amends_id", sa.Integer(), nullable=True),
        sa.Column("base", sa.JSON(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("cig", sa.String(), nullable=True),
        sa.Column("cup", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("zone_plan_id", sa.Integer(), nullable=True),
        sa.Column("charter_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("filed_under", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_period")),
        sa.ForeignKeyConstraint(["amends_id"], ["contract.id"], name=op.f("fk_contract_amends_id_contract")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_contract_area_id_area")),
        sa.ForeignKeyConstraint(
            ["charter_id"], ["service_charter.id"], name=op.f("fk_contract_charter_id_service_charter")
        ),
        sa.ForeignKeyConstraint(["renews_id"], ["contract.id"], name=op.f("fk_contract_renews_id_contract")),
        sa.ForeignKeyConstraint(["terms_id"], ["contract_terms.id"], name=op.f("fk_contract_terms_id_contract_terms")),
        sa.ForeignKeyConstraint(["zone_plan_id"], ["zone_plan.id"], name=op.f("fk_contract_zone_plan_id_zone_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_contract_year_number")),
    )
    op.create_index(
        "ix_contract_amends_id", "contract", ["amends_id"], unique=False,
        sqlite_where=sa.text("amends_id IS NOT NULL"), postgresql_where=sa.text("amends_id IS NOT NULL"),
    )
    op.create_index(
        "ix_contract_renews_id", "contract", ["renews_id"], unique=False,
        sqlite_where=sa.text("renews_id IS NOT NULL"), postgresql_where=sa.text("renews_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_contract_runs_to"), "contract", ["runs_to"], unique=False)
    op.create_index(op.f("ix_contract_starts_on"), "contract", ["starts_on"], unique=False)
    op.create_index("ix_contract_filed_under", "contract", ["filed_under", "id"], unique=False)
    op.create_index("ix_contract_state", "contract", ["state", "starts_on", "year", "number"], unique=False)

    op.create_table(
        "instalment_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("base", sa.String(), nullable=True),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("counts_from", sa.String(), nullable=True),
        sa.Column("with_forecast", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["contract_terms.id"], name=op.f("fk_instalment_rule_terms_id_contract_terms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment_rule")),
    )
    op.create_index(op.f("ix_instalment_rule_terms_id"), "instalment_rule", ["terms_id"], unique=False)

    op.create_table(
        "instalment_percent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_instalment_percent_municipality_id_municipality"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["instalment_rule.id"], name=op.f("fk_instalment_percent_rule_id_instalment_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment_percent")),
        sa.UniqueConstraint(
            "rule_id", "municipality_id", name=op.f("uq_instalment_percent_rule_id_municipality_id")
        ),
    )
    op.create_index(op.f("ix_instalment_percent_municipality_id"), "instalment_percent", ["municipality_id"],
                    unique=False)
    op.create_index(op.f("ix_instalment_percent_rule_id"), "instalment_percent", ["rule_id"], unique=False)

    op.create_table(
        "penalty_band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("maximum", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minimum <= maximum", name=op.f("ck_penalty_band_limits")),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["contract_terms.id"], name=op.f("fk_penalty_band_terms_id_contract_terms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty_band")),
    )
    op.create_index(op.f("ix_penalty_band_terms_id"), "penalty_band", ["terms_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("register_number", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_attachment_contract_id_contract")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_attachment_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_contract_id"), "attachment", ["contract_id"], unique=False)

    op.create_table(
        "conferral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_conferral_days")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_conferral_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_conferral_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_conferral_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conferral")),
    )
    op.create_index(op.f("ix_conferral_contract_id"), "conferral", ["contract_id"], unique=False)
    op.create_index(op.f("ix_conferral_municipality_id"), "conferral", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_conferral_service_id"), "conferral", ["service_id"], unique=False)
    op.create_index(
        "uq_conferral_standing",
        "conferral",
        ["contract_id", "service_id", "municipality_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )

    op.create_table(
        "contract_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_contract_act_act_id_act")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_act_contract_id_contract")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_act")),
        sa.UniqueConstraint("contract_id", "act_id", name=op.f("uq_contract_act_contract_id_act_id")),
    )
    op.create_index(op.f("ix_contract_act_contract_id"), "contract_act", ["contract_id"], unique=False)

    op.create_table(
        "contract_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_document_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_contract_document_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_document")),
        sa.UniqueConstraint(
            "contract_id", "version_number", name=op.f("uq_contract_document_contract_id_version_number")
        ),
        sa.UniqueConstraint("document_id", name=op.f("uq_contract_document_document_id")),
    )
    op.create_index(op.f("ix_contract_document_contract_id"), "contract_document", ["contract_id"], unique=False)

    op.create_table(
        "contract_ending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("arisen_on", sa.Date(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("indemnity", sa.BigInteger(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_contract_ending_act_id_act")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_ending_contract_id_contract")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contract_ending_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_ending")),
    )
    op.create_index(op.f("ix_contract_ending_contract_id"), "contract_ending", ["contract_id"], unique=False)

    op.create_table(
        "contract_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("tacit", sa.Boolean(), nullable=False),
        sa.Column("gap_why", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_contract_extension_act_id_act")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_extension_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["contract_extension.id"], name=op.f("fk_contract_extension_undoes_id_contract_extension")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_extension")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_contract_extension_undoes_id")),
    )
    op.create_index(op.f("ix_contract_extension_contract_id"), "contract_extension", ["contract_id"], unique=False)

    op.create_table(
        "contract_renewal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("favourable", sa.Boolean(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("communicated_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_contract_renewal_act_id_act")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_renewal_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_contract_renewal_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_renewal")),
    )
    op.create_index(op.f("ix_contract_renewal_contract_id"), "contract_renewal", ["contract_id"], unique=False)

    op.create_table(
        "entrusted_asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("rent", sa.BigInteger(), nullable=True),
        sa.Column("rent_due", sa.String(), nullable=True),
        sa.Column("ordinary_upkeep", sa.String(), nullable=False),
        sa.Column("extraordinary_upkeep", sa.String(), nullable=False),
        sa.Column("agreements", sa.Text(), nullable=False),
        sa.Column("annex_signed_on", sa.Date(), nullable=True),
        sa.Column("annex_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["annex_id"], ["document.id"], name=op.f("fk_entrusted_asset_annex_id_document")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_entrusted_asset_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_entrusted_asset_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrusted_asset")),
    )
    op.create_index(op.f("ix_entrusted_asset_contract_id"), "entrusted_asset", ["contract_id"], unique=False)

    op.create_table(
        "insurance_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("insurer", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cover", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("by_municipality", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_insurance_policy_period")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_insurance_policy_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance_policy")),
    )
    op.create_index(op.f("ix_insurance_policy_contract_id"), "insurance_policy", ["contract_id"], unique=False)

    op.create_table(
        "own_clause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_own_clause_contract_id_contract")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_clause")),
    )
    op.create_index(op.f("ix_own_clause_contract_id"), "own_clause", ["contract_id"], unique=False)

    op.create_table(
        "contract_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pays_share", sa.Boolean(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_party_contract_id_contract")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contract_party_party_id_party")),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["signatory.id"], name=op.f("fk_contract_party_signatory_id_signatory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_party")),
        sa.UniqueConstraint("contract_id", "party_id", name=op.f("uq_contract_party_contract_id_party_id")),
    )
    op.create_index(op.f("ix_contract_party_contract_id"), "contract_party", ["contract_id"], unique=False)
    op.create_index("ix_contract_party_of", "contract_party", ["party_id", "contract_id"], unique=False)


def downgrade() -> None:
    for table in (
        "contract_party",
        "own_clause",
        "insurance_policy",
        "entrusted_asset",
        "contract_renewal",
        "contract_extension",
        "contract_ending",
        "contract_document",
        "contract_act",
        "conferral",
        "attachment",
        "penalty_band",
        "instalment_percent",
        "instalment_rule",
        "contract",
        "kept_service",
        "zone_plan",
        "service_charter",
        "terms_withdrawal",
        "contract_terms",
    ):
        op.drop_table(table)
