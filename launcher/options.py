"""What can be set from outside: the environment first, then `.env`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.console import Refusal

TOP = Path(__file__).resolve().parents[1]
ASSIGNMENT = re.compile(r"""^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:'([^']*)'|"([^"]*)"|(.*?))(?:\s+#.*)?\s*$""")
WEB_PORT = 8000
EMULATOR_PORT = 8100


@dataclass(frozen=True)
class Options:
    """Where things go and which servers to use; `given` is the environment merged over `.env`."""

    top: Path
    local: Path
    given: Mapping[str, str]

    @property
    def venv(self) -> Path:
        return self.top / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def log(self) -> Path:
        return self.local / "log"

    def text(self, name: str) -> str:
        """The variable, or an empty string; an empty variable counts as unset."""
        return self.given.get(name, "").strip()

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true", "yes", "on"}

    def port(self, name: str) -> int | None:
        """The port that was asked for, or None; raise Refusal if it is not one."""
        text = self.text(name)
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
            raise Refusal(f"{name} is {text!r}, which is no port: give a number from 1 to 65535.")
        return int(text)


def read_options(*, top: Path = TOP, environ: Mapping[str, str] | None = None) -> Options:
    """Read the options; raise Refusal if `.env` cannot be read."""
    environ = os.environ if environ is None else environ
    merged = {**read_dotenv(top / ".env"), **{name: value for name, value in environ.items() if value.strip()}}
    local = Path(merged.get("LOCAL_DIR") or ".local").expanduser()
    return Options(top=top, local=local if local.is_absolute() else top / local, given=merged)


def read_dotenv(path: Path) -> dict[str, str]:
    """The assignments of a `.env` file; none if there is no such file."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as fault:
        raise Refusal(f"{path} cannot be read: make it a UTF-8 text file that you may read, or remove it.") from fault
    found = (ASSIGNMENT.match(line) for line in text.splitlines())
    return {match[1]: match[2] or match[3] or match[4] or "" for match in found if match}
