#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What channel-email says of settings that are wrong, and the frame of lines that all channels share.

test-email-settings.py PROGRAM [CASE…]. Rows 33 to 37 of 5.4 of the list of bad input, one case each.
"""

import json
import subprocess
import sys

from channel import is_sanitized, notification, run_cases, run_channel
from fake_smtp import FakeSmtp

PROGRAM = sys.argv[1]
GOOD = {'host': 'mail.example.com', 'from': 'jobtracker@example.com'}


def problem_of(settings, secrets=None, configure=None):
    result = run_channel(PROGRAM, settings, [notification(1)], secrets, configure)
    assert result.problem is not None and result.status == 1 and not result.verdicts, (result.verdicts, result.stderr)
    return result.problem


def expect(key, words, settings, secrets=None):
    problem = problem_of({**GOOD, **settings}, secrets)
    assert problem.startswith(f"setting '{key}': ") and words in problem, problem


def test_33_no_host():
    """5.4 33: SMTP without a host"""
    problem = problem_of({})
    assert problem.startswith("setting 'host': is not given"), problem
    expect('host', 'is empty', {'host': ''})
    for host in ('mail example', 'mail.example.com:25', 'mail/../x', '-mail', 'a@b', 'smtp://mail'):
        expect('host', 'is not a name', {'host': host})


def test_34_port():
    """5.4 34: ports that are none"""
    for port in ('0', '70000', '-1', 'smtp', '25x', ' 25', '18446744073709551617'):
        expect('port', 'whole number from 1 to 65535', {'port': port})


def test_35_auth_without_tls():
    """5.4 35: a password without TLS"""
    expect('tls', 'in clear', {'tls': 'none', 'user': 'jt'}, {'password': 'x'})
    expect('url', 'in clear', {'transport': 'http', 'url': 'http://api.example.com/send'}, {'token': 'x'})


def test_36_password_inline():
    """5.4 36: a secret among the settings"""
    expect('password', 'password-file=PATH', {'password': 'hunter2', 'user': 'jt'})
    expect('token', 'token-file=PATH', {'token': 'hunter2'})
    problem = problem_of({**GOOD, 'password': 'hunter2'})
    assert 'hunter2' not in problem


def test_37_from():
    """5.4 37: a sender with a line break or without @"""
    for key in ('from', 'envelope-from', 'reply-to'):
        expect(key, 'line break', {key: 'a@b.example\r\nBcc: x@y.example'})
        for address in ('nobody', 'a@b@c.example', 'A <a@b.example>', '-f@b.example', 'a b@c.example'):
            expect(key, 'is not one plain address', {key: address})
    expect('from-name', 'line break', {'from-name': 'a\nBcc: b'})
    expect('from-name', 'longer', {'from-name': 'a' * 200})


def test_default_sender():
    """without from it is jobtracker at this machine; a machine whose name makes no address says so"""
    problem = problem_of(None, configure={'type': 'configure', 'protocol': 1, 'channel': 'email', 'host': 'my machine',
                                          'settings': {'host': 'mail.example.com'}})
    assert problem.startswith("setting 'from': this machine's name makes no address"), problem


def test_user_and_password():
    """one without the other"""
    expect('user', 'no password', {'user': 'jt'})
    expect('user', 'is not given', {}, {'password': 'x'})
    expect('password', 'more than one line', {'user': 'jt'}, {'password': 'a\nb'})
    expect('password', 'is empty', {'user': 'jt'}, {'password': ''})


def test_choices():
    """words that are none of those that there are"""
    expect('transport', 'smtp, sendmail, http', {'transport': 'pigeon'})
    expect('tls', 'starttls, smtps, none', {'tls': 'maybe'})
    expect('auth', 'auto, plain, login, xoauth2, none', {'auth': 'cram-md5'})
    expect('http-preset', 'raw, mailgun, sendgrid, postmark', {'http-preset': 'gmail'})
    expect('allow-plaintext-auth', 'yes or no', {'allow-plaintext-auth': '1'})


def test_times():
    """time spans"""
    for text in ('soon', '5 fortnights', '-1s', '1.5.2s', '1.', '1e3', '0x10', '1 s s', ''):
        expect('timeout', 'is empty' if text == '' else 'time span', {'timeout': text})
    for text in ('0', '999ms', '2 hours', '0s 1ms'):
        expect('timeout', 'from 1 s', {'timeout': text})
    # One that is well is not what is complained of.
    for text in ('1min 30s', '90', '1m30s', '2 minutes', '1000ms', '1.5min'):
        expect('port', 'whole number', {'timeout': text, 'port': '0'})
    expect('connect-timeout', 'is longer than timeout', {'timeout': '5s', 'connect-timeout': '6s'})


def test_files():
    """files and programs that are not there"""
    expect('tls-ca', 'cannot read /nonexistent/ca.pem: No such file', {'tls-ca': '/nonexistent/ca.pem'})
    expect('tls-ca', 'absolute path', {'tls-ca': 'ca.pem'})
    expect('sendmail-path', 'no program', {'transport': 'sendmail', 'sendmail-path': '/nonexistent/sendmail'})
    expect('sendmail-path', 'absolute path', {'sendmail-path': 'sendmail'})
    expect('tls-server-name', 'is not a name', {'tls-server-name': 'a b'})
    expect('hello', 'is not a name', {'hello': 'a b\\'})


def test_http():
    """interfaces that are none"""
    expect('url', 'is not given', {'transport': 'http'})
    for url in ('file:///etc/passwd', 'ftp://x.example/', 'api.example.com', 'https://', 'https://user:pw@x.example/'):
        expect('url', 'must be as in', {'transport': 'http', 'url': url})
    expect('token', 'is not given', {'transport': 'http', 'http-preset': 'postmark'})


def test_unknown():
    """a key that nobody knows, with the nearest; those of the service pass"""
    expect('hots', "did you mean 'host'?", {'hots': 'x'})
    expect('colour', 'is not known', {'colour': 'red'})
    with FakeSmtp() as server:
        of_service = {'type': 'email', 'program': '/x', 'run-as': 'mail', 'new-privileges': 'no', 'timeout': '30s', 'idle-timeout': '0',
                      'memory-max': '64M', 'max-batch': '7', 'max-age': '2d', 'password-file': '/x'}
        result = run_channel(PROGRAM, {'host': '127.0.0.1', 'port': str(server.port), 'tls': 'none', 'user': 'jt', 'auth': 'none',
                                       **of_service}, [notification(1)])
    assert result.outcomes() == ['delivered'], (result.problem, result.verdicts)


# ---- the frame -------------------------------------------------------------------------------------------------------

def talk(*lines, end=b''):
    """What it answers to bytes as they are, its status and what it wrote to the log."""
    done = subprocess.run([PROGRAM], input=b''.join(lines) + end, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr.decode(errors='replace')


def line(value):
    return json.dumps(value).encode() + b'\n'


def configure(server, **changes):
    return line({'type': 'configure', 'protocol': 1, 'channel': 'email', 'host': 'web1',
                 'settings': {'host': '127.0.0.1', 'port': str(server.port), 'tls': 'none'}, 'secrets': {}, **changes})


def test_nothing_to_do():
    """no line at all, or settings alone"""
    assert talk()[:2] == ([], 0)
    with FakeSmtp() as server:
        assert talk(configure(server))[:2] == ([], 0)
    assert server.n_connections == 0


def test_first_line():
    """a notification before the settings; settings twice; another protocol"""
    with FakeSmtp() as server:
        answers, status, _ = talk(line(notification(1)))
        assert status == 1 and answers == [{'type': 'problem', 'reason': 'the first line must be of the type "configure"'}], answers
        answers, status, _ = talk(configure(server), configure(server))
        assert status == 1 and answers[0]['type'] == 'problem', answers
        answers, status, _ = talk(configure(server, protocol=2))
        assert status == 1 and 'speaks protocol 1, the service 2' in answers[0]['reason'], answers


def test_no_json():
    """lines that are no JSON, no object, no UTF-8, nested without end"""
    with FakeSmtp() as server:
        for bad in (b'hello\n', b'{"type":\n', b'[1]\n', b'"x"\n', b'{"type":"\xff"}\n', b'{"a":"\x00"}\n', b'[' * 500000 + b'\n',
                    b'{"a":' * 100000 + b'\n', b'{"type":"notification"}\n', b'{"type":"notification","id":""}\n'):
            answers, status, _ = talk(configure(server), bad, line(notification(2)))
            assert status == 1 and len(answers) == 1 and answers[0]['type'] == 'problem', (bad[:20], answers, status)


def test_unknown_type():
    """what a later service says besides is passed over"""
    with FakeSmtp() as server:
        answers, status, _ = talk(configure(server), line({'type': 'weather'}), b'\n', line(notification(2)))
    assert status == 0 and [answer['id'] for answer in answers] == ['2'], answers


def test_long_line():
    """a notification of more than 1 MiB is refused, and the next one goes out"""
    with FakeSmtp() as server:
        answers, status, _ = talk(configure(server), line(notification(1, text='x' * 1100000)), line(notification(2)),
                                  line(notification(3, text='x' * 5000000)), line(notification(4, text='x' * 1000000)))
    assert status == 0, status
    assert [(answer['id'], answer['outcome']) for answer in answers] == [
        ('1', 'refused'), ('2', 'delivered'), ('3', 'refused'), ('4', 'delivered')], answers
    assert answers[0]['reason'] == 'the notification is longer than 1 MiB'


def test_long_line_of_nobody():
    """a line without an end that says nothing"""
    with FakeSmtp() as server:
        answers, status, _ = talk(configure(server), b'x' * 3000000)
    assert status == 1 and answers[0]['type'] == 'problem', answers


def test_last_line_without_end():
    """the last line needs no newline"""
    with FakeSmtp() as server:
        answers, status, _ = talk(configure(server), line(notification(1)).rstrip(b'\n'))
    assert status == 0 and answers[0]['outcome'] == 'delivered', answers


def test_many():
    """three thousand at once: all are answered, in a bounded memory"""
    with FakeSmtp({'MAIL': '450 later'}) as server:
        result = run_channel(PROGRAM, {'host': '127.0.0.1', 'port': str(server.port), 'tls': 'none'},
                             [notification(i, text='x' * 10000) for i in range(1, 3001)])
    assert result.outcomes() == ['retry'] * 3000
    assert is_sanitized(PROGRAM) or result.peak_kib < 64 * 1024, result.peak_kib


def test_nobody_listens():
    """a service that is gone ends it"""
    with FakeSmtp() as server:
        process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(configure(server) + line(notification(1)))
        process.stdin.flush()
        status = process.wait(30)
        process.stdin.close()
        process.stderr.close()
    assert status == 1, status


def test_options():
    """--help and --version; anything else is a mistake"""
    for option, status in (('--help', 0), ('--version', 0), ('--frobnicate', 2)):
        done = subprocess.run([PROGRAM, option], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False, timeout=20)
        assert done.returncode == status and b'channel-email' in done.stdout, (option, done)


def test_secrets_stay():
    """a password is in no answer, no log and no command line"""
    with FakeSmtp({'AUTH': '535 5.7.8 no'}, offers=['AUTH PLAIN LOGIN']) as server:
        answers, _, errors = talk(configure(server, settings={'host': '127.0.0.1', 'port': str(server.port), 'tls': 'none', 'user': 'jt',
                                                              'allow-plaintext-auth': 'yes'}, secrets={'password': 'canary-31'}),
                                  line(notification(1)))
    assert answers[0]['outcome'] == 'retry' and 'canary-31' not in str(answers) + errors, (answers, errors)


run_cases(globals())
