#!/usr/bin/env python3
"""Numbers for the tests of what profiles are made of, computed with numpy, scipy and scikit-learn.

  python3 make_composition.py        writes composition.json beside this file; a few seconds

Draws of groups, folds and relabellings are those of the Swift code, as in make_statistics.py; shares and distances are numpy's,
trees scipy's, discriminants scikit-learn's. Needs: numpy, scipy, scikit-learn, and what make_statistics.py needs.
"""
import json, os
import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from make_statistics import FOLDER, PURPOSES, stream

PURPOSES.update({"folds": 32, "labels": 33, "calls": 34, "clades": 35})
SETTINGS = {"folds": 5, "repeats": 3, "resamples": 60, "permutations": 9, "clades": 80, "seed": 5}


def shuffled(generator, items):
    items = list(items)
    for index in range(len(items)):
        other = index + generator.below(len(items) - index)
        items[index], items[other] = items[other], items[index]
    return items


# Shares and distances

def units(data):
    """Means over the texts of a group in a domain, by domain: group to profile."""
    found = [{} for _ in range(data["count"])]
    for row, domain, group in zip(data["rows"], data["domains"], data["groups"]):
        found[domain].setdefault(group, []).append(row)
    return [{group: np.mean(rows, axis=0) for group, rows in domain.items()} for domain in found]


def shares(data):
    cells = units(data)
    means = np.array([np.mean(list(cell.values()), axis=0) for cell in cells])
    mu, blocks, scales = means.mean(), means.mean(axis=0), means.mean(axis=1)
    sizes = {}
    for key in zip(data["domains"], data["groups"]):
        sizes[key] = sizes.get(key, 0) + 1
    parts = dict.fromkeys(["block", "domain", "blockByDomain", "text", "residual", "total"], 0.0)
    for row, domain, group in zip(data["rows"], data["domains"], data["groups"]):
        weight = 1 / (data["count"] * len(cells[domain]) * sizes[domain, group])
        row = np.array(row)
        own = (row - means[domain]).mean()
        terms = {
            "block": blocks - mu, "domain": np.full(len(row), scales[domain] - mu),
            "blockByDomain": means[domain] - scales[domain] - blocks + mu, "text": np.full(len(row), own),
            "residual": row - means[domain] - own, "total": row - mu,
        }
        for name, term in terms.items():
            parts[name] += weight * (term**2).mean()
    total = parts.pop("total")
    assert abs(sum(parts.values()) - total) < 1e-12 * total
    return {name: value / total for name, value in parts.items()}


def distances(cells, drawn, variances):
    """cells: per domain a dict from group to centred profile; drawn: how often each group is."""
    count = len(cells)
    result = np.zeros((count, count))
    repeated = [np.repeat(list(cell.values()), [drawn[g] for g in cell], axis=0) for cell in cells]
    for a in range(count):
        for b in range(a + 1, count):
            x, y = repeated[a], repeated[b]
            variance = (x.var(axis=0, ddof=1) / len(x) + y.var(axis=0, ddof=1) / len(y)).mean()
            for group in set(cells[a]) & set(cells[b]):
                product = ((cells[a][group] - x.mean(axis=0)) * (cells[b][group] - y.mean(axis=0))).mean()
                variance -= 2 * drawn[group] * product / np.sqrt((len(x) - 1) * (len(y) - 1) * len(x) * len(y))
            square = ((x.mean(axis=0) - y.mean(axis=0)) ** 2).mean() - variances * variance
            result[a, b] = result[b, a] = np.sqrt(max(0, square))
    return result


def tree(matrix):
    """Heights and clades by scipy."""
    count = len(matrix)
    clades = [[i] for i in range(count)]
    merges = []
    for first, second, height, _ in linkage(squareform(matrix, checks=False), "average"):
        clades.append(sorted(clades[int(first)] + clades[int(second)]))
        merges.append({"height": height, "clade": clades[-1]})
    return merges


def drawn_groups(data, purpose, index):
    generator = stream(SETTINGS["seed"], purpose, index)
    strata = {}
    for group in range(max(data["groups"]) + 1):
        domains = frozenset(d for d, g in zip(data["domains"], data["groups"]) if g == group)
        strata.setdefault(domains, []).append(group)
    times = [0] * (max(data["groups"]) + 1)
    for groups in strata.values():
        for _ in groups:
            times[groups[generator.below(len(groups))]] += 1
    return times


def shape(data):
    centred = dict(data, rows=[list(np.array(row) - np.mean(row)) for row in data["rows"]])
    cells = units(centred)
    found = distances(cells, [1] * (max(data["groups"]) + 1), 1)
    merges = tree(found)
    draws = [distances(cells, drawn_groups(data, "clades", r), 2) for r in range(SETTINGS["clades"])]
    clades = [[m["clade"] for m in tree(d)] for d in draws]
    for merge in merges:
        merge["support"] = sum(merge["clade"] in c for c in clades) / len(draws)
    farthest = [int(np.argmax(d.sum(axis=1))) for d in draws]
    return {
        "distances": found.tolist(), "merges": merges,
        "low": np.quantile(draws, 0.025, axis=0).tolist(), "high": np.quantile(draws, 0.975, axis=0).tolist(),
        "farthestShares": [farthest.count(d) / len(draws) for d in range(data["count"])],
    }


# Identification

