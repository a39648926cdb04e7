"""The team in the terminal: invite somebody to the console, list who may sign in, take somebody off."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from bot.console.access import STAFF, Role
from bot.console.invitations import invite
from bot.service import Service, build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from flows.run import microseconds
from storage.database import StoreSettingError, StoreUnavailableError
from storage.team import audit, users
from storage.team.users import NameTakenError


class UsersError(Exception):
    """What was asked for cannot be done; the message says why."""


EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError, NameTakenError, UsersError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and to whom."""
    what = parser.add_subparsers(dest="what", required=True)
    inviting = what.add_parser("invite", help="print a link that lets somebody in, once, within two days")
    inviting.add_argument("name", help="the name they will sign in with")
    inviting.add_argument("--role", choices=sorted(STAFF), default=Role.COORDINATOR, help="what they may do")
    what.add_parser("list", help="who may sign in")
    removing = what.add_parser("remove", help="take somebody off the team; they are out at once")
    removing.add_argument("name")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Do it.

    Raises:
        SettingsError, FlowError, StoreSettingError: a setting or a flow is wrong.
        StoreUnavailableError: the store cannot be reached or written.
        NameTakenError, UsersError: the name is taken, or nobody has it.
    """
    service = build(Settings.read(environ))
    try:
        if arguments.what == "invite":
            _invite(service, arguments.name, arguments.role)
        elif arguments.what == "list":
            _list(service)
        else:
            _remove(service, arguments.name)
    finally:
        service.close()
    return 0


def _invite(service: Service, name: str, role: str) -> None:
    name = " ".join(name.split())
    if not name:
        raise UsersError("Give a name.")
    link = invite(service, name, Role(role), audit.COMMAND_LINE)
    print(f"Give this link to {name} and to nobody else. It works once, within two days:\n\n{link}")


def _list(service: Service) -> None:
    with service.database.reading() as db:
        everybody = users.everybody(db)
    if not everybody:
        print('Nobody yet: sayso users invite "Your name" --role administrator')
    for user in everybody:
        print(f"{user.name:<30}{user.role:<15}{'joined' if user.has_joined else 'invited'}")


def _remove(service: Service, name: str) -> None:
    now = microseconds(service.now())
    with service.database.transaction() as db:
        user = users.by_name(db, name)
        if user is None or user.removed_at is not None:
            raise UsersError(f"There is nobody called {name[:60]} on the team.")
        if not users.remove(db, user.id, now):
            raise UsersError(f"{user.name} is the only administrator: invite another one first.")
        audit.note(db, audit.COMMAND_LINE, "took off the team", f"user:{user.id}", "", now)
    print(f"{user.name} is off the team.")
