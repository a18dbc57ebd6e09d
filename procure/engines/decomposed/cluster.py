"""Blocks on other machines, or in other processes of this one, by Ray (`pip install "procure[cluster]"`).

Each worker is an actor with some of the blocks. Prices go out, sums come back; plans move only when the driver asks for
columns. A worker that is lost is made again from the plan and given all commands so far, which leaves its blocks as
they were: what they know follows from these alone.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from typing import Any

from procure.engines.decomposed.block import Block, Kind
from procure.engines.decomposed.compiled import compile_all
from procure.engines.decomposed.crew import Hands
from procure.engines.decomposed.parts import Part, task_of
from procure.engines.interface import Task
from procure.errors import SolverError, UsageError
from procure.solution.limits import Limits

AUTO = "auto"
"""Address of the cluster that this machine belongs to, or of one that is started on it."""
MOST_LOSSES = 20
"""Workers lost in one run after which it is given up."""
Order = tuple[str, str, Any]
"""Method of the worker, command for its blocks, and where Ray holds the arguments."""


class Worker:
    """Some blocks in a process of their own.

    Parameters
    ----------
    given
        The plan in numbers, the limits and the kind of block.
    parts
        The blocks' parts of the plan.
    """

    def __init__(self, given: tuple[Task, Limits, Kind], parts: Sequence[Part]) -> None:
        compile_all()
        task, limits, kind = given
        self._blocks = [Block(task_of(task, part), limits, kind) for part in parts]

    def process(self) -> int:
        """Number of the process that the worker lives in."""
        return os.getpid()

    def call(self, command: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Give each block a command with arguments of its own."""
        pairs = zip(self._blocks, arguments, strict=True)
        return [getattr(block, command)(*given) for block, given in pairs]

    def call_all(self, command: str, arguments: tuple[Any, ...]) -> list[Any]:
        """Give every block the same command."""
        return [getattr(block, command)(*arguments) for block in self._blocks]


class RayHands:
    """Carries commands out by actors.

    Parameters
    ----------
    ray
        The module.
    workers
        How many actors there are at most; as many as the cluster has processors if left out.
    """

    def __init__(self, ray: Any, workers: int | None = None) -> None:
        self._ray = ray
        self._most = workers or max(int(ray.cluster_resources().get("CPU", 1)), 1)
        self._actor = ray.remote(Worker)
        self.losses = 0

    def make(self, task: Task, parts: Sequence[Part], limits: Limits, kind: Kind) -> None:
        """Make the blocks of all parts, spread over the workers."""
        given = self._ray.put((task, limits, kind))
        count = min(self._most, len(parts))
        self._mine = [list(range(k, len(parts), count)) for k in range(count)]
        self._hires = [(given, [parts[i] for i in mine]) for mine in self._mine]
        self._orders: list[list[Order]] = [[] for _ in range(count)]
        self.workers = [self._hired(k) for k in range(count)]

    def _hired(self, k: int) -> Any:
        # blocks are busy one after the other, so that no worker needs a processor of its own in Ray's books
        return self._actor.options(num_cpus=0, scheduling_strategy="SPREAD").remote(*self._hires[k])

    def call(self, command: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Give each block a command; the answers stand in the order of the blocks."""
        same = all(given is arguments[0] for given in arguments)
        shared = self._ray.put(arguments[0]) if same else None
        pending = []
        for k, mine in enumerate(self._mine):
            given = shared if same else self._ray.put([arguments[i] for i in mine])
            self._orders[k].append(("call_all" if same else "call", command, given))
            pending.append(self._send(k, self._orders[k][-1]))
        answers: list[Any] = [None] * len(arguments)
        for k, mine in enumerate(self._mine):
            for i, answer in zip(mine, self._answer(k, pending[k]), strict=True):
                answers[i] = answer
        return answers

    def _send(self, k: int, order: Order) -> Any:
        how, command, given = order
        return getattr(self.workers[k], how).remote(command, given)

    def _answer(self, k: int, pending: Any) -> list[Any]:
        """What a worker answers; one that is lost is made again and given all its orders once more."""
        while True:
            try:
                answer: list[Any] = self._ray.get(pending)
            except self._ray.exceptions.RayActorError as error:
                self.losses += 1
                if self.losses > MOST_LOSSES:
                    raise SolverError(f"the cluster lost {self.losses} workers; the last: {error}") from error
                self.workers[k] = self._hired(k)
                pending = [self._send(k, order) for order in self._orders[k]][-1]
            else:
                return answer

    def close(self) -> None:
        """Let go of all blocks."""
        for worker in self.workers:
            self._ray.kill(worker)
        self.workers, self._hires, self._orders = [], [], []


def hands_at(address: str) -> Callable[[], Hands]:
    """Join a cluster, and return what makes workers there.

    Parameters
    ----------
    address
        `auto`, or an address as `ray start` prints it.

    Raises
    ------
    UsageError
        Ray is not installed, or there is no cluster at the address.
    """
    ray = ray_itself()
    if not ray.is_initialized():
        _join(ray, address)
    return lambda: RayHands(ray)


def ray_itself() -> Any:
    """The module of Ray.

    Raises
    ------
    UsageError
        It is not installed.
    """
    # it would report the usage of each run over the network otherwise
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise UsageError('a cluster needs Ray: pip install "procure[cluster]"') from None


def _join(ray: Any, address: str) -> None:
    quiet = {"logging_level": "ERROR", "log_to_driver": False}
    try:
        ray.init(address=address, **quiet)
    except ConnectionError:
        if address != AUTO:
            raise UsageError(f"there is no Ray cluster at {address!r}; `ray start --head` starts one") from None
        ray.init(include_dashboard=False, **quiet)
