"""The lock files belong to their .in files, carry hashes, and the test tools do not change what the app runs with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dev.lock import LOCKS

ROOT = Path(__file__).resolve().parent.parent.parent


def canonical(name: str) -> str:
    """A project's name as PyPI compares it (packaging.python.org, "Names and normalization")."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(source: str) -> set[str]:
    found: set[str] = set()
    for line in (ROOT / source).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= wanted(line.split()[1])
        elif line and line[0] not in "#-":
            found.add(canonical(re.split(r"[\[=<>~!; ]", line)[0]))
    return found


def locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {canonical(name): version for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE)}


@pytest.mark.parametrize(("source", "lock", "version"), LOCKS)
def test_lock_holds_all_that_is_asked_for(source: str, lock: str, version: str) -> None:
    assert wanted(source) <= set(locked(lock))


@pytest.mark.parametrize("lock", [lock for _, lock, _ in LOCKS])
def test_every_locked_package_has_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_test_tools_leave_the_app_versions_alone() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


@pytest.mark.parametrize(("folder", "lock"), [(".", "requirements.in"), ("bot", "bot/requirements.in")])
def test_python_versions_agree(folder: str, lock: str) -> None:
    version = (ROOT / folder / ".python-version").read_text(encoding="ascii").split()[0]
    assert version == {source: version for source, _, version in LOCKS}[lock]
