#!/usr/bin/env python3
"""Numbers for the tests of sizes: percentages, lengths, and the order of several runs, computed with scipy and statsmodels.

  python3 make_sizes.py        writes sizes.json beside this file

Equivalence in percent is Welch's or Student's one-sided test of A against θ B, value by value, by scipy; the length check is
the regression of statsmodels with HC3; a trend is numpy's slope of each text. Of texts in groups, a group is one observation, by
the means of its texts. Needs: numpy, scipy, statsmodels.
"""
import math
import numpy as np
import statsmodels.api as sm
from scipy import stats
from make_statistics import adjust_known, exact_nct, texts_needed, write

ALPHA = 0.05


def one_sided(a, b, theta, side, paired):
    if paired:
        return stats.ttest_1samp(a - theta * b, 0, alternative=side).pvalue
    return stats.ttest_ind(a, theta * b, equal_var=False, alternative=side).pvalue


def percent_p(a, b, percent, paired, log):
    if log:
        a, b = np.log(a), np.log(b)
        limit = math.log1p(percent / 100)
        if paired:
            return max(stats.ttest_1samp(a - b, limit, alternative="less").pvalue,
                       stats.ttest_1samp(a - b, -limit, alternative="greater").pvalue)
        return max(stats.ttest_ind(a - limit, b, equal_var=False, alternative="less").pvalue,
                   stats.ttest_ind(a + limit, b, equal_var=False, alternative="greater").pvalue)
    theta = 1 + percent / 100
    return max(one_sided(a, b, theta, "less", paired), one_sided(a, b, 1 / theta, "greater", paired))


def deviations_p(mean, va, vb, vd, n, bound, paired):
    """Of equal means, n a side."""
    df_j = n - 1 if paired else 2 * n - 2
    j = math.exp(math.lgamma(df_j / 2) - math.lgamma((df_j - 1) / 2)) / math.sqrt(df_j / 2)
    limit = bound * math.sqrt((va + vb) / 2) / j
    if paired:
        return stats.t.sf(limit / math.sqrt(vd / n), n - 1)
    error = math.sqrt((va + vb) / n)
    df = (va + vb) ** 2 / (va**2 + vb**2) * (n - 1)
    return stats.t.sf(limit / error, df)


def ratio_p(mean, va, vb, vd, n, percent, paired, log):
    if log:
        limit = math.log1p(percent / 100)
        error, df = (math.sqrt(vd / n), n - 1) if paired else \
            (math.sqrt((va + vb) / n), (va + vb) ** 2 / (va**2 + vb**2) * (n - 1))
        return stats.t.sf(limit / error, df)
    found = []
    for theta in [1 + percent / 100, 1 / (1 + percent / 100)]:
        w = theta * theta * vb
        variance = va + w - theta * (va + vb - vd) if paired else va + w
        df = n - 1 if paired else (va + w) ** 2 / (va**2 + w**2) * (n - 1)
        found.append(stats.t.sf(abs(1 - theta) * mean / math.sqrt(variance / n), df))
    return max(found)


def first(holds, start=2):
    """The least n from `start` on, of a condition that stays."""
    if holds(start):
        return start
    low, high = start, 2 * start
    while not holds(high):
        low, high = high, 2 * high
        if low > 1_000_000:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high if high <= 1_000_000 else None


