"""The Messages API over real HTTP, so that the real client library talks to it, with every way of going wrong."""

from __future__ import annotations

import base64
import hmac
import json
import re
import socket
import struct
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.twilio.account import OPTED_OUT, Account
from tests.fakes.twilio.contents import PATH, RefusedError
from tests.fakes.twilio.contract import Contract, ContractError
from tests.fakes.twilio.ledger import KEPT_BACK, Call, Message
from tests.fakes.twilio.listing import listing
from tests.fakes.twilio.modes import OK, Mode

_PATH = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages(?:/((?:SM|MM)[0-9a-f]{32}))?\.json")
LONGEST_WAIT = 120.0
"""Seconds a caller is left hanging when nobody closes the fake: a guard, never waited for."""


class ApiServer:
    """A server on a free port. `modes` are used up one a call; `always` follows."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.contract = Contract.load()
        self.modes: deque[Mode] = deque()
        self.always = OK
        self.released = threading.Event()
        server = self

        class Handler(_Handler):
            api = server

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def wait_until_hung_up(self) -> None:
        """Until every connection is closed; those that knocked before now have been let in."""
        host, port = self._http.server_address[:2]
        with socket.create_connection((str(host), port), timeout=LONGEST_WAIT) as knock:
            knock.sendall(b"GET / HTTP/1.0\r\n\r\n")
            while knock.recv(4096):
                pass
        with self._http.changed:
            assert self._http.changed.wait_for(lambda: not self._http.open, LONGEST_WAIT), "somebody does not hang up"

    def next_mode(self) -> Mode:
        """The mode of the next call."""
        with self.account.lock:
            return self.modes.popleft() if self.modes else self.always


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a worker's sends all knock at once
    open = 0
    """Connections."""

    def __init__(self, *arguments: Any) -> None:
        self.changed = threading.Condition()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Let somebody in, counted."""
        with self.changed:
            self.open += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Talk until one side hangs up."""
        super().process_request_thread(request, client_address)
        with self.changed:
            self.open -= 1
            self.changed.notify_all()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    api: ApiServer
    protocol_version = "HTTP/1.1"
    timeout = 120

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self._is_content():
            self._json(200, self.api.account.contents.listing())
            return
        found = self._enter()
        if found is None:
            return
        sid, form = found
        if sid is not None:
            self._with_message(sid, lambda message: self._message(200, message))
            return
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        try:
            self.api.contract.check_query(query)
            answer = listing(self.api.account, query)
        except (ContractError, ValueError) as error:
            self._violation(str(error), form)
            return
        self.api.contract.check_listing(answer)
        self._note(form, "ok", 200)
        self._json(200, answer)

    def do_DELETE(self) -> None:
        found = self._enter()
        if found is not None and found[0] is not None:
            self._with_message(found[0], self._delete)

    def do_POST(self) -> None:
        if self._is_content():
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._json(201, self.api.account.contents.create(body))
            return
        found = self._enter()
        if found is None:
            return
        sid, form = found
        try:
            if sid is None:
                self.api.contract.check_create(form)
            else:
                self.api.contract.check_update(form)
        except ContractError as error:
            self._violation(str(error), form)
            return
        if sid is None:
            self._create({name: values[0] for name, values in form.items()}, form)
        else:
            self._with_message(sid, lambda message: self._update(message, form))

    # Creating, with everything that can go wrong.

    def _create(self, fields: dict[str, str], form: dict[str, list[str]]) -> None:
        mode = self.api.next_mode()
        contents = self.api.account.contents
        options: list[tuple[str, str]] = []
        refusal = self._refusal(fields) if mode.accepted else None
        if refusal is None and fields.get("ContentSid") in contents.made:
            try:
                body, options = contents.filled(fields["ContentSid"], fields.get("ContentVariables", ""))
                fields = {name: value for name, value in fields.items() if name != "ContentSid"} | {"Body": body}
            except RefusedError as error:
                refusal = error.code
        if refusal is not None:
            self._note(form, "refuse", 400)
            self._error(400, refusal)
            return
        message = self._accept(fields, len(form.get("MediaUrl", ()))) if mode.accepted else None
        if message is not None:
            message.options = options
        self._note(form, mode.name, None if mode.name in ("hang", "reset") else mode.status)
        self._answer(mode, message)

    def _answer(self, mode: Mode, message: Message | None) -> None:
        if mode.name == "hang":
            self.api.released.wait(LONGEST_WAIT)
            self._reset()
        elif mode.name == "reset":
            self._reset()
        elif mode.name == "refuse":
            self._error(mode.status, mode.code or 20001)
        elif mode.name == "broken":
            self._send(mode.status, b"<html><body>Bad gateway</body></html>", "text/html")
        elif mode.name == "empty":
            self._send(201, b"", "application/json")
        elif mode.name == "html":
            self._send(201, b"<html><body>Sign in to the network</body></html>", "text/html")
        elif message is not None:
            whole = json.dumps(self._first_view(message)).encode()
            self._send(201, whole[: len(whole) // 2] if mode.name == "garbage" else whole, "application/json")

    def _refusal(self, fields: dict[str, str]) -> int | None:
        """The code with which Twilio refuses this message at once."""
        account, to, body = self.api.account, fields["To"], fields.get("Body", "")
        if "From" not in fields and "MessagingServiceSid" not in fields:
            return 21603
        if "From" in fields and fields["From"] not in (account.number, account.whatsapp):
            return 21606
        if fields.get("From", "").startswith("whatsapp:") != to.startswith("whatsapp:") and "From" in fields:
            return 21910
        if not to.startswith("whatsapp:") and not re.fullmatch(r"\+[1-9]\d{7,14}", to):
            return 21211
        if to in account.opted_out:
            return OPTED_OUT
        if not body and "ContentSid" not in fields and "MediaUrl" not in fields:
            return 21602
        return 21617 if len(body) > 1600 else None

    def _accept(self, fields: dict[str, str], media: int) -> Message:
        return self.api.account.accept(
            fields["To"],
            fields.get("Body", ""),
            "outbound-api",
            callback=fields.get("StatusCallback"),
            service=fields.get("MessagingServiceSid"),
            template="ContentSid" in fields,
            media=media,
        )

    def _first_view(self, message: Message) -> dict[str, Any]:
        """What the create answer shows: a message just taken, whatever becomes of it."""
        status = "accepted" if message.messaging_service_sid else "queued"
        view = message.resource() | {"status": status, "error_code": None, "error_message": None, "date_sent": None}
        self.api.contract.check_message(view)
        return view

    # One message.

    def _with_message(self, sid: str, use: Any) -> None:
        message = self.api.account.ledger.messages.get(sid)
        if message is None:
            self._note({}, "ok", 404)
            self._error(404, 20404)
        else:
            use(message)

    def _update(self, message: Message, form: dict[str, list[str]]) -> None:
        if form.get("Body") == [""]:
            message.body = ""
        elif "Body" in form:
            self._violation("Body can only be emptied.", form)
            return
        if form.get("Status") == ["canceled"] and not self._called_back(message):
            self._note({}, "ok", 400)
            self._error(400, 20009)
            return
        self._message(200, message)

    def _called_back(self, message: Message) -> bool:
        """Cancel a message; False where it has left. Nothing more is told of one that has not."""
        account = self.api.account
        with account.lock:
            if message.status not in KEPT_BACK:
                return False
            message.status = "canceled"
            account.pending = [each for each in account.pending if each.sid != message.sid]
            return True

    def _delete(self, message: Message) -> None:
        del self.api.account.ledger.messages[message.sid]
        self._note({}, "ok", 204)
        self._send(204, b"", "application/json")

    def _message(self, status: int, message: Message) -> None:
        view = message.resource()
        self.api.contract.check_message(view)
        self._note({}, "ok", status)
        self._json(status, view)

    # HTTP.

    def _is_content(self) -> bool:
        """Whether this is for the Content API, and that works."""
        return urlsplit(self.path).path == PATH and not self.api.account.contents.broken

    def _enter(self) -> tuple[str | None, dict[str, list[str]]] | None:
        """The message's id and the form; None where the caller has already been refused."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        path = _PATH.fullmatch(urlsplit(self.path).path)
        expected = base64.b64encode(f"{self.api.account.sid}:{self.api.account.token}".encode())
        given = (self.headers.get("Authorization") or "").removeprefix("Basic ").encode()
        if not hmac.compare_digest(expected, given) or (path and path.group(1) != self.api.account.sid):
            self._error(401, 20003)
            return None
        if path is None:
            self._error(404, 20404)
            return None
        return path.group(2), parse_qs(body, keep_blank_values=True)

    def _note(self, form: dict[str, list[str]], mode: str, status: int | None) -> None:
        self.api.account.ledger.note(Call(self.command, self.path, form, mode, status))

    def _violation(self, sentence: str, form: dict[str, list[str]]) -> None:
        self.api.account.ledger.violations.append(sentence)
        self._note(form, "violation", 400)
        self._json(400, {"code": 20001, "message": sentence, "more_info": "", "status": 400})

    def _error(self, status: int, code: int) -> None:
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._json(status, {"code": code, "message": f"Error {code}", "more_info": more, "status": status})

    def _json(self, status: int, answer: object) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.command == "GET":
            self.send_header("Connection", "close")
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def _reset(self) -> None:
        """Drop the connection as a broken network does: a reset instead of an answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
