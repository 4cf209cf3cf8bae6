#!/usr/bin/env python3
"""Makes every checkpoint, corpus, golden.json and spectrum.json under Fixtures/tiny-llama and Fixtures/variants, the same each time.

  python3 Fixtures/make_fixtures.py [--reference ../shared/reference/hf_profile.py] [--output Fixtures]

Weights come from Python's own Mersenne Twister and exact arithmetic, so they are the same bytes on every machine. The
goldens are what the reference script (PyTorch hooks on Hugging Face transformers) measures in float64; its last digits
depend on the versions of torch and transformers, since RMSNorm and the rotary angles are float32 even there.
Needs: torch, transformers, tokenizers, safetensors. check_fixtures.py tells whether the result is fit for use.
"""
import argparse, contextlib, io, json, math, random, runpy, shutil, sys
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import make_spectrum
from fixture_texts import DOMAINS, TRAINING

REPOSITORY = Path(__file__).resolve().parent.parent
LLAMA3_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
                r"|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|eot_id|>"]
VOCABULARY = 512

SMALL = dict(
    vocab_size=48, hidden_size=32, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4,
    num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-5, max_position_embeddings=128, bos_token_id=0, eos_token_id=1,
)
DEFAULT_ROPE = dict(rope_type="default", rope_theta=10000.0)
LINEAR_ROPE = dict(rope_type="linear", rope_theta=10000.0, factor=4.0)
# Wavelengths of head_dim 16 and theta 500: 6, 14 (kept), 30, 65 (smoothed), 140 … 1444 (divided by the factor).
TINY_ROPE = dict(
    rope_type="llama3", rope_theta=500.0, factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=96,
)
# Wavelengths of head_dim 8 and theta 500: 6 (kept), 30 (smoothed), 140, 664 (divided by the factor).
OLD_KEYS_ROPE = dict(TINY_ROPE, factor=8.0, original_max_position_embeddings=64)

# name: (seed, dtype, configuration, keys of config.json to leave out when it is rewritten in the older style or None)
VARIANTS = {
    "biases": (11, torch.float32, dict(SMALL, num_hidden_layers=2, intermediate_size=24, rope_parameters=DEFAULT_ROPE,
        attention_bias=True, mlp_bias=True, tie_word_embeddings=False), ()),
    "linear-rope": (12, torch.bfloat16, dict(SMALL, rope_parameters=LINEAR_ROPE, tie_word_embeddings=True),
        ("head_dim",)),
    "float16": (13, torch.float16, dict(SMALL, rope_parameters=DEFAULT_ROPE, tie_word_embeddings=True), None),
    "multi-query": (14, torch.bfloat16, dict(SMALL, num_key_value_heads=1, rope_parameters=DEFAULT_ROPE,
        tie_word_embeddings=True), None),
    "multi-head-default": (15, torch.float32, dict(SMALL, num_hidden_layers=2, intermediate_size=20,
        num_key_value_heads=4, rms_norm_eps=1e-6, rope_parameters=DEFAULT_ROPE, tie_word_embeddings=False),
        ("num_key_value_heads", "head_dim", "rope_theta", "rope_scaling", "tie_word_embeddings", "attention_bias",
         "mlp_bias", "attention_dropout", "pretraining_tp")),
    "llama3-rope-old-keys": (16, torch.bfloat16, dict(SMALL, rope_parameters=OLD_KEYS_ROPE,
        tie_word_embeddings=True), ()),
}


def uniform(generator, parameter, deviation, center=0.0):
    """Fills with a uniform distribution: exact on every machine, unlike a normal one, which needs log and cos."""
    half = deviation * math.sqrt(3)
    values = [center + generator.uniform(-half, half) for _ in range(parameter.numel())]
    parameter.data.copy_(torch.tensor(values, dtype=torch.float64).reshape(parameter.shape))


def randomize(model, seed):
    """Weights with signal: attention far from uniform, every block changing the stream by 0.1 to 1 of its norm.

    transformers' own initialization (0.02 everywhere, norm weights of 1, biases of 0) would hide a wrong RoPE, a wrong
    key-value head or a forgotten bias behind an attention that is uniform and blocks that do next to nothing.
    """
    generator, config = random.Random(seed), model.config
    stream = 0.3  # standard deviation of an embedding's entry; tied logits then spread by about 2
    gains = {"q_proj": 1.2, "k_proj": 1.2, "v_proj": 1.0, "o_proj": 1.2 * stream, "gate_proj": 1.2, "up_proj": 1.0,
             "down_proj": 1.2 * stream, "lm_head": 2.0}
    for name, parameter in model.named_parameters():
        module, kind = name.split(".")[-2:]
        if module == "embed_tokens":
            uniform(generator, parameter, stream)
        elif kind == "bias":
            uniform(generator, parameter, (stream if module in ("o_proj", "down_proj") else 1.0) * 0.3)
        elif module in gains:
            uniform(generator, parameter, gains[module] / math.sqrt(parameter.shape[1]))
        else:
            uniform(generator, parameter, 0.25, center=1.0)  # the RMSNorm weights
    if config.dtype == torch.float16:
        # Subnormal halves, and only these, in one matrix: a reader that flushes them to 0 loses that block's MLP.
        uniform(generator, model.model.layers[1].mlp.down_proj.weight, 2e-5)


