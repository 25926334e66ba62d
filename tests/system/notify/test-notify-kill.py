#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""kill -9, of the service and of the channel, at each edge between an event and its delivery (F60): nothing vanishes (P19), and what
may have been delivered before has the same Message-ID and is counted (P20).
"""

import os
import signal
import threading

import world as worlds
from world import ADDRESS, email_channel, harness, until, world
from fake_smtp import DROP, FakeSmtp

EDGES = ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.', 'QUIT']


class Gate:
    """An edge of a conversation that is held there once, until it has been looked at."""

    def __init__(self, answer=DROP):
        self.answer = answer
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, talk, line):
        self.reached.set()
        assert self.opened.wait(harness.PATIENCE)
        return self.answer


def children_of(pid):
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
        return [int(word) for word in file.read().split()]


def descendants_of(pid):
    found = []
    for child in children_of(pid):
        found += [child, *descendants_of(child)]
    return found


def find_channel(this):
    """The channel's process."""
    def look():
        for pid in descendants_of(this.daemon.pid):
            try:
                if os.path.basename(os.readlink(f'/proc/{pid}/exe')) == 'channel-email':
                    return pid
            except OSError:
                continue
        return None
    return until(look, 'there is no channel')


def kill_service(this):
    this.kill()


def kill_channel(this):
    os.kill(find_channel(this), signal.SIGKILL)


def check_delivered(this, server, least_ambiguous):
    row, = this.wait_for(1, hurry=True, channel='email', state='delivered')
    ids = set(worlds.ids_of([mail['raw'] for mail in server.mails]))
    assert ids == {row['message-id']}, (ids, row)
    assert row['ambiguous'] >= least_ambiguous, row
    assert len(server.mails) <= 1 + row['ambiguous'], (len(server.mails), row)
    return row


def kill_at(edge, kill):
    gate = Gate()
    with FakeSmtp({edge: [gate]}) as server, world(email_channel(server.port)) as this:
        this.prefer(email=ADDRESS, default_channels=['email'])
        this.add('backup', 'exit 1')
        this.fail('backup')
        assert gate.reached.wait(harness.PATIENCE), f'{edge} is never reached: {this.deliveries()}'
        if edge != 'QUIT':
            row, = this.deliveries()
            assert (row['state'], row['attempts']) == ('sending', 1), row
        kill(this)
        gate.opened.set()
        if kill is kill_service:
            this.start()
        row = check_delivered(this, server, 0 if edge == 'QUIT' else 1)
        # The mail whose last dot had come is the one that there may be twice.
        assert len(server.mails) == (2 if edge == '.' else 1), (edge, len(server.mails))
        assert edge == 'QUIT' or row['attempts'] == 2, row
        assert len(this.deliveries()) == 1, this.deliveries()


def service_while_sending():
    """the service is killed while the mail is under way, at each edge"""
    for edge in EDGES[:-1]:
        kill_at(edge, kill_service)


def channel_while_sending():
    """the channel is killed while the mail is under way, at each edge"""
    for edge in EDGES[:-1]:
        kill_at(edge, kill_channel)


def service_before_take():
    """the service is killed while a notification has not been taken yet"""
    gate = Gate()
    with FakeSmtp({'greeting': [gate]}) as server, world(email_channel(server.port)) as this:
        this.prefer(email=ADDRESS, default_channels=['email'])
        for name in ('first', 'second'):
            this.add(name, 'exit 1')
        this.fail('first')
        assert gate.reached.wait(harness.PATIENCE)
        # One batch after the other: the next one waits, and nobody has seen it.
        this.fail('second')
        rows = {row['job-name']: row for row in this.deliveries()}
        assert (rows['second']['state'], rows['second']['attempts']) == ('waiting', 0), rows
        this.kill()
        gate.opened.set()
        this.start()
        rows = {row['job-name']: row for row in this.wait_for(2, state='delivered')}
        assert (rows['second']['ambiguous'], rows['second']['attempts']) == (0, 1), rows
        assert sorted(worlds.ids_of([mail['raw'] for mail in server.mails])) == sorted(row['message-id'] for row in rows.values())


# What it is told goes into a file; at the edge, once, it tells so by the other and hangs, or kills the service as it stands.
CHANNEL = '''import json, os, signal, sys, time
folder, edge = {folder!r}, {edge!r}
def note(name, text):
    with open(os.path.join(folder, name), 'a') as file:
        file.write(text + chr(10))
def at(here):
    if here == edge and not os.path.exists(os.path.join(folder, 'reached')):
        note('reached', here)
        if here == 'answered':
            os.kill(int(open(os.path.join(folder, 'pid')).read()), signal.SIGKILL)
        signal.pause()
at('started')
sys.stdin.readline()
at('configured')
for line in sys.stdin:
    message = json.loads(line)
    note('seen', message['message-id'])
    note('repeats', str(message['is-repeat']))
    at('read')
    answer = json.dumps({{'id': message['id'], 'outcome': 'delivered', 'detail': 'seen'}}) + chr(10)
    if edge == 'half' and not os.path.exists(os.path.join(folder, 'reached')):
        sys.stdout.write(answer[:9])
        sys.stdout.flush()
        at('half')
    sys.stdout.write(answer)
    sys.stdout.flush()
    at('answered')
'''


def read_lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as file:
        return file.read().splitlines()


def service_by_own_channel():
    """a channel of one's own, and a service that is killed before it reads, after, in the middle of the answer, and right after it"""
    for edge in ('started', 'configured', 'read', 'half', 'answered'):
        with harness.temporary_folder() as folder:
            program = worlds.program_channel(folder, 'pager', CHANNEL.format(folder=folder, edge=edge))
            with world(f'[Channel pager]\nprogram={program}\n') as this:
                this.prefer(default_channels=['pager'])
                this.add('backup', 'exit 1')
                harness.write(f'{folder}/pid', str(this.daemon.pid))
                # (which may be killed before it can answer)
                this.ctl('run', 'backup')
                until(lambda: read_lines(f'{folder}/reached'), lambda: this.read_log())
                if edge != 'answered':
                    assert [row['state'] for row in this.deliveries()] == ['sending'], this.deliveries()
                this.kill()
                this.start()
                row, = this.wait_for(1, state='delivered')
                seen = read_lines(f'{folder}/seen')
                assert set(seen) == {row['message-id']} and len(seen) <= 1 + row['ambiguous'], (edge, seen, row)
                if edge != 'answered':
                    assert row['ambiguous'] == 1 and read_lines(f'{folder}/repeats')[-1] == 'True', (edge, row)


def storm_of_kills():
    """killed again and again while failures come, the service tells of each of them"""
    with FakeSmtp() as server, world(email_channel(server.port)) as this:
        this.prefer(email=ADDRESS, default_channels=['email'], throttle=0)
        for number in range(12):
            this.add(f'job-{number}', 'exit 1')
        for number in range(12):
            this.ctl('run', f'job-{number}')
            if number % 2:
                this.kill()
                this.start()
        until(lambda: len(this.deliveries(event='failed')) + len(this.deliveries(event='lost')) == 12, this.deliveries)
        rows = this.wait_for(12, hurry=True, state='delivered')
        ids = worlds.ids_of([mail['raw'] for mail in server.mails])
        assert set(ids) == {row['message-id'] for row in rows} and len(rows) == 12, (ids, rows)
        assert len(ids) <= 12 + sum(row['ambiguous'] for row in rows), (len(ids), rows)


CASES = [service_while_sending, channel_while_sending, service_before_take, service_by_own_channel, storm_of_kills]

if __name__ == '__main__':
    harness.run_cases(CASES)
