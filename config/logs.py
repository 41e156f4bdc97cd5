"""Log lines: one a record, with its context, never with a secret or personal data."""

import logging
import re

SECRET = re.compile(
    r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"
    r"|\b(access_token|refresh_token|client_secret|code_verifier|code|password|sessionid|csrftoken)"
    r"(['\"]?\s*[:=]\s*['\"]?)[^\s'\"&,}]{6,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
)
# What PostgreSQL adds to its errors: the values of the row, or the statement with them.
VALUES = re.compile(
    r"^(?:DETAIL|CONTEXT|LINE \d+):.*?(?=^(?:The above exception was|During handling of the above)|\Z)",
    re.MULTILINE | re.DOTALL,
)
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "data", "request"}


class WithoutSecrets(logging.Filter):
    """The last net: tokens are never logged on purpose, and what slips through is blanked."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = SECRET.sub("[secret]", message)
        if cleaned != message:
            record.msg, record.args = cleaned, None
        return True


class LineFormatter(logging.Formatter):
    """`time level logger message key=value ...`, UTC."""

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(f"{key}={_plain(value)}" for key, value in record.__dict__.items() if key not in STANDARD)
        line = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')} {record.levelname} {record.name} {record.getMessage()}"
        line = f"{line} {extra}" if extra else line
        return f"{line}\n{self._trace(record)}" if record.exc_info else line

    def _trace(self, record: logging.LogRecord) -> str:
        assert record.exc_info
        return SECRET.sub("[secret]", VALUES.sub("[values]\n\n", self.formatException(record.exc_info)))


def _plain(value: object) -> str:
    """Without secrets, and on one line: nobody writes a log line of their own."""
    return SECRET.sub("[secret]", str(value)).replace("\n", "\\n").replace("\r", "\\r")
