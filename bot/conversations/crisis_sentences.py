"""What is said to somebody in danger. Translated in every language that ships, in a catalogue of its own:
`translations/<language>/safeguarding.po`.

No sentence promises that somebody reads along: nobody does, day and night.
"""

from __future__ import annotations

CRISIS = (
    "We are sorry. We cannot read texts straight away. If anybody is in danger now, call {emergency}. "
    "For free help: {lines}."
)
CRISIS_ABUSE = "Delete this text if somebody could see it."
EMERGENCY = "We cannot read texts straight away and cannot send help. If anybody is in danger, call {emergency} now."
UNDER_16 = (
    "Thank you for telling us. This is for people aged 16 and over, so we stop here and will not text you again. "
    "If you want to talk to somebody, for free: {lines}."
)
TEXT_LINE = "text {word} to {number}"
PRESS = "{number} and press {key}"
