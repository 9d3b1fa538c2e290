"""Azienda, municipalities, their people, acts, accounts and bodies."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_weight", sa.Text(), nullable=False),
        sa.Column("tax_code", sa.String(), nullable=False),
        sa.Column("vat_number", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("city_weight", sa.Text(), nullable=True),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("pec", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("tax_code", name=op.f("uq_party_tax_code")),
    )
    op.create_index("ix_party_city_weight", "party", ["city_weight", "id"], unique=False)
    op.create_index("ix_party_name_weight", "party", ["name_weight", "id"], unique=False)

    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unanimous", sa.Boolean(), nullable=False),
        sa.Column("constitutes", sa.Boolean(), nullable=False),
        sa.Column("recalled_order", sa.Integer(), nullable=True),
        sa.Column("recalled_text", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_act_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    op.create_index(op.f("ix_act_party_id"), "act", ["party_id"], unique=False)

    op.create_table(
        "azienda",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("legal_form", sa.String(), nullable=False),
        sa.Column("rea", sa.String(), nullable=False),
        sa.Column("founded_by", sa.String(), nullable=False),
        sa.Column("founding_act", sa.String(), nullable=False),
        sa.Column("founding_date", sa.Date(), nullable=False),
        sa.Column("founding_notary", sa.String(), nullable=False),
        sa.Column("founding_place", sa.String(), nullable=False),
        sa.Column("recognition_date", sa.Date(), nullable=True),
        sa.Column("register_number", sa.String(), nullable=False),
        sa.Column("statute_purpose_article", sa.String(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("letterhead", sa.Text(), nullable=False),
        sa.Column("logo_path", sa.String(), nullable=True),
        sa.Column("accreditation_act", sa.String(), nullable=False),
        sa.Column("exercise_starts", sa.String(), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_azienda_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_azienda")),
    )

    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("azienda_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["azienda_id"], ["azienda.id"], name=op.f("fk_district_azienda_id_azienda")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("code", name=op.f("uq_district_code")),
    )
    op.create_index(op.f("ix_district_azienda_id"), "district", ["azienda_id"], unique=False)

    op.create_table(
        "district_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_district_name_district_id_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district_name")),
    )
    op.create_index(op.f("ix_district_name_district_id"), "district_name", ["district_id"], unique=False)

    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=True),
        sa.Column("term_to", sa.Date(), nullable=True),
        sa.Column("examines_report", sa.Boolean(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_body_district_id_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("code", name=op.f("uq_body_code")),
    )

    op.create_table(
        "bank_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("treasury", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("first_used_on", sa.Date(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("communicated_on", sa.Date(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_bank_account_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("iban", name=op.f("uq_bank_account_iban")),
    )
    op.create_index(op.f("ix_bank_account_party_id"), "bank_account", ["party_id"], unique=False)

    op.create_table(
        "body_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_body_member_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_member")),
    )
    op.create_index(op.f("ix_body_member_body_id"), "body_member", ["body_id"], unique=False)

    op.create_table(
        "body_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_body_name_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_name")),
    )
    op.create_index(op.f("ix_body_name_body_id"), "body_name", ["body_id"], unique=False)

    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("gender", sa.String(), nullable=True),
        sa.Column("runts", sa.String(), nullable=False),
        sa.Column("istat", sa.String(), nullable=True),
        sa.Column("cadastral", sa.String(), nullable=True),
        sa.Column("ipa", sa.String(), nullable=True),
        sa.Column("patron_day", sa.String(), nullable=True),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("principles", sa.Text(), nullable=False),
        sa.Column("relations", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_municipality_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("cadastral", name=op.f("uq_municipality_cadastral")),
        sa.UniqueConstraint("ipa", name=op.f("uq_municipality_ipa")),
        sa.UniqueConstraint("istat", name=op.f("uq_municipality_istat")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipality_slug")),
    )

    op.create_table(
        "delegate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("birth_place", sa.String(), nullable=False),
        sa.Column("birth_province", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("tax_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["bank_account.id"], name=op.f("fk_delegate_account_id_bank_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegate")),
    )
    op.create_index(op.f("ix_delegate_account_id"), "delegate", ["account_id"], unique=False)

    op.create_table(
        "district_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_district_member_district_id_district")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_district_member_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district_member")),
        sa.UniqueConstraint("municipality_id", "valid_from", name=op.f("uq_district_member_municipality_id_valid_from")),
    )
    op.create_index(op.f("ix_district_member_district_id"), "district_member", ["district_id"], unique=False)
    op.create_index(op.f("ix_district_member_municipality_id"), "district_member", ["municipality_id"], unique=False)

    op.create_table(
        "party_capacity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("signs_apart", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_party_capacity_period")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_party_capacity_district_id_district")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_party_capacity_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_capacity")),
    )
    op.create_index(op.f("ix_party_capacity_municipality_id"), "party_capacity", ["municipality_id"], unique=False)
    op.create_table(
        "index_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("pec", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_index_entry_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_entry")),
        sa.UniqueConstraint("party_id", name=op.f("uq_index_entry_party_id")),
    )
    op.create_index(op.f("ix_index_entry_party_id"), "index_entry", ["party_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_membership_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_municipality_id"), "membership", ["municipality_id"], unique=False)

    op.create_table(
        "population",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_population_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population")),
        sa.UniqueConstraint("municipality_id", "on", name=op.f("uq_population_municipality_id_on")),
    )
    op.create_index(op.f("ix_population_municipality_id"), "population", ["municipality_id"], unique=False)

    op.create_table(
        "signatory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("signs", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("birth_place", sa.String(), nullable=False),
        sa.Column("birth_province", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("tax_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_signatory_act_id_act")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_signatory_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatory")),
    )
    op.create_index(op.f("ix_signatory_party_id"), "signatory", ["party_id"], unique=False)


def downgrade() -> None:
    for table in (
        "signatory",
        "population",
        "party_capacity",
        "district_member",
        "membership",
        "index_entry",
        "delegate",
        "municipality",
        "body_name",
        "body_member",
        "bank_account",
        "body",
        "district_name",
        "district",
        "azienda",
        "act",
        "party",
    ):
        op.drop_table(table)
