#!/usr/bin/env python3
"""Are the goldens fit to judge an engine by? They must be attainable in float32, and must not forgive a mistake.

  python3 Fixtures/check_fixtures.py [--reference ../shared/reference/hf_profile.py]

1. PyTorch's own float32 against golden.json: the largest difference of every metric (bound: 1e-6 of the value; of
   abs_mean for `mean`). A value that float32 cannot reach would be a badly conditioned fixture.
2. Mistakes an engine could make, each played by editing a copy of the checkpoint: every one must move a metric (or the
   text's nll) by at least 3e-5 of its value, ten times the tolerance of the tests.
3. Mistakes of the tiny fixture's tokenizer: without ignore_merges, or with plain GPT-2 splitting, ids must differ.
Exits with 1 if one fails.
"""
import argparse, json, shutil, tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from make_fixtures import REPOSITORY, VARIANTS, profile

ATTAINABLE, VISIBLE = 1e-6, 3e-5


def differences(golden, other):
    """Largest relative difference per metric, and of nll, last_logits (to the largest logit) and argmax."""
    worst = {}
    def note(name, difference): worst[name] = max(worst.get(name, 0.0), difference)
    for domain, rows in golden.items():
        for row, twin in zip(rows, other[domain], strict=True):
            note("argmax", float(row["argmax"] != twin["argmax"]))
            if row["nll"] is not None:
                note("nll", abs(row["nll"] - twin["nll"]) / row["nll"])
            scale = max(map(abs, row["last_logits"]))
            note("last_logits", max(abs(a - b) for a, b in zip(row["last_logits"], twin["last_logits"])) / scale)
            for scope in ("layers", "layers_without_first_token"):
                for block, counterpart in zip(row[scope], twin[scope], strict=True):
                    for name, value in (block or {}).items():
                        scale = block["abs_mean"] if name == "mean" else abs(value)
                        note(name, abs(value - counterpart[name]) / scale)
    return worst


def permuted(tensor, heads, order):
    """Rows of a projection with the entries of `order` exchanged, among the heads or inside each of them."""
    by_head = tensor.reshape(heads, -1, *tensor.shape[1:])
    return (by_head[order] if len(order) == heads else by_head[:, order]).reshape(tensor.shape).contiguous()


