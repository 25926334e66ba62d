# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""How soon somebody knows, and what it costs those who do not want to know."""

import os
import socket
import sqlite3

from machine import ECHO, NAME, ROOT, Machine
from measure_jobs import run_jobs
from measure_mail import MAIL_BYTES, start_sink
from rows import Count, Row, Skip

PREFERENCES = f'{NAME}.Notifications.SetPreferences'
TWO_SLOTS = 'max-running=2\nmax-running-per-user=2\nmax-jobs-per-user=100000\n'
SILENT = '[Notifications]\nenabled=no\n'


def mail_channel(machine, port):
    return (f'[Channel email]\ntype=email\nprogram={machine.build}/helpers/channel-email\nhost=127.0.0.1\nport={port}\ntls=none\n')


def prefer(machine, text):
    machine.run('gdbus', 'call', '--session', '-d', NAME, '-o', ROOT, '-m', PREFERENCES, str(os.getuid()), text)


def notify(machine, what, count):
    return machine.numbers(machine.tool('bench-notify'), machine.address, what, str(count))


def floors(machine, count):
    """The medians of a call that does nothing and of a bare commit, in microseconds."""
    call = machine.numbers(machine.tool('bench-call'), machine.address, str(count), ECHO, '/', ECHO, 'Nop')[1]
    return call, machine.numbers(machine.tool('floor-commit'), machine.scratch, str(count))[0]


def told_rows(machine, port):
    """How long after the end of a run its owner knows; PORT: of a mail server, 0: there is no channel for it."""
    count = 50 if machine.quick else 150
    bus, echo = machine.start_bus(pinned=False), machine.start_echo()
    service = machine.start_service('told', mail_channel(machine, port) if port else '')
    ends, popups, mails, for_popup, for_mail = [], [], [], [], []
    for _ in range(machine.rounds):
        prefer(machine, "{'enabled': <false>}")
        ends.append(notify(machine, 'end', count))
        call, commit = floors(machine, count)
        prefer(machine, "{'enabled': <true>, 'default-channels': <['desktop']>}")
        popups.append(notify(machine, 'popup', count))
        for_popup.append(call + commit)
        if port == 0:
            continue
        prefer(machine, "{'default-channels': <['email']>, 'email': <'alice@example.com'>, 'throttle': <uint64 0>}")
        mails.append(notify(machine, 'mail', count))
        rate, = machine.numbers(machine.tool('floor-mail'), str(port), '500', str(MAIL_BYTES))
        for_mail.append(commit + 1e6 / rate)
    for child in (service, echo, bus):
        machine.end(child)

    def row(key, what, samples, floor, part, against, goal):
        limit = [end[part] + least for end, least in zip(ends, floor)]
        return Row(f'notify/{key}', f'end of a run to {what}', 'us', [sample[part] for sample in samples], limit, against, goal)
    watched = 'RunFinished + a commit and an echo'
    rows = [row('popup', 'its popup', popups, for_popup, 0, watched, 2), row('popup-p99', 'its popup, p99', popups, for_popup, 1, watched, 3)]
    if port == 0:
        return rows + [Skip('notify/mail', 'end of a run to accepted mail', 'a bare mail', 'channel-email is not built')]
    mailed = 'RunFinished + a commit and a bare mail'
    return rows + [row('mail', 'accepted mail', mails, for_mail, 0, mailed, 3), row('mail-p99', 'accepted mail, p99', mails, for_mail, 1, mailed, 4)]


def silence_row(machine):
    """Successes, of which nobody is told: what it costs to find that out."""
    count = 200 if machine.quick else 400
    other = Machine(machine.build, machine.quick)
    told, silent = [], []
    try:
        other.start_bus(pinned=False)
        other.start_service('silence', TWO_SLOTS + SILENT)
        bus = machine.start_bus(pinned=False)
        mine = (machine.start_service('silence', TWO_SLOTS), bus)
        for turn in range(machine.rounds + 2):
            silent += run_jobs(other, f'silent-{turn}', 'queued', count)
            told += run_jobs(machine, f'told-{turn}', 'queued', count)
    finally:
        other.end_all()
    for child in mine:
        machine.end(child)
    return Row('notify/silence', 'runs that succeed, default preferences', 'jobs/s', told, silent, 'notifications off', 0.95, False)


