#!/usr/bin/env python3
"""Perplexity by domain from Hugging Face transformers' logits in float64, numbers only.

  python3 Fixtures/generation/make_perplexity.py [--shared ../shared]

Writes perplexity.json: for stories260K and the texts of corpora/domains.json, each cut to 128 tokens, by domain the
number of texts and of predicted tokens and the mean negative log-likelihood of a token, in nats.
Needs: torch, transformers, tokenizers; model and texts, which are not part of the repository.
"""
import argparse
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

MAX_TOKENS = 128


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parent / "../../../shared")
    shared = parser.parse_args().shared
    folder = shared / "conformance/models/stories260K"
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    encode = Tokenizer.from_file(str(folder / "tokenizer.json")).encode
    result = {}
    for domain, texts in json.loads((shared / "corpora/domains.json").read_text()).items():
        total, tokens, count = 0.0, 0, 0
        for text in texts:
            ids = encode(text).ids[:MAX_TOKENS] if text else []
            if len(ids) < 2:
                continue
            with torch.no_grad():
                logits = model(torch.tensor([ids])).logits[0, :-1]
            total += torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="sum").item()
            tokens += len(ids) - 1
            count += 1
        result[domain] = {"texts": count, "tokens": tokens, "nll": total / tokens}
    lines = [f" {json.dumps(name)}: {json.dumps(entry)}" for name, entry in result.items()]
    (Path(__file__).parent / "perplexity.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
