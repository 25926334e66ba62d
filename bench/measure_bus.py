# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What goes over the bus: reading, defining, reporting. All of it on one processor."""

from machine import Machine, ECHO, NAME, PIN, PROPERTIES, ROOT
from rows import Row


def shape_of_rows(machine):
    """How many entries a row of ListRuns, a row of ListJobs and the properties of a job have."""
    run = machine.run('gdbus', 'call', '--session', '-d', NAME, '-o', ROOT, '-m', f'{NAME}.ListRuns', '@a{sv} {}', '',
                      '1')
    row = machine.run('gdbus', 'call', '--session', '-d', NAME, '-o', ROOT, '-m', f'{NAME}.ListJobs',
                      "{'limit': <uint32 1>}")
    job = machine.run('gdbus', 'call', '--session', '-d', NAME, '-o', f'{ROOT}/jobs/1', '-m', f'{PROPERTIES}.GetAll',
                      f'{NAME}.Job')
    return run.count("': <"), row.count("': <"), job.count("': <")


def bench_read(machine):
    """Reading calls against echoes of their size.

    One connection, one call after the other, each reply read to its last value. The service holds 1000 jobs with one
    run each. The echo is a bare GDBus service on the same bus that answers from constants: as many entries of `a{sv}`
    as ours, or 1000 rows, either lean ones of `(tssuttis)` or of our own shape (`a{sv}`, as many entries). Bus, service
    and client share one processor.
    """
    calls, pages = (2000, 8) if machine.quick else (5000, 12)
    bus, echo = machine.start_bus(pinned=True), machine.start_echo()
    service = machine.start_service('read', pinned=True)
    machine.run(machine.tool('bench-run'), machine.address, 'read', 'queued', '1000')
    run_width, row_width, job_width = shape_of_rows(machine)
    gets, echoes, runs, jobs, lean, run_shaped, job_shaped = [], [], [], [], [], [], []
    for _ in range(machine.rounds):
        echoes.append(machine.call(calls, ECHO, '/', ECHO, 'Get', f'(uint32 {job_width},)'))
        gets.append(machine.call(calls, NAME, f'{ROOT}/jobs/1', PROPERTIES, 'GetAll', f"('{NAME}.Job',)"))
        lean.append(machine.call(pages, ECHO, '/', ECHO, 'List', '(uint32 1000,)')[1])
        runs.append(machine.call(pages, NAME, ROOT, NAME, 'ListRuns', "(@a{sv} {}, '', uint32 1000)")[1])
        run_shaped.append(machine.call(pages, ECHO, '/', ECHO, 'ListRows', f'(uint32 1000, uint32 {run_width})')[1])
        jobs.append(machine.call(pages, NAME, ROOT, NAME, 'ListJobs', "({'limit': <uint32 1000>},)")[1])
        job_shaped.append(machine.call(pages, ECHO, '/', ECHO, 'ListRows', f'(uint32 1000, uint32 {row_width})')[1])
    for child in (service, echo, bus):
        machine.end(child)
    same = f'echo of {job_width} entries'
    return [
        Row('read/get', 'GetAll of a job', 'calls/s', [g[0] for g in gets], [e[0] for e in echoes], same, 0.85, False),
        Row('read/get-p99', 'GetAll of a job, p99', 'us', [g[2] for g in gets], [e[2] for e in echoes], same, 1.5),
        Row('read/runs', 'ListRuns, 1000 rows', 'us', runs, run_shaped, f'echo of 1000 a{{sv}} of {run_width}', 1.5),
        Row('read/runs-lean', 'ListRuns, 1000 rows', 'us', runs, lean, 'echo of 1000 (tssuttis)', 1.5),
        Row('read/jobs', 'ListJobs, 1000 rows', 'us', jobs, job_shaped, f'echo of 1000 a{{sv}} of {row_width}', 1.5),
        Row('read/jobs-lean', 'ListJobs, 1000 rows', 'us', jobs, lean, 'echo of 1000 (tssuttis)', 1.5),
    ]


