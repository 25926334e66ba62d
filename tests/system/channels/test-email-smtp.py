#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""channel-email against servers that refuse, stall, drop and talk nonsense.

test-email-smtp.py PROGRAM [CASE…]. Rows F57, F58 and F60 of the fault matrix, one case for each of their faults.
"""

import base64
import logging
import socket
import subprocess
import sys
import threading
import warnings

from channel import Skip, as_line, is_sanitized, notification, run_cases, run_channel, to
from fake_smtp import DROP, STALL, FakeSmtp, Gone

PROGRAM = sys.argv[1]
PEAK_KIB = 64 * 1024
SHORT = {'timeout': '2s', 'connect-timeout': '1s'}
BOUND = 10  # seconds: two, and what a busy machine adds


def send(server, notifications=None, secrets=None, **settings):
    names = {'host': '127.0.0.1', 'port': str(server.port), 'tls': 'none', 'from': 'jobtracker@web1.example'}
    names.update({key.replace('_', '-'): value for key, value in settings.items()})
    result = run_channel(PROGRAM, names, notifications or [notification(1)], secrets)
    assert result.problem is None and result.status == 0, (result.problem, result.status, result.stderr)
    if not is_sanitized(PROGRAM):
        assert 0 < result.peak_kib < PEAK_KIB, result.peak_kib
    return result


def one(script, **settings):
    """The verdict on one mail, and the server."""
    with FakeSmtp(script) as server:
        return send(server, **settings).of(1), server


def expect(verdict, outcome, words, is_ambiguous=False):
    text = verdict.get('detail', verdict.get('reason'))
    assert verdict['outcome'] == outcome, verdict
    assert words in text, verdict
    assert verdict.get('ambiguous', False) == is_ambiguous, verdict
    assert len(text) <= 1024 and '\n' not in text and '\r' not in text, verdict


def expect_bounded(script, words, is_ambiguous=False):
    with FakeSmtp(script) as server:
        result = send(server, **{key.replace('-', '_'): value for key, value in SHORT.items()})
    expect(result.of(1), 'retry', words, is_ambiguous)
    assert result.times['1'] < BOUND, result.times


def test_accepted():
    """what the server says of its queue is told"""
    verdict, server = one({'.': '250 2.0.0 Ok: queued as 4Gx1'})
    expect(verdict, 'delivered', '250 2.0.0 Ok: queued as 4Gx1')
    assert server.mails[0]['from'].startswith(b'MAIL FROM:<jobtracker@web1.example>'), server.mails
    assert server.mails[0]['to'] == [b'RCPT TO:<ops@example.com>'], server.mails


def test_one_connection():
    """a hundred mails go over one connection, one transaction each"""
    with FakeSmtp() as server:
        result = send(server, [notification(i) for i in range(1, 101)])
    assert result.outcomes() == ['delivered'] * 100
    assert server.n_connections == 1 and len(server.mails) == 100, server.n_connections
    assert all(len(mail['to']) == 1 for mail in server.mails)
    assert server.commands[-1] == b'QUIT', server.commands[-1]


def test_f57_refused_connection():
    """F57: nobody listens there"""
    with socket.create_server(('127.0.0.1', 0)) as closed:
        port = closed.getsockname()[1]
    result = run_channel(PROGRAM, {'host': '127.0.0.1', 'port': str(port), 'tls': 'none'}, [notification(1), notification(2)])
    assert result.outcomes() == ['retry', 'retry']
    assert 'onnect' in result.of(1)['reason'] and 'ambiguous' not in result.of(1), result.verdicts
    assert result.of(1)['pause'] is True and result.of(2)['pause'] is True, result.verdicts


def test_f57_no_such_host():
    """F57: the name is not known"""
    result = run_channel(PROGRAM, {'host': 'mail.invalid', 'tls': 'none', **SHORT}, [notification(1)])
    assert result.of(1)['outcome'] == 'retry', result.verdicts


def test_f57_blackhole():
    """F57: nobody accepts; the mails behind are not each waited for"""
    with socket.socket() as listener:
        # Nothing is accepted, and the queue of those that wait is full.
        listener.bind(('127.0.0.1', 0))
        listener.listen(0)
        with socket.socket() as filler:
            filler.connect(listener.getsockname())
            settings = {'host': '127.0.0.1', 'port': str(listener.getsockname()[1]), 'tls': 'none', **SHORT}
            result = run_channel(PROGRAM, settings, [notification(i) for i in range(1, 51)])
    assert result.outcomes() == ['retry'] * 50, result.verdicts
    assert result.times['50'] < BOUND, result.times['50']


def test_f57_stall_at_greeting():
    """F57: accepts and says nothing"""
    expect_bounded({'greeting': STALL}, 'no greeting yet')


def test_f57_stall_at_ehlo():
    """F57: stalls after EHLO"""
    expect_bounded({'EHLO': STALL}, 'EHLO')


def test_f57_stall_at_mail():
    """F57: stalls after MAIL"""
    expect_bounded({'MAIL': STALL}, 'MAIL')


def test_f57_stall_at_rcpt():
    """F57: stalls after RCPT"""
    expect_bounded({'RCPT': STALL}, 'RCPT')


def test_f57_stall_at_data():
    """F57: stalls after DATA"""
    expect_bounded({'DATA': STALL}, 'DATA')


def test_f57_stall_in_message():
    """F57: takes nothing of the message, which may not have been given up by then"""
    def begin(talk, _):
        talk.send(b'354 go\r\n')
        talk.stall_deaf()
    with FakeSmtp({'DATA': begin}) as server:
        result = send(server, [notification(1, text='x' * 900000)], timeout='2s', connect_timeout='1s')
        assert result.of(1)['outcome'] == 'retry' and result.times['1'] < BOUND, (result.verdicts, result.times)


def test_f57_stall_at_dot():
    """F57: stalls after the final dot: it may have been delivered"""
    expect_bounded({'.': STALL}, 'no answer came', True)
    with FakeSmtp({'.': STALL}) as server:
        result = send(server, [notification(i) for i in range(1, 21)], timeout='2s', connect_timeout='1s')
    assert [verdict.get('ambiguous', False) for verdict in result.verdicts.values()] == [True] + [False] * 19, result.verdicts
    assert result.outcomes() == ['retry'] * 20 and result.times['20'] < BOUND, result.times


def test_f57_stall_at_quit():
    """F57: does not say goodbye, which holds nobody up for long"""
    with FakeSmtp({'QUIT': STALL}) as server:
        result = send(server)
    expect(result.of(1), 'delivered', '250')


def drip(talk, _):
    """A reply that never ends, a byte at a time."""
    while True:
        talk.send(b'2')
        talk.socket.settimeout(0.3)
        try:
            if not talk.socket.recv(1):
                raise Gone
        except TimeoutError:
            pass


def test_f57_drips():
    """F57: a byte now and then does not keep us"""
    expect_bounded({'MAIL': drip}, 'MAIL')


def flood(block, total):
    def send_it(talk, _):
        for _ in range(total // len(block)):
            talk.send(block)
        return b'\r\n'
    return send_it


def test_f57_banner_of_a_gibibyte():
    """F57: a banner of 1 GiB without an end costs neither memory nor more than the time there is"""
    expect_bounded({'greeting': flood(b'220 ' + b'x' * 1048572, 1 << 30)}, '')


def test_f57_long_line():
    """F57: a line of a reply longer than 2 KiB"""
    verdict, _ = one({'MAIL': '250 ' + 'x' * 4000})
    expect(verdict, 'retry', '2 KiB')


def test_f57_ten_thousand_lines():
    """F57: 10,000 lines of one reply"""
    verdict, _ = one({'RCPT': b'250-again and again\r\n' * 10000 + b'250 done\r\n'})
    expect(verdict, 'retry', '64 KiB')


def test_f57_endless_lines():
    """F57: lines that are no reply, without an end"""
    verdict, _ = one({'greeting': flood(b'hello\r\n' * 1000, 1 << 22)})
    expect(verdict, 'retry', '64 KiB')


def test_f57_junk():
    """F57: 8-bit junk in a reply is told as valid text"""
    verdict, _ = one({'RCPT': b'450 \xff\xfe\x80 \x1b[31m\x00 \xc3\xa4 later\r\n'})
    expect(verdict, 'retry', '450')
    assert '\x1b' not in verdict['reason'] and '\x00' not in verdict['reason'], verdict


def test_f57_junk_instead_of_greeting():
    """F57: another protocol"""
    with FakeSmtp({'greeting': b'SSH-2.0-OpenSSH_9.2\r\n\x00\xff'}) as server:
        result = send(server, timeout='2s', connect_timeout='1s')
    assert result.of(1)['outcome'] == 'retry' and result.times['1'] < BOUND


def test_f58_421_greeting():
    """F58: 421 in the place of a greeting"""
    verdict, _ = one({'greeting': '421 4.3.2 too busy'})
    expect(verdict, 'retry', '421 4.3.2 too busy')


def test_f58_554_greeting():
    """F58: a server that serves nobody refuses no recipient"""
    verdict, _ = one({'greeting': '554 no service for you'})
    expect(verdict, 'retry', '554 no service for you')
    assert verdict['pause'] is True, verdict


def test_f58_450_of_one_recipient():
    """F58: 450 of one recipient concerns nobody else"""
    def answer(_, line):
        return '450 4.2.0 greylisted, try later' if b'grey' in line else '250 Ok'
    with FakeSmtp({'RCPT': answer}) as server:
        result = send(server, [notification(1), notification(2, recipient=to('grey@example.com')), notification(3)])
    assert result.outcomes() == ['delivered', 'retry', 'delivered'], result.verdicts
    expect(result.of(2), 'retry', '450 4.2.0 greylisted, try later')
    assert 'pause' not in result.of(2), result.verdicts
    assert len(server.mails) == 2


def test_f58_550_of_one_recipient():
    """F58: 550 of one recipient is final for that one only"""
    def answer(_, line):
        return b'550-5.1.1 no such user\r\n550 5.1.1 ask the postmaster\r\n' if b'gone' in line else '250 Ok'
    with FakeSmtp({'RCPT': answer}) as server:
        result = send(server, [notification(1), notification(2, recipient=to('gone@example.com')), notification(3)])
    assert result.outcomes() == ['delivered', 'refused', 'delivered'], result.verdicts
    expect(result.of(2), 'refused', '550-5.1.1 no such user 5.1.1 ask the postmaster')
    assert 'pause' not in result.of(2)


def test_f58_552():
    """F58: 552, the mail is too large"""
    expect(one({'MAIL': '552 5.3.4 too large'})[0], 'refused', '552 5.3.4 too large')
    expect(one({'.': '552 5.2.2 mailbox full'})[0], 'refused', '552 5.2.2 mailbox full')


def test_f58_571():
    """F58: 571 after the final dot"""
    expect(one({'.': '571 5.7.1 looks like spam'})[0], 'refused', '571 5.7.1 looks like spam')


def test_f58_451_after_dot():
    """F58: 451 after the final dot: it was not taken"""
    expect(one({'.': '451 4.3.0 queue is full'})[0], 'retry', '451 4.3.0 queue is full')


def test_f58_550_of_sender():
    """F58: a sender that is refused is about us, and no fault of the recipient's"""
    for script, words in (({'MAIL': '550 5.7.1 sender rejected'}, '550 5.7.1 sender rejected'), ({'MAIL': '452 4.3.1 disk full'}, '452 4.3.1'),
                          ({'RCPT': '530 5.7.0 authentication required'}, '530 5.7.0')):
        verdict, _ = one(script)
        expect(verdict, 'retry', words)
        assert verdict['pause'] is True, verdict


