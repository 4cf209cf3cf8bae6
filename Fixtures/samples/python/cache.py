import time
from functools import wraps


def cached(seconds):
    """Decorator: remembers a function's results for a while.

    The arguments must be hashable. Entries past their time are recomputed on the next call; nothing runs in the
    background. A call that raises is not remembered, so the next caller tries again.

    >>> calls = []
    >>> @cached(seconds=60)
    ... def square(x):
    ...     calls.append(x)
    ...     return x * x
    >>> square(4), square(4), square(5)
    (16, 16, 25)
    >>> calls
    [4, 5]
    """

    def decorate(function):
        entries = {}

        @wraps(function)
        def wrapper(*args, **kwargs):
            key = (args, tuple(sorted(kwargs.items())))
            now = time.monotonic()
            entry = entries.get(key)
            if entry is not None and now - entry[0] < seconds:
                return entry[1]
            result = function(*args, **kwargs)
            entries[key] = (now, result)
            return result

        wrapper.clear = entries.clear
        return wrapper

    return decorate
