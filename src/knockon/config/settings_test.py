"""Settings of the test run: the same as the product's, on the test cluster."""

import os
import tempfile

os.environ.setdefault("KNOCKON_HOME", tempfile.mkdtemp(prefix="knockon-test-home-"))

from knockon.config.settings import *  # noqa: F403

# Nothing is collected in tests; the folder only has to be there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Argon2 at its product cost would make up half of the test time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
