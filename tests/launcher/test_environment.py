"""The environment of the processes."""

import base64
import stat
from pathlib import Path

from launcher import environment
from tests.launcher.conftest import MakeOptions


def test_the_secrets_are_made_once_and_only_their_owner_may_read_them(make_options: MakeOptions) -> None:
    options = make_options()

    first, second = (environment.generated_secrets(options) for _ in range(2))

    assert first == second
    assert len(first["SECRET_KEY"]) >= 50
    assert len(base64.urlsafe_b64decode(first["TOKEN_ENCRYPTION_KEYS"])) == 32
    assert stat.S_IMODE((options.local / "env").stat().st_mode) == 0o600


def test_two_checkouts_have_different_secrets(make_options: MakeOptions) -> None:
    one, other = make_options(LOCAL_DIR="one"), make_options(LOCAL_DIR="other")

    assert environment.generated_secrets(one) != environment.generated_secrets(other)


def test_what_is_given_wins_over_the_defaults(make_options: MakeOptions) -> None:
    env = environment.development_environment(make_options(DEBUG="true", SECRET_KEY="given"), web_port=8000)

    assert (env["DEBUG"], env["SECRET_KEY"], env["DEVELOPMENT"]) == ("true", "given", "true")


def test_empty_values_do_not_reach_the_settings(make_options: MakeOptions) -> None:
    options = make_options()
    (options.top / ".env").write_text("XERO_DAILY_CALLS=\nLOG_LEVEL=DEBUG\n")

    env = environment.development_environment(make_options(), web_port=8000)

    assert "XERO_DAILY_CALLS" not in env
    assert env["LOG_LEVEL"] == "DEBUG"


def test_the_web_address_in_development_is_localhost(make_options: MakeOptions) -> None:
    env = environment.development_environment(make_options(), web_port=8003)

    assert env["XERO_REDIRECT_URI"] == "http://localhost:8003/xero/callback/"


def test_sample_bills_never_go_to_the_users_own_xero(make_options: MakeOptions) -> None:
    options = make_options(
        XERO_CLIENT_ID="live", XERO_API_URL="https://api.xero.com", XERO_LOGIN_URL="https://login.xero.com",
        XERO_REDIRECT_URI="https://bills.example.com/xero/callback/",
    )  # fmt: skip

    env = environment.development_environment(options, web_port=8000) | environment.emulator_environment(
        emulator_port=8101, web_port=8000
    )

    assert {env[name] for name in environment.XERO_HOSTS} == {"http://localhost:8101"}
    assert env["XERO_CLIENT_ID"] == "demo-client"
    assert env["XERO_REDIRECT_URI"] == "http://localhost:8000/xero/callback/"


def test_an_app_at_xero_is_noticed(make_options: MakeOptions) -> None:
    assert environment.names_xero(make_options(XERO_CLIENT_ID="live"))
    assert environment.names_xero(make_options(XERO_API_URL="http://localhost:9000"))
    assert not environment.names_xero(make_options(XERO_DAILY_CALLS="5000"))


def test_the_tests_see_nothing_of_the_users_app_at_xero(make_options: MakeOptions) -> None:
    options = make_options(XERO_CLIENT_SECRET="live", XERO_SCOPES="all", SYNC_LEASE_SECONDS="1", DEBUG="true")

    env = environment.environment_for_tests(options, database_url="postgres://d", redis_url="redis://r")

    assert "live" not in env.values()
    assert not {"XERO_SCOPES", "SYNC_LEASE_SECONDS"} & set(env)
    assert {env[name] for name in environment.XERO_HOSTS} == {"http://localhost:9"}
    assert (env["DATABASE_URL"], env["REDIS_URL"], env["DEBUG"]) == ("postgres://d", "redis://r", "false")


def test_variables_for_another_database_do_not_reach_the_private_one(make_options: MakeOptions) -> None:
    given = {"PGPORT": "5433", "PGSSLMODE": "verify-full", "PATH": "/bin", "PYTHONPATH": "/elsewhere"}

    assert environment.inherited_environment(make_options(**given)) == {"PATH": "/bin"}
    assert "PGSSLMODE" in environment.inherited_environment(make_options(**given, DATABASE_URL="postgres://given"))


def test_a_data_folder_with_a_space_is_still_one_mail_folder(make_options: MakeOptions, tmp_path: Path) -> None:
    import environ

    env = environment.development_environment(make_options(), web_port=8000)

    assert environ.Env.email_url_config(env["EMAIL_URL"])["EMAIL_FILE_PATH"] == str(tmp_path / "a checkout/.local/mail")


def test_a_command_beside_the_running_processes_finds_their_servers_until_they_end(make_options: MakeOptions) -> None:
    options = make_options()
    env = {"DATABASE_URL": "postgres://somewhere", "XERO_API_URL": "http://localhost:8100", "HOME": "/home/someone"}
    path = options.local / "running.env"

    with environment.share_environment(options, env=env):
        assert path.read_text() == "DATABASE_URL=postgres://somewhere\nXERO_API_URL=http://localhost:8100\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
