"""Texts of the tiny fixture, written for this repository: seven domains and a little more to train the tokenizer on."""

# A lone token and a text given as token ids are added by make_fixtures.py, once the tokenizer exists.
DOMAINS = {
    "cpp": [
        "#include <vector>\n\nint sum(const std::vector<int>& values) {\n  int total = 0;\n"
        "  for (int value : values) { total += value; }\n  return total;\n}\n",
        "template <typename T>\nT clamp(T x, T low, T high) {\n\treturn x < low ? low : (x > high ? high : x);\n}\n",
        "std::unique_ptr<Node> next; // owned, never null",
    ],
    "python": [
        "def mean(values):\n    \"\"\"The arithmetic mean; an empty list is an error.\"\"\"\n    if not values:\n"
        "        raise ValueError(\"no values\")\n    return sum(values) / len(values)\n",
        "squares = [x * x for x in range(10) if x % 2 == 0]\nprint(squares)",
    ],
    "finance": [
        "Revenue rose 12.5% to $4.2 billion in the third quarter, while operating costs fell. The board raised the "
        "dividend by 3 cents a share and kept its outlook for the year. Analysts had expected revenue of $4.1 billion. "
        "Net debt was €650 million at the end of September, down from €810 million a year before, and the company "
        "said that it would buy back shares worth $300 million. Shares closed 2.3% higher at $51.07.",
        "The bond yields 4.75% and matures in 2031.",
    ],
    "numbers": [
        "1 2 3 5 8 13 21 34 55 89 144 233 377 610 987",
        "pi = 3.14159265358979, e = 2.71828182845905; 1/7 = 0.142857142857…",
    ],
    "legal": [
        "The tenant shall pay the rent on the first day of each month. If the rent is not paid within ten days, the "
        "landlord may end this agreement by written notice.",
        "No waiver of any term of this Agreement shall be valid unless it is in writing and signed by both parties.",
    ],
    "medical": [
        "The patient, aged 54, was seen with chest pain and shortness of breath. Blood pressure was 150/95 mmHg; the "
        "ECG showed no sign of ischaemia.",
        "Take 5 mg twice a day, after meals. Don't stop without asking a doctor; they'll review the dose at 37.5 °C.",
    ],
    "bills": [
        "SECTION 1. SHORT TITLE.\n\n    This Act may be cited as the \"Clean Rivers Act\".\n\nSEC. 2. DEFINITIONS.\n\n"
        "    In this Act, the term \"river\" means any natural stream of water.\n",
        "A BILL to provide for the repair of small bridges, and for other purposes.",
    ],
}

# Seen by the tokenizer's training only.
TRAINING = [
    "The company said that the year was the best since it was founded, and that it would keep its costs low.",
    "This agreement is made between the landlord and the tenant, and may be changed only in writing by both parties.",
    "The patient was given the dose twice a day. The doctor said that the pain would end within ten days.",
    "for (int i = 0; i < n; i++) { values[i] = values[i] + 1; }\nreturn values;\n",
    "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n",
    "In this Act, the term \"bridge\" means any structure over water that is open to the public.",
    "Größe, naïve, façade, señor; 東京 und 北京; привет, мир! 🙂🙂 It's what we've seen, isn't it?",
    "   three leading spaces, a\ttab, a line\r\nand a blank\n\n\nthen    runs   of  spaces   ",
    "0 1 2 3 4 5 6 7 8 9 10 11 12 100 200 250 300 1000 2024 2025 3.14 2.72 99.9% $5.00 €7.50",
]
