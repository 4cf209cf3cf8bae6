#!/usr/bin/env python3
"""Numbers for the tests of the statistics, computed with scipy and statsmodels.

  python3 make_statistics.py        writes distributions.json, comparisons.json, groups.json and paired.json beside this
                                    file; with names, these only

Resampling uses the draws of the Swift code: SplitMix64 with a stream for each purpose and index, and its way of choosing.
All else (tests, quantiles, clusters, adjustments) is scipy's, statsmodels' and numpy's, or written out here from the
definition. Needs: numpy, scipy, statsmodels, and mpmath, from which the last digits of distributions are.
"""
import itertools, json, math, os, sys
import mpmath
import numpy as np
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.weightstats import ttost_ind, ttost_paired

FOLDER = os.path.dirname(os.path.abspath(__file__))
MASK = 2**64 - 1
SPLITS = 100
SLACK = 1 - 1e-10
PURPOSES = {"permutation": 1, "bootstrap": 2, "omnibus": 3, "split": 4, "signs": 7}
LEAST_VALUES, LEAST_TEXTS, LEAST_PAIRS, ENUMERABLE = 8, 5, 6, 20_000
UNTESTED = ("identical", "constant", "too few values", "too few groups")
# What cannot be divided is NaN, and null in the files.
np.seterr(invalid="ignore", divide="ignore")


class SplitMix64:
    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        if bound <= 1:
            return 0
        uneven = (2**64 - bound) % bound
        while True:
            product = self.next() * bound
            if product & MASK >= uneven:
                return product >> 64

    def shuffled(self, count, chosen):
        items = list(range(count))
        for index in range(min(chosen, count)):
            other = index + self.below(count - index)
            items[index], items[other] = items[other], items[index]
        return items


def stream(seed, purpose, index):
    state = SplitMix64(seed + PURPOSES[purpose]).next()
    return SplitMix64(SplitMix64(state + index).next())


# Distributions

def exact_t(t, df):
    """P(T > t) for t ≥ 0, from the integral in high precision."""
    x = mpmath.mpf(df) / (mpmath.mpf(df) + mpmath.mpf(t) ** 2)
    return mpmath.betainc(mpmath.mpf(df) / 2, 0.5, 0, x, regularized=True) / 2


def exact_t_density(t, df):
    df = mpmath.mpf(df)
    return (1 + t * t / df) ** (-(df + 1) / 2) / (mpmath.sqrt(df) * mpmath.beta(df / 2, mpmath.mpf(1) / 2))


