#!/usr/bin/env python3
"""How far fp-cli's metrics are from float64, beside how far PyTorch's float32 is.

  python3 scripts/accuracy.py MODEL CORPUS [--limit 2] [--max-tokens 512] [--fp-cli .build/release/fp-cli]

Runs the texts through Hugging Face transformers in float64 and in float32, and through `fp-cli profile`, and prints for every
metric the relative error of all rows (texts × blocks, with and without the first token): median, 99th percentile, largest.
`mean`, which may be near 0, is relative to `abs_mean`. MODEL is a Hugging Face directory, CORPUS what `fp-cli profile` takes.
Needs: torch, transformers, tokenizers, numpy.
"""
import argparse, csv, json, subprocess, tempfile
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

METRICS = ["mean", "abs_mean", "std", "relative_norm", "block_influence", "angular_distance", "attention_abs_mean",
           "mlp_abs_mean", "attention_relative_norm", "mlp_relative_norm", "residual_max_abs"]
SCOPES = {"all": slice(None), "without_first_token": slice(1, None)}


def stay_in_float64():
    """transformers takes norms and softmax to float32 whatever the model's type; those of a float64 model are to stay."""
    to, single, softmax = torch.Tensor.to, torch.Tensor.float, torch.nn.functional.softmax

    def kept(self, *args, **options):
        wanted = args[0] if args else options.get("dtype")
        return self if self.dtype == torch.float64 and wanted == torch.float32 else to(self, *args, **options)

    def whole(x, dim=None, dtype=None, **options):
        return softmax(x, dim=dim, dtype=None if x.dtype == torch.float64 else dtype)

    torch.Tensor.to, torch.nn.functional.softmax = kept, whole
    torch.Tensor.float = lambda self: self if self.dtype == torch.float64 else single(self)
    return lambda: (setattr(torch.Tensor, "to", to), setattr(torch.Tensor, "float", single),
                    setattr(torch.nn.functional, "softmax", softmax))


def measure(x, middle, y):
    """The metrics of docs/measurements.md, `[tokens, width]` each."""
    x, middle, y = (t.double() for t in (x, middle, y))
    delta, attention, mlp = y - x, middle - x, y - middle
    norm = lambda t: torch.linalg.vector_norm(t, dim=-1)
    cosine = (x * y).sum(-1) / (norm(x) * norm(y))
    return [float(v) for v in (
        delta.mean(), delta.abs().mean(), delta.std(correction=0), (norm(delta) / norm(x)).mean(), (1 - cosine).mean(),
        (torch.arccos(cosine.clamp(-1, 1)) / torch.pi).mean(), attention.abs().mean(), mlp.abs().mean(),
        (norm(attention) / norm(x)).mean(), (norm(mlp) / norm(middle)).mean(), y.abs().max())]


def reference(directory, corpus, dtype):
    """(domain, text, scope, block) → metrics, of transformers."""
    restore = stay_in_float64() if dtype == torch.float64 else lambda: None
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype, attn_implementation="eager").eval()
    streams, rows = {}, {}
    for index, layer in enumerate(model.model.layers):
        keep = lambda name, index=index: lambda value: streams.__setitem__((name, index), value[0].detach().clone())
        layer.register_forward_pre_hook(
            lambda m, args, named, keep=keep("x"): keep(args[0] if args else named["hidden_states"]), with_kwargs=True)
        layer.post_attention_layernorm.register_forward_pre_hook(lambda m, args, keep=keep("middle"): keep(args[0]))
        layer.register_forward_hook(
            lambda m, args, out, keep=keep("y"): keep(out[0] if isinstance(out, tuple) else out))
    for domain, texts in corpus.items():
        for text, ids in enumerate(texts):
            with torch.no_grad():
                model.model(torch.tensor([ids]))
            for scope, tokens in SCOPES.items():
                for block in range(len(model.model.layers)):
                    if scope == "all" or len(ids) > 1:
                        rows[domain, text, scope, block] = measure(
                            *(streams[name, block][tokens] for name in ("x", "middle", "y")))
    restore()
    return rows


def ours(binary, directory, corpus, arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corpus.json")
        path.write_text(json.dumps(corpus))
        subprocess.run([binary, "profile", "--model", directory, "--corpus", path, "--output", Path(folder, "run"),
                        "--no-report", "--quiet", *arguments], check=True, stdout=subprocess.DEVNULL)
        rows = {}
        for row in csv.DictReader(Path(folder, "run/texts.csv").open()):
            if row["scope"] in SCOPES:
                key = row["domain"], int(row["text"]), row["scope"], int(row["layer"])
                rows[key] = [float(row[metric]) for metric in METRICS]
        return rows


def errors(rows, exact, metric):
    place = METRICS.index(metric)
    scale = METRICS.index("abs_mean") if metric == "mean" else place
    values = np.array([abs(rows[key][place] - row[place]) / abs(row[scale]) for key, row in exact.items()])
    return np.median(values), np.quantile(values, 0.99), values.max()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--limit", type=int, default=2, help="texts of each domain")
    parser.add_argument("--max-tokens", type=int, default=512)
    parser.add_argument("--fp-cli", default=Path(__file__).resolve().parent.parent / ".build/release/fp-cli")
    parser.add_argument("--precision", default="float32", help="of fp-cli: float32 or bfloat16")
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(Path(options.model, "tokenizer.json")))
    corpus = json.loads(Path(options.corpus).read_text())
    corpus = corpus if isinstance(corpus, dict) else {"corpus": corpus}
    encode = lambda text: (tokenizer.encode(text).ids if isinstance(text, str) else text)[: options.max_tokens]
    corpus = {domain: [encode(text) for text in texts[: options.limit]] for domain, texts in corpus.items()}
    exact = reference(options.model, corpus, torch.float64)
    torch32 = reference(options.model, corpus, torch.float32)
    found = ours(options.fp_cli, options.model, corpus, ["--precision", options.precision])
    if found.keys() != exact.keys():
        raise SystemExit("fp-cli and transformers did not measure the same texts and blocks")
    texts = sum(map(len, corpus.values()))
    print(f"{texts} texts, {sum(len(t) for texts in corpus.values() for t in texts)} tokens, {len(exact)} rows\n")
    print("| metric | PyTorch float32: median, 99 %, largest | fp-cli: median, 99 %, largest | ratio |")
    print("|---|---|---|---|")
    for metric in METRICS:
        theirs, own = errors(torch32, exact, metric), errors(found, exact, metric)
        cells = [", ".join(f"{value:.1e}" for value in values) for values in (theirs, own)]
        print(f"| `{metric}` | {cells[0]} | {cells[1]} | " + ", ".join(f"{a / b:.2f}" for a, b in zip(own, theirs)) + " |")


if __name__ == "__main__":
    main()
