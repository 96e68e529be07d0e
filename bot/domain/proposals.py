"""The other flows that a dossier's answers call for (method.md §7): one sentence, one button, no more."""

from collections.abc import Container, Iterator

from bot.domain.conditions import Facts, parse, quoted
from bot.domain.flow import Flow, Proposal
from bot.domain.vigilance import is_in


def proposals(flow: Flow, read: Facts, offered: Container[str]) -> Iterator[Proposal]:
    """Those whose condition holds, among the flows `offered`."""
    for one in flow.proposes:
        if one.flow in offered and parse(one.when).holds(read):
            yield one


def of_step(flow: Flow, read: Facts, offered: Container[str], step: str) -> Iterator[Proposal]:
    """Those that an answer of this step calls for, the last of the questions that make them true."""
    for one in proposals(flow, read, offered):
        numbers = (flow.number(question) for question in quoted(parse(one.when), read))
        if is_in(flow, max(numbers, default=0), step):
            yield one
