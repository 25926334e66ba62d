#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Measures JobTracker against limits and peers and prints a table of ratios.

A figure alone says nothing about a program: machines differ and are noisy. So each one is a ratio to a floor (the
barest program that does the same) or to a peer, in the same run, on the same disk, the two sides in turn; the median
counts and the spread is shown. Bus figures are taken on one processor, where they repeat to a few percent.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

NAME = 'org.example.JobTracker'
ROOT = '/org/example/JobTracker'
ECHO = 'org.example.Echo'
PIN = ['taskset', '-c', '0']


class Failure(Exception):
    """A measurement that could not be taken."""


class Machine:
    """A private bus, a scratch folder on the disk of the build folder, and the programs. Ends only what it started."""

    def __init__(self, build, quick):
        self.build = os.path.abspath(build)
        self.quick = quick
        self.rounds = 3 if quick else 7
        self.scratch = tempfile.mkdtemp(prefix='bench-scratch.', dir=self.build)
        self.children = []
        self.address = f'unix:path={self.scratch}/bus'
        self.environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.address, JOBTRACKER_BUS='session',
                                XDG_CONFIG_HOME=self.scratch, LC_ALL='C.UTF-8')
        self.environment.pop('NOTIFY_SOCKET', None)

    def tool(self, name):
        return os.path.join(self.build, 'bench', name)

    @property
    def jobctl(self):
        return os.path.join(self.build, 'client', 'jobctl', 'jobctl')

    def run(self, *command, environment=None):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              env=environment or self.environment, check=False, timeout=600)
        if done.returncode != 0:
            raise Failure(f'{" ".join(command)}: status {done.returncode}: {done.stderr.decode().strip()[-400:]}')
        return done.stdout.decode()

    def numbers(self, *command):
        return [float(word) for word in self.run(*command).split()]

    def begin(self, *command, log):
        with open(os.path.join(self.scratch, log), 'ab') as file:
            child = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=self.environment,
                                     start_new_session=True)
        self.children.append(child)
        return child

    def end(self, child):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children.remove(child)

    def end_all(self):
        for child in reversed(list(self.children)):
            self.end(child)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def start_bus(self, pinned):
        socket = os.path.join(self.scratch, 'bus')
        if os.path.exists(socket):
            os.unlink(socket)
        bus = self.begin(*(PIN if pinned else []), 'dbus-daemon', '--session', '--nofork', '--nopidfile',
                         f'--address={self.address}', log='bus.log')
        for _ in range(400):
            if os.path.exists(socket):
                return bus
            time.sleep(0.02)
        raise Failure('the private bus did not start')

    def await_name(self, name):
        self.run('gdbus', 'wait', '--session', '--timeout', '20', name)

    def service_command(self, store, limits=''):
        """The command line of the service over the state folder STORE, which is made when it is not there."""
        folder = os.path.join(self.scratch, store)
        os.makedirs(os.path.join(folder, 'jobs.d'), exist_ok=True)
        config = os.path.join(folder, 'jobtracker.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'[Service]\nstate-directory={folder}/state\njob-directory={folder}/jobs.d\n'
                       f'supervisor={self.build}/helpers/jobtracker-run\n[Limits]\n{limits}')
        os.makedirs(os.path.join(folder, 'state'), exist_ok=True)
        return [os.path.join(self.build, 'daemon', 'jobtrackerd'), '--session', '--config', config]

    def start_service(self, store, limits='', pinned=False):
        child = self.begin(*(PIN if pinned else []), *self.service_command(store, limits), log=f'{store}.log')
        self.await_name(NAME)
        return child

    def start_echo(self):
        child = self.begin(*PIN, self.tool('floor-echo'), self.address, log='echo.log')
        self.await_name(ECHO)
        return child

    def call(self, count, destination, path, interface, method, *parameters):
        """Calls a second, median and 99th percentile in microseconds."""
        return self.numbers(*PIN, self.tool('bench-call'), self.address, str(count), destination, path, interface,
                            method, *parameters)

    def add_idle_jobs(self, count):
        """Jobs that are due next new year, so not while somebody measures."""
        row = "('idle-%d', {'command': <['/bin/true']>, 'schedule': <['0 0 1 1 *']>})"
        for first in range(0, count, 100):
            rows = ', '.join(row % number for number in range(first, min(first + 100, count)))
            self.run('gdbus', 'call', '--session', '-d', NAME, '-o', ROOT, '-m', f'{NAME}.AddJobs',
                     f'[{rows}]', '@a{sv} {}')


