#!/usr/bin/env python3
"""Makes Fixtures/blocks: tiny checkpoints of blocks that are not Llama's, and the streams transformers computes with them.

  python3 Fixtures/make_blocks.py [--output Fixtures]

One folder for each model class, which together have every field of a BlockSpec: norms before, behind and on both sides, `1 + w`,
norms of queries and keys by head and by token, windows, soft caps, GELU, fused projections and all multipliers. golden.json holds
`tokens`, `streams` (the embedding, then the stream after each block, `[blocks + 1][tokens][hidden]`), `added` (A and M of each
block) and `logits` of the last position, in float64 throughout. Weights are drawn as in make_fixtures.py.
Needs: torch, transformers, safetensors.
"""
import argparse, json, random
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (Gemma2Config, Gemma2ForCausalLM, GraniteConfig, GraniteForCausalLM, Olmo2Config,
                          Olmo2ForCausalLM, Phi3Config, Phi3ForCausalLM, Qwen3Config, Qwen3ForCausalLM)

from make_fixtures import REPOSITORY

SMALL = dict(vocab_size=40, hidden_size=24, intermediate_size=32, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=64, bos_token_id=0, eos_token_id=1, pad_token_id=None,
             rope_parameters=dict(rope_type="default", rope_theta=10000.0), attn_implementation="eager")
MODELS = {
    "gemma2": (21, Gemma2ForCausalLM, Gemma2Config, dict(head_dim=8, query_pre_attn_scalar=20, sliding_window=6,
        attn_logit_softcapping=2.0, final_logit_softcapping=3.0, rms_norm_eps=1e-6, tie_word_embeddings=True)),
    "olmo2": (22, Olmo2ForCausalLM, Olmo2Config, dict(rms_norm_eps=1e-6, tie_word_embeddings=False)),
    "qwen3": (23, Qwen3ForCausalLM, Qwen3Config, dict(head_dim=8, rms_norm_eps=1e-6, tie_word_embeddings=True,
        attention_bias=False)),
    "granite": (24, GraniteForCausalLM, GraniteConfig, dict(embedding_multiplier=12.0, logits_scaling=8.0,
        residual_multiplier=0.22, attention_multiplier=0.125, rms_norm_eps=1e-5, tie_word_embeddings=True)),
    "phi3": (25, Phi3ForCausalLM, Phi3Config, dict(rms_norm_eps=1e-5, tie_word_embeddings=False)),
}


def stay_in_float64():
    """transformers computes norms and softmax in float32 whatever the model's type."""
    to, softmax = torch.Tensor.to, torch.nn.functional.softmax

    def kept(self, *arguments, **named):
        if self.dtype == torch.float64 and (arguments[:1] == (torch.float32,) or named.get("dtype") == torch.float32):
            return self
        return to(self, *arguments, **named)

    torch.Tensor.to = kept
    torch.Tensor.float = lambda self: self
    torch.nn.functional.softmax = lambda x, dim=None, dtype=None, **named: softmax(x, dim=dim, **named)


def randomize(model, seed):
    generator = random.Random(seed)
    for name, parameter in model.named_parameters():
        isNorm = parameter.dim() == 1
        center = (0.0 if "Gemma" in type(model).__name__ else 1.0) if isNorm else 0.0
        deviation = 0.25 if isNorm else 0.5 if "embed" in name else 1.3 / parameter.shape[1] ** 0.5
        values = [center + deviation * 3 ** 0.5 * (2 * generator.random() - 1) for _ in range(parameter.numel())]
        with torch.no_grad():
            # Values that float32 holds, so that the file and the golden agree.
            parameter.copy_(torch.tensor(values, dtype=torch.float32).reshape(parameter.shape))


def middle(layer):
    """The module whose input is the stream between the two additions."""
    if hasattr(layer, "pre_feedforward_layernorm"):
        return layer.pre_feedforward_layernorm
    return layer.post_attention_layernorm if hasattr(layer, "input_layernorm") else layer.mlp


def golden(model, tokens):
    before, between, after = {}, {}, {}

    def first(value):
        return value[0] if isinstance(value, tuple) else value

    for index, layer in enumerate(model.model.layers):
        layer.register_forward_pre_hook(
            lambda _, inputs, named, i=index: before.__setitem__(
                i, (inputs[0] if inputs else named["hidden_states"])[0].clone()), with_kwargs=True)
        middle(layer).register_forward_pre_hook(
            lambda _, inputs, named, i=index: between.__setitem__(
                i, (inputs[0] if inputs else named.get("hidden_states", named.get("x")))[0].clone()), with_kwargs=True)
        layer.register_forward_hook(lambda _, inputs, output, i=index: after.__setitem__(i, first(output)[0].clone()))
    with torch.no_grad():
        logits = model(torch.tensor([tokens])).logits[0, -1]
    layers = range(len(model.model.layers))
    rounded = lambda tensor: [[float("%.9g" % value) for value in row] for row in tensor.tolist()]
    return {
        "tokens": tokens,
        "streams": [rounded(before[0])] + [rounded(after[i]) for i in layers],
        "added": [{"attention": rounded(between[i] - before[i]), "mlp": rounded(after[i] - between[i])} for i in layers],
        "logits": rounded(logits[None])[0],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Fixtures")
    arguments = parser.parse_args()
    stay_in_float64()
    for name, (seed, model_class, config_class, settings) in MODELS.items():
        folder = arguments.output / "blocks" / name
        folder.mkdir(parents=True, exist_ok=True)
        model = model_class(config_class(**{**SMALL, **settings})).double().eval()
        randomize(model, seed)
        tied = settings["tie_word_embeddings"]
        state = {key: torch.tensor(value.tolist(), dtype=torch.float32) for key, value in model.state_dict().items()
                 if not (tied and key == "lm_head.weight")}
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        generator = random.Random(seed)
        result = golden(model, [generator.randrange(40) for _ in range(16)])
        (folder / "golden.json").write_text(json.dumps(result) + "\n")
        print(name, sum(p.numel() for p in model.parameters()))


if __name__ == "__main__":
    main()
