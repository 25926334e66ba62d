# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Starting jobs: how many, from how large a process, how late."""

import os
import time

from machine import Absent, Failure, Machine
from peers import install_node_peers, require
from rows import Row, Skip

TWO_SLOTS = 'max-running=2\nmax-running-per-user=2\nmax-jobs-per-user=100000\n'
BALLAST_MEGABYTES = 500


def task_spooler(machine, count):
    """Jobs a second of task-spooler with two slots, from the first enqueueing to the last end."""
    require('tsp', 'task-spooler is not installed')
    socket = os.path.join(machine.scratch, 'tsp')
    environment = dict(machine.environment, TS_SOCKET=socket, TMPDIR=machine.scratch, TS_MAXFINISHED='100000')
    machine.run('tsp', '-S', '2', environment=environment)
    try:
        start = time.monotonic()
        machine.run('sh', '-c', f'i=0; while [ $i -lt {count} ]; do tsp /bin/true >&2; i=$((i + 1)); done; tsp -w',
                    environment=environment)
        return count / (time.monotonic() - start)
    finally:
        # Ends the server of this socket, which tsp itself started.
        machine.run('tsp', '-K', environment=environment)


def run_jobs(machine, prefix, how, count, *lead):
    return machine.numbers(machine.tool('bench-run'), machine.address, prefix, how, str(count), *lead)


def bench_jobs(machine):
    """`true` jobs a second from end to end, two at a time.

    Jobs of `/bin/true`, the whole way: a start that is durable, supervisor, run, log, an end that is durable; started
    by calls of one client (64 in flight), or all due at one instant. On a system bus, with one subscriber that hears of
    each end; and started by calls on a session bus, where every step of every run is broadcast. Against the barest
    launcher there is (posix_spawn with the output on a pipe, read to its end, reaped; two at a time), and against
    task-spooler with two slots, its client started for each job. Not pinned: two processors.
    """
    count = 200 if machine.quick else 400
    system = Machine(machine.build, machine.quick, is_system=True)
    floor, peer, queued, due, told = [], [], [], [], []
    try:
        for each in (machine, system):
            each.start_bus(pinned=False)
            each.start_service('jobs', TWO_SLOTS)
        for turn in range(machine.rounds):
            floor += machine.numbers(machine.tool('floor-spawn'), str(count * 3), '2')
            queued += run_jobs(system, f'queued-{turn}', 'queued', count)
            peer.append(task_spooler(machine, count))
            due += run_jobs(system, f'due-{turn}', 'due', count, '4')
            told += run_jobs(machine, f'queued-{turn}', 'queued', count)
    finally:
        system.end_all()
    bare, spooler = 'posix_spawn, 2 in flight', 'task-spooler, 2 slots'
    return [
        Row('jobs/queued', 'started by calls', 'jobs/s', queued, floor, bare, 0.4, False),
        Row('jobs/due', 'all due at one instant', 'jobs/s', due, floor, bare, 0.4, False),
        Row('jobs/queued-session', 'started by calls, session bus', 'jobs/s', told, floor, bare, 0.4, False),
        Row('jobs/queued-spooler', 'started by calls', 'jobs/s', queued, peer, spooler, 1, False),
        Row('jobs/due-spooler', 'all due at one instant', 'jobs/s', due, peer, spooler, 1, False),
        Skip('jobs/cronicle', 'started by calls', 'Cronicle', 'it is in no package archive: no version can be pinned'),
    ]


def bench_launch(machine):
    """Starting jobs from a large process.

    Two services on buses of their own, in turn: one as it is, one with 500 MB more in its process (4 KiB pages, all
    touched by a preloaded library before main() begins): what a fork would have to copy. Jobs a second as in `jobs`,
    started by calls.
    """
    count = 200 if machine.quick else 400
    other = Machine(machine.build, machine.quick)
    try:
        ballast = dict(other.environment, LD_PRELOAD=other.tool('bench-ballast.so'),
                       BENCH_BALLAST_MEGABYTES=str(BALLAST_MEGABYTES))
        for each, environment in ((machine, None), (other, ballast)):
            each.start_bus(pinned=False)
            each.start_service('launch', TWO_SLOTS, environment=environment)
        small, large = [], []
        for turn in range(machine.rounds + 2):
            small += run_jobs(machine, f'small-{turn}', 'queued', count)
            large += run_jobs(other, f'large-{turn}', 'queued', count)
    finally:
        other.end_all()
    return [Row('launch/large', f'started by calls, {BALLAST_MEGABYTES} MB larger', 'jobs/s', large, small,
                'the same, small', 0.9, False)]


