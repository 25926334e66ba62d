# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Statistics over a million and ten million runs."""

import statistics

from machine import ECHO, NAME, PIN, ROOT, Machine
from rows import Count, Row

QUESTIONS = {'one': "({'job': <'1'>},)", 'all': '(@a{sv} {},)', 'by-job': "({'by': <'job'>},)"}


def ask(machine, question, count):
    """Milliseconds of GetStatistics, the median."""
    return machine.call(count, NAME, ROOT, NAME, 'GetStatistics', QUESTIONS[question])[1] / 1000


def width_of_answer(machine):
    text = machine.run('gdbus', 'call', '--session', '-d', NAME, '-o', ROOT, '-m', f'{NAME}.GetStatistics',
                       "{'job': <'1'>}")
    return text.count("': <")


def bench_stats(machine):
    """Statistics, which are answered from rollups and never from the runs.

    Two records of 1000 jobs and 30 days, written by the service's own store code (`bench-fill`): one with a million
    runs, one with ten times as many (there the rows of nine runs in ten are copies of their neighbours', without
    attempts and occurrences; the rollups count them all). One job: GetStatistics over the bus, less an echo of as many
    entries on the same bus, against what plain SQL needs in its own process for count, failures, mean duration and 95th
    percentile of one job in a table of a million runs with a covering index. All: everything in one answer, and one
    group for each of the 1000 jobs.
    """
    jobs, runs, count = (100, 100000, 30) if machine.quick else (1000, 1000000, 100)
    more = Machine(machine.build, machine.quick)
    try:
        fillings = [machine.fill('some', jobs, runs, 30), more.fill('more', jobs, runs, 30, 10)]
        machine.run(machine.tool('floor-query'), 'fill', machine.scratch, str(jobs), str(runs))
        for each, store, filling in zip((machine, more), ('some', 'more'), fillings):
            each.await_end(filling, 'bench-fill')
            each.start_bus(pinned=True)
            each.start_service(store, pinned=True)
        machine.start_echo()
        width = width_of_answer(machine)
        asked = {(question, side): [] for question in QUESTIONS for side in (0, 1)}
        ours, queries = [], []
        for _ in range(machine.rounds):
            echo = machine.call(count * 5, ECHO, '/', ECHO, 'Get', f'(uint32 {width},)')[1]
            queries += machine.numbers(*PIN, machine.tool('floor-query'), 'ask', machine.scratch, str(jobs),
                                       str(count * 5))[:1]
            ours.append(machine.call(count * 5, NAME, ROOT, NAME, 'GetStatistics', QUESTIONS['one'])[1] - echo)
            for (question, side), answers in asked.items():
                answers.append(ask((machine, more)[side], question, count if question != 'by-job' else count // 10))
    finally:
        more.end_all()
    few, many = f'{runs:,}', f'{runs * 10:,}'
    rows = [Row('stats/one', f'one job of {few} runs, less the echo', 'us', ours, queries, 'indexed queries', 3)]
    for question, what in (('all', 'all jobs in one'), ('by-job', f'each of {jobs} jobs')):
        rows.append(Count(f'stats/{question}', f'{what}, {few} runs', statistics.median(asked[question, 0]), 'ms', 50))
    # No slower: what two measurements of the same differ by is let pass.
    for question, what in (('one', 'one job'), ('all', 'all jobs in one'), ('by-job', f'each of {jobs} jobs')):
        rows.append(Row(f'stats/{question}-more', f'{what}, {many} runs', 'ms', asked[question, 1], asked[question, 0],
                        f'the same, {few} runs', 1.1))
    return rows
