#!/usr/bin/env python3
"""How far what fp-cli says of changed models is from PyTorch hooks in float64, beside how far PyTorch's float32 is.

  python3 scripts/ablation_accuracy.py MODEL CORPUS [--limit 1] [--max-tokens 96] [--blocks 0-3,7] [--heads 0.0 7.2] [--layers 0-3,2-5,9]

Removes every block, attention and MLP (of --blocks, if given) with `fp-cli ablate --effects` and with the reference script
hf_ablate.py (by default the one in ../shared/reference, beside the repository), with and without --keep-first; then the query heads of
--heads, by a hook on the output projection's input; and runs the programs of --layers. Prints the errors of every quantity by
part, and fails if the largest of a quantity is above its bound:

  nll 1e-5 relative; kl and effects 1e-5 absolute, or relative above 1; output_change 1e-5 absolute; top1 equal, but for positions at
  which two logits are within 1e-4. Where PyTorch's float32 misses the bound of a quantity, it is 1.25 times PyTorch's largest error of it.

MODEL is a Hugging Face directory, CORPUS what `fp-cli profile` takes. The reference's numbers are kept in the folder of --keep and
read from there the next time; for another MODEL, --blocks or --heads take another folder.
Needs: torch, transformers, tokenizers. SmolLM2-135M, six texts of 75 tokens: an hour and a half of one processor.
"""
import argparse, csv, json, subprocess, sys, tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
COSTS = ["nll", "kl", "top1", "output_change_mean", "output_change_max"]
# Quantity → (absolute, relative) bound; the larger counts.
BOUNDS = {"nll": (0, 1e-5), "kl": (1e-5, 1e-5), "top1": (1e-9, 0), "output_change_mean": (1e-5, 0),
          "output_change_max": (1e-5, 0), "effect mean": (1e-5, 1e-5), "effect max": (1e-5, 1e-5)}
TIE = 1e-4


class Reference:
    """Numbers of PyTorch in one precision: of (domain, text, part, layer, head), and effects of (domain, part, layer, at)."""

    def __init__(self, options, corpus, dtype, folder):
        self.options, self.corpus, self.dtype, self.folder = options, corpus, dtype, folder
        self.model = None

    def script(self, name, words):
        """What hf_ablate.py writes."""
        path = self.folder / f"{name}.{self.dtype}.json"
        if not path.exists():
            part = path.with_suffix(".part")
            subprocess.run([sys.executable, self.options.reference, self.options.model, self.folder / "corpus.json", "--output", part,
                            "--dtype", self.dtype, *words], check=True, stderr=subprocess.DEVNULL)
            part.rename(path)
        return json.loads(path.read_text())

    def removals(self, keeps_first):
        words = ["--effects"] + ["--keep-first"] * keeps_first + (["--blocks", self.options.blocks] if self.options.blocks else [])
        found = self.script("keep-first" if keeps_first else "removals", words)
        costs, effects = {}, {}
        for domain, texts in found.items():
            for text, row in enumerate(texts):
                for removed in row["removed"]:
                    part, layer = removed["part"], removed["layer"]
                    costs[domain, text, part, layer, None] = {name: removed[name] for name in COSTS}
                    for at, effect in enumerate(removed["effects"]):
                        if effect:
                            effects.setdefault((domain, part, layer, at), []).append(effect)
        # effects.csv has means over texts.
        return costs, {key: [sum(column) / len(rows) for column in zip(*rows)] for key, rows in effects.items()}

    def programs(self):
        costs = {}
        for number, layers in enumerate(self.options.layers):
            for domain, texts in self.script(f"program-{layers}", ["--path", layers]).items():
                for text, row in enumerate(texts):
                    costs[domain, text, "program", number, None] = {"nll": row["path"]["nll"]}
        return costs

    def heads(self, keeps_first):
        path = self.folder / f"heads{'-keep-first' * keeps_first}.{self.dtype}.json"
        if not path.exists():
            rows = []
            for domain, texts in self.corpus.items():
                for text, ids in enumerate(texts):
                    for layer, head in self.options.heads:
                        rows.append([domain, text, layer, head, self.compare(ids, "head", layer, head, keeps_first)])
            path.write_text(json.dumps(rows))
        return {(domain, text, "head", layer, head): cost for domain, text, layer, head, cost in json.loads(path.read_text())}

    def run(self, ids, part=None, layer=None, head=None, keeps_first=False):
        """Logits, of the model without a part."""
        import torch
        if self.model is None:
            from hf_blocks import load
            self.model, _ = load(self.options.model, getattr(torch, self.dtype))
        start = 1 if keeps_first else 0
        block = self.model.model.layers[layer] if part else None
        width = block.self_attn.head_dim if part else 0

        def zero_head(_, arguments):
            value = arguments[0].clone()
            value[:, start:, head * width:(head + 1) * width] = 0
            return (value,)

        def removed(_, arguments, named, output):
            value = output[0] if isinstance(output, tuple) else output
            result = (arguments[0] if arguments else named["hidden_states"]).clone() if part == "block" else torch.zeros_like(value)
            result[:, :start] = value[:, :start]
            return (result,) + output[1:] if isinstance(output, tuple) else result

        if part == "head":
            hook = block.self_attn.o_proj.register_forward_pre_hook(zero_head)
        elif part:
            module = {"block": block, "attention": block.self_attn, "mlp": block.mlp}[part]
            hook = module.register_forward_hook(removed, with_kwargs=True)
        with torch.no_grad():
            logits = self.model(torch.tensor([ids]), use_cache=False).logits[0].double()
        if part:
            hook.remove()
        return logits

    def compare(self, ids, *removal):
        import torch
        p, q = (torch.log_softmax(logits, -1) for logits in (self.run(ids), self.run(ids, *removal)))
        change = torch.linalg.vector_norm(p.exp() - q.exp(), dim=-1)
        nll = -q[:-1].gather(-1, torch.tensor(ids[1:])[:, None]).mean().item() if len(ids) > 1 else None
        return {"nll": nll, "kl": (p.exp() * (p - q)).sum(-1).mean().item(),
                "top1": (p.argmax(-1) == q.argmax(-1)).double().mean().item(),
                "output_change_mean": change.mean().item(), "output_change_max": change.max().item()}

    def ties(self, ids, *removal):
        """Share of positions at which either model's two largest logits are a tie."""
        gaps = [logits.topk(2, -1).values for logits in (self.run(ids), self.run(ids, *removal))]
        tied = [gap[:, 0] - gap[:, 1] <= TIE for gap in gaps]
        return (tied[0] | tied[1]).double().mean().item()


