#!/usr/bin/env python3
"""Perplexity by domain from Hugging Face transformers' logits in float64, numbers only.

  python3 Fixtures/generation/make_perplexity.py [--shared ../shared]

Writes perplexity.json: for demo-model and the texts of corpora/demo.json, and for stories260K and the texts of
corpora/domains.json, which are not part of the repository, each cut to 128 tokens: by domain the number of texts and of
predicted tokens and the mean negative log-likelihood of a token, in nats.
Needs: torch, transformers, tokenizers.
"""
import argparse
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

MAX_TOKENS = 128


def likelihoods(folder, texts_by_domain):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    encode = Tokenizer.from_file(str(folder / "tokenizer.json")).encode
    result = {}
    for domain, texts in texts_by_domain.items():
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
    return result


def main():
    fixtures = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=fixtures / "../../shared")
    shared = parser.parse_args().shared
    models = {}
    for folder, corpus in [(fixtures / "demo-model", fixtures / "corpora/demo.json"),
                           (shared / "conformance/models/stories260K", shared / "corpora/domains.json")]:
        entries = likelihoods(folder, json.loads(corpus.read_text()))
        models[folder.name] = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items()]
    text = ",\n".join(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }" for name, lines in models.items())
    (Path(__file__).parent / "perplexity.json").write_text("{\n" + text + "\n}\n")


if __name__ == "__main__":
    main()
