#!/usr/bin/env python3
"""Writes white-space.json: tokenizers with added tokens of white space, some of which strip the white space around them,
and what Hugging Face's tokenizers library makes of texts that consist mostly of both.

Shaped as goldens.json, without `long`. A text at which the library itself panics ("bad split": a token that strips to
its left lies before the end of what the one before has stripped) has no right value and is left out.

Usage: python3 make_white_space.py > white-space.json
Needs: pip install tokenizers
"""
import itertools
import json
import random
import sys

from tokenizers import Tokenizer

from make_goldens import LLAMA3, added, byte_level, sequence, split, trained, variant

CONTENTS = ["X", "Y", " ", "  ", "\n", "\n\n", "\t", " Y", "Y ", "\t\n", "\u3000", "XY", "nX"]
OTHERS = ["a", "the", " ", "  ", "\n", "\t", "\u3000", "\r\n", "\u00a0", "."]
FLAGS = ["single_word", "lstrip", "rstrip", "normalized"]


def configurations(rng):
    """Every combination of the four flags occurs, each on a token that is white space and on one that is not."""
    flags = [dict(zip(FLAGS, values)) for values in itertools.product([False, True], repeat=4)]
    white = [content for content in CONTENTS if not content.strip()]
    black = [content for content in CONTENTS if content.strip()]
    flags = {True: rng.sample(flags, len(flags)), False: rng.sample(flags, len(flags))}
    byte, spm = trained(True), trained(False)
    for number in range(8):
        tokens = [added(content, **flags[group is white].pop()) for group in (white, black)
                  for content in rng.sample(group, 2)]
        yield f"bytes {number}", variant(
            byte, sequence("pretokenizers", split(LLAMA3), byte_level()) if number % 2 else byte_level(use_regex=True),
            add=tokens)
        yield f"llama2 {number}", variant(spm, add=[dict(token) for token in tokens])


def cases(tokenizer, tokens, rng, count):
    atoms = 2 * [token["content"] for token in tokens] + OTHERS
    while count:
        text = "".join(rng.choices(atoms, k=rng.randrange(2, 10)))
        try:
            ids = tokenizer.encode(text).ids
        except BaseException as error:  # pyo3's PanicException is no Exception
            if "bad split" not in str(error):
                raise
            continue
        count -= 1
        yield [text, ids, tokenizer.decode(ids, skip_special_tokens=True)]


def main():
    rng = random.Random(20261127)
    goldens = {}
    for name, contents in configurations(rng):
        tokenizer = Tokenizer.from_str(json.dumps(contents))
        goldens[name] = {"tokenizer": contents, "cases": list(cases(tokenizer, contents["added_tokens"], rng, 60))}
    json.dump(goldens, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
