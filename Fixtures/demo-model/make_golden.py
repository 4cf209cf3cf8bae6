#!/usr/bin/env python3
"""Writes corpus.json, the first held-out text of every domain, and golden.json, what Hugging Face measures on them.

  python3 Fixtures/demo-model/make_golden.py [--reference ../shared/reference/hf_profile.py]

golden.json is of the form of the other fixtures (Fixtures/README.md), in float64.
Needs: torch, transformers, tokenizers, and corpora/demo.json.
"""
import argparse
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from make_fixtures import REPOSITORY, profile, write_corpus  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=REPOSITORY / "../shared/reference/hf_profile.py")
    reference = parser.parse_args().reference
    held_out = json.loads((FOLDER.parent / "corpora/demo.json").read_text(encoding="utf-8"))
    write_corpus(FOLDER, {domain: texts[:1] for domain, texts in held_out.items()})
    profile(reference, FOLDER, FOLDER / "golden.json")


if __name__ == "__main__":
    main()