# ---- lateness

class Stamps:
    """A file to which jobs append the instants at which they began."""

    def __init__(self, machine, name):
        self.path = os.path.join(machine.scratch, name)
        self.command = [machine.tool('bench-stamp'), self.path]

    def read(self):
        with open(self.path, encoding='ascii') as file:
            return sorted(int(line) for line in file)

    def lateness_each_second(self, count, seconds):
        """Milliseconds after their second of what began in the last SECONDS whole ones, of which each had COUNT."""
        stamps = self.read()
        until = stamps[-1] // 1000000
        late = [stamp % 1000000 / 1000 for stamp in stamps if until - seconds <= stamp // 1000000 < until]
        if len(late) < 0.9 * count * seconds:
            raise Failure(f'{len(late)} of {count * seconds} jobs began: the machine is too busy for this measurement')
        return late


def quantile(values, share):
    values = sorted(values)
    return values[min(int(len(values) * share), len(values) - 1)]


def stamp_job(name, stamps, schedule):
    command = ', '.join(f"'{word}'" for word in stamps.command)
    return f"('{name}', {{'command': <[{command}]>, 'schedule': <['{schedule}']>}})"


def ours_each_second(machine, turn, count, seconds):
    stamps = Stamps(machine, f'ours-{turn}-{count}')
    service = machine.start_service(f'late-{turn}-{count}')
    machine.add_jobs([stamp_job(f'tick-{number}', stamps, '*-*-* *:*:*') for number in range(count)])
    time.sleep(seconds + 2.5)
    machine.end(service)
    return quantile(stamps.lateness_each_second(count, seconds), 0.99)


def croner_each_second(machine, peers, turn, count, seconds):
    stamps = Stamps(machine, f'croner-{turn}-{count}')
    node = machine.begin('node', os.path.join(peers, 'late.mjs'), str(count), *stamps.command, log='croner.log',
                         folder=peers)
    time.sleep(seconds + 2.5)
    machine.end(node)
    return quantile(stamps.lateness_each_second(count, seconds), 0.99)


def hundred_at_once(machine, turn):
    """Milliseconds from the instant at which 100 jobs are due to the start of the last."""
    stamps = Stamps(machine, f'hundred-{turn}')
    due = int(time.time()) + 3
    at = time.strftime('at %Y-%m-%dT%H:%M:%SZ', time.gmtime(due))
    machine.add_jobs([stamp_job(f'hundred-{turn}-{number}', stamps, at) for number in range(100)])
    time.sleep(due + 1.5 - time.time())
    started = stamps.read()
    if len(started) != 100:
        raise Failure(f'{len(started)} of 100 jobs had begun after 1.5 s')
    return (started[-1] - due * 1000000) / 1000


def each_second_rows(machine):
    turns, seconds = (1, 6) if machine.quick else (2, 10)
    what = '{} due each second, p99 of the start'
    goals = (('late/one', 1, 1), ('late/ten', 10, 0.5))
    try:
        peers = install_node_peers(machine)
    except Absent as absent:
        return [Skip(key, what.format(count), 'croner', str(absent)) for key, count, _ in goals]
    rows = []
    for key, count, goal in goals:
        ours, theirs = [], []
        for turn in range(turns):
            ours.append(ours_each_second(machine, turn, count, seconds))
            theirs.append(croner_each_second(machine, peers, turn, count, seconds))
        rows.append(Row(key, what.format(count), 'ms', ours, theirs, 'croner', goal))
    return rows


def bench_late(machine):
    """How late a job begins, by its own clock.

    The job writes down the instant at which its main() begins. One schedule, or ten, that fall due each second, for
    some seconds, ours and croner's (npm, in a Node.js process that spawns the same job) in turn; and 100 jobs that are
    due at one instant, of which the last counts, against the time that 100 launches of a bare posix_spawn loop take,
    one after the other. Not pinned.
    """
    machine.start_bus(pinned=False)
    rows = each_second_rows(machine)
    machine.start_service('late')
    last, limit = [], []
    for turn in range(machine.rounds):
        limit.append(100 * 1000 / machine.numbers(machine.tool('floor-spawn'), '300', '1')[0])
        last.append(hundred_at_once(machine, turn))
    return rows + [Row('late/hundred', '100 due at once, start of the last', 'ms', last, limit,
                       '100 bare posix_spawn, 1 in flight', 1.5)]