def distributions():
    mpmath.mp.dps = 40
    result, off = {}, []

    def take(kind, arguments, found, exact=None):
        if exact is not None:
            if abs(mpmath.mpf(float(found)) - exact) > 1e-11 * abs(exact):
                off.append((kind, arguments, float(found), float(exact)))
            found = exact
        result.setdefault(kind, []).append([float(a) for a in arguments] + [float(found)])

    for x in [0.01, 0.1, 0.5, 0.75, 1.5, 2.5, 3.3, 7, 11.9, 12.1, 30, 63, 500.5, 1e4, 1e7]:
        take("logGamma", [x], special.gammaln(x), mpmath.loggamma(x))
        for b in [0.5, 1, 3.7, 15, 2000]:
            take("logBeta", [x, b], special.betaln(x, b), mpmath.log(mpmath.beta(x, b)))
    for df in [2, 3, 4, 5, 10, 22, 23, 24, 25, 50, 126, 1000, 1e5, 1e7]:
        exact = mpmath.exp(mpmath.loggamma(mpmath.mpf(df) / 2) - mpmath.loggamma(mpmath.mpf(df - 1) / 2)) \
            / mpmath.sqrt(mpmath.mpf(df) / 2)
        result.setdefault("correction", []).append([float(df), float(exact)])
    degrees = [1, 1.5, 2, 3, 4.7, 10, 29.3, 63, 126, 500.25, 1e4, 1e6]
    for df in degrees:
        for t in [0, 1e-8, 0.01, 0.3, 1, 1.25, 1.96, 2.5, 4, 8, 15, 40, 300]:
            found = stats.t.sf(t, df)
            if found > 1e-290:
                take("tSurvival", [t, df], found, exact_t(t, df))
        for p in [1e-200, 1e-50, 1e-12, 1e-5, 0.005, 0.025, 0.05, 0.2, 0.45, 0.4999]:
            found = stats.t.isf(p, df)
            # A quantile is right where its own tail is p.
            if math.isfinite(found) and found < 1e150:
                exact = mpmath.mpf(float(found))
                for _ in range(8):
                    tail = exact_t(exact, df)
                    exact += mpmath.log(tail / mpmath.mpf(p)) * tail / exact_t_density(exact, df)
                take("tQuantile", [p, df], found, exact)
    for d1 in [1, 2, 3, 6, 9]:
        for d2 in [1, 3, 20, 147, 441, 1e5]:
            for f in [0.01, 0.5, 1, 2, 3.7, 10, 60, 500]:
                found = stats.f.sf(f, d1, d2)
                if found > 1e-290:
                    x = mpmath.mpf(d2) / (mpmath.mpf(d2) + mpmath.mpf(d1) * mpmath.mpf(f))
                    exact = mpmath.betainc(mpmath.mpf(d2) / 2, mpmath.mpf(d1) / 2, 0, x, regularized=True)
                    take("fSurvival", [f, d1, d2], found, exact)
    for z in [0, 0.1, 0.7, 1, 1.96, 3, 5, 8, 12, 20, 37]:
        take("normalSurvival", [z], stats.norm.sf(z), mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)) / 2)
        take("normalSurvival", [-z], stats.norm.sf(-z))
    for p in [1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.025, 0.2, 0.4, 0.49, 0.5]:
        take("normalQuantile", [p], stats.norm.isf(p))
    for df in [2, 4, 10, 38, 126, 1000, 20000]:
        for delta in [0, 0.3, 1, 2.8, 5]:
            for t in [-2.2, 0.5, 1.65, 1.98, 3, 6]:
                result.setdefault("noncentralT", []).append([t, df, delta, float(exact_nct(t, df, delta))])
                if abs(stats.nct.cdf(t, df, delta) - exact_nct(t, df, delta)) > 1e-9:
                    off.append(("noncentralT", [t, df, delta], float(stats.nct.cdf(t, df, delta)), None))
    for n in [2, 3, 8, 20, 64, 300]:
        for d in [0.1, 0.5, 0.9, 2]:
            for alpha in [0.05, 0.01]:
                power = TTestIndPower().power(d, n, alpha)
                if math.isfinite(power):
                    result.setdefault("power", []).append([d, n, alpha, power])
    for row in off:
        print("scipy is off by more than 1e-11:", row)
    return result


NODES, WEIGHTS = np.polynomial.legendre.leggauss(400)


def exact_nct(t, df, delta):
    """P(T ≤ t) by integration over S: scipy's own loses digits in places."""
    mode = math.sqrt((df - 1) / df)
    low, high = max(0.0, mode - 13 / math.sqrt(2 * df)), mode + 13 / math.sqrt(df)
    s = (low + high) / 2 + (high - low) / 2 * NODES
    rise = (df - 1) * np.log(s / mode) if df > 1 else 0
    w = WEIGHTS * np.exp(rise - df * (s - mode) * (s + mode) / 2)
    return float((w * special.ndtr(t * s - delta)).sum() / w.sum())


# Comparisons

def hedges(a, b):
    m = len(a) + len(b) - 2
    j = math.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2)) / math.sqrt(m / 2)
    s = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / m)
    return j * (a.mean() - b.mean()) / s, s, j


def welch_t(a, b):
    """t of each column, and df."""
    ea, eb = a.var(axis=0, ddof=1) / len(a), b.var(axis=0, ddof=1) / len(b)
    df = (ea + eb) ** 2 / (ea**2 / (len(a) - 1) + eb**2 / (len(b) - 1))
    return (a.mean(axis=0) - b.mean(axis=0)) / np.sqrt(ea + eb), df


def interval(a, b, seed, resamples):
    """Of each column."""
    effects = []
    for r in range(resamples):
        generator = stream(seed, "bootstrap", r)
        pick_a = [generator.below(len(a)) for _ in range(len(a))]
        pick_b = [generator.below(len(b)) for _ in range(len(b))]
        effects.append([hedges(a[pick_a, c], b[pick_b, c])[0] for c in range(a.shape[1])])
    return np.quantile(np.array(effects), [0.025, 0.975], axis=0)


def clusters(t, df, alpha):
    """(first, last, mass) of each run of blocks below alpha with the same sign."""
    p = 2 * stats.t.sf(np.abs(t), df)
    found, previous = [], 0
    for block in range(len(t)):
        sign = int(np.sign(t[block])) if p[block] < alpha else 0
        if sign and sign == previous:
            found[-1] = (found[-1][0], block, found[-1][2] + t[block])
        elif sign:
            found.append((block, block, t[block]))
        previous = sign
    return found


