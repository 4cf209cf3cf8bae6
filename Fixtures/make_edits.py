#!/usr/bin/env python3
"""Makes Fixtures/edits: what changed models compute, by hooks on Hugging Face transformers in float64.

  python3 Fixtures/make_edits.py [--output Fixtures]

For each model of CASES one file, <model>.json: `tokens` of one text, and a list of `cases`, each with `edits` in the words of the
command line, the text's `nll` (mean over its tokens but the first, nats) and the `logits` after its last token. A removed part adds 0
where it is added: behind a post-norm, before a multiplier. vectors.safetensors holds the steering vectors; models whose names begin
with "other" are the same shapes with other weights (blocks/<model> drawn with another seed), for --swap-weights.
Needs: torch, transformers, safetensors.
"""
import argparse, json, re
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

from make_blocks import MODELS, SMALL, randomize, stay_in_float64
from make_fixtures import REPOSITORY

WORDS = [
    "--layers 0,2", "--layers 1,0,2", "--layers 0,1,1,2", "--layers 2",
    "--skip block:1", "--skip attention:0", "--skip mlp:2", "--skip head:1.2", "--skip attention:0-2", "--skip head:0.0 --skip head:0.3 --skip mlp:1",
    "--skip block:1 --keep-first", "--skip attention:0 --keep-first", "--skip mlp:2 --keep-first", "--skip head:1.2 --keep-first",
    "--scale mlp:1=0.5", "--scale block:2=-1.25", "--scale attention:0=2", "--steer VECTORS:v@1*4", "--steer VECTORS:half@0", "--steer VECTORS:v@2*-0.5 --steer VECTORS:half@2",
    "--layers 0,1,1,2 --skip mlp:1 --scale attention:2=3", "--swap-weights OTHER@1", "--swap-weights attention:OTHER@0,2", "--swap-weights mlp:OTHER@1-2 --skip block:0",
]


def numbers(text):
    out = []
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        out += range(int(first), int(last or first) + 1)
    return out


def blocks(words):
    """The blocks that edits name."""
    places = re.findall(r"--layers (\S+)|(?:block|attention|mlp):([\d,-]+)(?==| |$)|head:(\d+)|@([\d,-]+)", words)
    return [layer for place in places for part in place if part for layer in numbers(part)]


def first_of(output): return output[0] if isinstance(output, tuple) else output


def changed(output, value): return (value,) + output[1:] if isinstance(output, tuple) else value


def module(layer, part):
    """The module whose output is added to the stream, but for a multiplier."""
    if part == "attention":
        return layer.post_attention_layernorm if hasattr(layer, "post_feedforward_layernorm") else layer.self_attn
    return layer.post_feedforward_layernorm if hasattr(layer, "post_feedforward_layernorm") else layer.mlp


