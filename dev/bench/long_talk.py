"""Whether the five hundredth question of a conversation takes longer than the fifth: signed SMS to the provider."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from dev.bench import ledger, load, people
from dev.bench.load import Spread
from dev.bench.report import Report, Table, milliseconds
from dev.stack import Stack

PEOPLE = 2
TURNS = 516
RATE = 10  # messages per second: half of what the machine can do, so that none waits for another
# Turns compared: from the fifth and around the five hundredth, as many of each line of the conversation.
EARLY, LATE = range(4, 44), range(476, 516)
LIMIT = 1.2


def run(stack: Stack, seed: int) -> Report:
    """Has a few people ask the same questions over and over, each in one conversation."""
    report = Report("long_talk", "Latency in a long conversation")
    everybody = people.people(stack, "sms", PEOPLE, seed)
    messages = people.conversations(everybody, PEOPLE * TURNS, seed)

    async def send_all() -> None:
        async with people.Providers(stack) as providers:
            await load.open_loop(lambda number, due: providers.send(messages[number], due), len(messages), RATE)

    # A bot that just started is busy with the meanings of the articles, which would make the first turns slow.
    stack.until(stack.articles_known, 120, pause=0.5)
    asyncio.run(send_all())
    stack.until(lambda: ledger.settled(stack), 120, pause=0.5)
    fates = {fate.message.provider_id: fate for fate in ledger.read(stack, messages).fates}
    taken = [fates[message.provider_id] for message in messages]
    unanswered = sum(not fate.answered_at for fate in taken)

    def spread(turns: range) -> Spread:
        within = taken[turns[0] * PEOPLE : (turns[-1] + 1) * PEOPLE]
        return Spread.of([fate.answered_at - fate.message.due for fate in within if fate.answered_at])

    early, late = spread(EARLY), spread(LATE)
    report.tables.append(
        Table(
            "Signed SMS webhook to the answer at the provider (ms)",
            ["turns", "count", "p50", "p95", "max"],
            [
                [f"{turns[0] + 1}-{turns[-1] + 1}", str(one.count), *map(milliseconds, (one.p50, one.p95, one.max))]
                for turns, one in ((EARLY, early), (LATE, late))
            ],
        )
    )
    ratio = late.p50 / early.p50
    report.ratios.append(
        f"the five hundredth turn takes {ratio:.2f} times as long as the fifth (medians of {early.count})"
    )
    report.promise("Everything sent was answered", f"{unanswered} left open", not unanswered)
    report.promise("Turn 500 takes at most 20 % longer than turn 5", f"{ratio:.2f} times", ratio <= LIMIT)
    report.figures = {"early": asdict(early), "late": asdict(late), "ratio": ratio}
    return report
