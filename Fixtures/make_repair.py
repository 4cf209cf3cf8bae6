#!/usr/bin/env python3
"""Makes Fixtures/repair: linear maps in place of removed blocks, by hooks on Hugging Face transformers and numpy in float64.

  python3 Fixtures/make_repair.py [--output Fixtures]

For each model of CASES one file, <model>.json: `program`, `fitted` and `measured` (token ids of texts), `ridge`, and for each span of
removed blocks `layer`, the kept block before it, and `change`, the matrix C, outputs by inputs, row by row: `numpy.linalg.lstsq` of
‖C·m − d‖² + λ‖C‖² over the tokens, m being what the block's MLP adds, d the change of the stream by the span, λ the ridge times the
mean of the diagonal of Σ m·mᵀ. `nll` has the mean over the measured texts of the original, the pruned and the repaired model, in
nats; the repaired one has C merged into down_proj in the checkpoint's element type.
Needs: torch, transformers, numpy.
"""
import argparse, json
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaForCausalLM

from make_blocks import stay_in_float64

RIDGE = 1e-6
CASES = {"tiny-llama": ("tiny-llama", [0, 2], torch.bfloat16), "biases": ("variants/biases", [0], torch.float32)}


def spans(program, layers):
    for kept, after in zip(program, program[1:] + [layers]):
        if kept + 1 < after: yield kept, after - 1


def streams(model, texts, layers):
    """For each block of a list what its MLP adds and the stream behind it, over the tokens of all texts."""
    found = {layer: ([], []) for layer in layers}
    hooks = []
    for layer in layers:
        block = model.model.layers[layer]
        hooks.append(block.mlp.register_forward_hook(lambda m, a, o, at=layer: found[at][0].append(o.reshape(-1, o.shape[-1]).numpy())))
        hooks.append(block.register_forward_hook(lambda m, a, o, at=layer: found[at][1].append((o[0] if isinstance(o, tuple) else o).reshape(-1, model.config.hidden_size).numpy())))
    for text in texts: model.model(torch.tensor([text]), use_cache=False)
    for hook in hooks: hook.remove()
    return {layer: tuple(map(np.concatenate, values)) for layer, values in found.items()}


def nll(model, texts):
    def one(text):
        logits = model(torch.tensor([text]), use_cache=False).logits[0, :-1].double()
        return -torch.log_softmax(logits, -1).gather(-1, torch.tensor(text[1:])[:, None]).mean().item()
    return sum(map(one, texts)) / len(texts)


def fit(inputs, changes):
    width = inputs.shape[1]
    ridge = np.sqrt(RIDGE * np.square(inputs).sum() / width)
    return np.linalg.lstsq(np.vstack([inputs, ridge * np.eye(width)]), np.vstack([changes, np.zeros((width, width))]), rcond=None)[0].T


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    fixtures = Path(__file__).resolve().parent
    parser.add_argument("--output", type=Path, default=fixtures)
    output = parser.parse_args().output / "repair"
    output.mkdir(exist_ok=True)
    stay_in_float64()
    torch.set_grad_enabled(False)
    generator = torch.Generator().manual_seed(8)
    for name, (folder, program, dtype) in CASES.items():
        model = LlamaForCausalLM.from_pretrained(fixtures / folder, dtype=torch.float64, attn_implementation="eager").eval()
        def texts(count): return [torch.randint(2, model.config.vocab_size, (length,), generator=generator).tolist() for length in range(21, 21 + count)]
        fitted, measured = texts(12), texts(4)
        layers = model.model.layers
        removed = list(spans(program, len(layers)))
        captured = streams(model, fitted, sorted({layer for span in removed for layer in span}))
        nlls = {"original": nll(model, measured)}
        model.model.layers, model.config.num_hidden_layers = torch.nn.ModuleList([layers[i] for i in program]), len(program)
        nlls["pruned"] = nll(model, measured)
        maps = []
        for kept, last in removed:
            change = fit(captured[kept][0], captured[last][1] - captured[kept][1])
            maps.append({"layer": kept, "change": [float(f"{value:.12g}") for value in change.reshape(-1)]})
            down, change = layers[kept].mlp.down_proj, torch.tensor(change)
            down.weight.data = (down.weight + change @ down.weight).to(dtype).double()
            if down.bias is not None: down.bias.data = (down.bias + change @ down.bias).to(dtype).double()
        nlls["repaired"] = nll(model, measured)
        (output / f"{name}.json").write_text(json.dumps({"program": program, "ridge": RIDGE, "fitted": fitted, "measured": measured, "maps": maps, "nll": nlls}) + "\n")
        print(name, nlls, [float(np.abs(map["change"]).max()) for map in maps], [float(np.linalg.cond(captured[kept][0])) for kept, _ in removed])


if __name__ == "__main__": main()
