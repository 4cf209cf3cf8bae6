"""Conway's Game of Life on an unbounded board: only living cells are stored."""
from collections import Counter
from itertools import product

Cell = tuple[int, int]
NEIGHBOURS = [step for step in product((-1, 0, 1), repeat=2) if step != (0, 0)]


def step(alive: set[Cell]) -> set[Cell]:
    """The next generation.

    A living cell survives with two or three living neighbours; a dead one comes to life with exactly three.

    >>> blinker = {(0, 0), (1, 0), (2, 0)}
    >>> sorted(step(blinker))
    [(1, -1), (1, 0), (1, 1)]
    >>> step(step(blinker)) == blinker
    True
    """
    counts = Counter((x + dx, y + dy) for x, y in alive for dx, dy in NEIGHBOURS)
    return {cell for cell, count in counts.items() if count == 3 or (count == 2 and cell in alive)}


def render(alive: set[Cell], width: int, height: int) -> str:
    rows = []
    for y in range(height):
        rows.append("".join("#" if (x, y) in alive else "." for x in range(width)))
    return "\n".join(rows)


if __name__ == "__main__":
    glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
    for generation in range(5):
        print(f"generation {generation}\n{render(glider, 8, 6)}\n")
        glider = step(glider)
