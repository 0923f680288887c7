"""Who is signed in."""

from django.http import HttpRequest

from portal.models import User


def signed_in(request: HttpRequest) -> User:
    """The account behind a page that portal.signed_in.page_for has let through."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("this page is not guarded by page_for")
    return user
