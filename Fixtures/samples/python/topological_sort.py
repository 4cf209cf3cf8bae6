from collections import defaultdict, deque


class CycleError(Exception):
    def __init__(self, remaining):
        super().__init__("circular dependency among " + ", ".join(sorted(remaining)))
        self.remaining = remaining


def build_order(dependencies: dict[str, list[str]]) -> list[str]:
    """Orders targets so that each comes after everything it depends on (Kahn's algorithm).

    Among targets that are ready at the same time, alphabetical order decides, which makes the result reproducible.

    >>> build_order({"app": ["core", "ui"], "ui": ["core"], "core": []})
    ['core', 'ui', 'app']
    """
    waiting_for = {target: set(needs) for target, needs in dependencies.items()}
    needed_by = defaultdict(set)
    for target, needs in dependencies.items():
        for need in needs:
            waiting_for.setdefault(need, set())
            needed_by[need].add(target)

    ready = deque(sorted(target for target, needs in waiting_for.items() if not needs))
    order = []
    while ready:
        done = ready.popleft()
        order.append(done)
        for target in sorted(needed_by[done]):
            waiting_for[target].discard(done)
            if not waiting_for[target]:
                ready.append(target)

    if len(order) < len(waiting_for):
        raise CycleError(set(waiting_for) - set(order))
    return order
