"""Every table of the core in one import: for migrations, triggers and tests."""

from core.accreditation import model as accreditation
from core.allocation import model as allocation
from core.cases import model as cases
from core.catalogue import model as catalogue
from core.contracts import model as contracts
from core.controls import model as controls
from core.deadlines import model as deadlines
from core.disputes import model as disputes
from core.documents import model as documents
from core.funding import model as funding
from core.ground import audit, lease, numbering, outbox, states, unit_of_work
from core.ground.db import Base
from core.instalments import model as instalments
from core.parties import model as parties
from core.payments import model as payments
from core.penalties import model as penalties
from core.plugins import model as plugins
from core.providers import model as providers
from core.register import model as register
from core.reporting import model as reporting
from core.usage import model as usage
from core.users import model as users
from core.users import records as user_records

SUBJECTS = (
    accreditation, allocation, audit, cases, catalogue, contracts, controls, deadlines, disputes, documents, funding,
    instalments, lease, numbering, outbox, parties, payments, penalties, plugins, providers, register,
    reporting, states, unit_of_work, usage, user_records, users,
)
metadata = Base.metadata
