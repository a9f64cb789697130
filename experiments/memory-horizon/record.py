"""Records the longest gap over which each cell holds a cue at 95 % recall.

python experiments/memory-horizon/record.py            records what is missing
python experiments/memory-horizon/record.py --draw     makes table and picture again from what was recorded

The learning rate of each cell, start and gap is the one of `RATES` with which most of 10 replicates hold the cue, then
the one that is fastest; it is reported on 20 other seeds. A ladder of gaps ends where nobody holds the cue twice.
"""

import argparse
import json
import math
from pathlib import Path

HERE = Path(__file__).parent
GAPS = (3, 10, 30, 100, 300, 1_000)
RATES = (0.003, 0.01, 0.03)
LADDERS = [
    ("rnn", "glorot"),
    ("lstm", "glorot"),
    ("lstm", "chrono"),
    ("gru", "glorot"),
    ("gru", "chrono"),
    ("lstm1997", "glorot"),
]
CHOSEN_ON, REPORTED_ON = {"seed": 1_000, "replicates": 10}, {"seed": 0, "replicates": 20}
RECIPE = {"fillers": "fresh", "alphabet_size": 12, "loss_at": "recall", "criterion": "recall:0.95", "confirm": 256}
RECIPE |= {"presentations": 3_000, "check_every": 50}
ENDS_AFTER = 2  # gaps in a row that no replicate holds


def found(cell, start, gap, rate, seeds):
    """How many replicates hold the cue, and the presentations that took."""
    from seqmem.config.run_config import RunConfig
    from seqmem.experiment.run import run

    settings = {**RECIPE, **seeds, "cell": cell, "init": start, "gap": gap, "learning_rate": rate}
    summary = run(RunConfig.from_settings(settings)).summary
    took = summary.median_presentations
    return {
        "rate": rate,
        "replicates": summary.replicates,
        "held": summary.solved,
        "interval": list(summary.interval),
        # of all replicates; none where half of them do not get there
        "presentations": took if took is not None and math.isfinite(took) else None,
    }


def best(tried):
    """The rate with which most replicates hold the cue, then the fastest."""
    return max(tried, key=lambda one: (one["held"], -(one["presentations"] or math.inf)))["rate"]


def climb(cell, start, rows):
    """Records the gaps of one cell and start that are missing, until it fails."""
    failed = 0
    for gap in GAPS:
        row = next((row for row in rows if (row["cell"], row["start"], row["gap"]) == (cell, start, gap)), None)
        if row is None:
            tried = [found(cell, start, gap, rate, CHOSEN_ON) for rate in RATES]
            row = {"cell": cell, "start": start, "gap": gap, "tried": tried}
            row["reported"] = found(cell, start, gap, best(tried), REPORTED_ON)
            rows.append(row)
            print(line(row), flush=True)
            (HERE / "rows.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        failed = 0 if row["reported"]["held"] else failed + 1
        if failed == ENDS_AFTER:
            return


def line(row):
    """A line of the table of all gaps."""
    reported, chosen = row["reported"], {one["rate"]: one["held"] for one in row["tried"]}
    low, high = reported["interval"]
    took = reported["presentations"]
    cells = [row["cell"], row["start"], f"{row['gap']:,}", " ".join(str(chosen[rate]) for rate in RATES)]
    cells += [f"{reported['rate']:g}", f"{reported['held']} of {reported['replicates']}", f"{low:.2f} to {high:.2f}"]
    return f"| {' | '.join([*cells, '-' if took is None else f'{took:,.0f}'])} |"


def horizon(rows, cell, start):
    """The longest gaps up to which all replicates, and half of them, hold the cue at every gap tried."""
    mine = sorted((row["gap"], row["reported"]) for row in rows if (row["cell"], row["start"]) == (cell, start))
    longest = []
    for share in (1.0, 0.5):
        held = 0
        for gap, reported in mine:
            if reported["held"] < share * reported["replicates"]:
                break
            held = gap
        longest.append(held)
    return longest


def shown_gap(gap):
    """A horizon; beyond the longest gap tried it is not known."""
    return "none" if not gap else f"{gap:,}" + (" or more" if gap == GAPS[-1] else "")


def table(rows):
    """Returns the lines of both tables: the horizons, and every gap."""
    rates = ", ".join(f"{rate:g}" for rate in RATES)
    lines = ["| cell | start | held by all 20 up to | by half of them up to |", "|---|---|---|---|"]
    recorded = {(row["cell"], row["start"]) for row in rows}
    for cell, start in [ladder for ladder in LADDERS if ladder in recorded]:
        whole, half = horizon(rows, cell, start)
        lines.append(f"| {cell} | {start} | {shown_gap(whole)} | {shown_gap(half)} |")
    columns = ["cell", "start", "gap", f"held by, of 10, at rate {rates}", "best rate", "held, other seeds"]
    columns += ["95 % interval", "presentations, median"]
    return [*lines, "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *map(line, rows)]


def draw(rows):
    """Draws the share of replicates that hold the cue over the gap."""
    import altair as alt

    from seqmem.pictures.look import LIGHT

    values = [
        {
            "gap": row["gap"],
            "share": row["reported"]["held"] / row["reported"]["replicates"],
            "low": row["reported"]["interval"][0],
            "high": row["reported"]["interval"][1],
            "cell": f"{row['cell']}, {row['start']}",
        }
        for row in rows
    ]
    names = [f"{cell}, {start}" for cell, start in LADDERS]
    x = alt.X("gap:Q", scale=alt.Scale(type="log"), title="gap, steps", axis=alt.Axis(values=list(GAPS)))
    base = alt.Chart(width=LIGHT.width / 3.4, height=LIGHT.height / 2.4).encode(x=x, color=alt.value(LIGHT.series[0]))
    bars = base.mark_rule(opacity=0.5).encode(y=alt.Y("low:Q", title="replicates that hold it"), y2="high:Q")
    lines = base.mark_line(point=True, strokeWidth=2.5).encode(y=alt.Y("share:Q", axis=alt.Axis(format="%")))
    title = alt.Title(
        "Memory horizon", subtitle="20 replicates a point, bars: 95 % intervals; the rate chosen on others."
    )
    # a panel for each, as several hold all gaps and would hide each other
    panels = alt.layer(bars, lines, data=alt.Data(values=values)).facet(
        alt.Facet("cell:N", sort=names, title=None), columns=3
    )
    panels.properties(title=title).configure(**LIGHT.config()).save(HERE / "horizon.svg")


def main():
    """Records what is missing, and fills the README's tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw", action="store_true", help="record nothing")
    file, readme = HERE / "rows.json", HERE / "README.md"
    asked = parser.parse_args()
    rows = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    for cell, start in [] if asked.draw else LADDERS:
        climb(cell, start, rows)
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- table -->\n")
    end = "\n<!-- end -->" + rest.partition("<!-- end -->")[2]
    readme.write_text(head + "<!-- table -->\n" + "\n".join(table(rows)) + end, encoding="utf-8")
    draw(rows)


if __name__ == "__main__":
    main()
