"""Inviting people: the list for the role Administration, and the page behind the link in the e-mail."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from portal.accounts import actions
from portal.accounts.adapter import absolute
from portal.accounts.errors import AccountError, InvitationIsOver
from portal.accounts.invitation_forms import AcceptForm, InvitationForm
from portal.accounts.views import rate_limited
from portal.errors import error_page
from portal.models import Invitation
from portal.paging import page_of
from portal.roles import Role
from portal.signed_in import POST, READ, WRITE, page_for, signed_in

logger = logging.getLogger(__name__)

RATES = {"invite": "30/h/user", "invitation": "20/5m/ip"}
"""How often one account may send invitations, and one address on the network may open links."""

View = Callable[..., HttpResponse]


@page_for(Role.ADMINISTRATOR, methods=WRITE)
def invitations(request: HttpRequest) -> HttpResponse:
    """Who is invited, and a form to invite somebody."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _within_limit(request, "invite"):
            return rate_limited(request)
        try:
            sent = actions.invite(
                email=form.cleaned_data["email"], roles=form.cleaned_data["roles"], by=signed_in(request)
            )
        except AccountError as error:
            form.add_error("email", error.german)
        else:
            _mail(request, sent)
            return redirect("account_invitations")
    rows = Invitation.objects.select_related("invited_by", "accepted_by").prefetch_related("groups")
    ctx = {
        "form": form,
        "page": page_of(request, rows.order_by("-invited_at", "-pk")),
        "now": timezone.now(),
    }
    return render(request, "account/invitations.html", ctx)


@page_for(Role.ADMINISTRATOR, methods=POST)
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link; the old one does not work any more."""
    invitation = get_object_or_404(Invitation, pk=pk)
    if not _within_limit(request, "invite"):
        return rate_limited(request)
    try:
        sent = actions.send_again(invitation=invitation, by=signed_in(request))
    except AccountError as error:
        messages.error(request, error.german)
    else:
        _mail(request, sent)
    return redirect("account_invitations")


@page_for(Role.ADMINISTRATOR, methods=POST)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The link does not work any more."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        actions.withdraw(invitation=invitation, by=signed_in(request))
    except AccountError as error:
        messages.error(request, error.german)
    else:
        messages.success(request, f"Die Einladung an {invitation.email} gilt nicht mehr.")
    return redirect("account_invitations")


def _behind_a_link(view: View) -> View:
    """For strangers: kept by nobody, in no search engine, and the link goes to no other site."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        # Not "no-referrer": browsers would then hide from the CSRF check where the form comes from.
        response["Referrer-Policy"] = "same-origin"
        return response

    return page


@sensitive_post_parameters("password", "password_again")
@_behind_a_link
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the invited person gives name and password and gets the account."""
    if request.method not in WRITE:
        refused = error_page(request, 405)
        refused["Allow"] = ", ".join(WRITE)
        return refused
    if not _within_limit(request, "invitation", limit_get=True):
        return rate_limited(request)
    try:
        found = actions.open_invitation(token)
    except InvitationIsOver:
        return _over(request)
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return render(request, "account/invitation_signed_in.html", status=409)
    form = AcceptForm(request.POST or None, email=found.email)
    if request.method not in READ and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "password")}
        try:
            user = actions.accept(token=token, **wanted)
        except InvitationIsOver:
            return _over(request)
        record_authentication(request, user, method="password", email=user.email)
        user.backend = settings.AUTHENTICATION_BACKENDS[0]
        return perform_login(request, user, redirect_url=reverse(settings.SECOND_FACTOR_URL))
    roles = sorted(Role(group.name).label for group in found.groups.all())
    return render(request, "account/invitation.html", {"form": form, "invitation": found, "roles": roles})


def link_of(sent: actions.Sent) -> str:
    """Path of the page behind the link; who knows it can take up the invitation."""
    return reverse("account_invitation", args=[sent.token])


def mail_invitation(sent: actions.Sent, address: str) -> None:
    """Sends the link. Raises what the mail server's library raises."""
    ctx = {
        "city": settings.CITY,
        "invitation": sent.invitation,
        "roles": sorted(Role(group.name).label for group in sent.invitation.groups.all()),
        "address": address,
        "days": actions.VALID_FOR.days,
    }
    send_mail(
        f"Einladung: {settings.CITY.portal_name} {settings.CITY.name}",
        render_to_string("account/email/invitation.txt", ctx),
        None,
        [sent.invitation.email],
    )


def _mail(request: HttpRequest, sent: actions.Sent) -> None:
    """After the commit: an invitation stays where the mail server fails, and can be sent again."""
    email = sent.invitation.email
    try:
        mail_invitation(sent, absolute(request, link_of(sent)))
    except OSError:  # That of smtplib are OSErrors too.
        logger.exception("The invitation could not be sent")
        messages.error(
            request,
            f"Die Einladung an {email} ist gespeichert, aber die E-Mail ging nicht hinaus. "
            "Bitte senden Sie sie später erneut.",
        )
    else:
        messages.success(request, f"Die Einladung an {email} ist verschickt.")


def _over(request: HttpRequest) -> HttpResponse:
    """Unknown, used, withdrawn or too old: the same page."""
    return render(request, "account/invitation_over.html", status=404)


def _within_limit(request: HttpRequest, action: str, *, limit_get: bool = False) -> bool:
    usage = ratelimit.consume(
        request, app="portal.accounts", action=action, config=RATES, limit_get=limit_get
    )
    return usage is not None
