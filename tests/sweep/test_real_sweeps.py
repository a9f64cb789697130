"""Real sweeps of real networks: the same table on every engine."""

import pytest

AXES = ["--vary", "gap=3,4", "--vary", "units=4,6", "--replicates", "2", "--epochs", "20", "--json", "--quiet"]

pytestmark = pytest.mark.slow


def test_every_engine_gives_the_same_table(table, cluster):
    engines = {"here": [], "jobs": ["--jobs", "2"], "dask": ["--scheduler", cluster[1]]}
    found = {name: table(*AXES, "--out", name, *engine) for name, engine in engines.items()}
    assert found["here"][0]["counts"]["complete"] == 4
    assert all(status == 0 for _, _, status in found.values())
    assert found["jobs"][0] == found["here"][0]
    assert found["dask"][0] == found["here"][0]
