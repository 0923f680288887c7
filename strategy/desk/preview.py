"""A text as readers would see it, for the preview in place; saves nothing."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from portal.forms import MarkdownField
from portal.html import render_markdown
from portal.roles import Role
from portal.signed_in import POST, page_for


@page_for(*Role, methods=POST)
def preview(request: HttpRequest) -> HttpResponse:
    """POST `text`: a piece of HTML; 422 with a clear word for a text that is refused."""
    try:
        text = MarkdownField(required=False).clean(request.POST.get("text", ""))
    except ValidationError as error:
        return render(request, "desk/_preview_refused.html", {"messages": error.messages}, status=422)
    return render(request, "desk/_preview.html", {"html": render_markdown(text)})


urls: list[URLPattern] = [path("vorschau/", preview, name="preview")]
