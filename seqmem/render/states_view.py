"""The states of a network over time, and recall without its units."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from seqmem.charts.heat_map import scale_line, strip
from seqmem.results.states import Recall, ShownSequence, StatesResult, UnitResult, evenly_picked
from seqmem.terminal.console import Page, view, wrap
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import listed, plural, shown_count, shown_score, shown_symbol

MOST_ROWS = 8  # units drawn, unless more of them carry the cue
WIDEST_STEP = 6  # most columns of a step
NAME = 6
OF_THE_LARGEST = "of the unit's largest, at most 1"
SCALE_STEPS = 9


@view
def draw_states(page: Page, result: StatesResult) -> list[Text]:
    """Draws the states of a replicate; see `states_lines`."""
    return states_lines(result, page)


def states_lines(result: StatesResult, page: Page) -> list[Text]:
    """Returns states of units in two sequences, how well each tells the cue, recall without it, and the carriers."""
    units = result.units[: max(MOST_ROWS, len(result.kept_by))]
    title = f"where the cue is kept: replicate {result.replicate}, seed {result.seed}"
    among = f"{len(units)} of " if len(units) < result.unit_count else ""
    count = f"   {among}{plural(result.unit_count, 'unit')}"
    lines = [*wrap(Text.assemble((title, "title"), (count, "muted")), page.width, 1, 3), Text()]
    lines += [*_maps(result, units, page), Text(), *_telling(result, units, page), Text()]
    notes = [line for note in _notes(result, page) for line in wrap(f"{page.glyphs.bullet} {note}", page.width, 1, 3)]
    return [*lines, *_finding(result, page), *notes]


def _maps(result: StatesResult, units: Sequence[UnitResult], page: Page) -> list[Text]:
    """A row for each unit: the two sequences, and the second minus the first."""
    width = _map_width(page)
    picked = evenly_picked(len(result.steps), width)
    each = max(1, min(WIDEST_STEP, width // len(picked)))
    titles = [(_title(shown, width, page), "label") for shown in result.shown]
    above = [*(_heading(shown, picked, each, result) for shown in result.shown), _steps(result, picked, each)]
    state = result.units[0].memory.name
    lines = [_row((f"unit {state}", "label"), [*titles, ("difference", "label")], width), _row("", above, width)]
    for unit in units:
        first, second = ([values[at] for at in picked] for values in unit.memory.values)
        # each unit has its own scale, since a small value may meet large weights
        most = max((abs(value) for value in (*first, *second) if math.isfinite(value)), default=0.0) or 1.0
        apart = [later - earlier for earlier, later in zip(first, second, strict=True)]
        strips = [
            strip(values, -most, most, each=each, glyphs=page.glyphs, colour=page.colour, signed=True)
            for values in (first, second, apart)
        ]
        lines.append(_row(_name(unit, result, page), strips, width))
    legend = scale_line(-1, 1, SCALE_STEPS, page.glyphs, page.colour, signed=True)
    return [*lines, Text.assemble(" " * (NAME + 3), legend, (f"  {OF_THE_LARGEST}", "label"))]


def _title(shown: ShownSequence, width: int, page: Page) -> str:
    """`cue` if the sequence begins with the recalled symbol, else `recall`."""
    word = "cue" if shown.cue == shown.inputs[0] else "recall"
    return f"{word} {shown_symbol(shown.cue, width - len(word) - 1, page.glyphs)}"


def _row(name: Cell, cells: Sequence[Cell], width: int) -> Text:
    """A name and three cells of equal width; trailing blanks are kept, because they may be coloured."""
    line = Text.assemble(" ", name, no_wrap=True)
    for at, cell in enumerate(cells):
        line.append(" " * (NAME + 3 + at * (width + 2) - line.cell_len)).append_text(Text.assemble(cell))
    return line


def _telling(result: StatesResult, units: Sequence[UnitResult], page: Page) -> list[Text]:
    """A row for each unit: how well it tells the cue, step by step and at the recall, and recall without it."""
    after = [Column("recall without it"), Column("loss", rank=2)]
    if result.chance is None:
        rows = [[_name(unit, result, page), *_recall(unit.silenced, page)] for unit in units]
        rows.append([("none", "label"), *_recall(result.intact, page)])
        return table([Column("unit", align="left", width=NAME), *after], rows, page)
    columns = [Column("unit", align="left", width=NAME), Column("tells the cue", align="left")]
    columns += [Column("at recall", rank=1), *after]
    room = _line_width(page)
    picked = evenly_picked(len(result.steps), room)
    each = max(1, min(WIDEST_STEP, room // len(picked)))
    rows = [["", _steps(result, picked, each)]]
    for unit in units:
        best = [max(values, key=_finite) for values in zip(*(state.tells for state in unit.states), strict=True)]
        drawn = [best[at] for at in picked]
        course = strip(drawn, 0.5, 1.0, each=each, glyphs=page.glyphs, colour=page.colour, thin=True)
        rows.append([_name(unit, result, page), course, shown_score(unit.tells), *_recall(unit.silenced, page)])
    legend = scale_line(0.5, 1.0, SCALE_STEPS, page.glyphs, page.colour)
    rows.append([("none", "label"), legend, "", *_recall(result.intact, page)])
    return table(columns, rows, page)


def _map_width(page: Page) -> int:
    return (page.width - NAME - 3 - 4) // 3


def _line_width(page: Page) -> int:
    """The room beside the columns of figures, the last of which are left out on a narrow page."""
    return max(16, page.width - NAME - 9 - len("at recall") - len("recall without it") - len("0.000"))


def _finite(value: float) -> float:
    return value if math.isfinite(value) else -math.inf


def _recall(recall: Recall, page: Page) -> list[Cell]:
    mark = "right" if recall.remembers else "wrong"
    return [(f"{shown_score(recall.accuracy)} {getattr(page.glyphs, mark)}", mark), shown_score(recall.loss)]


def _finding(result: StatesResult, page: Page) -> list[Text]:
    # as in front of their names
    sign = (page.glyphs.markers[0], "cue") if result.kept_by else (page.glyphs.wrong, "wrong")
    return wrap(Text.assemble(sign, " ", (states_finding(result), "title")), page.width, 1, 3)


def states_finding(result: StatesResult) -> str:
    """Returns which units carry the cue, with the figures that show it."""
    kept, without = listed(result.kept_by), shown_score(result.without.accuracy)
    if result.kept_by:
        whom = f"Unit {kept} carries" if len(result.kept_by) == 1 else f"Units {kept} carry"
        silenced = "silenced" if len(result.kept_by) == 1 else "silenced together"
        baseline = f"{'' if result.without.forgotten else 'still above the '}baseline {shown_score(result.baseline)}"
        before = shown_score(result.intact.accuracy)
        return f"{whom} the cue: {silenced}, recall falls from {before} to {without} ({baseline})."
    if not result.intact.remembers:
        return "No unit carries the cue: this replicate does not remember it."
    count = sum(unit.above_chance for unit in result.units)
    return f"No unit can be named: with all {count} that tell the cue silenced, recall is still {without}."


def _notes(result: StatesResult, page: Page) -> list[str]:
    """Notes on the measurements."""
    notes = []
    if result.alone is not None and (others := result.unit_count - len(result.kept_by)):
        them = f"the {others} others" if others > 1 else "the other"
        notes.append(f"with {them} silenced instead, recall is {shown_score(result.alone.accuracy)}")
    strings = f"{plural(result.strings, result.group_words[0])} {result.group_words[1]}"
    notes.append("silenced: held, before every step, at its mean over sequences of all cues")
    if result.chance is None:
        more = " (--fillers fresh asks more)" if "fillers" in result.group_words[1] else ""
        notes.append(
            f"only {strings}, where any difference tells the cue, whatever it is: silencing alone names units{more}"
        )
    else:
        by_chance = f"{shown_score(result.chance, 2)} by chance"
        notes.append(
            f"tells the cue: area under the ROC curve of that unit alone; {by_chance}, in {result.shuffles} shuffles "
            f"of the cues never more than {shown_score(result.most_by_chance, 2)}"
        )
    rooms = [_map_width(page), *([] if result.chance is None else [_line_width(page)])]
    if any(room < result.time for room in rooms):
        counts = " and ".join(str(min(room, len(result.steps))) for room in rooms)
        notes.append(f"each column is one step: {counts} of {shown_count(result.time)} are drawn, evenly spread")
    if result.tried:
        notes.append(
            f"measured on {plural(result.sequences, 'sequence')} with {strings}, chosen on {result.tried} others"
        )
    return notes


def _name(unit: UnitResult, result: StatesResult, page: Page) -> Cell:
    carries = unit.name in result.kept_by
    return (f"{page.glyphs.markers[0] if carries else ' '} {unit.name}", "cue" if carries else "label")


def _heading(sequence: ShownSequence, picked: Sequence[int], each: int, result: StatesResult) -> Cell:
    """The symbols of a sequence above its steps, where they are all drawn and fit; else the numbers of the steps."""
    words = [str(symbol) for symbol in sequence.inputs]
    if len(picked) < result.time or max(map(cell_len, words)) > max(1, each - 1):
        return _steps(result, picked, each)
    return Text.assemble(*((set_cell_size(word, each), "cue" if at == 0 else "label") for at, word in enumerate(words)))


def _steps(result: StatesResult, picked: Sequence[int], each: int) -> Cell:
    first, last = (shown_count(result.steps[picked[at]]) for at in (0, -1))
    first = f"step {first}" if len(picked) * each > len(first + last) + 6 else first
    return (first + last.rjust(len(picked) * each - len(first)), "label")
