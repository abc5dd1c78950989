"""Law *house*: sizes, words, cycles and folders, so that no one has to remember them."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "callsheet"

FILE_LINES, FILE_LINES_HARD, FUNCTION_LINES = 300, 400, 40
WAIVERS: dict[str, str] = {}
"""A file between 300 and 400 lines, and the decision page that says why: `{"src/callsheet/x.py": "0099-why.md"}`."""

FORBIDDEN_FILES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "handler", "models"}
FORBIDDEN_NAMES = {
    *("job", "jobs", "payload", "kwargs", "asset", "assets", "prediction", "predictions", "user"),
    *("adapter", "adapters", "manager", "service", "handler", "util", "utils", "helper", "helpers"),
}
IMPOSED_NAMES = {"get_route_handler"}
"""Names that a library makes us give: FastAPI asks its routes for this one."""
FORBIDDEN_WORDS = {"job", "jobs", "payload", "payloads", "kwargs", "asset", "assets", "adapter", "adapters"}
VENDOR_FILES = {"__init__.py", "catalog.toml", "driver.py", "dialect.py", "examples.json"}
VENDOR_PARTS = re.compile(r"(driver|dialect)_[a-z]+(_[a-z]+)*\.py")
"""Where a driver or a dialect outgrows its file."""
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:home|root|Users|work|tmp|mnt|private)/\w+")


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository, and those about to join it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return sorted({ROOT / name for name in listed if (ROOT / name).is_file()})


PYTHON = tracked("*.py")
CODE = [path for path in PYTHON if not path.is_relative_to(ROOT / "tests")]
SAYING = [path for path in CODE if path.name != "__init__.py" or path.read_text().strip()]  # an empty package is none
OURS = [p for p in CODE if p.is_relative_to(SOURCE) and not p.is_relative_to(SOURCE / "vendors")]  # theirs are there


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to the end, without the docstring."""
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    said = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - said


