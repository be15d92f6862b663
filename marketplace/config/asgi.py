import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.config.settings")

# WhiteNoise answers with a file, which Django reads in a thread; that is as it should be
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterator")

django_application = get_asgi_application()

from agents.gateway.fast.application import ShortWay  # noqa: E402  it needs Django set up

application = ShortWay(django_application)
