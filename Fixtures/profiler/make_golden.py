#!/usr/bin/env python3
"""Numbers for the profiler's tests, computed with numpy in extended precision and with exact fractions. Singular values
are numpy's in float64, since it has no others.

  python3 make_golden.py        writes block_metrics.json and statistics.json beside this file

The float32 inputs are not stored: tests draw them from the same linear congruential generator.
Needs: numpy on a machine whose long double is wider than float64 (x86).
"""
import json, os, statistics
import numpy as np

assert np.finfo(np.longdouble).eps < 1e-18, "long double is no wider than float64 here"


class Generator:
    """Knuth's MMIX generator; the top 24 bits make a number in [-0.5, 0.5) that float32 holds exactly."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 40) / 2**24 - 0.5

    def array(self, rows, columns, scale, offset, first_row_factor):
        values = np.array([[self.next() for _ in range(columns)] for _ in range(rows)]) * scale + offset
        values[0] *= first_row_factor
        return values.astype(np.float32)


# Scales are powers of two, so that both sides scale without rounding; an offset rounds once, to float32.
CASES = [
    {"name": "one token, one element", "seed": 1, "tokens": 1, "hidden": 1},
    {"name": "narrower than a vector", "seed": 2, "tokens": 3, "hidden": 3},
    {"name": "not a multiple of four", "seed": 3, "tokens": 9, "hidden": 131},
    {"name": "one token", "seed": 4, "tokens": 1, "hidden": 64},
    {"name": "wide", "seed": 5, "tokens": 17, "hidden": 2048},
    {"name": "small change", "seed": 6, "tokens": 8, "hidden": 96, "a_scale": 2**-10, "m_scale": 2**-9},
    {"name": "first token is a sink", "seed": 7, "tokens": 12, "hidden": 64, "x_first": 1024.0, "m_first": 4096.0},
    {"name": "large offset, small spread", "seed": 8, "tokens": 6, "hidden": 128, "x_scale": 2**-20, "a_scale": 2**-20,
     "m_scale": 64.0, "m_offset": 1e8},
    {"name": "tiny numbers", "seed": 9, "tokens": 5, "hidden": 33, "x_scale": 2**-120, "a_scale": 2**-121, "m_scale": 2**-122},
    {"name": "huge numbers", "seed": 10, "tokens": 5, "hidden": 33, "x_scale": 2.0**126, "a_scale": 2.0**125, "m_scale": 2.0**125},
    {"name": "against the stream", "seed": 11, "tokens": 4, "hidden": 40, "x_offset": 1.0, "m_offset": -1.5, "m_scale": 2**-6},
    {"name": "more tokens than elements", "seed": 13, "tokens": 150, "hidden": 24},
    {"name": "as many tokens as elements", "seed": 14, "tokens": 48, "hidden": 48},
    {"name": "one direction and a little noise", "seed": 15, "tokens": 40, "hidden": 64, "a_scale": 2**-14,
     "m_scale": 2**-14, "m_offset": 1.0},
]


def spectrum(delta):
    """effective_rank, stable_rank and top_direction_share of a float64 matrix."""
    values = np.linalg.svd(delta, compute_uv=False).astype(np.longdouble)
    share = values / values.sum()
    share = share[share > 0]
    energy = (values * values).sum() / values[0] ** 2
    return {"effective_rank": np.exp(-(share * np.log(share)).sum()), "stable_rank": energy,
            "top_direction_share": 1 / energy}


def metrics(x, a, m, y):
    if len(x) == 0:
        return None
    x, a, m, y = (t.astype(np.longdouble) for t in (x, a, m, y))
    norm = lambda t: np.sqrt((t * t).sum(-1))
    delta = y - x
    cos = lambda s, t: (s * t).sum(-1) / (norm(s) * norm(t))
    cosine = cos(x, y)
    values = {
        "mean": delta.mean(),
        "abs_mean": np.abs(delta).mean(),
        "std": delta.std(),
        "relative_norm": (norm(delta) / norm(x)).mean(),
        "block_influence": (1 - cosine).mean(),
        "angular_distance": (np.arccos(np.clip(cosine, -1, 1)) / np.arccos(np.longdouble(-1))).mean(),
        "attention_abs_mean": np.abs(a).mean(),
        "mlp_abs_mean": np.abs(m).mean(),
        "attention_relative_norm": (norm(a) / norm(x)).mean(),
        "mlp_relative_norm": (norm(m) / norm(x + a)).mean(),
        "residual_max_abs": np.abs(y).max(),
        "cosine": cos(delta, x).mean(),
        "attention_cosine": cos(a, x).mean(),
        "mlp_cosine": cos(m, x + a).mean(),
        "attention_influence": (1 - cos(x, x + a)).mean(),
        "mlp_influence": (1 - cos(x + a, y)).mean(),
        "residual_norm": norm(y).mean(),
        # A difference of two float32 numbers, rounded to float64 once.
        **spectrum(delta.astype(np.float64)),
    }
    return {name: float(value) for name, value in values.items()}


def block_case(case):
    case = {**{f"{site}_scale": 1.0 for site in "xam"}, **{f"{site}_offset": 0.0 for site in "xam"},
            **{f"{site}_first": 1.0 for site in "xam"}, **case}
    generator = Generator(case["seed"])
    x, a, m = (generator.array(case["tokens"], case["hidden"], case[f"{s}_scale"], case[f"{s}_offset"], case[f"{s}_first"])
               for s in "xam")
    y = (x + a) + m
    assert y.dtype == np.float32 and np.isfinite(y).all()
    size = np.abs(y).astype(np.float64)
    median = np.sort(size, axis=None)[(size.size - 1) // 2]  # the lower of two middle values
    calm = ~((size > 100) & (size > 1000 * median)).any(-1)
    without_sinks = metrics(x[calm], a[calm], m[calm], y[calm])
    for name in spectrum(np.ones((1, 1))):  # spectra are not taken without sinks
        if without_sinks:
            del without_sinks[name]
    return {**case, "all": metrics(x, a, m, y), "without_first_token": metrics(x[1:], a[1:], m[1:], y[1:]),
            "without_sinks": without_sinks}


def statistics_case(name, values):
    assert abs(np.var(values, ddof=1) - statistics.variance(values)) <= 1e-6 * statistics.variance(values)
    return {"name": name, "values": values, "mean": statistics.mean(values), "variance": statistics.variance(values),
            "std": statistics.stdev(values), "min": min(values), "max": max(values)}


def main():
    generator = Generator(12)
    uniform = [generator.next() for _ in range(200)]
    rows = [
        statistics_case("uniform", uniform),
        statistics_case("large offset", [1e8 + 1e-3 * value for value in uniform[:60]]),
        statistics_case("negative offset", [-3e5 + value for value in uniform[:31]]),
        statistics_case("many magnitudes", [value * 10.0 ** (index % 13 - 6) for index, value in enumerate(uniform[:60])]),
        statistics_case("two values", uniform[:2]),
    ]
    folder = os.path.dirname(os.path.abspath(__file__))
    for file, content in (("block_metrics.json", [block_case(case) for case in CASES]), ("statistics.json", rows)):
        with open(os.path.join(folder, file), "w") as out:
            json.dump(content, out, indent=1)
            out.write("\n")


main()
