"""Log lines: one a record, with its context, never with a secret or personal data."""

import logging
import re

SECRET = re.compile(
    r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"
    r"|\b(access_token|refresh_token|client_secret|code_verifier|code|password|sessionid|csrftoken)"
    r"(['\"]?\s*[:=]\s*['\"]?)[^\s'\"&,}]{6,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
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
        extra = " ".join(f"{key}={value}" for key, value in record.__dict__.items() if key not in STANDARD)
        line = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')} {record.levelname} {record.name} {record.getMessage()}"
        line = f"{line} {extra}" if extra else line
        if record.exc_info:
            line = f"{line}\n{SECRET.sub('[secret]', self.formatException(record.exc_info))}"
        return line
