# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""How fast mail leaves."""

import json
import os
import subprocess
import threading
import time

from machine import Failure
from rows import Count, Row, Skip

TEXT = 'Job backup on web1 failed: exit code 3.\n' + 'A line of its log, as one might see it there.\n' * 20
HTML = '<p>Job <b>backup</b> on web1 failed: exit code 3.</p>\n' + '<p>A line of its log, as one might see it there.</p>\n' * 60
MAIL_BYTES = 5500


def lines(port, count):
    """What the service would write to the channel."""
    first = {'type': 'configure', 'protocol': 1, 'channel': 'email', 'host': 'web1.example', 'secrets': {},
             'settings': {'host': '127.0.0.1', 'port': str(port), 'tls': 'none'}}
    rest = [{'type': 'notification', 'id': str(number), 'message-id': f'<run.{number}.failed.alice@web1.example>', 'event': 'failed',
             'severity': 'error', 'recipient': {'address': 'ops@example.com', 'name': 'alice', 'language': 'en'},
             'subject': f'backup failed on web1 ({number})', 'text': TEXT, 'html': HTML,
             'headers': [['List-Id', '<backup.web1.jobtracker>'], ['References', '<job.7@web1.example>']],
             'created': '2026-11-28T07:15:02+01:00'} for number in range(1, count + 1)]
    return ''.join(json.dumps(line) + '\n' for line in [first, *rest]).encode()


def send(machine, data, count):
    """One channel for all of DATA: the seconds, and the most memory that it had, in MiB."""
    start = time.monotonic()
    with subprocess.Popen([os.path.join(machine.build, 'helpers', 'channel-email')], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env=machine.environment) as child:
        # Answers come while the rest is still being written.
        writer = threading.Thread(target=child.stdin.write, args=(data,))
        writer.start()
        answers = [child.stdout.readline() for _ in range(count)]
        seconds = time.monotonic() - start
        with open(f'/proc/{child.pid}/status', encoding='ascii') as file:
            peak = next(int(line.split()[1]) / 1024 for line in file if line.startswith('VmHWM'))
        writer.join()
        child.stdin.close()
    delivered = sum(b'"delivered"' in answer for answer in answers)
    if delivered != count:
        raise Failure(f'{delivered} of {count} mails were delivered: {answers[0].decode()}')
    return seconds, peak


def send_one_by_one(machine, port, count):
    """A process and a connection for each mail; the seconds."""
    data = lines(port, 1)
    start = time.monotonic()
    for _ in range(count):
        child = subprocess.Popen([os.path.join(machine.build, 'helpers', 'channel-email')], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=machine.environment)
        answer, _ = child.communicate(data)
        if b'"delivered"' not in answer:
            raise Failure(f'a mail was not delivered: {answer.decode()}')
    return time.monotonic() - start


def start_sink(machine):
    sink = machine.begin(machine.tool('bench-sink'), log='sink.log')
    path = os.path.join(machine.scratch, 'sink.log')
    for _ in range(400):
        with open(path, encoding='ascii') as file:
            text = file.read()
        if text.endswith('\n'):
            return sink, int(text)
        time.sleep(0.02)
    raise Failure('the sink did not start')


def bench_mail(machine):
    """Mails that leave.

    Lines of JSON into `channel-email`, mails of 5 KB with a text and an HTML part over SMTP without TLS into a server on
    this machine that keeps nothing (`bench-sink`), until each is answered. One channel with one connection for all of
    them, its start included, against a channel and a connection for each mail, and against the barest program that says
    the same bytes to the same server over one connection (`floor-mail`).
    """
    if not os.access(os.path.join(machine.build, 'helpers', 'channel-email'), os.X_OK):
        return [Skip('mail/batch', 'mails a second', 'a process for each', 'channel-email is not built')]
    count, few = (500, 50) if machine.quick else (5000, 200)
    _, port = start_sink(machine)
    data = lines(port, count)
    batch, single, floor, peaks = [], [], [], []
    for _ in range(machine.rounds):
        seconds, peak = send(machine, data, count)
        batch.append(count / seconds)
        peaks.append(peak)
        single.append(few / send_one_by_one(machine, port, few))
        floor += machine.numbers(machine.tool('floor-mail'), str(port), str(count), str(MAIL_BYTES))
    return [
        Row('mail/batch', 'mails over one connection', 'a second', batch, single, 'a process for each mail', 10, lower_is_better=False),
        Row('mail/floor', 'mails over one connection', 'a second', batch, floor, 'floor-mail', 0.25, lower_is_better=False),
        Count('mail/memory', 'channel-email at its largest', max(peaks), 'MiB', 64),
    ]
