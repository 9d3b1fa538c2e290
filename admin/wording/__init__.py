"""The words of penalties and accreditation, a file for each subject; labels, choices and the diary read them here."""

from admin.wording import accreditation, controls, disputes, penalties, providers, register

SUBJECTS = (providers, penalties, controls, disputes, accreditation, register)
