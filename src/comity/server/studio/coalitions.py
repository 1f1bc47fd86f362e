"""Which agreements hold together: payoffs that somebody brings, every membership looked at, one of them closely."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.choosing import framed
from comity.server.studio.common import brought, decimal, saving, sources, wrong
from comity.service import Refusal, worths
from comity.service.apart import Where, apart
from comity.service.coalition_files import game_of_text
from comity.service.coalitions import WALKED
from comity.service.methods import METHODS

__all__ = ["coalitions_page"]

_LONGEST, _MOST = 2000, 30
_SHARED = 8  # players whose sharings are reckoned at once
_MEMBERSHIPS = ("open", "exclusive", "majority")
# Four invented parties of a public good: b is what each unit is worth to one, c how fast its own costs rise.
_EXAMPLE = """{
 "players": [
  {"name": "A", "parameters": {"b": 3, "c": 1}},
  {"name": "B", "parameters": {"b": 2.5, "c": 1}},
  {"name": "C", "parameters": {"b": 2.5, "c": 1}},
  {"name": "D", "parameters": {"b": 1, "c": 0.8}}
 ],
 "model": "public-good"
}
"""
_EXAMPLE_LOOKED = "A, B, C"


@require_http_methods(["GET", "HEAD", "POST"])
def coalitions_page(request: HttpRequest, language: str) -> HttpResponseBase:
    """The form, and what holds together of the payoffs that came with it; the example has an address of its own."""
    with asked(request, language, "example", "membership", "clause", "look") as question:
        posted = request.method == "POST"
        sent = request.POST if posted else request.GET
        example = not posted and bool(question.extra["example"])
        text = brought(request, question) if posted else _EXAMPLE if example else ""
        membership = sent.get("membership") if sent.get("membership") in _MEMBERSHIPS else "open"
        clause = (sent.get("clause") or "")[:_LONGEST]
        look = (sent.get("look") or (_EXAMPLE_LOOKED if example else ""))[:_LONGEST]
        context = framed(question, request, example="1" if example else "") | {
            "text": text,
            "clause": clause,
            "look": look,
            "memberships": [
                (name, question.words.text(f"coalitions.{name}"), name == membership) for name in _MEMBERSHIPS
            ],
            "works": sources(question, METHODS["coalitions"].sources),
        }
        export = Export(name="coalitions", title="")
        if text.strip():
            try:
                inputs = _inputs(question, text, clause, str(membership), look)
                found = apart(
                    "coalitions",
                    inputs,
                    Where(settings.COMITY_LOG, question.seen.size, past=bool(question.known)),
                )
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                context |= _told(question, found)
                tables = (_positions(question, found), _stable(question, found), *_shared(question, text, clause))
                context |= {"positions": tables[0], "shared": tables[2:]} | saving("coalitions", inputs)
                if tables[2:]:
                    both = (*METHODS["coalitions"].sources, *METHODS["core"].sources)
                    context["works"] = sources(question, both)
                export = Export(name="coalitions", title=tables[0].title, tables=tables)
        response = answer(request, question, "studio/coalitions.html", context, export)
        # What somebody brought is nobody else's to keep.
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _inputs(question: Question, text: str, clause: str, membership: str, look: str) -> dict[str, Any]:
    """What the page asks for, as the method takes it. Raises `Refusal` for payoffs that cannot be read."""
    names = [part.strip() for part in look.replace("،", ",").replace("、", ",").replace("，", ",").split(",")]
    chosen = [name for name in names if name]
    game = game_of_text(text)
    return {
        "text": text,
        "clause": clause.strip(),
        "membership": "" if membership == "open" else membership,
        "transfers": game.gains is None or len(game.players) <= WALKED,
        "look": [chosen] if chosen else [],
        "most": _MOST,
        "on": question.on.isoformat(),
    }


def _told(question: Question, found: Any) -> dict[str, object]:  # noqa: ANN401  # JSON of the analysis
    words = question.words
    everybody = sum(one["number"] for one in found["players"])
    looked = found["looked_at"][0]
    return {
        "stable": words.count("coalitions.stable", found["counts"]["stable"]),
        "listed": [_one(question, one, everybody) for one in found["stable"]],
        "sharing": [
            _one(question, one, everybody) for one in found.get("stable_with_transfers", ()) if one["coalition"]
        ],
        "looked": words.text("coalitions.looked", names=_names(question, looked)),
        "says": list(_says(question, looked)),
    }


def _names(question: Question, one: Any) -> SafeString | str:  # noqa: ANN401  # as above
    return question.words.list(one["coalition"]) if one["coalition"] else question.words.text("club.none")


def _one(question: Question, one: Any, everybody: int) -> SafeString:  # noqa: ANN401  # as above
    words = question.words
    if not one["coalition"]:
        return words.text("coalitions.nobody")
    return words.text("club.members", n=one["size"], all=everybody, names=words.list(one["coalition"]))


def _says(question: Question, looked: Any) -> list[SafeString]:  # noqa: ANN401  # as above
    words = question.words
    if not looked["agreement"]:
        return [words.text("coalitions.below")]
    gains = {(one["player"], one["inside"]): one["gain_from_being_in"] for one in looked["positions"]}
    said = []
    if looked["leaving"]:
        first = looked["leaving"][0]
        said.append(words.text("coalitions.leave", player=first, gain=decimal(words, -gains[first, True])))
    else:
        said.append(words.text("coalitions.stay"))
    if looked["joining"]:
        first = looked["joining"][0]
        said.append(words.text("coalitions.join", player=first, gain=decimal(words, gains[first, False])))
    surplus = looked["surplus"]
    if looked["leaving"] and surplus is not None:
        key = "coalitions.hold" if surplus >= 0 else "coalitions.fall"
        said.append(words.text(key, surplus=decimal(words, abs(surplus))))
    return said


def _positions(question: Question, found: Any) -> Table:  # noqa: ANN401  # as above
    """Where everybody stands in the coalition that is looked at."""
    words, looked = question.words, found["looked_at"][0]
    columns = (
        Column("party", words.text("coalitions.player")),
        Column("stands", words.text("coalitions.stands")),
        Column("payoff", words.text("coalitions.payoff"), "number"),
        Column("gain_from_being_in", words.text("coalitions.gain"), "number"),
        Column("transfer", words.text("coalitions.transfer"), "number"),
    )
    rows = []
    for one in looked["positions"]:
        said = words.text("coalitions.in" if one["inside"] else "coalitions.out")
        name = one["player"] if one["many"] == 1 else f"{one['player']} × {one['many']}"
        rows.append(
            row(
                name,
                Cell(str(bare(said)), said=said, style="status party" if one["inside"] else ""),
                _signed(question, one["payoff"]),
                _signed(question, one["gain_from_being_in"], plus=True),
                _signed(question, one["transfer"], plus=True),
            )
        )
    return Table(id="positions", title=bare(words.text("coalitions.table")), columns=columns, rows=tuple(rows))


def _shared(question: Question, text: str, clause: str) -> tuple[Table, ...]:
    """How few players, each alone or in any group, could share what all earn: the title says whether all can agree."""
    game = game_of_text(text)
    if game.gains is not None or clause.strip() or max(game.numbers) > 1 or not 1 < len(game.players) <= _SHARED:
        return ()
    words, found = question.words, worths.answer(question.register, worths.CoreAsked(text=text))
    shares = {one.id: one.judged.shares for one in found.sharings}
    nucleolus = shares.get("nucleolus") or shares["prenucleolus"]
    columns = (
        Column("party", words.text("coalitions.player")),
        Column("nucleolus", words.text("core.nucleolus"), "number"),
        Column("shapley", words.text("core.shapley"), "number"),
    )
    rows = tuple(
        row(player, _signed(question, float(one)), _signed(question, float(other)))
        for player, one, other in zip(game.players, nucleolus, shares["shapley"], strict=True)
    )
    title = bare(words.text("core.empty" if found.empty else "core.full"))
    return (Table(id="shares", title=title, columns=columns, rows=rows),)


def _signed(question: Question, value: float | None, *, plus: bool = False) -> Cell:
    if value is None:
        return Cell()
    words = question.words
    return Cell(value, said=words.isolated(("+" if plus and value > 0 else "") + decimal(words, value)))


def _stable(question: Question, found: Any) -> Table:  # noqa: ANN401  # as above
    """The stable memberships, for programs."""
    words = question.words
    columns = (
        Column("sharing", words.text("coalitions.sharing")),
        Column("size", words.text("club.size"), "number"),
        Column("members", words.text("club.who")),
    )
    rows = tuple(
        row(str(name == "stable_with_transfers").lower(), one["size"], ", ".join(one["coalition"]))
        for name in ("stable", "stable_with_transfers")
        for one in found.get(name, ())
    )
    title = bare(words.count("coalitions.stable", found["counts"]["stable"]))
    return Table(id="stable", title=title, columns=columns, rows=rows)
