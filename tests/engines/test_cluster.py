"""Blocks on a Ray cluster: the same plan as on one machine, also when a worker is lost."""

from __future__ import annotations

import builtins
import importlib
import os
import signal
import threading

import numpy as np
import pytest

import procure
from procure.engines.decomposed import crew as crews
from procure.engines.decomposed import parts as cuts
from procure.engines.decomposed.aims import least_cost
from procure.engines.decomposed.ascent import Ascent
from procure.engines.decomposed.block import Kind
from procure.engines.decomposed.crew import Crew, Hands
from procure.engines.decomposed.lagrangian import Lagrangian
from procure.engines.decomposed.search import Search
from procure.engines.interface import Task
from procure.errors import UsageError
from procure.solution.ledger import Decision
from tests.engines.catalogue_plan import catalogue
from tests.engines.test_blocks import never, with_orders


@pytest.fixture(scope="module")
def two_nodes():
    """A cluster of two nodes on this machine."""
    ray = pytest.importorskip("ray", reason="a cluster needs procure[cluster]")
    testing = importlib.import_module("ray.cluster_utils")
    cluster = testing.Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, logging_level="ERROR", log_to_driver=False)
    yield ray
    ray.shutdown()
    cluster.shutdown()


def planned(task: Task, hands: Hands | None, at_half: object = None) -> tuple[list[float], np.ndarray]:
    """Bounds of some passes, and the mixture that comes of them."""
    with Crew(task, task.limits, Kind("cost"), hands) as crew:
        ascent = Ascent(Lagrangian(crew, least_cost(task)))
        nothing = Decision.nothing(task.network)
        search = Search(ascent, never, threading.Event(), lambda found, made_out: found.keeps, nothing)
        bounds: list[float] = []
        ascent.run(8, 0.3, lambda: False, lambda value: bounds.append(value.bound))
        search.begin()
        search.explore(2, lambda: False)
        if callable(at_half):
            at_half()
        search.explore(2, lambda: False)
        search.mix()
        return bounds, search._made_out().orders


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(crews, "parts_of", lambda task: cuts.parts_of(task, 7))


def test_two_nodes_give_the_same_plan_as_one_machine(two_nodes, small_parts):
    from procure.engines.decomposed.cluster import RayHands

    task = with_orders(30)
    bounds, orders = planned(task, None)
    hands = RayHands(two_nodes)
    other_bounds, other = planned(task, hands)
    assert other_bounds == bounds
    assert np.array_equal(other, orders)
    assert len(two_nodes.nodes()) == 2


def test_a_lost_worker_changes_nothing(two_nodes, small_parts):
    from procure.engines.decomposed.cluster import RayHands

    task = with_orders(30)
    bounds, orders = planned(task, None)
    hands = RayHands(two_nodes)

    def kill() -> None:
        pid = two_nodes.get(hands.workers[1].process.remote())
        os.kill(pid, signal.SIGKILL)

    other_bounds, other = planned(task, hands, kill)
    assert hands.losses == 1
    assert other_bounds == bounds
    assert np.array_equal(other, orders)


def test_solve_says_the_same_with_a_cluster(two_nodes, small_parts):
    plan = procure.Plan.from_dict(catalogue(30))
    alone = procure.solve(plan, engine="decomposed", gap=0.02, time_limit=60)
    together = procure.solve(plan, engine="decomposed", gap=0.02, time_limit=60, cluster="auto")
    assert together.cost.total == pytest.approx(alone.cost.total)
    assert together.bound == pytest.approx(alone.bound)


def test_compact_refuses_a_cluster():
    with pytest.raises(UsageError, match="one machine"):
        procure.solve(procure.Plan.from_dict(catalogue(2)), engine="compact", cluster="auto")


def test_without_ray_the_message_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def absent(name: str, *rest: object, **more: object) -> object:
        if name == "ray":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(importlib, "import_module", lambda name: absent(name))
    with pytest.raises(UsageError, match=r"procure\[cluster\]"):
        procure.solve(procure.Plan.from_dict(catalogue(2)), engine="decomposed", cluster="auto")
