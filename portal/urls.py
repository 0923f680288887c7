"""Addresses of the portal; each app keeps its own list."""

from django.urls import include, path

from portal import views

portal_urls = (
    [
        path("", views.start, name="start"),
        path("suche/", views.search, name="search"),
        path("impressum/", views.imprint, name="imprint"),
        path("datenschutz/", views.privacy, name="privacy"),
        path("barrierefreiheit/", views.accessibility, name="accessibility"),
        path("stadt.css", views.city_css, name="city-css"),
        path("robots.txt", views.robots, name="robots"),
        path("healthz", views.healthz, name="healthz"),
        path("readyz", views.readyz, name="readyz"),
    ],
    "portal",
)

urlpatterns = [
    path("", include(portal_urls)),
    path("", include("strategy.urls")),
    path("rat/", include("sessions.urls")),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"
