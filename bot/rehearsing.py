"""What a flow needs to be tried without a server: its language, the flows beside it, what the service itself says."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot import sentences
from bot.catalogues import in_language
from bot.languages import words_of
from bot.settings import Settings
from flows.authoring.rehearsal import Stage
from flows.definition import Flow
from flows.files.problems import did_you_mean
from flows.loader import TALKS, flow_files, load
from flows.understanding.commands import Command
from flows.wording import Wording
from translations.languages import LANGUAGES

SPOKEN = {
    Command.STOP: sentences.STOPPED,
    Command.HELP: f"{sentences.HELP}\n{sentences.QUESTION_WAITS}",
    Command.WHY: f"{sentences.WHY}\n{sentences.QUESTION_WAITS}",
}
"""What the service says to these, whatever the flow."""


class NoSuchFlowError(Exception):
    """A flow that is not on the shelf; the message says which are."""


@dataclass(slots=True)
class Beside:
    """The flows of a folder, each read when a run first needs it (`flows.calls.Flows`)."""

    folder: Path
    language: str
    drafts: bool
    _read: dict[str, Flow | None] = field(default_factory=dict)

    def flow(self, flow_id: str) -> Flow | None:
        """The flow of that name, in a language it has.

        Raises:
            FlowError: it has a mistake.
        """
        if flow_id not in self._read:
            path = self.folder / f"{flow_id}.yaml"
            found = load(path) if path.is_file() else None
            if found is not None:
                found = in_language(found, self.language, self.folder, drafts=self.drafts)
            self._read[flow_id] = found
        return self._read[flow_id]

    def pinned(self, flow_id: str, revision: str) -> Flow | None:
        """The flow of that name, if it is that revision: files do not change while a flow is tried."""
        flow = self.flow(flow_id)
        return flow if flow is not None and flow.revision == revision else None


def find(name: str, folder: Path) -> Path:
    """The file of a flow by its name on the shelf, or by its path.

    Raises:
        NoSuchFlowError: there is no such flow.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        return _file(path)
    known = sorted(path.stem for path in flow_files(folder))
    if name not in known:
        there = f"There is {', '.join(known)}." if known else f"There is none in {folder}."
        hint = did_you_mean(name, known).removeprefix(" — ")
        raise NoSuchFlowError(" ".join(filter(None, [f"There is no flow `{name[:60]}`.", hint.capitalize(), there])))
    return folder / f"{name}.yaml"


def _file(path: Path) -> Path:
    if path.name.endswith(TALKS):
        raise NoSuchFlowError(f"{path} holds talks, and no flow: they are played by `sayso flows test`.")
    if not path.is_file():
        raise NoSuchFlowError(f"There is no file {path} — check its name and its folder.")
    if path.suffix != ".yaml":
        raise NoSuchFlowError(f"{path}: the name of a flow file ends in `.yaml` — rename it.")
    return path


def no_language(code: str) -> Wording:
    """The sentence for a language that Sayso does not speak."""
    languages = ", ".join(LANGUAGES)
    return Wording(
        "Sayso does not speak `{language}` — it speaks {languages}.", language=code[:20], languages=languages
    )


def stage(path: Path, language: str, settings: Settings) -> Stage:
    """A flow as a contact with that language would meet it.

    Raises:
        FlowError: the flow has a mistake.
        CatalogueError: its translation is broken.
    """
    flow = in_language(load(path), language, path.parent, drafts=settings.drafts)
    beside = Beside(path.parent, language, settings.drafts)
    words = words_of(flow.language, drafts=settings.drafts)
    return Stage(flow, words, beside, SPOKEN, settings.organisation, settings.keep_days)
