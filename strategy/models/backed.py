from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from strategy.models.evidence import Evidence


class Backed(models.Model):
    """A claim that rests on evidence."""

    sources: "list[Evidence]"
    """Its public evidence; filled for a whole page at once by strategy.sources.attach_sources."""

    class Meta:
        abstract = True

    @property
    def inferred(self) -> set[str]:
        """The aspects that no source says so: some of their evidence is a conclusion of the editors."""
        return {piece.aspect for piece in self.sources if piece.is_inferred}