def storm_row(machine, port):
    """How many mails many failures at once are."""
    failures = 200 if machine.quick else 1000
    if port == 0:
        return Skip('notify/storm', f'mails that tell of {failures} failures', 'a fixed limit', 'channel-email is not built')
    bus = machine.start_bus(pinned=False)
    service = machine.start_service('storm', TWO_SLOTS + mail_channel(machine, port))
    prefer(machine, "{'default-channels': <['email']>, 'email': <'alice@example.com'>}")
    mails, listed = notify(machine, 'storm', failures)
    for child in (service, bus):
        machine.end(child)
    return Count('notify/storm', f'mails that tell of {listed:,.0f} failures at once', mails, 'mails', 10 + 2 + failures // 500)


# ---- an outbox in which very much waits

def closed_port():
    with socket.create_server(('127.0.0.1', 0)) as free:
        return free.getsockname()[1]


def fill_outbox(machine, store, count):
    """As many as COUNT, all due, for a server that is down, of a thousand recipients: copies of one that the service wrote."""
    service = machine.start_service(store, TWO_SLOTS + mail_channel(machine, closed_port()))
    prefer(machine, "{'default-channels': <['email']>, 'email': <'alice@example.com'>}")
    machine.run('sh', '-c', f'{machine.jobctl} add bad -- false && ! {machine.jobctl} run bad --wait')
    prefer(machine, "{'default-channels': <['desktop']>}")
    machine.end(service)
    if count == 0:
        return
    database = sqlite3.connect(os.path.join(machine.state_folder(store), 'jobtracker.db'))
    try:
        names = [row[1] for row in database.execute('PRAGMA table_info(delivery)')]
        changed = {'id': 'id + n', 'state': "'waiting'", 'next': 'created', 'recipient': "'email:' || (n % 1000) || '@example.com'",
                   'address': "(n % 1000) || '@example.com'", 'user': '-1', 'message_id': "'<' || n || '.' || substr (message_id, 2)"}
        values = ', '.join(changed.get(name, name) for name in names)
        database.execute(f'WITH RECURSIVE copy (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM copy WHERE n < {count})'
                         f' INSERT INTO delivery ({", ".join(names)}) SELECT {values} FROM copy, (SELECT * FROM delivery LIMIT 1)')
        database.commit()
    finally:
        database.close()


def waiting_rows(machine):
    """The same service twice, one with a full outbox and a mail server that is down."""
    count, waiting = (200, 10000) if machine.quick else (400, 100000)
    other = Machine(machine.build, machine.quick)
    sides = ((machine, 0), (other, waiting))
    speeds, adds, starts = ([], []), ([], []), ([], [])
    try:
        for each, rows in sides:
            each.start_bus(pinned=False)
            fill_outbox(each, 'waiting', rows)
        for _ in range(machine.rounds):
            for each, rows in sides:
                command = each.service_command('waiting', TWO_SLOTS + mail_channel(each, closed_port()))
                starts[rows > 0].append(each.numbers(each.tool('bench-start'), each.address, NAME, *command)[0])
        for each, _ in sides:
            each.start_service('waiting', TWO_SLOTS + mail_channel(each, closed_port()))
        for turn in range(machine.rounds + 2):
            for each, rows in sides:
                speeds[rows > 0].extend(run_jobs(each, f'run-{turn}', 'queued', count))
                adds[rows > 0].append(each.call(count, NAME, ROOT, NAME, 'AddJob', f"('add-{turn}-%u', {{'command': <['/bin/true']>}})")[1])
    finally:
        other.end_all()
    what, empty = f'{waiting:,} waiting', 'an empty outbox'
    return [
        Row('notify/waiting-jobs', f'started by calls, {what}', 'jobs/s', speeds[1], speeds[0], empty, 0.85, False),
        Row('notify/waiting-add', f'AddJob, {what}', 'us', adds[1], adds[0], empty, 1.2),
        Row('notify/waiting-start', f'start, {what}', 'ms', starts[1], starts[0], empty, 1.2),
    ]


def bench_notify(machine):
    """From the end of a run to whoever is told, and what telling costs.

    A job of `/bin/false` that runs again and again: from the end of its process, by the supervisor's clock, until the
    agent on the bus has the signal with the popup, and until the service has the answer of a mail server on this machine
    that takes everything. The limit is when whoever watches runs has RunFinished, which is after the commit in which the
    notification is written too, plus what must follow: a bare commit, for a notification is on record as being sent before
    it is, and an empty call or a bare program's mail (`floor-mail`). Jobs a second of `true`, as in `jobs`, with default
    preferences and with notifications switched off. A storm: so many failures of one user as fast as they start, and how
    many mails that makes, with all of them listed. And a service whose mail server is down, with notifications for a
    thousand recipients waiting for it, against one with none. Not pinned.
    """
    has_mail = os.access(os.path.join(machine.build, 'helpers', 'channel-email'), os.X_OK)
    _, port = start_sink(machine) if has_mail else (None, 0)
    return told_rows(machine, port) + [silence_row(machine), storm_row(machine, port)] + waiting_rows(machine)
