#!/usr/bin/env python3
"""What Hugging Face transformers' logits processors make of some logits, in float64.

  python3 Fixtures/generation/make_sampling.py

Writes sampling.json: logits, the tokens before, and for settings of each processor alone and of all together the
probabilities in the order of `generate` (repetition penalty, temperature, top-k, top-p, min-p); a token that is
taken out has probability 0. Needs: torch, transformers.
"""
import json
from pathlib import Path

import torch
from transformers.generation.logits_process import (
    LogitsProcessorList, MinPLogitsWarper, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper,
    TopKLogitsWarper, TopPLogitsWarper)

SETTINGS = [
    {"temperature": 0.7}, {"temperature": 1.8}, {"topK": 1}, {"topK": 7}, {"topK": 60}, {"topP": 0.05}, {"topP": 0.5},
    {"topP": 0.9}, {"topP": 1.0}, {"minP": 0.02}, {"minP": 0.3}, {"minP": 1.0}, {"repetitionPenalty": 1.3},
    {"repetitionPenalty": 0.8}, {"temperature": 1.5, "topP": 0.8}, {"topK": 12, "topP": 0.9, "minP": 0.05},
    {"repetitionPenalty": 1.2, "temperature": 0.8, "topK": 20, "topP": 0.95, "minP": 0.1},
]


def processors(setting):
    kinds = [("repetitionPenalty", RepetitionPenaltyLogitsProcessor), ("temperature", TemperatureLogitsWarper),
             ("topK", TopKLogitsWarper), ("topP", TopPLogitsWarper), ("minP", MinPLogitsWarper)]
    return LogitsProcessorList(kind(setting[name]) for name, kind in kinds if name in setting)


def main():
    generator = torch.Generator().manual_seed(5)
    # Three decimals are exact enough to be read by both sides as the same float32.
    logits = (torch.randn(40, generator=generator, dtype=torch.float64) * 2.5).round(decimals=3).float()
    before = torch.randint(0, 40, (9,), generator=generator)
    before[3] = before[0]
    cases = []
    for setting in SETTINGS:
        scores = processors(setting)(before[None], logits.double()[None].clone())
        cases.append({"setting": setting, "probabilities": scores.softmax(-1)[0].tolist()})
    result = {"logits": [float(f"{value:.3f}") for value in logits.tolist()], "tokens": before.tolist()}
    text = json.dumps(result)[:-1] + ', "cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n"
    (Path(__file__).parent / "sampling.json").write_text(text)


if __name__ == "__main__":
    main()