def equivalence(name, a, b, bound, paired, log):
    kind, value = bound
    x, y = (np.log(a), np.log(b)) if log else (a, b)
    va, vb, vd = x.var(ddof=1), y.var(ddof=1), (x - y).var(ddof=1) if paired else 0.0
    mean = (x.mean() + y.mean()) / 2
    row = {"name": name, "a": a.tolist(), "b": b.tolist(), "bound": value, "isPercent": kind == "percent",
           "paired": paired, "log": log}
    if kind == "percent":
        row["p"] = percent_p(a, b, value, paired, log)
        reach = lambda n: ratio_p(mean, va, vb, vd, n, value, paired, log) < ALPHA
        theta = 1 + value / 100
        if log:
            half = math.log1p(value / 100)
            spread = math.sqrt(vd) if paired else math.sqrt((va + vb) / 2)
            below, above = (half - x.mean() + y.mean()) / spread, (half + x.mean() - y.mean()) / spread
        else:
            def spread(t):
                return (x - t * y).std(ddof=1) if paired else math.sqrt((va + t * t * vb) / 2)
            below = (theta * y.mean() - x.mean()) / spread(theta)
            above = (x.mean() - y.mean() / theta) / spread(1 / theta)
    else:
        reach = lambda n: deviations_p(mean, va, vb, vd, n, value, paired) < ALPHA
        df = len(a) - 1 if paired else len(a) + len(b) - 2
        j = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
        pooled = math.sqrt((va + vb) / 2) if paired else \
            math.sqrt(((len(a) - 1) * va + (len(b) - 1) * vb) / df)
        limit, d = value * pooled / j, x.mean() - y.mean()
        row["p"] = max(stats.ttest_1samp(x - y, limit, alternative="less").pvalue,
                       stats.ttest_1samp(x - y, -limit, alternative="greater").pvalue) if paired else \
            max(stats.ttest_ind(x - limit, y, equal_var=False, alternative="less").pvalue,
                stats.ttest_ind(x + limit, y, equal_var=False, alternative="greater").pvalue)
        spread = math.sqrt(vd) if paired else math.sqrt((va + vb) / 2)
        below, above = (limit - d) / spread, (limit + d) / spread
    n = len(a)
    # Equal numbers a side: what the program decides for the present numbers is then the same formula.
    row["outOfReach"] = None if len(a) != len(b) or reach(n) else first(reach, n)

    def power(n):
        df, scale = (n - 1, math.sqrt(n)) if paired else (2 * n - 2, math.sqrt(n / 2))
        critical = stats.t.isf(ALPHA, df)
        return 1 - exact_nct(critical, df, below * scale) - exact_nct(critical, df, above * scale)

    row["needed"] = first(lambda n: power(n) >= 0.8) if min(below, above) > 0 else None
    return row


def length(generator, name, n_a, n_b, effect, slope, shift, noise):
    a = np.round(np.exp(generator.normal(4, 0.5, n_a))).astype(int) + 5
    b = np.round(np.exp(generator.normal(4 + shift, 0.6, n_b))).astype(int) + 5
    tokens = np.concatenate([a, b])
    side = np.concatenate([np.ones(n_a), np.zeros(n_b)])
    y = effect * side + slope * np.log(tokens) + noise * (0.5 + side) * generator.standard_t(4, n_a + n_b)
    design = sm.add_constant(np.column_stack([side, np.log(tokens)]))
    fit = sm.OLS(y, design).fit(cov_type="HC3", use_t=True)
    low, high = max(a.min(), b.min()), min(a.max(), b.max())
    return {"name": name, "a": a.tolist(), "b": b.tolist(), "values": y.tolist(), "difference": fit.params[1],
            "standardError": fit.bse[1], "t": fit.tvalues[1], "p": fit.pvalues[1],
            "common": [int(((x >= low) & (x <= high)).sum()) for x in (a, b)]}


def grouped(generator, name, sizes, common, power, factors, shift):
    """Two domains of groups of texts; the first `common` groups of B are the first of A too, and are left out."""
    numbers = [[index for index, size in enumerate(sizes[0]) for _ in range(size)],
               [index if index < common else 100 + index for index, size in enumerate(sizes[1]) for _ in range(size)]]
    domains = []
    for side in range(2):
        own = {number: generator.normal(size=2) for number in dict.fromkeys(numbers[side])}
        logs = [3.5 + side * shift + 0.5 * own[number][0] + 0.2 * generator.normal() for number in numbers[side]]
        tokens = np.exp(logs).astype(int) + 5
        values = np.array([[math.exp(power * math.log(n) + side * factor + 0.05 * own[g][1] + 0.1 * generator.normal())
                            for factor in factors] for n, g in zip(tokens, numbers[side])])
        domains.append((tokens, np.round(values, 6), np.array(numbers[side])))

    def means(rows, groups):
        return np.array([rows[groups == number].mean(axis=0) for number in dict.fromkeys(groups)])

    def kept(side):
        others = set(numbers[1 - side])
        return np.array([number not in others for number in dict.fromkeys(numbers[side])])

    lengths = [means(np.log(tokens), groups)[kept(k)] for k, (tokens, _, groups) in enumerate(domains)]
    logs = [means(np.log(values), groups)[kept(k)] for k, (_, values, groups) in enumerate(domains)]
    raw = [means(values, groups) for _, values, groups in domains]
    apart = [values[kept(k)] for k, values in enumerate(raw)]
    low, high = max(x.min() for x in lengths), min(x.max() for x in lengths)
    side = np.concatenate([np.ones(len(lengths[0])), np.zeros(len(lengths[1]))])
    fits = [sm.OLS(np.concatenate([x[:, block] for x in logs]),
                   sm.add_constant(np.column_stack([side, np.concatenate(lengths)]))).fit(cov_type="HC3", use_t=True)
            for block in range(len(factors))]
    q = adjust_known(np.array([fit.pvalues[1] for fit in fits]))
    blocks = []
    for block, fit in enumerate(fits):
        difference = apart[0][:, block].mean() - apart[1][:, block].mean()
        word = "fades" if q[block] >= ALPHA else "holds" if difference * fit.params[1] > 0 else "reverses"
        # A plan is about the groups of each domain, whatever those of the others.
        df = [len(values) - 1 for values in raw]
        deviation = math.sqrt(sum(n * values[:, block].var(ddof=1) for n, values in zip(df, raw)) / sum(df))
        mean = sum(values[:, block].mean() for values in raw) / 2
        blocks.append({"adjusted": fit.params[1], "p": fit.pvalues[1], "word": word, "mean": mean, "deviation": deviation,
                       "plan": [texts_needed(0.02 * mean / deviation, ALPHA), texts_needed(0.4, ALPHA)]})
    return {"name": name, "domains": [{"tokens": tokens.tolist(), "values": values.tolist(), "groups": groups.tolist()}
                                      for tokens, values, groups in domains],
            "groups": [len(x) for x in lengths], "common": [int(((x >= low) & (x <= high)).sum()) for x in lengths],
            "blocks": blocks}


