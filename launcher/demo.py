"""`make demo`: two firms, their sample bills, a stand-in Xero, and the table of what became of them."""

from launcher import environment, ports
from launcher.backing_servers import use_backing_servers
from launcher.console import Refusal, print_line
from launcher.options import WEB_PORT, Options
from launcher.run import (
    choose_emulator_port,
    hold_run_lock,
    serve_until_stopped,
    start_product,
)


def main(options: Options) -> int:
    """Show the table, then serve until Ctrl-C; with ONCE=1 end with the table's exit code."""
    with hold_run_lock(options):
        web_port = ports.choose_port_from_options(options, name="WEB_PORT", usual=WEB_PORT)
        emulator_port = choose_emulator_port(options, web_port)
        # Whatever app at Xero the user has configured: sample bills never go there.
        env = environment.development_environment(options, web_port=web_port)
        env |= environment.emulator_environment(emulator_port=emulator_port, web_port=web_port)
        with use_backing_servers(options, purpose="demo", fresh=True) as servers:
            env |= {"DATABASE_URL": servers.application_url, "REDIS_URL": servers.redis_url}
            with start_product(options, servers, env=env, web_port=web_port, emulator_port=emulator_port) as supervisor:
                print_line("Loading the two firms and their sample bills.")
                if supervisor.run(("manage.py", "seed_demo"), env=env):
                    raise Refusal("The sample data could not be loaded: the lines above say why.")
                print_line("Waiting until every bill has reached Xero or a person.")
                code = supervisor.run(("manage.py", "demo_table"), env=env)
                if options.flag("ONCE"):
                    return code
                if code:
                    print_line("The table is not as expected; everything stays up so that you can look into it.")
                print_line(
                    f"Mails to people are written to {options.local / 'mail'}, a minute after something needs them."
                )
                print_line(f"Serving until Ctrl-C; the logs are in {options.log}.")
                return serve_until_stopped(supervisor)
