"""What `import seqmem` offers."""

import subprocess
import sys

import pytest

import seqmem


@pytest.mark.parametrize("name", seqmem.__all__)
def test_every_public_name_is_there(name):
    assert getattr(seqmem, name)
    assert name in dir(seqmem)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        seqmem.nothing  # noqa: B018


def test_importing_seqmem_loads_nothing_heavy():
    words = "import seqmem, sys; print({'numpy', 'rich', 'click', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
