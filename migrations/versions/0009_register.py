"""register"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('tariff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('measure', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_tariff_amount')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_tariff_service_id_service')),
    sa.ForeignKeyConstraint(['unit_id'], ['service_unit.id'], name=op.f('fk_tariff_unit_id_service_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff')),
    sa.UniqueConstraint('unit_id', 'service_id', 'measure', 'valid_from', name=op.f('uq_tariff_unit_id_service_id_measure_valid_from'))
    )
    with op.batch_alter_table('tariff', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tariff_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tariff_unit_id'), ['unit_id'], unique=False)

    op.create_table('register_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('section', sa.String(), nullable=False),
    sa.Column('type_code', sa.String(), nullable=False),
    sa.Column('type_name', sa.String(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('provider_tax_code', sa.String(), nullable=False),
    sa.Column('legal_form', sa.String(), nullable=False),
    sa.Column('third_sector', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('province', sa.String(), nullable=False),
    sa.Column('municipality_id', sa.Integer(), nullable=True),
    sa.Column('municipality', sa.String(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('min_age_months', sa.Integer(), nullable=True),
    sa.Column('max_age_months', sa.Integer(), nullable=True),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('website', sa.String(), nullable=False),
    sa.Column('decree', sa.String(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('state_since', sa.Date(), nullable=False),
    sa.Column('published_on', sa.Date(), nullable=False),
    sa.Column('updated_on', sa.Date(), nullable=False),
    sa.Column('searched', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_register_entry_accreditation_id_accreditation')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_register_entry_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_register_entry_provider_id_provider')),
    sa.ForeignKeyConstraint(['unit_id'], ['service_unit.id'], name=op.f('fk_register_entry_unit_id_service_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_entry')),
    sa.UniqueConstraint('number', name=op.f('uq_register_entry_number')),
    sa.UniqueConstraint('slug', name=op.f('uq_register_entry_slug')),
    sa.UniqueConstraint('unit_id', name=op.f('uq_register_entry_unit_id'))
    )
    with op.batch_alter_table('register_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_entry_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_entry_provider_id'), ['provider_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_entry_section'), ['section'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_entry_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_entry_type_code'), ['type_code'], unique=False)

    op.create_table('provider_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('chosen_on', sa.Date(), nullable=False),
    sa.Column('contract_number', sa.String(), nullable=False),
    sa.Column('contract_date', sa.Date(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_why', sa.Text(), nullable=False),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_provider_choice_entry_id_register_entry')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_provider_choice_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_provider_choice_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_choice'))
    )
    with op.batch_alter_table('provider_choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_choice_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_provider_choice_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_provider_choice_service_id'), ['service_id'], unique=False)

    op.create_table('register_state',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_register_state_entry_id_register_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_state'))
    )
    with op.batch_alter_table('register_state', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_state_entry_id'), ['entry_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('register_state', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_register_state_entry_id'))

    op.drop_table('register_state')
    with op.batch_alter_table('provider_choice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_provider_choice_service_id'))
        batch_op.drop_index(batch_op.f('ix_provider_choice_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_provider_choice_entry_id'))

    op.drop_table('provider_choice')
    with op.batch_alter_table('register_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_register_entry_type_code'))
        batch_op.drop_index(batch_op.f('ix_register_entry_state'))
        batch_op.drop_index(batch_op.f('ix_register_entry_section'))
        batch_op.drop_index(batch_op.f('ix_register_entry_provider_id'))
        batch_op.drop_index(batch_op.f('ix_register_entry_municipality_id'))

    op.drop_table('register_entry')
    with op.batch_alter_table('tariff', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tariff_unit_id'))
        batch_op.drop_index(batch_op.f('ix_tariff_service_id'))

    op.drop_table('tariff')
