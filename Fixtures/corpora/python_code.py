"""Python: functions with docstrings whose examples are computed, classes and short scripts."""
from cpp import FIELDS, PLURALS, THINGS, camel

BANKS = {
    "plural": PLURALS, "thing": THINGS, "field": FIELDS, "small": lambda w: w.number(2, 12),
    "digit": lambda w: w.number(0, 9),
    "large": lambda w: w.pick([10, 16, 20, 50, 64, 100, 128, 200, 255, 500, 1000]),
    "string": ["text", "line", "word", "sentence", "name", "message", "title"],
    "verb": ["get", "find", "compute", "list", "load"],
    "result": ["result", "found", "kept", "output", "selected"], "total": ["total", "count", "acc", "amount"],
    "key": ["key", "name", "label", "group", "code"], "error": ["ValueError", "KeyError", "TypeError", "RuntimeError"],
    "remark": ["keep the first one", "nothing left to do", "sorted for the reader", "cheap enough", "never empty here",
        "both ends count", "the last one wins", "ignore blank lines", "ties keep their order"],
}
CONDITIONS = [
    ("even", "x % 2 == 0", lambda x, k: x % 2 == 0, "even"), ("odd", "x % 2 == 1", lambda x, k: x % 2 == 1, "odd"),
    ("positive", "x > 0", lambda x, k: x > 0, "positive"), ("negative", "x < 0", lambda x, k: x < 0, "negative"),
    ("above", "x > limit", lambda x, k: x > k, "greater than limit"),
    ("below", "x < limit", lambda x, k: x < k, "less than limit"),
    ("multiples", "x % limit == 0", lambda x, k: x % k == 0, "divisible by limit"),
]
FOLDS = [("sum", "sum of", sum), ("count", "number of", len), ("list", "list of", list),
    ("sorted", "sorted list of", sorted),
    ("squares", "squares of", lambda xs: [x * x for x in xs]),
    ("doubled", "doubles of", lambda xs: [2 * x for x in xs])]
BODIES = {
    "sum": ["    return sum(x for x in $plural1 if {c})",
        "    $total1 = 0\n    for x in $plural1:\n        if {c}:\n            $total1 += x\n    return $total1"],
    "count": ["    return len([x for x in $plural1 if {c}])",
        "    $total1 = 0\n    for x in $plural1:\n        if {c}:\n            $total1 += 1\n    return $total1"],
    "list": ["    return [x for x in $plural1 if {c}]",
        "    $result1 = []\n    for x in $plural1:\n        if {c}:\n            $result1.append(x)\n    return "
        "$result1"],
    "sorted": ["    return sorted(x for x in $plural1 if {c})",
        "    $result1 = [x for x in $plural1 if {c}]\n    $result1.sort()\n    return $result1"],
    "squares": ["    return [x ** 2 for x in $plural1 if {c}]", "    return [x * x for x in $plural1 if {c}]"],
    "doubled": ["    return [2 * x for x in $plural1 if {c}]",
        "    for x in $plural1:\n        if {c}:\n            yield 2 * x"],
}
WORDS = ("apple river stone window garden paper silver orange winter bottle ladder candle pocket branch hello kitten "
    "level radar").split()


def numbers(w):
    fold, words, compute = w.pick(FOLDS)
    suffix, condition, test, which = w.pick(CONDITIONS)
    limit = w.number(2, 9)
    needs = "limit" in condition
    examples = []
    for _ in range(w.number(0, 2)):
        values = [w.number(-20, 60) for _ in range(w.number(3, 6))]
        answer = compute([x for x in values if test(x, limit)])
        examples.append(f"    >>> {fold}_{suffix}({values}{f', {limit}' if needs else ''})\n    {answer}")
    body = w.pick(BODIES[fold])
    if "yield" in body:
        examples = []
    hint = w.chance(0.4)
    parameters = "$plural1" + (": list[int]" if hint else "")
    if needs:
        parameters += ", limit" + (": int" if hint else "")
    signature = f"{fold}_{suffix}({parameters})"
    quote = w.pick(['"""', '"""', "'''"])
    doc = f"    {quote}{w.pick(['Return the', 'The', 'Gives the'])} {words} all $plural1 that are {which}."
    doc += ("\n" + "\n".join(examples) + "\n    " if examples else "") + quote
    return f"def {signature}:\n{doc}\n" + body.replace("{c}", condition)


TEXTS = [
    ("reverse", "return $string1[::-1]", "Reverse the $string1.", lambda s: s[::-1]),
    ("shout", "return $string1.upper() + '!'", "Return the $string1 in capitals with an exclamation mark.",
        lambda s: s.upper() + "!"),
    ("count_vowels", "return sum(c in 'aeiou' for c in $string1)", "Count the vowels of the $string1.",
        lambda s: sum(c in "aeiou" for c in s)),
    ("is_palindrome", "return $string1 == $string1[::-1]", "Is the $string1 the same from both ends?",
        lambda s: s == s[::-1]),
    ("first_letter", "return $string1[0]", "Return the first letter of the $string1.", lambda s: s[0]),
    ("drop_vowels", "return ''.join(c for c in $string1 if c not in 'aeiou')", "Remove all vowels from the $string1.",
        lambda s: "".join(c for c in s if c not in "aeiou")),
    ("letters", "return sorted(set($string1))", "List the different letters of the $string1.",
        lambda s: sorted(set(s))),
    ("length", "n = 0\n    for _ in $string1:\n        n += 1\n    return n", "Count the letters of the $string1.",
        len),
    ("capital", "return $string1.capitalize()", "Put a capital letter at the start of the $string1.",
        lambda s: s.capitalize()),
    ("twice", "return $string1 + ' ' + $string1", "Say the $string1 twice.", lambda s: s + " " + s),
]


