"""`make demo`: two firms, their sample bills, a stand-in Xero, and the table of what became of them."""

from launcher import environment, ports
from launcher.backing import backing
from launcher.options import WEB_PORT, Options
from launcher.run import (
    alone,
    choose_emulator_port,
    serve,
    started,
)
from launcher.say import Refusal, say


def main(options: Options) -> int:
    """Show the table, then serve until Ctrl-C; with ONCE=1 end with the table's exit code."""
    with alone(options):
        web_port = ports.choose_from(options, name="WEB_PORT", usual=WEB_PORT)
        emulator_port = choose_emulator_port(options, web_port)
        # Whatever app at Xero the user has configured: sample bills never go there.
        env = environment.development(options, web_port=web_port)
        env |= environment.stand_in(emulator_port=emulator_port, web_port=web_port)
        with backing(options, purpose="demo", fresh=True) as servers:
            env |= {"DATABASE_URL": servers.application_url, "REDIS_URL": servers.redis_url}
            with started(options, servers, env=env, web_port=web_port, emulator_port=emulator_port) as supervisor:
                say("Loading the two firms and their sample bills.")
                if supervisor.run(("manage.py", "seed_demo"), env=env):
                    raise Refusal("The sample data could not be loaded: the lines above say why.")
                say("Waiting until every bill has reached Xero or a person.")
                code = supervisor.run(("manage.py", "demo_table"), env=env)
                if options.flag("ONCE"):
                    return code
                if code:
                    say("The table is not as expected; everything stays up so that you can look into it.")
                say(f"Mails to people are written to {options.local / 'mail'}, a minute after something needs them.")
                say(f"Serving until Ctrl-C; the logs are in {options.log}.")
                return serve(supervisor)
