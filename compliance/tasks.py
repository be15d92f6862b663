import logging

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from marketplace.core.sweeps import sweep

from . import services
from .models import Party
from .sources import MalformedList, UnknownSource

log = logging.getLogger(__name__)


@shared_task(name="compliance.tasks.download")
def download(*, source_code: str) -> None:
    """One list from its publisher; a failure leaves the old one, which ages, to the next hour."""
    try:
        services.download_list(source_code=source_code, at=now())
    except (
        UnknownSource,
        MalformedList,
        services.DownloadFailed,
        services.RefusedSnapshot,
    ) as error:
        log.error("list not downloaded: %s", error)


@shared_task(name="compliance.tasks.download_due")
def download_due() -> None:
    """Sweep: every list that is to be downloaded, each as a task of its own."""
    for source_code in settings.LIST_DOWNLOADS:
        download.delay(source_code=source_code)


@shared_task(name="compliance.tasks.seal_audit")
def seal_audit() -> None:
    """Sweep: evidence that has no link in the chain yet."""
    services.seal(at=now())


@shared_task(name="compliance.tasks.check_audit")
def check_audit() -> None:
    """Sweep: is what was sealed what is stored? The log keeps each head outside of the database."""
    check = services.check_audit(at=now())
    if check and check.finished_at:
        say = log.error if check.faults else log.info
        say("audit read up to %s:%s, %s faults", check.reached, check.head, check.faults)


@shared_task(name="compliance.tasks.pass_deadlines")
def pass_deadlines() -> None:
    """Sweep: cases that nobody has decided in time."""
    services.pass_deadlines(at=now())


@shared_task(name="compliance.tasks.rescreen_listed")
def rescreen_listed() -> None:
    """Sweep, and the hint of an import: whom a changed list may mean is screened again."""
    services.reverse_screen(at=now())
    services.rescreen_waiting(at=now())


@shared_task(name="compliance.tasks.rescreen_changed")
def rescreen_changed(*, party_id: int) -> None:
    """The hint that a party changed; rescreen_due finds the same work without it."""
    services.rescreen_party(party=Party.objects.get(pk=party_id), at=now())


@shared_task(name="compliance.tasks.rescreen_due")
def rescreen_due() -> None:
    """Sweep: every party that changed, and every party once a day."""
    services.rescreen_due(at=now())


@shared_task(name="compliance.tasks.find_red_flags")
def find_red_flags() -> None:
    """Sweep: what parties say of themselves and share, also of those nobody decides about now."""
    lists = services.list_states(at=now())
    sweep(
        Party.objects.iterator(),
        lambda row: services.look(party=row, lists=lists, at=now()),
    )
    services.look_for_ties(at=now())
    services.look_for_crowds(at=now())
    services.look_for_words(at=now())


@shared_task(name="compliance.tasks.remind_of_statements")
def remind_of_statements() -> None:
    """Sweep: end-use statements that expire soon, each put on the trail once."""
    services.remind_of_statements(at=now())