def text(w):
    name, body, doc, compute = w.pick(TEXTS)
    word = w.pick(WORDS)
    hint = w.chance(0.5)
    kind = {str: "str", int: "int", bool: "bool", list: "list"}[type(compute(word))]
    head = f"def {name}($string1: str) -> {kind}:" if hint else f"def {name}($string1):"
    examples = "".join(f"\n    >>> {name}({x!r})\n    {compute(x)!r}" for x in w.some(WORDS, w.number(0, 2)))
    if examples:
        examples += "\n    "
    return f'{head}\n    """{doc}{examples}"""\n    {body}'


def declared(w):
    fields = w.some(FIELDS, w.number(2, 4))
    name = camel(w.fill("$thing1", BANKS), True)
    kinds = {field: w.pick(["int", "float", "str", "bool"]) for field in fields}
    if w.chance(0.35):
        lines = ["@dataclass", f"class {name}:"] + [f"    {f}: {k}" + (" = 0" if k == "int" else "") for f,
            k in kinds.items()]
    else:
        lines = [f"class {name}:",
            f"    def __init__(self, {', '.join(fields)}):"] + [f"        self.{f} = {f}" for f in fields]
    for field in w.some(fields, w.number(1, 2)):
        lines += w.pick([
            ["", f"    def add_{field}(self, amount):", "        if amount < 0:",
                f"            raise ValueError('{field}')", f"        self.{field} += amount"],
            ["", f"    def has_{field}(self):", f"        return self.{field} > $digit"],
            ["", "    @property", f"    def double_{field}(self):", f"        return 2 * self.{field}"],
            ["", "    def __repr__(self):", f"        return f'{name}({{self.{field}}})'"],
            ["", f"    def reset_{field}(self):", f"        self.{field} = $digit  # $remark"],
        ])
    return "\n".join(lines)


def algorithm(w):
    return w.pick([
        "def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a",
        "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
        "def is_prime(n):\n    if n < 2:\n        return False\n    for d in range(2, int(n ** 0.5) + 1):\n        if "
        "n % d == 0:\n            return False\n    return True",
        "def search($plural1, target):\n    low, high = 0, len($plural1) - 1\n    while low <= high:\n        middle "
        "= (low + high) // 2\n        if $plural1[middle] == target:\n"
        "            return middle\n        if $plural1[middle] < target:\n            low = middle + 1\n        "
        "else:\n            high = middle - 1\n    return None",
        "def group_by_$key1($plural1):\n    groups = {}\n    for item in $plural1:\n        "
        "groups.setdefault(item.$key1, []).append(item)\n    return groups",
        "def count_$plural1($plural1):\n    counts = {}\n    for x in $plural1:\n        counts[x] = counts.get(x, 0) "
        "+ 1\n    return counts",
        "def chunks($plural1, size=$small1):\n    for i in range(0, len($plural1), size):\n        yield $plural1[i:i "
        "+ size]",
        "def flatten(rows):\n    return [x for row in rows for x in row]",
        "def unique($plural1):\n    seen = set()\n    $result1 = []\n    for x in $plural1:\n        if x not in "
        "seen:\n            seen.add(x)\n            $result1.append(x)  # $remark\n    return $result1",
        "def moving_average($plural1, window=$small1):\n    $result1 = []\n    for i in range(len($plural1) - window "
        "+ 1):\n        $result1.append(sum($plural1[i:i + window]) / window)\n    return $result1",
        "def $verb1_$field1($plural1, $key1):\n    try:\n        return $plural1[$key1]['$field1']\n    except "
        "KeyError:\n        raise $error(f'no $field1 for {$key1}')",
        "def retry(function, attempts=$small1):\n    for attempt in range(attempts):\n        try:\n            "
        "return function()\n        except $error as error:\n            print(attempt, error)\n    return None",
    ])


def script(w):
    values = [w.number(0, 99) for _ in range(w.number(3, 6))]
    lines = [f"$plural1 = {values}"]
    for _ in range(w.number(2, 4)):
        lines += w.pick([
            ["for i, x in enumerate($plural1):", "    print(i, x)"], ["$plural1.sort(reverse=True)"],
            ["print(max($plural1), min($plural1))"], ["$total1 = sum($plural1) / len($plural1)"],
            ["if len($plural1) > $small:", "    raise $error('too many $plural1')"],
            ["with open('$plural1.csv') as file:", "    rows = [line.strip().split(',') for line in file]"],
            ["$result1 = {x: x * $small for x in $plural1}"], ["assert $plural1[0] != $digit, '$remark'"],
            ["# $remark", "$plural1 = [x for x in $plural1 if x != $digit]"],
        ])
    return "\n".join(lines)


PARTS = [numbers, numbers, numbers, text, text, text, declared, declared, algorithm, algorithm, script]
IMPORTS = ["import math", "import json", "import os", "import sys", "import re", "from collections import Counter",
    "import random", "from dataclasses import dataclass", "from pathlib import Path", "from typing import List",
    "import itertools"]


def write(w, length):
    """A module's worth of Python of at least `length` characters."""
    pieces = []
    if w.chance(0.4):
        pieces.append("\n".join(w.some(IMPORTS, w.number(1, 3))))
    parts = w.some(PARTS, len(PARTS))
    while sum(map(len, pieces)) < length and parts:
        pieces.append(w.fill(parts.pop(0)(w), BANKS))
        w.remembered.clear()
    return "\n\n\n".join(pieces)
