"""Completion in the shells themselves; those that this machine has not are skipped."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPTS = Path(sys.executable).parent
LINES = {
    "seqmem tr": "train",
    "seqmem train --loss-a": "--loss-at",
    "seqmem train --cell gr": "gru",
    "seqmem export --format ker": "keras",
}


@pytest.fixture
def environment(tmp_path):
    """A home without settings, and this `seqmem` first on the path."""
    path = os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(tmp_path), "TERM": "dumb", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}


def need(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")


def ask(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("line", LINES)
def test_bash_completes(line, environment):
    need("bash")
    program = (
        'eval "$(seqmem completion bash)"; COMP_WORDS=($0); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))'
        '; _seqmem_completion seqmem; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert ask(["bash", "--norc", "-c", program, line], environment) == [LINES[line]]


@pytest.mark.parametrize("line", LINES)
def test_fish_completes(line, environment):
    need("fish")
    program = "seqmem completion fish | source; complete -C $argv[1]"
    assert ask(["fish", "--no-config", "-c", program, line], environment)[0] == LINES[line]


@pytest.mark.parametrize("line", LINES)
def test_zsh_completes(line, environment):
    need("zsh")
    # only a shell that somebody types into completes
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("zsh", ["zsh", "-f", "-i"], environment)
    try:
        os.write(
            terminal, b"PS1=; autoload -U compinit; compinit -u -D; source <(seqmem completion zsh); echo re''ady\n"
        )
        read_until(terminal, b"ready\r\n")
        os.write(terminal, line.encode() + b"\t")
        assert LINES[line] in read_until(terminal, LINES[line].encode()).decode()
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def read_until(terminal, wanted):
    """What a terminal shows up to some text."""
    shown, end = b"", time.monotonic() + 60
    while wanted not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 1.0)[0]:
            shown += os.read(terminal, 4096)
    return shown
