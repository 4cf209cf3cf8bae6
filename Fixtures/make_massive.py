#!/usr/bin/env python3
"""Makes Fixtures/massive: a checkpoint with massive activations (Sun et al. 2024), and what transformers measures on it.

  python3 Fixtures/make_massive.py [--reference ../shared/reference/hf_profile.py] [--output Fixtures]

Weights are drawn as in make_fixtures.py. Then dimension 7 of the stream is given to the tokens 0 and 1 alone, dimension 8 to the
token 2, and one neuron of the MLP of block 1 turns the former into a huge value of dimension 11, one of block 3 the latter into one
of dimension 20. So tokens 0 and 1 are sinks from block 1 on, wherever they stand, and token 2 at the last block only.

tokenizer.json makes a token of each character it knows: 0 is a line break, 1 a full stop, 2 a comma. The corpus is of ids.

golden.json is the reference script's, in float64; massive.json lists every massive coordinate of the same run; selection.json holds
small made-up streams of which torch says which values are massive, with even and odd numbers of values and values at the limits.
Needs: torch, transformers, tokenizers, safetensors.
"""
import argparse, json, random, shutil, sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

from make_fixtures import DEFAULT_ROPE, REPOSITORY, profile, randomize, write_corpus

CONFIGURATION = dict(
    vocab_size=48, hidden_size=36, intermediate_size=40, num_hidden_layers=4, num_attention_heads=4,
    num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-5, max_position_embeddings=128, bos_token_id=0, eos_token_id=1,
    rope_parameters=DEFAULT_ROPE, tie_word_embeddings=False)
# (tokens, their dimension, block, neuron, dimension it writes, weight)
SINKS = [((0, 1), 7, 1, 3, 11, -6.0), ((2,), 8, 3, 4, 20, 7.0)]


# Bytes as byte-level tokenizers write them: a line break and a space first.
CHARACTERS = "\u010a.," + "\u0120abcdefghijklmnopqrstuvwxyz0123456789()[]:=+-"


