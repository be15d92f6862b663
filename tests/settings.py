"""Settings of the test suite: the real ones, on engines of its own, with a few lines changed."""

import os
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("STRAITS_HOME", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ["DEBUG"] = "1"
os.environ["SECRET_KEY"] = "a-secret-of-the-test-suite-and-nothing-else"
os.environ["PUBLIC_URL"] = "http://testserver"

if not os.environ.get("DATABASE_URL") or not os.environ.get("REDIS_URL"):
    from marketplace.config import engines

    if os.environ.get("STRAITS_STATIC_ANALYSIS"):
        engines.use_nothing()
    else:
        engines.start_for_tests()

# of a Redis that is not ours each worker keeps to a database of its own; of ours it has one to
# itself, because channels are one set for all databases
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw"))
_redis = os.environ["REDIS_URL"].partition("?")[0]
if not _redis.startswith("unix:"):
    os.environ["REDIS_URL"] = urlsplit(_redis)._replace(path=f"/{_worker + 1}").geturl()
elif _worker >= 0:
    from marketplace.config import engines

    os.environ["REDIS_URL"] = engines.redis_for_tests(f"gw{_worker}")

from marketplace.config.settings import *  # noqa: E402, F403

DEBUG = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# nothing was collected: serve static files from where they lie
WHITENOISE_AUTOREFRESH = True
