"""What a password must be: pure, the hash is the caller's."""

from __future__ import annotations

from core.ground.errors import RuleBroken
from core.users.common import is_common

MIN_PASSWORD = 12
MAX_PASSWORD = 200


def acceptable_password(text: str, email: str, *, field: str = "password") -> str:
    """The password itself; RuleBroken if it is short, endless, or made from the e-mail address."""
    if len(text) < MIN_PASSWORD:
        raise RuleBroken("La password ha meno di %(count)s caratteri: sceglierne una più lunga, anche una frase.",
                         field=field, count=MIN_PASSWORD)
    if len(text) > MAX_PASSWORD:
        raise RuleBroken("La password supera i %(count)s caratteri: sceglierne una più corta.",
                         field=field, count=MAX_PASSWORD)
    mailbox = email.casefold().partition("@")[0]
    if text.casefold() == email.casefold() or (len(mailbox) >= 4 and mailbox in text.casefold()):
        raise RuleBroken("La password contiene l'indirizzo di posta: sceglierne una che non lo ricordi.", field=field)
    if len(set(text)) < 4:
        raise RuleBroken("La password ripete sempre gli stessi caratteri: sceglierne una più varia.", field=field)
    if is_common(text):
        raise RuleBroken("La password è tra quelle più usate, o ne è fatta: chi prova a indovinare comincia da lì. "
                         "Sceglierne un'altra, per esempio quattro parole che insieme ricorda solo chi le ha scelte.",
                         field=field)
    return text
