# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Runs a channel program as the service does, and the cases of a test as TAP."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
PATIENCE = 60


class Skip(Exception):
    """A case that cannot be tried here, with the reason."""


class Result:
    """What a channel said and how it ended."""

    def __init__(self):
        self.verdicts = {}
        self.times = {}
        self.problem = None
        self.status = None
        self.stderr = ''
        self.peak_kib = 0

    def of(self, number):
        return self.verdicts[str(number)]

    def outcomes(self):
        return [self.verdicts[key]['outcome'] for key in sorted(self.verdicts, key=int)]


def notification(number, **changes):
    """One as the service writes it; a change to None takes a key out."""
    line = {'type': 'notification', 'id': str(number), 'message-id': f'<run.{number}.failed.alice@web1.example>',
            'event': 'failed', 'severity': 'error', 'is-repeat': False,
            'recipient': {'address': 'ops@example.com', 'name': 'alice', 'user': 1000, 'language': 'en'},
            'subject': 'backup failed', 'text': 'exit code 3\n', 'html': '<p>exit code 3</p>\n',
            'headers': [['Auto-Submitted', 'auto-generated'], ['List-Id', '<backup.web1.jobtracker>']],
            'job': {'name': 'backup'}, 'run': {'id': number}, 'created': '2026-11-28T07:15:02+01:00'}
    line.update(changes)
    return {key: value for key, value in line.items() if value is not None}


def to(address, name=''):
    return {'address': address, 'name': name, 'language': 'en'}


def is_sanitized(program):
    with open(program, 'rb') as file:
        return b'__asan_init' in file.read()


def as_line(line):
    return line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() + b'\n'


def read_peak(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as file:
        return int(re.search(r'VmHWM:\s*(\d+) kB', file.read()).group(1))


def run_channel(program, settings, notifications, secrets=None, configure=None, environment=None):
    """All lines are written at once, the input is closed when all of them are answered."""
    first = {'type': 'configure', 'protocol': 1, 'channel': 'email', 'host': 'web1.example', 'settings': settings,
             'secrets': secrets or {}} if configure is None else configure
    lines = b''.join(as_line(line) for line in [first, *notifications])
    result = Result()
    start = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                   env=dict(os.environ, **(environment or {})))
        killer = threading.Timer(PATIENCE, process.kill)
        killer.start()
        writer = threading.Thread(target=write_all, args=(process.stdin, lines))
        writer.start()
        while len(result.verdicts) < len(notifications) and result.problem is None:
            line = process.stdout.readline()
            if not line:
                break
            take_line(result, json.loads(line), time.monotonic() - start)
        if process.poll() is None and result.problem is None:
            result.peak_kib = read_peak(process.pid)
        writer.join()
        close(process.stdin)
        rest = process.stdout.read()
        result.status = process.wait()
        killer.cancel()
        process.stdout.close()
        errors.seek(0)
        result.stderr = errors.read().decode(errors='replace')
    assert not rest, rest
    return result


def write_all(pipe, lines):
    try:
        pipe.write(lines)
        pipe.flush()
    except BrokenPipeError:
        pass


def close(pipe):
    try:
        pipe.close()
    except BrokenPipeError:
        pass


def take_line(result, line, seconds):
    if line.get('type') == 'problem':
        result.problem = line['reason']
        return
    assert line['id'] not in result.verdicts, f'{line["id"]} is answered twice'
    result.verdicts[line['id']] = line
    result.times[line['id']] = seconds


def run_cases(namespace):
    """The functions test_*, in the order of the file; the first line of the documentation of each is its name."""
    cases = [value for name, value in namespace.items() if name.startswith('test_')]
    wanted = sys.argv[2:]
    print(f'1..{len(cases)}', flush=True)
    failures = 0
    for number, case in enumerate(cases, 1):
        name = f'{case.__name__[5:]}: {(case.__doc__ or "").splitlines()[0] if case.__doc__ else ""}'
        if wanted and case.__name__[5:] not in wanted:
            print(f'ok {number} {name} # SKIP not asked for')
            continue
        try:
            case()
            print(f'ok {number} {name}', flush=True)
        except Skip as skip:
            print(f'ok {number} {name} # SKIP {skip}', flush=True)
        except Exception:  # a case fails in any way it likes
            failures += 1
            print(''.join(f'# {line}\n' for line in traceback.format_exc().splitlines()), end='')
            print(f'not ok {number} {name}', flush=True)
    sys.exit(1 if failures else 0)
