import heapq


class RunningMedian:
    """Median of all numbers seen so far, in logarithmic time per number.

    The lower half is kept in a max-heap (stored negated, since heapq only knows min-heaps) and the upper half in a
    min-heap. The lower half is as large as the upper one, or larger by one.

    >>> median = RunningMedian()
    >>> [median.add(value) for value in [5, 1, 4, 2]]
    [5, 3.0, 4, 3.0]
    """

    def __init__(self):
        self._lower = []
        self._upper = []

    def add(self, value):
        if self._lower and value > -self._lower[0]:
            heapq.heappush(self._upper, value)
        else:
            heapq.heappush(self._lower, -value)

        if len(self._lower) > len(self._upper) + 1:
            heapq.heappush(self._upper, -heapq.heappop(self._lower))
        elif len(self._upper) > len(self._lower):
            heapq.heappush(self._lower, -heapq.heappop(self._upper))

        if len(self._lower) > len(self._upper):
            return -self._lower[0]
        return (self._upper[0] - self._lower[0]) / 2
