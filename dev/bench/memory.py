"""Memory of the processes of a copy."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from dev.stack import Stack


@dataclass(frozen=True)
class Memory:
    """Bytes. `proportional` shares out what processes have in common, so that a sum counts every page once (PSS)."""

    resident: int
    proportional: int


def of(processes: list[psutil.Process]) -> Memory:
    """The memory of some processes together (Linux: /proc/PID/smaps_rollup)."""
    infos = [process.memory_full_info() for process in processes]
    return Memory(sum(info.rss for info in infos), sum(info.pss for info in infos))


def of_stack(stack: Stack) -> dict[str, Memory]:
    """By part of the copy."""
    return {name: of(processes) for name, processes in sorted(stack.processes().items())}


def total(parts: dict[str, Memory]) -> Memory:
    """All parts together."""
    return Memory(sum(part.resident for part in parts.values()), sum(part.proportional for part in parts.values()))
