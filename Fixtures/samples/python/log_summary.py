#!/usr/bin/env python3
"""Counts the requests of a web server's log by status and lists the slowest paths.

Each line looks like:  2024-03-05T10:15:02Z GET /orders/17 200 35ms
"""
import re
import sys
from collections import Counter, defaultdict

LINE = re.compile(r"^(?P<time>\S+) (?P<method>[A-Z]+) (?P<path>\S+) (?P<status>\d{3}) (?P<ms>\d+)ms$")


def summarize(lines):
    statuses = Counter()
    durations = defaultdict(list)
    unreadable = 0
    for line in lines:
        match = LINE.match(line.strip())
        if match is None:
            unreadable += 1
            continue
        statuses[match["status"]] += 1
        # Numbers in a path are ids: /orders/17 and /orders/18 are the same page.
        path = re.sub(r"\d+", "N", match["path"])
        durations[path].append(int(match["ms"]))
    means = {path: sum(values) / len(values) for path, values in durations.items()}
    slowest = sorted(means.items(), key=lambda pair: (-pair[1], pair[0]))
    return statuses, slowest[:5], unreadable


if __name__ == "__main__":
    statuses, slowest, unreadable = summarize(sys.stdin)
    for status, count in sorted(statuses.items()):
        print(f"{status}  {count:6d}")
    for path, mean in slowest:
        print(f"{mean:8.1f} ms  {path}")
    if unreadable:
        print(f"{unreadable} lines could not be read", file=sys.stderr)
