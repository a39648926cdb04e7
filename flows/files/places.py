"""Where the parts of a flow stand in its file."""

from __future__ import annotations

from collections.abc import Iterator

from flows.files.problems import Place
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Scalar, Sequence, Tree


class Places:
    """Where the nodes and their keys stand in the file."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree if isinstance(tree, MappingTree) else MappingTree(tree.place)
        nodes = self.tree.entries.get("nodes")
        self.nodes = nodes[1] if nodes is not None and isinstance(nodes[1], MappingTree) else MappingTree(tree.place)

    def key(self, key: str) -> Place:
        """A key of the flow itself, or its beginning where it is not written."""
        entry = self.tree.entries.get(key)
        return entry[0] if entry else self.tree.place

    def of(self, key: str) -> Iterator[Scalar]:
        """The values behind a key of the flow itself."""
        entry = self.tree.entries.get(key)
        yield from scalars_of(entry[1] if entry else None)

    def node(self, node: str) -> Place:
        """A node's name."""
        entry = self.nodes.entries.get(node)
        return entry[0] if entry else self.tree.place

    def value(self, node: str, key: str) -> Tree | None:
        """What stands behind a key of a node."""
        tree = self.nodes.entries[node][1]
        entry = tree.entries.get(key) if isinstance(tree, MappingTree) else None
        return entry[1] if entry else None

    def at(self, node: str, key: str) -> Place:
        """A key of a node, or the node's name where it is not written."""
        tree = self.nodes.entries[node][1]
        entry = tree.entries.get(key) if isinstance(tree, MappingTree) else None
        return entry[0] if entry else self.node(node)

    def scalars(self, node: str, *keys: str) -> Iterator[Scalar]:
        """Every text behind some keys of a node."""
        for key in keys:
            yield from scalars_of(self.value(node, key))


def scalars_of(tree: Tree | None) -> Iterator[Scalar]:
    """Every single value of a tree, in the order of the file."""
    if isinstance(tree, Scalar):
        yield tree
    elif isinstance(tree, MappingTree):
        for _, value in tree.entries.values():
            yield from scalars_of(value)
    elif isinstance(tree, Sequence):
        for value in tree.items:
            yield from scalars_of(value)
