#!/usr/bin/env python3
"""How much faster `fp-cli ablate` is than one full run of PyTorch for each removal, in one run side by side.

  python3 scripts/ablation_speed.py MODEL CORPUS [--texts 64] [--tokens 128] [--rounds 4] [--threads 2] [--runs 16]

Takes texts of CORPUS by turns from its domains, at least TOKENS long, and cuts them to TOKENS. They are divided into rounds, and in each
round three things follow each other, every one in its own process with nothing beside it: full runs of the reference script
hf_ablate.py in float32, `fp-cli ablate` of every block, attention and MLP, and `fp-cli profile --nll`, of the round's texts.
Prints the time of all, that of PyTorch extrapolated from its runs to one for every text, unchanged and without each part; the operations
per second of both commands, counted as the products with weights, from `--dry-run`; and the share of the comparison of logits, the
epilogue of the unembedding, in the threads' time.

The time of fp-cli is that of its processes, loading included; PyTorch's is without loading.
By default the reference script is the one in ../shared/reference, beside the repository. Needs: torch, transformers, tokenizers.
"""
import argparse, json, os, subprocess, sys, tempfile, time
from pathlib import Path

from tokenizers import Tokenizer

REPOSITORY = Path(__file__).resolve().parent.parent


def texts(options):
    """Ids of the texts, by turns from the domains."""
    tokenizer = Tokenizer.from_file(str(Path(options.model, "tokenizer.json")))
    corpus = json.loads(Path(options.corpus).read_text())
    domains = list(corpus.values()) if isinstance(corpus, dict) else [corpus]
    found, place = [], 0
    while len(found) < options.texts and place < max(map(len, domains)):
        for domain in domains:
            if place < len(domain) and len(found) < options.texts:
                text = domain[place]
                ids = (text if isinstance(text, list) else tokenizer.encode(text).ids)[: options.tokens]
                if len(ids) == options.tokens and ids not in found:
                    found.append(ids)
        place += 1
    if len(found) < options.texts:
        raise SystemExit(f"{options.corpus}: expected {options.texts} texts of {options.tokens} tokens, found {len(found)}")
    return found


class Round:
    """Seconds, operations and epilogue of one round."""

    def __init__(self, options, ids, folder):
        self.options, self.ids, self.folder = options, ids, folder
        (folder / "corpus.json").write_text(json.dumps({"texts": ids}))

    def torch(self):
        """Seconds of one full run and its comparison, from `runs` of them; the whole model and some of its removals."""
        blocks = self.options.blocks
        removed = min(blocks, 7)
        count = max(1, min(len(self.ids), self.options.runs // (1 + removed)))
        layers = ",".join(str(place * blocks // removed) for place in range(removed))
        environment = dict(os.environ, OMP_NUM_THREADS=str(self.options.threads))
        result = subprocess.run(
            [sys.executable, self.options.reference, self.options.model, self.folder / "corpus.json", "--dtype", "float32", "--parts",
             "block", "--blocks", layers, "--limit", str(count), "--output", self.folder / "torch.json"],
            check=True, env=environment, stderr=subprocess.PIPE, text=True)
        timing = json.loads(result.stderr.strip().splitlines()[-1])
        return timing["run_s"] / (count * (1 + removed)), count * (1 + removed)

    def ours(self, command, words):
        """Seconds of the process, and the manifest and the plan of its run."""
        run = self.folder / command
        line = [self.options.fp_cli, command, "--model", self.options.model, "--corpus", self.folder / "corpus.json", "--output", run,
                "--threads", str(self.options.threads), *words]
        plan = json.loads(subprocess.run(line + ["--dry-run", "--format", "json"], check=True, capture_output=True).stdout)
        begin = time.monotonic()
        subprocess.run(line + ["--no-report", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        return seconds, json.loads((run / "manifest.json").read_text()), plan


def computing(manifest, threads):
    """Seconds of the run without opening, tokenizing and writing."""
    phases = manifest["thread_seconds"]
    return sum(value for name, value in phases.items() if name not in ("open", "tokenize", "write")) / threads


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("corpus")
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=16, help="full runs of PyTorch in a round, about")
    parser.add_argument("--reference", type=Path, default=REPOSITORY.parent / "shared/reference/hf_ablate.py")
    parser.add_argument("--fp-cli", type=Path, default=REPOSITORY / ".build/release/fp-cli")
    options = parser.parse_args()
    options.blocks = json.loads(Path(options.model, "config.json").read_text())["num_hidden_layers"]
    ids = texts(options)
    rounds = min(options.rounds, len(ids))
    full = 1 + 3 * options.blocks
    total = dict(torch=0.0, ablate=0.0, profile=0.0)
    speeds, shares = dict(ablate=[], profile=[]), []
    print(f"{len(ids)} texts of {options.tokens} tokens, {options.threads} threads; one run unchanged and {full - 1} without a part each")
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"load average {load:.1f}: something else is running, and the times are not those of a quiet machine")
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            part = Round(options, ids[number::rounds], Path(folder))
            seconds, runs = part.torch()
            line = f"round {number + 1}: PyTorch {seconds:.3f} s a full run ({runs} runs)"
            total["torch"] += seconds * full * len(part.ids)
            for command, words in [("ablate", []), ("profile", ["--nll"])]:
                seconds, manifest, plan = part.ours(command, words)
                inside = computing(manifest, options.threads)
                speeds[command].append((plan["operations"], inside))
                total[command] += seconds
                line += f"; {command} {seconds:.2f} s, {plan['operations'] / inside * 1e-9:.1f} GFLOP/s"
                if command == "ablate":
                    shares.append((manifest["thread_seconds"]["logits"], inside * options.threads))
                    line += f", {plan['readings']} readings, peak {manifest['peak_resident_bytes'] / 1e6:.0f} MB"
        print(line, flush=True)
    speed = {name: sum(work for work, _ in pairs) / sum(seconds for _, seconds in pairs) for name, pairs in speeds.items()}
    epilogue = sum(share for share, _ in shares) / sum(whole for _, whole in shares)
    print(f"PyTorch would take {total['torch']:.0f} s for {full} runs of every text, fp-cli ablate took {total['ablate']:.0f} s: "
          f"{total['torch'] / total['ablate']:.2f} times as fast")
    print(f"ablate {speed['ablate'] * 1e-9:.1f} GFLOP/s, profile --nll {speed['profile'] * 1e-9:.1f} GFLOP/s: "
          f"{speed['ablate'] / speed['profile']:.3f} of its speed; comparison of logits {100 * epilogue:.1f} % of the threads' time")


if __name__ == "__main__":
    main()
