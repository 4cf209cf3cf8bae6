#!/usr/bin/env python3
"""Writes what the corpus tests compare with, by means that share nothing with the Swift code:
Python's csv and json modules, bash's own pattern matching, and a plain model of the sampler.

    python3 Fixtures/corpus/make_goldens.py          (standard library and bash; ../shared for raw.json)
"""
import csv
import io
import json
import pathlib
import random
import subprocess

here = pathlib.Path(__file__).resolve().parent
raw = here.parents[2] / "shared/corpora/raw"
samples_folder = here.parent / "samples"


def write(name, value):
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
    (here / name).write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def csv_cases():
    """Random small files, read strictly; null where Python refuses. Blank lines are no rows, as in DictReader."""
    generator = random.Random(1)
    pieces = [",", ",", '"', '"', '""', "\n", "\r\n", "\r", "a", "bc", " ", "é", "\u0301", "\t", '","', '"\n']
    cases = []
    for _ in range(1500):
        text = "".join(generator.choice(pieces) for _ in range(generator.randint(0, 12)))
        try:
            rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
        except csv.Error:
            rows = None
        cases.append({"csv": text, "rows": rows})
    return cases


def name_patterns():
    """Names and patterns, matched by bash."""
    generator = random.Random(2)
    bits = ["*", "?", "a", "b", "c", ".", "-", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[c-", "]", "é", "\\*", "**"]
    pairs = [
        ("*.cpp", "a.cpp"), ("*.cpp", "a.cpp.o"), ("a[1].txt", "a1.txt"), ("a\\[1].txt", "a[1].txt"), ("[", "["),
        ("[a-]", "-"), ("[!]a]", "]"), ("[!]a]", "b"), ("*a*b*c*", "xaxbxcx"), ("?", "é"), ("[é-ü]", "ö"),
    ]
    while len(pairs) < 600:
        pattern = "".join(generator.choice(bits) for _ in range(generator.randint(1, 5)))
        name = "".join(generator.choice(["a", "b", "c", "-", "]", "[", "*", "é", "."]) for _ in range(generator.randint(1, 5)))
        if not name.startswith("."):
            pairs.append((pattern, name))
    script = 'while IFS= read -r -d "" p && IFS= read -r -d "" n; do [[ $n == $p ]] && echo 1 || echo 0; done'
    given = "".join(f"{p}\0{n}\0" for p, n in pairs).encode()
    answers = subprocess.run(
        ["bash", "-c", script], input=given, stdout=subprocess.PIPE, check=True, env={"LC_ALL": "C.UTF-8"}
    ).stdout.split()
    assert len(answers) == len(pairs)
    return [{"pattern": p, "name": n, "matches": a == b"1"} for (p, n), a in zip(pairs, answers)]


MASK = 2**64 - 1


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & MASK
    return value


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
        return z ^ z >> 31

    def below(self, bound):
        while True:
            product = self.next() * bound
            if product & MASK >= 2**64 % bound:
                return product >> 64


def samples():
    """Algorithm R over the texts "0", "1", …"""
    cases = []
    for domain, seed, texts, sample in [
        ("a", 0, 10, 3), ("a", 1, 10, 3), ("b", 0, 10, 3), ("é", 2**64 - 1, 1000, 20), ("a", 7, 5, 5), ("a", 7, 3, 5),
    ]:
        generator = SplitMix64(seed ^ fnv1a(domain.encode()))
        places = []
        for number in range(texts):
            if len(places) < sample:
                places.append(number)
            else:
                place = generator.below(number + 1)
                if place < sample:
                    places[place] = number
        cases.append({"domain": domain, "seed": str(seed), "texts": texts, "sample": sample, "kept": sorted(places)})
    return cases


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8", newline="\n") if line.strip()]


def join(*parts):
    text = ""
    for part in parts:
        text += ("\n" if text and not text.endswith("\n") else "") + part
    return text


def sample_domains():
    """What Python reads from the files of Fixtures/samples."""
    def paragraphs(name):
        return [part.strip("\n") for part in (samples_folder / name).read_text(encoding="utf-8").split("\n\n")]

    return summaries({
        "finance.jsonl:headline+body": [join(r["headline"], r["body"]) for r in lines(samples_folder / "finance.jsonl")],
        "finance.jsonl:headline": [row["headline"] for row in lines(samples_folder / "finance.jsonl")],
        "medical.csv:note": [
            row["note"] for row in csv.DictReader(open(samples_folder / "medical.csv", encoding="utf-8", newline=""))],
        "bills.json:text": [
            row["text"] for row in json.load(open(samples_folder / "bills.json", encoding="utf-8")).values()],
        "legal.txt:paragraph": paragraphs("legal.txt"),
        "numbers.txt:paragraph": paragraphs("numbers.txt"),
        "python": [path.read_text(encoding="utf-8") for path in sorted((samples_folder / "python").iterdir())],
        "cpp/*.cpp": [path.read_text(encoding="utf-8") for path in sorted((samples_folder / "cpp").glob("*.cpp"))],
    })


def raw_domains():
    """What Python reads from the raw files beside the repository."""
    domains = {
        "cpp.jsonl:prompt": [row["prompt"] for row in lines(raw / "cpp.jsonl")],
        "cpp.jsonl:prompt+canonical_solution": [join(r["prompt"], r["canonical_solution"]) for r in lines(raw / "cpp.jsonl")],
        "python.jsonl:prompt+canonical_solution": [
            join(r["prompt"], r["canonical_solution"]) for r in lines(raw / "python.jsonl")],
        "finance-headlines.json:title": [r["title"] for r in json.load(open(raw / "finance-headlines.json", encoding="utf-8"))],
        "math.jsonl:question": [row["question"] for row in lines(raw / "math.jsonl")],
        "math.jsonl:question+answer": [join(row["question"], row["answer"]) for row in lines(raw / "math.jsonl")],
        "legal.json:original_text": [
            row["original_text"] for row in json.load(open(raw / "legal.json", encoding="utf-8")).values()],
        "medical.csv:section_text": [
            row["section_text"] for row in csv.DictReader(open(raw / "medical.csv", encoding="utf-8", newline=""))],
        "medical.csv:dialogue": [
            row["dialogue"] for row in csv.DictReader(open(raw / "medical.csv", encoding="utf-8", newline=""))],
        "bills.jsonl:text": [row["text"] for row in lines(raw / "bills.jsonl")],
        "bills.jsonl:summary": [row["summary"] for row in lines(raw / "bills.jsonl")],
    }
    return summaries(domains)


def summaries(domains):
    """Number, length and checksum of the texts of each source, doubles and blanks left out, in order."""
    cases = []
    for source, texts in domains.items():
        kept = list(dict.fromkeys(text for text in texts if text.strip()))
        checksum = fnv1a(b"".join(text.encode() + b"\xff" for text in kept))
        cases.append({
            "source": source, "read": len(texts), "kept": len(kept), "characters": sum(map(len, kept)),
            "checksum": format(checksum, "016x")})
    return cases


if __name__ == "__main__":
    write("csv.json", csv_cases())
    write("patterns.json", name_patterns())
    write("samples.json", samples())
    write("sample-files.json", sample_domains())
    if raw.is_dir():
        write("raw.json", raw_domains())
