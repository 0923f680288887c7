"""Looks again and again whether the search has something to catch up with."""

import logging
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError

LONGEST_PAUSE: Final = 300.0
"""Seconds between two tries, however often they failed."""

logger = logging.getLogger(__name__)


def watch(
    seconds: float,
    *,
    first: Callable[[], object],
    waits: Callable[[], bool],
    work: Callable[[], int],
    rest: Callable[[float], bool],
) -> None:
    """Until `rest`, which sleeps so many seconds, says that it is over; an exception that is not the
    database's ends it, too.

    first: done once before anything else. work: called where something waits; gives the status of a process.
    After a failure the pauses grow.
    """
    pause, begun, going_on = seconds, False, True
    while going_on:
        try:
            if not begun:
                first()
                begun = True
            status = work() if waits() else 0
        except DatabaseError:
            logger.exception("The search could not be looked after; the next try follows.")
            status = 1
        else:
            if status:
                logger.error("What waits for the search was not worked off (status %s).", status)
        pause = min(pause * 2, LONGEST_PAUSE) if status else seconds
        going_on = rest(pause)
