"""search: a column of folded words where people search, an index where they sort, the history of one row by its own"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SEARCHED = (
    'act', 'arbitration', 'area', 'bank_account', 'body', 'commitment', 'contestation',
    'contract_terms', 'control', 'damaging_event', 'deadline', 'deadline_rule', 'default_notice',
    'entrusted_asset', 'funding_source', 'insurance_policy', 'operational_sheet', 'party',
    'payment', 'penalty', 'requirement_set', 'service', 'service_unit', 'signatory',
    'statement_line', 'unit_type', 'user',
)
SORTED = {
    'contract': ('starts_on',),
    'deadline': ('case_title', 'owner_role',),
    'instalment': ('amount', 'effective', 'title',),
    'party': ('city',),
    'payment': ('amount', 'method',),
    'provider': ('legal_form',),
    'service_unit': ('capacity', 'city',),
    'statement_line': ('amount', 'booked_on', 'payer',),
}


def upgrade() -> None:
    for table in SEARCHED:
        op.add_column(table, sa.Column('searched', sa.Text(), nullable=False, server_default=''))
    for table, columns in SORTED.items():
        for column in columns:
            op.create_index(f'ix_{table}_{column}', table, [column])
    op.create_index('ix_party_searched', 'party', ['searched'])
    op.drop_index('ix_audit_entry_table_name', 'audit_entry')
    op.create_index('ix_audit_entry_row', 'audit_entry', ['table_name', 'row_id'])
    op.drop_index('ix_contract_party_party_id', 'contract_party')
    op.create_index('ix_contract_party_of', 'contract_party', ['party_id', 'contract_id'])


def downgrade() -> None:
    op.drop_index('ix_contract_party_of', 'contract_party')
    op.create_index('ix_contract_party_party_id', 'contract_party', ['party_id'])
    op.drop_index('ix_audit_entry_row', 'audit_entry')
    op.create_index('ix_audit_entry_table_name', 'audit_entry', ['table_name'])
    op.drop_index('ix_party_searched', 'party')
    for table, columns in SORTED.items():
        for column in columns:
            op.drop_index(f'ix_{table}_{column}', table)
    for table in SEARCHED:
        op.drop_column(table, 'searched')
