"""How each step of a prediction is judged for the eye."""

from __future__ import annotations

from seqmem.results import Prediction

# Where the criterion names no error, a step counts as near when the runner-up comes closer than this.
NEAR_MARGIN = 0.1


def step_marks(prediction: Prediction, criterion: str, has_memory: bool, loss_at: str = "all") -> tuple[str, ...]:
    """Judges every step of a prediction.

    Args:
        prediction: The steps.
        criterion: `error:E` asks every output to be within E of its target; for `recall:X` and `argmax` a margin
            below 0.1 counts as near.
        has_memory: Whether there is evidence that the replicate remembers. Where there is none, no recall step is
            green: right is luck.
        loss_at: Where the network was trained; at other steps than these it is not judged.

    Returns:
        `right`, `near` (right, but by less than the criterion asks, or by luck), `wrong`, `open` (nothing the network
        has seen settles this step), or `untrained`, one a step.
    """
    word, _, bound = criterion.partition(":")

    def mark(step: int) -> str:
        if loss_at == "recall" and not prediction.recall[step]:
            return "untrained"
        if not prediction.settled[step]:
            return "open"
        if prediction.predicted[step] != prediction.expected[step]:
            return "wrong"
        sure = prediction.error[step] <= float(bound) if word == "error" else prediction.margin[step] >= NEAR_MARGIN
        return "right" if sure and (has_memory or not prediction.recall[step]) else "near"

    return tuple(mark(step) for step in range(len(prediction.inputs)))
