"""`create_operator`: somebody who looks after the platform."""

import argparse
from typing import Any

from firms import services
from firms.commands import RefusableCommand
from firms.passwords import read_password


class Command(RefusableCommand):
    help = "Create a platform operator. The password is asked for, or read from standard input."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def act(self, **options: Any) -> None:
        email = options["email"]
        services.create_operator(email=email, password=read_password(whose=email), name=options["name"])
        self.stdout.write(f"{email} is a platform operator and signs in at /sign-in/.")
