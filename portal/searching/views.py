"""The page of the search. docs/search.md tells how what it asks was made."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.paging import page_of
from portal.reading import reading_page
from portal.searching.asking import ask
from portal.searching.finding import find
from portal.searching.forms import SearchForm
from portal.searching.hints import any_word, examples, near, why_unusable
from portal.searching.results import HitList, results

TEMPLATE: Final = "portal/search.html"
PER_PAGE: Final = 10
"""As people know it from other searches. Results with their excerpts are longer than the rows of lists."""


@reading_page
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    ctx: dict[str, Any] = {"form": form, "asked": form.text}
    if not form.text:
        return render(request, TEMPLATE, ctx | {"examples": examples()})
    answer = ask(form.text, form.narrowing, newest_first=form.newest_first)
    if answer.matching.is_empty:
        return render(request, TEMPLATE, ctx | {"unusable": why_unusable(answer.matching)})
    if answer.correction:
        # The links of the page lead on from what was found.
        form.text = answer.correction.text
    page = page_of(request, HitList(answer.hits), size=PER_PAGE)
    ctx |= {
        "answer": answer,
        "page": page,
        "results": results(list(page), answer.hits.words),
        "facets": form.facets(answer.hits.counts),
        "unfiltered": answer.hits.total or (find(answer.matching).total if form.in_force else 0),
    }
    if not ctx["unfiltered"]:
        similar = near(form.text)
        ctx |= {"near": similar, "any_word": None if similar else any_word(answer.matching)}
    return render(request, TEMPLATE, ctx)