def test_f58_drop_after_354():
    """F58: drops after 354; the whole mail was on its way"""
    verdict, server = one({'DATA': lambda talk, line: talk.send(b'354 go\r\n') or DROP})
    assert verdict['outcome'] == 'retry', verdict
    assert not server.mails


def test_f58_drop_before_data():
    """F58: drops before any of the mail: not ambiguous"""
    for command in ('greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'):
        verdict, _ = one({command: DROP})
        assert verdict['outcome'] == 'retry' and 'ambiguous' not in verdict, (command, verdict)


def test_f58_lost_250():
    """F58: the 250 after the final dot is lost: ambiguous, and comes again under the same Message-ID"""
    with FakeSmtp({'.': [DROP]}) as server:
        result = send(server)
        expect(result.of(1), 'retry', 'no answer came', True)
        again = send(server, [notification(1, **{'is-repeat': True})])
    assert again.of(1)['outcome'] == 'delivered'
    ids = [line for mail in server.mails for line in mail['raw'].split(b'\r\n') if line.startswith(b'Message-ID:')]
    assert ids == [b'Message-ID: <run.1.failed.alice@web1.example>'] * 2, ids


def test_f58_421_between_mails():
    """F58: a server that has had enough of one connection gets a new one, and no mail waits for that"""
    with FakeSmtp({'MAIL': ['250 Ok', '250 Ok', b'421 4.7.0 too many messages\r\n', '250 Ok']}) as server:
        result = send(server, [notification(i) for i in range(1, 5)])
    assert result.outcomes() == ['delivered'] * 4, result.verdicts
    assert server.n_connections == 2, server.n_connections


