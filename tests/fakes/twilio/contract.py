"""Twilio's published description of the Messages API, as checks of both directions.

Stricter than Twilio itself: an unknown form field is refused, and an answer must carry every field and no other.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

FILE = (Path(__file__).resolve().parents[3] / "../shared/data/twilio_api_v2010.json").resolve()
_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
_ONE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
_FORM = "application/x-www-form-urlencoded"
_PHONE = re.compile(
    r"\+[1-9]\d{1,14}|[A-Za-z0-9 ]{1,11}|whatsapp:(\+[1-9]\d{1,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128})", re.ASCII
)


class ContractError(AssertionError):
    """A request or an answer that Twilio's description does not allow."""


class Contract:
    """The checks. Made once a process from the shared file."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        paths = document["paths"]
        self._create = paths[_MESSAGES]["post"]["requestBody"]["content"][_FORM]["schema"]
        self._update = paths[_ONE]["post"]["requestBody"]["content"][_FORM]["schema"]
        self._query = {
            row["name"]: row["schema"] for row in paths[_MESSAGES]["get"]["parameters"] if row["in"] == "query"
        }
        listing = paths[_MESSAGES]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self._message = Draft202012Validator(self._strict(self._schemas["api.v2010.account.message"]))
        self._listing = Draft202012Validator(self._strict(listing))

    @staticmethod
    @cache
    def load(path: Path = FILE) -> Contract:
        """The contract from the shared file."""
        if not path.exists():
            raise FileNotFoundError(
                f"The fake Twilio needs {path} (Twilio's OpenAPI description, twilio/twilio-oai, MIT); "
                "put the folder `shared` beside the repository."
            )
        return Contract(json.loads(path.read_text(encoding="utf-8")))

    def check_create(self, form: dict[str, list[str]]) -> None:
        """Refuse a request to create a message that the description does not allow."""
        self._check_form(form, self._create["properties"], set(self._create["required"]))

    def check_update(self, form: dict[str, list[str]]) -> None:
        """Refuse a request to change a message that the description does not allow."""
        self._check_form(form, self._update["properties"], set())

    def check_query(self, query: dict[str, list[str]]) -> None:
        """Refuse a request to list messages that the description does not allow."""
        self._check_form(query, self._query, set())

    def check_message(self, answer: object) -> None:
        """Refuse an answer that is no message."""
        _check(self._message, answer)

    def check_listing(self, answer: object) -> None:
        """Refuse an answer that is no list of messages."""
        _check(self._listing, answer)

    def _check_form(self, form: dict[str, list[str]], known: dict[str, Any], required: set[str]) -> None:
        missing = required - form.keys()
        if missing:
            raise ContractError(f"The required parameter {sorted(missing)[0]} is missing.")
        for name, values in form.items():
            if name not in known:
                raise ContractError(f"Twilio's description has no parameter {name}.")
            schema = self._resolved(known[name])
            if len(values) > 1 and schema.get("type") != "array":
                raise ContractError(f"The parameter {name} came twice.")
            for value in values:
                problem = _problem(value, schema.get("items", schema))
                if problem:
                    raise ContractError(f"The parameter {name} {problem}.")

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            found: dict[str, Any] = self._schemas[schema["$ref"].rpartition("/")[2]]
            return found
        return schema

    def _strict(self, schema: dict[str, Any]) -> dict[str, Any]:
        """OpenAPI 3.0 as JSON Schema: references put in, `nullable` spelt out, every field required and no other."""
        schema = dict(self._resolved(schema))
        if "properties" in schema:
            schema["properties"] = {name: self._strict(inner) for name, inner in schema["properties"].items()}
            schema["required"] = sorted(schema["properties"])
            schema["additionalProperties"] = False
        if "items" in schema:
            schema["items"] = self._strict(schema["items"])
        if schema.pop("nullable", False):
            schema["type"] = [schema["type"], "null"]
        return schema


def _problem(value: str, schema: dict[str, Any]) -> str | None:
    """What is wrong with one value of a form."""
    kind, form = schema.get("type"), schema.get("format")
    if kind == "integer" and not re.fullmatch(r"-?\d+", value, re.ASCII):
        return "must be a whole number"
    if kind == "boolean" and value.lower() not in ("true", "false"):
        return "must be true or false"
    if "enum" in schema and value not in schema["enum"]:
        return f"must be one of {', '.join(schema['enum'])}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return "has the wrong form"
    if "maximum" in schema and int(value) > schema["maximum"]:
        return f"is above {schema['maximum']}"
    if form == "phone-number" and not _PHONE.fullmatch(value):
        return "is no number or address"
    if form == "uri" and not _callable(value):
        return "is no address Twilio could call"
    return None


def _callable(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in parts.netloc


def _check(validator: Draft202012Validator, answer: object) -> None:
    for error in validator.iter_errors(answer):
        place = ".".join(map(str, error.absolute_path)) or "the answer"
        raise ContractError(f"{place}: {error.message}")
