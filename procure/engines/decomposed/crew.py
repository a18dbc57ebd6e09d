"""The blocks of a plan and who carries their commands out: threads of this process, or actors elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol

from procure.engines.decomposed.block import Block, Kind
from procure.engines.decomposed.parts import Part, parts_of, task_of
from procure.engines.interface import Task
from procure.solution.limits import Limits

THREADS = 2
"""Blocks that are worked on at a time."""


class Hands(Protocol):
    """Carries commands out."""

    def make(self, task: Task, parts: Sequence[Part], limits: Limits, kind: Kind) -> None:
        """Make the blocks of all parts."""

    def call(self, command: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Give each block a command, with arguments of its own; the answers stand in the order of the blocks."""

    def close(self) -> None:
        """Let go of all blocks."""


class Threads:
    """Blocks in this process."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._blocks: list[Block] = []

    def make(self, task: Task, parts: Sequence[Part], limits: Limits, kind: Kind) -> None:
        """Make the blocks of all parts."""
        self._blocks = self._each(lambda part: Block(task_of(task, part), limits, kind), parts)

    def call(self, command: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Give each block a command."""
        pairs = zip(self._blocks, arguments, strict=True)
        return self._each(lambda pair: getattr(pair[0], command)(*pair[1]), list(pairs))

    def close(self) -> None:
        """Let go of all blocks."""
        self._blocks = []

    def _each(self, act: Any, of: Sequence[Any]) -> list[Any]:
        if len(of) == 1:
            return [act(of[0])]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(act, of))


class Crew:
    """All blocks of a plan.

    Parameters
    ----------
    task
        The plan in numbers.
    limits
        The limits to keep.
    kind
        What the blocks are for.
    hands
        Who carries their commands out; threads of this process if left out.
    """

    def __init__(self, task: Task, limits: Limits, kind: Kind, hands: Hands | None = None) -> None:
        self.task, self.limits = task, limits
        self.parts = parts_of(task)
        self._hands: Hands = Threads() if hands is None else hands
        threads = THREADS if len(self.parts) == 1 else 1
        self._hands.make(task, self.parts, limits, Kind(kind.aim, kind.early, kind.capped, threads))

    def all(self, command: str, *arguments: Any) -> list[Any]:
        """Give every block the same command; the answers stand in the order of the blocks."""
        return self._hands.call(command, [arguments] * len(self.parts))

    def each(self, command: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Give every block a command with arguments of its own."""
        return self._hands.call(command, arguments)

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hands.close()