def test_f58_drop_between_mails():
    """F58: a connection that has been closed meanwhile is opened again"""
    with FakeSmtp({'MAIL': ['250 Ok', DROP, '250 Ok']}) as server:
        result = send(server, [notification(i) for i in range(1, 3)])
    assert result.outcomes() == ['delivered'] * 2, result.verdicts


def test_f58_421_anywhere():
    """F58: 421 as the answer to anything is for later"""
    for command in ('MAIL', 'RCPT', 'DATA', '.'):
        verdict, _ = one({command: '421 4.3.0 shutting down'})
        expect(verdict, 'retry', '421 4.3.0 shutting down')


def test_f60_killed():
    """F60: killed at each edge, nothing is lost, and what comes twice has the same Message-ID"""
    for edge in ('greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.', 'QUIT'):
        reached = threading.Event()

        def wait_there(talk, _, reached=reached):
            reached.set()
            talk.stall()
        with FakeSmtp({edge: [wait_there]}) as server:
            kill_at(reached, server.port)
            before = len(server.mails)
            again = send(server, [notification(1, **{'is-repeat': True})])
        assert again.of(1)['outcome'] == 'delivered', (edge, again.verdicts)
        assert before == (edge in ('.', 'QUIT')) and len(server.mails) == before + 1, (edge, before, len(server.mails))
        heads = {mail['raw'].split(b'\r\nContent-Type: ')[0] for mail in server.mails}
        assert len(heads) == 1, (edge, heads)