def permutation(a, b, settings, tested):
    """`tested` are the columns that count: the others' t are 0."""
    rows = np.vstack([a, b])
    t, df = welch_t(a, b)
    t = np.where(tested, t, 0)
    bands = clusters(t, df, settings["alpha"])
    single, maximum, mass = np.zeros(len(t)), np.zeros(len(t)), [0] * len(bands)
    # Few selections are all taken, in lexicographic order.
    taken = math.comb(len(rows), len(a)) <= ENUMERABLE
    orders = itertools.combinations(range(len(rows)), len(a)) if taken else (
        stream(settings["seed"], "permutation", i).shuffled(len(rows), len(a)) for i in range(settings["permutations"]))
    deals = 0
    for order in orders:
        deals += 1
        order = list(order[: len(a)]) + [row for row in range(len(rows)) if row not in set(order[: len(a)])]
        other, df = welch_t(rows[order[: len(a)]], rows[order[len(a):]])
        other = np.where(tested, other, 0)
        single += np.abs(other) >= np.abs(t) * SLACK
        maximum += np.abs(other).max() >= np.abs(t) * SLACK
        largest = max([abs(m) for _, _, m in clusters(other, df, settings["alpha"])], default=0)
        mass = [count + (largest >= abs(band[2]) * SLACK) for count, band in zip(mass, bands)]
    more = 0 if taken else 1
    total = more + deals
    return (more + single) / total, (more + maximum) / total, [(*band, (more + m) / total) for band, m in zip(bands, mass)]


def adjust(p):
    return multipletests(p, method="fdr_bh")[1] if len(p) else []


def adjust_known(p):
    """The same of those that are numbers."""
    q, known = np.full(len(p), np.nan), ~np.isnan(p)
    q[known] = adjust(p[known])
    return q


def texts_needed(g, alpha, df=lambda n: 2 * n - 2, scale=lambda n: math.sqrt(n / 2)):
    def least(power):
        low, high = 1, 2
        while power(high) < 0.8:
            low, high = high, 2 * high
            if high > 4_000_000:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if power(middle) >= 0.8 else (middle, high)
        return high if high <= 1_000_000 else None

    def two_sided(n):
        delta = abs(g) * scale(n)
        critical = stats.t.isf(alpha / 2, df(n))
        return 1 - exact_nct(critical, df(n), delta) + exact_nct(-critical, df(n), delta)

    return least(two_sided)