class Program:
    """Numbers of fp-cli, by the same keys."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder

    def run(self, command, words, folder):
        run = Path(folder, "run")
        subprocess.run([self.options.fp_cli, command, "--model", self.options.model, "--corpus", self.folder / "corpus.json", "--output",
                        run, "--no-report", "--quiet", *words], check=True, stdout=subprocess.DEVNULL)
        return run

    @staticmethod
    def rows(path):
        with path.open(newline="") as file:
            yield from csv.DictReader(file)

    def removals(self, keeps_first):
        heads = sorted({layer for layer, _ in self.options.heads})
        words = (["--heads", ",".join(map(str, heads))] if heads else []) + ["--keep-first"] * keeps_first
        costs, effects = {}, {}
        with tempfile.TemporaryDirectory() as folder:
            run = self.run("ablate", ["--effects", *words], folder)
            for row in self.rows(run / "ablation.csv"):
                if row["part"] != "none":
                    key = row["domain"], int(row["text"]), row["part"], int(row["layer"]), int(row["head"]) if row["head"] else None
                    costs[key] = {name: float(row[name]) if row[name] else None for name in COSTS}
            for row in self.rows(run / "effects.csv"):
                if row["part"] != "head":
                    effects[row["domain"], row["part"], int(row["layer"]), int(row["at"])] = [float(row["mean"]), float(row["max"])]
        return costs, effects

    def programs(self):
        costs = {}
        for number, layers in enumerate(self.options.layers):
            with tempfile.TemporaryDirectory() as folder:
                for row in self.rows(self.run("profile", ["--nll", "--layers", layers], folder) / "texts.csv"):
                    costs[row["domain"], int(row["text"]), "program", number, None] = {"nll": float(row["nll"]) if row["nll"] else None}
        return costs


class Errors:
    """Errors of one comparison by part and quantity, as shares of the bound."""

    def __init__(self):
        self.shares = {}

    def add(self, part, quantity, place, found, exact):
        if (found is None) != (exact is None):
            raise SystemExit(f"{place}: {quantity} is {found}, expected {exact}")
        if exact is None:
            return
        absolute, relative = BOUNDS[quantity]
        share = abs(found - exact) / max(absolute, relative * abs(exact))
        share = share if share == share else float("inf")
        self.shares.setdefault((part, quantity), []).append((share, f"{place}: {found} instead of {exact}"))

    def largest(self, quantity):
        """The largest error of a quantity in any part, with its place."""
        return max(max(values) for (_, name), values in self.shares.items() if name == quantity)

    def cell(self, part, quantity):
        """Median, 99 % and largest."""
        shares = sorted(share for share, _ in self.shares[part, quantity])
        chosen = (shares[int(place * (len(shares) - 1))] for place in (0.5, 0.99, 1))
        return ", ".join(f"{share * max(BOUNDS[quantity]):.1e}" for share in chosen)


def errors(found, exact, tied):
    """Compares costs and effects; `tied(key)` is the share of positions at which a different top1 is none."""
    result = Errors()
    for key, expected in exact[0].items():
        part = key[2]
        for quantity, value in expected.items():
            own = found[0][key][quantity]
            if quantity == "top1" and own != value and abs(own - value) <= tied(key) + 1e-9:
                own = value
            result.add(part, quantity, " ".join(map(str, key)), own, value)
    for key, expected in exact[1].items():
        for quantity, own, value in zip(["effect mean", "effect max"], found[1][key], expected):
            result.add(key[1], quantity, " ".join(map(str, key)), own, value)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--limit", type=int, default=1, help="texts of each domain")
    parser.add_argument("--max-tokens", type=int, default=96)
    parser.add_argument("--blocks", help="only the parts of these, such as 0-3,7")
    parser.add_argument("--layers", nargs="*", default=[], help="programs of blocks, such as 0-3,2-5,9")
    parser.add_argument("--heads", nargs="*", default=[], help="query heads by block, such as 7.2")
    parser.add_argument("--reference", type=Path, default=REPOSITORY.parent / "shared/reference/hf_ablate.py")
    parser.add_argument("--keep", type=Path, help="folder of the reference's numbers")
    parser.add_argument("--fp-cli", type=Path, default=REPOSITORY / ".build/release/fp-cli")
    options = parser.parse_args()
    options.heads = [tuple(map(int, head.split("."))) for head in options.heads]
    sys.path.insert(0, str(options.reference.resolve().parent))
    from tokenizers import Tokenizer
    path = Path(options.model, "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(path)) if path.exists() else None
    corpus = json.loads(Path(options.corpus).read_text())
    corpus = corpus if isinstance(corpus, dict) else {"corpus": corpus}
    encode = lambda text: (tokenizer.encode(text).ids if isinstance(text, str) else text)[: options.max_tokens]
    corpus = {domain: [encode(text) for text in texts[: options.limit]] for domain, texts in corpus.items()}
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "corpus.json").exists() and json.loads((folder / "corpus.json").read_text()) != corpus:
            raise SystemExit(f"{folder}: holds the numbers of other texts")
        (folder / "corpus.json").write_text(json.dumps(corpus))
        compare(options, corpus, folder)


def compare(options, corpus, folder):
    single, exact = (Reference(options, corpus, dtype, folder) for dtype in ("float32", "float64"))
    program = Program(options, folder)
    print(f"{sum(map(len, corpus.values()))} texts, {sum(len(ids) for texts in corpus.values() for ids in texts)} tokens\n")
    print("| | part | quantity | PyTorch float32: median, 99 %, largest | fp-cli: median, 99 %, largest |")
    print("|---|---|---|---|---|")
    largest = {}
    def report(name, keeps_first, own, wanted, other):
        def tied(key):
            domain, text, part, layer, head = key
            return exact.ties(corpus[domain][text], part, layer, head, keeps_first)
        ours, theirs = errors(own, wanted, tied), errors(other, wanted, tied)
        for part, quantity in ours.shares:
            print(f"| {name} | {part} | {quantity} | {theirs.cell(part, quantity)} | {ours.cell(part, quantity)} |")
        for quantity in {quantity for _, quantity in ours.shares}:
            largest.setdefault(quantity, []).append((ours.largest(quantity), theirs.largest(quantity)[0], name))
    for keeps_first, name in [(False, "removed"), (True, "removed but for position 0")]:
        own = program.removals(keeps_first)
        other, wanted = single.removals(keeps_first), exact.removals(keeps_first)
        for reference, numbers in [(single, other), (exact, wanted)]:
            numbers[0].update(reference.heads(keeps_first))
        report(name, keeps_first, own, wanted, other)
    report("programs", False, (program.programs(), {}), (exact.programs(), {}), (single.programs(), {}))
    failed = []
    for quantity, pairs in largest.items():
        (share, place), _, name = max(pairs)
        other, unit = max(error for _, error, _ in pairs), max(BOUNDS[quantity])
        limit = 1.25 * other if other > 1 else 1
        if share > limit:
            failed.append(f"{name}: {quantity} is off by {share * unit:.1e}, bound {limit * unit:.1e}; {place}")
    if failed:
        raise SystemExit("\n" + "\n".join(failed))


if __name__ == "__main__":
    main()
