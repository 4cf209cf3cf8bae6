#!/usr/bin/env python3
"""Writes goldens.json: small tokenizers, and what Hugging Face's tokenizers library makes of odd texts with them.

Each entry holds a whole tokenizer.json, trained here on the few lines below, and cases of a text, its ids and the
text that these decode to without special tokens. The texts are drawn at random, with a fixed seed, from what
tokenizers stumble over. `long` holds a repeated text, the number of its ids and a checksum of them.

Usage: python3 make_goldens.py > goldens.json
Needs: pip install tokenizers
"""
import copy
import json
import random
import sys

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

TEXT = """The residual stream of a small model is read and written by every block. A block that writes little can be
left out; one that writes much can't. We've measured 1,024 texts of 512 tokens each, in 2024 and in 1999, and they'll
tell you what it's worth: don't guess. I'd say 3.14159 is enough, you're right, she said: "I'm here".
for (int i = 0; i < 10; ++i) { sum += values[i]; }    // a loop
def mean(values):
    return sum(values) / len(values)
Die Größe des Stroms wächst mit jeder Schicht. Où est passée la première couche? Ño sé, señor.
Размер потока растёт с каждым слоем. 残差流は層ごとに大きくなる。 الطبقة الأولى  हर परत
""".splitlines() * 4

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
GPT4 = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"
        r"|\s*[\r\n]|\s+(?!\S)|\s+")
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def split(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def byte_level(use_regex=False, add_prefix_space=False):
    return {"type": "ByteLevel", "add_prefix_space": add_prefix_space, "trim_offsets": True, "use_regex": use_regex}


def metaspace(scheme="always", splits=True):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": splits}


def sequence(kind, *members):
    return {"type": "Sequence", kind: list(members)}


def added(content, special=False, **flags):
    token = dict(content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=special)
    return token | flags


def trained(byte_level_model):
    """A tokenizer.json of a few hundred tokens with neither normalizer nor added tokens."""
    if byte_level_model:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(vocab_size=380, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                      show_progress=False)
    else:
        tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
        trainer = trainers.BpeTrainer(vocab_size=460, special_tokens=special, limit_alphabet=110, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.decoder = decoders.ByteLevel() if byte_level_model else None
    result = json.loads(tokenizer.to_str())
    result["added_tokens"] = [] if byte_level_model else [t for t in result["added_tokens"] if t["id"] < 3]
    if not byte_level_model:
        result["decoder"] = sequence(
            "decoders", {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
            {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0})
    return result


def variant(base, pre_tokenizer=None, normalizer="same", add=(), drop=(), prefix=(), suffix=(), legacy=False, **model):
    """`base` with other settings. Tokens in `drop` leave the vocabulary, with the merges that name them."""
    result = copy.deepcopy(base)
    if normalizer != "same":
        result["normalizer"] = normalizer
    result["pre_tokenizer"] = pre_tokenizer
    bpe = result["model"]
    bpe.update(model)
    keep = [token for token in sorted(bpe["vocab"], key=bpe["vocab"].get) if token not in drop]
    bpe["vocab"] = {token: index for index, token in enumerate(keep)}
    bpe["merges"] = [[a, b] for a, b in bpe["merges"] if all(t in bpe["vocab"] for t in (a, b, a + b))]
    if legacy:
        bpe["merges"] = [f"{a} {b}" for a, b in bpe["merges"]]
    tokens = [t for t in result["added_tokens"] if t["content"] in bpe["vocab"]] + list(add)
    next_id = len(keep)
    for token in tokens:
        token["id"] = bpe["vocab"].get(token["content"], next_id)
        next_id += token["id"] == next_id
    result["added_tokens"] = tokens
    names = {token["content"]: token["id"] for token in tokens}
    if prefix or suffix:
        before, after = ([{"SpecialToken": {"id": name, "type_id": 0}} for name in group] for group in (prefix, suffix))
        template = before + [{"Sequence": {"id": "A", "type_id": 0}}] + after
        result["post_processor"] = sequence("processors", byte_level(), {
            "type": "TemplateProcessing", "single": template,
            "pair": template + [{"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {n: {"id": n, "ids": [names[n]], "tokens": [n]} for n in [*prefix, *suffix]}})
    return result


def variants():
    byte, spm = trained(True), trained(False)
    bos, eos = added("<|begin|>", special=True), added("<|end|>", special=True)

    def odd():
        return [
            added("[LEFT]", lstrip=True), added("[RIGHT]", rstrip=True), added("[BOTH]", lstrip=True, rstrip=True),
            added("WORD", single_word=True), added("[Norm]", normalized=True), added("<|begin|>>", special=True),
            added("[NL] x", normalized=True, lstrip=True), added("nw", normalized=True, single_word=True), added("  ")]

    lower, strip = {"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": True}
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    prepend = {"type": "Prepend", "prepend": "▁"}
    no_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
    return {
        "gpt2": variant(byte, byte_level(use_regex=True), add=[bos, eos], prefix=["<|begin|>"], suffix=["<|end|>"],
                        legacy=True, continuing_subword_prefix="", end_of_word_suffix=""),
        "gpt2, prefix space": variant(byte, byte_level(use_regex=True, add_prefix_space=True), add=odd()),
        "gpt2, as Split": variant(byte, sequence("pretokenizers", split(GPT2, "Removed", True), byte_level())),
        "llama3": variant(byte, sequence("pretokenizers", split(LLAMA3), byte_level()), add=[bos, eos] + odd(),
                          prefix=["<|begin|>"], ignore_merges=True),
        "llama3, merges not ignored": variant(byte, sequence("pretokenizers", split(LLAMA3), byte_level())),
        "llama3, single digits": variant(byte, sequence(
            "pretokenizers", split(LLAMA3.replace("{1,3}", "")), byte_level())),
        "llama3, ignored merges of missing tokens": variant(
            byte, sequence("pretokenizers", split(LLAMA3), byte_level()), drop=["th", "in", "Ġt", "er"],
            ignore_merges=True),
        "gpt4": variant(byte, sequence("pretokenizers", split(GPT4), byte_level())),
        "smollm": variant(byte, sequence("pretokenizers", {"type": "Digits", "individual_digits": True},
                                         byte_level(use_regex=True))),
        "runs of digits": variant(byte, sequence("pretokenizers", {"type": "Digits", "individual_digits": False},
                                                 byte_level(use_regex=True, add_prefix_space=True))),
        "numbers first": variant(byte, sequence("pretokenizers", split(r"\p{N}{1,2}"), split(GPT2), byte_level())),
        "bytes, not split": variant(byte, byte_level(), add=odd()),
        "bytes, some missing": variant(byte, byte_level(use_regex=True), drop=["e", "Ġ", "Ã", "©", "1"]),
        "bytes, some unknown": variant(byte, byte_level(use_regex=True), drop=["e", "Ġ", "Ã", "©", "1"],
                                       unk_token="?"),
        "bytes, lower case": variant(byte, byte_level(use_regex=True), lower, add=odd()),
        "llama2": variant(spm, prefix=["<s>"], suffix=["</s>"], add=odd()),
        "llama2, unknown not fused": variant(spm, fuse_unk=False, byte_fallback=False, drop=no_bytes, add=odd()),
        "llama2, unknown fused": variant(spm, byte_fallback=False, drop=no_bytes, legacy=True),
        "llama2, nothing unknown": variant(spm, byte_fallback=False, unk_token=None, drop=no_bytes + ["<unk>"]),
        "llama2, byte tokens missing": variant(spm, drop=["<0xC3>", "<0xE2>", "<0x0A>", "<0xF0>", "<0x41>"]),
        "llama2, unknown is a letter": variant(spm, drop=["<0xC3>", "<0xE2>", "<0xF0>"], unk_token="a", fuse_unk=False),
        "llama2, whole texts": variant(spm, ignore_merges=True, drop=["▁t", "▁th"]),
        "llama2, lower case": variant(spm, None, sequence("normalizers", lower, prepend, replace), add=odd()),
        "llama2, stripped": variant(spm, metaspace("first", False), strip, add=odd()),
        "metaspace": variant(spm, metaspace(), None, add=odd()),
        "metaspace, first": variant(spm, metaspace("first"), None, add=odd()),
        "metaspace, first, not split": variant(spm, metaspace("first", False), None, add=odd()),
        "metaspace, never": variant(spm, metaspace("never"), None),
        "metaspace, digits": variant(spm, sequence("pretokenizers", {"type": "Digits", "individual_digits": True},
                                                   metaspace("first")), lower, add=odd()),
        "metaspace, decoded": variant(spm, metaspace(), None) | {
            "decoder": sequence("decoders", {"type": "ByteFallback"}, metaspace())},
        "not decoded": variant(spm) | {"decoder": None},
    }


ATOMS = """'s 'S 'ſ 'LL 'lL 'Re 've 'VE 'd 'M ''s é ß İ ı ſ ŉ ﬅ 👩‍👩‍👧‍👦 🇩🇪 ❤️ 日本語 한국어 ไทย हिन्दी العربية 𐍈
▁ ▁▁ Ġ Ċ <0x0A> <unk> <s> </s> <|begin|> <|begin|>> <|begin <|end|> [LEFT] [RIGHT] [BOTH] WORD [Norm] [norm] [NL] nw NW
the The block residual for return == -> ... -- __ ( ) { } ; \\ ٣٤٥ ¼½ ²³ Ⅷ 𝟘𝟙 1 12 123 1234567""".split() + [
    " ", " ", " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", " \n ", "e\u0301", "n\u0303", "\0", "\u0085", "\u00a0",
    "\u1680", "\u2003", "\u2028", "\u2029", "\u200b", "\u3000", "\u180e", "\u0378", "\ue000", "\U000e0001",
    "\U0010ffff", "\ufffd", "\ufeff", "[NL] x", " WORD ", " the", " of", " a", "\U00011de0", "\U00016ff4"]


def random_text(rng):
    def part():
        kind = rng.random()
        if kind < 0.75:
            return rng.choice(ATOMS)
        if kind < 0.85:
            return "".join(rng.choices("abcdefghijklmnopqrstuvwxyzABC", k=rng.randrange(1, 8)))
        if kind < 0.95:
            return chr(rng.choice([rng.randrange(0xD800), rng.randrange(0xE000, 0x30000), rng.randrange(0x20, 0x250)]))
        return chr(rng.randrange(0x20, 0x7F)) * rng.choice([2, 5, 41])
    return "".join(part() for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 13])))


# Texts that make a careless scanner or merge quadratic: repeated this often they must still take no time.
LONG = ["^", "a", "ab", " ", " \n", "\n", "\r\n", "7", "é", "日", "👩‍👩‍👧", "\0", "'", "<", "WORD", "  ", " [RIGHT]", "residual "]
LONG_COUNT = 20_000


def long_case(tokenizer, part):
    """A long text as its repeated part, with the number of its ids and a sum that depends on their order."""
    ids = tokenizer.encode(part * LONG_COUNT).ids
    return [part, len(ids), sum((index % 1000 + 1) * token for index, token in enumerate(ids))]


def main():
    rng = random.Random(20240601)
    count = 20
    goldens = {}
    for name, contents in variants().items():
        tokenizer = Tokenizer.from_str(json.dumps(contents))
        cases = []
        while len(cases) < count:
            text = random_text(rng)
            ids = tokenizer.encode(text).ids
            cases.append([text, ids, tokenizer.decode(ids, skip_special_tokens=True)])
        goldens[name] = {"tokenizer": contents, "cases": cases, "long": [long_case(tokenizer, part) for part in LONG]}
    json.dump(goldens, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
