from collections import deque
from collections.abc import Iterable, Iterator


def moving_average(values: Iterable[float], width: int) -> Iterator[float]:
    """Mean of the last `width` values, from the first full window on.

    Works on any iterable and keeps no more than one window in memory. The sum is updated instead of recomputed, so a
    long stream of floats drifts slightly; for money use Decimal or whole cents.

    >>> list(moving_average([2, 4, 6, 8], 2))
    [3.0, 5.0, 7.0]
    >>> list(moving_average([1], 3))
    []
    """
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    window = deque()
    total = 0.0
    for value in values:
        window.append(value)
        total += value
        if len(window) > width:
            total -= window.popleft()
        if len(window) == width:
            yield total / width


def crossings(fast: Iterable[float], slow: Iterable[float]) -> list[int]:
    """Positions at which the fast average rises above the slow one."""
    found = []
    was_above = True
    for position, (a, b) in enumerate(zip(fast, slow)):
        is_above = a > b
        if is_above and not was_above:
            found.append(position)
        was_above = is_above
    return found