def save(folder, config, dtype, seed, shard_size="1GB"):
    model = LlamaForCausalLM(LlamaConfig(**config, dtype=dtype)).to(torch.float64)
    randomize(model, seed)
    model.to(dtype).save_pretrained(folder, max_shard_size=shard_size)
    for path in folder.glob("*.safetensors"):
        path.chmod(0o644)  # transformers leaves them readable by the owner alone


def profile(reference, folder, output, dtype="float64"):
    """Runs the reference script itself, in this process, since importing transformers takes longer than the work."""
    arguments = [folder, folder / "corpus.json", "--dtype", dtype, "--threads", "1", "--output", output]
    saved, sys.argv = sys.argv, [str(a) for a in (reference, *arguments)]
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            runpy.run_path(str(reference), run_name="__main__")
    finally:
        sys.argv = saved
    return json.loads(Path(output).read_text())


def rewrite_in_older_style(folder, omitted):
    """config.json as transformers 4 wrote it: rope_theta and rope_scaling side by side, torch_dtype."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"], kind = rope.pop("rope_theta"), rope.pop("rope_type")
    # "type" is the key of transformers < 4.43; llama3 came with "rope_type".
    config["rope_scaling"] = None if kind == "default" else {"type" if kind == "linear" else "rope_type": kind, **rope}
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.46.0" if kind == "llama3" else "4.31.0"
    for key in omitted:
        config.pop(key, None)
    path.write_text(json.dumps(dict(sorted(config.items())), indent=2) + "\n")


def write_corpus(folder, corpus):
    (folder / "corpus.json").write_text(json.dumps(corpus, ensure_ascii=False, indent=1) + "\n")


def make_variant(root, reference, name):
    seed, dtype, config, omitted = VARIANTS[name]
    folder = root / "variants" / name
    save(folder, config, dtype, seed)
    (folder / "generation_config.json").unlink()
    generator = random.Random(seed + 100)
    texts = [[generator.randrange(config["vocab_size"]) for _ in range(length)] for length in (7, 24, 1, 90)]
    # A flat list is one domain, named after the file: the reference calls it "corpus", and so is the file.
    write_corpus(folder, texts if name == "float16" else {"short": texts[:3], "long": texts[3:]})
    golden = profile(reference, folder, folder / "golden.json")
    if omitted is not None:
        rewrite_in_older_style(folder, omitted)
        if profile(reference, folder, folder / "golden.json") != golden:
            raise SystemExit(f"{name}: transformers reads the older style of config.json differently")


def make_tokenizer(folder):
    """Llama 3's kind of tokenizer.json: byte-level BPE, special tokens after the vocabulary, BOS by a template."""
    texts = TRAINING + [text for texts in DOMAINS.values() for text in texts]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL), show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    trained = json.loads(tokenizer.to_str())["model"]
    # As in Llama 3, some whole words cannot be built by merges and are found by ignore_merges alone.
    parts = {part for merge in trained["merges"] for part in merge}
    words = [merge for merge in trained["merges"] if "".join(merge) not in parts and len("".join(merge)) >= 5]
    merges = [tuple(merge) for merge in trained["merges"] if merge not in words[:3]]
    tokenizer.model = models.BPE(vocab=trained["vocab"], merges=merges, ignore_merges=True)
    tokenizer.add_special_tokens(SPECIAL)
    bos = SPECIAL[0]
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1",
            special_tokens=[(bos, tokenizer.token_to_id(bos))]),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos, eos_token=SPECIAL[1],
        model_max_length=384, clean_up_tokenization_spaces=False).save_pretrained(folder)
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def make_tiny(root, reference):
    folder = root / "tiny-llama"
    tokenizer = make_tokenizer(folder)
    bos, eos = (tokenizer.token_to_id(token) for token in SPECIAL[:2])
    # head_dim 16 where hidden_size / num_attention_heads is 12; hidden_size 48 where the heads together have 64.
    save(folder, dict(vocab_size=tokenizer.get_vocab_size(), hidden_size=48, intermediate_size=80, num_hidden_layers=4,
        num_attention_heads=4, num_key_value_heads=2, head_dim=16, rms_norm_eps=1e-5, max_position_embeddings=384,
        rope_parameters=TINY_ROPE, tie_word_embeddings=True, bos_token_id=bos, eos_token_id=eos),
        torch.bfloat16, seed=1, shard_size="112KB")  # two shards, and block 1 in both
    corpus = {domain: list(texts) for domain, texts in DOMAINS.items()}
    corpus["numbers"].append(tokenizer.encode("2025-11-30 23:59", add_special_tokens=False).ids)
    corpus["bills"].append([bos])
    write_corpus(folder, corpus)
    profile(reference, folder, folder / "golden.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=REPOSITORY / "../shared/reference/hf_profile.py")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "Fixtures")
    arguments = parser.parse_args()
    for folder in ("tiny-llama", "variants"):
        shutil.rmtree(arguments.output / folder, ignore_errors=True)
    make_tiny(arguments.output, arguments.reference)
    for name in VARIANTS:
        make_variant(arguments.output, arguments.reference, name)
    make_spectrum.make_all(arguments.output)


if __name__ == "__main__":
    main()
