"""Tables of the funding: for now the sources that art. 12 c. 4 names."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Lines


class FundingSource(Base):
    """A source that funds the services (R66-R74), as the contract names it."""

    __tablename__ = "funding_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(Text)
    laws: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    studied: Mapped[bool] = mapped_column(default=False)
    order: Mapped[int]

    def __str__(self) -> str:
        return self.title
