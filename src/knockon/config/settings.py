"""Django's settings, derived from the instance's options; nothing is set here by hand."""

import hashlib
import os
from pathlib import Path

import msgspec
from django.templatetags.static import static
from psycopg.conninfo import conninfo_to_dict

from knockon.config.options import kept_secret, load_options

OPTIONS = load_options()
HOME = Path(OPTIONS.home)
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = kept_secret(HOME, name="secret_key")
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = OPTIONS.allowed_hosts
BASE_URL = OPTIONS.base_url or f"http://{OPTIONS.host}:{OPTIONS.port}"
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "knockon.apps.journal",
    "knockon.apps.accounts",
    "knockon.apps.plant",
    "knockon.apps.production",
    "knockon.apps.disruptions",
    "knockon.apps.response",
    "knockon.web",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "knockon.config.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "knockon.config.middleware.SignInRequired",
]

ROOT_URLCONF = "knockon.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "knockon.web.context.shell",
            ],
        },
    }
]

_database = conninfo_to_dict(OPTIONS.database_url) if OPTIONS.database_url else {}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.pop("dbname", "knockon"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_database, "application_name": "knockon"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "knockon.apps.accounts.selectors.ActiveRoleBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "knockon.web.sign_in.ClosedSignUp"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
# Ten failures in fifteen minutes an account and address, then delay (reliability figures).
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/15m/key,30/15m/ip"}

# Rate limits must hold over processes and restarts, so the cache is a table, not memory.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "config_cache",
    }
}
# Browsers do not tell ports apart: two instances on one machine must not share cookies.
_INSTANCE = hashlib.sha256(str(HOME).encode()).hexdigest()[:8]
SESSION_COOKIE_NAME = f"knockon_session_{_INSTANCE}"
CSRF_COOKIE_NAME = f"knockon_csrf_{_INSTANCE}"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OPTIONS.behind_tls
SECURE_HSTS_SECONDS = 31_536_000 if OPTIONS.behind_tls else 0
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OPTIONS.behind_tls else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
MEDIA_ROOT = HOME / "files"
# Sealed genealogies: a cache that every process of the instance reads.
GRAPH_ROOT = HOME / "graph"

LANGUAGE_CODE = OPTIONS.language
LANGUAGES = [("zh-hant", "繁體中文"), ("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = OPTIONS.timezone

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

if OPTIONS.mail.host:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "outbox"
DEFAULT_FROM_EMAIL = OPTIONS.mail.sender

# How each channel of messages is set up; a name is that of an installed plug-in.
KNOCKON_CHANNELS: dict[str, dict[str, object]] = {
    "email": {**msgspec.structs.asdict(OPTIONS.mail), "outbox": str(HOME / "outbox")},
    "webhook": {
        "hosts": OPTIONS.webhook_hosts,
        "allow_private": OPTIONS.webhook_private,
        "secret": kept_secret(HOME, name="webhook_secret"),
    },
}

UNFOLD = {
    "SITE_TITLE": "Knockon",
    "SITE_HEADER": "Knockon 連動",
    "SITE_ICON": lambda _request: static("knockon/mark.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("knockon/mark.svg"),
        }
    ],
    "SHOW_LANGUAGES": True,
    # The accent of the pages, in the shades that unfold asks for.
    "COLORS": {
        "primary": {
            "50": "#eff8fa",
            "100": "#e0f0f3",
            "200": "#b9dde4",
            "300": "#86c6d2",
            "400": "#5cc3d6",
            "500": "#12849a",
            "600": "#0a6375",
            "700": "#084f5e",
            "800": "#073f4b",
            "900": "#06323c",
            "950": "#06222a",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("KNOCKON_LOG_LEVEL", "WARNING")},
    "loggers": {"knockon": {"level": os.environ.get("KNOCKON_LOG_LEVEL", "INFO")}},
}
