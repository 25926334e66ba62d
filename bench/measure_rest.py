# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The service at rest, small and with a hundred thousand jobs: start, memory, wake-ups."""

import os
import sqlite3
import time

from machine import (NAME, PROPERTIES, ROOT, Machine, count_switches, count_wakeups, memory_bytes, processor_seconds)
from measure_jobs import Stamps, stamp_job
from rows import Count, Row

FLOOR = 'GDBus + SQLite, bare'


def start_floor(machine, turn):
    return machine.numbers(machine.tool('bench-start'), machine.address, 'org.example.Floor',
                           machine.tool('floor-daemon'), machine.address, os.path.join(machine.scratch, f'floor-{turn}.db'), 'org.example.Floor')


def bench_rest(machine):
    """Start and memory of the service at rest.

    From posix_spawn until the bus names the service as the owner of its name; proportional set size 0.3 s later.
    Against the smallest service of this kind: GDBus, a name, an SQLite file in WAL mode with one durable commit. Shared
    pages of GLib count the less the more other programs use them, on both sides.
    """
    bus = machine.start_bus(pinned=False)
    full = machine.service_command('full')
    child = machine.start_service('full')
    machine.add_idle_jobs(1000)
    machine.end(child)
    floors, empties, fulls = [], [], []
    for turn in range(machine.rounds):
        floors.append(start_floor(machine, turn))
        empties.append(machine.numbers(machine.tool('bench-start'), machine.address, NAME,
                                       *machine.service_command(f'empty-{turn}')))
        fulls.append(machine.numbers(machine.tool('bench-start'), machine.address, NAME, *full))
    machine.end(bus)
    start, memory = [row[0] for row in floors], [row[1] for row in floors]
    return [
        Row('rest/start', 'start, new store', 'ms', [row[0] for row in empties], start, FLOOR, 2),
        Row('rest/start-1000', 'start, 1000 jobs', 'ms', [row[0] for row in fulls], start, FLOOR),
        Row('rest/memory', 'PSS, new store', 'KiB', [row[1] for row in empties], memory, FLOOR),
        Row('rest/memory-1000', 'PSS, 1000 jobs', 'KiB', [row[1] for row in fulls], memory, FLOOR, 1.5),
    ]


def many_jobs(machine):
    return 10000 if machine.quick else 100000


def bench_idle(machine):
    """Wake-ups of all threads while nothing is due.

    The sum of the context switches of all threads of the service (`/proc/PID/task/*/status`), from 17 s after its start
    on, when threads of pools that have nothing to do are gone, and before a minute is over, when it looks for the first
    time for history that may go: that is due, then.
    """
    jobs, seconds = many_jobs(machine), 10 if machine.quick else 40
    machine.start_bus(pinned=False)
    machine.await_end(machine.fill('idle', jobs, 1, 1), 'bench-fill')
    service = machine.start_service('idle')
    time.sleep(17)
    before = count_switches(service.pid)
    time.sleep(seconds)
    wakeups = count_wakeups(before, count_switches(service.pid))
    return [Count('idle/wakeups', f'wake-ups in {seconds} s, {jobs:,} schedules', wakeups, '', 0)]


# ---- a hundred thousand schedules

def row_bytes(machine, store, jobs):
    """What a job takes in the record: its row, its settings, the index over its name."""
    path = os.path.join(machine.state_folder(store), 'jobtracker.db')
    database = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    try:
        pages, = database.execute('SELECT sum (pgsize) FROM dbstat WHERE aggregate = TRUE'
                                  " AND name IN ('job', 'job_revision', 'job_living_name')").fetchone()
        return pages / jobs
    finally:
        database.close()


def settled_memory(machine, store):
    service = machine.start_service(store)
    time.sleep(2)
    memory = memory_bytes(service.pid)
    machine.end(service)
    return memory


def processor_per_call(machine, service, calls):
    before = processor_seconds(service.pid)
    machine.call(calls, NAME, ROOT, PROPERTIES, 'Get', f"('{NAME}', 'Version')")
    return (processor_seconds(service.pid) - before) / calls * 1e6


def wake_rows(few, many, jobs, seconds):
    """Both services at once, since it is processor time that is compared: each sees the same machine."""
    calls, per_call, per_due = 2000, ([], []), ([], [])
    services = []
    for machine, store in ((few, 'few'), (many, 'many')):
        machine.start_bus(pinned=True)
        services.append(machine.start_service(store))
        time.sleep(1)
    for _ in range(many.rounds):
        for side, machine in enumerate((few, many)):
            per_call[side].append(processor_per_call(machine, services[side], calls))
    for machine in (few, many):
        machine.add_jobs([stamp_job('tick', Stamps(machine, 'ticks'), '*-*-* *:*:*')])
    time.sleep(1.5)
    for _ in range(3):
        before = [processor_seconds(service.pid) for service in services]
        time.sleep(seconds)
        for side, service in enumerate(services):
            per_due[side].append((processor_seconds(service.pid) - before[side]) / seconds * 1e6)
    return [
        Row('many/wake', f'processor time of a wake-up, {jobs:,} schedules', 'us', per_call[1], per_call[0],
            'the same, 100 schedules', 1.3),
        Row('many/due', f'processor time of one occurrence, {jobs:,} schedules', 'us', per_due[1], per_due[0],
            'the same, 100 schedules', 1.3),
    ]


def bench_many(machine):
    """A hundred thousand schedules, and a million runs on record.

    The record is written by the service's own store code (`bench-fill`): as many jobs, none of them due before next
    year, and the runs of 30 days. Memory: the growth of the proportional set size from an empty record to this one, for
    each job, less what a job takes in the record (its rows in `job` and `job_revision`, the index over names; SQLite's
    dbstat). Start: as in `rest`. A wake-up: the processor time of all threads of the service for one property read over
    the bus, which has nothing to do with schedules; and for one job that is due each second, whole, against the same
    with 100 schedules.
    """
    jobs, runs = many_jobs(machine), 100000 if machine.quick else 1000000
    filling = machine.fill('many', jobs, runs, 30)
    few = Machine(machine.build, machine.quick)
    try:
        few.await_end(few.fill('few', 100, 1000, 30), 'bench-fill')
        machine.await_end(filling, 'bench-fill')
        bus, floors, starts, memory = machine.start_bus(pinned=False), [], [], []
        for turn in range(3):
            memory.append((settled_memory(machine, 'many') - settled_memory(machine, 'none')) / jobs)
        for turn in range(machine.rounds):
            floors.append(start_floor(machine, turn)[0])
            starts.append(machine.numbers(machine.tool('bench-start'), machine.address, NAME,
                                          *machine.service_command('many'))[0])
        machine.end(bus)
        row = row_bytes(machine, 'many', jobs)
        return [
            Count('many/memory', f'memory of each of {jobs:,} schedules, less {row:.0f} bytes on record',
                  sorted(memory)[1] - row, 'bytes', 512),
            Row('many/start', f'start, {jobs:,} jobs, {runs:,} runs', 'ms', starts, floors, FLOOR, 10),
        ] + wake_rows(few, machine, jobs, 3 if machine.quick else 8)
    finally:
        few.end_all()
