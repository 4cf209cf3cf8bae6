#!/usr/bin/env python3
"""The other side of the comparison in docs/performance.md: a profile with Hugging Face transformers and forward hooks.

  python3 scripts/pytorch_profile.py MODEL CORPUS [--dtype bfloat16] [--no-head] [--threads 2]

Every text goes through the model alone, as people do it; hooks on the blocks compute abs_mean and block_influence of
what each adds to the residual stream, in float32. Prints tokens a second, loading left out, and the peak resident memory
of the process. With --no-head the final norm and the unembedding, which no such metric needs, are left out.

Needs: pip install torch transformers tokenizers
"""
import argparse
import json
import pathlib
import resource
import time

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM


class Hooks:
    """Sums over texts of two metrics of every block."""

    def __init__(self, blocks):
        self.rows = [[0.0, 0.0] for _ in blocks]
        for number, block in enumerate(blocks):
            block.register_forward_hook(lambda _, inputs, output, number=number: self.see(number, inputs[0], output))

    def see(self, number, before, after):
        before = before.float()
        after = (after[0] if isinstance(after, tuple) else after).float()
        change = (after - before).abs().mean()
        influence = (1 - torch.nn.functional.cosine_similarity(before, after, dim=-1)).mean()
        self.rows[number][0] += change.item()
        self.rows[number][1] += influence.item()


def corpus_ids(corpus, model):
    """The ids of all texts; a text may be ids already."""
    texts = [text for group in json.loads(corpus.read_text(encoding="utf-8")).values() for text in group]
    if all(isinstance(text, list) for text in texts):
        return texts
    encode = Tokenizer.from_file(str(model / "tokenizer.json")).encode
    return [encode(text).ids if isinstance(text, str) else text for text in texts]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--no-head", action="store_true")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)

    start = time.perf_counter()
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=getattr(torch, options.dtype)).eval()
    loading = time.perf_counter() - start
    texts = corpus_ids(options.corpus, options.model)
    hooks = Hooks(model.model.layers)
    if options.no_head:
        model.model.norm = torch.nn.Identity()
    run = model.model if options.no_head else model
    start = time.perf_counter()
    with torch.no_grad():
        for ids in texts:
            run(torch.tensor([ids]), use_cache=False)
    seconds = time.perf_counter() - start

    tokens = sum(map(len, texts))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print("block  abs_mean      block_influence")
    for number, (change, influence) in enumerate(hooks.rows):
        print(f"{number:5}  {change / len(texts):<12.6g}  {influence / len(texts):.6g}")
    print(f"{len(texts)} texts, {tokens:,} tokens in {seconds:.2f} s: {tokens / seconds:,.1f} tokens/s; "
          f"loading {loading:.1f} s; peak memory {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
