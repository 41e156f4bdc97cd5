"""Docker's files, which no test can run, say what the launcher does."""

import json
import re
from typing import Any

import pytest
import yaml

from config.local import postgres, processes
from config.local.options import EMULATOR_PORT, TOP, WEB_PORT, dotenv

COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("web", "worker", "beat", "migrate", "emulator")
ONE_SHOT = {"migrate"}
DOCKERFILE = (TOP / "Dockerfile").read_text()
SECRETS = {"SECRET_KEY", "TOKEN_ENCRYPTION_KEYS", "XERO_CLIENT_SECRET", "XERO_WEBHOOK_KEY", "METRICS_TOKEN"}
READ = re.compile(r"""env\.?\w*\(\s*"([A-Z][A-Z_]+)\"""")


def served() -> dict[str, tuple[str, ...]]:
    return {
        **processes.commands(web_bind=f"0.0.0.0:{WEB_PORT}", beat_schedule="/tmp/beat"),
        "migrate": processes.migrate(),
        "emulator": processes.emulator(host="0.0.0.0", port=EMULATOR_PORT, auto_consent=False),
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
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if variable in SECRETS or "PASSWORD" in variable or variable.endswith("AUTH"):
                assert re.fullmatch(r"\$\{[A-Z_]+:(\?set it in \.env|-)\}", value), f"{name}: {variable}"
            for password in re.findall(r"//\w*:([^@]*)@", value):
                assert password.startswith("${"), f"{name}: {variable}"


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
    assert not any(dotenv(TOP / ".env.example").values())
