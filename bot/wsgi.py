"""The application gunicorn serves; what stops it from starting is told in a sentence, not a traceback."""

from __future__ import annotations

import signal
import sys
import time
from importlib import import_module

from flask import Flask

from bot import serving
from bot.settings import SettingsError
from flows.problems import FlowError

NEVER_AGAIN = 3
"""gunicorn's own code for a process that would fail again: it then stops instead of starting it for ever."""
LATER = 1
FIRST_HAS_ENDED = 1.0


def application() -> Flask:
    """The Flask application.

    Raises:
        SystemExit: a setting or a flow is wrong, or the store cannot be used.
    """
    # While this process loads it holds nothing, so it may be ended at once; gunicorn's own handler would let it finish.
    patient = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    store = import_module("storage.database")
    try:
        made: Flask = import_module("bot.app").create_app()
    except (SettingsError, FlowError, store.StoreSettingError, store.StoreUnavailableError) as error:
        sentence = str(error)
    else:
        signal.signal(signal.SIGTERM, patient)
        return made
    if not serving.first:
        # Two that fail at once with that code make gunicorn's parent stumble over the second. The first one's failure
        # ends this one here; only where the first is well does this one come to speak.
        time.sleep(FIRST_HAS_ENDED)
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(NEVER_AGAIN if serving.first else LATER)
