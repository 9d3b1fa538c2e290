"""contract money details"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table('instalment_rule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_days', sa.Integer(), nullable=True))

    # a service may end and be conferred anew: only what stands is conferred once
    with op.batch_alter_table('conferral', schema=None) as batch_op:
        batch_op.add_column(sa.Column('valid_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('valid_to', sa.Date(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_conferral_contract_id_service_id_municipality_id'), type_='unique')
        batch_op.create_check_constraint(batch_op.f('ck_conferral_days'), 'valid_to >= valid_from')
    op.create_index('uq_conferral_standing', 'conferral', ['contract_id', 'service_id', 'municipality_id'], unique=True,
                    sqlite_where=sa.text('valid_to IS NULL'), postgresql_where=sa.text('valid_to IS NULL'))

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('refunds_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_payment_refunds_id'), ['refunds_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_payment_refunds_id_payment'), 'payment', ['refunds_id'], ['id'])

    with op.batch_alter_table('settlement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('undoes_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('why', sa.Text(), server_default='', nullable=False))
        batch_op.create_unique_constraint(batch_op.f('uq_settlement_undoes_id'), ['undoes_id'])
        batch_op.create_foreign_key(batch_op.f('fk_settlement_undoes_id_settlement'), 'settlement', ['undoes_id'],
                                    ['id'])

    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.create_index('ix_deadline_effective', ['effective'], unique=False)

    # these two terms are the contract's; a rule to which the installation gave another length keeps it
    op.execute("UPDATE deadline_rule SET amount = NULL WHERE code = 'account_communication' "
               "AND amount = 7 AND unit = 'days'")
    op.execute("UPDATE deadline_rule SET amount = NULL, unit = 'days' WHERE code = 'own_charter' "
               "AND amount = 6 AND unit = 'months'")


def downgrade() -> None:
    op.execute("UPDATE deadline_rule SET amount = 7 WHERE code = 'account_communication' AND amount IS NULL")
    op.execute("UPDATE deadline_rule SET amount = 6, unit = 'months' WHERE code = 'own_charter' AND amount IS NULL")
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.drop_index('ix_deadline_effective')

    with op.batch_alter_table('settlement', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_settlement_undoes_id_settlement'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_settlement_undoes_id'), type_='unique')
        batch_op.drop_column('why')
        batch_op.drop_column('undoes_id')

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_payment_refunds_id_payment'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_payment_refunds_id'))
        batch_op.drop_column('refunds_id')

    op.drop_index('uq_conferral_standing', table_name='conferral')
    op.execute('DELETE FROM conferral WHERE valid_to IS NOT NULL')
    with op.batch_alter_table('conferral', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_conferral_days'), type_='check')
        batch_op.create_unique_constraint(batch_op.f('uq_conferral_contract_id_service_id_municipality_id'),
                                          ['contract_id', 'service_id', 'municipality_id'])
        batch_op.drop_column('valid_to')
        batch_op.drop_column('valid_from')

    with op.batch_alter_table('instalment_rule', schema=None) as batch_op:
        batch_op.drop_column('due_days')
