"""Every table of the core in one import: for migrations, triggers and tests."""

from core import audit, numbering, outbox, states, unit_of_work
from core.catalogue import model as catalogue
from core.contracts import model as contracts
from core.db import Base
from core.documents import model as documents
from core.funding import model as funding
from core.parties import model as parties
from core.users import model as users

SUBJECTS = (audit, catalogue, contracts, documents, funding, numbering, outbox, parties, states, unit_of_work, users)
metadata = Base.metadata