def words(name: str) -> list[str]:
    """`exitCode`, `EXIT_CODE` and `_exit_code` are all `exit`, `code`."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return [part for part in parts if part]


def defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name this module itself gives to something; what libraries call their things is theirs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def prose(source: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Docstrings and comments, without what stands in backticks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), re.sub(r"`[^`]*`", "", text)
    for number, line in enumerate(source.splitlines(), 1):
        comment = re.search(r"(?:^|\s)# (.*)", line)
        if comment:
            yield number, re.sub(r"`[^`]*`", "", comment.group(1))


def bad_words(source: str) -> list[str]:
    tree = ast.parse(source)
    faults = [f"{at}: the name {name}" for at, name in defined(tree) if _forbidden(name)]
    faults += [
        f"{at}: the word {word}"
        for at, text in prose(source, tree)
        for word in re.findall(r"[a-z]+", text.lower())
        if word in FORBIDDEN_WORDS
    ]
    return faults


def _forbidden(name: str) -> bool:
    return name not in IMPOSED_NAMES and bool(FORBIDDEN_NAMES & set(words(name)))


def bad_docstring(source: str) -> str | None:
    """What is wrong with the sentence that opens a module; None when nothing is."""
    text = ast.get_docstring(ast.parse(source))
    if not text:
        return "no docstring"
    first = " ".join(text.split("\n\n")[0].split())
    if not first.endswith((".", "?", ":")):
        return f"the first paragraph is not a sentence: {first!r}"
    if re.search(r"[a-z)`][.!?] [A-Z]", first):
        return f"more than one sentence: {first!r}"
    return None


def long_functions(source: str) -> list[str]:
    return [f"{f.name}: {lines(f)} lines" for f in functions(ast.parse(source)) if lines(f) > FUNCTION_LINES]


def cycle(edges: dict[str, set[str]]) -> list[str]:
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_a_file_fits_in_the_head(path: Path) -> None:
    count = len(path.read_text().splitlines())
    assert count <= FILE_LINES_HARD, f"{count} lines; no waiver reaches beyond {FILE_LINES_HARD}"
    if count > FILE_LINES:
        page = WAIVERS.get(relative(path))
        assert page, f"{count} lines; split it, or write a decision page and name it in WAIVERS"
        assert (ROOT / "docs" / "decisions" / page).is_file()


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    assert long_functions(path.read_text()) == []


@pytest.mark.parametrize("path", SAYING, ids=relative)
def test_a_module_opens_with_one_sentence(path: Path) -> None:
    assert bad_docstring(path.read_text()) is None


@pytest.mark.parametrize("path", OURS, ids=relative)
def test_a_word_means_one_thing(path: Path) -> None:
    assert bad_words(path.read_text()) == []


def test_no_file_is_named_after_nothing() -> None:
    assert [relative(path) for path in PYTHON if path.stem in FORBIDDEN_FILES] == []


def test_no_module_imports_itself_through_others() -> None:
    graph = grimp.build_graph("callsheet", exclude_type_checking_imports=True, cache_dir=None)
    assert cycle({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}) == []


def known_in_vendors(path: Path) -> bool:
    """Whether a file may lie where it does below `vendors/`; a part needs the whole that it is a part of."""
    part = VENDOR_PARTS.fullmatch(path.name)
    named = path.name in VENDOR_FILES or (part is not None and (path.parent / f"{part[1]}.py").is_file())
    return named and path.parent.parent == SOURCE / "vendors"


def test_a_vendor_is_one_folder_of_the_five_known_files_and_their_parts() -> None:
    strangers = [relative(path) for path in tracked("src/callsheet/vendors/*/*") if not known_in_vendors(path)]
    assert strangers == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    suspects = [path for path in tracked("*.py", "*.md", "*.toml", "*.json", "*.sql", "*.svg", "Makefile", ".ci/*")]
    faults = {relative(path): found for path in suspects if (found := MACHINE_PATH.findall(path.read_text()))}
    assert faults == {}


def test_no_one_switches_a_law_off_in_a_comment() -> None:
    waived = [relative(path) for path in PYTHON if re.search(r"noqa:.*(C901|PLC0415|D100|TID)", path.read_text())]
    assert waived == [relative(Path(__file__))]
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert {"C90", "PLC0415", "D100", "TID"} <= set(rules["select"])
    assert rules["mccabe"]["max-complexity"] <= 8


def test_the_laws_see_what_they_forbid() -> None:
    """A law that cannot fail is none: each checker is shown a fault of its kind."""
    body = "\n".join(f"    x{n} = {n}" for n in range(FUNCTION_LINES))
    assert long_functions(f'def f():\n    """Said."""\n{body}\n') == ["f: 41 lines"]
    assert long_functions(f'def f():\n    """Said\n    at\n    length."""\n{body[: body.rindex("x")].rstrip()}\n') == []
    assert bad_docstring("x = 1") == "no docstring"
    assert bad_docstring('"""words"""') is not None
    assert bad_docstring('"""One sentence. Then another."""') is not None
    assert bad_docstring('"""One sentence, e.g. this one."""') is None
    assert bad_words("def f(**kwargs): ...") == ["1: the name kwargs"]
    assert bad_words("class PayloadReader: ...") == ["1: the name PayloadReader"]
    assert bad_words("x = 1  # the job of a thing") == ["1: the word job"]
    assert bad_words('"""Reads `payload`, a vendor\'s own word."""') == []
    assert cycle({"a": {"b"}, "b": {"a"}}) != []
    previz = SOURCE / "vendors" / "previz"
    assert known_in_vendors(previz / "driver_prompts.py")
    assert not known_in_vendors(previz / "driver_Prompts.py")
    assert not known_in_vendors(previz / "dialect_tasks.py"), "previz has no dialect"
    assert not known_in_vendors(previz / "shapes.py")
    assert MACHINE_PATH.search("see /ho" + "me/anna/clip.mp4")
    assert not MACHINE_PATH.search("https://example.com/users/1 and ./tmp/x")
