"""The history of a measure, read: what changed, when, and in which role somebody did it.

`public_history` tells only what everybody could see at that moment; `full_history` tells staff everything.
Both read the events that triggers in the database wrote (strategy.models.history), in one query.
"""

from strategy.history.entries import Entry, FieldChange, Thing, full_history, public_history
from strategy.history.words import with_names

__all__ = ["Entry", "FieldChange", "Thing", "full_history", "public_history", "with_names"]
