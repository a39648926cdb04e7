"""Doubtful messages settled, and what gateways report taken in.

A call that broke off may have sent its message, and a web that died may have taken its reply with it. The callback
carries our id and tells; where none comes, the gateway is asked. Only where neither shows the message is it sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.channels import Channel, Choices, FailureKind, SendError, StatusUpdate
from bot.conversations.stopping import stop_by_carrier
from bot.logs import log
from bot.sending.handing import MOST_ATTEMPTS, SETTLE_AFTER, content_of
from bot.service import Service
from flows.due import span
from flows.run import microseconds, moment
from storage import messages
from storage.messages import Status
from storage.sending import answered, doubtful, outbox, unreported
from storage.sending.candidates import LONGEST_SHUT
from storage.sending.doubtful import Doubtful
from storage.sending.unreported import Unreported
from storage.team import alerts
from storage.upkeep import heartbeats

BATCH = 50
ASK_AGAIN = 60_000_000
"""Microseconds until a gateway that could not be asked is asked again."""
ASK_EVERY = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(hours=72)
"""How long a gateway is asked what became of a text, before nobody will know."""
AGAIN_AFTER = timedelta(hours=4)
"""When a text is tried once more whose handset was off."""
MARGIN = timedelta(minutes=2)
"""How far the gateway's clock may be from ours."""
SHOWN_WITHIN = timedelta(minutes=4)
"""How long a gateway may take to tell of a reply in an HTTP answer, its own tries of our webhook among it."""
OLDEST = timedelta(hours=12)
"""A question that comes later than this is worse than none."""
MARK = "replies shown"
"""The sign that says up to when replies in HTTP answers were looked through."""


def doubt_answers(service: Service, gateways: Mapping[str, Channel], *, shown_within: timedelta = SHOWN_WITHIN) -> int:
    """Replies that went back in HTTP answers and that no gateway has shown become doubtful; returns how many.

    Each is looked at once. Those older than `OLDEST`, after a long night of the workers, are left as they are.
    """
    now, real = service.now(), gateways.keys() - {"simulator"}
    until = microseconds(now - shown_within)
    with service.database.transaction() as db:
        since = max(heartbeats.read(db).get(MARK, (0, ""))[0], microseconds(now - OLDEST))
        if not real or since >= until:
            return 0
        heartbeats.note(db, MARK, "ok", until)
        return answered.doubt(db, real, since, until, microseconds(now + SETTLE_AFTER))


def settle_doubtful(service: Service, gateways: Mapping[str, Channel]) -> int:
    """Settle the next doubtful messages; returns how many were looked at."""
    rows = doubtful.claim(service.database, microseconds(service.now()), BATCH, ASK_AGAIN)
    taken: set[str] = set()
    for row in rows:
        gateway = gateways.get(row.gateway)
        if gateway is not None:
            _settle(service, gateway, row, taken)
    return len(rows)


def _settle(service: Service, gateway: Channel, row: Doubtful, taken: set[str]) -> None:
    since = moment(row.tried_at) - MARGIN
    try:
        instead = content_of(row.content)
        words = instead.body if isinstance(instead, Choices) else row.body
        found = gateway.find(row.address, words, since, answered=row.answered)
        if row.answered and not found:  # a store lost since may have had its outbox send the reply
            found = gateway.find(row.address, words, since, answered=False)
    except SendError as error:
        log.warning("gateway could not be asked", message=row.id, kind=error.failure.kind)
        return
    now = microseconds(service.now())
    with service.database.transaction() as db:
        ours = doubtful.known(db, [sent.provider_id for sent in found]) | taken
        new = [sent for sent in found if sent.provider_id not in ours]
        if new:
            taken.add(new[0].provider_id)
            doubtful.settle_sent(db, row.id, new[0].provider_id, new[0].status, now)
        elif doubtful.is_answered(db, row):
            doubtful.give_up(db, row.id, Status.UNKNOWN, now)
        elif row.attempts >= MOST_ATTEMPTS:
            doubtful.give_up(db, row.id, Status.FAILED, now)
        elif row.answered and doubtful.is_behind(db, row):
            doubtful.give_up(db, row.id, Status.CANCELLED, now)
        else:
            doubtful.send_again(db, row.id, now)


def hear_status(service: Service, update: StatusUpdate) -> str:
    """Take in what a gateway says became of a message. Early, late, doubled and foreign reports do no harm.

    Returns:
        `applied`, `old` where we knew as much, `kept` where its message is not known yet, or `unknown`.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    now = microseconds(service.now())
    effect = messages.apply_status(
        service.database, update.message_id, update.provider_id, update.status, update.error_code, now
    )
    if effect == "applied" and update.failure is not None:
        _heed(service, update.provider_id, update.failure, now)
    # With our own id in it, it would have found its message if there were one: anything else is somebody's invention.
    if effect == "unknown" and update.message_id is None:
        kept = doubtful.keep_orphan(service.database, update.provider_id, update.status, update.error_code, now)
        return "kept" if kept else effect
    return effect


def ask_after(service: Service, gateways: Mapping[str, Channel]) -> int:
    """Ask gateways about the next texts they took and said nothing of since; those nobody wants any more are called
    back first. Returns how many were asked about."""
    rows = unreported.claim(service.database, microseconds(service.now()), BATCH, ASK_AGAIN)
    for row in rows:
        gateway = gateways.get(row.gateway)
        if gateway is not None:
            _ask_after(service, gateway, row)
    return len(rows)


def _ask_after(service: Service, gateway: Channel, row: Unreported) -> None:
    try:
        if row.unwanted:
            gateway.cancel(row.provider_id)
        told = gateway.status(row.provider_id)
    except SendError as error:
        log.warning("gateway could not be asked", message=row.id, kind=error.failure.kind)
        return
    now = microseconds(service.now())
    if told is not None:
        hear_status(service, told)
    with service.database.transaction() as db:
        if told is None or now - row.sent_at > span(GIVEN_UP_AFTER):
            unreported.lose(db, row.id)
        else:
            unreported.ask_later(db, row.id, now + span(ASK_EVERY))


def _heed(service: Service, provider_id: str, failure: FailureKind, now: int) -> None:
    """A failure after the gateway had taken the text: one that passes, or that says something about the person's
    address or about our own sender."""
    with service.database.transaction() as db:
        text = doubtful.owner(db, provider_id)
        if text is None:
            return
        if failure in (FailureKind.RETRY_LATER, FailureKind.SENDER_BROKEN):
            unreported.try_again(db, provider_id, now + span(AGAIN_AFTER), now)
        elif failure is FailureKind.ADDRESS_INVALID:
            outbox.mark_invalid(db, text.contact_id, text.channel, now)
        elif failure is FailureKind.SUSPECTED:
            alerts.tell_once(db, alerts.SUSPECTED, text.sender, now, since=now - alerts.HOUR)
    if failure is FailureKind.OPTED_OUT:
        stop_by_carrier(service, text.contact_id, text.channel, text.id)
    elif failure is FailureKind.SENDER_BROKEN:
        outbox.shut(service.database, text.sender, now, now + LONGEST_SHUT, refused=True)
