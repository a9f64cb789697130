"""Sweeps of made-up trials."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from made_up_trials import store

from seqmem.sweep.axis import parse_axis
from seqmem.sweep.driver import drain, run_sweep
from seqmem.sweep.engine import Engine
from seqmem.sweep.executors import InlineExecutor
from seqmem.sweep.plan import build_plan
from seqmem.sweep.store import create_sweep_directory, open_sweep_directory


@pytest.fixture
def begin(tmp_path):
    """Returns a function that makes a sweep directory of some axes."""

    def make(*axes, name="sweep", base=None, **how):
        plan = build_plan(base or {}, [parse_axis(text) for text in axes], **how)
        return create_sweep_directory(plan, tmp_path / name)

    return make


@pytest.fixture
def finish():
    """Returns a function that takes a sweep to its end with made-up trials; it closes the directory."""

    def run(directory, slots=1, call=store, hear=lambda progress: None, **how):
        executor = InlineExecutor() if slots == 1 else ThreadPoolExecutor(slots)
        with executor:
            result = drain(run_sweep(directory, Engine(executor, lambda: slots, call=call, **how)), hear)
        directory.close()
        return result

    return run


@pytest.fixture
def again():
    """Returns a function that takes up a sweep as another process would."""
    return open_sweep_directory