def kill_at(reached, port):
    """Starts a channel with one mail, and ends it there."""
    first = {'type': 'configure', 'protocol': 1, 'channel': 'email', 'host': 'web1.example',
             'settings': {'host': '127.0.0.1', 'port': str(port), 'tls': 'none', 'from': 'jobtracker@web1.example'}}
    with subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        process.stdin.write(as_line(first) + as_line(notification(1)))
        process.stdin.close()
        is_there = reached.wait(30)
        process.kill()
    assert is_there, 'it never came there'


def test_smtputf8_not_offered():
    """a local part beyond ASCII is refused by name where the server has no SMTPUTF8; also in the midst of others"""
    with FakeSmtp() as server:
        result = send(server, [notification(1), notification(2, recipient=to('jürgen@example.com')), notification(3)])
    assert result.outcomes() == ['delivered', 'refused', 'delivered'], result.verdicts
    expect(result.of(2), 'refused', 'jürgen@example.com: it offers no SMTPUTF8')
    assert not any('jürgen'.encode() in line for line in server.commands), server.commands


def test_smtputf8_offered():
    """and sent as such where it has; a domain alone needs none"""
    with FakeSmtp(offers=['SMTPUTF8', '8BITMIME']) as server:
        result = send(server, [notification(1, recipient=to('jürgen@exämple.com')), notification(2, recipient=to('ops@exämple.com'))])
    assert result.outcomes() == ['delivered'] * 2, result.verdicts
    assert b'SMTPUTF8' in server.mails[0]['from'] and server.mails[0]['to'] == ['RCPT TO:<jürgen@xn--exmple-cua.com>'.encode()]
    assert b'SMTPUTF8' not in server.mails[1]['from'] and server.mails[1]['to'] == [b'RCPT TO:<ops@xn--exmple-cua.com>']


