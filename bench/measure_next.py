# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""When an expression is due next."""

import os
import time

from machine import Absent, Failure
from peers import PEERS, install_node_peers, require
from rows import Count, Row, Skip

EXPRESSIONS = ['*/5 * * * *', '0 9 * * 1-5', '0 0 29 2 *', '0 9 13 * 5', '0 0 31 1,3,5 *', '17 3 30 4,6,9 *',
               '0 0 1 1 *', '0 0 29 2 1']
# What peers are asked for where ours is a calendar, which they do not know.
SAME = {'*-02-29': '0 0 29 2 *'}
# Found by looking for them: days that no month has, and a time that the clock is never set to.
HARDEST = ['0 0 31 2,4,6,9,11 *', 'Sun *-02,04,06,09,11-31 02:30', 'Sun *-03~01..07 02:30',
           '0 0 ' + ','.join(['31W'] + ['L-30W'] * 31) + ' 2,4,6,9,11 *']
# The same in systemd's words, for the first two, whose meaning is the same.
CALENDAR = {'*/5 * * * *': '*-*-* *:0/5', '0 9 * * 1-5': 'Mon..Fri 9:00'}
ITERATIONS = 20000


def ours(machine, zone, expression):
    return machine.numbers(machine.tool('bench-next'), zone, '0.1' if machine.quick else '0.25', expression)


def python_with_croniter(machine):
    """Debian's own, whatever else is first in the path."""
    for python in ('/usr/bin/python3', 'python3'):
        try:
            machine.run(python, '-c', 'import croniter')
            return python
        except (Failure, OSError):
            continue
    raise Absent('croniter is not installed')


def find_peers(machine):
    """Name of each peer → its command line up to the seconds, or why it is not there."""
    peers = {}
    for library in ('croner', 'cron-parser'):
        try:
            peers[library] = ['node', os.path.join(install_node_peers(machine), 'next.mjs'), library]
        except Absent as absent:
            peers[library] = str(absent)
    try:
        peers['croniter'] = [python_with_croniter(machine), os.path.join(PEERS, 'next.py')]
    except Absent as absent:
        peers['croniter'] = str(absent)
    return peers


def systemd_rate(machine, expression):
    """Occurrences a second of systemd-analyze, its start and its printing included."""
    start = time.monotonic()
    # Without TZ it would look at /etc/localtime again and again.
    machine.run('systemd-analyze', 'calendar', '--base-time=2026-01-01 00:00:00 UTC', f'--iterations={ITERATIONS}',
                CALENDAR[expression], environment=dict(machine.environment, TZ='UTC'))
    return ITERATIONS / (time.monotonic() - start)


def peer_row(machine, key, name, command, expression, goal):
    mine, theirs = [], []
    for _ in range(3):
        rate, first = ours(machine, 'UTC', expression)
        other, other_first = machine.numbers(*command, '0.1' if machine.quick else '0.25', SAME.get(expression, expression))
        if first != other_first:
            raise Failure(f'{expression}: ours comes first at {first:.0f}, that of {name} at {other_first:.0f}')
        mine.append(rate)
        theirs.append(other)
    return Row(key, expression, 'a second', mine, theirs, name, goal, lower_is_better=False)


def systemd_rows(machine):
    rows = []
    for number, expression in enumerate(CALENDAR):
        key = f'next/systemd-{number + 1}'
        try:
            require('systemd-analyze', 'there is no systemd-analyze on this machine')
            turns = [(ours(machine, 'UTC', expression)[0], systemd_rate(machine, expression)) for _ in range(3)]
            rows.append(Row(key, expression, 'a second', [turn[0] for turn in turns], [turn[1] for turn in turns],
                            'systemd-analyze', 10, lower_is_better=False))
        except Absent as absent:
            rows.append(Skip(key, expression, 'systemd-analyze', str(absent)))
    return rows


