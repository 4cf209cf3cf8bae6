#!/usr/bin/env python3
"""Numbers for the tests of the statistics of an ablation, computed with scipy and statsmodels.

  python3 make_ablation_statistics.py        writes ablation.json beside this file; a few seconds

Resampling uses the draws of the Swift code, as in make_statistics.py. Needs: numpy, scipy, statsmodels, mpmath.
"""
import json, math, os, warnings
import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from make_statistics import FOLDER, number, stream

LEAST_TEXTS, LARGEST = 5, 1_000_000


def drawn(n, settings):
    """The texts of each resample."""
    for r in range(settings["resamples"]):
        generator = stream(settings["seed"], "bootstrap", r)
        yield [generator.below(n) for _ in range(n)]


def interval(values, settings):
    """Of the mean of each column."""
    values = np.asarray(values)
    if len(values) < 2:
        return None
    means = [values[texts].mean(axis=0) for texts in drawn(len(values), settings)]
    return [float(x) for x in np.quantile(means, [0.025, 0.975])]


def texts_needed(values, margin):
    """By trying one number after the other."""
    if len(values) < 2 or np.mean(values) == margin:
        return None
    z, s, distance = stats.norm.ppf(0.975), np.std(values, ddof=1), abs(np.mean(values) - margin)
    n = len(values) + 1
    while z * s / math.sqrt(n) >= distance:
        n += 1
        if n > LARGEST:
            return None
    return n


def recall(metric, truth, k):
    least = [set(sorted(range(len(v)), key=lambda i: (v[i], i))[:k]) for v in (metric, truth)]
    return len(least[0] & least[1]) / k


def ranks():
    generator = np.random.default_rng(11)
    pairs = []
    for n in [2, 3, 5, 12, 30, 80]:
        x = generator.normal(size=n).round(3)
        pairs.append((x, (0.7 * x + generator.normal(size=n)).round(3)))
        # Ties in one side, in both, and of everything.
        pairs.append(((3 * x).round(), generator.normal(size=n).round(3)))
        pairs.append(((2 * x).round(), (2 * x + generator.normal(size=n)).round()))
        pairs.append((x, np.full(n, 0.5)))
        pairs.append((x, -x))
    with warnings.catch_warnings(action="ignore"):
        return [{"x": x.tolist(), "y": y.tolist(), "spearman": stats.spearmanr(x, y).statistic,
                 "kendall": stats.kendalltau(x, y).statistic,
                 "recall": [recall(x, y, k) for k in range(1, len(x) + 1)]} for x, y in pairs]


def margins():
    generator = np.random.default_rng(12)
    rows = []
    for n in [2, 3, 8, 40]:
        for mean, margin in [(0.02, 0.05), (0.049, 0.05), (0.3, 0.05), (-0.1, 0.05), (0.05, 0)]:
            values = (mean + 0.1 * generator.standard_t(4, size=n)).round(6)
            settings = dict(resamples=300, seed=n)
            rows.append({"values": values.tolist(), "margin": margin, "settings": settings,
                         "interval": interval(values, settings),
                         "p": stats.ttest_1samp(values, margin, alternative="less").pvalue,
                         "textsNeeded": texts_needed(values, margin)})
    return rows


UNITS = [("block", l, None) for l in range(4)] + [("attention", l, None) for l in range(4)] + [("head", 1, h) for h in (0, 1)]
# Mean and deviation of delta_nll; the last block's removal changes nothing.
EFFECTS = [(1.5, 0.4), (0.04, 0.15), (-0.01, 0.02), (0, 0), (0.01, 0.02), (0.07, 0.2), (0.3, 0.1), (0.02, 0.03),
           (0.0, 0.01), (0.05, 0.001)]


def domain(generator, name, lengths, shift, broken):
    texts = []
    for index, tokens in enumerate(lengths):
        base = None if tokens == 1 else round(float(generator.uniform(2, 5)), 6)
        costs = []
        for unit, (mean, deviation) in enumerate(EFFECTS):
            rise = round(float(mean + shift[unit] + deviation * generator.normal()), 6)
            kl = round(abs(rise) + float(generator.uniform(0, 0.1)) * (deviation > 0), 6)
            costs.append([None if base is None else base + rise, kl, round(float(generator.uniform(0, 1)), 4),
                          round(kl / 2, 6), round(kl, 6)])
        for unit in broken.get(index, []):
            costs[unit][1] = math.nan
        texts.append({"tokens": tokens, "nll": base, "costs": costs})
    return {"name": name, "texts": texts}


def counted(domain, unit):
    """Texts that count for a unit, and the number of those with a number that is not finite."""
    broken = [any(x is not None and not math.isfinite(x) for x in t["costs"][unit]) for t in domain["texts"]]
    return [t for t, b in zip(domain["texts"], broken) if not b and t["nll"] is not None], sum(broken)


def deltas(domain, unit):
    return np.array([t["costs"][unit][0] - t["nll"] for t in counted(domain, unit)[0]])


def perplexity(texts, nll):
    return math.exp(sum(nll(t) * (t["tokens"] - 1) for t in texts) / sum(t["tokens"] - 1 for t in texts))


