from __future__ import annotations

import pytest

from nbmlops.tracking.goals import Goal, goal


@pytest.mark.parametrize(
    ("key", "direction"),
    [
        ("loss", "min"), ("val_loss", "min"), ("train/loss", "min"), ("valLoss", "min"), ("test.RMSE", "min"),
        ("perplexity", "min"), ("eval/ppl", "min"), ("nll", "min"), ("epoch_time_s", "min"),
        ("mean_absolute_error", "min"),
        ("log_loss", "min"), ("negative_log_likelihood", "min"), ("loss/1", "min"),
        ("acc", "max"), ("val_acc", "max"), ("valAcc", "max"), ("roc_auc", "max"), ("F1", "max"), ("f1_macro", "max"),
        ("r2", "max"), ("R2", "max"), ("mAP50", "max"), ("box/mAP", "max"), ("mIoU", "max"), ("BLEU-4", "max"),
        ("top5", "max"), ("neg_mean_squared_error", "max"), ("log_likelihood", "max"), ("accuracy2", "max"),
        ("epoch", None), ("lr", None), ("", None), ("glossary", None), ("🦆", None), ("lossy", None),
        ("accumulated", None),
        ("mapping", None),
    ],
)  # fmt: skip
def test_by_name(key: str, direction: str | None) -> None:
    found = goal(key)
    assert (found.direction if found else None) == direction
    assert found is None or found.by_name


def test_what_was_said_wins() -> None:
    assert goal("loss", {"loss": "max"}) == Goal("max", by_name=False)
    assert goal("epoch", {"epoch": "min"}) == Goal("min", by_name=False)
    assert goal("loss", {"acc": "max"}) == Goal("min", by_name=True)


def test_better() -> None:
    low, high = Goal("min", by_name=True), Goal("max", by_name=True)
    assert low.is_better(0.1, 0.2) is True
    assert low.is_better(0.2, 0.1) is False
    assert high.is_better(0.2, 0.1) is True
    assert high.is_better(0.1, 0.1) is None
    assert low.is_better(float("nan"), 0.1) is None
