"""Files whose keys are one text by Unicode's canonical equivalence and two by their bytes, and what Python and Hugging
Face's libraries read in them.

Needs safetensors, numpy and tokenizers. Run: python3 Fixtures/make_byte_keys.py
"""

import csv
import json
import pathlib

import numpy
import safetensors.numpy
import tokenizers

FOLDER = pathlib.Path(__file__).parent / "byte-keys"
# é composed, é decomposed; Å as a letter, as the ångström sign, decomposed; the kelvin sign and K; 가 composed and decomposed.
KEYS = ["\u00e9", "e\u0301", "\u00c5", "\u212b", "A\u030a", "\u212a", "K", "\uac00", "\u1100\u1161"]


def write(name: str, text: str) -> None:
    (FOLDER / name).write_text(text, encoding="utf-8", newline="")


def pairs(mapping: dict) -> list:
    return [[key, value] for key, value in mapping.items()]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    # Every tensor holds its own number.
    path = FOLDER / "model.safetensors"
    safetensors.numpy.save_file(
        {key: numpy.full(1, number, dtype=numpy.float32) for number, key in enumerate(KEYS)}, path,
        metadata={key: str(number) for number, key in enumerate(KEYS)})
    with safetensors.safe_open(path, "numpy") as file:
        tensors = {key: float(file.get_tensor(key)[0]) for key in file.keys()}
        metadata = dict(file.metadata())
    # A library that writes in no fixed order.
    tensors = {key: tensors[key] for key in KEYS}
    metadata = {key: metadata[key] for key in KEYS}

    write("corpus.json", json.dumps({key: [f"text {number}"] for number, key in enumerate(KEYS)}, ensure_ascii=False))
    corpus = json.loads((FOLDER / "corpus.json").read_text(encoding="utf-8"))

    with open(FOLDER / "table.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([KEYS, [f"cell {number}" for number in range(len(KEYS))]])
    with open(FOLDER / "table.csv", encoding="utf-8", newline="") as file:
        table = next(csv.DictReader(file))

    vocabulary = {"[UNK]": 0} | {key: number + 1 for number, key in enumerate(KEYS) if len(key) == 1}
    parts = sorted({scalar for key in KEYS for scalar in key} - vocabulary.keys())
    for scalar in parts:
        vocabulary[scalar] = max(vocabulary.values()) + 1
    merges = [tuple(key) for key in KEYS if len(key) == 2]
    for merge in merges:
        vocabulary["".join(merge)] = max(vocabulary.values()) + 1
    vocabulary = {token: number for number, token in enumerate(vocabulary)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, merges, unk_token="[UNK]"))
    # Added tokens that are one text to Unicode.
    added = ["<\u00e9>", "<e\u0301>"]
    tokenizer.add_special_tokens(added)
    write("tokenizer.json", tokenizer.to_str(pretty=True))
    tokenizer = tokenizers.Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    ids = {text: tokenizer.encode(text).ids for text in KEYS + added}

    expected = {
        "tensors": pairs(tensors), "metadata": pairs(metadata), "corpus": pairs(corpus), "table": pairs(table),
        "ids": pairs(ids),
    }
    parts = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in expected.items()]
    write("expected.json", "{\n" + ",\n".join(parts) + "\n}\n")
    (FOLDER / "model.safetensors").chmod(0o644)


main()