def own_rows(machine):
    """The hardest line against the easiest, and zones with daylight saving against UTC."""
    rates = {zone: [[ours(machine, zone, expression)[0] for expression in EXPRESSIONS] for _ in range(3)]
             for zone in ('UTC', 'Europe/Berlin')}
    hardest = [min(turn) for turn in rates['UTC']]
    easiest = [max(turn) for turn in rates['UTC']]
    slowdown = [max(utc / berlin for utc, berlin in zip(*turns)) for turns in zip(rates['UTC'], rates['Europe/Berlin'])]
    return [
        Row('next/hardest', 'the hardest line', 'a second', hardest, easiest, 'the easiest line', 0.25,
            lower_is_better=False),
        Row('next/zone', 'UTC for one of Europe/Berlin, worst line', 'of UTC', slowdown, [1] * 3, 'UTC', 3),
    ]


def hardest_rows(machine):
    """What one search takes that goes through all years and finds nothing."""
    rows = []
    for number, expression in enumerate(HARDEST):
        times = [machine.numbers(machine.tool('bench-next'), 'Europe/Berlin', expression)[0] for _ in range(3)]
        shown = expression if len(expression) < 40 else expression[:20] + '…'
        rows.append(Count(f'next/hardest-{number + 1}', f'a search in vain from 1970 on: {shown}', sorted(times)[1], 'us', 100))
    return rows


def bench_next(machine):
    """The next occurrence of an expression.

    One occurrence after the other from 2026-01-01 UTC on, each computed from the one before on an expression that has
    been parsed. Against croner (`nextRun`) and cron-parser (its iterator) in Node.js, croniter in Python, and
    `systemd-analyze calendar` with 20 000 iterations, its start and printing included. All must give the same first
    instant. Calendars are unknown to the libraries, which get the same as a cron expression. The hardest expressions are
    those whose search goes through all years until 2199 and finds nothing: no month has such a day, or the clock is
    never set to their time.
    """
    rows = []
    for name, command in find_peers(machine).items():
        for number, expression in enumerate(EXPRESSIONS + list(SAME)):
            key = f'next/{name}-{number + 1}'
            if isinstance(command, str):
                rows.append(Skip(key, expression, name, command))
            else:
                rows.append(peer_row(machine, key, name, command, expression, 50 if name == 'croner' else 20))
    return rows + systemd_rows(machine) + own_rows(machine) + hardest_rows(machine)


def bench_plan(machine):
    """Planning a hundred thousand jobs.

    The tracker alone, between a clock that is turned by hand and a record in memory (`bench-plan`), on one processor:
    jobs in four zones, each with a schedule of its own and due once a day. They are added in calls of 5000; the clock
    is set back an hour, and forward an hour with nothing due in between, and zone data changes: each time all of them
    are planned anew. Against reading as many expressions from their text and finding the next instant of each, which is
    the least that there is to do. Then the clock is set forward three days: for each job one row of what was missed and
    one run, in slices between which others have their turn.
    """
    jobs = 10000 if machine.quick else 100000
    turns = [machine.numbers('taskset', '-c', '0', machine.tool('bench-plan'), str(jobs)) for _ in range(3)]
    floor, added, back, forward, zone, due = zip(*turns)
    least = 'parse and next, nothing else'
    both = sorted(a + max(b, f) for a, b, f in zip(added, back, forward))[1]
    return [
        Row('plan/add', f'{jobs:,} jobs added', 'ms', added, floor, least),
        Row('plan/back', 'planned anew, clock set back', 'ms', back, floor, least, 3),
        Row('plan/forward', 'planned anew, clock set forward', 'ms', forward, floor, least, 3),
        Row('plan/zone', 'planned anew, zones changed', 'ms', zone, floor, least, 3),
        Count('plan/both', f'{jobs:,} jobs added, and planned anew after a step', both, 'ms', jobs / 100),
        Count('plan/due', 'catching up on one of them', sorted(due)[1] / jobs, 'ms', 1),
    ]
