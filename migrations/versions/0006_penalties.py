"""penalties"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('default_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('addressee', sa.String(), nullable=False),
    sa.Column('conflict_note', sa.Text(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('compliance_by', sa.Date(), nullable=True),
    sa.Column('compliance_days', sa.Integer(), nullable=True),
    sa.Column('reply_days', sa.Integer(), nullable=False),
    sa.Column('sending_id', sa.Integer(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('reply_due_nominal', sa.Date(), nullable=True),
    sa.Column('reply_due_effective', sa.Date(), nullable=True),
    sa.Column('compliance_due_nominal', sa.Date(), nullable=True),
    sa.Column('compliance_due_effective', sa.Date(), nullable=True),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answer_text', sa.Text(), nullable=False),
    sa.Column('complied_on', sa.Date(), nullable=True),
    sa.Column('summoned_for', sa.Date(), nullable=True),
    sa.Column('summoned_at', sa.Time(), nullable=True),
    sa.Column('summoned_place', sa.String(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.Column('present', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('override_why', sa.Text(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('compliance_days >= 0', name=op.f('ck_default_notice_compliance_days')),
    sa.CheckConstraint('reply_days >= 0', name=op.f('ck_default_notice_reply_days')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_default_notice_contract_id_contract')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_default_notice_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['sending_id'], ['sending.id'], name=op.f('fk_default_notice_sending_id_sending')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_default_notice')),
    sa.UniqueConstraint('sending_id', name=op.f('uq_default_notice_sending_id')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_default_notice_year_number'))
    )
    with op.batch_alter_table('default_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_default_notice_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_default_notice_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_default_notice_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_default_notice_year'), ['year'], unique=False)

    op.create_table('damage_claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('claimed_on', sa.Date(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('settled_amount', sa.BigInteger(), nullable=True),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_damage_claim_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['notice_id'], ['default_notice.id'], name=op.f('fk_damage_claim_notice_id_default_notice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_damage_claim'))
    )
    with op.batch_alter_table('damage_claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_damage_claim_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damage_claim_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damage_claim_state'), ['state'], unique=False)

    op.create_table('notice_finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('happened_to', sa.Date(), nullable=True),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('passed_on', sa.Date(), nullable=True),
    sa.Column('passed_note', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('happened_to IS NULL OR happened_to >= happened_on', name=op.f('ck_notice_finding_days')),
    sa.ForeignKeyConstraint(['notice_id'], ['default_notice.id'], name=op.f('fk_notice_finding_notice_id_default_notice')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_notice_finding_provider_id_provider')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_notice_finding_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_finding'))
    )
    with op.batch_alter_table('notice_finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_finding_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_finding_provider_id'), ['provider_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_finding_service_id'), ['service_id'], unique=False)

    op.create_table('penalty',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('finding_id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('minimum', sa.BigInteger(), nullable=False),
    sa.Column('maximum', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('gravity', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('override_why', sa.Text(), nullable=False),
    sa.Column('payment_days', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('requested_on', sa.Date(), nullable=True),
    sa.Column('request_received_on', sa.Date(), nullable=True),
    sa.Column('due_nominal', sa.Date(), nullable=True),
    sa.Column('due_effective', sa.Date(), nullable=True),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('contest', sa.String(), nullable=True),
    sa.Column('contested_on', sa.Date(), nullable=True),
    sa.Column('reduced_to', sa.BigInteger(), nullable=True),
    sa.Column('reduced_on', sa.Date(), nullable=True),
    sa.Column('reduced_by', sa.String(), nullable=True),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_penalty_amount')),
    sa.CheckConstraint('minimum <= maximum', name=op.f('ck_penalty_limits')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_penalty_contract_id_contract')),
    sa.ForeignKeyConstraint(['finding_id'], ['notice_finding.id'], name=op.f('fk_penalty_finding_id_notice_finding')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_penalty_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['notice_id'], ['default_notice.id'], name=op.f('fk_penalty_notice_id_default_notice')),
    sa.ForeignKeyConstraint(['request_id'], ['sending.id'], name=op.f('fk_penalty_request_id_sending')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_penalty')),
    sa.UniqueConstraint('request_id', name=op.f('uq_penalty_request_id')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_penalty_year_number'))
    )
    with op.batch_alter_table('penalty', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_penalty_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_penalty_finding_id'), ['finding_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_penalty_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_penalty_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_penalty_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_penalty_year'), ['year'], unique=False)
        batch_op.create_index('uq_penalty_standing', ['finding_id'], unique=True, sqlite_where=sa.text("state <> 'cancelled'"), postgresql_where=sa.text("state <> 'cancelled'"))

    op.create_table('penalty_payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('penalty_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('of_interest', sa.BigInteger(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['penalty_id'], ['penalty.id'], name=op.f('fk_penalty_payment_penalty_id_penalty')),
    sa.ForeignKeyConstraint(['reverses_id'], ['penalty_payment.id'], name=op.f('fk_penalty_payment_reverses_id_penalty_payment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_penalty_payment')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_penalty_payment_reverses_id'))
    )
    with op.batch_alter_table('penalty_payment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_penalty_payment_penalty_id'), ['penalty_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('penalty_payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_penalty_payment_penalty_id'))

    op.drop_table('penalty_payment')
    with op.batch_alter_table('penalty', schema=None) as batch_op:
        batch_op.drop_index('uq_penalty_standing', sqlite_where=sa.text("state <> 'cancelled'"), postgresql_where=sa.text("state <> 'cancelled'"))
        batch_op.drop_index(batch_op.f('ix_penalty_year'))
        batch_op.drop_index(batch_op.f('ix_penalty_state'))
        batch_op.drop_index(batch_op.f('ix_penalty_notice_id'))
        batch_op.drop_index(batch_op.f('ix_penalty_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_penalty_finding_id'))
        batch_op.drop_index(batch_op.f('ix_penalty_contract_id'))

    op.drop_table('penalty')
    with op.batch_alter_table('notice_finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_finding_service_id'))
        batch_op.drop_index(batch_op.f('ix_notice_finding_provider_id'))
        batch_op.drop_index(batch_op.f('ix_notice_finding_notice_id'))

    op.drop_table('notice_finding')
    with op.batch_alter_table('damage_claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_damage_claim_state'))
        batch_op.drop_index(batch_op.f('ix_damage_claim_notice_id'))
        batch_op.drop_index(batch_op.f('ix_damage_claim_municipality_id'))

    op.drop_table('damage_claim')
    with op.batch_alter_table('default_notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_default_notice_year'))
        batch_op.drop_index(batch_op.f('ix_default_notice_state'))
        batch_op.drop_index(batch_op.f('ix_default_notice_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_default_notice_contract_id'))

    op.drop_table('default_notice')
