"""Networks that cannot remember, in three ways, and untrained ones over short gaps: how many are said to remember.

python experiments/controls/record.py [--replicates N]
"""

import argparse
import dataclasses
import json
from pathlib import Path

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.evaluation.evaluator import Evaluator
from seqmem.experiment import run
from seqmem.judge.baseline import replicate_baselines
from seqmem.judge.evidence import P_VALUE
from seqmem.models.population import build_population
from seqmem.tasks import ConflictingSequences

HERE = Path(__file__).parent
CONTROLS = {
    "a perceptron, trained": (10, 30),
    "an LSTM, trained on a last symbol that no cue tells": (10, 30),
    "an LSTM, untrained": (1, 2, 3, 5, 10, 30),
}


class UnrelatedSequences(ConflictingSequences):
    """The last symbol is drawn independently of the cue: there is nothing that memory could help with."""

    def draw(self, items, rngs, strings=None):
        """Draws sequences as `ConflictingSequences` does, and their last symbols anew."""
        batch = super().draw(items, rngs, strings)
        targets, last = batch.targets.copy(), batch.valid.sum(axis=1) - 1
        cues = rngs["fillers"].integers(self.filler_count, self.filler_count + self.cues, len(items))
        targets[np.arange(len(items)), last] = cues
        return dataclasses.replace(batch, targets=targets)


def evidence_of(name, gap, replicates, seed=0):
    """Returns the evidence of each replicate of one of the `CONTROLS`."""
    task = UnrelatedSequences if "no cue" in name else ConflictingSequences
    config = RunConfig(
        task=task(alphabet_size=12, fillers="fresh", gap=gap),
        cell="mlp" if "perceptron" in name else "lstm",
        init="chrono" if "no cue" in name else "glorot",
        head="softmax",
        loss_at="recall",
        presentations=200,
        check_every=100,
        replicates=replicates,
        seed=seed,
    )
    if not name.endswith("untrained"):
        return [replicate.evidence for replicate in run.run(config).replicates]
    population = build_population(config)
    population.start(config)
    return Evaluator(config, population, replicate_baselines(config.task, config.seeds, config.head)).report().evidence


def table(rows):
    """Returns the lines of the README's table."""
    lines = ["| network | gap | said to remember | by accuracy, p < 0.001 | by loss |", "|---|---|---|---|---|"]
    for row in rows:
        cells = [row["network"], row["gap"], f"{row['remember']} of {row['replicates']}", row["accuracy"], row["loss"]]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def main():
    """Records every control and fills the README's table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000)
    replicates = parser.parse_args().replicates
    rows = []
    for name, gaps in CONTROLS.items():
        for gap in gaps:
            found = evidence_of(name, gap, replicates)
            row = {"network": name, "gap": gap, "replicates": replicates}
            row |= {"remember": sum(one.remembers for one in found), "loss": sum(one.by_loss for one in found)}
            row |= {"accuracy": sum(one.p_value < P_VALUE for one in found)}
            rows.append(row)
            print(json.dumps(row), flush=True)
    (HERE / "counts.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- table -->\n")
    tail = rest.partition("<!-- end -->")[2]
    text = head + "<!-- table -->\n" + "\n".join(table(rows)) + "\n<!-- end -->" + tail
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
