"""Named decision rules as TOML (NOTATION, "A named decision rule is a file of its own"): text ⇄ `DecisionRule`."""

from comity.findings import Finding
from comity.instruments import DecisionRule, RuleVersion
from comity.notation.instrument_text import plain_selector
from comity.notation.tables import Faults, Table
from comity.notation.toml import load, section
from comity.rules.plain import plain_rule

__all__ = ["parse_decision_rule", "print_decision_rule"]


def parse_decision_rule(text: str, file: str, name: str) -> tuple[DecisionRule | None, tuple[Finding, ...]]:
    """Read a rule file; None where it holds no rule that can be judged."""
    data, findings = load(text, file)
    if findings:
        return None, findings
    faults = Faults(file, text)
    top = Table(data, faults)
    identity = top.text("id", required=True)
    if identity and identity != name:
        top.fault("id", f"“{identity}” is not the name of the file, “{name}”", "make the two the same", "id-not-file")
    title, institution, article = top.text("title", required=True), top.text("institution"), top.text("article")
    members, source, notes = top.selector("members"), top.text("source"), top.texts("notes")
    alone = top.rule("when", in_instrument=False)
    versions = [RuleVersion(when=alone)] if alone is not None else []
    for table in top.subs("version"):
        when = table.rule("when", in_instrument=False)
        since, own = table.day("from"), table.text("article")
        who = table.selector("members")
        if when is not None:
            versions.append(RuleVersion(when=when, since=since, article=own, members=who))
        table.done(("when", "from", "article", "members"))
    if alone is not None and len(versions) > 1:
        says = "stands beside `when`, and either would hold"
        top.fault("version", says, "make of `when` a [[version]] of its own, without `from`")
    starts = [version.since for version in versions]
    if len(set(starts)) < len(starts):
        top.fault("version", "two versions begin on the same day", "give each its own `from`")
    top.done(("id", "title", "institution", "article", "members", "when", "version", "source", "notes"))
    if not versions and not faults.findings:
        top.fault("when", "is missing", "add the rule, or [[version]] tables that have one each", "key-missing")
    if not versions:
        return None, tuple(faults.findings)
    versions.sort(key=lambda version: (version.since is not None, version.since))
    found = DecisionRule(
        id=name,
        title=title,
        institution=institution,
        article=article,
        members=members,
        source=source,
        notes=notes,
        versions=tuple(versions),
    )
    return found, tuple(faults.findings)


def print_decision_rule(rule: DecisionRule) -> str:
    """The rule in canonical form."""
    alone = rule.versions[0] if len(rule.versions) == 1 and rule.versions[0].since is None else None
    top = {
        "id": rule.id,
        "title": rule.title,
        "institution": rule.institution,
        "article": rule.article,
        "members": plain_selector(rule.members),
        "source": rule.source,
        "notes": rule.notes,
        "when": None if alone is None else plain_rule(alone.when, decimals=True),
    }
    parts = [section("", top)]
    for version in () if alone is not None else rule.versions:
        pairs = {
            "from": version.since,
            "article": version.article,
            "members": plain_selector(version.members),
            "when": plain_rule(version.when, decimals=True),
        }
        parts.append(section("[[version]]", pairs))
    return "\n".join(parts)
