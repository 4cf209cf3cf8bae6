#!/usr/bin/env python3
"""Trains two vocabularies of some thousand tokens, of the kinds of Llama 3's and Llama 2's, on the texts of this
repository, and writes what Hugging Face's tokenizers library makes of texts with them.

  llama3/tokenizer.json    byte-level, Llama 3's split pattern, 256 special tokens, a BOS by template
  llama2/tokenizer.json    SentencePiece-style with byte fallback, runs of spaces as tokens, a BOS by template
  */domains.ids.json       ids of corpora/demo.json, by domain
  */cases.json             [text, ids without special tokens] of the odd texts below

The real vocabularies may not be copied into a repository of another licence; these stand for them wherever only the
kind counts. Training is deterministic: the same bytes on every machine with the same version of tokenizers.

Usage: python3 make_vocabularies.py          Needs: pip install tokenizers (goldens made with 0.23.3)
"""
import json
import pathlib

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")

# What tokenizers stumble over: white space of every kind, digits, contractions, scripts, marks, emoji, what only looks
# like a special token.
CASES = [
    "", " ", "  ", "   ", "\t", "\n", "\n\n", "\n\n\n", "\r\n", "\t\n", " \n ", "  leading", "trailing  ", "a\u00a0b",
    "Hello", " Hello", "  Hello", "Hello world", "Hello, world!", " Hello, world! ", "HELLO WORLD", "hello\nworld",
    "the residual stream", "def f(x):\n    return x + 1\n", "\tif (a == b) {\n\t\t++c;\n\t}\n", "a=b;c=d", "x**2 != y//3",
    "1", "12", "123", "1234", "12345678901", "3.14159", "1,024", "2024-11-27", "0x1F", "٣٤٥", "²³", "Ⅷ",
    "I'm you're he'd they'll we've it's can't", "I'M YOU'RE", "rock 'n' roll", "''''", "\"quoted\"", "...", "------",
    "Größe", "naïve café", "e\u0301", "\u0301", "Où est-il ?", "señor", "ﬁ ligature", "ß ẞ", "İstanbul", "ſ",
    "Привет, мир", "Ωμέγα", "日本語のテキスト", "中文测试", "한국어", "ไทย", "हिन्दी", "العربية", "עברית", "👍", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "❤️",
    "\u200b", "\ufeff", "\u3000", "\u2028", "\0", "\x7f", "\ue000", "\U0010ffff", "\ufffd", "▁", "▁▁a", " ▁ ", "Ġ", "Ċ",
    "<0x0A>", "<s>", "</s>", "<unk>", "<|begin_of_text|>", "a<|eot_id|>b", "<|eot_id", "<|reserved_7|><|reserved_8|>",
    "http://example.org/a?b=c&d=%20", "name@example.org", "C:\\path\\file.txt", "a" * 100, "ab" * 50, " " * 33, "=" * 40,
]


def texts():
    """Everything the vocabularies are trained on, a line at a time. It has few letters beyond ASCII, so the odd texts
    above are spelled in bytes."""
    for name in ("corpora/demo.json", "corpora/handwritten.json"):
        for domain in json.loads((FIXTURES / name).read_text(encoding="utf-8")).values():
            for text in domain:
                yield from text.splitlines(keepends=True)
    for path in sorted((FIXTURES / "samples").rglob("*")):
        if path.is_file() and path.suffix != ".md":
            yield from path.read_text(encoding="utf-8").splitlines(keepends=True)


def bos(name, number):
    special = {"SpecialToken": {"id": name, "type_id": 0}}
    sequence = [{"Sequence": {"id": kind, "type_id": number}} for number, kind in enumerate("AB")]
    return {"type": "TemplateProcessing", "single": [special, sequence[0]], "pair": [special, *sequence],
            "special_tokens": {name: {"id": name, "ids": [number], "tokens": [name]}}}


def special(number, content):
    return {"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True}


def llama3():
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts(), trainers.BpeTrainer(
        vocab_size=4000, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    result = json.loads(tokenizer.to_str())
    first = len(result["model"]["vocab"])
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"]
    names += [f"<|reserved_{number}|>" for number in range(256 - len(names))]
    result["added_tokens"] = [special(first + number, name) for number, name in enumerate(names)]
    byte_level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}
    result["post_processor"] = {"type": "Sequence", "processors": [byte_level, bos(names[0], first)]}
    return result


def llama2():
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    # Words alone are merged while training; the finished tokenizer cuts nowhere, as Llama 2's.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    names = ["<unk>", "<s>", "</s>"]
    tokenizer.train_from_iterator(texts(), trainers.BpeTrainer(
        vocab_size=4000, special_tokens=names + [f"<0x{byte:02X}>" for byte in range(256)],
        show_progress=False))
    result = json.loads(tokenizer.to_str())
    vocabulary, merges = result["model"]["vocab"], result["model"]["merges"]
    for length in (1, 2, 4, 8):
        vocabulary["▁" * 2 * length] = len(vocabulary)
        merges.append(["▁" * length, "▁" * length])
    result["added_tokens"] = [special(number, name) for number, name in enumerate(names)]
    result["pre_tokenizer"] = None
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    result["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace]}
    result["post_processor"] = bos("<s>", 1)
    result["decoder"] = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    return result


def write(path, value):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main():
    domains = json.loads((FIXTURES / "corpora/demo.json").read_text(encoding="utf-8"))
    for name, contents in {"llama3": llama3(), "llama2": llama2()}.items():
        folder = HERE / name
        write(folder / "tokenizer.json", contents)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        write(folder / "domains.ids.json",
              {domain: [tokenizer.encode(text).ids for text in group] for domain, group in domains.items()})
        write(folder / "cases.json", [[text, tokenizer.encode(text, add_special_tokens=False).ids] for text in CASES])
        print(name, tokenizer.get_vocab_size(), "tokens")


if __name__ == "__main__":
    main()
