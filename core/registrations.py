"""What every subject tells the engines in one import: its deadlines, what waits in it, its letters and receipts.

Whoever opens a session for people or for the night imports this: an engine works with what is registered.
"""

from core import models
from core.accreditation import deadlines as accreditation_deadlines
from core.accreditation import findings as accreditation_findings
from core.accreditation import forewarning_deadlines, forewarning_letters, forewarnings, meeting_letters
from core.accreditation import letters as accreditation_letters
from core.accreditation import waiting as accreditation_waiting
from core.allocation import operations as allocation
from core.allocation import waiting as allocation_waiting
from core.catalogue import deadlines as catalogue_deadlines
from core.catalogue import waiting as catalogue_waiting
from core.contracts import deadlines as contract_deadlines
from core.contracts import proposal as contract_proposal
from core.contracts import sheets as contract_sheets
from core.contracts import waiting as contract_waiting
from core.controls import deadlines as control_deadlines
from core.controls import waiting as control_waiting
from core.disputes import deadlines as dispute_deadlines
from core.disputes import letters as dispute_letters
from core.disputes import operations as disputes
from core.disputes import waiting as dispute_waiting
from core.instalments import corrections as share_corrections
from core.instalments import deadlines as instalment_deadlines
from core.instalments import first_day, year_deadlines
from core.instalments import operations as instalments
from core.instalments import own_events as instalments_that_wait
from core.instalments import term as instalment_term
from core.instalments import waiting as instalment_waiting
from core.parties import waiting as party_waiting
from core.payments import credits as payment_credits
from core.payments import deadlines as payment_deadlines
from core.payments import waiting as payment_waiting
from core.penalties import behalf as acts_on_behalf
from core.penalties import damages as further_damages
from core.penalties import deadlines as penalty_deadlines
from core.penalties import letters as penalty_letters
from core.penalties import operations as default_notices
from core.penalties import penalties
from core.penalties import undoing as notice_undoing
from core.penalties import waiting as penalty_waiting
from core.plugins import answering as plugins
from core.providers import deadlines as provider_deadlines
from core.providers import waiting as provider_waiting
from core.register import deadlines as register_deadlines
from core.register import operations as register
from core.register import waiting as register_waiting
from core.reporting import deadlines as report_deadlines
from core.reporting import letters as report_letters
from core.reporting import reports
from core.reporting import waiting as report_waiting
from core.usage import waiting as usage_waiting
from core.users import operations as users
from core.users import waiting as user_waiting

TABLES = models.SUBJECTS
DEADLINES = (accreditation_deadlines, catalogue_deadlines, contract_deadlines, control_deadlines, dispute_deadlines,
             forewarning_deadlines, instalment_deadlines, payment_deadlines, penalty_deadlines, provider_deadlines,
             register_deadlines, report_deadlines, year_deadlines)
WAITING = (accreditation_waiting, allocation_waiting, catalogue_waiting, contract_waiting, control_waiting,
           dispute_waiting, instalment_waiting, party_waiting, payment_waiting, penalty_waiting, provider_waiting,
           register_waiting, report_waiting, usage_waiting, user_waiting)
LETTERS = (accreditation_letters, dispute_letters, forewarning_letters, meeting_letters, penalty_letters,
           report_letters)
RECEIPTS = (default_notices, disputes, forewarnings, instalment_term, penalties, reports)
# what those below ask or tell upwards
FROM_ABOVE = (accreditation_findings, acts_on_behalf, allocation, contract_proposal, contract_sheets, first_day,
              further_damages, instalments, instalments_that_wait, notice_undoing, payment_credits, plugins,
              register, share_corrections, users)
