"""The environment of the processes that the launcher starts."""

import base64
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from launcher.options import Options, read_dotenv

DEMO_APP = {"XERO_CLIENT_ID": "demo-client", "XERO_CLIENT_SECRET": "demo-secret"}
XERO_HOSTS = ("XERO_LOGIN_URL", "XERO_IDENTITY_URL", "XERO_API_URL")
# What a command beside the running processes must share with them.
SHARED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TOKEN_ENCRYPTION_KEYS", "ALLOWED_HOSTS", "DEBUG", "DEVELOPMENT",
          "EMAIL_URL", "BASE_URL", "STATIC_ROOT", "LOG_LEVEL")  # fmt: skip
# Bytecode bans slow every start down; PG* would send the client of a private database to another server.
UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE", "MAKEFLAGS", "MAKELEVEL")


def generated_secrets(options: Options) -> dict[str, str]:
    """The development secrets, made once and kept in a file that only its owner may read."""
    path = options.local / "env"
    known = read_dotenv(path)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "TOKEN_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    complete = {name: known.get(name) or value for name, value in made.items()}
    if complete != known:
        _write_private(path, "".join(f"{name}={value}\n" for name, value in complete.items()))
    return complete


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


@contextmanager
def share_environment(options: Options, *, env: Mapping[str, str]) -> Iterator[None]:
    """While the processes run, `manage.py` finds their servers and secrets in a file only its owner may read."""
    path = options.local / "running.env"
    wanted = {name: value for name, value in env.items() if name in SHARED or name.startswith(("XERO_", "SYNC_"))}
    _write_private(path, "".join(f"{name}={value}\n" for name, value in wanted.items()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def inherited_environment(options: Options) -> dict[str, str]:
    """What was given from outside, less what would mislead the processes."""
    unwanted_prefix = () if options.text("DATABASE_URL") else ("PG",)
    return {
        name: value
        for name, value in options.given.items()
        if value and name not in UNWANTED and not name.startswith(unwanted_prefix)
    }


def _fixed(options: Options) -> dict[str, str]:
    """`.env` is merged in already; the processes must not read it again and find what was left out on purpose."""
    static = options.local / "static"
    static.mkdir(parents=True, exist_ok=True)
    return {"LOCAL_DIR": str(options.local), "STATIC_ROOT": str(static), "ENV_FILE": os.devnull}


def development_environment(options: Options, *, web_port: int) -> dict[str, str]:
    """Defaults for a developer's machine; what the environment or `.env` gives wins."""
    defaults = {
        **generated_secrets(options),
        "DEBUG": "false",
        "DEVELOPMENT": "true",
        "ALLOWED_HOSTS": "localhost",
        "BASE_URL": f"http://localhost:{web_port}",
        "XERO_REDIRECT_URI": f"http://localhost:{web_port}/xero/callback/",
        "EMAIL_URL": f"filemail:///{quote(str(options.local / 'mail'))}",
    }
    return {**defaults, **inherited_environment(options), **_fixed(options), "WEB_PORT": str(web_port)}


def emulator_environment(*, emulator_port: int, web_port: int) -> dict[str, str]:
    """The variables that put the emulator in Xero's place over every other setting: plain http, on localhost."""
    return {
        **DEMO_APP,
        **dict.fromkeys(XERO_HOSTS, f"http://localhost:{emulator_port}"),
        "XERO_REDIRECT_URI": f"http://localhost:{web_port}/xero/callback/",
        "DEVELOPMENT": "true",
        "ALLOWED_HOSTS": "localhost",
        "BASE_URL": f"http://localhost:{web_port}",
        "EMULATOR_PORT": str(emulator_port),
    }


def names_xero(options: Options) -> bool:
    """Whether the user has an app at Xero, or a Xero-like server of their own."""
    return any(options.text(name) for name in ("XERO_CLIENT_ID", *XERO_HOSTS))


def environment_for_tests(options: Options, *, database_url: str, redis_url: str) -> dict[str, str]:
    """As in development, but nothing of the user's own app at Xero: tests meet only loopback."""
    unreachable = dict.fromkeys(XERO_HOSTS, "http://localhost:9")
    kept = {
        name: value for name, value in inherited_environment(options).items() if not name.startswith(("XERO_", "SYNC_"))
    }
    return {
        **kept,
        **_fixed(options),
        **generated_secrets(options),
        **DEMO_APP,
        **unreachable,
        "DEBUG": "false",
        "DEVELOPMENT": "true",
        "ALLOWED_HOSTS": "localhost,testserver",
        "XERO_REDIRECT_URI": "http://localhost:8000/xero/callback/",
        "EMAIL_URL": "memorymail://",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }


def production_environment(base: Mapping[str, str]) -> dict[str, str]:
    """A sound production environment, for `check --deploy`."""
    xero = {"XERO_LOGIN_URL": "login", "XERO_IDENTITY_URL": "identity", "XERO_API_URL": "api"}
    return {
        **base,
        **{name: f"https://{host}.xero.com" for name, host in xero.items()},
        "DEBUG": "false",
        "DEVELOPMENT": "false",
        "BEHIND_TLS_PROXY": "true",
        "ALLOWED_HOSTS": "bills.example.com",
        "CSRF_TRUSTED_ORIGINS": "https://bills.example.com",
        "BASE_URL": "https://bills.example.com",
        "XERO_REDIRECT_URI": "https://bills.example.com/xero/callback/",
    }
