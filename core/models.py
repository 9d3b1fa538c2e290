"""Every table of the core in one import: for migrations, triggers and tests."""

from core import audit, lease, numbering, outbox, states, unit_of_work
from core.allocation import model as allocation
from core.cases import model as cases
from core.catalogue import model as catalogue
from core.contracts import model as contracts
from core.db import Base
from core.deadlines import model as deadlines
from core.documents import model as documents
from core.funding import model as funding
from core.instalments import model as instalments
from core.parties import model as parties
from core.payments import model as payments
from core.users import model as users

SUBJECTS = (
    allocation, audit, cases, catalogue, contracts, deadlines, documents, funding, instalments, lease, numbering,
    outbox, parties, payments, states, unit_of_work, users,
)
metadata = Base.metadata
