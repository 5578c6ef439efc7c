"""Which way a metric is better: as somebody said, else by the words in its name, else unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Direction = Literal["min", "max"]

HELD_OUT = frozenset({"val", "valid", "validation", "test", "eval", "dev", "holdout", "cv", "oof"})
"""Words in the name of a metric on data that was not trained on."""
SYSTEM = "system/"
"""What the names of metrics begin with that are sampled by themselves; they have no steps."""

_LOW = """
    loss losses err error errors mse rmse mae mape smape msle rmsle perplexity ppl nll bpb bpc crossentropy xent logloss
    cost regret latency time duration seconds ms brier wer cer fid kl divergence deviance residual wasserstein hinge ece
"""
_HIGH = """
    acc accuracy auc auroc roc auprc aucpr ap map f1 fbeta r2 score precision recall sensitivity specificity iou
    miou dice jaccard bleu rouge meteor mrr ndcg hit hits reward return psnr ssim kappa mcc correlation pearson spearman
    throughput likelihood elbo top1 top5 silhouette
"""
_MIN = frozenset(_LOW.split())
_MAX = frozenset(_HIGH.split())
_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
# joined before the name is cut into words, where a piece alone would mislead
_PHRASES = {
    "cross_entropy": "crossentropy",
    "log_loss": "logloss",
    "log_likelihood": "likelihood",
    "neg_log_likelihood": "nll",
    "negative_log_likelihood": "nll",
    "f1_score": "f1",
    "r2_score": "r2",
    "r_squared": "r2",
    "io_u": "iou",
}


@dataclass(frozen=True)
class Goal:
    """The direction of a metric, and whether only its name says so."""

    direction: Direction
    by_name: bool

    def is_better(self, value: float, than: float) -> bool | None:
        """Whether a value beats another; None for equal and NaN ones."""
        if not (value < than or value > than):
            return None
        return (value > than) is (self.direction == "max")

    def __str__(self) -> str:
        return f"{self.direction} (by its name)" if self.by_name else self.direction


def goal(key: str, defined: Mapping[str, str] | None = None) -> Goal | None:
    """The goal of a metric.

    Parameters
    ----------
    key : str
        Name of the metric, for example ``val/acc``.
    defined : mapping, optional
        Goals that were given with ``ml.goal``, by key; ``min`` or ``max``.

    Returns
    -------
    Goal or None
        None if nobody said, and its name does not tell.

    Examples
    --------
    >>> str(goal("train/loss"))
    'min (by its name)'
    >>> str(goal("loss", {"loss": "max"}))
    'max'
    >>> goal("epoch") is None
    True
    """
    said = (defined or {}).get(key)
    if said in ("min", "max"):
        return Goal("min" if said == "min" else "max", by_name=False)
    direction = _by_name(key)
    return Goal(direction, by_name=True) if direction else None


def words(key: str) -> list[str]:
    """The lower-case words of a name: cut at anything but letters and digits, and at camelCase."""
    return [word.lower() for word in _WORDS.findall(key[:400])]


def _by_name(key: str) -> Direction | None:
    """The last telling word decides (`loss_score` is a score); `neg_` turns it round, as in scikit-learn."""
    text = "_".join(words(key))
    for phrase, word in _PHRASES.items():
        text = re.sub(rf"(?<![a-z0-9]){phrase}(?![a-z0-9])", word, text)
    found: Direction | None = None
    negated = False
    for numbered in text.split("_"):
        word = numbered if numbered in _MIN | _MAX else numbered.rstrip("0123456789")
        if word in ("neg", "negative"):
            negated = True
        elif word in _MIN:
            found = "max" if negated else "min"
        elif word in _MAX:
            found = "min" if negated and word != "score" else "max"
    return found
