"""Which e-mails somebody gets: the page for it, and the link in each of them that ends them all."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from portal.errors import error_page
from portal.models import Notice
from portal.notices import kinds_for, mute, unsubscribed_by
from portal.roles import Role
from portal.signed_in import WRITE, page_for, signed_in

SHOWN = 50


class NoticesForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label="Diese Nachrichten möchte ich bekommen",
        choices=Notice.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "kern-form-check__checkbox"}),
    )


@page_for(*Role, methods=WRITE)
def notices(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    wanted = [kind for kind in Notice.Kind.values if kind not in user.muted_notices]
    form = NoticesForm(request.POST if request.method == "POST" else None, initial={"kinds": wanted})
    if request.method == "POST" and form.is_valid():
        mute(user, set(Notice.Kind.values) - set(form.cleaned_data["kinds"]))
        messages.success(request, "Ihre Auswahl ist gespeichert.")
        return HttpResponseRedirect(reverse("portal:notices"))
    lines = Notice.objects.filter(recipient=user, kind__in=kinds_for(user))
    ctx = {
        "form": form,
        "last": lines.order_by("-created_at", "-pk")[:SHOWN],
        "at_once": settings.NOTICES_AT_ONCE,
    }
    return render(request, "portal/notices.html", ctx)


# The link itself says whose it is; a mail program that follows it has no cookie and no token of a form.
@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first: programs that check mail open every link of it."""
    if request.method not in WRITE:
        refused = error_page(request, 405)
        refused["Allow"] = ", ".join(WRITE)
        return refused
    user = unsubscribed_by(token)
    if user is None:
        raise Http404("not a link of ours")
    ctx: dict[str, Any] = {"done": request.method == "POST"}
    if ctx["done"]:
        mute(user, Notice.Kind.values)
    response = render(request, "portal/unsubscribe.html", ctx)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    # The address is the key: no other page learns of it.
    response["Referrer-Policy"] = "no-referrer"
    return response
