#!/usr/bin/env python3
"""What Hugging Face transformers' `apply_chat_template` makes of conversations.

  python3 Fixtures/generation/make_chat.py

Writes chat.json. The templates are ours; they give what those of Llama 2, Llama 3, Llama 3.1, Llama 3.2 and of ChatML
models give for a system text and a question, through the same markers. Needs: transformers, tokenizers.
"""
import json
from pathlib import Path

import transformers.utils.chat_template_utils as templates
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

HEADERS = (
    "{{- '<|start_header_id|>' + m['role'] + '<|end_header_id|>\\n\\n' + m['content'] | trim + '<|eot_id|>' }}")
ANSWER = "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"
DATED = (
    "{{- bos_token }}%s{% if messages[0]['role'] == 'system' %}{% set told = messages[0]['content'] | trim %}"
    "{% set messages = messages[1:] %}{% else %}{% set told = '' %}{% endif %}"
    "{{- '<|start_header_id|>system<|end_header_id|>\\n\\n' }}{{- 'Cutting Knowledge Date: December 2023\\n' }}"
    "{{- 'Today Date: ' + date_string + '\\n\\n' }}{{- told }}{{- '<|eot_id|>' }}"
    "{% for m in messages %}" + HEADERS + "{% endfor %}" + ANSWER)
TURNS = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")
TEMPLATES = {
    "Llama 2": (
        "{% if messages[0]['role'] == 'system' %}{% set user = '<<SYS>>\\n' + messages[0]['content'] + '\\n<</SYS>>\\n\\n'"
        " + messages[1]['content'] %}{% else %}{% set user = messages[0]['content'] %}{% endif %}"
        "{{ bos_token + '[INST] ' + user.strip() + ' [/INST]' }}", "<s>"),
    "Llama 3": ("{{ bos_token }}{% for m in messages %}" + HEADERS + "{% endfor %}" + ANSWER, "<|begin_of_text|>"),
    "Llama 3.1": (
        DATED.replace("%s", "{% if not date_string is defined %}{% set date_string = \"26 Jul 2024\" %}{% endif %}"),
        "<|begin_of_text|>"),
    "Llama 3.2": (
        DATED.replace("%s", "{% set date_string = strftime_now('%d %b %Y') if strftime_now is defined else '26 Jul 2024' %}"),
        "<|begin_of_text|>"),
    "ChatML": (TURNS, "<s>"),
    "ChatML with BOS": ("{{bos_token}}" + TURNS, "<s>"),
    "ChatML with a system text": (
        "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}"
        "{% endif %}" + TURNS, "<s>"),
}
CONVERSATIONS = [
    (None, "Why is the sky blue?"), ("Answer in one word.", "Why is the sky blue?"),
    ("  Be brief.\n", " \n Two lines\nof text \u00a0\t"), (None, "\u001c a\u2009"), ("", ""),
]
# A day of one digit, so that its padding is seen.
TODAY = {"seconds": 1_770_379_200, "date": "06 Feb 2026"}


def main():
    class Clock(templates.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 2, 6, 12)

    templates.datetime = Clock
    result = []
    for name, (template, bos) in TEMPLATES.items():
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer(WordLevel({"a": 0}, unk_token="a")), bos_token=bos, chat_template=template)
        cases = []
        for system, user in CONVERSATIONS:
            messages = [{"role": "system", "content": system}] if system is not None else []
            messages.append({"role": "user", "content": user})
            prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            cases.append({"system": system, "user": user, "prompt": prompt})
        result.append({"name": name, "template": template, "bos_token": bos, "cases": cases})
    text = json.dumps({"today": TODAY, "formats": result}, indent=1, ensure_ascii=True)
    assert "Today Date: " + TODAY["date"] in text
    (Path(__file__).parent / "chat.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
