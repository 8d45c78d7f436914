"""Groups in a directed graph of ties between members: connected sets, and strongly connected ones."""

from collections import defaultdict
from collections.abc import Iterable

Edge = tuple[int, int]


def components(edges: Iterable[Edge]) -> list[frozenset[int]]:
    """Sets of members who hang together, whichever way the ties point; each of two or more, in a fixed order."""
    near: defaultdict[int, set[int]] = defaultdict(set)
    for giver, receiver in edges:
        near[giver].add(receiver)
        near[receiver].add(giver)
    found, met = [], set[int]()
    for start in sorted(near):
        if start not in met:
            group = _reached(start, near)
            met |= group
            found.append(frozenset(group))
    return found


def strongly_connected(edges: Iterable[Edge]) -> list[frozenset[int]]:
    """Largest sets within which a way along the ties leads from each member to each other; two or more members.

    Tarjan's components (1972), in Kosaraju's two passes: members in the order in which they are left in the graph,
    then, the last first, what is reached against the ties.
    """
    forth: defaultdict[int, set[int]] = defaultdict(set)
    back: defaultdict[int, set[int]] = defaultdict(set)
    for giver, receiver in edges:
        forth[giver].add(receiver)
        back[receiver].add(giver)
    found, met = [], set[int]()
    for start in reversed(_order_of_leaving(forth, sorted({*forth, *back}))):
        if start not in met:
            group = _reached(start, back, met)
            met |= group
            if len(group) > 1:
                found.append(frozenset(group))
    return found


def _reached(start: int, near: defaultdict[int, set[int]], but: Iterable[int] = ()) -> set[int]:
    closed, group, waiting = set(but), {start}, [start]
    while waiting:
        for other in near.get(waiting.pop(), ()):
            if other not in group and other not in closed:
                group.add(other)
                waiting.append(other)
    return group


def _order_of_leaving(forth: defaultdict[int, set[int]], members: list[int]) -> list[int]:
    order, met = list[int](), set[int]()
    for start in members:
        if start in met:
            continue
        met.add(start)
        waiting = [(start, iter(sorted(forth.get(start, ()))))]
        while waiting:
            member, others = waiting[-1]
            following = next((other for other in others if other not in met), None)
            if following is None:
                order.append(member)
                waiting.pop()
            else:
                met.add(following)
                waiting.append((following, iter(sorted(forth.get(following, ())))))
    return order
