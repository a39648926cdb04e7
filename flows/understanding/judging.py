"""A reply judged as a whole: a command about the conversation, or what it means as an answer."""

from __future__ import annotations

from datetime import date

from flows.definition import OTHER, Kind, Question
from flows.text import unwrapped
from flows.understanding.answers import names_a_choice, understand
from flows.understanding.commands import Command, hear, overhear
from flows.understanding.understood import Understood, Verdict
from flows.words import Words


def judge(question: Question, text: str, words: Words, today: date) -> Command | Understood:
    """What a reply is to the question it answers.

    A choice that is called like a command is the choice, and the name of a day is the day where a day is asked for; but
    nothing is ever taken for an answer that is STOP.
    """
    if len(text) < 4 and text.isdecimal():
        return understand(question, text, words, today)  # most replies are one number, and no command is
    text = unwrapped(text)
    command = hear(text, words)
    if command is None:
        return _unheard(question, text, words, today)
    if command is Command.STOP:
        return command
    if question.kind is Kind.DATE or (command is Command.SKIP and question.choices):  # "rather not say" may be a choice
        understood = understand(question, text, words, today)
        return command if understood.value in (None, OTHER, (OTHER,)) else understood
    if command is Command.START and question.kind is Kind.YES_NO:  # Arabic "abda" is begin, and never
        understood = understand(question, text, words, today)
        return command if understood.value is None else understood
    return understand(question, text, words, today) if names_a_choice(question, text, words) else command


_FREE = (Kind.TEXT, Kind.MEDIA, Kind.LOCATION)
_LEAVING = (Command.STOP, Command.FORGET_ME)


def _unheard(question: Question, text: str, words: Words, today: date) -> Command | Understood:
    """An answer; or where it is none, or goes on behind it, a command that is only overheard."""
    understood = understand(question, text, words, today)
    if question.kind in _FREE:
        return understood
    if understood.outcome is Verdict.REJECTED:
        return overhear(text, words) or understood
    behind = overhear(understood.rest, words) if understood.rest else None
    return behind if behind in _LEAVING else understood