def mistakes(name, config):
    """(what goes wrong, edit of config.json's dictionary, edit of one tensor given its name) for one fixture."""
    same = lambda key, tensor: tensor
    keep = lambda config: None
    heads, key_heads = config["num_attention_heads"], config.get("num_key_value_heads", config["num_attention_heads"])
    size = config.get("head_dim", config["hidden_size"] // heads)
    rope = "rope_parameters" if "rope_parameters" in config else "rope_scaling"
    theta = config if rope == "rope_scaling" else config[rope]
    yield "rope_theta 1 % off", lambda c: (c if theta is config else c[rope]).update(
        rope_theta=theta.get("rope_theta", 10000.0) * 1.01), same
    yield "rms_norm_eps 1e-5 / 1e-6 exchanged", lambda c: c.update(rms_norm_eps=1.1e-5 - c["rms_norm_eps"]), same
    for norm in ("input_layernorm", "post_attention_layernorm"):
        yield f"{norm} weight left out", keep, lambda k, t, n=norm: torch.ones_like(t) if n in k else t
    yield "final norm weight left out", keep, lambda k, t: torch.ones_like(t) if k == "model.norm.weight" else t
    other = {"gate_proj": "up_proj", "up_proj": "gate_proj"}
    yield "gate and up exchanged", keep, lambda k, t: (
        ".".join(other.get(part, part) for part in k.split(".")), t)
    interleaved = [*range(0, size, 2), *range(1, size, 2)]
    yield "RoPE on interleaved pairs", keep, lambda k, t: (
        permuted(t, heads if "q_proj" in k else key_heads, interleaved) if "q_proj" in k or "k_proj" in k else t)
    if 1 < key_heads < heads:
        modulo = [h // (heads // key_heads) + key_heads * (h % (heads // key_heads)) for h in range(heads)]
        inverse = [modulo.index(h) for h in range(heads)]
        yield "query head h on key head h % n", keep, lambda k, t: (
            permuted(t, heads, inverse) if "q_proj" in k else
            permuted(t.T, heads, inverse).T.contiguous() if "o_proj.weight" in k else t)
    if size * heads != config["hidden_size"]:
        wrong = (size / (config["hidden_size"] / heads)) ** 0.5
        yield "scores scaled by hidden / heads", keep, lambda k, t: t.double().mul(wrong) if "q_proj" in k else t
    if (config.get(rope) or {}).get("factor"):
        yield "RoPE factor 1 % off", lambda c: c[rope].update(factor=c[rope]["factor"] * 1.01), same
        yield "RoPE not scaled", lambda c: c[rope].update(factor=1.0), same
        if "low_freq_factor" in config[rope]:
            yield "no smoothing, all above divided", lambda c: c[rope].update(low_freq_factor=3.999), same
            yield "no smoothing, all below kept", lambda c: c[rope].update(high_freq_factor=1.001), same
    if config.get("attention_bias"):
        for module in ("q", "k", "v", "o", "gate", "up", "down"):
            yield f"{module}_proj bias left out", keep, lambda k, t, m=module: (
                torch.zeros_like(t) if k.endswith(f"{m}_proj.bias") else t)
    if not config.get("tie_word_embeddings", False):
        # Left out, since transformers ignores the tie if it finds a different lm_head.
        yield "lm_head tied by mistake", lambda c: c.update(tie_word_embeddings=True), lambda k, t: (
            None if k == "lm_head.weight" else t)
    if name == "float16":
        yield "subnormal halves read as 0", keep, lambda k, t: torch.where(t.abs() < 2 ** -14, 0, t)


def tokenizer_mistakes(folder):
    """(what goes wrong, number of texts whose ids differ)"""
    texts = [text for texts in json.loads((folder / "corpus.json").read_text()).values() for text in texts]
    texts = [text for text in texts if isinstance(text, str)]
    right = json.loads((folder / "tokenizer.json").read_text())
    ids = lambda tokenizer: [encoding.ids for encoding in Tokenizer.from_str(json.dumps(tokenizer)).encode_batch(texts)]
    count = lambda wrong: sum(a != b for a, b in zip(ids(right), ids(wrong), strict=True))
    yield "ignore_merges not honoured", count({**right, "model": {**right["model"], "ignore_merges": False}})
    yield "GPT-2's split pattern", count({**right, "pre_tokenizer": {
        "type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}})
    yield "template left out", count({**right, "post_processor": None})


def play(reference, folder, scratch, edit_config, edit_tensor):
    """The profile of a copy of the checkpoint after the two edits."""
    copy = Path(scratch) / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in folder.iterdir():
        if path.suffix == ".json" and "index" not in path.name:
            shutil.copy(path, copy)
    config = json.loads((copy / "config.json").read_text())
    edit_config(config)
    (copy / "config.json").write_text(json.dumps(config))
    tensors = {}
    for path in folder.glob("*.safetensors"):
        for key, tensor in load_file(path).items():
            edited = edit_tensor(key, tensor.double())
            key, tensor = edited if isinstance(edited, tuple) else (key, edited)
            if tensor is not None:
                tensors[key] = tensor
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    return profile(reference, copy, Path(scratch) / "profile.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=REPOSITORY / "../shared/reference/hf_profile.py")
    reference, fixtures, fit = parser.parse_args().reference, REPOSITORY / "Fixtures", True
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("tiny-llama", *(f"variants/{variant}" for variant in VARIANTS)):
            folder = fixtures / name
            golden = json.loads((folder / "golden.json").read_text())
            config = json.loads((folder / "config.json").read_text())
            print(f"\n{name}\n  PyTorch float32")
            worst = differences(golden, profile(reference, folder, Path(scratch) / "float32.json", "float32"))
            for metric, difference in sorted(worst.items(), key=lambda item: -item[1]):
                attained = difference <= ATTAINABLE
                fit &= attained
                print(f"    {difference:8.1e}  {metric}{'' if attained else '  NOT ATTAINABLE'}")
            print("  mistakes, the metric that moves most")
            for mistake, edit_config, edit_tensor in mistakes(folder.name, config):
                worst = differences(golden, play(reference, folder, scratch, edit_config, edit_tensor))
                del worst["argmax"], worst["last_logits"]
                metric = max(worst, key=worst.get)
                visible = worst[metric] >= VISIBLE
                fit &= visible
                print(f"    {worst[metric]:8.1e}  {mistake} ({metric}){'' if visible else '  NOT VISIBLE'}")
    print("\ntiny-llama's tokenizer")
    for mistake, texts in tokenizer_mistakes(fixtures / "tiny-llama"):
        fit &= texts > 0
        print(f"    {texts:3} texts  {mistake}{'' if texts else '  NOT VISIBLE'}")
    raise SystemExit(0 if fit else 1)


if __name__ == "__main__":
    main()
