"""What a stored run is judged on when other fillers are asked for."""

import pytest

from seqmem.config import RunConfig
from seqmem.reevaluation import judged_config


@pytest.mark.parametrize("fillers", ["fresh", "fixed", "ordered"])
def test_other_fillers_are_not_drawn_from_the_pool_it_was_trained_on(fillers):
    settings = {"alphabet_size": 6, "gap": 4, "fillers": "fresh", "pool": 3}
    task = judged_config(RunConfig.from_settings(settings), fillers=fillers).task
    assert (task.fillers, task.pool, task.gap, task.alphabet_size) == (fillers, None, (4, 4), 6)


def test_without_other_fillers_the_pool_stays():
    settings = {"alphabet_size": 6, "gap": 4, "fillers": "fresh", "pool": 3}
    assert judged_config(RunConfig.from_settings(settings)).task.pool == 3
