"""Calls third-party statistics on the cases of standard input, and writes what they return."""

import ast
import json
import math
import sys
from importlib.metadata import files
from pathlib import Path
from typing import Any, Callable

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint


def definitions(package: str, path: str, names: list[str]) -> dict[str, Any]:
    """Functions and constants of an installed file, without what the rest of it would import."""
    [found] = [file for file in files(package) or [] if str(file) == path]
    tree = ast.parse(Path(str(found.locate())).read_text())
    nodes = [
        node
        for node in tree.body
        if (isinstance(node, ast.FunctionDef) and node.name in names)
        or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in names)
    ]
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    scope: dict[str, Any] = {"math": math, "np": np, "Sequence": list, "T": float}
    exec(compile(ast.Module(nodes, []), str(found), "exec"), scope)  # noqa: S102
    return scope


bench = definitions("rewardbench", "rewardbench/constants.py", ["EXAMPLE_COUNTS", "SUBSET_MAPPING"])
sections = definitions("rewardbench", "rewardbench/utils.py", ["calculate_scores_per_section"])["calculate_scores_per_section"]
harness = definitions("lm_eval", "lm_eval/api/metrics.py", ["mean", "sample_stddev", "mean_stderr"])


def clustered(values: list[float], clusters: list[int]) -> float:
    fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False})
    return float(fit.bse[0])


def mid_p(first: int, second: int) -> float:
    exact = mcnemar([[0, first], [second, 0]], exact=True).pvalue
    return float(exact - (0 if first == second else stats.binom.pmf(min(first, second), first + second, 0.5)))


functions: dict[str, Callable[..., Any]] = {
    "proportion_confint": lambda count, n, alpha: [float(end) for end in proportion_confint(count, n, alpha, method="agresti_coull")],
    "mcnemar": mid_p,
    "multipletests": lambda ps: multipletests(ps, method="holm")[1].tolist(),
    "roc_auc_score": lambda labels, scores: float(roc_auc_score(labels, scores)),
    "sections": lambda accuracies: sections(bench["EXAMPLE_COUNTS"], bench["SUBSET_MAPPING"], accuracies),
    "mean": lambda values: harness["mean"](values),
    "mean_stderr": lambda values: harness["mean_stderr"](values),
    "clustered": clustered,
    "t": lambda alpha, freedom: float(stats.t.isf(alpha / 2, freedom)),
    "normal": lambda alpha: float(stats.norm.isf(alpha / 2)),
}

json.dump({name: [functions[name](*case) for case in cases] for name, cases in json.load(sys.stdin).items()}, sys.stdout)
