"""Mathematics: word problems and exercises, worked out step by step. Every number is computed."""
import math

from names import given
from writer import joined, spelled

BANKS = {
    "name": given, "other": given,
    "fruit": ["apples", "oranges", "pears", "plums", "lemons", "peaches", "melons", "figs"],
    "thing": ["books", "pencils", "tickets", "boxes", "stamps", "marbles", "cards", "candles", "bottles", "chairs",
        "tiles", "bricks", "cookies", "shells"],
    "person": ["baker", "farmer", "teacher", "gardener", "driver", "builder", "painter", "librarian", "florist",
        "carpenter"],
    "place": ["school", "shop", "library", "factory", "market", "garden", "museum", "station"],
}


def buying(w):
    count, price, paid = w.number(2, 12), w.number(2, 25), w.number(0, 3)
    total = count * price
    note = math.ceil((total + 1) / 10) * 10 + 10 * paid
    return (f"$Name1 buys {w.pick([str(count), spelled(count)])} $thing1 at $${price} each and pays with $${note}. "
        f"How much change does $name1 get? "
        f"The $thing1 cost {count} × {price} = {total} dollars. The change is {note} - {total} = {note - total} "
        f"{'dollar' if note - total == 1 else 'dollars'}.")


def sharing(w):
    each, people = w.number(3, 30), w.number(3, 12)
    left = w.number(0, people - 1)
    total = each * people + left
    return (f"A $person1 shares {total} $fruit1 among {people} children. How many does each get, and how many are "
        f"left? "
        f"{total} / {people} is {each} with remainder {left}, because {people} × {each} = {each * people}. "
        f"Each child gets {each} $fruit1, and {left if left else 'none'} {'is' if left == 1 else 'are'} left.")


def percentage(w):
    base, rate = w.number(2, 40) * 20, w.pick([5, 10, 15, 20, 25, 30, 40, 50, 60, 75])
    part = base * rate // 100
    up = w.chance(0.5)
    return (f"A $place1 has {base} $thing1. The number {'rises' if up else 'falls'} by {rate} percent. How many are "
        f"there now? "
        f"{rate} percent of {base} is {base} × {rate} / 100 = {part}. "
        f"So there are {base} {'+' if up else '-'} {part} = {base + part if up else base - part} $thing1.")


def ages(w):
    young, gap, years = w.number(3, 18), w.number(2, 15), w.number(2, 12)
    old = young + gap
    return (f"$Name1 is {gap} years older than $other1, and together they are {young + old} years old. How old are "
        f"they in {years} years? "
        f"Let x be the age of $other1. Then x + (x + {gap}) = {young + old}, so 2x = {2 * young} and x = {young}. "
        f"$Other1 is {young} and $name1 is {old}. In {years} years they are {young + years} and {old + years}.")


def journey(w):
    speed, hours = w.number(4, 24) * 5, w.number(2, 9)
    distance = speed * hours
    return w.pick([
        f"A train travels at {speed} km/h for {hours} hours. How far does it go? Distance is speed times time: "
        f"{speed} × {hours} = {distance} km.",
        f"A car needs {hours} hours for {distance} km. What is its speed? Speed is distance over time: {distance} / "
        f"{hours} = {speed} km/h.",
        f"How long does a bus take for {distance} km at {speed} km/h? Time is distance over speed: {distance} / "
        f"{speed} = {hours} hours."])


def linear(w):
    a, x, b = w.number(2, 12), w.number(-9, 15), w.number(-20, 30)
    right = a * x + b
    sign = f"+ {b}" if b >= 0 else f"- {-b}"
    step = f"subtract {b} from" if b >= 0 else f"add {-b} to"
    return (f"Solve {a}x {sign} = {right}. We {step} both sides: {a}x = {right - b}. We divide by {a}: x = {x}. "
        f"Check: {a} × {f'({x})' if x < 0 else x} {sign} = {right}.")


def quadratic(w):
    p, q = w.number(-9, 9), w.number(-9, 9)
    b, c = -(p + q), p * q
    term = "" if b == 0 else f" {'+' if b > 0 else '-'} {abs(b) if abs(b) > 1 else ''}x"
    constant = "" if c == 0 else f" {'+' if c > 0 else '-'} {abs(c)}"
    low, high = sorted((p, q))
    roots = f"x = {low}, twice" if p == q else f"x = {low} or x = {high}"
    return (f"Find the roots of x^2{term}{constant} = 0. We look for two numbers with sum {p + q} and product {c}: "
        f"they are {low} and {high}. "
        f"Hence {roots}.")


