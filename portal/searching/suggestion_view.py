"""The answer to a search box that asks while somebody types."""

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.reading import reading_page
from portal.searching import suggesting


class SuggestionForm(forms.Form):
    q = forms.CharField(max_length=suggesting.LONGEST, required=False, strip=False)


@reading_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """Any input answers; what no form would accept has no suggestions."""
    form = SuggestionForm(request.GET)
    found = suggesting.suggestions(form.cleaned_data["q"]) if form.is_valid() else []
    response = JsonResponse(
        {
            "suggestions": [
                {"text": suggestion.text, "kind": suggestion.kind_label, "url": suggestion.url}
                for suggestion in found
            ]
        }
    )
    # Every key pressed is an address of its own: kept by the page cache or a proxy, they would push out pages
    # that people read, and nobody would ask for them again but whoever takes back a letter.
    response["Cache-Control"] = "private, max-age=60"
    response["X-Robots-Tag"] = "noindex"
    return response
