"""Fills templates from word banks, with one seeded source of chance."""
import random
import re

SLOT = re.compile(r"\$\$|\$([A-Za-z][a-z_]*)(\d*)")
ARTICLE = re.compile(r"\b([Aa])/an (?=\W?(\w+))")


class Writer:
    """Writes one text. Everything is drawn with `random()` alone, whose numbers Python promises not to change."""

    def __init__(self, seed):
        self.random = random.Random(seed).random
        self.remembered = {}

    def number(self, low, high, step=1):
        """A whole number from `low` to `high`, both included."""
        return low + step * int(self.random() * ((high - low) // step + 1))

    def pick(self, options):
        return options[int(self.random() * len(options))]

    def some(self, options, count):
        """`count` different ones, in the order they were drawn."""
        left = list(options)
        return [left.pop(int(self.random() * len(left))) for _ in range(min(count, len(left)))]

    def chance(self, probability):
        return self.random() < probability

    def fill(self, template, banks):
        """`$noun` becomes one of `banks["noun"]`, itself filled; `$Noun` with a capital letter, `$noun1` the same
        one wherever it stands in the text. A bank is a list of templates, or a function of the writer. `a/an` is the
        article that fits, `$$` a dollar sign."""

        def value(match):
            name, label = match.group(1), match.group(2)
            if name is None:
                return "$"
            key = name[0].lower() + name[1:]
            text = self.remembered.get(key + label) if label else None
            if text is None:
                bank = banks[key]
                text = str(bank(self)) if callable(bank) else self.fill(self.pick(bank), banks)
                if label:
                    self.remembered[key + label] = text
            return text[0].upper() + text[1:] if name != key else text

        return ARTICLE.sub(article, SLOT.sub(value, template))


def article(match):
    word = match.group(2).lower()
    if word.startswith(("uni", "use", "usu", "uti", "one", "eu")):
        sounds = False
    else:
        sounds = word[0] in "aeiou" or word.startswith(("hour", "honest", "heir", "8")) or word in ("11", "18")
    return match.group(1) + ("n " if sounds else " ")


def joined(parts, last="and"):
    """`a`, `a and b`, or `a, b and c`."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def spelled(number):
    """English words for 0 to 999."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        tens = TENS[number // 10]
        return tens if number % 10 == 0 else f"{tens}-{SMALL[number % 10]}"
    rest = number % 100
    return f"{SMALL[number // 100]} hundred" + (f" {spelled(rest)}" if rest else "")


SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen").split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
