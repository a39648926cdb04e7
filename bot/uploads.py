"""A revision of a flow that a coordinator uploads: checked among the others, then used in place of the flow's file."""

from __future__ import annotations

from bot.service import Service
from flows.definition import Flow
from flows.files.problems import Place, at
from flows.files.shelf_checks import check_shelf
from flows.loader import FlowError, load_text
from flows.run import microseconds
from flows.text import fold
from flows.wording import Wording
from storage.community import groups
from storage.conversations import revisions, shelf_changes
from storage.team import audit


def check(service: Service, flow_id: str, source: bytes) -> Flow:
    """The flow in an uploaded file, fit to stand among the flows and groups there are.

    Raises:
        FlowError: it is not; every problem is listed at its place.
    """
    new = load_text(source, f"{flow_id}.yaml")
    others = {name: flow for name in service.shelf.ids() if (flow := service.shelf.flow(name)) and name != new.id}
    # The new one last: of two with one keyword the later is at fault.
    problems = [*check_shelf({**others, new.id: new}), *_taken_from_groups(service, new)]
    if problems:
        raise FlowError(problems)
    return new


def _taken_from_groups(service: Service, new: Flow) -> list[str]:
    """People join a group with its keyword, which a flow whose keyword begins it would take from them."""
    with service.database.reading() as db:
        joined_by = {group.keyword: group.title for group in groups.every(db) if group.keyword}
    return [
        at(
            f"{new.id}.yaml",
            Place(1, 1),
            Wording(
                "People join {title} with the keyword `{keyword}` — choose another for this flow.",
                title=title,
                keyword=keyword.upper(),
            ),
        )
        for keyword, title in joined_by.items()
        if any(f"{keyword} ".startswith(f"{fold(word)} ") for word in new.keywords)
    ]


def use(service: Service, new: Flow, actor: str) -> None:
    """Let new conversations begin with a checked revision; open ones go on with theirs."""
    now = microseconds(service.now())
    revision_id = revisions.publish(service.database, new.id, new.revision, new.source, now)
    with service.database.transaction() as db:
        shelf_changes.use_revision(db, new.id, revision_id, now)
        audit.note(db, actor, "published a revision", f"flow:{new.id}", new.revision[:12], now)