def trend(generator, texts, steps, slope):
    series = generator.normal(size=(texts, 1)) + slope * np.arange(steps) + 0.3 * generator.normal(size=(texts, steps))
    slopes = np.array([np.polyfit(np.arange(steps), row, 1)[0] for row in series])
    test = stats.ttest_1samp(slopes, 0)
    interval = test.confidence_interval(0.95)
    return {"series": series.tolist(), "slope": slopes.mean(), "low": interval.low, "high": interval.high,
            "t": test.statistic, "df": texts - 1.0, "p": test.pvalue}


def sizes():
    generator = np.random.default_rng(16)
    positive = lambda n, mean, spread: np.round(mean + spread * generator.gamma(4, 1, n), 6)
    own = positive(24, 2, 0.3)
    near = np.round(own * (1 + 0.01 * generator.normal(size=24)), 6)
    samples = {"independent": (positive(30, 2, 0.1), positive(21, 2, 0.12)),
               "few": (positive(9, 2, 0.5), positive(9, 2.2, 0.5)), "wide": (positive(16, 0.1, 1), positive(16, 0.1, 0.7)),
               "alike": (positive(40, 2, 0.1), positive(40, 2.01, 0.1))}
    rows = []
    for name, (a, b) in samples.items():
        for bound in [("percent", 5), ("percent", 20), ("deviations", 0.2), ("deviations", 0.6)]:
            for log in [False, True]:
                rows.append(equivalence(f"{name}, {bound[0]} {bound[1]}, log {log}", a, b, bound, False, log))
    for bound in [("percent", 0.5), ("percent", 5), ("deviations", 0.01), ("deviations", 0.2)]:
        for log in [False, True]:
            rows.append(equivalence(f"paired, {bound[0]} {bound[1]}, log {log}", own, near, bound, True, log))
    lengths = [length(generator, "holds", 20, 25, 1, 0.5, 0.3, 0.3), length(generator, "fades", 30, 12, 0, 1, 0.8, 0.2),
               length(generator, "reverses", 40, 40, -0.5, 1.5, -0.9, 0.2), length(generator, "faint", 15, 60, 0.05, 0, 0, 1)]
    sizes = [2 * [2, 1, 3, 4, 1, 2, 2, 1, 3, 1, 2, 5], 2 * [1, 2, 2, 1, 4, 3, 1, 1, 2, 6, 3]]
    # Their own draws, so that those above stay.
    own = np.random.default_rng(61)
    groups = [grouped(own, "groups of their own", sizes, 0, 0.8, [0, -0.4, 0.4, -0.15], 0.3),
              grouped(own, "groups of both domains", sizes, 3, 0.8, [0, -0.4, 0.4, -0.15], 0.3)]
    return {"equivalence": rows, "lengths": lengths, "groups": groups,
            "trends": [trend(generator, 12, 4, 0.1), trend(generator, 7, 3, 0), trend(generator, 30, 6, -0.02)]}


if __name__ == "__main__":
    write("sizes.json", sizes())
