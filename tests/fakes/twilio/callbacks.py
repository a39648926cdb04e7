"""Status callbacks: posted when a test says so, in whatever order and number the test wants. Nothing sleeps."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from tests.fakes.twilio.account import Account, Pending
from tests.fakes.twilio.ledger import LOST, CallbackSent
from tests.fakes.twilio.webhooks import Webhooks

RANK = {"queued": 0, "accepted": 0, "sending": 1, "sent": 2, "undelivered": 3, "failed": 3, "delivered": 3, "read": 4}


class Callbacks:
    """Posts the callbacks that wait on the account."""

    def __init__(self, account: Account, webhooks: Webhooks) -> None:
        self._account = account
        self._webhooks = webhooks

    def deliver(
        self,
        *,
        shuffle: bool = False,
        times: int = 1,
        drop: Callable[[Pending], bool] = lambda _: False,
        keep: Callable[[Pending], bool] = lambda _: False,
    ) -> list[CallbackSent]:
        """Post what waits.

        Args:
            shuffle: in a random order from the seed, over all messages.
            times: how often each is posted.
            drop: these are lost for ever.
            keep: these stay back for a later call: delayed.
        """
        with self._account.lock:
            waiting = [pending for pending in self._account.pending if not keep(pending)]
            self._account.pending = [pending for pending in self._account.pending if keep(pending)]
            for pending in waiting:
                self._move_on(pending)
        chosen = [pending for pending in waiting if not drop(pending) for _ in range(times)]
        if shuffle:
            self._account.random.shuffle(chosen)
        return [self.post(pending) for pending in chosen]

    def foreign(self, message_id: int = 1, status: str = "delivered") -> CallbackSent:
        """A well-signed callback for a message that we never sent, with somebody else's id."""
        origin = urlsplit(self._webhooks.url)
        url = f"{origin.scheme}://{origin.netloc}/twilio/status?m={message_id}"
        return self.post(Pending(self._account.new_sid(), status, None, url))

    def post(self, pending: Pending) -> CallbackSent:
        """Post one callback."""
        form = urlencode(self._form(pending)).encode()
        headers = self._webhooks.headers(pending.url, form)
        answer = self._webhooks.door.post(pending.url, form, headers, self._webhooks.overrides.rt / 1000)
        sent = CallbackSent(pending.sid, pending.status, pending.url, answer.status)
        self._account.ledger.callbacks.append(sent)
        return sent

    def _form(self, pending: Pending) -> dict[str, str]:
        message = self._account.ledger.messages.get(pending.sid)
        form = {
            "SmsSid": pending.sid,
            "SmsStatus": pending.status,
            "MessageStatus": pending.status,
            "To": message.to if message else "+447700900999",
            "MessageSid": pending.sid,
            "AccountSid": self._account.sid,
            "From": message.from_ if message else self._account.number,
            "ApiVersion": "2010-04-01",
        }
        if pending.error_code is not None:
            form["ErrorCode"] = str(pending.error_code)
        return form

    def _move_on(self, pending: Pending) -> None:
        message = self._account.ledger.messages.get(pending.sid)
        if message is None or message.status in LOST or RANK[pending.status] <= RANK.get(message.status, 0):
            return
        message.status, message.error_code = pending.status, pending.error_code
        message.updated_at = self._account.now()
