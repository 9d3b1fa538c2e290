"""The Italian words of core/documents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "document": (_("il documento"), _("Documenti")),
    "document_signature": (_("la firma digitale"), _("Firme digitali")),
}
COLUMNS: Words = {
    "file_name": pgettext("documents", "File"),
}
