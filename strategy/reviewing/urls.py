"""Addresses of the review; each part keeps its own list."""

from strategy.reviewing import home, meetings, questions, report

app_name = "review"

urlpatterns = [*home.urls, *report.urls, *questions.urls, *meetings.urls]
