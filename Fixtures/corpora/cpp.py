"""C++: functions, classes and small programs, in one of several styles of naming, indentation and comments."""
import re

NUMBERS = ["int", "int", "double", "long", "float", "unsigned", "int64_t"]
PLURALS = ("values scores prices weights samples lengths counts ages costs marks readings temperatures distances "
    "points "
    "amounts ranks sizes levels rates delays").split()
THINGS = ("account sensor buffer player order ticket vehicle invoice packet session worker device student recipe "
    "parcel "
    "counter timer channel window record").split()
FIELDS = ("id name size count price weight speed level score rate capacity balance width height depth offset limit "
    "total age status").split()
WORDS = ["text", "line", "word", "input", "name", "message", "token", "path"]
BANKS = {
    "number": NUMBERS, "plural": PLURALS, "thing": THINGS, "field": FIELDS, "string": WORDS,
    "index": ["i", "i", "j", "k", "index"], "digit": lambda w: w.number(0, 9), "small": lambda w: w.number(2, 20),
    "large": lambda w: w.pick([16, 32, 50, 64, 100, 128, 250, 256, 500, 1000, 1024, 4096]),
    "compare": [">", "<", ">=", "<=", "==", "!="], "letter": lambda w: w.pick("abcdefghijklmnopqrstuvwxyz"),
    "limit": ["limit", "threshold", "bound", "minimum", "target"], "sum": ["sum", "total", "result", "acc"],
    "best": ["best", "largest", "result", "top"], "remark": [
        "keep the running value", "nothing to do", "skip this one", "the order does not matter",
        "off by one on purpose",
        "both ends are included", "the caller owns the memory", "linear in the size", "no allocation here",
        "stop at the first match", "see the comment above", "wraps around at the end"],
}

LOOPS = [
    ("for (const auto& x : $plural1) {", "}"), ("for (auto x : $plural1) {", "}"),
    ("for (size_t i = 0; i < $plural1.size(); ++i) {\n  const auto x = $plural1[i];", "}"),
    ("for (auto it = $plural1.begin(); it != $plural1.end(); ++it) {\n  const auto& x = *it;", "}"),
]
CONDITIONS = [
    ("above_$limit1", "x > $limit1", "that are above the $limit1"),
    ("below_$limit1", "x < $limit1", "below the $limit1"),
    ("even", "x % 2 == 0", "that are even"), ("odd", "x % 2 != 0", "that are odd"),
    ("positive", "x > 0", "greater than zero"), ("negative", "x < 0", "less than zero"),
    ("multiples_of_$small1", "x % $small1 == 0", "that $small1 divides"),
    ("between", "x > $limit1 && x < $large1", "between the $limit1 and $large1"),
]
FOLDS = [
    ("sum", "$number1", "$sum1", "0", "$sum1 += x;", "the sum of"),
    ("count", "int", "$sum1", "0", "++$sum1;", "how many of"),
    ("product", "$number1", "$sum1", "1", "$sum1 *= x;", "the product of"),
    ("largest", "$number1", "$best1", "0", "$best1 = std::max($best1, x);", "the largest of"),
    ("squares", "$number1", "$sum1", "0", "$sum1 += x * x;", "the sum of the squares of"),
    ("collect", "std::vector<$number1>", "$best1", None, "$best1.push_back(x);", "a copy of"),
]


def fold(w):
    name, result, variable, start, step, words = w.pick(FOLDS)
    suffix, condition, which = w.pick(CONDITIONS)
    before, after = w.pick(LOOPS)
    limit = ", $number1 $limit1" if "$limit1" in condition else ""
    body = (f"if ({condition}) {{\n  {step}\n}}" if w.chance(0.7) else f"if (!({condition})) continue;\n{step}")
    begin = f"{result} {variable};" if start is None else f"{result} {variable} = {start};"
    comment = w.pick([f"// Returns {words} the $plural1 {which}.\n", f"/// {words} all $plural1 {which}\n", ""])
    return (f"{comment}{result} {name}_{suffix}(const std::vector<$number1>& $plural1{limit}) {{\n  {begin}\n"
        f"{indented(before)}\n{indented(body, 4)}\n  {after}\n  return {variable};\n}}")


def declared(w):
    """A class or struct with fields of types, a constructor and some members."""
    fields = w.some(FIELDS, w.number(2, 4))
    types = [w.pick(["int", "double", "std::string", "long", "bool", "size_t"]) for _ in fields]
    name = camel(w.fill("$thing1", BANKS), True)
    lines = [f"{w.pick(['class', 'struct'])} {name} {{"]
    if lines[0].startswith("class"):
        lines.append(" public:")
    if w.chance(0.6):
        parameters = ", ".join(f"{t} {f}" for t, f in zip(types, fields))
        lines.append(f"  {name}({parameters}) : " + ", ".join(f"{f}_({f})" for f in fields) + " {}")
    for kind, field in zip(types, fields):
        if w.chance(0.6):
            lines.append(f"  {kind} {field}() const {{ return {field}_; }}")
        if kind in ("int", "double", "long") and w.chance(0.5):
            lines.append(w.fill(w.pick([
                f"  void set_{field}({kind} value) {{ {field}_ = value; }}",
                f"  void add_{field}({kind} amount) {{\n    if (amount < 0) throw std::invalid_argument(\"{field}\");\n"
                f"    {field}_ += amount;\n  }}",
                f"  bool has_{field}() const {{ return {field}_ > $digit; }}"]), BANKS))
    lines.append(" private:" if lines[0].startswith("class") else "")
    lines += [f"  {kind} {field}_{w.pick(['', ' = 0', '{}']) if kind != 'std::string' else ''};"
        for kind, field in zip(types, fields)]
    return "\n".join(line for line in lines if line) + "\n};"