def save_tokenizer(folder):
    assert len(CHARACTERS) == CONFIGURATION["vocab_size"]
    tokenizer = Tokenizer(models.BPE({character: id for id, character in enumerate(CHARACTERS)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.save(str(folder / "tokenizer.json"))


def plain(generator, length):
    return [generator.randrange(3, CONFIGURATION["vocab_size"]) for _ in range(length)]


def corpus():
    generator = random.Random(5)
    text = lambda length: plain(generator, length)
    return {
        "first": [[0] + text(30), [0] + text(11), [0]],
        "second": [[0, 1] + text(20), [0, 1], [0, 1] + text(3) + [1, 1] + text(40)],
        "late": [text(9) + [2] + text(12), [0] + text(6) + [2, 2] + text(6)],
        "none": [text(25), text(1), text(2)],
    }


def massive(folder, texts):
    """Every massive coordinate, in float64: the definition once more, apart from the reference script's."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager").eval()
    streams = {}
    for index, layer in enumerate(model.model.layers):
        layer.register_forward_hook(lambda m, a, out, i=index: streams.__setitem__(
            i, (out[0] if isinstance(out, tuple) else out).reshape(-1, CONFIGURATION["hidden_size"])))
    found = []
    for domain, list_of_ids in texts.items():
        for text, ids in enumerate(list_of_ids):
            with torch.no_grad():
                model(torch.tensor([ids]))
            for layer, stream in sorted(streams.items()):
                size = stream.abs()
                limit = max(100.0, 1000 * size.median().item())
                # float32 must not decide otherwise.
                assert not ((size - limit).abs() < 0.01 * limit).any(), (domain, text, layer)
                for position, dimension in (size > limit).nonzero().tolist():
                    found.append([domain, text, layer, position, ids[position], dimension,
                                  stream[position, dimension].item()])
    return found


def selection():
    """Streams of float32 values and where torch finds massive ones."""
    generator, cases = random.Random(9), []
    def case(name, rows, width, scale, planted):
        values = torch.tensor([[generator.uniform(-scale, scale) for _ in range(width)] for _ in range(rows)],
                              dtype=torch.float32)
        for position, dimension, value in planted:
            values[position, dimension] = value
        size = values.double().abs()
        median = size.flatten().median()
        cases.append(dict(name=name, rows=rows, width=width, values=values.flatten().tolist(),
                          massive=((size > 100) & (size > 1000 * median)).nonzero().tolist()))
        return median.item()
    case("nothing above 100", 5, 9, 1, [(0, 3, 99.5)])
    case("100 itself is not above it", 4, 7, 0.01, [(1, 2, 100.0), (1, 3, -100.00001)])
    case("above 100 but not above 1,000 medians", 6, 8, 2, [(2, 5, 900.0)])
    case("an odd number of values", 5, 7, 0.5, [(0, 0, 150.0), (0, 1, 260.0), (3, 6, -4000.0), (4, 2, 240.0)])
    case("an even number of values", 6, 6, 0.5, [(0, 0, 150.0), (0, 1, 260.0), (3, 5, -4000.0), (4, 2, 240.0)])
    case("equal values", 2, 8, 0.3, [(0, 1, 500.0), (0, 2, 500.0), (1, 1, -500.0)])
    case("many between the limits", 3, 40, 0.2, [(i % 3, i, 100.0 + 7 * i) for i in range(17)])
    case("a stream that is large everywhere", 8, 12, 30, [(5, 5, 20000.0), (6, 5, -14000.0), (7, 1, 9000.0)])
    case("one token", 1, 5, 0.1, [(0, 4, -1e9)])
    case("half of the values are 0", 4, 4, 0, [(i // 4, i % 4, 10.0 ** i) for i in range(8)])
    case("more than half are not 0", 4, 4, 0, [(i // 4, i % 4, 10.0 ** (i - 1)) for i in range(9)])
    for even in (0, 1):     # exactly 1,000 medians, and the next number: the lower of two middle values decides
        rows = [1.0] * (4 + even) + [3.0] * 3
        for name, value in (("exactly 1,000 medians", 1000.0), ("the next number", 1000.00006103515625)):
            size = torch.tensor(rows + [value], dtype=torch.float64)
            cases.append(dict(name=f"{name}, {'odd' if even else 'even'}", rows=1, width=len(size), values=size.tolist(),
                              massive=((size > 100) & (size > 1000 * size.median())).nonzero().flatten().tolist()))
            cases[-1]["massive"] = [[0, place] for place in cases[-1]["massive"]]
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=REPOSITORY / "../shared/reference/hf_profile.py")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Fixtures")
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.reference.resolve().parent))  # the reference script has modules beside it
    folder = arguments.output / "massive"
    shutil.rmtree(folder, ignore_errors=True)
    model = LlamaForCausalLM(LlamaConfig(**CONFIGURATION, dtype=torch.float32)).to(torch.float64)
    randomize(model, 21)
    for tokens, source, block, neuron, target, weight in SINKS:
        model.model.embed_tokens.weight.data[:, source] = 0
        for token in tokens:
            model.model.embed_tokens.weight.data[token, source] = 4.0
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.data[source] = 0
            layer.mlp.down_proj.weight.data[source] = 0
        mlp = model.model.layers[block].mlp
        for projection in (mlp.gate_proj, mlp.up_proj):
            projection.weight.data[neuron] = 0
            projection.weight.data[neuron, source] = 5.0
        mlp.down_proj.weight.data[:, neuron] = 0
        mlp.down_proj.weight.data[target, neuron] = weight
    model.to(torch.float32).save_pretrained(folder)
    (folder / "generation_config.json").unlink()
    for path in folder.glob("*.safetensors"):
        path.chmod(0o644)
    save_tokenizer(folder)
    texts = corpus()
    write_corpus(folder, texts)
    profile(arguments.reference, folder, folder / "golden.json")
    found = massive(folder, texts)
    (folder / "massive.json").write_text(
        "[\n" + ",\n".join(json.dumps(row) for row in found) + "\n]\n")
    (folder / "selection.json").write_text(
        "[\n" + ",\n".join(json.dumps(case) for case in selection()) + "\n]\n")
    golden = json.loads((folder / "golden.json").read_text())
    for domain, rows in golden.items():
        print(domain, [row["sinks"] for row in rows])
    for row in found:
        print(*row)


if __name__ == "__main__":
    main()
