"""Log lines: for people, or one JSON object each for machines. Times are UTC."""

import json
import logging
import time
from datetime import UTC, datetime

TEXT, JSON = "text", "json"
LINE = "%(asctime)sZ %(levelname)-7s %(message)s"


class JsonLines(logging.Formatter):
    """`message` holds no secret, as everywhere: see the tests of `run`."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        said = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def set_up(kind: str) -> None:
    """Log to stderr from now on."""
    handler = logging.StreamHandler()
    if kind == JSON:
        handler.setFormatter(JsonLines())
    else:
        lines = logging.Formatter(LINE)
        lines.converter = time.gmtime
        handler.setFormatter(lines)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # it logs whole requests
    logging.getLogger("httpx").setLevel(logging.WARNING)