def algorithm(w):
    return w.pick([
        "int gcd(int a, int b) {\n  while (b != 0) {\n    int rest = a % b;\n    a = b;\n    b = rest;\n  }\n  return "
        "a;\n}",
        "long power($number1 base, int exponent) {\n  long $sum1 = 1;\n  while (exponent > 0) {\n    if (exponent & "
        "1) $sum1 *= base;\n"
        "    base *= base;\n    exponent >>= 1;\n  }\n  return $sum1;\n}",
        "long fibonacci(int n) {\n  if (n < 2) return n;\n  return fibonacci(n - 1) + fibonacci(n - 2);\n}",
        "bool is_prime($number1 n) {\n  if (n < 2) return false;\n  for ($number1 d = 2; d * d <= n; ++d) {\n    if "
        "(n % d == 0) return false;\n  }\n  return true;\n}",
        "int binary_search(const std::vector<$number1>& $plural1, $number1 target) {\n  int low = 0, high = "
        "$plural1.size() - 1;\n"
        "  while (low <= high) {\n    int middle = low + (high - low) / 2;\n    if ($plural1[middle] == target) "
        "return middle;\n"
        "    if ($plural1[middle] < target) low = middle + 1;\n    else high = middle - 1;\n  }\n  return -1;\n}",
        "void bubble_sort(std::vector<$number1>& $plural1) {\n  for (size_t i = 0; i + 1 < $plural1.size(); ++i) {\n"
        "    for (size_t j = 0; j + 1 < $plural1.size() - i; ++j) {\n      if ($plural1[j] $compare $plural1[j + 1]) "
        "std::swap($plural1[j], $plural1[j + 1]);\n    }\n  }\n}",
        "template <typename T>\nT clamp_$field1(T value, T low, T high) {\n  if (value < low) return low;\n  return "
        "value > high ? high : value;\n}",
        "template <typename T>\nclass Stack {\n public:\n  void push(const T& $field1) { items_.push_back($field1); "
        "}\n  T pop() {\n"
        "    T $field1 = items_.back();\n    items_.pop_back();\n    return $field1;\n  }\n  bool empty() const { "
        "return items_.empty(); }\n\n private:\n  std::vector<T> items_;\n};",
        "int digit_sum($number1 n) {\n  int $sum1 = 0;\n  while (n > 0) {\n    $sum1 += n % 10;\n    n /= 10;\n  }\n  "
        "return $sum1;\n}",
        "std::vector<$number1> prefix_sums(const std::vector<$number1>& $plural1) {\n  std::vector<$number1> "
        "$sum1($plural1.size() + 1, 0);\n"
        "  for (size_t i = 0; i < $plural1.size(); ++i) {\n    $sum1[i + 1] = $sum1[i] + $plural1[i];\n  }\n  return "
        "$sum1;\n}",
    ])


def strings(w):
    return w.pick([
        "int count_$what1(const std::string& $string1) {\n  int $sum1 = 0;\n  for (char c : $string1) {\n    if "
        "($test1) ++$sum1;\n  }\n  return $sum1;\n}",
        "std::string reverse_$string1(const std::string& $string1) {\n  std::string result($string1.rbegin(), "
        "$string1.rend());\n  return result;\n}",
        "bool is_palindrome(const std::string& $string1) {\n  int i = 0, j = $string1.size() - 1;\n  while (i < j) {\n"
        "    if ($string1[i++] != $string1[j--]) return false;\n  }\n  return true;\n}",
        "std::string remove_$what1(const std::string& $string1) {\n  std::string result;\n  for (char c : $string1) "
        "{\n    if (!($test1)) result += c;\n  }\n  return result;\n}",
        "std::vector<std::string> split(const std::string& $string1, char separator) {\n  std::vector<std::string> "
        "parts;\n"
        "  std::stringstream stream($string1);\n  std::string part;\n  while (std::getline(stream, part, separator)) "
        "{\n    parts.push_back(part);\n  }\n  return parts;\n}",
        "std::map<std::string, int> count_$plural1(const std::vector<std::string>& $plural1) {\n  "
        "std::map<std::string, int> counts;\n"
        "  for (const auto& $string1 : $plural1) {\n    ++counts[$string1];\n  }\n  return counts;\n}",
        "std::string upper(std::string $string1) {\n  for (char& c : $string1) {\n    c = std::toupper(c);\n  }\n  "
        "return $string1;\n}",
    ])


