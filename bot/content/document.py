"""A YAML file as plain data, each piece of which keeps its line and column."""

from dataclasses import dataclass, field

from bot.content.compose import Mark, Node, Trouble, compose
from bot.content.source import Source, refuse_tabs
from bot.domain.check import Path


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands: its mark, its key's, and its first letter's when written as is."""

    value: Mark
    key: Mark | None
    text: Mark | None


@dataclass(slots=True)
class Document:
    data: object
    spots: dict[Path, Spot]
    troubles: list[Trouble]
    read_as: dict[Path, Path] = field(default_factory=dict)  # right field -> the misspelt one

    def mark(self, path: Path, *, offset: int | None = None, on_key: bool = False) -> Mark:
        """Where a path stands; what is not in the file stands where its nearest parent does."""
        path = self._written(path)
        while path not in self.spots and path:
            path, offset, on_key = path[:-1], None, False
        spot = self.spots.get(path)
        if not spot:
            return Mark(1, 1)
        if offset is not None and spot.text:
            return Mark(spot.text.line, spot.text.column + offset)
        return spot.key if on_key and spot.key else spot.value

    def _written(self, path: Path) -> Path:
        """A path with the keys that the file really has."""
        for size in range(len(path), 0, -1):
            if old := self.read_as.get(path[:size]):
                return self._written(old + path[size:])
        return path


def read_document(source: Source) -> Document:
    """The data of a YAML file, None when it is not YAML. Raises ContentError for tabs."""
    refuse_tabs(source)
    root, troubles = compose(source.text)
    document = Document(None, {}, troubles)
    if root:
        document.data = _expanded(root, (), None, document.spots)
    return document


def _expanded(node: Node, path: Path, key: Mark | None, spots: dict[Path, Spot]) -> object:
    """Plain data, aliases copied; recursion is bounded by DEEPEST."""
    spots[path] = Spot(node.mark, key, node.text)
    match node.children:
        case None:
            return node.value
        case list():
            return [_expanded(one, (*path, i), None, spots) for i, one in enumerate(node.children)]
        case _:
            return {
                name: _expanded(one, (*path, name), mark, spots)
                for name, (mark, one) in node.children.items()
            }
