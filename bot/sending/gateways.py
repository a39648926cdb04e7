"""The ways out that this process can use, by the name contacts' addresses carry."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from bot.channels import Channel
from bot.channels.simulator import SimulatorChannel
from bot.settings import Settings


def gateways(settings: Settings) -> Mapping[str, Channel]:
    """The simulator always; Twilio where an account, a token and a sender are set."""
    ways: dict[str, Channel] = {"simulator": SimulatorChannel()}
    if settings.sends_texts:
        # Imported only here: Twilio's client costs a fifth of a second and 25 MiB, and most laptops have no account.
        twilio = import_module("bot.channels.twilio_api")
        ways["twilio"] = twilio.TwilioChannel(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_tokens[0],
            sms_from=settings.twilio_sms_from,
            messaging_service_sid=settings.twilio_messaging_service_sid,
            whatsapp_from=settings.twilio_whatsapp_from,
            # Twilio refuses a message whose callback address it could not call.
            status_callback_base=settings.public_url if settings.is_https else None,
            api_url=settings.twilio_api_url,
        )
    return ways
