"""`seqmem completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from seqmem.cli.options import HeadedCommand, KindType
from seqmem.settings import Choice


@click.command(
    "completion",
    cls=HeadedCommand,
    examples={
        'eval "$(seqmem completion bash)"': "In ~/.bashrc.",
        'eval "$(seqmem completion zsh)"': "In ~/.zshrc.",
        "seqmem completion fish > ~/.config/fish/completions/seqmem.fish": "Once.",
    },
)
@click.argument("shell", type=KindType("shell", Choice(("bash", "zsh", "fish"))), metavar="bash|zsh|fish")
def command(shell: str) -> None:
    """Print the completion script of a shell."""
    completion = get_completion_class(shell)
    assert completion is not None, shell
    click.echo(completion(click.get_current_context().find_root().command, {}, "seqmem", "_SEQMEM_COMPLETE").source())
