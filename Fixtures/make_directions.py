#!/usr/bin/env python3
"""Makes Fixtures/directions/*.json: the metrics of directions of every model that has a golden.json, by Hugging Face in float64.

  python3 make_directions.py --reference ../../shared/reference/hf_lens.py [--stories DIR]

The reference script (PyTorch hooks on Hugging Face transformers) measures cosine, attention_cosine, mlp_cosine, attention_influence,
mlp_influence and residual_norm of the texts of each model's corpus.json; what else it measures is left out. --stories is a model
outside the repository; its numbers are kept here as well. Needs: torch, transformers, tokenizers.
"""
import argparse, json, subprocess, sys, tempfile
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--reference", type=Path, required=True)
parser.add_argument("--stories", type=Path, help="folder of stories260K")
arguments = parser.parse_args()

fixtures = Path(__file__).resolve().parent
models = [folder.parent for folder in sorted(fixtures.glob("**/golden.json")) if (folder.parent / "corpus.json").exists()]
if arguments.stories:
    models.append(arguments.stories)
target = fixtures / "directions"
target.mkdir(exist_ok=True)
for model in models:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "lens.json"
        subprocess.run([sys.executable, arguments.reference, model, model / "corpus.json", "--output", output], check=True)
        domains = json.loads(output.read_text())
    kept = {
        domain: [{"all": text["directions"], "without_first_token": text["directions_tail"]} for text in content["texts"]]
        for domain, content in domains.items()
    }
    (target / f"{model.name}.json").write_text(json.dumps(kept, indent=1) + "\n")
    print(model.name)