class Row:
    """One line of the table: ours against the limit, alternating samples."""

    def __init__(self, what, unit, ours, limit, against, goal, lower_is_better, again):
        self.what, self.unit, self.against, self.again = what, unit, against, again
        self.ours, self.limit = statistics.median(ours), statistics.median(limit)
        self.ratio = self.ours / self.limit if self.limit else float('inf')
        ratios = sorted(a / b for a, b in zip(ours, limit) if b)
        self.spread = (ratios[0], ratios[-1]) if ratios else (self.ratio, self.ratio)
        self.goal_text = '-' if goal is None else f'{"<=" if lower_is_better else ">="} {goal:g}'
        self.met = goal is None or (self.ratio <= goal if lower_is_better else self.ratio >= goal)
        self.verdict = '' if goal is None else 'met' if self.met else 'MISSED'

    def cells(self):
        return [self.what, f'{show(self.ours)} {self.unit}', f'{show(self.limit)} {self.unit}', self.against,
                f'{self.ratio:.2f} [{self.spread[0]:.2f}..{self.spread[1]:.2f}]', self.goal_text, self.verdict,
                self.again]


class Count:
    """A line that is a plain number with a plain limit."""

    def __init__(self, what, value, unit, most, again):
        self.what, self.value, self.unit, self.most, self.again = what, value, unit, most, again
        self.met = value <= most

    def cells(self):
        return [self.what, f'{show(self.value)} {self.unit}', f'{show(self.most)} {self.unit}', 'nothing', '-',
                f'<= {show(self.most)}', 'met' if self.met else 'MISSED', self.again]


def show(value):
    return f'{value:,.0f}' if abs(value) >= 100 or value == int(value) else f'{value:.2f}'


def task_spooler(machine, count):
    """Jobs a second of task-spooler with two slots, from the first enqueueing to the last end."""
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


def bench_jobs(machine):
    """`true` jobs a second end to end, two at a time"""
    count = 200 if machine.quick else 400
    bus = machine.start_bus(pinned=False)
    service = machine.start_service('jobs', 'max-running=2\nmax-running-per-user=2\n')
    floor, peer, queued, due = [], [], [], []
    for turn in range(machine.rounds):
        floor += machine.numbers(machine.tool('floor-spawn'), str(count * 3), '2')
        queued += machine.numbers(machine.tool('bench-run'), machine.address, f'queued-{turn}', 'queued', str(count))
        peer.append(task_spooler(machine, count))
        due += machine.numbers(machine.tool('bench-run'), machine.address, f'due-{turn}', 'due', str(count), '4')
    machine.end(service)
    machine.end(bus)
    again = './dev bench jobs'
    return [
        Row('started by calls', 'jobs/s', queued, floor, 'posix_spawn, 2 in flight', 0.4, False, again),
        Row('all due at one instant', 'jobs/s', due, floor, 'posix_spawn, 2 in flight', 0.4, False, again),
        Row('started by calls', 'jobs/s', queued, peer, 'task-spooler, 2 slots', 1, False, again),
        Row('all due at one instant', 'jobs/s', due, peer, 'task-spooler, 2 slots', 1, False, again),
    ]


def bench_add(machine):
    """AddJob, durable, against an echo and bare commits"""
    count = 300 if machine.quick else 1000
    bus, limits, ours = machine.start_bus(pinned=True), [], []
    echo, service = machine.start_echo(), machine.start_service('add', pinned=True)
    for turn in range(machine.rounds):
        nop = machine.call(count, ECHO, '/', ECHO, 'Nop')[1]
        commit = machine.numbers(*PIN, machine.tool('floor-commit'), machine.scratch, str(count))[0]
        ours.append(machine.call(count, NAME, ROOT, NAME, 'AddJob',
                                 f"('add-{turn}-%u', {{'command': <['/bin/true']>}})")[1])
        limits.append(nop + 2 * commit)
    for child in (service, echo, bus):
        machine.end(child)
    return [Row('AddJob', 'us', ours, limits, 'echo + 2 bare commits', 1, True, './dev bench add')]


