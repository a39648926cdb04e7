"""A person's rights over their own words, by text: MY DATA, WHY, FIX, FORGET ME."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bot import sentences
from bot.conversations import fixing
from bot.conversations.exchange import Exchange, Reply
from bot.conversations.passage import Passage
from bot.conversations.sharing import signed
from bot.exports import expiry
from bot.people import erased_list
from bot.service import Service
from flows.due import span
from flows.run import microseconds
from flows.text import fold
from flows.understanding.commands import Command, hear
from flows.understanding.understood import Verdict
from flows.understanding.yes_no import answer_to_us
from flows.words import Words
from storage.community import dossier, erasure
from storage.community.erasure import Receipt, Share, Tombstone
from storage.publishing.releases import ExportFile
from storage.team import audit

ASKED_AT = "_forget"
"""The attribute that holds when FORGET ME was asked: only then does a YES mean it."""
ANSWER_WITHIN = timedelta(days=1)


def confirm(passage: Passage) -> Reply | None:
    """The reply to an answer to our question: a yes erases, and a no, or a yes to something else, is told so. None for
    any other text, which ends the question."""
    asked_at = passage.asked(ASKED_AT)
    if not isinstance(asked_at, int):
        return None
    passage.remember(ASKED_AT, None)
    if passage.at > asked_at + span(ANSWER_WITHIN):
        return None
    text, words = passage.inbound.body, passage.words
    command = hear(text, words)
    if command is Command.FORGET_ME or (fold(text) in words.yes and "?" not in text):
        return _forget(passage)
    if command is not None:
        return None
    said = answer_to_us(text, words)
    if said.outcome is Verdict.ACCEPTED and said.value:
        return _forget(passage) if _asks_for_no_more(said.rest, words) else answer(passage, Command.FORGET_ME)
    if said.outcome is Verdict.ACCEPTED:
        return passage.ask_on(passage.say(sentences.KEPT))
    return answer(passage, Command.FORGET_ME) if said.value else None


def _asks_for_no_more(rest: str, words: Words) -> bool:
    """Whether what stands behind a yes only says once more that it be deleted: `yes delete it`."""
    known = {word for phrase in words.forget_me for word in phrase.split()} | words.courtesy
    return known.issuperset(fold(rest).split())


def _forget(exchange: Exchange) -> Reply:
    text = exchange.say(sentences.FORGOTTEN)
    service, stored = exchange.service, exchange.stored
    stored.put_aside()
    inbound = exchange.inbound
    receipt = erasure.erase(stored.db, service.secrets, exchange.contact_id, exchange.at)
    buried = erasure.bury(stored.db, service.secrets, inbound.channel, inbound.provider_id, exchange.at)
    tidy_up(service, [inbound.address], receipt, buried)
    return Reply(text)


def answer(exchange: Exchange, command: Command | None) -> Reply | None:
    """Answer a text that asks for one of these rights; None for any other."""
    if command is Command.FORGET_ME:
        exchange.stored.set_attributes(exchange.contact_id, {**exchange.attributes, ASKED_AT: exchange.asks_at})
        return exchange.finish(exchange.say(sentences.FORGET_SURE))
    if command is Command.MY_DATA:
        return exchange.finish(_my_data(exchange))
    if command is Command.WHY:
        return exchange.finish(why(exchange))
    if command is Command.FIX:
        return exchange.finish(fixing.begin(exchange))
    return None


def _my_data(exchange: Exchange) -> str:
    if exchange.stored.contact is None:
        return exchange.say(sentences.NOTHING_HELD)
    held = dossier.of(exchange.stored.db, exchange.contact_id)
    answers = sum(not each["withdrawn"] for each in held.answers)
    return exchange.say(sentences.MY_DATA, answers=answers, texts=len(held.messages))


def why(exchange: Exchange) -> str:
    """What for, who sees it, how long: of the open conversation, or in general."""
    run = exchange.stored.run
    flow = exchange.service.shelf.revision(run.revision_id, exchange.language) if run else None
    days = flow.keep.days if flow and flow.keep else exchange.service.settings.keep_days
    purpose = exchange.words.say((flow.purpose if flow else "") or sentences.LISTENING)
    return exchange.say(sentences.WHY, purpose=purpose, days=days)


def erase(service: Service, contact_id: int, addresses: list[str], actor: str, reason: str = "") -> Receipt:
    """Erase one person at the command of `actor`, and note in the audit trail that it was done.

    Raises:
        StoreUnavailableError: the store could not be reached or written; the person is still there.
    """
    about = f"contact:{service.secrets.pseudonym('contact', contact_id)}"

    def work() -> Receipt:
        with service.database.transaction() as db:
            now = microseconds(service.now())
            audit.note(db, actor, "erased", about, reason, now)
            receipt = erasure.erase(db, service.secrets, contact_id, now)
            # Before the commit: where the process dies in between, the person is still there to be erased again. What
            # lies outside the store could not be found any more once the rows that name it are gone.
            tidy_up(service, addresses, receipt)
            return receipt

    receipt = service.database.retrying(work)
    service.database.checkpoint()
    return receipt


def tidy_up(service: Service, addresses: Collection[str], receipt: Receipt, *more: Tombstone) -> None:
    """What lies outside the store: texts of theirs in the spool, files with lines of theirs, and the list of erased."""
    for path in _spooled(service, addresses, receipt.shared):
        path.unlink(missing_ok=True)
    delete_files(receipt.files)
    erased_list.add(service.settings.data, [*receipt.tombstones, *more])


def _spooled(service: Service, addresses: Collection[str], shared: Mapping[bytes, Share]) -> Iterator[Path]:
    """The texts in the spool from somebody's addresses: of a phone that others use too those that they wrote, as far as
    the signs between them tell."""
    writes = {key: share.in_hand for key, share in shared.items()}
    for path, inbound in service.spool.waiting():
        key = service.secrets.hash(inbound.address)
        _, initials = signed(inbound.body)
        if initials and key in shared:
            writes[key] = initials == shared[key].initials
        if inbound.address in addresses and writes.get(key, True):
            yield path


def delete_files(files: Iterable[ExportFile]) -> None:
    """Delete exports that may hold lines of somebody forgotten; one that cannot be is tried again as one past its
    time."""
    for file in files:
        with suppress(OSError):
            expiry.delete(file)
