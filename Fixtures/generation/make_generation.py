#!/usr/bin/env python3
"""Greedy continuations by Hugging Face transformers in float64, token ids only.

  python3 Fixtures/generation/make_generation.py [--stories ../shared/conformance/models/stories260K]

Writes greedy.json: by model, the prompts and what follows them. `margin` is the smallest distance between the two
largest logits of any step, relative to the largest: below 1e-5 a token could be another one in float32.
Needs: torch, transformers, tokenizers; for stories260K that model, which is not part of the repository.
"""
import argparse
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

FIXTURES = Path(__file__).resolve().parent.parent


def continuation(model, prompt, count):
    """`count` tokens of `generate`; it would stop at an end-of-sequence token, which is not what is compared here."""
    model.generation_config.eos_token_id = None
    output = model.generate(
        torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long), do_sample=False,
        max_new_tokens=count, return_dict_in_generate=True, output_logits=True, pad_token_id=0)
    margins = []
    for logits in output.logits:
        first, second = logits[0].topk(2).values.tolist()
        margins.append((first - second) / max(abs(first), abs(second)))
    tokens = output.sequences[0, len(prompt):].tolist()
    assert len(tokens) == count and min(margins) > 1e-5, (len(tokens), min(margins))
    return {"prompt": prompt, "tokens": tokens, "margin": float(f"{min(margins):.2g}")}


def generate(folder, prompts, count):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    with torch.no_grad():
        return [continuation(model, prompt, count) for prompt in prompts]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=Path, default=FIXTURES / "../../shared/conformance/models/stories260K")
    stories = parser.parse_args().stories
    tiny = FIXTURES / "tiny-llama"
    encode = Tokenizer.from_file(str(tiny / "tokenizer.json")).encode
    prompts = [[508], encode("The bond yields").ids, encode("def add(a, b):\n    return a + b\n\nprint(add(1, 2))").ids]
    result = {"tiny-llama": generate(tiny, prompts, 100)}
    demo = FIXTURES / "demo-model"
    encode = Tokenizer.from_file(str(demo / "tokenizer.json")).encode
    result["demo-model"] = generate(demo, [encode(text).ids for text in ("The bond", "def ", "The patient")], 200)
    if not stories.is_dir():
        raise SystemExit(f"{stories}: not there; greedy.json needs that model too")
    encode = Tokenizer.from_file(str(stories / "tokenizer.json")).encode
    result["stories260K"] = generate(stories, [encode("Once upon a time").ids, [1], encode("Lily and Tom").ids], 200)
    lines = [f' "{name}": [\n  ' + ",\n  ".join(json.dumps(entry) for entry in entries) + "\n ]"
             for name, entries in result.items()]
    (Path(__file__).parent / "greedy.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
