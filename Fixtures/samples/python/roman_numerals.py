"""Roman numerals from 1 to 3999, both ways."""

VALUES = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
]


def to_roman(number: int) -> str:
    """
    >>> to_roman(1994)
    'MCMXCIV'
    """
    if not 1 <= number <= 3999:
        raise ValueError(f"expected a number from 1 to 3999, got {number}")
    numeral = ""
    for value, symbol in VALUES:
        count, number = divmod(number, value)
        numeral += symbol * count
    return numeral


def from_roman(numeral: str) -> int:
    """
    >>> from_roman("MMXXIV")
    2024
    >>> from_roman("IIX")
    Traceback (most recent call last):
    ...
    ValueError: not a Roman numeral: 'IIX'
    """
    number, position = 0, 0
    for value, symbol in VALUES:
        while numeral.startswith(symbol, position):
            number += value
            position += len(symbol)
    # Writing the number again finds numerals such as IIII, which no rule above forbids.
    if position != len(numeral) or number == 0 or number > 3999 or to_roman(number) != numeral:
        raise ValueError(f"not a Roman numeral: {numeral!r}")
    return number
