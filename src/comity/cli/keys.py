"""The key that signs a log."""

import click

from comity.cli import output
from comity.cli.options import format_option, refusing
from comity.law.results import plain
from comity.service import keys

__all__ = ["key_command"]


@click.command("key")
@click.argument("log")
@click.option("--key", metavar="FILE", help="The private key; left out: the one beside the log.")
@click.option("--change", is_flag=True, help="Put a new key in its place; the old one signs for the last time.")
@click.option("--lost", is_flag=True, help="With --change: the old key is lost, and cannot sign any more.")
@format_option
@refusing
def key_command(*, log: str, key: str | None, change: bool, lost: bool, form: str) -> None:
    """Show the public key of LOG, or give it another key."""
    if not change:
        click.echo(keys.public_key(log, key))
        return
    done = keys.change(log, key, lost=lost)
    if form == "json":
        output.write_json(plain(done))
        return
    click.echo(f"From {done.size:,} entries on, checkpoints are signed by:")
    click.echo(done.new)
    if done.kept:
        click.echo(f"The old key is kept in {done.kept}. Publish the two checkpoints that follow, beside the new key:")
    else:
        click.echo("Publish the checkpoint that follows, beside the new key, and say that the old one was lost:")
    for note in (done.last, done.first):
        if note:
            click.echo()
            click.echo(note, nl=False)
