import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.config.settings")

app = Celery("straits")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def settle(**_: object) -> None:
    """What is loaded by now stays to the end of the process: no collection looks at it again.

    A broker makes tens of objects for each request; a fifth of its time went into looking through
    the modules that it is made of (docs/performance.md, reserve).
    """
    gc.collect()
    gc.freeze()
