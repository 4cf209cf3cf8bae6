#!/usr/bin/env python3
"""Writes the corpus of docs/performance.md: twenty texts of random token ids, 3,020 together, as fp-cli bench makes them.

  python3 scripts/make_bench_corpus.py [--vocabulary 128256] > bench_corpus.json

What a text says changes neither speed nor memory. Needs the standard library only.
"""
import argparse
import json

LENGTHS = [164, 202, 135, 87, 119, 81, 171, 419, 116, 106, 231, 210, 176, 85, 160, 266, 64, 119, 43, 66]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vocabulary", type=int, default=128_256, help="ids are below this; by default Llama 3's")
    vocabulary = parser.parse_args().vocabulary
    state = 1

    def token():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % vocabulary

    print(json.dumps({"bench": [[token() for _ in range(length)] for length in LENGTHS]}))


if __name__ == "__main__":
    main()
