#!/usr/bin/env python3
"""Makes Fixtures/ablation/means/*.json: what removals cost that leave a mean in place of 0, by hooks on transformers in float64.

  python3 Fixtures/make_ablation_means.py [--output Fixtures]

For each model of make_edits.py one file. `chosen` are texts; A and M of each block of the unchanged model are averaged over all their
tokens. Each of `cases` removes `units` of the text `tokens`: a removed attention adds the mean of A instead, an MLP that of M, a block
that of A + M; with `keep_first` position 0 keeps its own. Numbers are defined as in the reference of make_ablation.py.
Needs: torch, transformers.
"""
import argparse, json
from pathlib import Path

import torch
from transformers import LlamaForCausalLM

from make_blocks import MODELS, SMALL, randomize, stay_in_float64
from make_edits import changed, first_of, module


def multiplier(model): return getattr(model.config, "residual_multiplier", 1.0)


def means(model, texts):
    """Means of A and M, [blocks, hidden] each."""
    seen = {}
    hooks = [module(layer, part).register_forward_hook(
        lambda m, a, output, key=(part, place): seen.setdefault(key, []).append(first_of(output)[0] * multiplier(model)))
        for place, layer in enumerate(model.model.layers) for part in ("attention", "mlp")]
    with torch.no_grad():
        for tokens in texts: model(torch.tensor([tokens]), use_cache=False)
    for hook in hooks: hook.remove()
    count = len(model.model.layers)
    return {part: torch.stack([torch.cat(seen[part, place]).mean(0) for place in range(count)]) for part in ("attention", "mlp")}


def replaced(model, units, keep, mean):
    """Hooks that replace the outputs of the units."""
    def replace(part, place, vector):
        def hook(m, arguments, output):
            value = first_of(output)
            result = (vector / multiplier(model)).expand_as(value).clone()
            if keep: result[:, 0] = value[:, 0]
            return changed(output, result)
        return module(model.model.layers[place], part).register_forward_hook(hook)
    hooks = []
    for unit in units:
        part, place = unit.split(":")
        place = int(place)
        if part == "block":
            hooks += [replace("attention", place, 0 * mean["attention"][place]),
                      replace("mlp", place, mean["attention"][place] + mean["mlp"][place])]
        else: hooks.append(replace(part, place, mean[part][place]))
    return hooks


def compare(p, q, tokens):
    change = torch.linalg.vector_norm(p.exp() - q.exp(), dim=-1)
    return {"nll": -q[:-1].gather(-1, torch.tensor(tokens[1:])[:, None]).mean().item(), "kl": (p.exp() * (p - q)).sum(-1).mean().item(),
            "top1": (p.argmax(-1) == q.argmax(-1)).double().mean().item(), "output_change_mean": change.mean().item(),
            "output_change_max": change.max().item()}


def run(name, model, output, generator):
    def text(length): return torch.randint(2, model.config.vocab_size, (length,), generator=generator).tolist()
    def logits():
        with torch.no_grad(): return torch.log_softmax(model(torch.tensor([tokens]), use_cache=False).logits[0].double(), -1)
    chosen, tokens = [text(length) for length in (11, 1, 17)], text(14)
    mean, base, count = means(model, chosen), logits(), len(model.model.layers)
    sets = [[f"{part}:{place}"] for part in ("block", "attention", "mlp") for place in range(count)]
    sets += [[f"block:{place}", f"block:{place + 1}"] for place in range(count - 1)]
    sets += [["attention:0", f"mlp:{count - 1}"], ["attention:0", "mlp:0"], ["block:0", f"attention:{count - 1}"],
             ["mlp:0", f"block:{count - 1}"]]
    cases = []
    for units in sets:
        for keep in (False, True):
            hooks = replaced(model, units, keep, mean)
            cases.append({"units": units, "keep_first": keep} | compare(base, logits(), tokens))
            for hook in hooks: hook.remove()
    assert torch.equal(logits(), base)
    rounded = [{key: float("%.12g" % value) if isinstance(value, float) else value for key, value in case.items()} for case in cases]
    (output / f"{name}.json").write_text(json.dumps({"chosen": chosen, "tokens": tokens, "cases": rounded}) + "\n")
    print(name, len(cases), [round(case["nll"], 3) for case in cases])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent)
    output = parser.parse_args().output / "ablation/means"
    output.mkdir(parents=True, exist_ok=True)
    stay_in_float64()
    generator = torch.Generator().manual_seed(7)
    for name, (seed, kind, configuration, changes) in MODELS.items():
        model = kind(configuration(**(SMALL | changes))).eval()
        randomize(model, seed)
        run(name, model.double(), output, generator)
    fixtures = Path(__file__).resolve().parent
    for folder in [fixtures / "tiny-llama", fixtures / "variants/biases"]:
        model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager").eval()
        run(folder.name, model, output, generator)


if __name__ == "__main__": main()
