"""A reply judged as a whole: a command about the conversation, or what it means as an answer."""

from __future__ import annotations

from datetime import date

from flows.answers import names_a_choice, understand
from flows.commands import Command, hear
from flows.definition import Question
from flows.text import unwrapped
from flows.understood import Understood
from flows.words import Words


def judge(question: Question, text: str, words: Words, today: date) -> Command | Understood:
    """What a reply is to the question it answers. A choice that is called like a command is the choice."""
    text = unwrapped(text)
    command = hear(text, words)
    if command is not None and not (command is not Command.STOP and names_a_choice(question, text, words)):
        return command
    return understand(question, text, words, today)