def test_auth_not_offered():
    """a user is set, the server offers no AUTH: nothing is sent"""
    with FakeSmtp() as server:
        result = send(server, secrets={'password': 'canary-77'}, user='jt', allow_plaintext_auth='yes')
    expect(result.of(1), 'retry', 'offers no AUTH')
    assert b'canary' not in server.clear and not server.mails
    with FakeSmtp({'EHLO': '502 not known'}) as server:
        result = send(server, secrets={'password': 'canary-77'}, user='jt', allow_plaintext_auth='yes')
    expect(result.of(1), 'retry', 'offers no AUTH')
    assert not server.mails


def test_auth_refused():
    """a password that is wrong is for later, for somebody can set it right"""
    with FakeSmtp({'AUTH': '535 5.7.8 bad credentials'}, offers=['AUTH PLAIN']) as server:
        result = send(server, secrets={'password': 'wrong'}, user='jt', allow_plaintext_auth='yes', auth='plain')
    expect(result.of(1), 'retry', 'the server refuses AUTH: 535 5.7.8 bad credentials')
    assert not server.mails


def test_auth_no_common_way():
    """none of the ways that the server knows is allowed"""
    with FakeSmtp(offers=['AUTH CRAM-MD5']) as server:
        result = send(server, secrets={'password': 'secret'}, user='jt', allow_plaintext_auth='yes', auth='plain')
    expect(result.of(1), 'retry', 'authenticate')
    assert not server.mails


def test_auth_xoauth2():
    """XOAUTH2 sends the token"""
    def authenticate(talk, _):
        talk.send(b'334 \r\n')
        assert base64.b64decode(talk.line()) == b'user=jt@example.com\x01auth=Bearer ya29.token\x01\x01'
        return '235 welcome'
    with FakeSmtp({'AUTH': authenticate}, offers=['AUTH XOAUTH2']) as server:
        result = send(server, secrets={'token': 'ya29.token'}, user='jt@example.com', allow_plaintext_auth='yes', auth='xoauth2')
    assert result.outcomes() == ['delivered'], result.verdicts


def test_hello_and_envelope():
    """hello and envelope-from are what they are set to"""
    _, server = one({}, hello='mail.web1.example', envelope_from='bounces@example.com')
    assert server.commands[0] == b'EHLO mail.web1.example', server.commands
    assert server.mails[0]['from'].startswith(b'MAIL FROM:<bounces@example.com>')
    assert b'\r\nFrom: "JobTracker on web1.example" <jobtracker@web1.example>\r\n' in b'\r\n' + server.mails[0]['raw']


def test_aiosmtpd_auth():
    """AUTH against aiosmtpd: the right password, then a wrong one"""
    try:
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult
    except ImportError as error:
        raise Skip('python3-aiosmtpd is not installed') from error
    warnings.simplefilter('ignore')
    logging.disable(logging.WARNING)
    seen = []

    def authenticate(_server, _session, _envelope, mechanism, data):
        seen.append((mechanism, data.login, data.password))
        return AuthResult(success=data.password == b'right horse', handled=False)

    class Handler:
        async def handle_DATA(self, _server, _session, envelope):
            seen.append(envelope.rcpt_tos)
            return '250 2.0.0 kept'

    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname='127.0.0.1', port=port, authenticator=authenticate, auth_require_tls=False,
                            auth_required=True)
    controller.start()
    try:
        settings = {'host': '127.0.0.1', 'port': str(port), 'tls': 'none', 'user': 'jt', 'allow-plaintext-auth': 'yes'}
        for way in ('auto', 'plain', 'login'):
            result = run_channel(PROGRAM, {**settings, 'auth': way}, [notification(1)], {'password': 'right horse'})
            expect(result.of(1), 'delivered', '250 2.0.0 kept')
        result = run_channel(PROGRAM, settings, [notification(1)], {'password': 'wrong'})
        expect(result.of(1), 'retry', '535')
    finally:
        controller.stop()
    assert seen.count(['ops@example.com']) == 3, seen
    assert {entry[0] for entry in seen if isinstance(entry, tuple)} >= {'PLAIN', 'LOGIN'}, seen


run_cases(globals())
