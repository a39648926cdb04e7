"""What is said in a turn: the text that came in, texts of ours, and what a person of the team must look at."""

from __future__ import annotations

from storage.conversations.gathered import Gathered
from storage.ids import new_id
from storage.messages import REPLY, priority_of
from storage.tables import alerts, messages
from storage.team.alerts import Alert


class Said(Gathered):
    """Messages and alerts, gathered with everything else a turn leaves behind."""

    def add_inbound(
        self,
        message_id: int,
        contact_id: int,
        run_id: int | None,
        channel: str,
        provider_id: str,
        body: str,
        raw: bytes | None,
        reply_id: int | None,
        now: int,
    ) -> None:
        """The text that came in, with the reply it gets."""
        self.add(
            messages,
            id=message_id,
            contact_id=contact_id,
            run_id=run_id,
            direction="in",
            channel=channel,
            provider_id=provider_id,
            body=body,
            raw=raw,
            reply_id=reply_id,
            status="received",
            kind="reply",
            content=None,
            priority=0,
            created_at=now,
            due_at=None,
        )

    def add_message(
        self,
        message_id: int,
        contact_id: int,
        run_id: int | None,
        channel: str,
        body: str,
        status: str,
        now: int,
        *,
        kind: str = REPLY,
        content: str | None = None,
    ) -> None:
        """A text of ours: `sent` where it goes back in an HTTP answer, `queued` where the outbox sends it, `ambiguous`
        where the gateway is asked first whether it has left, `unknown` where it has.

        What we begin ourselves waits behind what somebody waits for (`AWAITED`), and for the person's hours.
        """
        self.add(
            messages,
            id=message_id,
            contact_id=contact_id,
            run_id=run_id,
            direction="out",
            channel=channel,
            provider_id=None,
            body=body,
            raw=None,
            reply_id=None,
            status=status,
            kind=kind,
            content=content,
            priority=priority_of(kind),
            created_at=now,
            due_at=now if status in ("queued", "ambiguous") else None,
        )

    def add_alert(
        self, kind: str, contact_id: int | None, run_id: int | None, message_id: int | None, detail: str, now: int
    ) -> None:
        """Something a person must look at. `detail` never holds a number or a resident's words."""
        self.add(
            alerts,
            id=new_id(),
            kind=kind,
            contact_id=contact_id,
            run_id=run_id,
            message_id=message_id,
            detail=detail,
            created_at=now,
        )

    def repeat_alert(self, alert: Alert, message_id: int | None, detail: str, now: int) -> None:
        """The same has come again before anybody settled it; `message_id` is the text that brought it now."""
        self.change(alerts, alert.id, message_id=message_id, detail=detail, times=alert.times + 1, last_at=now)
