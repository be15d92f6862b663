"""XID errors as the driver reports them, in a thread of its own: waiting for one blocks."""

import ctypes
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pynvml

log = logging.getLogger(__name__)

WAIT_MS = 1000
#: seconds until a wait that failed is tried again, with every GPU that answers then
AGAIN = 5.0


class Watch(threading.Thread):
    """Calls `told(uuid, xid)` from its own thread. Needs an open session with NVML."""

    def __init__(self, told: Callable[[str, int], None]) -> None:
        super().__init__(name="xid events", daemon=True)
        self.told = told
        self.closed = threading.Event()
        #: set once the driver was asked to tell: an error before that is told by nobody
        self.listening = threading.Event()

    def close(self) -> None:
        """End it; NVML may be shut down once this returns."""
        self.closed.set()
        if self.is_alive():
            self.join(timeout=WAIT_MS / 1000 * 3)

    def run(self) -> None:
        while not self.closed.is_set():
            try:
                self._watch()
            except pynvml.NVMLError as error:
                log.warning("XID events cannot be waited for: %s", error)
                self.closed.wait(AGAIN)

    def _watch(self) -> None:
        events = pynvml.nvmlEventSetCreate()
        try:
            named = dict(_registered(events))
            if not named:
                self.closed.wait(AGAIN)
            else:
                self.listening.set()
            while named and not self.closed.is_set():
                self._wait(events, named)
        finally:
            pynvml.nvmlEventSetFree(events)

    def _wait(self, events: Any, named: dict[int | None, str]) -> None:
        try:
            event = pynvml.nvmlEventSetWait(events, WAIT_MS)
        except pynvml.NVMLError_Timeout:
            return
        uuid = named.get(_address(event.device))
        if uuid is not None and event.eventType == pynvml.nvmlEventTypeXidCriticalError:
            self.told(uuid, int(event.eventData))


def _registered(events: Any) -> Iterator[tuple[int | None, str]]:
    """Every GPU that tells events, under its UUID: one that is lost cannot be asked for it."""
    for index in range(int(pynvml.nvmlDeviceGetCount())):
        try:
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            uuid = str(pynvml.nvmlDeviceGetUUID(handle))
            pynvml.nvmlDeviceRegisterEvents(handle, pynvml.nvmlEventTypeXidCriticalError, events)
        except pynvml.NVMLError as error:
            log.debug("GPU %d tells no XID events: %s", index, error)
        else:
            yield _address(handle), uuid


def _address(handle: Any) -> int | None:
    return ctypes.cast(handle, ctypes.c_void_p).value
