#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Measures JobTracker against limits and peers and prints a table of ratios; in full, writes docs/benchmarks.md."""

import argparse
import os
import signal
import subprocess
import sys
import time

from machine import Failure, Machine
from measure_bus import bench_add, bench_read, bench_track
from measure_cli import bench_cli
from measure_jobs import bench_jobs, bench_late, bench_launch
from measure_mail import bench_mail
from measure_next import bench_next, bench_plan
from measure_notify import bench_notify
from measure_rest import bench_idle, bench_many, bench_rest
from measure_stats import bench_stats
from report import read_remarks, write_report
from rows import MISSED, table_lines

HERE = os.path.dirname(os.path.abspath(__file__))
REPORT = os.path.join(os.path.dirname(HERE), 'docs', 'benchmarks.md')
BENCHES = {'read': bench_read, 'add': bench_add, 'track': bench_track, 'jobs': bench_jobs, 'launch': bench_launch,
           'late': bench_late, 'next': bench_next, 'plan': bench_plan, 'rest': bench_rest, 'idle': bench_idle, 'many': bench_many,
           'stats': bench_stats, 'cli': bench_cli, 'mail': bench_mail, 'notify': bench_notify}
BUSY = 0.7


def title_of(name):
    return BENCHES[name].__doc__.split('\n', maxsplit=1)[0]


def measure(name, options):
    """The rows of one benchmark, None when it could not be taken."""
    print(f'{name}: {title_of(name)} …', file=sys.stderr, flush=True)
    machine, start = Machine(options.build, options.quick), time.monotonic()
    try:
        rows = BENCHES[name](machine)
        print(f'{name}: {time.monotonic() - start:.0f} s', file=sys.stderr, flush=True)
        return rows
    except (Failure, OSError, subprocess.TimeoutExpired) as error:
        print(f'{name}: {error}', file=sys.stderr)
        return None
    finally:
        machine.end_all()


def read_options():
    parser = argparse.ArgumentParser(prog='./dev bench', description=__doc__)
    parser.add_argument('--build', default='build-bench', help='the build folder')
    parser.add_argument('--quick', action='store_true', help='fewer and shorter samples')
    parser.add_argument('--strict', action='store_true', help='end with status 1 when a goal is missed')
    parser.add_argument('--list', action='store_true', help='say what there is to measure')
    parser.add_argument('names', nargs='*', metavar='NAME')
    options = parser.parse_args()
    for name in options.names:
        if name not in BENCHES:
            parser.error(f"unknown benchmark '{name}' (there are: {', '.join(BENCHES)})")
    return options


def main():
    options = read_options()
    if options.list:
        for name in BENCHES:
            print(f'{name:6} {title_of(name)}')
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    load = os.getloadavg()[0]
    if load > BUSY:
        print(f'The machine is busy (load {load:.1f}): the figures will be noisy.', file=sys.stderr)
    results = {name: measure(name, options) for name in options.names or BENCHES}
    taken = {name: rows for name, rows in results.items() if rows is not None}
    rows = [row for name in taken for row in taken[name]]
    if rows:
        print('\n'.join(table_lines(rows)))
    has_failed = len(taken) < len(results)
    if not options.names and not options.quick and not has_failed:
        write_report(REPORT, options.build, BENCHES, taken, load, read_remarks(os.path.join(HERE, 'remarks.md')))
        print(f'Written to {os.path.relpath(REPORT)}.', file=sys.stderr)
    has_missed = any(row.verdict == MISSED for row in rows)
    return 1 if has_failed or (options.strict and has_missed) else 0


if __name__ == '__main__':
    sys.exit(main())
