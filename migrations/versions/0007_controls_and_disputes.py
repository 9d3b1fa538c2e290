"""controls and disputes"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('contestation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('effects', sa.Text(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.Column('sending_id', sa.Integer(), nullable=True),
    sa.Column('sent_on', sa.Date(), nullable=True),
    sa.Column('formalised_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_contestation_contract_id_contract')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_contestation_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['sending_id'], ['sending.id'], name=op.f('fk_contestation_sending_id_sending')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_contestation_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contestation')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_contestation_year_number'))
    )
    with op.batch_alter_table('contestation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contestation_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contestation_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contestation_sending_id'), ['sending_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contestation_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contestation_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_contestation_year'), ['year'], unique=False)

    op.create_table('control',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.Column('present', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Text(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_control_contract_id_contract')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_control_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['notice_id'], ['default_notice.id'], name=op.f('fk_control_notice_id_default_notice')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_control_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_control')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_control_year_number'))
    )
    with op.batch_alter_table('control', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_control_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_control_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_control_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_control_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_control_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_control_year'), ['year'], unique=False)

    op.create_table('damaging_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('known_on', sa.Date(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('injured', sa.String(), nullable=False),
    sa.Column('restoration', sa.Text(), nullable=False),
    sa.Column('insurance_policy_id', sa.Integer(), nullable=True),
    sa.Column('sending_id', sa.Integer(), nullable=True),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('insurer_told_on', sa.Date(), nullable=True),
    sa.Column('claim_number', sa.String(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('compensation', sa.BigInteger(), nullable=True),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('known_on >= happened_on', name=op.f('ck_damaging_event_known')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_damaging_event_contract_id_contract')),
    sa.ForeignKeyConstraint(['insurance_policy_id'], ['insurance_policy.id'], name=op.f('fk_damaging_event_insurance_policy_id_insurance_policy')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_damaging_event_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['sending_id'], ['sending.id'], name=op.f('fk_damaging_event_sending_id_sending')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_damaging_event_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_damaging_event')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_damaging_event_year_number'))
    )
    with op.batch_alter_table('damaging_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_damaging_event_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damaging_event_insurance_policy_id'), ['insurance_policy_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damaging_event_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damaging_event_sending_id'), ['sending_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damaging_event_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_damaging_event_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_damaging_event_year'), ['year'], unique=False)

    op.create_table('control_finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('control_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('serious', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['control_id'], ['control.id'], name=op.f('fk_control_finding_control_id_control')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_control_finding'))
    )
    with op.batch_alter_table('control_finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_control_finding_control_id'), ['control_id'], unique=False)

    op.create_table('arbitration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('penalty_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('proposed_on', sa.Date(), nullable=False),
    sa.Column('proposed_by', sa.String(), nullable=False),
    sa.Column('azienda_agreed_on', sa.Date(), nullable=True),
    sa.Column('azienda_consent', sa.String(), nullable=False),
    sa.Column('municipality_agreed_on', sa.Date(), nullable=True),
    sa.Column('municipality_consent', sa.String(), nullable=False),
    sa.Column('azienda_arbitrator', sa.String(), nullable=False),
    sa.Column('municipality_arbitrator', sa.String(), nullable=False),
    sa.Column('third_arbitrator', sa.String(), nullable=False),
    sa.Column('third_named_by', sa.String(), nullable=True),
    sa.Column('award_on', sa.Date(), nullable=True),
    sa.Column('award', sa.Text(), nullable=False),
    sa.Column('municipality_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_arbitration_contract_id_contract')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_arbitration_municipality_id_municipality')),
    sa.ForeignKeyConstraint(['notice_id'], ['default_notice.id'], name=op.f('fk_arbitration_notice_id_default_notice')),
    sa.ForeignKeyConstraint(['penalty_id'], ['penalty.id'], name=op.f('fk_arbitration_penalty_id_penalty')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_arbitration')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_arbitration_year_number'))
    )
    with op.batch_alter_table('arbitration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_arbitration_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_arbitration_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_arbitration_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_arbitration_penalty_id'), ['penalty_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_arbitration_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_arbitration_year'), ['year'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('arbitration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_arbitration_year'))
        batch_op.drop_index(batch_op.f('ix_arbitration_state'))
        batch_op.drop_index(batch_op.f('ix_arbitration_penalty_id'))
        batch_op.drop_index(batch_op.f('ix_arbitration_notice_id'))
        batch_op.drop_index(batch_op.f('ix_arbitration_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_arbitration_contract_id'))

    op.drop_table('arbitration')
    with op.batch_alter_table('control_finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_control_finding_control_id'))

    op.drop_table('control_finding')
    with op.batch_alter_table('damaging_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_damaging_event_year'))
        batch_op.drop_index(batch_op.f('ix_damaging_event_state'))
        batch_op.drop_index(batch_op.f('ix_damaging_event_service_id'))
        batch_op.drop_index(batch_op.f('ix_damaging_event_sending_id'))
        batch_op.drop_index(batch_op.f('ix_damaging_event_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_damaging_event_insurance_policy_id'))
        batch_op.drop_index(batch_op.f('ix_damaging_event_contract_id'))

    op.drop_table('damaging_event')
    with op.batch_alter_table('control', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_control_year'))
        batch_op.drop_index(batch_op.f('ix_control_state'))
        batch_op.drop_index(batch_op.f('ix_control_service_id'))
        batch_op.drop_index(batch_op.f('ix_control_notice_id'))
        batch_op.drop_index(batch_op.f('ix_control_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_control_contract_id'))

    op.drop_table('control')
    with op.batch_alter_table('contestation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contestation_year'))
        batch_op.drop_index(batch_op.f('ix_contestation_state'))
        batch_op.drop_index(batch_op.f('ix_contestation_service_id'))
        batch_op.drop_index(batch_op.f('ix_contestation_sending_id'))
        batch_op.drop_index(batch_op.f('ix_contestation_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_contestation_contract_id'))

    op.drop_table('contestation')
