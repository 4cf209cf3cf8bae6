#!/usr/bin/env python3
"""Writes texts of seven domains; run as a program, the held-out corpus demo.json beside this file.

  python3 Fixtures/corpora/generate.py [--output FILE] [--show DOMAIN | --verify]

Only Python's standard library is used, and the same seeds give the same bytes wherever they run.
"""
import argparse
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

import bills, cpp, finance, legal, mathematics, medical, python_code  # noqa: E402
from writer import Writer  # noqa: E402

# The shortest and longest text in characters. They differ, so that the texts of all domains have about as many tokens.
DOMAINS = {
    "cpp": (cpp, 220, 500), "python": (python_code, 220, 500), "finance": (finance, 270, 560),
    "math": (mathematics, 210, 410),
    "legal": (legal, 320, 660), "medical": (medical, 250, 480), "bills": (bills, 320, 640),
}
HELD_OUT_TEXTS = 32


def text(domain, seed):
    """One text; another for every seed."""
    module, shortest, longest = DOMAINS[domain]
    for attempt in range(1000):
        writer = Writer(f"{domain}/{seed}/{attempt}")
        result = module.write(writer, writer.number(shortest, longest - 80)).strip()
        if shortest <= len(result) <= longest:
            return result
    raise RuntimeError(f"{domain}: no text of {shortest} to {longest} characters")


def texts(domain, split, count):
    """`count` different texts. `split` is "training" or "held-out"; they are drawn with different seeds."""
    found, index = {}, 0
    while len(found) < count:
        found.setdefault(text(domain, f"{split}/{index}"))
        index += 1
    return list(found)


def held_out():
    return {domain: texts(domain, "held-out", HELD_OUT_TEXTS) for domain in DOMAINS}


def verify(count=4000):
    """Stops if one of the first `count` training texts of a domain is in demo.json."""
    committed = json.loads((FOLDER / "demo.json").read_text(encoding="utf-8"))
    for domain, held_out_texts in committed.items():
        both = set(held_out_texts) & set(texts(domain, "training", count))
        if both:
            raise SystemExit(f"{domain}: {len(both)} held-out texts are training texts, the first: {min(both)!r}")
        print(f"{domain}: {len(held_out_texts)} held-out texts, none of them among {count} different training texts")


def write(path):
    path.write_text(json.dumps(held_out(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=FOLDER / "demo.json")
    parser.add_argument("--show", choices=DOMAINS, help="print five training texts of a domain instead")
    parser.add_argument("--verify", action="store_true", help="compare demo.json with training texts instead")
    arguments = parser.parse_args()
    if arguments.show:
        print("\n\n--------\n".join(texts(arguments.show, "training", 5)))
    elif arguments.verify:
        verify()
    else:
        write(arguments.output)


if __name__ == "__main__":
    main()