def bench_rest(machine):
    """start and memory of the service at rest"""
    bus = machine.start_bus(pinned=False)
    full = machine.service_command('full')
    child = machine.start_service('full')
    machine.add_idle_jobs(1000)
    machine.end(child)
    floors, empties, fulls = [], [], []
    for turn in range(machine.rounds):
        floors.append(machine.numbers(machine.tool('bench-start'), machine.address, 'org.example.Floor',
                                      machine.tool('floor-daemon'), machine.address,
                                      os.path.join(machine.scratch, f'floor-{turn}.db'), 'org.example.Floor'))
        empties.append(machine.numbers(machine.tool('bench-start'), machine.address, NAME,
                                       *machine.service_command(f'empty-{turn}')))
        fulls.append(machine.numbers(machine.tool('bench-start'), machine.address, NAME, *full))
    machine.end(bus)
    floor, again = 'GDBus + SQLite, bare', './dev bench rest'
    start, memory = [row[0] for row in floors], [row[1] for row in floors]
    return [
        Row('start, new store', 'ms', [row[0] for row in empties], start, floor, 2, True, again),
        Row('start, 1000 jobs', 'ms', [row[0] for row in fulls], start, floor, None, True, again),
        Row('PSS, new store', 'KiB', [row[1] for row in empties], memory, floor, None, True, again),
        Row('PSS, 1000 jobs', 'KiB', [row[1] for row in fulls], memory, floor, 1.5, True, again),
    ]


def count_switches(pid):
    """Context switches of each thread so far."""
    counts = {}
    for task in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{task}/status', encoding='utf-8') as file:
            counts[task] = sum(int(line.split()[1]) for line in file
                               if line.startswith(('voluntary_ctxt', 'nonvoluntary')))
    return counts


def count_wakeups(before, after):
    """A thread that ended meanwhile took its count along, and woke once at least for its end."""
    return sum(after[task] - before.get(task, 0) for task in after) + len(before.keys() - after.keys())


def bench_idle(machine):
    """wake-ups of all threads while nothing is due"""
    seconds = 10 if machine.quick else 60
    bus, service = machine.start_bus(pinned=False), machine.start_service('idle')
    machine.add_idle_jobs(1000)
    # Threads of a pool that has nothing to do end after 15 s.
    time.sleep(20)
    before = count_switches(service.pid)
    time.sleep(seconds)
    wakeups = count_wakeups(before, count_switches(service.pid))
    machine.end(service)
    machine.end(bus)
    return [Count(f'wake-ups in {seconds} s, 1000 jobs', wakeups, '', 0, './dev bench idle')]


def shape_of_rows(machine):
    """How many entries a row of ListRuns and the properties of a job have."""
    text = machine.run('gdbus', 'call', '--session', '-d', NAME, '-o', ROOT, '-m', f'{NAME}.ListRuns', '@a{sv} {}', '',
                       '1')
    job = machine.run('gdbus', 'call', '--session', '-d', NAME, '-o', f'{ROOT}/jobs/1', '-m',
                      'org.freedesktop.DBus.Properties.GetAll', f'{NAME}.Job')
    return text.count("': <"), job.count("': <")


def bench_read(machine):
    """reading calls against echoes of their size"""
    calls, pages = (2000, 20) if machine.quick else (8000, 60)
    bus, echo = machine.start_bus(pinned=True), machine.start_echo()
    service = machine.start_service('read', pinned=True)
    machine.run(machine.tool('bench-run'), machine.address, 'read', 'queued', '1000')
    row_width, job_width = shape_of_rows(machine)
    gets, echoes, lists, bare, shaped = [], [], [], [], []
    for _ in range(machine.rounds):
        echoes.append(machine.call(calls, ECHO, '/', ECHO, 'Get', f'(uint32 {job_width},)'))
        gets.append(machine.call(calls, NAME, f'{ROOT}/jobs/1', 'org.freedesktop.DBus.Properties', 'GetAll',
                                 f"('{NAME}.Job',)"))
        bare.append(machine.call(pages, ECHO, '/', ECHO, 'List', '(uint32 1000,)'))
        lists.append(machine.call(pages, NAME, ROOT, NAME, 'ListRuns', "(@a{sv} {}, '', uint32 1000)"))
        shaped.append(machine.call(pages, ECHO, '/', ECHO, 'ListRows', f'(uint32 1000, uint32 {row_width})'))
    for child in (service, echo, bus):
        machine.end(child)
    again = './dev bench read'
    return [
        Row('GetAll of a job', 'calls/s', [g[0] for g in gets], [e[0] for e in echoes],
            f'echo of {job_width} entries', 0.85, False, again),
        Row('GetAll of a job, p99', 'us', [g[2] for g in gets], [e[2] for e in echoes],
            f'echo of {job_width} entries', 1.5, True, again),
        Row('ListRuns, 1000 rows', 'us', [r[1] for r in lists], [r[1] for r in bare], 'echo of 1000 (tssuttis)', 1.5,
            True, again),
        Row('ListRuns, 1000 rows', 'us', [r[1] for r in lists], [r[1] for r in shaped],
            f'echo of 1000 a{{sv}} of {row_width}', 1.5, True, again),
    ]


