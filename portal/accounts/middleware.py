"""How long a session lives without a request."""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.middleware import GetResponse

SEEN = "seen_at"
"""Key in the session: when it was last written, in seconds since 1970."""

WRITTEN_EVERY_SECONDS = 300


class IdleSessionMiddleware:
    """Puts off the end of a session that is used; Django counts from the last time it was written.

    Writes every five minutes at most. Looks only at sessions that somebody else has opened already: who
    reads public pages without a session neither gets one nor a `Vary: Cookie`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            and session.accessed
            and "_auth_user_id" in session
        ):
            now = int(time.time())
            if now - session.get(SEEN, 0) >= WRITTEN_EVERY_SECONDS:
                session[SEEN] = now
        return response
