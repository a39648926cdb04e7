"""The application gunicorn serves; what stops it from starting is told in a sentence, not a traceback.

It is made once, in gunicorn's parent process: the web processes are copies of it and share its memory.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from bot.logs import set_up_logs
from bot.processes.memory import give_back
from bot.settings import Settings, SettingsError
from flows.files.problems import FlowError

if TYPE_CHECKING:
    from bot.webhooks import Wsgi

CANNOT_START = 3


def application() -> Wsgi:
    """The WSGI application, ready for the first text.

    Raises:
        SystemExit: a setting or a flow is wrong, or the store cannot be used.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until gunicorn listens itself, Ctrl-C just ends it
    gc.disable()  # what is imported stays: looking through it again and again takes a tenth of the start
    set_up_logs()
    store = import_module("storage.database")
    try:
        service = import_module("bot.service").build(Settings.read(os.environ))
    except (SettingsError, FlowError, store.StoreSettingError, store.StoreUnavailableError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(CANNOT_START) from None
    made: Wsgi = import_module("bot.app").create_app(service)
    service.words(service.settings.language)
    import_module("bot.conversations.danger").recogniser()
    service.close()  # a connection to the store must not be shared by two processes
    give_back()
    gc.freeze()  # nor need a web process look through any of this again, which would end the sharing
    gc.enable()
    return made
