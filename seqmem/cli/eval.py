"""`seqmem eval`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from seqmem.cells import CellKind
from seqmem.cells.cell import Cell
from seqmem.cli.options import SEQUENCE_OPTIONS, HeadedCommand, cache_option, option, sequence_options
from seqmem.cli.output import output_options
from seqmem.config.run_config import setting_fields
from seqmem.config.sources import Given, own_sequences, source_in_errors, typed_value
from seqmem.errors import SettingError
from seqmem.settings import Integer, Kind
from seqmem.terminal.output import Output

LONGEST_GAP = 1_000_000


@dataclasses.dataclass(frozen=True)
class Gaps(Kind):
    """Whole numbers set apart by commas."""

    metavar = "N,N,..."

    def parse(self, name: str, text: str) -> Any:
        """Returns the numbers; any other text as it is, for `check` to refuse."""
        try:
            return [int(gap) for gap in text.split(",")]
        except ValueError:
            return text

    def check(self, name: str, value: Any) -> list[int]:
        """Returns the gaps if each is allowed."""
        if isinstance(value, str) or any(not 1 <= gap <= LONGEST_GAP for gap in value):
            allowed = f"must be whole numbers from 1 to {LONGEST_GAP}, set apart by commas"
            raise SettingError(name, value, allowed)
        return list(value)


@dataclasses.dataclass(frozen=True)
class Replicate(Kind):
    """A replicate by number, or the best, the worst or all."""

    metavar = "N|best|worst|all"

    def check(self, name: str, value: Any) -> str:
        """Returns the text if it is one of these words or a number."""
        if value not in ("best", "worst", "all") and not (value.isascii() and value.isdigit()):
            raise SettingError(name, value, "must be the number of a replicate, from 0, or best, worst or all")
        return str(value)


@click.command(
    "eval",
    cls=HeadedCommand,
    examples={
        "seqmem eval runs/first --gaps 3,10,100": "Does it remember over gaps that it was never trained on?",
        "seqmem eval runs/first --fillers fresh --sequences-count 1000": "Or does it know only these fillers?",
        "seqmem eval runs/first --replicate best --free-run 20": "Let it go on by itself from a cue.",
        "seqmem eval runs/first --replicate best --states": "Which units keep the cue, and what happens without them?",
        "seqmem eval runs/first --criterion recall:0.99 --out judged.json": "Write the findings to a file.",
    },
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@option("--gaps", kind=Gaps(), heading="Sequences", help="Recall over these gaps, trained or not.")
@option(
    "--sequences-count", kind=Integer(1, 10_000_000), heading="Sequences", help="How many fresh sequences to judge."
)
@option("--fillers", kind=setting_fields()["fillers"].metadata["kind"], heading="Sequences", help="Other fillers.")
@sequence_options("Sequences")
@option("--replicate", kind=Replicate(), default="all", heading="Judging", help="Which replicates. [default: all]")
@option(
    "--criterion",
    kind=setting_fields()["criterion"].metadata["kind"],
    heading="Judging",
    help="What counts as solved [default: the run's own].",
)
@option("--cell", kind=CellKind(), heading="Judging", help="Allow importing the run's own cell.")
@option(
    "--free-run", kind=Integer(1, 1_000_000), heading="Judging", help="Feed predictions back as inputs for N steps."
)
@option("--states", is_flag=True, heading="Judging", help="Show which units of the best replicate hold the cue.")
@cache_option
@option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE.json",
    heading="Output",
    help="Write the findings here.",
)
@output_options
def command(
    run: Path,
    out: Path | None,
    cell: Cell | None,
    output: Output,
    **asked: Any,
) -> None:
    """Judge a stored run again: other gaps, other sequences, running free, states.

    Nothing is written into the run directory: it may be someone else's.
    """
    own = own_sequences({name: asked.pop(name) for name in SEQUENCE_OPTIONS})
    typed = {name: typed_value(name, value) for name, value in asked.items() if value is not None}
    typed["states"] = Given(asked["states"], lambda wrong: "--states")
    asked["gaps"] = asked["gaps"] or ()
    from seqmem.commands.evaluate import evaluate

    with source_in_errors(typed | own):
        rows = own["sequences"].value if own else []
        evaluate(run, out, cell, output, sequences=rows, **asked)
