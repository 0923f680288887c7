"""Addresses of the portal; each app keeps its own list."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView, TemplateView

from portal import notices_views, views
from portal.gallery import sample_context
from portal.searching import suggestion_view
from portal.searching import views as search_views

portal_urls = (
    [
        path("", views.start, name="start"),
        path("suche/", search_views.search, name="search"),
        path("suche/vorschlaege/", suggestion_view.suggestions, name="suggestions"),
        path("daten/", views.data, name="data"),
        path("impressum/", views.imprint, name="imprint"),
        path("datenschutz/", views.privacy, name="privacy"),
        path("barrierefreiheit/", views.accessibility, name="accessibility"),
        path("stadt.css", views.city_css, name="city-css"),
        path("robots.txt", views.robots, name="robots"),
        path("healthz", views.healthz, name="healthz"),
        path("readyz", views.readyz, name="readyz"),
        path("konto/nachrichten/", notices_views.notices, name="notices"),
        path("konto/nachrichten/abbestellen/<str:token>/", notices_views.unsubscribe, name="unsubscribe"),
    ],
    "portal",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(portal_urls)),
    path("", include("strategy.urls")),
    path("rat/", include("sessions.urls")),
    path("oparl/v1.1/", include("sessions.oparl.urls")),
    path("daten/", include("sessions.data_urls")),
    path("konto/", include("portal.accounts.urls")),
    path("konto/", include("portal.accounts.invitation_urls")),
    # Where password managers look for the page to change a password.
    path(
        ".well-known/change-password",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="change-password",
    ),
    path("admin/", admin.site.urls),
    path("redaktion/", include("strategy.desk.urls")),
    path("pruefung/", include("strategy.reviewing.urls")),
]

if settings.DEBUG:
    # Every component of the look on one page, for whoever builds pages.
    gallery = TemplateView.as_view(template_name="components/gallery.html", extra_context=sample_context())
    urlpatterns += [path("bausteine/", gallery)]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.page_not_found"
handler429 = "portal.accounts.views.rate_limited"  # allauth asks for this one
handler500 = "portal.errors.server_error"