def control(domains, settings):
    raw = different = comparisons = 0
    domains = [d for d in domains if len(d) >= 2 * LEAST_TEXTS]
    if not domains:
        return shares(0, 0, 0)
    for split in range(SPLITS):
        generator = stream(settings["seed"], "split", split)
        halves = []
        for d in domains:
            order = generator.shuffled(len(d), len(d) // 2)
            halves.append((d[order[: len(d) // 2]], d[order[len(d) // 2:]]))
        p = [np.where([len(set(column)) >= LEAST_VALUES for column in d.T],
                      stats.ttest_ind(a, b, equal_var=False).pvalue, np.nan) for d, (a, b) in zip(domains, halves)]
        p = np.concatenate(p) if p else np.zeros(0)
        q = adjust_known(p).reshape(len(halves), -1)
        comparisons += int((~np.isnan(p)).sum())
        raw += int((p < settings["alpha"]).sum())
        for row, (a, b) in zip(q, halves):
            columns = np.flatnonzero(row < settings["alpha"])
            if len(columns):
                low, high = interval(a[:, columns], b[:, columns], settings["seed"], settings["resamples"])
                different += int(((low > 0) | (high < 0)).sum())
    return shares(comparisons, raw, different)


def shares(comparisons, raw, different):
    return {"comparisons": comparisons, "rawShare": raw / comparisons if comparisons else None,
            "differentShare": different / comparisons if comparisons else None}


def fieller(a, b, cov, df):
    """Ratios ρ ≥ 0 that a t test of m_A - ρ m_B does not reject, found by scanning the sign of |t(ρ)| - critical and
    bisecting: the definition, not the roots. `a` and `b` are (mean, squared standard error)."""
    critical = stats.t.isf(0.025, df)

    def excess(rho):
        error = a[1] + rho * rho * b[1] - 2 * rho * cov
        return abs(a[0] - rho * b[0]) - critical * math.sqrt(max(0, error))

    def bisect(inside, outside):
        for _ in range(200):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if excess(middle) <= 0 else (inside, middle)
        return inside

    ratio = a[0] / b[0]
    low = 0.0 if excess(0) <= 0 else bisect(ratio, 0.0)
    far = ratio * 1e9
    return ratio, low, (math.inf if excess(far) <= 0 else bisect(ratio, far))


def ratio_interval(a, b):
    """Of independent samples, with the degrees of freedom at the ratio that was found."""
    ea, eb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    scaled = (a.mean() / b.mean()) ** 2 * eb
    df = (ea + scaled) ** 2 / (ea**2 / (len(a) - 1) + scaled**2 / (len(b) - 1))
    return fieller((a.mean(), ea), (b.mean(), eb), 0.0, df)


def untested(a, b, least, differences=None):
    if differences is not None and (differences == 0).all():
        return "identical"
    if min(len(a), len(b)) < least:
        return "too few groups"
    if len(set(a)) == len(set(b)) == 1:
        return "constant"
    return "too few values" if len(set(a) | set(b)) < LEAST_VALUES else None


def decide(rows, settings, needed):
    """q, verdict and texts needed of rows that have `untested`."""
    tested = [row for row in rows if row["verdict"] is None]
    for row, q in zip(tested, adjust([row["p"] for row in tested])):
        row["q"] = q
        equivalent = row["pEquivalence"] < settings["alpha"]
        if q < settings["alpha"] and equivalent:
            row["verdict"] = "negligible"
        elif q < settings["alpha"] and (row["gLow"] > 0 or row["gHigh"] < 0):
            row["verdict"] = "different"
        else:
            row["verdict"] = "equivalent" if equivalent else "inconclusive"
    for row in rows:
        row["textsNeeded"] = needed(row) if row["verdict"] == "inconclusive" else None
        if row not in tested:
            for key in ["p", "q", "pPermutation", "pMaximum", "pEquivalence"]:
                row[key] = None
        if row["verdict"] == "constant":
            for key in ["hedgesG", "gLow", "gHigh", "t", "df"]:
                row[key] = None


def omnibus(domains, settings):
    rows = np.vstack(domains)
    sizes = [len(d) for d in domains]
    if sum(size > 0 for size in sizes) < 2:
        return [{"f": None, "p": None, "pPermutation": None}] * rows.shape[1]

    def f(order):
        ends = np.cumsum(sizes)
        return stats.f_oneway(*[rows[order[end - size:end]] for end, size in zip(ends, sizes)])

    observed = f(np.arange(len(rows)))
    count = np.zeros(rows.shape[1])
    for i in range(settings["permutations"]):
        order = stream(settings["seed"], "omnibus", i).shuffled(len(rows), len(rows))
        count += f(np.array(order)).statistic >= observed.statistic * (1 - 1e-9)
    return [{"f": x, "p": p, "pPermutation": (1 + c) / (1 + settings["permutations"])}
            if len(set(column)) >= LEAST_VALUES else {"f": None, "p": None, "pPermutation": None}
            for x, p, c, column in zip(observed.statistic, observed.pvalue, count, rows.T)]


# Paired comparisons

def paired_effect(a, b):
    n = len(a)
    j = math.exp(special.gammaln((n - 1) / 2) - special.gammaln((n - 2) / 2)) / math.sqrt((n - 1) / 2)
    s = math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    return j * (a - b).mean() / s, s, j


def one_sample_t(d):
    """t of each column."""
    return d.mean(axis=0) / np.sqrt(d.var(axis=0, ddof=1) / len(d))


def turned(generator, n):
    """Whose sign is turned: the bits of as many numbers as it takes, from the lowest on."""
    bits = []
    while len(bits) < n:
        word = generator.next()
        bits += [word >> i & 1 for i in range(64)]
    return np.array(bits[:n])


def sign_permutation(d, settings, tested):
    n = len(d)
    t, df = np.where(tested, one_sample_t(d), 0), np.full(d.shape[1], n - 1)
    bands = clusters(t, df, settings["alpha"])
    everything = 2**n <= ENUMERABLE
    deals = 2**n if everything else settings["permutations"]
    single, maximum, mass = np.zeros(len(t)), np.zeros(len(t)), [0] * len(bands)
    for i in range(deals):
        bits = np.array([i >> k & 1 for k in range(n)]) if everything \
            else turned(stream(settings["seed"], "signs", i), n)
        other = np.where(tested, one_sample_t(np.where(bits[:, None] == 1, -d, d)), 0)
        single += np.abs(other) >= np.abs(t) * SLACK
        maximum += np.abs(other).max() >= np.abs(t) * SLACK
        largest = max([abs(m) for _, _, m in clusters(other, df, settings["alpha"])], default=0)
        mass = [count + (largest >= abs(band[2]) * SLACK) for count, band in zip(mass, bands)]
    more = 0 if everything else 1
    total = more + deals
    return (more + single) / total, (more + maximum) / total, \
        [(*band, (more + m) / total) for band, m in zip(bands, mass)]


def paired_interval(a, b, settings):
    effects = []
    for r in range(settings["resamples"]):
        generator = stream(settings["seed"], "bootstrap", r)
        pick = [generator.below(len(a)) for _ in range(len(a))]
        effects.append([paired_effect(a[pick, c], b[pick, c])[0] for c in range(a.shape[1])])
    return np.quantile(np.array(effects), [0.025, 0.975], axis=0)


def paired_control(differences, settings, tested):
    raw = different = comparisons = 0
    if not differences:
        return shares(0, 0, 0)
    for split in range(SPLITS):
        generator = stream(settings["seed"], "split", split)
        signed = [np.where(turned(generator, len(d))[:, None] == 1, -d, d) for d in differences]
        p = np.concatenate([np.where(mask, stats.ttest_1samp(d, 0).pvalue, np.nan) for mask, d in zip(tested, signed)])
        q = adjust_known(p).reshape(len(signed), -1)
        comparisons += int((~np.isnan(p)).sum())
        raw += int((p < settings["alpha"]).sum())
        for row, d in zip(q, signed):
            columns = np.flatnonzero(row < settings["alpha"])
            if len(columns):
                means = []
                for r in range(settings["resamples"]):
                    generator_r = stream(settings["seed"], "bootstrap", r)
                    pick = [generator_r.below(len(d)) for _ in range(len(d))]
                    means.append(d[pick][:, columns].mean(axis=0))
                low, high = np.quantile(np.array(means), [0.025, 0.975], axis=0)
                different += int(((low > 0) | (high < 0)).sum())
    return shares(comparisons, raw, different)


def pair_rows(x, y, a, b, settings):
    """Rows and clusters of a pair of (A, B), rows of one place being of one text; `a` and `b` are not logarithms."""
    d = x - y
    verdicts = [untested(x[:, c], y[:, c], LEAST_PAIRS, d[:, c]) for c in range(a.shape[1])]
    single, maximum, found = sign_permutation(d, settings, np.array([v is None for v in verdicts]))
    low, high = paired_interval(x, y, settings)
    rows = []
    for c, verdict in enumerate(verdicts):
        g, s, j = paired_effect(x[:, c], y[:, c])
        row = {"block": c, "difference": d[:, c].mean(), "hedgesG": g, "gLow": low[c],
               "gHigh": high[c], "verdict": verdict, "t": one_sample_t(d)[c], "df": len(a) - 1.0, "p": None,
               "pPermutation": single[c], "pMaximum": maximum[c], "pEquivalence": None, "ratio": None}
        if verdict is None:
            test = stats.ttest_rel(x[:, c], y[:, c])
            limit = settings["bound"] * s / j
            row |= {"t": test.statistic, "df": test.df, "p": test.pvalue,
                    "pEquivalence": ttost_paired(x[:, c], y[:, c], -limit, limit)[0]}
            if settings["log"]:
                half = test.confidence_interval(0.95)
                row["ratio"] = list(np.exp([d[:, c].mean(), half.low, half.high]))
            elif all_positive([a, b]):
                n = len(a)
                cov = np.cov(a[:, c], b[:, c])
                row["ratio"] = list(fieller((a[:, c].mean(), cov[0, 0] / n), (b[:, c].mean(), cov[1, 1] / n),
                                            cov[0, 1] / n, n - 1))
            row["inDeviations"] = d[:, c].mean() / d[:, c].std(ddof=1)
            row["correlation"] = stats.pearsonr(x[:, c], y[:, c]).statistic
        rows.append(row)
    return rows, [{"first": int(u), "last": int(v), "mass": m, "p": p} for u, v, m, p in found]


def compare_paired(name, pairs, settings):
    """`pairs` are (A, B), rows of one place being of one text."""
    alpha = settings["alpha"]
    rows, bands, differences = [], [], []
    for index, (a, b) in enumerate(pairs):
        x, y = (np.log(a), np.log(b)) if settings["log"] else (a, b)
        differences.append(x - y)
        more, found = pair_rows(x, y, a, b, settings)
        rows += [{"pair": index} | row for row in more]
        bands += [{"pair": index} | band for band in found]
    decide(rows, settings, lambda row: texts_needed(row["inDeviations"], alpha, lambda n: n - 1, math.sqrt))
    for row in rows:
        row.pop("inDeviations", None)
    return {"name": name, "settings": settings, "pairs": [[a.tolist(), b.tolist()] for a, b in pairs],
            "blocks": rows, "bands": bands, "control": paired_control(
                [d for d in differences if len(d) >= LEAST_PAIRS], settings,
                [np.array([row["verdict"] not in UNTESTED for row in rows if row["pair"] == k])
                 for k, d in enumerate(differences) if len(d) >= LEAST_PAIRS])}


def all_positive(domains):
    return all((d > 0).all() for d in domains)


def paired():
    generator = np.random.default_rng(20260101)

    def texts(n, blocks):
        own, common = generator.normal(size=(n, blocks)), generator.normal(size=(n, 1))
        return np.exp(0.3 * own + 0.4 * common).round(6)

    base = dict(alpha=0.05, bound=0.2, permutations=400, resamples=200, seed=5, log=False)
    effect = np.array([0, 0.05, 0.08, 0.3, 0, -0.04])
    long = texts(40, 6)
    near = (long * (1 + effect + 0.05 * generator.normal(size=long.shape))).round(6)
    other = texts(21, 6)
    far = (other + 0.6 * texts(21, 6)).round(6)
    short = texts(9, 4)
    copy = short.copy()
    copy[:, 1] = (short[:, 1] * (1 + 0.001 * generator.normal(size=9))).round(8)
    copy[:, 2] = (short[:, 2] + 0.4 * texts(9, 1)[:, 0]).round(8)
    flat = [np.column_stack([short[:, 0], np.full(9, 2.0), np.round(short[:, 2])]),
            np.column_stack([(1.02 * short[:, 0]).round(6), np.full(9, 3.0), np.round(short[:, 2] * 1.1)])]
    # So near 0 that nothing bounds how many times as large one is.
    rare = [np.abs(generator.standard_t(1.2, size=(12, 2))).round(6) + 1e-6 for _ in range(2)]
    return [
        compare_paired("two domains, effects large and small", [(long, near), (other, far)], base),
        compare_paired("log scale", [(long, near)], dict(base, log=True, bound=0.5, seed=2)),
        compare_paired("few pairs, every deal taken, one block identical", [(short, copy)], base),
        compare_paired("constants and few values", [tuple(flat)], base),
        compare_paired("fewer pairs than convince", [(short[:5], copy[:5] + 0.1)], base),
        compare_paired("ratios without an upper end", [tuple(rare)], base),
    ]


def compare(name, domains, settings):
    values = [np.log(d) if settings["log"] else d for d in domains]
    return {"domains": [d.tolist() for d in domains]} | compare_units(name, values, domains, settings)


def compare_groups(name, domains, groups, settings):
    """`groups` has the number of the group of each text: the unit is the group, by the mean of its texts."""
    def means(values, numbers):
        order = list(dict.fromkeys(numbers))
        return np.array([values[np.array(numbers) == number].mean(axis=0) for number in order]), order

    values = [means(np.log(d) if settings["log"] else d, g) for d, g in zip(domains, groups)]
    raw = [means(d, g)[0] for d, g in zip(domains, groups)]
    return {"domains": [d.tolist() for d in domains], "groups": groups} | compare_units(
        name, [v for v, _ in values], raw, settings, [order for _, order in values])


def compare_units(name, values, domains, settings, groups=None):
    """`groups` are the numbers of the units: one of both domains of a pair is left out there, and one of several domains
    everywhere where all are compared at once. Two domains with the same groups are paired by these."""
    def kept(index, others):
        if groups is None:
            return np.full(len(values[index]), True)
        others = set(itertools.chain.from_iterable(groups[other] for other in others if other != index))
        return np.array([number not in others for number in groups[index]])

    # Nothing depends on where zero is, but digits do.
    values = [d - values[0][0] for d in values]
    alpha, bound = settings["alpha"], settings["bound"]
    rows, bands = [], []
    for first in range(len(domains)):
        for second in range(first + 1, len(domains)):
            if groups is not None and set(groups[first]) == set(groups[second]):
                order = [groups[second].index(number) for number in groups[first]]
                more, found = pair_rows(values[first], values[second][order], domains[first], domains[second][order],
                                        settings)
                rows += [{"pair": [first, second], "isPaired": True, "groups": [len(order)] * 2} | row for row in more]
                bands += [{"pair": [first, second]} | band for band in found]
                continue
            rows_a, rows_b = kept(first, [second]), kept(second, [first])
            a, b = values[first][rows_a], values[second][rows_b]
            raw_a, raw_b = domains[first][rows_a], domains[second][rows_b]
            verdicts = [untested(a[:, c], b[:, c], LEAST_TEXTS) for c in range(a.shape[1])]
            single, maximum, found = permutation(a, b, settings, np.array([v is None for v in verdicts]))
            low, high = interval(a, b, settings["seed"], settings["resamples"])
            bands += [{"pair": [first, second], "first": int(x), "last": int(y), "mass": m, "p": p}
                      for x, y, m, p in found]
            for block in range(a.shape[1]):
                x, y = a[:, block], b[:, block]
                welch = stats.ttest_ind(x, y, equal_var=False)
                g, s, j = hedges(x, y)
                tost = ttost_ind(x, y, -bound * s / j, bound * s / j, usevar="unequal")[0]
                if settings["log"]:
                    half = welch.confidence_interval(0.95)
                    ratio = np.exp([x.mean() - y.mean(), half.low, half.high])
                else:
                    ratio = ratio_interval(raw_a[:, block], raw_b[:, block])
                rows.append({
                    "pair": [first, second], "block": block, "difference": x.mean() - y.mean(), "hedgesG": g,
                    "gLow": low[block], "gHigh": high[block], "t": welch.statistic, "df": welch.df,
                    "p": welch.pvalue, "pPermutation": single[block], "pMaximum": maximum[block],
                    "pEquivalence": tost, "ratio": list(ratio) if all_positive(domains) else None,
                    "verdict": verdicts[block]})
                if groups is not None:
                    rows[-1]["groups"] = [len(a), len(b)]
    decide(rows, settings, lambda row: texts_needed(row["inDeviations"], alpha, lambda n: n - 1, math.sqrt)
           if "inDeviations" in row else texts_needed(row["hedgesG"], alpha))
    for row in rows:
        row.pop("inDeviations", None)
    apart = [v[kept(index, range(len(values)))] for index, v in enumerate(values)]
    return {"name": name, "settings": settings, "blocks": rows, "bands": bands, "omnibus": omnibus(apart, settings),
            "control": control(values, settings)}


def grouped():
    generator = np.random.default_rng(20260416)

    def texts(sizes, blocks, shift=0.0, positive=False):
        """Texts of one group resemble each other, and so do neighbouring blocks."""
        parts = []
        for size in sizes:
            own, common = generator.normal(size=(size, blocks)), generator.normal(size=(1, blocks))
            parts.append(shift + 0.7 * own + 0.6 * common + 0.4 * generator.normal(size=(size, 1)))
        values = np.vstack(parts)
        return np.round(np.exp(0.4 * values) if positive else values, 6)

    def numbers(sizes, first):
        return [first + index for index, size in enumerate(sizes) for _ in range(size)]

    base = dict(alpha=0.05, bound=0.2, permutations=300, resamples=150, seed=3, log=False)
    sizes = [[3, 1, 4, 2, 2, 5, 1, 3, 2, 2, 1, 4], [2, 2, 1, 6, 3, 1, 2, 4, 1, 2, 3], [1] * 5 + [4, 2, 3, 2, 5, 1]]
    shift = np.array([0, 1.2, 1.4, 0, -0.9])
    three = [texts(sizes[0], 5), texts(sizes[1], 5, shift), texts(sizes[2], 5, 0.4 * shift)]
    apart = [numbers(size, 100 * index) for index, size in enumerate(sizes)]
    # The texts of a group need not be neighbours.
    mixed = [list(generator.permutation(group)) for group in apart]
    mixed = [[int(number) for number in group] for group in mixed]
    # Groups 0 to 2 are in the first two domains, 100 in the last two.
    common = [apart[0], [number - 100 if number < 103 else number for number in apart[1]], list(apart[2])]
    common[2][0] = 105
    few = [texts([2, 3, 1, 2, 2, 1], 3), texts([1, 4, 2, 2, 3, 1, 1], 3, 0.8)]
    positive = [texts(sizes[0], 3, positive=True), texts(sizes[1], 3, 0.5, positive=True)]

    def tasks():
        """Two domains of the same groups, in another order, whose texts have something in common; a third of its own."""
        own = np.random.default_rng(20261128)
        task = own.normal(size=(11, 4))
        groups = [[int(g) for g in own.permutation(np.repeat(np.arange(11), own.integers(1, 4, size=11)))]
                  for _ in range(2)]
        effect = np.array([0, 0.3, -0.1, 0.02])
        found = [np.round(np.exp(0.3 * task[g] + side * effect + 0.15 * own.normal(size=(len(g), 4))), 6)
                 for side, g in enumerate(groups)]
        third = np.round(np.exp(0.3 * own.normal(size=(9, 4))), 6)
        return [*found, third], [*groups, [20 + index for index in range(9)]]

    return [
        compare_groups("groups of one to six texts", three, apart, base),
        compare_groups("groups whose texts are not neighbours", three, mixed, base),
        compare_groups("groups of two domains", three, common, base),
        compare_groups("few groups, every deal taken", few, [numbers([2, 3, 1, 2, 2, 1], 0),
                                                              numbers([1, 4, 2, 2, 3, 1, 1], 50)], base),
        compare_groups("log scale", positive, apart[:2], dict(base, log=True, bound=0.5)),
        compare_groups("the same groups in two of three domains", *tasks(), base),
        compare_groups("too few groups", few, [[index // 3 for index in range(len(few[0]))],
                                               [50 + index for index in range(len(few[1]))]], base),
    ]


def comparisons():
    generator = np.random.default_rng(20240501)

    def walk(n, blocks, shift=0.0, scale=1.0):
        """Blocks resemble their neighbours, as those of a model do."""
        own, common = generator.normal(size=(n, blocks)), generator.normal(size=(n, 1))
        return np.round(shift + scale * (0.6 * own + 0.8 * common), 6)

    base = dict(alpha=0.05, bound=0.2, permutations=400, resamples=200, seed=7, log=False)
    bump = np.array([0, 0, 1.2, 1.5, 1.1, 0, -1.4])
    three = [walk(12, 7), walk(9, 7, bump), walk(15, 7, 0.3 * bump, 2.5)]
    # A mean far from 0 and outliers, numbers of texts far apart.
    far = [1000 + 1e-3 * generator.standard_t(2, size=(30, 5)).round(4), 1000 + 1e-3 * generator.normal(size=(5, 5)).round(4)]
    far[1][:, 2] += 0.01
    positive = [np.exp(walk(10, 4, 0, 2)).round(6) + 1e-6, np.exp(walk(11, 4, 1.5, 2)).round(6) + 1e-6]
    # Enough texts to call something equivalent, half of them the same for both.
    same = walk(150, 3)
    similar = [same + 0.01 * walk(150, 3), same + 0.01 * walk(150, 3)]
    small = [walk(5, 2), walk(4, 2, 2.5), walk(6, 2, 3)]
    # Real, and of no consequence; and at the other block hardly more than a rumour.
    large = [0.2 * np.arange(2) + walk(400, 2), walk(400, 2)]
    faint = [np.abs(generator.standard_t(1.2, size=(9, 2))).round(6) + 1e-6 for _ in range(2)]
    level = [np.column_stack([np.full(12, 0.1), np.full(12, 2.0), np.repeat([1.0, 2, 3], 4), walk(12, 1)[:, 0]]),
             np.column_stack([np.full(10, 0.1), np.full(10, 3.0), np.repeat([1.0, 4], 5), walk(10, 1, 2)[:, 0]])]
    return [
        compare("three domains of unequal size and variance", three, base),
        compare("far from zero, with outliers", far, dict(base, seed=2**63 + 11, alpha=0.01)),
        compare("log scale", positive, dict(base, log=True, bound=0.5)),
        compare("many texts, hardly a difference", similar, dict(base, permutations=99, resamples=50, bound=0.3)),
        compare("few texts", small, dict(base, permutations=60, resamples=99)),
        compare("many texts, a real and negligible difference", large, dict(base, permutations=99, resamples=99,
                                                                            bound=0.4)),
        compare("ratios without an upper end", faint, dict(base, permutations=99, resamples=99)),
        compare("constants and few values", level, dict(base, permutations=99, resamples=99)),
    ]


def number(value):
    if isinstance(value, dict):
        return {key: number(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [number(item) for item in value]
    if isinstance(value, (float, np.floating)):
        if math.isnan(value):
            return None
        return float(value) if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, np.integer):
        return int(value)
    assert not isinstance(value, np.ndarray)
    return value


def write(name, value):
    with open(os.path.join(FOLDER, name), "w") as file:
        json.dump(number(value), file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    for name, make in [("distributions", distributions), ("comparisons", comparisons), ("groups", grouped),
                       ("paired", paired)]:
        if name in (sys.argv[1:] or [name]):
            write(f"{name}.json", make())
