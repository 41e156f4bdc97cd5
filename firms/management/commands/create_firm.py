"""`create_firm`: a firm with its first admin."""

import argparse
from datetime import date
from typing import Any

from firms import services
from firms.commands import RefusableCommand
from firms.passwords import read_password


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date; write YYYY-MM-DD.") from fault


class Command(RefusableCommand):
    help = "Create a firm and its first admin. The password is asked for, or read from standard input."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--slug", required=True, help="its web address, such as harrow-lane")
        parser.add_argument("--timezone", required=True, help="such as Australia/Sydney")
        parser.add_argument("--currency", required=True, help="such as AUD")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="the first admin's e-mail address")
        parser.add_argument("--admin-name", default="")
        parser.add_argument("--created-on", type=_date, metavar="DATE", help="default: today in the firm's time zone")

    def act(self, **options: Any) -> None:
        email = options["admin"]
        password = None if services.known_person(email=email) else read_password(whose=email)
        firm = services.create_firm(
            name=options["name"],
            slug=options["slug"],
            timezone=options["timezone"],
            currency=options["currency"],
            admin_email=email,
            admin_name=options["admin_name"],
            password=password,
            created_on=options["created_on"],
        )
        self.stdout.write(f"{firm.name} is at /{firm.slug}/invoices/; {email} is its admin.")
