"""`comity`: the commands by name. A command's module is loaded when it is used, so that an answer starts quickly."""

import gc
from importlib import import_module
from typing import Any

import click

from comity.cli.layout import soften
from comity.cli.outlet import outlet

__all__ = ["main"]

# Each command, the module it lives in, and its line in the help; a test holds this table against the modules.
COMMANDS: dict[str, tuple[str, str]] = {
    "status": ("queries", "Who is bound by an instrument on a day"),
    "why": ("queries", "Why an actor has its status, with reasons and sources"),
    "missing": ("queries", "What is missing for entry into force"),
    "relation": ("queries", "What binds two actors toward each other"),
    "pairs": ("queries", "Between how many pairs of parties a reservation touches what"),
    "timeline": ("queries", "Every change of status of an instrument or an actor"),
    "changes": ("queries", "What became different in the world between two days"),
    "actor": ("queries", "All that binds an actor"),
    "compare": ("queries", "Actors or groups by instruments"),
    "what-if": ("queries", "What acts that have not happened would change, and when"),
    "search": ("queries", "Find instruments, provisions and actors"),
    "power": ("powers", "Who has what power under a decision rule"),
    "quota": ("powers", "How power moves with the quota of a rule"),
    "design": ("powers", "Votes under which power is as wanted"),
    "coalitions": ("coalitions", "Which coalitions are stable, who would leave, who would join"),
    "core": ("worths", "How to share so that no coalition does better alone"),
    "alone": ("alone", "What a country gains inside, outside and alone"),
    "club": ("analysing", "Which climate clubs are stable"),
    "package": ("analysing", "The best package deal over several issues"),
    "offers": ("offers", "What could be agreed: the zone, under a rule, with payments, in doubt"),
    "shares": ("shares", "What falls to whom of a total, under rules of fair sharing"),
    "forecast": ("forecasts", "The chance that an instrument enters into force"),
    "ideal-points": ("positions", "Where members of a body stand, by their votes"),
    "blocs": ("positions", "Who votes with whom: blocs, cohesion, pivots, bridges"),
    "inclusion": ("inclusion", "Who had what part of a meeting or an agreement"),
    "run": ("running", "A method of the analysis with inputs from a file, saved and cited"),
    "sweep": ("sweeps", "A method of the analysis over a grid of its inputs"),
    "rerun": ("running", "A saved run done again, and compared"),
    "precedents": ("precedents", "Agreements like this one, why, and what became of them"),
    "next-step": ("next_step", "On which narrow issue most positions already agree"),
    "check": ("checking", "All findings of a register"),
    "init": ("logs", "Create an empty log"),
    "import": ("logs", "Bring a folder or somebody's table into a log"),
    "record": ("logs", "Record one act in a log"),
    "proposals": ("logs", "Corrections that wait for a person"),
    "approve": ("logs", "Approve a proposal"),
    "reject": ("logs", "Reject a proposal"),
    "export": ("logs", "Write a log into a folder"),
    "checkpoint": ("logs", "Sign a log as it stands"),
    "key": ("keys", "The key that signs a log, shown or changed"),
    "verify": ("logs", "Verify a log or an exported folder"),
    "person": ("people", "Who can log in to the portal"),
    "tick": ("ticking", "What time brings to the desk: deadlines, silence, letters"),
    "serve": ("serving", "The portal: the register as pages"),
    "mcp": ("tools", "The register as tools for language models"),
    "backup": ("backing", "Copy an instance while it is served"),
    "restore": ("backing", "Put a backup in place"),
    "demo": ("demo", "A handful of real questions, answered with reasons"),
}


class _Lazy(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"comity.cli.{COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return found

    def main(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # as click has it
        """See `click.Command`. What the system refuses (no room, no folder) is one line and exit 2."""
        with outlet():
            return super().main(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # as click has it
        """See `click.Command`. Stopped by hand is 130 as in a shell: 1 would say that a log failed to verify."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            ctx.exit(130)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="comity")
def main() -> None:
    """Who is bound by what, on any date, as far as is known, and why."""
    # One question a process: what it reads stays until it ends, so looking for garbage again and again finds none.
    gc.set_threshold(200_000, 20, 50)
    soften()
