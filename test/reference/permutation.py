"""What SciPy says of small samples: p-values of the exact sign-flip test, and the centres at which they cross 5 %.

Run: python test/reference/permutation.py > test/fixtures/cases/permutation/goldens.json    (SciPy 1.16.3, NumPy 2.4.6)
"""
import json
import numpy as np
from scipy import optimize, stats


def p_value(differences):
    return stats.permutation_test(
        (np.asarray(differences),), np.sum, permutation_type="samples", n_resamples=np.inf
    ).pvalue


def end(values, inside, outside):
    """Where the p-value crosses 0.05 between a centre that is inside the interval and one that is outside."""
    for _ in range(60):
        middle = (inside + outside) / 2
        if p_value(values - middle) > 0.05:
            inside = middle
        else:
            outside = middle
    return inside


rng = np.random.default_rng(15)
samples = {
    "six, normal": rng.normal(size=6) + 0.4,
    "eight, skewed": rng.exponential(size=8) - 0.3,
    "ten, ceiling": 0.9 - rng.exponential(0.4, size=10),
    "twelve, normal": rng.normal(size=12) + 0.7,
}
cases = []
for name, values in samples.items():
    values = np.round(values, 4)
    m, s, g, n = values.mean(), values.std(), stats.skew(values), len(values)
    w = m / s
    hall = s * (w + g * w**2 / 3 + g**2 * w**3 / 27 + g / (6 * n))
    spread = np.ptp(values) + 1
    cases.append(
        dict(
            name=name,
            values=values.tolist(),
            p=p_value(values),
            pCorrected=p_value(values + hall - m),
            low=end(values, m, m - spread),
            high=end(values, m, m + spread),
        )
    )
print(json.dumps(cases, indent=1))
