"""What has changed in the records since a text was approved: what the text says, and what the records say today.

The data of which the text was made lie beside it; they are held against those of today, field by field. Nothing is
changed in the text: a person decides whether it stays as it was approved.
"""

from __future__ import annotations


