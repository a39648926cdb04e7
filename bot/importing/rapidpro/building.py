"""One flow of an export as a draft: its nodes in a reader's order, each question where the text before it stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.importing.json_file import Item
from bot.importing.rapidpro.actions import Actions, joined
from bot.importing.rapidpro.expressions import Names, condition, result_key, unfilled
from bot.importing.rapidpro.graph import ENTER, SEND, Branch, Step, askers, reached, steps_of, way_back
from bot.importing.rapidpro.questions import Asked, asked_by, branches_of
from bot.importing.rapidpro.texts import Texts, without_list
from bot.importing.writing import Draft, NotCarriedError, named
from flows.definition import END


def build(draft: Draft, flow: Item, flows: Mapping[str, str]) -> None:
    """Put the nodes of a flow of the export into its draft. `flows` is what each flow of the export will be called.

    Raises:
        ImportRefusedError: the flow is not what a flow should be.
    """
    _Flow(draft, flow, flows).write()


class _Flow:
    def __init__(self, draft: Draft, flow: Item, flows: Mapping[str, str]) -> None:
        self.draft = draft
        self.names = Names()
        self.steps = steps_of(flow)
        self.where = "its languages"
        self.texts = Texts(draft, flow, self.names, self.leave)
        self.actions = Actions(self.names, flows, self.leave)
        self.asked: dict[str, Asked] = {}
        self.retry: dict[str, list[Step]] = {}
        self.folded: set[str] = set()
        self.pieces: dict[str, list[str]] = {}
        self._learn()
        for step in self.steps.values():
            self.where = step.where
            self._lead(step)
        self.order = reached(self.steps)

    def leave(self, name: str, why: str) -> None:
        self.draft.leave(name, f"{self.draft.title}, {self.where}", why)

    # What there is.

    def _learn(self) -> None:
        """Name every answer and every value, so that texts and conditions can speak of them."""
        for step in self.steps.values():
            self.where = step.where
            if step.waits:
                key = result_key(step.result)
                name = named(
                    step.result or "answer", {**self.names.kinds, **dict.fromkeys(self.names.results.values())}
                )
                if self.names.results.setdefault(key, name) != name and step.result:
                    self.leave(step.result, f"another question has that result: this answer is called `{name}`")
                self.asked[step.id] = asked_by(step, name, self.names, self.leave)
            elif step.result and step.router:
                self.leave(step.result, "what a split finds is not kept as a result")
        for step in self.steps.values():
            for action in step.actions:
                if action["type"].text == "set_run_result":
                    key = result_key(action["name"].text)
                    taken = dict.fromkeys(self.names.results.values())
                    self.names.results.setdefault(key, named(action["name"].text, taken, "value"))

    def _lead(self, step: Step) -> None:
        """Where a node leads, as far as that is carried over."""
        if step.silence and step.waits:
            why = f"after {step.silence[0] / 60:g} minutes without an answer it went on; Sayso waits, and reminds"
            self.leave("wait", why)
        if step.waits:
            self._lead_from_answer(step, self.asked[step.id])
        elif step.router:
            by_chance = step.router == "random"
            step.branches = [Branch(each.to) for each in step.categories.values()] if by_chance else self._splits(step)
            ways = {branch.to for branch in step.branches}
            if len(ways) < 2:
                step.router, step.to = "", next(iter(ways), "")

    def _lead_from_answer(self, step: Step, asked: Asked) -> None:
        step.branches = branches_of(step, asked, self.names, self.leave)
        if asked.kind == "text":
            return
        back = way_back(self.steps, step.to_default(), step)
        apart = len({branch.to for branch in step.branches}) > 1
        if back is None:
            step.otherwise = step.to_default() or END
        elif apart:
            step.otherwise = END  # it went round until it was understood; nobody is sent on a way not chosen
        if back and all(self._only_after(each, step, back) for each in back):
            self.retry[step.id] = back
            self.folded |= {each.id for each in back}

    def _only_after(self, step: Step, wait: Step, back: list[Step]) -> bool:
        """Whether nothing else leads to a node: then it is what a wait says when it has not understood."""
        spoken = {each.id for each in back}
        if any(branch.to == step.id for branch in wait.branches) or step.id == next(iter(self.steps)):
            return False
        for other in self.steps.values():
            if other.id in spoken or other is wait:
                continue
            if step.id in (other.to, *(each.to for each in other.categories.values())):
                return False
        return True

    def _splits(self, step: Step) -> list[Branch]:
        if step.operand.startswith("@child") and any(each["type"].text == ENTER for each in step.actions):
            done = [case.category for case in step.cases if "completed" in case.arguments]
            to = step.categories[done[0]].to if done else step.to_default()
            if any(each.to not in ("", to) for each in step.categories.values()):
                self.leave(ENTER, "what comes when that flow was left half way is not carried")
            return [Branch(to)]
        found = []
        for case in step.cases:
            try:
                found.append(Branch(step.categories[case.category].to, condition(case, step.operand, self.names)))
            except NotCarriedError as error:
                self.leave(step.categories[case.category].name or case.test, f"its way is never taken: {error}")
        return [*found, Branch(step.to_default())]

    # What becomes of it.

    def write(self) -> None:
        asking = self._asking()
        spoken = {action.where for action in asking.values()}
        for step in self.order:
            self.where = step.where
            self.pieces[step.id] = []
            for action in step.actions:
                if action.where not in spoken:
                    self._act(step, action)
            if step.waits:
                self._ask(step, asking.get(step.id))
            elif step.router:
                self._split(step)
        for step in self.order:
            self.where = step.where
            self._link(step)
        for step in self.steps.values():
            if step.id not in self.pieces and step.id not in self.folded and (step.actions or step.waits):
                self.where = step.where
                said = f"“{step.texts[0]['text'].text[:40]}”" if step.texts else "this node"
                self.leave(said, "nothing that is carried over leads to it")
        self._tidy()

    def _asking(self) -> dict[str, Item]:
        """The text that each wait waits for an answer to, by the wait."""
        found: dict[str, Item] = {}
        for step in self.order:
            if not step.waits:
                continue
            speaking = [step] if step.texts else [each for each in askers(self.order, step) if each.texts]
            if speaking:
                found[step.id] = speaking[0].texts[-1]
            for other in speaking[1:]:
                self.where = other.where
                self.leave("its question", f"it is said, and then asked again in the words of {speaking[0].where}")
        return found

    def _act(self, step: Step, action: Item) -> None:
        more = self._said(action) if action["type"].text == SEND else self.actions.keys(action)
        if not more:
            return
        own = self.pieces[step.id]
        if own and joined(self.draft.nodes[own[-1]], more):
            return
        name = self._free(" ".join(unfilled(action["text"].text).split()[:4]) or "_".join(more))
        if "say" in more:
            more = {"say": self.texts.keep(f"{name}.say", action)}
        self.draft.nodes[name] = dict(more)
        own.append(name)

    def _said(self, action: Item) -> dict[str, Any]:
        for key, why in (
            ("attachments", "its pictures and sounds are not carried"),
            ("templating", "its template is not"),
        ):
            if action[key]:
                self.leave(SEND, why)
        if action["quick_replies"]:
            self.leave(SEND, "its quick replies are not carried: no question stands behind them")
        if not action["text"].text.strip():
            self.leave(SEND, "it says nothing")
            return {}
        return {"say": ""}

    def _free(self, called: str) -> str:
        """A name for a node that neither a node nor an answer has."""
        return named(called, {**self.draft.nodes, **self.names.kinds, **dict.fromkeys(self.names.results.values())})

    def _ask(self, step: Step, action: Item | None) -> None:
        asked = self.asked[step.id]
        node: dict[str, Any] = {}
        if action is None:
            self.leave(asked.name, "nothing is said before it: write its question")
            node["ask"] = f"{step.result or 'Your answer'}?"
        else:
            if action["attachments"]:
                self.leave(SEND, "its pictures and sounds are not carried")
            listed = len(asked.choices) if asked.kind == "choice" else 0
            node["ask"] = self.texts.keep(f"{asked.name}.ask", action, lambda text: without_list(text, listed))
        node |= asked.options
        if asked.kind == "choice":
            node["choices"] = self.texts.choices(asked, step, action)
        elif any(choice.words for choice in asked.choices):
            node["words"] = {choice.key: list(choice.words) for choice in asked.choices if choice.words}
        back = [said for each in self.retry.get(step.id, ()) for said in each.texts]
        if back:
            node["retry_text"] = self.texts.keep(f"{asked.name}.retry_text", back[0])
        self.draft.nodes[asked.name] = node
        self.pieces[step.id].append(asked.name)

    # How it hangs together.

    def _split(self, step: Step) -> None:
        """A node of its own for a router that asks nothing; `_link` says where it leads."""
        name = self._free("chance" if step.router == "random" else "split")
        self.draft.nodes[name] = {}
        self.pieces[step.id].append(name)

    def _link(self, step: Step) -> None:
        if not step.router:
            last = self.draft.nodes[self.pieces[step.id][-1]] if self.pieces[step.id] else {"start": ""}
            if "start" not in last:
                last["next"] = self._first(step.to)
            return
        node = self.draft.nodes[self.pieces[step.id][-1]]
        ways = [self._first(branch.to) for branch in step.branches]
        if step.otherwise is not None:
            node["otherwise"] = self._first(step.otherwise)
        if len(set(ways)) == 1:
            node["next"] = ways[0]
        elif step.router == "random":
            node["random"] = {to: ways.count(to) for to in dict.fromkeys(ways)}
        else:
            found: list[dict[str, str]] = [
                {"if": branch.condition, "then": to} for branch, to in zip(step.branches[:-1], ways, strict=False)
            ]
            node["next"] = [*found, {"else": ways[-1]}]

    def _first(self, to: str) -> str:
        """The node of ours that a node of the export begins with."""
        seen = set()
        while to in self.pieces and to not in seen:
            if self.pieces[to]:
                return self.pieces[to][0]
            seen.add(to)
            to = self.steps[to].to
        return END

    def _tidy(self) -> None:
        """Nodes run in the order written: what says no more than that goes."""
        nodes = self.draft.nodes
        for name, after in zip(nodes, [*list(nodes)[1:], END], strict=False):  # of no nodes there is no last one
            if nodes[name].get("next") == after:
                del nodes[name]["next"]
            if nodes[name].get("otherwise") == nodes[name].get("next", after):
                del nodes[name]["otherwise"]
