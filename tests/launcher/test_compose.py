"""Docker's files, which no test can run, say what the launcher does."""

import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from launcher import postgres, product_processes
from launcher.options import (
    EMULATOR_PORT,
    TOP,
    WEB_PORT,
    read_dotenv,
)

COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("web", "worker", "beat", "migrate", "emulator")
ONE_SHOT = {"migrate"}
DOCKERFILE = (TOP / "Dockerfile").read_text()
SECRETS = {"SECRET_KEY", "TOKEN_ENCRYPTION_KEYS", "XERO_CLIENT_SECRET", "XERO_WEBHOOK_KEY", "METRICS_TOKEN"}
READ = re.compile(r"""env\.?\w*\(\s*"([A-Z][A-Z_]+)\"""")


def served() -> dict[str, tuple[str, ...]]:
    return {
        **product_processes.product_commands(web_bind=f"0.0.0.0:{WEB_PORT}", beat_schedule="/tmp/beat"),
        "migrate": product_processes.migrate_command(),
        "emulator": product_processes.emulator_command(host="0.0.0.0", port=EMULATOR_PORT, auto_consent=False),
    }


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_the_launchers_command(name: str) -> None:
    assert SERVICES[name]["command"] == ["python", *served()[name]]


def test_the_images_run_the_web_process_and_the_emulator() -> None:
    commands = [json.loads(line.removeprefix("CMD ")) for line in DOCKERFILE.splitlines() if line.startswith("CMD ")]

    assert commands == [["python", *served()[name]] for name in ("emulator", "web")]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_a_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_migrating_happens_once_as_the_owner_and_before_the_rest() -> None:
    migrate = SERVICES["migrate"]

    assert migrate["restart"] == "no"
    assert f"//{postgres.OWNER}:" in migrate["environment"]["DATABASE_URL"]
    for name in ("web", "worker", "beat"):
        assert f"//{postgres.APPLICATION}:" in SERVICES[name]["environment"]["DATABASE_URL"]
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_not_root_and_may_change_nothing(name: str) -> None:
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["read_only"] is True
    assert "user" not in SERVICES[name]
    stage = DOCKERFILE.split(f"AS {SERVICES[name]['build']['target']}\n")[1].split("\nFROM ")[0]
    assert "\nUSER app\n" in stage


def test_no_secret_stands_in_the_file() -> None:
    given = [pair for service in SERVICES.values() for pair in service.get("environment", {}).items()]
    secrets = [(name, value) for name, value in given if name in SECRETS or "PASSWORD" in name or name.endswith("AUTH")]
    passwords = [(name, found) for name, value in given for found in re.findall(r"//\w*:([^@]*)@", value)]
    assert len(secrets) > 5
    assert len(passwords) > 3
    for variable, value in secrets:
        assert re.fullmatch(r"\$\{[A-Z_]+:(\?set it in \.env|-)\}", value), variable
    for variable, password in passwords:
        assert password.startswith("${"), variable


def test_data_outlives_the_containers() -> None:
    for name in ("postgres", "redis"):
        assert any(volume.split(":")[0] in COMPOSE["volumes"] for volume in SERVICES[name]["volumes"])


def test_the_emulator_starts_only_when_it_is_asked_for() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["emulator"]


def test_the_roles_are_those_of_the_launcher() -> None:
    script = " ".join((TOP / "docker" / "postgres-roles.sh").read_text().split())
    grants = [" ".join(line.split()) for line in postgres.ROLES.splitlines() if line.startswith("ALTER")]

    assert grants
    assert all(grant in script for grant in grants)
    assert f"CREATE DATABASE bill_syncing OWNER {postgres.OWNER}" in script


def test_the_images_are_locked() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if "pip install" in line]

    assert len(installs) == 3
    assert all("--require-hashes" in line for line in installs)


def test_the_example_names_every_variable_and_no_value_that_is_secret() -> None:
    text = (TOP / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, flags=re.MULTILINE))
    settings = "".join((TOP / "config" / name).read_text() for name in ("settings.py", "xero_urls.py"))
    asked = set(re.findall(r"\$\{([A-Z_]+)", (TOP / "docker-compose.yml").read_text()))

    assert named >= (set(READ.findall(settings)) - {"ENV_FILE"}) | asked
    assert not any(read_dotenv(TOP / ".env.example").values())


def test_the_database_counts_as_ready_only_when_it_answers_others() -> None:
    # While its first start makes the roles, it answers on its own socket, and migrating would meet a closed port.
    assert "--host 127.0.0.1" in SERVICES["postgres"]["healthcheck"]["test"][1]


def test_the_settings_load_with_what_the_image_gives_them_to_collect_its_files() -> None:
    step = DOCKERFILE.replace("\\\n", " ").split("RUN SECRET_KEY=")[1].split("python manage.py collectstatic")[0]
    given = dict(part.split("=", 1) for part in shlex.split(f"SECRET_KEY={step}"))
    made = {"SECRET_KEY": secrets.token_urlsafe(64), "TOKEN_ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    loaded = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=TOP,
        env={**given, **made, "ENV_FILE": os.devnull, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr[-300:]


def test_every_value_that_a_production_start_needs_reaches_the_containers() -> None:
    asked = set(READ.findall((TOP / "config" / "settings.py").read_text()))
    needed = {name for name in asked if name.isupper() and name in SERVICES["web"]["environment"]}
    assert {"SECRET_KEY", "TOKEN_ENCRYPTION_KEYS", "ALLOWED_HOSTS", "XERO_REDIRECT_URI", "BASE_URL"} <= needed
