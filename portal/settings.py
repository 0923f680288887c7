"""Settings of the portal, read from the environment.

PORTAL_MODE says where it runs: `production` (the default of the server), `development` (the default of
manage.py), `demo` or `test`. Production fails hard and names the variable that is missing; the other
modes need no variable at all: they use the embedded database and the demo city.
"""

import re
import secrets
from pathlib import Path
from typing import Any

import environ
import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.city import load_city
from portal.database import embedded_url

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODES = ("production", "development", "demo", "test")
MODE = env.str("PORTAL_MODE", default="production")
if MODE not in MODES:
    raise ImproperlyConfigured(f"PORTAL_MODE is {MODE!r}; it must be one of: {', '.join(MODES)}.")
PRODUCTION = MODE == "production"
# The demo is served the way production is: by granian, with a pool, a page cache and packed static files.
SERVED = MODE in ("production", "demo")


def required_in_production(name: str, hint: str, default: str) -> str:
    """The variable `name`; outside production `default` where it is not set.

    Raises ImproperlyConfigured, naming the variable and what to put in, when production lacks it.
    """
    value: str = env.str(name, default="")
    if value or not PRODUCTION:
        return value or default
    raise ImproperlyConfigured(f"{name} is not set. {hint}")


DEBUG = MODE == "development" and env.bool("DEBUG", default=True)
SECRET_KEY = required_in_production(
    "SECRET_KEY",
    "Set it to a long random text that stays the same over restarts.",
    # Outside production nothing outlives the process, so neither need the key.
    default=secrets.token_urlsafe(50),
)
ALLOWED_HOSTS = required_in_production(
    "ALLOWED_HOSTS",
    "Set it to the host names of the portal, separated by commas: strategie.example.org",
    default="localhost,127.0.0.1,[::1],testserver",
).split(",")
PUBLIC_URL = required_in_production(
    "PUBLIC_URL",
    "Set it to the portal's own address, without a path: https://strategie.example.org",
    # Outside production the address that somebody asks under.
    default="",
)
if PUBLIC_URL and not re.fullmatch(r"https?://[a-z0-9.\[\]:-]+", PUBLIC_URL):
    raise ImproperlyConfigured(
        f"PUBLIC_URL is {PUBLIC_URL!r}; it must be an address in small letters without a path and without "
        "a slash at its end: https://strategie.example.org"
    )
CITY_FILE = required_in_production(
    "CITY_FILE",
    "Set it to the file that describes the city; demo/lueneburg/city.toml shows the format.",
    default=str(BASE_DIR / "demo" / "lueneburg" / "city.toml"),
)
CITY = load_city(Path(CITY_FILE))

# --- Database ---------------------------------------------------------------------------------
DATABASE_URL = required_in_production(
    "DATABASE_URL",
    "Set it to the PostgreSQL database: postgres://user:password@host:5432/name",
    default=embedded_url(),
)
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
if SERVED:
    # One pool per worker process; workers x max_size must stay below the server's max_connections. One
    # connection for each of the four threads that answer, and one for the thread that renews pages.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=5),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "portal.User"

# --- Application ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    # The folder `sessions` has the label `council`: django.contrib.sessions owns the label "sessions".
    "sessions.apps.CouncilConfig",
    "strategy.apps.StrategyConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",  # templates of allauth need it
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "django_filters",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    # First, so that it sees every answer, also those of the others here.
    "sessions.oparl.middleware.OParlMiddleware",
    "portal.middleware.CacheControlMiddleware",
    "portal.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Elsewhere Django's runserver hands out static files.
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if SERVED else []),
    "csp.middleware.CSPMiddleware",
    "portal.middleware.PolicyHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
if MODE == "test":
    # Raises on a query that is asked once per row.
    INSTALLED_APPS.append("zeal")
    MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # A city's own templates come first: it changes its imprint without touching the portal.
        "DIRS": [CITY.folder / "templates", BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
            "builtins": ["portal.templatetags.look"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
        },
    },
]
if DEBUG:
    # An edited template shows on the next request.
    TEMPLATES[0]["OPTIONS"]["loaders"] = ["django.template.loaders.filesystem.Loader"]

# --- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "de"
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

# --- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"]
if (CITY.folder / "static").is_dir():
    STATICFILES_DIRS.append(("stadt", CITY.folder / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if SERVED
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Security ---------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "__Host-sitzung" if HTTPS else "sitzung"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        # KERN draws its icons as data: masks.
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Sign-in ----------------------------------------------------------------------------------
LOGIN_URL = "account_login"
SECOND_FACTOR_URL = "mfa_activate_totp"

# --- History ----------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

# --- Portal -----------------------------------------------------------------------------------
PAGE_SIZE = 50
PAGE_CACHE_MEGABYTES = env.int("PAGE_CACHE_MEGABYTES", default=32)
# How long a worker may trust that the data did not change before it asks the database again.
PAGE_CACHE_TRUST_SECONDS = env.float("PAGE_CACHE_TRUST_SECONDS", default=1.0)
PAGE_CACHE = SERVED

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO" if MODE != "test" else "WARNING"},
    "loggers": {
        # A stranger's bad host header is no error of ours.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
