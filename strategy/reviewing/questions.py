"""A council member asks; the staff answers at the desk."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse

from portal.roles import Role
from portal.signed_in import WRITE, page_for, signed_in
from strategy.actions import StrategyError, ask_question
from strategy.models import CouncilSeat, Measure, Question
from strategy.reviewing.forms import QuestionForm


@page_for(Role.REVIEWER, methods=WRITE)
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    user = signed_in(request)
    measure = get_object_or_404(Measure.objects.published(), slug=slug)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        text = form.cleaned_data["text"]
        # Sent twice by a second click or by going back: one question.
        again = Question.objects.filter(
            measure=measure, asked_by_account=user, text=text, published_at__isnull=True
        )
        try:
            if not again.exists():
                ask_question(measure=measure, text=text, by=user)
        except (StrategyError, ValidationError) as error:
            form.refuse(error)
        else:
            messages.success(request, f"Ihre Frage zu „{measure.name}“ ist gestellt.")
            return HttpResponseRedirect(reverse("review:home"))
    seat = CouncilSeat.objects.filter(user=user).select_related("person").first()
    ctx = {
        "measure": measure,
        "form": form,
        "asks_as": str(seat.person) if seat and seat.person.is_public else "",
        "questions": Question.objects.published().filter(measure=measure).select_related("asked_by"),
    }
    return render(request, "reviewing/ask.html", ctx)


urls: list[URLPattern] = [path("massnahmen/<slug:slug>/frage/", ask, name="ask")]
