"""Groups and their champions, as coordinators look after them: made, changed, given somebody who looks after them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.conversations import joining
from bot.conversations.joining import LONGEST_KEYWORD, Guest, Outcome
from bot.conversations.sharing import is_called
from bot.languages import words_of
from bot.mistakes import ToldError
from bot.people import numbers
from bot.service import Service
from flows.files.checks import CARRIER_WORDS, SERVICE_WORDS
from flows.run import microseconds
from flows.text import fold
from flows.understanding.commands import hear
from storage.community import contacts, groups, phones
from storage.community.phones import Holder
from storage.database import Connection

_NAME = re.compile(r"[a-z][a-z0-9_-]{1,29}")
LONGEST_TITLE = 40
LONGEST_FIRST_NAME = 60


class GroupsError(ToldError):
    """What was asked for cannot be done; the message says why."""


def make(service: Service, name: str, title: str = "", keyword: str = "") -> str:
    """Make a group; title and keyword are its name where they are empty.

    Returns:
        The keyword people join with.

    Raises:
        GroupsError: the name or the keyword is taken, or cannot be one.
    """
    title, keyword = _given(service, name, title, keyword)
    with service.database.transaction() as db:
        other = groups.by_keyword(db, [keyword])
        if other is not None and groups.get(db, name) is None:
            raise GroupsError("The keyword {keyword} belongs to another group.", keyword=keyword.upper())
        if other is not None or not groups.add(db, name, title, keyword, microseconds(service.now())):
            raise GroupsError("There is a group {name} already.", name=name)
    return keyword


def change(service: Service, name: str, title: str = "", keyword: str = "") -> str:
    """Give a group another title and keyword.

    Returns:
        The keyword people join with.

    Raises:
        GroupsError: there is no such group, or the keyword is taken.
    """
    title, keyword = _given(service, name, title, keyword)
    with service.database.transaction() as db:
        other = groups.by_keyword(db, [keyword])
        if other is not None and other.name != name:
            raise GroupsError("The keyword {keyword} belongs to another group.", keyword=keyword.upper())
        if not groups.change(db, name, title, keyword):
            raise GroupsError("There is no group {name}.", name=name)
    return keyword


@dataclass(frozen=True, slots=True)
class Appointed:
    """A new champion. `asked`: they have never agreed to be texted, so one text asks them, and nothing else leaves."""

    contact_id: int
    asked: bool


def appoint(service: Service, name: str, number: str, first_name: str = "", initials: str = "") -> Appointed:
    """Let somebody look after a group. Whoever has not said yes to our texts is invited to the group first.

    `initials` say who is meant where several share the phone; a first name that they have told us is enough.

    Raises:
        GroupsError: there is no such group, or it is not said who is meant.
        NumberError: that is no number we may text.
    """
    settings, first_name = service.settings, first_name[:LONGEST_FIRST_NAME]
    address = f"sms:{numbers.e164(number, settings.region, settings.countries)}"
    now = microseconds(service.now())
    with service.database.transaction() as db:
        group = groups.get(db, name)
        if group is None:
            raise GroupsError("There is no group {name}: sayso groups add {name}", name=name[:40])
        holder = _holder(db, service.secrets.hash(address), initials or first_name)
        known = contacts.get(db, holder.contact_id) if holder is not None else None
        if known is None or not known.agreed:
            gateway = "twilio" if settings.sends_texts else "simulator"
            guest = Guest(address, gateway, first_name or None, initials=holder.initials if holder else None)
            asked = joining.invite(service, db, guest, group) is Outcome.INVITED
            contact_id = known.id if known else contacts.find(db, service.secrets.hash(address)) or 0
        else:
            asked, contact_id = False, known.id
        if first_name:
            attributes = known.attributes if known else {}
            contacts.set_attributes(db, contact_id, {**attributes, "first_name": first_name})
        groups.appoint(db, contact_id, name, now)
    return Appointed(contact_id, asked)


def _holder(db: Connection, address_hash: bytes, name: str) -> Holder | None:
    """Whose phone it is, and of several people on it the one who is called so; None where nobody has texted from it."""
    people = phones.people_on(db, address_hash)
    if len(people) > 1:
        people = [each for each in people if is_called(db, each, name)]
        if len(people) != 1:
            raise GroupsError("Several people share that phone: give the initials of the one you mean.")
    return people[0] if people else None


def dismiss(service: Service, name: str, number: str) -> int:
    """Let whoever has a number look after a group no more; of several on that phone, the one who did.

    Returns:
        Who that was.

    Raises:
        GroupsError: nobody with that number did, or several did.
        NumberError: that is no number we may text.
    """
    address = f"sms:{numbers.e164(number, service.settings.region, service.settings.countries)}"
    with service.database.transaction() as db:
        holders = [each.contact_id for each in phones.people_on(db, service.secrets.hash(address))]
        meant = [each.contact_id for each in groups.looking_after(db, name) if each.contact_id in holders]
        if not meant:
            raise GroupsError("That number does not look after {name}.", name=name[:40])
        if len(meant) > 1:
            raise GroupsError("Several people with that number look after {name}: see the console.", name=name[:40])
        groups.dismiss(db, meant[0], name)
    return meant[0]


def _given(service: Service, name: str, title: str, keyword: str) -> tuple[str, str]:
    if not _NAME.fullmatch(name):
        raise GroupsError("The name must be one short word in small letters, such as carers or young-carers.")
    keyword = fold(keyword or name)
    short = len(keyword.split()) <= LONGEST_KEYWORD and len(keyword) <= LONGEST_TITLE
    if not short or not any(map(str.isalnum, keyword)):
        raise GroupsError("The keyword must be 1 to {most} short words.", most=LONGEST_KEYWORD)
    if service.shelf.keyword(keyword) is not None:
        raise GroupsError("A flow begins with {keyword}: give the group another keyword.", keyword=keyword.upper())
    if _means_something_else(service, keyword):
        raise GroupsError(
            "{keyword} means something else to us already: give the group another keyword.", keyword=keyword.upper()
        )
    return (title or name)[:LONGEST_TITLE], keyword


def _means_something_else(service: Service, keyword: str) -> bool:
    """Whether a text that begins so is heard as an answer, a command or a champion's order, before any group."""
    words = words_of(service.settings.language)
    return (
        keyword.replace(" ", "").isdecimal()
        or keyword.split()[0] in SERVICE_WORDS
        or keyword in CARRIER_WORDS | words.yes | words.no | words.abroad.keys()
        or hear(keyword, words) is not None
    )
