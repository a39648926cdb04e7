"""Why somebody is left out of a broadcast: a closed list, each with the words people read."""

from __future__ import annotations

from enum import StrEnum

from bot.champions import sentences


class Exclusion(StrEnum):
    """The reasons, in the order they are looked at; a person is counted under the first that holds."""

    STOPPED = "stopped"
    NOT_AGREED = "not_agreed"
    UNREACHABLE = "unreachable"
    COUNTRY = "country"
    MUTED = "muted"
    ANSWERED = "answered"
    REMINDED = "reminded"
    ASKED = "asked"
    QUIET = "quiet"
    WINDOW = "window"
    CALLED_OFF = "called_off"
    SILENT = "silent"

    @property
    def words(self) -> str:
        """As a champion reads it, in English: `quiet hours`, and behind it how many."""
        return _WORDS[self]


_WORDS = {
    Exclusion.STOPPED: sentences.SAID_STOP,
    Exclusion.NOT_AGREED: sentences.NOT_AGREED,
    Exclusion.UNREACHABLE: sentences.UNREACHABLE,
    Exclusion.COUNTRY: sentences.ABROAD,
    Exclusion.MUTED: sentences.AUTOMATIC,
    Exclusion.ANSWERED: sentences.ANSWERED,
    Exclusion.REMINDED: sentences.REMINDED,
    Exclusion.ASKED: sentences.ASKED,
    Exclusion.QUIET: sentences.QUIET,
    Exclusion.WINDOW: sentences.TEMPLATE_NEEDED,
    Exclusion.CALLED_OFF: sentences.CALLED_OFF,
    Exclusion.SILENT: sentences.SILENT,
}
