"""Providers, their units and notices; users and what they may see."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "unit_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("regional", sa.Boolean(), nullable=False),
        sa.Column("provides_at", sa.String(), nullable=False),
        sa.Column("min_places", sa.Integer(), nullable=True),
        sa.Column("max_places", sa.Integer(), nullable=True),
        sa.Column("min_age_months", sa.Integer(), nullable=True),
        sa.Column("max_age_months", sa.Integer(), nullable=True),
        sa.Column("limits_verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "max_places IS NULL OR min_places IS NULL OR max_places >= min_places", name=op.f("ck_unit_type_places")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_type")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_unit_type_code_valid_from")),
    )
    op.create_index(op.f("ix_unit_type_code"), "unit_type", ["code"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_why", sa.String(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(), nullable=False),
        sa.Column("feed_token", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("feed_token", name=op.f("uq_user_feed_token")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )

    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_second_factor_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)

    op.create_table(
        "second_factor_role",
        sa.Column("role", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_second_factor_role")),
    )

    op.create_table(
        "login_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_record_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_record")),
    )
    for column in ("at", "user_id", "email", "address"):
        op.create_index(op.f(f"ix_login_record_{column}"), "login_record", [column], unique=False)

    op.create_table(
        "retention_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("least_days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("kind", "valid_from", name=op.f("uq_retention_rule_kind_valid_from")),
    )

    op.create_table(
        "download_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_download_record_document_id_document")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_download_record_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download_record")),
    )
    for column in ("at", "user_id", "document_id"):
        op.create_index(op.f(f"ix_download_record_{column}"), "download_record", [column], unique=False)

    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("legal_form", sa.String(), nullable=False),
        sa.Column("third_sector", sa.String(), nullable=True),
        sa.Column("runts", sa.String(), nullable=True),
        sa.Column("legal_representative", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_provider_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.create_index(op.f("ix_provider_legal_form"), "provider", ["legal_form"], unique=False)
    op.create_index(op.f("ix_provider_third_sector"), "provider", ["third_sector"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_role_grant_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_role_grant")),
    )

    op.create_table(
        "municipality_grant",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_municipality_grant_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_municipality_grant_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "municipality_id", name=op.f("pk_municipality_grant")),
    )

    op.create_table(
        "provider_grant",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_grant_provider_id_provider")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_provider_grant_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "provider_id", name=op.f("pk_provider_grant")),
    )

    op.create_table(
        "service_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_weight", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("city_weight", sa.Text(), nullable=True),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("min_age_months", sa.Integer(), nullable=True),
        sa.Column("max_age_months", sa.Integer(), nullable=True),
        sa.Column("manager", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("operating_from", sa.Date(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_service_unit_capacity")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_service_unit_municipality_id_municipality")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_service_unit_provider_id_provider")),
        sa.ForeignKeyConstraint(["type_id"], ["unit_type.id"], name=op.f("fk_service_unit_type_id_unit_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_unit")),
    )
    op.create_index(op.f("ix_service_unit_capacity"), "service_unit", ["capacity"], unique=False)
    op.create_index("ix_service_unit_city_weight", "service_unit", ["city_weight", "id"], unique=False)
    op.create_index(op.f("ix_service_unit_municipality_id"), "service_unit", ["municipality_id"], unique=False)
    op.create_index("ix_service_unit_name_weight", "service_unit", ["name_weight", "id"], unique=False)
    op.create_index(op.f("ix_service_unit_provider_id"), "service_unit", ["provider_id"], unique=False)
    op.create_index(op.f("ix_service_unit_state"), "service_unit", ["state"], unique=False)
    op.create_index(op.f("ix_service_unit_type_id"), "service_unit", ["type_id"], unique=False)

    op.create_table(
        "operating_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("protocol_number", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=False),
        sa.Column("copied_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["service_unit.id"], name=op.f("fk_operating_notice_unit_id_service_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operating_notice")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_operating_notice_year_number")),
    )
    op.create_index(op.f("ix_operating_notice_state"), "operating_notice", ["state"], unique=False)
    op.create_index(op.f("ix_operating_notice_unit_id"), "operating_notice", ["unit_id"], unique=False)

    op.create_table(
        "provider_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cover", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_provider_paper_period")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_provider_paper_document_id_document")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_paper_provider_id_provider")),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_provider_paper_unit_id_service_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_paper")),
    )
    op.create_index(op.f("ix_provider_paper_provider_id"), "provider_paper", ["provider_id"], unique=False)
    op.create_index(op.f("ix_provider_paper_unit_id"), "provider_paper", ["unit_id"], unique=False)

    op.create_table(
        "unit_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_unit_site_unit_id_service_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_site")),
    )
    op.create_index(op.f("ix_unit_site_unit_id"), "unit_site", ["unit_id"], unique=False)

    op.create_table(
        "notice_activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["operating_notice.id"], name=op.f("fk_notice_activity_notice_id_operating_notice")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["service_unit.id"], name=op.f("fk_notice_activity_unit_id_service_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_activity")),
    )
    op.create_index(op.f("ix_notice_activity_notice_id"), "notice_activity", ["notice_id"], unique=False)
    op.create_index(op.f("ix_notice_activity_unit_id"), "notice_activity", ["unit_id"], unique=False)


def downgrade() -> None:
    for table in (
        "notice_activity",
        "unit_site",
        "provider_paper",
        "operating_notice",
        "service_unit",
        "provider_grant",
        "municipality_grant",
        "role_grant",
        "provider",
        "download_record",
        "retention_rule",
        "login_record",
        "second_factor_role",
        "recovery_code",
        "second_factor",
        "user",
        "unit_type",
    ):
        op.drop_table(table)
