"""accreditation"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('requirement_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('unit_types', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('legal_source', sa.Text(), nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=False),
    sa.Column('examination_days', sa.Integer(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('extensions', sa.Integer(), nullable=False),
    sa.Column('extension_months', sa.Integer(), nullable=False),
    sa.Column('monitoring', sa.String(), nullable=False),
    sa.Column('monitoring_days', sa.Integer(), nullable=False),
    sa.Column('measures', sa.JSON(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_set')),
    sa.UniqueConstraint('code', 'edition', name=op.f('uq_requirement_set_code_edition'))
    )
    op.create_table('requirement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('set_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('hint', sa.Text(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('measure', sa.String(), nullable=False),
    sa.Column('per', sa.String(), nullable=False),
    sa.Column('limit', sa.BigInteger(), nullable=True),
    sa.Column('paper', sa.String(), nullable=False),
    sa.Column('mandatory', sa.Boolean(), nullable=False),
    sa.Column('monitored', sa.String(), nullable=False),
    sa.Column('legal_source', sa.Text(), nullable=False),
    sa.Column('verified', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['requirement.id'], name=op.f('fk_requirement_parent_id_requirement')),
    sa.ForeignKeyConstraint(['set_id'], ['requirement_set.id'], name=op.f('fk_requirement_set_id_requirement_set')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement')),
    sa.UniqueConstraint('set_id', 'code', name=op.f('uq_requirement_set_id_code'))
    )
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requirement_set_id'), ['set_id'], unique=False)

    op.create_table('accreditation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('set_id', sa.Integer(), nullable=False),
    sa.Column('renews_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('declared', sa.JSON(), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=True),
    sa.Column('completion_due', sa.Date(), nullable=True),
    sa.Column('complete_on', sa.Date(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decree_number', sa.String(), nullable=False),
    sa.Column('decree_reasons', sa.Text(), nullable=False),
    sa.Column('decree_id', sa.Integer(), nullable=True),
    sa.Column('pact_signed_on', sa.Date(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('runs_to', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decree_id'], ['document.id'], name=op.f('fk_accreditation_decree_id_document')),
    sa.ForeignKeyConstraint(['renews_id'], ['accreditation.id'], name=op.f('fk_accreditation_renews_id_accreditation')),
    sa.ForeignKeyConstraint(['set_id'], ['requirement_set.id'], name=op.f('fk_accreditation_set_id_requirement_set')),
    sa.ForeignKeyConstraint(['unit_id'], ['service_unit.id'], name=op.f('fk_accreditation_unit_id_service_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accreditation')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_accreditation_year_number'))
    )
    with op.batch_alter_table('accreditation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accreditation_renews_id'), ['renews_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_accreditation_runs_to'), ['runs_to'], unique=False)
        batch_op.create_index(batch_op.f('ix_accreditation_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_accreditation_unit_id'), ['unit_id'], unique=False)

    op.create_table('accreditation_extension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('to_day', sa.Date(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_accreditation_extension_accreditation_id_accreditation')),
    sa.ForeignKeyConstraint(['undoes_id'], ['accreditation_extension.id'], name=op.f('fk_accreditation_extension_undoes_id_accreditation_extension')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accreditation_extension')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_accreditation_extension_undoes_id'))
    )
    with op.batch_alter_table('accreditation_extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accreditation_extension_accreditation_id'), ['accreditation_id'], unique=False)

    op.create_table('accreditation_measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('fine_kind', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_accreditation_measure_accreditation_id_accreditation')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_accreditation_measure_document_id_document')),
    sa.ForeignKeyConstraint(['undoes_id'], ['accreditation_measure.id'], name=op.f('fk_accreditation_measure_undoes_id_accreditation_measure')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accreditation_measure')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_accreditation_measure_undoes_id'))
    )
    with op.batch_alter_table('accreditation_measure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accreditation_measure_accreditation_id'), ['accreditation_id'], unique=False)

    op.create_table('inspection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('appointed_for', sa.Date(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.Column('inspectors', sa.String(), nullable=False),
    sa.Column('minutes', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_inspection_accreditation_id_accreditation')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_inspection_document_id_document')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection'))
    )
    with op.batch_alter_table('inspection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inspection_accreditation_id'), ['accreditation_id'], unique=False)

    op.create_table('meeting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('present', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('proposal', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_meeting_accreditation_id_accreditation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting'))
    )
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_accreditation_id'), ['accreditation_id'], unique=False)

    op.create_table('monitoring',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('form', sa.JSON(), nullable=True),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_monitoring_accreditation_id_accreditation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_monitoring')),
    sa.UniqueConstraint('accreditation_id', 'kind', 'first_day', name=op.f('uq_monitoring_accreditation_id_kind_first_day'))
    )
    with op.batch_alter_table('monitoring', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_monitoring_accreditation_id'), ['accreditation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_monitoring_state'), ['state'], unique=False)

    op.create_table('requirement_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('computed', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_requirement_check_accreditation_id_accreditation')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_requirement_check_document_id_document')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_requirement_check_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_check')),
    sa.UniqueConstraint('accreditation_id', 'requirement_id', name=op.f('uq_requirement_check_accreditation_id_requirement_id'))
    )
    with op.batch_alter_table('requirement_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requirement_check_accreditation_id'), ['accreditation_id'], unique=False)

    op.create_table('inspection_finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inspection_id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('prescription', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answer_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('accreditation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accreditation_id'], ['accreditation.id'], name=op.f('fk_inspection_finding_accreditation_id_accreditation')),
    sa.ForeignKeyConstraint(['answer_id'], ['document.id'], name=op.f('fk_inspection_finding_answer_id_document')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_finding_inspection_id_inspection')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_inspection_finding_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_finding'))
    )
    with op.batch_alter_table('inspection_finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inspection_finding_accreditation_id'), ['accreditation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_finding_inspection_id'), ['inspection_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('inspection_finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inspection_finding_inspection_id'))
        batch_op.drop_index(batch_op.f('ix_inspection_finding_accreditation_id'))

    op.drop_table('inspection_finding')
    with op.batch_alter_table('requirement_check', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requirement_check_accreditation_id'))

    op.drop_table('requirement_check')
    with op.batch_alter_table('monitoring', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_monitoring_state'))
        batch_op.drop_index(batch_op.f('ix_monitoring_accreditation_id'))

    op.drop_table('monitoring')
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_accreditation_id'))

    op.drop_table('meeting')
    with op.batch_alter_table('inspection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inspection_accreditation_id'))

    op.drop_table('inspection')
    with op.batch_alter_table('accreditation_measure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accreditation_measure_accreditation_id'))

    op.drop_table('accreditation_measure')
    with op.batch_alter_table('accreditation_extension', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accreditation_extension_accreditation_id'))

    op.drop_table('accreditation_extension')
    with op.batch_alter_table('accreditation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accreditation_unit_id'))
        batch_op.drop_index(batch_op.f('ix_accreditation_state'))
        batch_op.drop_index(batch_op.f('ix_accreditation_runs_to'))
        batch_op.drop_index(batch_op.f('ix_accreditation_renews_id'))

    op.drop_table('accreditation')
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requirement_set_id'))

    op.drop_table('requirement')
    op.drop_table('requirement_set')
