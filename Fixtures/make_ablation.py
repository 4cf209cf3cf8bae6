#!/usr/bin/env python3
"""Makes Fixtures/ablation/*.json: what removals cost in every model that has a golden.json, by Hugging Face in float64.

  python3 make_ablation.py --reference ../../shared/reference/hf_ablate.py [--stories DIR]

The reference script (PyTorch hooks on Hugging Face transformers) removes every block, attention and MLP in turn, with the effects on
later blocks, once as it is and once with --keep-first, on the first texts of each domain of the model's corpus.json, at most 24 tokens
of each. --stories is a model outside the repository; its numbers are kept here as well. Needs: torch, transformers, tokenizers.
"""
import argparse, json, subprocess, sys, tempfile
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--reference", type=Path, required=True)
parser.add_argument("--stories", type=Path, help="folder of stories260K")
arguments = parser.parse_args()


def rounded(value):
    if isinstance(value, float): return float("%.12g" % value)
    if isinstance(value, list): return [rounded(item) for item in value]
    return {key: rounded(item) for key, item in value.items()} if isinstance(value, dict) else value


fixtures = Path(__file__).resolve().parent
models = [folder.parent for folder in sorted(fixtures.glob("**/golden.json")) if (folder.parent / "corpus.json").exists()]
if arguments.stories:
    models.append(arguments.stories)
target = fixtures / "ablation"
target.mkdir(exist_ok=True)
for model in models:
    result = {}
    for name, words in [("plain", []), ("keep_first", ["--keep-first"])]:
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "ablation.json"
            subprocess.run([sys.executable, arguments.reference, model, model / "corpus.json", "--output", output, "--effects",
                            "--limit", "1", "--max-tokens", "24", *words], check=True)
            result[name] = rounded(json.loads(output.read_text()))
    (target / f"{model.name}.json").write_text(json.dumps(result) + "\n")
    print(model.name)
