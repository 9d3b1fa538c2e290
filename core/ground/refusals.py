"""Why the machine refuses: the usual reasons of the system in words, for sentences that name the file or the port."""

from __future__ import annotations

import errno

REASONS = {
    errno.ENOENT: "non c'è",
    errno.ENOTDIR: "nel percorso c'è un file al posto di una cartella",
    errno.EISDIR: "è una cartella",
    errno.EACCES: "manca il permesso",
    errno.EPERM: "manca il permesso",
    errno.EROFS: "il disco è di sola lettura",
    errno.ENOSPC: "il disco è pieno",
    errno.EDQUOT: "lo spazio concesso è finito",
    errno.EIO: "il disco non risponde",
    errno.ENAMETOOLONG: "il nome è troppo lungo",
    errno.EADDRINUSE: "la porta è già presa",
    errno.EADDRNOTAVAIL: "questa macchina non ha quell'indirizzo",
}


def reason_of(error: BaseException) -> object:
    """The reason of a failure: in words where they are known, else as the system says it."""
    if not isinstance(error, OSError):
        return error
    return REASONS.get(error.errno or 0) or error.strerror or error
