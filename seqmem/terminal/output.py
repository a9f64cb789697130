"""The output of a command, as the user asked for it.

The result goes to stdout, everything else to stderr. Nothing here imports rich or click, so that commands that draw
nothing start fast; `terminal.console` draws.
"""

from __future__ import annotations

import dataclasses
import json
import sys


@dataclasses.dataclass(frozen=True)
class Output:
    """What was requested of the output."""

    color: str = "auto"  # or `always`, `never`
    quiet: bool = False  # nothing but the result, and errors
    json: bool = False  # the result as one JSON document

    def note(self, text: str) -> None:
        """Prints a note beside the result, on one line that is never wrapped, so that paths can be copied."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def document(self, content: object) -> None:
        """Writes plain values to stdout as one strict JSON document."""
        sys.stdout.write(json.dumps(content, indent=2, allow_nan=False) + "\n")