def bench_add(machine):
    """AddJob, durable, against an echo and bare commits.

    The median of AddJob calls, one after the other, against the median of an empty echo call plus twice the median of a
    bare one-row transaction (SQLite, WAL, `synchronous=FULL`) in the same folder.
    """
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
    return [Row('add/job', 'AddJob', 'us', ours, limits, 'echo + 2 bare commits', 1)]


def measure_track(machine, many, single):
    """Runs a second on one kind of bus: ours and the limits, with 64 and with 1 in flight."""
    bus, echo = machine.start_bus(pinned=True), machine.start_echo()
    service = machine.start_service('track', pinned=True)
    track = [*PIN, machine.tool('bench-track'), machine.address]
    record = [*PIN, machine.tool('floor-record'), machine.scratch]
    echo_64, ours_64, bare_64, ours_1, limit_1, bare_1 = [], [], [], [], [], []
    for _ in range(machine.rounds):
        echo_64 += machine.numbers(*track, 'echo', str(many), '64')[:1]
        ours_64 += machine.numbers(*track, 'track', str(many), '64')[:1]
        bare_64 += machine.numbers(*record, str(many * 10), '64')
        calls = machine.call(single * 2, ECHO, '/', ECHO, 'Nop')[1]
        commits = machine.numbers(*PIN, machine.tool('floor-commit'), machine.scratch, str(single))[0]
        limit_1.append(1e6 / (2 * calls + 2 * commits))
        ours_1 += machine.numbers(*track, 'track', str(single), '1')[:1]
        bare_1 += machine.numbers(*record, str(single), '1')
    for child in (service, echo, bus):
        machine.end(child)
    return ours_64, echo_64, bare_64, ours_1, limit_1, bare_1


def bench_track(machine):
    """Runs that others report: StartTracking and Finish, both durable.

    A GDBus client reports runs of two calls each, both answered when they are durable, with 64 or 1 of them in flight.
    Against it: the same client making two empty echo calls a run over the same bus; and a bare record (one insert for
    each start, one update for each end, SQLite, WAL, `synchronous=FULL`) without any bus, the starts and the ends of 64
    or 1 runs in transactions of their own. With one in flight the limit is one run in the time of two echo calls and
    two bare one-row commits. On a system bus, where nobody has subscribed; and on a session bus, where each run is
    six signals that are broadcast beside its two answers.
    """
    many, single = (3000, 800) if machine.quick else (6000, 1500)
    system = Machine(machine.build, machine.quick, is_system=True)
    try:
        ours_64, echo_64, bare_64, ours_1, limit_1, bare_1 = measure_track(system, many, single)
    finally:
        system.end_all()
    told_64, told_echo_64, _, told_1, told_limit_1, _ = measure_track(machine, many, single)
    echoes, both = '2 echo calls a run, 64 in flight', '2 echo calls + 2 bare commits'
    return [
        Row('track/64', 'tracked, 64 in flight, system bus', 'runs/s', ours_64, echo_64, echoes, 0.5, False),
        Row('track/1', 'tracked, 1 in flight, system bus', 'runs/s', ours_1, limit_1, both, 0.7, False),
        Row('track/64-session', 'tracked, 64 in flight, session bus', 'runs/s', told_64, told_echo_64, echoes, 0.5,
            False),
        Row('track/1-session', 'tracked, 1 in flight, session bus', 'runs/s', told_1, told_limit_1, both, 0.7, False),
        Row('track/64-bare', 'tracked, 64 in flight, system bus', 'runs/s', ours_64, bare_64,
            'bare record, 64 runs a commit'),
        Row('track/1-bare', 'tracked, 1 in flight, system bus', 'runs/s', ours_1, bare_1,
            'bare record, 1 run a commit'),
    ]
