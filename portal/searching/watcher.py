"""Looks again and again whether the search has something to catch up with."""

import logging
import time
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
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Never ends by itself; an exception that is not the database's ends it.

    first: done once before anything else. work: called where something waits; gives the status of a process.
    After a failure the pauses grow.
    """
    pause, begun = seconds, False
    while True:
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
        sleep(pause)
