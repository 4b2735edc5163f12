from collections.abc import Callable, Iterable, Mapping
from typing import Any

class Finder:
    def __init__(self, literals: Iterable[str]) -> None: ...
    def lines(self, text: str) -> list[tuple[int, int]]: ...

class Scanner:
    def __init__(
        self,
        *,
        both_heads: dict[str, list[int]],
        heads: dict[str, list[int]],
        both_tails: dict[str, list[int]],
        tails: dict[str, list[int]],
        numbers: Mapping[int, int],
        filed: list[Any],
        needs: dict[int, tuple[tuple[str, ...], ...]],
        cues: dict[str, tuple[list[Any], list[Any]]],
        first_segment: Callable[[str], str | None],
        longest_split: int,
        made: Callable[[frozenset[int], frozenset[int]], Any],
        nothing: Any,
    ) -> None: ...
    def look_up(self, parts: list[str], known: dict[str, Any]) -> None: ...
