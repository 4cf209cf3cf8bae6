#!/usr/bin/env python3
"""The spectral metrics of two fixtures: PyTorch hooks on Hugging Face transformers in float64, singular values of numpy.

  python3 Fixtures/make_spectrum.py [--output Fixtures]

Writes spectrum.json beside golden.json, the same texts in the same order. make_fixtures.py calls it at its end.
Needs: torch, transformers, numpy.
"""
import argparse, json
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM

# Texts both shorter and longer than the residual stream is wide: 48 and 32.
MODELS = ("tiny-llama", "variants/multi-query")


def spectrum(delta):
    """delta: [T, D]. None without a row."""
    if len(delta) == 0:
        return None
    values = np.linalg.svd(delta, compute_uv=False)
    share = values / values.sum()
    share = share[share > 0]
    energy = float((values**2).sum() / values[0] ** 2)
    return {"effective_rank": float(np.exp(-(share * np.log(share)).sum())), "stable_rank": energy,
            "top_direction_share": 1 / energy}


def make(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    deltas = {}

    def note(module, args, kwargs, output, layer):
        before = args[0] if args else kwargs["hidden_states"]
        after = output[0] if isinstance(output, tuple) else output
        # Without the dimension of the batch, where the version of transformers keeps it.
        deltas[layer] = (after - before).reshape(-1, before.shape[-1]).numpy()

    for layer, block in enumerate(model.model.layers):
        block.register_forward_hook(lambda *call, layer=layer: note(*call, layer), with_kwargs=True)
    result = {}
    for domain, texts in json.loads((folder / "golden.json").read_text()).items():
        result[domain] = []
        for text in texts:
            with torch.no_grad():
                model.model(torch.tensor([text["ids"]]))
            layers = [deltas[layer] for layer in range(len(model.model.layers))]
            assert all(len(delta) == text["tokens"] for delta in layers)
            result[domain].append({
                "layers": [spectrum(delta) for delta in layers],
                "layers_without_first_token": [spectrum(delta[1:]) for delta in layers],
            })
    (folder / "spectrum.json").write_text(json.dumps(result))


def make_all(root):
    for name in MODELS:
        make(root / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent)
    make_all(parser.parse_args().output)
