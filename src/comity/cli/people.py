"""Who can log in to the portal: the first administrator is added here, and nobody is ever locked out for good."""

import html
import os
import re
from typing import TYPE_CHECKING

import click

from comity.access import ROLES
from comity.cli.options import refusing
from comity.service import is_postgres, open_register, refuse

if TYPE_CHECKING:
    from comity.server.identity.models import Person

__all__ = ["person_command"]

_TAG = re.compile(r"<[^>]+>")


@click.command("person")
@click.argument("do", type=click.Choice(["add", "list", "role", "link", "remove"]))
@click.argument("email", required=False)
@click.option("--role", type=click.Choice(ROLES), default=None, help="What they may do; left out of add: public.")
@click.option("--actor", default="", metavar="CODE", help="The State or organization that a delegation speaks for.")
@click.option("--name", default="", help="The name to show.")
@click.option("--language", default="en", show_default=True, metavar="CODE", help="The language to write to them in.")
@click.option(
    "--log", default="instance/register.comity", show_default=True, metavar="FILE", help="The log that is served."
)
@click.option("--database", metavar="ADDRESS", help="The PostgreSQL data base that is served, instead of files.")
@click.option(
    "--address",
    default=lambda: os.environ.get("COMITY_PUBLIC_URL", "http://localhost:8000"),
    metavar="URL",
    help="Where the portal is; left out: COMITY_PUBLIC_URL, or http://localhost:8000.",
)
@refusing
def person_command(  # noqa: PLR0913  # one parameter an option
    *,
    do: str,
    email: str | None,
    role: str | None,
    actor: str,
    name: str,
    language: str,
    log: str,
    database: str | None,
    address: str,
) -> None:
    """Add somebody who can log in to the portal (EMAIL), list all, give a role, make a new link, or remove somebody."""
    if database is not None and not is_postgres(database):
        raise refuse("address-wrong", f"“{database}” is no address of a data base", "write postgresql://HOST/NAME")
    if do != "list" and not email:
        raise refuse("person-wrong", f"“{do}” needs the e-mail address of the person")
    from comity.server.run import prepare_people  # noqa: PLC0415  # the commands start without Django

    prepare_people(database or log)
    from comity.server.identity import people  # noqa: PLC0415  # once Django is set up

    if do == "list":
        _list()
        return
    if do == "add":
        told = {"email": email or "", "role": role or "public", "actor": actor, "language": language}
        told["actor"] = _known(told, database or log)
        added = people.add(**told, name=name)
        click.echo(f"Added {added.email}, {added.role}. To set a password, once, within three days:")
        click.echo(people.invitation(added, address))
        return
    found = _found(email or "")
    match do:
        case "role":
            told = {"role": role or "public", "actor": actor}
            people.change(found, role=told["role"], actor=_known(told, database or log))
            click.echo(f"{found.email} is {found.role} now.")
        case "link":
            if not found.is_active:
                do = "an administrator opens it again on the page of people"
                raise refuse("person-wrong", f"the account of {found.email} is closed", do)
            click.echo(people.invitation(found, address))
        case _:
            people.deactivate(found)
            click.echo(f"{found.email} can log in no longer; what they did stays theirs.")


def _list() -> None:
    from comity.server.identity.models import Person  # noqa: PLC0415  # once Django is set up

    for it in Person.objects.all():
        state = "" if it.is_active else "closed"
        click.echo(f"{it.email}\t{it.role}\t{it.actor}\t{it.name}\t{state}".rstrip())


def _found(email: str) -> "Person":
    from comity.server.identity.models import Person  # noqa: PLC0415  # once Django is set up

    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise refuse("person-unknown", f"nobody has the address {email}", "comity person list shows everybody")
    return found


def _known(told: dict[str, str], log: str) -> str:
    """The id of the actor meant, once nothing is wrong with what was told."""
    from comity.server.identity import people  # noqa: PLC0415  # once Django is set up
    from comity.server.words import words_in  # noqa: PLC0415  # as above

    text = told["actor"] if told["role"] == "delegation" else ""
    actors = open_register(log).reading.directory.actors if text else {}
    actor = next((code for code in (text, text.upper()) if code in actors), "")
    faults = people.faults_of(
        email=told.get("email"),
        role=told["role"],
        actor=text,
        language=told.get("language", "en"),
        known=bool(actor),
    )
    if faults:
        words = words_in("en")
        says = (html.unescape(_TAG.sub("", words.text(key, text=text))) for key, text in faults)
        raise refuse("person-wrong", " ".join(says))
    return actor
