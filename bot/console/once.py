"""A mark in a form, so that a second click on it does nothing: for acts that would happen twice."""

from __future__ import annotations

import secrets

from flask import abort, request

from bot.service import Service


def new_mark() -> str:
    """The mark of a page, in a hidden field called `once`."""
    return secrets.token_urlsafe(12)


def mark_of_request(service: Service) -> bytes:
    """The keyed hash of this form's mark, for `storage.team.once.claim`. A form without one is no page of ours."""
    mark = request.form.get("once", "")
    if not mark:
        abort(400)
    return service.secrets.hash(f"form {mark[:40]}")