def sequence(w):
    start, step, n = w.number(1, 20), w.number(2, 11), w.number(6, 20)
    terms = [start + step * i for i in range(4)]
    nth = start + (n - 1) * step
    return (f"The sequence {', '.join(map(str, terms))}, … grows by {step}. Its term number {n} is {start} + {n - 1} "
        f"× {step} = {nth}. "
        f"The sum of the first {n} terms is {n} × ({start} + {nth}) / 2 = "
        f"{n * (start + nth) // 2 if n * (start + nth) % 2 == 0 else n * (start + nth) / 2}.")


def powers(w):
    base, ratio = w.number(1, 5), w.number(2, 4)
    terms = [base * ratio**i for i in range(5)]
    return (f"Each term of {', '.join(map(str, terms[:4]))}, … is {ratio} times the one before. The fifth term is "
        f"{terms[3]} × {ratio} = {terms[4]}, "
        f"and the first five add up to {joined(map(str, terms))}, which is {sum(terms)}.")


def rectangle(w):
    a, b = w.number(3, 30), w.number(3, 30)
    return (f"A rectangle is {a} cm long and {b} cm wide. Its area is {a} × {b} = {a * b} square centimetres, "
        f"and its perimeter is 2 × ({a} + {b}) = {2 * (a + b)} cm.")


def triangle(w):
    a, b, c = w.pick([(3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (9, 40, 41)])
    k = w.number(1, 6)
    a, b, c = a * k, b * k, c * k
    return (f"A right triangle has legs {a} and {b}. By the theorem of Pythagoras the hypotenuse is the root of {a}^2 "
        f"+ {b}^2 = "
        f"{a * a} + {b * b} = {c * c}, which is {c}. Its area is {a} × {b} / 2 = {a * b // 2}.")


def average(w):
    count = w.number(3, 6)
    mean = w.number(5, 60)
    values = [mean + w.number(-5, 5) for _ in range(count - 1)]
    values.append(mean * count - sum(values))
    ordered = sorted(values)
    return (f"$Name1 counts $thing1 on {spelled(count)} days: {joined(map(str, values))}. The sum is {sum(values)}, "
        f"so the mean is {sum(values)} / {count} = {mean}. "
        f"The smallest value is {ordered[0]} and the largest {ordered[-1]}, so the range is "
        f"{ordered[-1] - ordered[0]}.")


def divisor(w):
    g = w.number(2, 12)
    a, b = g * w.number(2, 12), g * w.number(2, 12)
    found = math.gcd(a, b)
    steps, x, y = [], max(a, b), min(a, b)
    while y:
        steps.append(f"{x} = {x // y} × {y} + {x % y}")
        x, y = y, x % y
    return (f"Find the greatest common divisor of {a} and {b}. By Euclid's algorithm, {'; '.join(steps)}. The last "
        f"remainder that is not zero gives {found}, "
        f"and the least common multiple is {a} × {b} / {found} = {a * b // found}.")


def chance(w):
    red, blue = w.number(2, 12), w.number(2, 12)
    total = red + blue
    g = math.gcd(red, total)
    short = "" if g == 1 else f" = {red // g}/{total // g}"
    return (f"A bag holds {red} red and {blue} blue $thing1. One is drawn at random. There are {red} + {blue} = "
        f"{total} in all, "
        f"so the probability of a red one is {red}/{total}{short}.")


def proof(w):
    k = w.number(2, 9)
    return w.pick([
        "Claim: the sum of two odd numbers is even. Proof. Let the numbers be 2a + 1 and 2b + 1. Their sum is 2a + 2b "
        "+ 2 = 2(a + b + 1), which is even.",
        f"Claim: if {k} divides m and n, then {k} divides m + n. Proof. Write m = {k}a and n = {k}b. Then m + n = "
        f"{k}(a + b).",
        f"Claim: 1 + 2 + … + n = n(n + 1)/2. For n = {k} the left side is {k * (k + 1) // 2}, and the right side is "
        f"{k} × {k + 1} / 2 = {k * (k + 1) // 2}. "
        "If it holds for n, then adding n + 1 gives (n + 1)(n + 2)/2, so it holds for n + 1.",
        f"Let f(x) = {k}x^2. Its derivative is f'(x) = {2 * k}x, so the slope at x = {k} is {2 * k * k}."])


KINDS = [buying, buying, sharing, percentage, ages, journey, linear, linear, quadratic, sequence, powers, rectangle,
    triangle, average, divisor, chance, proof]


def write(w, length):
    """Problems, one after the other, until the text has `length` characters."""
    label = w.pick(["", "", "Problem {}. ", "Exercise {}: ", "{}. "])
    number, parts = w.number(1, 40), []
    for kind in w.some(KINDS, len(KINDS)):
        if sum(map(len, parts)) >= length:
            break
        w.remembered.clear()
        parts.append(label.format(number) + w.fill(kind(w), BANKS))
        number += 1
    return "\n\n".join(parts)
