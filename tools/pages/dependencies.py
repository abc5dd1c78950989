"""The dependencies page: every package this project names, with its version, its licence and why it is here."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
REASONS = ROOT / "tools" / "dependencies.toml"

INTRODUCTION = """# Dependencies

Few, well kept, and each with a reason. Versions are those of `uv.lock`; licences are what the packages declare.
What their wheels carry inside (codecs, fonts) is in [NOTICE](../../NOTICE).
"""
SPDX = {"Apache Software License": "Apache-2.0", "BSD License": "BSD", "MIT License": "MIT"}
TITLES = {"callsheet": "What callsheet needs to run", "dev": "What working on it needs"}


def pages() -> dict[str, str]:
    """One page. SystemExit when a dependency has no reason, or a reason no dependency."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"].get("optional-dependencies", {})
    named = {"callsheet": project["project"]["dependencies"], **extras, **project["dependency-groups"]}
    reasons: dict[str, dict[str, str]] = tomllib.loads(REASONS.read_text())
    parts = [INTRODUCTION]
    for group, requirements in named.items():
        title = f"What the extra `{group}` brings" if group in extras else TITLES.get(group, group)
        names = sorted(_name(requirement) for requirement in requirements)
        _agree(group, set(names), set(reasons.get(group, {})))
        parts.append(f"## {title}\n")
        parts.append("| package | version | licence | why |\n|---|---|---|---|")
        parts.append("\n".join(_row(name, reasons[group][name]) for name in names) + "\n")
    return {"docs/reference/dependencies.md": "\n".join(parts)}


def _agree(group: str, named: set[str], explained: set[str]) -> None:
    if named - explained:
        raise SystemExit(f"{REASONS.name} says no reason for {', '.join(sorted(named - explained))} in [{group}]")
    if explained - named:
        raise SystemExit(
            f"{REASONS.name} explains {', '.join(sorted(explained - named))}, which [{group}] does not name"
        )


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~; ]", requirement, maxsplit=1)[0]


def _row(name: str, reason: str) -> str:
    package = name.partition("[")[0]
    return f"| [{name}](https://pypi.org/project/{package}/) | {_locked()[package]} | {_licence(package)} | {reason} |"


def _locked() -> dict[str, str]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    return {package["name"]: package.get("version", "") for package in lock["package"]}


def _licence(name: str) -> str:
    """The SPDX expression where the package states one, else its classifier."""
    facts = metadata.metadata(name)
    if "License-Expression" in facts:
        return str(facts["License-Expression"])
    classified: list[str] = [
        c.rsplit(" :: ", 1)[-1] for c in facts.get_all("Classifier") or [] if c.startswith("License :: OSI")
    ]
    return SPDX.get(classified[0], classified[0]) if classified else "not stated"