def summary(domain, settings):
    margin, rows = settings["margin"], []
    for unit in range(len(UNITS)):
        texts, broken = counted(domain, unit)
        d = deltas(domain, unit)
        span = interval(d, settings)
        verdict = "open" if span is None else "harmless" if span[1] < margin else "harmful" if span[0] > margin else "open"
        if len(d) < 2:
            p = math.nan
        elif d.std() == 0:
            p = float(d.mean() >= margin)
        else:
            p = stats.ttest_1samp(d, margin, alternative="less").pvalue
        rows.append({"texts": len(d), "nonFiniteTexts": broken, "deltaNLL": d.mean(), "interval": span,
                     "kl": np.mean([t["costs"][unit][1] for t in texts]),
                     "top1": np.mean([t["costs"][unit][2] for t in texts]),
                     "perplexity": perplexity(texts, lambda t: t["costs"][unit][0]), "verdict": verdict, "p": p,
                     "textsNeeded": texts_needed(d, margin) if verdict == "open" else None})
    for part in {unit[0] for unit in UNITS}:
        places = [i for i, unit in enumerate(UNITS) if unit[0] == part]
        for place, rank in zip(places, stats.rankdata([rows[i]["deltaNLL"] for i in places], method="ordinal")):
            rows[place]["rank"] = int(rank)
    adjust(rows)
    for row in rows:
        row["isHarmlessOverall"] = bool(row["verdict"] == "harmless" and row["q"] < settings["alpha"])
    texts = [t for t in domain["texts"] if t["nll"] is not None]
    return {"nll": np.mean([t["nll"] for t in texts]), "perplexity": perplexity(texts, lambda t: t["nll"]), "units": rows}


def adjust(rows):
    """Adds q; what has no p does not count."""
    tested = [row for row in rows if not math.isnan(row["p"])]
    for row in rows:
        row["q"] = math.nan
    if tested:
        for row, q in zip(tested, multipletests([row["p"] for row in tested], method="fdr_bh")[1]):
            row["q"] = q


def comparison(domains, settings):
    rows = []
    for unit in range(len(UNITS)):
        for a in range(len(domains)):
            for b in range(a + 1, len(domains)):
                x, y = deltas(domains[a], unit), deltas(domains[b], unit)
                row = {"unit": unit, "pair": [a, b], "difference": x.mean() - y.mean(), "interval": None, "p": math.nan}
                if min(len(x), len(y)) >= LEAST_TEXTS and x.std() + y.std() > 0:
                    test = stats.ttest_ind(x, y, equal_var=False)
                    row |= {"p": test.pvalue, "interval": list(test.confidence_interval(1 - settings["alpha"]))}
                rows.append(row)
    adjust(rows)
    return rows


def ablation():
    generator = np.random.default_rng(13)
    settings = dict(margin=0.05, alpha=0.05, resamples=400, seed=3)
    same, other = [0] * len(UNITS), [0, 0.6, 0, 0, 0.2, 0, 0, 0, 0, 0.01]
    domains = [
        domain(generator, "a", [9, 30, 1, 12, 44, 8, 17, 25, 60, 5, 2, 33], same, {4: [1, 2]}),
        domain(generator, "b", [14, 3, 27, 50, 8, 8, 19], other, {}),
        domain(generator, "few", [20, 11, 6], same, {}),
        domain(generator, "one", [16], same, {}),
    ]
    return {"settings": settings, "units": UNITS, "domains": domains,
            "summaries": [summary(d, settings) for d in domains], "comparison": comparison(domains, settings)}


def proxies():
    generator = np.random.default_rng(14)
    settings = dict(resamples=300, seed=9)
    texts, blocks = 15, 9
    harm = np.exp(generator.normal(size=blocks))
    truth = (harm + 0.5 * generator.normal(size=(texts, blocks))).round(6)
    metrics = [("all", "relative_norm", harm + 0.3 * generator.normal(size=(texts, blocks))),
               ("without_sinks", "block_influence", generator.normal(size=(texts, blocks)) + 0.2 * harm),
               ("all", "cosine", -harm + generator.normal(size=(texts, blocks))),
               ("without_first_token", "abs_mean", generator.normal(size=(texts, blocks)))]
    # Texts of one token, or without rows in the scope.
    missing_truth, missing = [3], {1: [5, 6], 3: [3, 14]}
    rows, inputs = [], []
    for place, (scope, metric, values) in enumerate(metrics):
        values = values.round(6)
        gone = missing.get(place, [])
        kept = [t for t in range(texts) if t not in missing_truth + gone]
        x, y = values[kept], truth[kept]
        rhos = [stats.spearmanr(x[d].mean(axis=0), y[d].mean(axis=0)).statistic for d in drawn(len(kept), settings)]
        mx, my = x.mean(axis=0), y.mean(axis=0)
        rows.append({"texts": len(kept), "spearman": stats.spearmanr(mx, my).statistic,
                     "interval": [float(q) for q in np.quantile(rhos, [0.025, 0.975])],
                     "kendall": stats.kendalltau(mx, my).statistic,
                     "recall": math.nan if metric == "cosine" else recall(mx, my, max(1, blocks // 4))})
        inputs.append({"scope": scope, "metric": metric,
                       "values": [None if t in gone else values[t].tolist() for t in range(texts)]})
    return {"settings": settings, "deltaNLL": [None if t in missing_truth else truth[t].tolist() for t in range(texts)],
            "inputs": inputs, "rows": rows}


def written(value):
    """A NaN of the input is the text "nan": null is a value that is not there."""
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [written(item) for item in value]
    return "nan" if isinstance(value, float) and math.isnan(value) else value


if __name__ == "__main__":
    found = ablation()
    found["domains"] = written(found["domains"])
    with open(os.path.join(FOLDER, "ablation.json"), "w") as file:
        json.dump(number({"ranks": ranks(), "margins": margins(), "ablation": found, "proxies": proxies()}), file,
                  separators=(",", ":"))
        file.write("\n")
