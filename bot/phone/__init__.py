"""A phone in the browser that talks to the running service through the simulator. Off unless SAYSO_PHONE is set.

It takes only Ofcom's drama numbers, which ring nowhere, keeps them out of every address, and works without JavaScript.
"""

from bot.phone.routes import phone_routes

__all__ = ["phone_routes"]
