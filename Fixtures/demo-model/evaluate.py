#!/usr/bin/env python3
"""Prints the demo model's loss on texts it was not trained on, per domain, as the table of README.md.

  python3 Fixtures/demo-model/evaluate.py

The held-out texts of demo.json come from the generators that made the training texts; those of handwritten.json do not.
The unigram baseline gives every token its frequency in the tokenizer's training texts, whatever stands before it.
Needs: torch, transformers, tokenizers.
"""
import json
import math
from collections import Counter

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from train import FOLDER, THREADS, TOKENIZER_TEXTS, VOCABULARY, generate, training_texts


def unigram(tokenizer):
    """Nats of every token, with one added to each count."""
    source, counts = training_texts(), Counter()
    texts = [next(source)[1] for _ in range(TOKENIZER_TEXTS * len(generate.DOMAINS))]
    for encoding in tokenizer.encode_batch(texts):
        counts.update(encoding.ids[1:])
    total = sum(counts.values()) + VOCABULARY
    return [math.log(total) - math.log(counts[token] + 1) for token in range(VOCABULARY)]


def losses(model, tokenizer, baseline, texts):
    """(tokens, bytes, nats of the model, nats of the unigram), summed over texts; BOS is given, not predicted."""
    tokens = size = 0
    nats = plain = 0.0
    for text in texts:
        ids = torch.tensor(tokenizer.encode(text).ids)
        with torch.no_grad():
            logits = model(ids[None]).logits[0, :-1]
        nats += torch.nn.functional.cross_entropy(logits.double(), ids[1:], reduction="sum").item()
        plain += sum(baseline[token] for token in ids[1:].tolist())
        tokens, size = tokens + len(ids) - 1, size + len(text.encode())
    return tokens, size, nats, plain


def row(name, count, sums):
    tokens, size, nats, plain = sums
    return (f"| {name} | {count} | {tokens:,} | {nats / tokens:.3f} | {plain / tokens:.3f} | {nats / size:.3f} "
            f"| {plain / size:.3f} |")


def main():
    torch.set_num_threads(THREADS)
    model = LlamaForCausalLM.from_pretrained(FOLDER, dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    baseline = unigram(tokenizer)
    for name in ("demo.json", "handwritten.json"):
        corpus = json.loads((generate.FOLDER / name).read_text(encoding="utf-8"))
        results = {domain: losses(model, tokenizer, baseline, texts) for domain, texts in corpus.items()}
        print(f"\n{name}\n\n| domain | texts | tokens | nats/token | unigram | nats/byte | unigram |")
        print("|---" * 7 + "|")
        for domain, sums in results.items():
            print(row(domain, len(corpus[domain]), sums))
        print(row("all", sum(map(len, corpus.values())), [sum(column) for column in zip(*results.values())]))


if __name__ == "__main__":
    main()
