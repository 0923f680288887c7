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

from portal.accounts.groups import identity_provider, roles_by_group
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
    "portal.apps.PortalAdminConfig",
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
    "portal.accounts.middleware.IdleSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
if MODE == "test":
    # Raises on a query that is asked once per row.
    INSTALLED_APPS.append("zeal")
    MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
    # Django and allauth ask for a handful of rows of one person one by one; ours to change is none of it.
    ZEAL_ALLOWLIST = [
        *({"model": model, "field": "*"} for model in ("sessions.*", "usersessions.*", "mfa.*")),
        {"model": "portal.User", "field": "get()"},
        # Each action locks its report anew, also where one form asks for several.
        {"model": "strategy.StatusReport", "field": "get()"},
        # Several changes released with one click: each is locked and decided on its own.
        {"model": "strategy.Change", "field": "get()"},
    ]
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
                "django.contrib.auth.context_processors.auth",  # lazy; the admin's templates need it
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
            "builtins": ["portal.templatetags.look"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        # Of the libraries, where the portal has no template of its own: admin and sign-in.
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    },
]
if DEBUG:
    # An edited template shows on the next request.
    TEMPLATES[0]["OPTIONS"]["loaders"] = TEMPLATES[0]["OPTIONS"]["loaders"][0][1]

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
# docs/adr/0019-sign-in.md
LOGIN_URL = "account_login"
SECOND_FACTOR_URL = "mfa_index"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("first_name", "last_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Seconds without a request after which a session is over; the browser forgets it when it is closed.
SESSION_COOKIE_AGE = 60 * env.int("SESSION_IDLE_MINUTES", default=480)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Django's default keeps messages in a cookie, also for people who are signed out.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# What the rate limits count in; only allauth uses it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # Beyond this number the oldest keys make room: few would let an attacker push limits out.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
# The last address in X-Forwarded-For is the one that the proxy itself has written.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0

ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.LoginForm",
    "reauthenticate": "portal.accounts.forms.ReauthenticateForm",
    "change_password": "portal.accounts.forms.ChangePasswordForm",
    "reset_password": "portal.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Accounts come by invitation, so whoever has one has read an e-mail to its address.
ACCOUNT_EMAIL_VERIFICATION = "none"
# The address of an account is User.email; allauth's own table of addresses stays empty.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_logged_out"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# An e-mail tells of every change of a password or a second factor.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # Whoever knows an address can keep it out for five minutes, but not a passkey.
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "5/m/ip,3/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}

MFA_ADAPTER = "portal.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.AuthenticateForm",
    "reauthenticate": "portal.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "portal.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "portal.accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "portal.accounts.forms.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = f"{CITY.portal_name} {CITY.name}"
# Telephones whose clock is half a minute off work too.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Encrypts the secrets of second factors at rest. Of several (commas) the first encrypts, all decrypt.
MFA_KEY = required_in_production(
    "MFA_KEY",
    "Set it to a long random text other than SECRET_KEY; it encrypts the secrets of second factors.",
    # The demo's command writes secrets that its server, another process, reads.
    default="no production, no secret",
)

# A city's identity provider; without OIDC_ISSUER there is no trace of it.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="") or f"Konto der Verwaltung ({CITY.name})"
OIDC_GROUPS_CLAIM = env.str("OIDC_GROUPS_CLAIM", default="groups")
OIDC_GROUPS = roles_by_group(env.str("OIDC_GROUPS", default=""))
OIDC_VERIFIES_EMAIL = env.bool("OIDC_VERIFIES_EMAIL", default=False)
OIDC_HAS_SECOND_FACTOR = env.bool("OIDC_HAS_SECOND_FACTOR", default=False)
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET and OIDC_GROUPS):
    raise ImproperlyConfigured(
        "OIDC_ISSUER is set; then OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_GROUPS are needed too."
    )
if OIDC_ISSUER and PRODUCTION and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured(f"OIDC_ISSUER is {OIDC_ISSUER!r}; it must begin with https://.")
SOCIALACCOUNT_ADAPTER = "portal.accounts.oidc.IdentityProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
SOCIALACCOUNT_PROVIDERS = identity_provider(OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME)

# --- E-mail -----------------------------------------------------------------------------------
# Outside production e-mails are printed on the console.
vars().update(
    env.email_url_config(
        required_in_production(
            "EMAIL_URL",
            "Set it to the mail server: smtp+tls://user:password@mail.example.org:587",
            default="consolemail://",
        )
    )
)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = required_in_production(
    "EMAIL_FROM",
    "Set it to the sender of the portal's e-mails: strategie@stadt.example.org",
    default="strategieportal@localhost",
)
# Where people try things out they see each e-mail at once; elsewhere `send_digests` sends one a day.
NOTICES_AT_ONCE = env.bool("NOTICES_AT_ONCE", default=MODE in ("development", "demo"))

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
