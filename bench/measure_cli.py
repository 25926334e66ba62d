# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The command line against the smallest programs."""

from machine import ECHO, PIN
from rows import Row


def bench_cli(machine):
    """jobctl, from its start to its end.

    The median of whole program runs (posix_spawn to the end, output thrown away), on one processor together with bus
    and service, over a service without jobs and one with 1000. Against the smallest GDBus client there is (connect, one
    empty call, end), `gdbus call`, and /bin/true. The limit of a list of 1000 jobs is that client plus twice an echo of
    1000 lean rows.
    """
    count = '20' if machine.quick else '40'
    machine.start_bus(pinned=True)
    machine.start_echo()
    commands = {'status': [machine.jobctl, 'status'], 'help': [machine.jobctl, '--help'], 'true': ['/bin/true'],
                'client': [machine.tool('floor-client'), machine.address],
                'gdbus': ['gdbus', 'call', '--session', '-d', ECHO, '-o', '/', '-m', f'{ECHO}.Nop']}
    timed = {name: [] for name in [*commands, 'full-status', 'full-client', 'list', 'list-limit']}

    def time_command(name, command, times=count):
        timed[name].append(machine.numbers(*PIN, machine.tool('bench-start'), 'exec', times, *command)[0])

    service = machine.start_service('cli', pinned=True)
    for _ in range(machine.rounds):
        for name, command in commands.items():
            time_command(name, command)
    machine.add_idle_jobs(1000)
    for _ in range(machine.rounds):
        time_command('full-status', commands['status'])
        time_command('full-client', commands['client'])
        time_command('list', [machine.jobctl, 'list'], '10')
        rows = machine.call(20, ECHO, '/', ECHO, 'List', '(uint32 1000,)')[1] / 1000
        timed['list-limit'].append(timed['full-client'][-1] + 2 * rows)
    machine.end(service)
    client = 'smallest GDBus client'
    return [
        Row('cli/status', 'jobctl status', 'ms', timed['status'], timed['client'], client, 1.3),
        Row('cli/status-gdbus', 'jobctl status', 'ms', timed['status'], timed['gdbus'], 'gdbus call', 1),
        Row('cli/status-1000', 'jobctl status, 1000 jobs', 'ms', timed['full-status'], timed['full-client'], client,
            1.3),
        Row('cli/list', 'jobctl list, 1000 jobs', 'ms', timed['list'], timed['list-limit'],
            f'{client} + 2 lean echoes', 1),
        Row('cli/help', 'jobctl --help', 'ms', timed['help'], timed['true'], '/bin/true', 2),
    ]
