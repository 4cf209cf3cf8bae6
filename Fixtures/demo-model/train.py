#!/usr/bin/env python3
"""Trains the demo's toy model and its tokenizer on texts that Fixtures/corpora generates.

  python3 Fixtures/demo-model/train.py [--output Fixtures/demo-model] [--steps 900]

Writes tokenizer.json, tokenizer_config.json, config.json and model.safetensors; evaluate.py tells how good it is. The
training texts are made as they are needed. One thread computes, so the same versions of torch and transformers on the same kind
of processor give the same bytes; README.md names those of the weights in the repository.
Needs: torch, transformers, tokenizers, safetensors.
"""
import argparse
import json
import math
import sys
import time
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER.parent), str(FOLDER.parent / "corpora")]

import generate  # noqa: E402
from make_fixtures import LLAMA3_SPLIT  # noqa: E402

SEED, THREADS = 20, 1
VOCABULARY, POSITIONS = 2048, 512
SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>"]
TOKENIZER_TEXTS = 1500  # per domain; the first of the training texts
BATCH, WINDOW = 16, 112  # texts per step; steps whose texts are sorted by length together, to pad little
LEARNING_RATE, WARM_UP, WEIGHT_DECAY = 2e-3, 50, 0.1
SAVE_EVERY = 200


def training_texts():
    """(domain, text), one domain after the other, without end. What is held out is left out."""
    held_out = {text for texts in generate.held_out().values() for text in texts}
    index = 0
    while True:
        for domain in generate.DOMAINS:
            text = generate.text(domain, f"training/{index}")
            if text not in held_out:
                yield domain, text
        index += 1


def make_tokenizer(folder):
    """Llama 3's kind of tokenizer.json: byte-level BPE, special tokens after the vocabulary, BOS by a template."""
    source = training_texts()
    texts = [next(source)[1] for _ in range(TOKENIZER_TEXTS * len(generate.DOMAINS))]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL), show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    tokenizer.add_special_tokens(SPECIAL)
    bos = SPECIAL[0]
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1",
            special_tokens=[(bos, tokenizer.token_to_id(bos))]),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos, eos_token=SPECIAL[1],
        model_max_length=POSITIONS, clean_up_tokenization_spaces=False).save_pretrained(folder)
    return tokenizer


def make_model(tokenizer):
    bos, eos = (tokenizer.token_to_id(token) for token in SPECIAL)
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=128, intermediate_size=352, num_hidden_layers=8, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=POSITIONS, rms_norm_eps=1e-5, tie_word_embeddings=True,
        initializer_range=0.04, bos_token_id=bos, eos_token_id=eos, attn_implementation="sdpa", use_cache=False,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0)))
    with torch.no_grad():  # So that the stream does not grow with depth at first (GPT-2's initialization).
        for name, parameter in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                parameter /= math.sqrt(2 * model.config.num_hidden_layers)
    return model


def batches(tokenizer):
    """`[BATCH, longest]` token ids with BOS and EOS, padded with -1."""
    source, eos = training_texts(), tokenizer.token_to_id(SPECIAL[1])
    generator = torch.Generator().manual_seed(SEED)
    while True:
        texts = [next(source)[1] for _ in range(BATCH * WINDOW)]
        rows = [encoding.ids + [eos] for encoding in tokenizer.encode_batch(texts)]
        rows.sort(key=lambda row: (len(row), row))
        for batch in torch.randperm(WINDOW, generator=generator).tolist():
            chosen = [torch.tensor(row) for row in rows[batch * BATCH:(batch + 1) * BATCH]]
            yield torch.nn.utils.rnn.pad_sequence(chosen, batch_first=True, padding_value=-1)


def loss_of(model, batch):
    """Mean next-token cross-entropy in nats. The padding is at the end, where no token that counts can see it."""
    hidden = model.model(batch.clamp(min=0)).last_hidden_state[:, :-1]
    targets = batch[:, 1:]
    kept = targets >= 0
    return torch.nn.functional.cross_entropy(model.lm_head(hidden[kept]), targets[kept])


def save(model, folder):
    """bf16 weights, and config.json in the keys that transformers 4 and 5 both read."""
    state = {name: value.to(torch.bfloat16) for name, value in model.state_dict().items()}
    copy = LlamaForCausalLM(model.config).to(torch.bfloat16)
    copy.load_state_dict(state)
    copy.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    (folder / "model.safetensors").chmod(0o644)
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["rope_theta"] = config.pop("rope_parameters")["rope_theta"]
    config["torch_dtype"] = config.pop("dtype")
    config["use_cache"] = True
    path.write_text(json.dumps(dict(sorted(config.items())), indent=2) + "\n")


def rate(step, steps):
    """Linear warm-up, then a cosine down to nothing."""
    return min((step + 1) / WARM_UP, 0.5 * (1 + math.cos(math.pi * step / steps)))


def train(model, tokenizer, steps, folder):
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}],
        lr=LEARNING_RATE, betas=(0.9, 0.95))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps))
    started, tokens, average = time.monotonic(), 0, None
    for step, batch in zip(range(1, steps + 1), batches(tokenizer)):
        loss = loss_of(model, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        tokens += int((batch >= 0).sum())
        average = loss.item() if average is None else 0.95 * average + 0.05 * loss.item()
        if step % 20 == 0 or step == steps:
            seconds = time.monotonic() - started
            print(f"step {step} of {steps}, {tokens:,} tokens, {seconds:.0f} s, loss {average:.3f}", flush=True)
        if step % SAVE_EVERY == 0 or step == steps:
            save(model, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=FOLDER)
    parser.add_argument("--steps", type=int, default=900)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    arguments.output.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(arguments.output)
    model = make_model(tokenizer)
    print(f"{model.num_parameters():,} parameters")
    train(model, tokenizer, arguments.steps, arguments.output)


if __name__ == "__main__":
    main()
