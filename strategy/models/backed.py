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