def apply(model, other, words, vectors):
    """Changes the model by hooks; returns the hooks, and what undoes the rest."""
    hooks, undo = [], []
    layers, config = model.model.layers, model.config
    words = re.findall(r"--(\S+)(?: (?!--)(\S+))?", words)
    keep = ("keep-first", "") in words

    def scale(layer, part, factor):
        def hook(module, arguments, output):
            value = first_of(output)
            result = value * factor
            if keep: result[:, 0] = value[:, 0]
            return changed(output, result)
        hooks.append(module(layers[layer], part).register_forward_hook(hook))

    def zero(layer, head):
        width = model.config.head_dim if getattr(model.config, "head_dim", None) else config.hidden_size // config.num_attention_heads
        def hook(module, arguments):
            value = arguments[0].clone()
            value[:, 1 if keep else 0:, head * width:(head + 1) * width] = 0
            return (value,)
        hooks.append(layers[layer].self_attn.o_proj.register_forward_pre_hook(hook))

    def steer(layer, vector):
        hooks.append(layers[layer].register_forward_hook(lambda module, arguments, output: changed(output, first_of(output) + vector)))

    def swap(layer, part):
        ours, theirs = layers[layer], other.model.layers[layer]
        is_attention = lambda name: "self_attn" in name or name.startswith("input_layernorm") or (name.startswith("post_attention_layernorm") and hasattr(ours, "post_feedforward_layernorm"))
        kept = {name: value.clone() for name, value in ours.state_dict().items()}
        source = theirs.state_dict()
        ours.load_state_dict({name: source[name] if part == "block" or is_attention(name) == (part == "attention") else value for name, value in kept.items()})
        undo.append(lambda: ours.load_state_dict(kept))

    for word, value in words:
        if word == "skip":
            part, where = value.split(":")
            if part == "head": zero(*map(int, where.split(".")))
            else:
                for layer in numbers(where):
                    for name in ["attention", "mlp"] if part == "block" else [part]: scale(layer, name, 0)
        elif word == "scale":
            (part, where), factor = value.split("=")[0].split(":"), float(value.split("=")[1])
            for layer in numbers(where):
                for name in ["attention", "mlp"] if part == "block" else [part]: scale(layer, name, factor)
        elif word == "steer":
            name, layer, factor = re.fullmatch(r"VECTORS:(\w+)@(\d+)(?:\*(.+))?", value).groups()
            steer(int(layer), vectors[name].double() * float(factor or 1))
        elif word == "swap-weights":
            part, where = re.fullmatch(r"(?:(\w+):)?OTHER@(.+)", value).groups()
            for layer in numbers(where): swap(layer, part or "block")
        elif word == "layers":
            path, kinds = numbers(value), getattr(config, "layer_types", None)
            model.model.layers, config.num_hidden_layers = torch.nn.ModuleList([layers[i] for i in path]), len(path)
            # A moved block keeps its window: transformers chooses it by place.
            if kinds: config.layer_types = [kinds[i] for i in path]
            def restore():
                model.model.layers, config.num_hidden_layers = layers, len(layers)
                if kinds: config.layer_types = kinds
            undo.append(restore)
    return hooks, undo


def compute(model, tokens):
    with torch.no_grad(): logits = model(torch.tensor([tokens]), use_cache=False).logits[0].double()
    nll = -torch.log_softmax(logits[:-1], -1).gather(-1, torch.tensor(tokens[1:])[:, None]).mean()
    return nll.item(), logits[-1].tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent)
    output = parser.parse_args().output / "edits"
    output.mkdir(exist_ok=True)
    stay_in_float64()
    generator = torch.Generator().manual_seed(5)
    for name, (seed, kind, configuration, changes) in MODELS.items():
        def build(seed):
            model = kind(configuration(**(SMALL | changes))).eval()
            randomize(model, seed)
            return model.double()
        model, other = build(seed), build(seed + 100)
        save(other, output / f"other-{name}")
        run(name, model, other, output, generator)
    fixtures = Path(__file__).resolve().parent
    for folder in [fixtures / "tiny-llama", fixtures / "variants/biases"]:
        name = folder.name
        model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager").eval()
        run(name, model, None, output, generator)


def save(model, folder):
    folder.mkdir(exist_ok=True)
    state = {name: torch.tensor(value.tolist(), dtype=torch.float32) for name, value in model.state_dict().items() if not (name == "lm_head.weight" and model.config.tie_word_embeddings)}
    save_file(state, folder / "model.safetensors")


def run(name, model, other, output, generator):
    hidden, layers = model.config.hidden_size, model.config.num_hidden_layers
    tokens = torch.randint(2, model.config.vocab_size, (14,), generator=generator).tolist()
    vectors = {"v": torch.randn(hidden, generator=generator), "half": torch.randn(1, hidden, generator=generator).half()}
    save_file(vectors, output / f"{name}-vectors.safetensors")
    cases = []
    for words in [""] + WORDS:
        if "OTHER" in words and other is None: continue
        if any(layer >= layers for layer in blocks(words)): continue
        hooks, undo = apply(model, other, words, vectors)
        nll, logits = compute(model, tokens)
        for hook in hooks: hook.remove()
        for step in undo: step()
        cases.append({"edits": words, "nll": nll, "logits": logits})
    assert compute(model, tokens)[0] == cases[0]["nll"]
    (output / f"{name}.json").write_text(json.dumps({"tokens": tokens, "cases": cases}) + "\n")
    print(name, len(cases), [round(case["nll"], 3) for case in cases])


if __name__ == "__main__": main()
