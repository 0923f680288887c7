"""Addresses of the desk; each part keeps its own list."""

from strategy.desk import changes, evidence, history, home, questions, reports, sheets, things

app_name = "desk"

urlpatterns = [
    *home.urls,
    *reports.urls,
    *evidence.urls,
    *changes.urls,
    *questions.urls,
    *sheets.urls,
    *history.urls,
    *things.urls,
]