def folds(generator, domains, groups, count):
    members = {}
    for text, group in enumerate(groups):
        members.setdefault(group, []).append(text)
    order = sorted(shuffled(generator, range(len(members))), key=lambda g: -len(members[g]))
    filled = [{} for _ in range(count)]
    sizes, fold_of = [0] * count, [0] * len(domains)
    for group in order:
        costs = []
        for fold in range(count):
            cost = 0.0
            for text in members[group]:
                total = float(domains.count(domains[text]))
                cost += filled[fold].get(domains[text], 0) / (total * total)
            costs.append((cost, sizes[fold], fold))
        fold = min(costs)[2]
        for text in members[group]:
            fold_of[text] = fold
            filled[fold][domains[text]] = filled[fold].get(domains[text], 0) + 1
        sizes[fold] += len(members[group])
    return fold_of


def discriminant(rows, domains):
    present = sorted(set(domains))
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=[1 / len(present)] * len(present))
    return lda.fit(np.array(rows), domains)


def calls(rows, domains, fold_of, count):
    rows, result = np.array(rows), [None] * len(domains)
    for fold in range(count):
        learnt = [t for t, f in enumerate(fold_of) if f != fold]
        held = [t for t, f in enumerate(fold_of) if f == fold]
        lda = discriminant(rows[learnt], [domains[t] for t in learnt])
        for text, call in zip(held, lda.predict(rows[held])):
            result[text] = int(call)
    return result


def balanced(called, domains):
    return float(np.mean([np.mean([c == d for c, d in zip(called, domains) if d == k]) for k in sorted(set(domains))]))


def relabelled(generator, domains, groups):
    members = {}
    for text, group in enumerate(groups):
        members.setdefault(group, []).append(text)
    labels = list(domains)
    pure = [texts for texts in members.values() if len({domains[t] for t in texts}) == 1]
    for texts, domain in zip(pure, shuffled(generator, [domains[t[0]] for t in pure])):
        for text in texts:
            labels[text] = domain
    for texts in members.values():
        if texts not in pure:
            for text, domain in zip(texts, shuffled(generator, [domains[t] for t in texts])):
                labels[text] = domain
    return labels


def identification(data):
    rows, domains, groups, count = data["rows"], data["domains"], data["groups"], SETTINGS["folds"]
    repeats = []
    for r in range(SETTINGS["repeats"]):
        fold_of = folds(stream(SETTINGS["seed"], "folds", r), domains, groups, count)
        assert all(len({f for f, g in zip(fold_of, groups) if g == group}) == 1 for group in groups)
        repeats.append((fold_of, calls(rows, domains, fold_of, count)))
    right = np.array([[c == d for c, d in zip(called, domains)] for _, called in repeats]).mean(axis=0)
    accuracies = []
    for r in range(SETTINGS["resamples"]):
        times = np.array(drawn_groups(data, "calls", r))[groups]
        recalls = [np.sum((times * right)[np.array(domains) == k]) / np.sum(times[np.array(domains) == k])
                   for k in range(data["count"])]
        accuracies.append(np.mean(recalls))
    own, reached = balanced(repeats[0][1], domains), 0
    for permutation in range(SETTINGS["permutations"]):
        generator = stream(SETTINGS["seed"], "labels", permutation)
        labels = relabelled(generator, domains, groups)
        fold_of = folds(generator, labels, groups, count)
        reached += balanced(calls(rows, labels, fold_of, count), labels) >= own - 1e-12
    named = np.zeros((data["count"], data["count"]))
    for _, called in repeats:
        for domain, call in zip(domains, called):
            named[domain, call] += 1 / len(repeats)
    lda = discriminant(rows, domains)
    return {
        "folds": [fold_of for fold_of, _ in repeats], "calls": [called for _, called in repeats],
        "named": named.tolist(), "accuracy": float(np.mean([balanced(c, domains) for _, c in repeats])),
        "interval": np.quantile(accuracies, [0.025, 0.975]).tolist(),
        "p": (1 + reached) / (1 + SETTINGS["permutations"]), "covariance": lda.covariance_.tolist(),
        # Without the logarithm of the prior, which is the same for all.
        "coefficients": lda.coef_.tolist(), "intercepts": (lda.intercept_ - np.log(lda.priors_)).tolist(),
    }


def made_up(name, sizes, width, seed, grouped):
    """Log profiles; of the grouped ones three texts share a group, and two groups have texts in two domains."""
    rng = np.random.default_rng(seed)
    blocks = np.linspace(-1, 2, width)
    rows, domains, groups = [], [], []
    for domain, size in enumerate(sizes):
        shift = 0.3 * rng.normal(size=width) + 0.1 * domain
        for text in range(size):
            row = blocks + shift + 0.2 * rng.normal() + 0.2 * rng.normal(size=width)
            rows.append([round(float(x), 6) for x in row])
            domains.append(domain)
            groups.append([domain, text // 3 if text % 2 else text] if grouped else [domain, text])
            if grouped and domain < 2 and text > size - 3:
                groups[-1] = [-1, size - text]
    places = {}
    groups = [places.setdefault(tuple(g), len(places)) for g in groups]
    data = {"rows": rows, "domains": domains, "groups": groups, "count": len(sizes)}
    return {"name": name, **data, "shares": shares(data), "shape": shape(data), "identification": identification(data)}


def main():
    cases = [made_up("own groups", [9, 12, 10, 8], 5, 3, False), made_up("shared groups", [14, 15, 12], 4, 4, True)]
    with open(os.path.join(FOLDER, "composition.json"), "w") as file:
        json.dump({"settings": SETTINGS, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