def program(w):
    lines = ["int main() {"]
    values = ", ".join(str(w.number(-9, 99)) for _ in range(w.number(3, 7)))
    lines.append(f"  std::vector<$number1> $plural1 = {{{values}}};")
    for _ in range(w.number(1, 3)):
        lines += w.pick([
            ["  std::sort($plural1.begin(), $plural1.end());"],
            ["  $plural1.push_back($small);"],
            ["  for ($number1 x : $plural1) {", "    std::cout << x << ' ';", "  }", "  std::cout << std::endl;"],
            ["  if ($plural1.size() $compare $small) {", "    std::cerr << \"too many $plural1\\n\";", "    return 1;",
                "  }"],
            ["  $number1 $sum1 = 0;", "  for (size_t $index1 = 0; $index1 < $plural1.size(); $index1 += $small) {",
                "    $sum1 += $plural1[$index1];", "  }"],
            ["  // $remark", "  auto $best1 = *std::max_element($plural1.begin(), $plural1.end());"],
            ["  std::reverse($plural1.begin(), $plural1.end());"],
            ["  std::cout << \"$plural1: \" << $plural1.size() << '\\n';"],
            ["  assert(!$plural1.empty());  // $remark"],
        ])
    return "\n".join(lines + ["  return 0;", "}"])


def choice(w):
    names = [camel(name, True) for name in w.some(THINGS + FIELDS, w.number(3, 4))]
    kind = camel(w.fill("$thing1", BANKS), True) + "Kind"
    cases = "\n".join(f"    case {kind}::{name}: return {w.pick([repr(i), str(w.number(1, 99))])};" for i,
        name in enumerate(names))
    return (f"enum class {kind} {{ {', '.join(names)} }};\n\nint "
        f"{w.pick(['cost', 'rank', 'priority', 'code'])}({kind} kind) {{\n"
        f"  switch (kind) {{\n{cases}\n  }}\n  return -1;\n}}")


def grid(w):
    return w.pick([
        "$number1 trace(const std::vector<std::vector<$number1>>& grid) {\n  $number1 $sum1 = 0;\n  for (size_t i = "
        "0; i < grid.size(); ++i) {\n    $sum1 += grid[i][i];\n  }\n  return $sum1;\n}",
        "void fill(std::vector<std::vector<$number1>>& grid, $number1 value) {\n  for (auto& row : grid) {\n    for "
        "(auto& cell : row) {\n      cell = value $op $digit;\n    }\n  }\n}",
        "void transpose($number1 grid[$large1][$large1]) {\n  for (int i = 0; i < $large1; ++i) {\n    for (int j = i "
        "+ 1; j < $large1; ++j) {\n      std::swap(grid[i][j], grid[j][i]);\n    }\n  }\n}",
        "const int SIZE = $large1;\n$number1 $plural1[SIZE];\n\nvoid reset() {\n  for (int i = 0; i < SIZE; i++) {\n  "
        "  $plural1[i] = $digit;  // $remark\n  }\n}",
    ])


MORE = {**BANKS, "op": ["+", "-", "*"],
    "what": ["vowels", "spaces", "digits", "capitals", "letter_$letter1"],
    "test": lambda w: w.fill(TESTS.get(w.remembered.get("what1"), "c == '$letter1'"), BANKS)}
TESTS = {
    "vowels": "std::string(\"aeiou\").find(c) != std::string::npos", "spaces": "c == ' '",
    "digits": "std::isdigit(c)", "capitals": "c >= 'A' && c <= 'Z'",
}
PARTS = [fold, fold, fold, declared, declared, algorithm, strings, strings, program, choice, grid]
INCLUDES = "algorithm cassert cmath cstdint iostream map numeric sstream stdexcept string vector".split()


def write(w, length):
    """A file's worth of C++ of at least `length` characters."""
    pieces = []
    if w.chance(0.5):
        pieces.append("\n".join(f"#include <{name}>" for name in sorted(w.some(INCLUDES, w.number(1, 4)))))
    parts = w.some(PARTS, len(PARTS))
    while sum(map(len, pieces)) < length and parts:
        pieces.append(w.fill(parts.pop(0)(w), MORE))
        w.remembered.clear()
    text = "\n\n".join(pieces)
    if w.chance(0.35):
        text = re.sub(r"(?<!std::)\b[a-z]+(?:_[a-z0-9]+)+\b", lambda m: camel(m.group(), False), text)
    if w.chance(0.35):
        text = re.sub(r"^( +)", lambda m: m.group(1) * 2, text, flags=re.M)
    if w.chance(0.2):
        text = text.replace("std::", "")
    return text


STANDARD = {"size_t", "int64_t", "push_back", "pop_back", "max_element", "invalid_argument"}


def camel(name, capital):
    if name in STANDARD:
        return name
    parts = name.split("_")
    first = parts[0].capitalize() if capital else parts[0]
    return first + "".join(part.capitalize() for part in parts[1:])


def indented(text, spaces=2):
    return "\n".join(" " * spaces + line for line in text.split("\n"))
