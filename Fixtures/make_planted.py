#!/usr/bin/env python3
"""Makes Fixtures/planted: a checkpoint in which the block that changes the stream least is the one that cannot be spared.

  python3 Fixtures/make_planted.py [--reference ../shared/reference/hf_ablate.py] [--output Fixtures]

A text of the corpus is a walk on a ring of 16 tokens: the next token is its follower, or, at times, any. The stream has three parts of
16 dimensions: what the embedding writes, one dimension a token, and no block does; what the unembedding reads, one dimension a token;
and the rest, which the unembedding does not read. The MLP of block 3 has a neuron for each token, which writes a little into the
dimension of its follower; everything else in the model is random, writes much into the rest, and next to nothing into what is read. The
final norm and the unembedding enlarge the little that block 3 wrote. So 1 - cos(X, Y) names block 3 first among the blocks that could
go, and without it the model knows nothing.

planted.json has, of each text, `nll`, and by block `block_influence` and `delta_nll`: of the reference scripts hf_profile.py and
hf_ablate.py (PyTorch hooks on Hugging Face transformers) in float64.
Needs: torch, transformers, safetensors, tokenizers.
"""
import argparse, contextlib, io, json, random, runpy, shutil, sys, tempfile
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from make_fixtures import DEFAULT_ROPE, REPOSITORY, profile, uniform

TOKENS, BLOCKS, PLANTED = 16, 8, 3
CONFIGURATION = dict(
    vocab_size=TOKENS, hidden_size=3 * TOKENS, intermediate_size=32, num_hidden_layers=BLOCKS, num_attention_heads=2,
    num_key_value_heads=1, head_dim=8, rms_norm_eps=1e-5, max_position_embeddings=64, bos_token_id=0, eos_token_id=1,
    rope_parameters=DEFAULT_ROPE, tie_word_embeddings=False)
WRITTEN, READ, REST = (slice(part * TOKENS, (part + 1) * TOKENS) for part in range(3))


def follower(token):
    return (5 * token + 3) % TOKENS


def plant(model):
    generator = random.Random(31)
    for parameter in model.parameters():
        parameter.data.zero_()
    diagonal = torch.arange(TOKENS)
    uniform(generator, model.model.embed_tokens.weight, 5.0)
    model.model.embed_tokens.weight.data[:, : REST.start] = 0
    model.model.embed_tokens.weight.data[diagonal, WRITTEN.start + diagonal] = 4.0
    model.model.norm.weight.data.fill_(1.0)
    model.lm_head.weight.data[diagonal, READ.start + diagonal] = 40.0
    for number, layer in enumerate(model.model.layers):
        attention, mlp, planted = layer.self_attn, layer.mlp, number == PLANTED
        layer.input_layernorm.weight.data.fill_(1.0)
        layer.post_attention_layernorm.weight.data.fill_(1.0)
        for projection in (attention.q_proj, attention.k_proj, attention.v_proj, mlp.gate_proj, mlp.up_proj):
            uniform(generator, projection.weight, 0.2)
        for projection, much in ((attention.o_proj, 0.4), (mlp.down_proj, 0.4)):
            uniform(generator, projection.weight, 1.0)
            projection.weight.data[WRITTEN] = 0
            projection.weight.data[READ] *= 0.0005 if planted else 0.002
            projection.weight.data[REST] *= 0.04 if planted else much
        if not planted:
            continue
        for token in range(TOKENS):
            mlp.gate_proj.weight.data[token] = mlp.up_proj.weight.data[token] = 0
            mlp.gate_proj.weight.data[token, WRITTEN.start + token] = 6.0
            mlp.up_proj.weight.data[token, WRITTEN.start + token] = 6.0
            mlp.down_proj.weight.data[:, token] = 0
            mlp.down_proj.weight.data[READ.start + follower(token), token] = 0.02


def corpus():
    generator = random.Random(32)

    def walk(length, strayed):
        text = [generator.randrange(TOKENS)]
        while len(text) < length:
            text.append(generator.randrange(TOKENS) if generator.random() < strayed else follower(text[-1]))
        return text

    return {"steady": [walk(generator.randrange(16, 40), 0.05) for _ in range(12)] + [[5]],
            "restless": [walk(generator.randrange(16, 40), 0.2) for _ in range(12)]}


def costs(reference, folder):
    """What the removal of each block costs, by the reference script in this process."""
    with tempfile.TemporaryDirectory() as temporary:
        output = Path(temporary, "ablation.json")
        saved, sys.argv = sys.argv, [str(reference), str(folder), str(folder / "corpus.json"), "--parts", "block", "--output", str(output)]
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                runpy.run_path(str(reference), run_name="__main__")
        finally:
            sys.argv = saved
        return json.loads(output.read_text())


def rounded(values):
    return [None if value is None else float("%.12g" % value) for value in values]


def measure(reference, folder):
    with tempfile.TemporaryDirectory() as temporary:
        profiled = profile(reference.with_name("hf_profile.py"), folder, Path(temporary, "profile.json"))
    measured = {}
    for domain, texts in costs(reference, folder).items():
        rows = measured[domain] = []
        for text, stream in zip(texts, profiled[domain], strict=True):
            base = text["base_nll"]
            rows.append({
                "nll": rounded([base])[0],
                "block_influence": rounded([block["block_influence"] for block in stream["layers"]]),
                "delta_nll": rounded([None if base is None else removed["nll"] - base for removed in text["removed"]])})
    return measured


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=REPOSITORY / "../shared/reference/hf_ablate.py")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Fixtures")
    arguments = parser.parse_args()
    reference = arguments.reference.resolve()
    sys.path.insert(0, str(reference.parent))  # the reference scripts have modules beside them
    folder = arguments.output / "planted"
    shutil.rmtree(folder, ignore_errors=True)
    model = LlamaForCausalLM(LlamaConfig(**CONFIGURATION, dtype=torch.bfloat16)).to(torch.float64)
    plant(model)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    (folder / "generation_config.json").unlink()
    (folder / "corpus.json").write_text(json.dumps(corpus()) + "\n")
    measured = measure(reference, folder)
    (folder / "planted.json").write_text(json.dumps(measured) + "\n")
    for domain, rows in measured.items():
        whole = [row for row in rows if row["nll"] is not None]
        mean = lambda key, rows: [sum(row[key][block] for row in rows) / len(rows) for block in range(BLOCKS)]
        influence, delta = mean("block_influence", rows), mean("delta_nll", whole)
        print(domain, "nll", round(sum(row["nll"] for row in whole) / len(whole), 3))
        print("  block_influence", [float("%.2g" % value) for value in influence])
        print("  delta_nll", [round(value, 4) for value in delta])
        # Far from equal: rounding and the choice of texts decide nothing.
        others = [block for block in range(BLOCKS) if block != PLANTED]
        assert all(4 * influence[PLANTED] < influence[block] for block in others), influence
        assert all(delta[PLANTED] > 3 * delta[block] + 0.2 for block in others), delta


if __name__ == "__main__":
    main()