def bench_cli(machine):
    """jobctl against the smallest programs"""
    count = '20' if machine.quick else '40'
    bus, echo = machine.start_bus(pinned=True), machine.start_echo()
    service = machine.start_service('cli', pinned=True)
    timed = {'status': [], 'help': [], 'client': [], 'gdbus': [], 'true': []}
    commands = {'status': [machine.jobctl, 'status'], 'help': [machine.jobctl, '--help'], 'true': ['/bin/true'],
                'client': [machine.tool('floor-client'), machine.address],
                'gdbus': ['gdbus', 'call', '--session', '-d', ECHO, '-o', '/', '-m', f'{ECHO}.Nop']}
    for _ in range(machine.rounds):
        for name, command in commands.items():
            timed[name].append(machine.numbers(*PIN, machine.tool('bench-start'), 'exec', count, *command)[0])
    for child in (service, echo, bus):
        machine.end(child)
    again = './dev bench cli'
    return [
        Row('jobctl status', 'ms', timed['status'], timed['client'], 'smallest GDBus client', 1.3, True, again),
        Row('jobctl status', 'ms', timed['status'], timed['gdbus'], 'gdbus call', 1, True, again),
        Row('jobctl --help', 'ms', timed['help'], timed['true'], '/bin/true', 2, True, again),
    ]


BENCHES = {'jobs': bench_jobs, 'add': bench_add, 'rest': bench_rest, 'idle': bench_idle, 'read': bench_read,
           'cli': bench_cli}
TITLES = ['what', 'JobTracker', 'limit', 'against', 'ratio [spread]', 'goal', 'verdict', 'again']


def print_table(rows):
    cells = [TITLES] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(TITLES))]
    for number, line in enumerate(cells):
        print('| ' + ' | '.join(cell.ljust(width) for cell, width in zip(line, widths)) + ' |')
        if number == 0:
            print('|' + '|'.join('-' * (width + 2) for width in widths) + '|')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--build', default='build-bench', help='the build folder')
    parser.add_argument('--quick', action='store_true', help='fewer and shorter rounds')
    parser.add_argument('--strict', action='store_true', help='end with status 1 when a goal is missed')
    parser.add_argument('--list', action='store_true', help='say what there is to measure')
    parser.add_argument('names', nargs='*', metavar='NAME')
    options = parser.parse_args()
    if options.list:
        for name, bench in BENCHES.items():
            print(f'{name:6} {bench.__doc__}')
        return 0
    for name in options.names:
        if name not in BENCHES:
            parser.error(f"unknown benchmark '{name}' (there are: {', '.join(BENCHES)})")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows, failed = [], False
    for name in options.names or BENCHES:
        print(f'{name}: {BENCHES[name].__doc__} …', file=sys.stderr, flush=True)
        machine = Machine(options.build, options.quick)
        try:
            rows += BENCHES[name](machine)
        except (Failure, OSError, subprocess.TimeoutExpired) as error:
            print(f'{name}: {error}', file=sys.stderr)
            failed = True
        finally:
            machine.end_all()
    if rows:
        print_table(rows)
    missed = sum(not row.met for row in rows)
    return 1 if failed or (options.strict and missed) else 0


if __name__ == '__main__':
    sys.exit(main())
