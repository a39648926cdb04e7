"""The flows this service offers, and every revision an open run may still be pinned to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.logs import log
from flows.definition import Flow
from flows.loader import FlowError, load_text
from flows.run import microseconds
from flows.text import fold
from storage.conversations import revisions, shelf_changes
from storage.conversations.shelf_changes import ShelfChange
from storage.database import Database

FRONT = "hello"
"""The flow by which people join."""
MOST_FRONT = 3
"""Keywords in one text: more would not fit an SMS, and nobody reads them."""
LONGEST_KEYWORD = 60
"""Characters."""
LOOK = 2_000_000
"""Microseconds between two looks at what coordinators changed."""
InLanguage = Callable[[Flow, str], Flow]
"""A flow as it is said in a language; as written where it cannot be."""


def as_written(flow: Flow, language: str) -> Flow:  # noqa: ARG001 -- the shape of `InLanguage`
    """The flow in the language of its file, whatever the contact's is."""
    return flow


class Shelf:
    """Flows by id, by keyword and by stored revision.

    A revision is compiled once a process: a run keeps the revision it began with, however often the file is edited.
    """

    def __init__(self, database: Database, flows: Mapping[str, Flow], in_language: InLanguage = as_written) -> None:
        self._database = database
        self._flows = dict(flows)
        self._in_language = in_language
        self._localised: dict[tuple[int, str], Flow] = {}
        self._revisions: dict[int, Flow] = {}
        self._revision_ids: dict[str, int] = {}
        self._file_ids: dict[str, int] = {}
        self._files = dict(flows)
        self._changes: list[ShelfChange] = []
        self._looked_at = 0
        self._off: frozenset[str] = frozenset()
        self._foreign: dict[str, tuple[str, str]] | None = None
        self._index()

    def _index(self) -> None:
        """Make ready what keywords are found by, without the flows that are switched off."""
        self._keywords = {
            fold(word): flow.id for flow in self._flows.values() if flow.id not in self._off for word in flow.keywords
        }
        self._foreign = None
        # The longest first, so that "visit follow up" is not taken for "visit".
        self._lengths = sorted({keyword.count(" ") + 1 for keyword in self._keywords}, reverse=True)

    def refresh(self, now: datetime, *, at_once: bool = False) -> None:
        """Look whether a coordinator has changed the shelf; open runs are not touched.

        Texts look at most every two seconds. A page looks at once: it is to show what was changed a moment ago.

        Raises:
            StoreUnavailableError: the store could not be reached.
        """
        at = microseconds(now)
        if not at_once and self._looked_at <= at < self._looked_at + LOOK:
            return
        with self._database.reading() as db:
            changes = shelf_changes.read(db)
        self._looked_at = at
        if changes == self._changes:
            return
        self._changes = changes
        self._off = frozenset(change.flow for change in changes if change.off)
        self._flows, self._revision_ids = dict(self._files), dict(self._file_ids)
        for change in changes:
            if change.revision_id is not None:
                self._use(change.flow, change.revision_id)
        self._index()

    def _use(self, flow_id: str, revision_id: int) -> None:
        """Let an uploaded revision stand in for the flow's file, which stays where another version of Sayso had checked
        the upload and this one cannot read it: residents must be answered all the same."""
        try:
            self._flows[flow_id] = self._written(revision_id)
        except FlowError as error:
            log.error("uploaded revision cannot be read", flow=flow_id, problem=error.problems[0])
        else:
            self._revision_ids[flow_id] = revision_id

    def is_off(self, flow_id: str) -> bool:
        """Whether new runs of a flow may not begin."""
        return flow_id in self._off

    def is_uploaded(self, flow_id: str) -> bool:
        """Whether an uploaded revision stands in for the flow's file."""
        return any(change.flow == flow_id and change.revision_id is not None for change in self._changes)

    def publish(self, now: datetime) -> None:
        """Store every flow's present revision, where it is not stored yet."""
        known = revisions.known(self._database)  # at once: one by one they held up the first answer
        for flow in self._files.values():
            revision_id = known.get((flow.id, flow.revision))
            if revision_id is None:
                revision_id = revisions.publish(self._database, flow.id, flow.revision, flow.source, microseconds(now))
            self._file_ids[flow.id] = revision_id
            self._revisions[revision_id] = flow
        self._revision_ids = dict(self._file_ids)
        self.refresh(now)

    def ids(self) -> tuple[str, ...]:
        """The flows on offer, by name."""
        return tuple(sorted(self._flows))

    def flow(self, flow_id: str) -> Flow | None:
        """The present revision of a flow."""
        return self._flows.get(flow_id)

    def offered(self, flow_id: str) -> Flow | None:
        """The present revision of a flow, where new runs of it may begin."""
        return None if self.is_off(flow_id) else self.flow(flow_id)

    def current(self, flow_id: str, language: str) -> tuple[int, Flow]:
        """The stored id and the flow that a new run starts on, in a language it has, or as written."""
        revision_id = self._revision_ids[flow_id]
        return revision_id, self.revision(revision_id, language)

    def revision(self, revision_id: int, language: str) -> Flow:
        """The flow a run is pinned to, in a language it has, or as written."""
        key = revision_id, language
        flow = self._localised.get(key)
        if flow is None:
            flow = self._localised[key] = self._in_language(self._written(revision_id), language)
        return flow

    def others(self, language: str) -> Others:
        """The flows as a run finds those it goes through, in a language they have, or as written."""
        return Others(self, language)

    def pinned(self, flow_id: str, revision: str, language: str) -> Flow | None:
        """A revision by its hash; None where it was never published."""
        current = self._flows.get(flow_id)
        if current is not None and current.revision == revision:
            return self.current(flow_id, language)[1]
        revision_id = revisions.find(self._database, flow_id, revision)
        return None if revision_id is None else self.revision(revision_id, language)

    def revision_id(self, flow_id: str, revision: str) -> int:
        """The stored id of a revision by its hash.

        Raises:
            KeyError: it was never published.
        """
        current = self._flows.get(flow_id)
        if current is not None and current.revision == revision:
            return self._revision_ids[flow_id]
        found = revisions.find(self._database, flow_id, revision)
        if found is None:
            raise KeyError(flow_id)
        return found

    def _written(self, revision_id: int) -> Flow:
        """A revision as its author wrote it, read from the store the first time this process meets it."""
        flow = self._revisions.get(revision_id)
        if flow is None:
            stored = revisions.get(self._database, revision_id)
            flow = load_text(stored.source, f"{stored.flow}.yaml")
            self._revisions[revision_id] = flow
        return flow

    def keyword(self, text: str) -> tuple[str, str] | None:
        """The flow whose keyword begins this text, and what was written after it; None where no keyword does."""
        words = text.split()
        for length in self._lengths:
            flow_id = self._keywords.get(fold(" ".join(words[:length])))
            if flow_id is not None:
                return flow_id, " ".join(words[length:])
        return None

    def foreign_keyword(self, text: str, languages: Iterable[str]) -> tuple[str, str, str] | None:
        """As `keyword`, for words that only another language's translation has; and that language."""
        if self._foreign is None:
            # Once a process, when somebody first texts none of our own words.
            self._foreign = {}
            for flow in (flow for name, flow in self._flows.items() if name not in self._off):
                for language in languages:
                    spoken = self._in_language(flow, language)
                    words = (fold(word) for word in spoken.keywords if spoken.language == language)
                    self._foreign |= {word: (flow.id, language) for word in words if word not in self._keywords}
        row = text[:LONGEST_KEYWORD].split()
        for length in range(len(row), 0, -1):
            found = self._foreign.get(fold(" ".join(row[:length])))
            if found is not None:
                return found[0], " ".join(text.split()[length:]), found[1]
        return None

    def keywords(self) -> Iterable[str]:
        """The first keyword of each flow, in capitals, as posters print them."""
        on = (flow for name, flow in sorted(self._flows.items()) if name not in self._off)
        return [flow.keywords[0].upper() for flow in on if flow.keywords]

    def front_keywords(self) -> list[str]:
        """What somebody new is told to text: the word of the sign-up flow `hello`, or a few where there is none."""
        hello = self._flows.get(FRONT)
        if hello is not None and hello.keywords and not self.is_off(FRONT):
            return [hello.keywords[0].upper()]
        return list(self.keywords())[:MOST_FRONT]


@dataclass(frozen=True, slots=True)
class Others:
    """The shelf as a run in one language sees it (`flows.calls.Flows`)."""

    shelf: Shelf
    language: str

    def flow(self, flow_id: str) -> Flow | None:
        """The present revision of a flow."""
        return None if self.shelf.flow(flow_id) is None else self.shelf.current(flow_id, self.language)[1]

    def pinned(self, flow_id: str, revision: str) -> Flow | None:
        """The revision that a run began."""
        return self.shelf.pinned(flow_id, revision, self.language)
