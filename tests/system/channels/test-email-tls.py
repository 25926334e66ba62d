#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""channel-email over TLS, with a certificate authority of its own.

test-email-tls.py PROGRAM [CASE…]. Row F59 of the fault matrix: it fails closed, says which check failed, and neither a
password nor a mail is ever seen in clear.
"""

import sys
import tempfile

from channel import notification, run_cases, run_channel
from fake_smtp import FakeSmtp
from test_ca import Authority

PROGRAM = sys.argv[1]
CANARY = 'canary-4711'
FOLDER = tempfile.TemporaryDirectory(prefix='jobtracker-tls.')
MADE = {}


def authority():
    if 'ca' not in MADE:
        MADE['ca'] = Authority(FOLDER.name)
    return MADE['ca']


def context(name, alternatives='DNS:localhost,IP:127.0.0.1', has_expired=False, ca=None):
    if name not in MADE:
        MADE[name] = (ca or authority()).context(name, alternatives, has_expired)
    return MADE[name]


def send(server, **settings):
    names = {'host': 'localhost', 'port': str(server.port), 'tls-ca': authority().file, 'user': 'jt', 'auth': 'plain',
             'timeout': '5s'}
    names.update({key.replace('_', '-'): value for key, value in settings.items()})
    names = {key: value for key, value in names.items() if value is not None}
    result = run_channel(PROGRAM, names, [notification(1)], {'password': CANARY})
    assert result.problem is None and result.status == 0, (result.problem, result.stderr)
    return result.of(1)


def authenticate(talk, _):
    """AUTH PLAIN, in two steps; seen only where nobody listens."""
    talk.send(b'334 \r\n')
    talk.line()
    return '235 welcome'


def serve(tls, script=None, **options):
    return FakeSmtp({'AUTH': authenticate, **(script or {})}, tls=tls, offers=['AUTH PLAIN'], **options)


def expect_closed(server, verdict, words):
    """Nothing but EHLO, STARTTLS and QUIT went over."""
    assert verdict['outcome'] == 'retry' and 'ambiguous' not in verdict, verdict
    assert words in verdict['reason'], verdict
    assert CANARY not in str(verdict)
    assert not server.mails, server.mails
    assert all(line.split(b' ')[0] in (b'EHLO', b'STARTTLS', b'QUIT') for line in server.commands), server.commands


def test_starttls():
    """STARTTLS with a certificate that is right: only EHLO and STARTTLS are in clear"""
    with serve(context('good')) as server:
        verdict = send(server)
    assert verdict['outcome'] == 'delivered', verdict
    assert server.clear.split(b'\n')[1:] == [b'STARTTLS', b''], server.clear
    assert len(server.mails) == 1


def test_smtps():
    """TLS from the first byte"""
    with serve(context('good'), is_tls_at_once=True) as server:
        verdict = send(server, tls='smtps')
    assert verdict['outcome'] == 'delivered' and server.clear == b'', (verdict, server.clear)


def test_server_name():
    """tls-server-name is what the certificate has to name"""
    tls = context('mail', 'DNS:mail.example.com')
    with serve(tls) as server:
        assert send(server, tls_server_name='mail.example.com')['outcome'] == 'delivered'
    with serve(tls) as server:
        expect_closed(server, send(server, tls_server_name='other.example.com'), 'TLS:')


def test_f59_wrong_name():
    """F59: the certificate is for another name"""
    with serve(context('mail', 'DNS:mail.example.com')) as server:
        verdict = send(server)
        expect_closed(server, verdict, 'it is for another name')
    assert "'localhost'" in verdict['reason'], verdict


def test_f59_expired():
    """F59: the certificate has expired"""
    with serve(context('old', has_expired=True)) as server:
        expect_closed(server, send(server), 'it has expired')


def test_f59_untrusted():
    """F59: the certificate is somebody else's"""
    with serve(context('foreign', ca=Authority(FOLDER.name, 'other'))) as server:
        expect_closed(server, send(server), 'its issuer is not trusted')


def test_f59_untrusted_without_ca():
    """F59: without tls-ca those of the system count"""
    with serve(context('good')) as server:
        expect_closed(server, send(server, tls_ca=None), 'its issuer is not trusted')


def test_f59_untrusted_smtps():
    """F59: the same with TLS from the first byte"""
    with serve(context('foreign2', ca=Authority(FOLDER.name, 'other2')), is_tls_at_once=True) as server:
        expect_closed(server, send(server, tls='smtps'), 'its issuer is not trusted')


def test_f59_no_starttls():
    """F59: STARTTLS is not offered (or somebody took it out): nothing is sent"""
    with serve(None) as server:
        expect_closed(server, send(server), 'offers no STARTTLS')


def test_f59_starttls_refused():
    """F59: STARTTLS is offered and refused"""
    with serve(context('good'), {'STARTTLS': '454 4.7.0 not now'}) as server:
        expect_closed(server, send(server), '454 4.7.0 not now')


def test_f59_ehlo_refused():
    """F59: no EHLO, hence no STARTTLS: HELO is not tried in its place"""
    with serve(context('good'), {'EHLO': '502 not known'}) as server:
        expect_closed(server, send(server), '502 not known')


def test_f59_injected():
    """F59: plaintext after the answer to STARTTLS in the same packet is not taken for what the server said"""
    injected = b'220 go ahead\r\n250-fake\r\n250-AUTH PLAIN\r\n250 SMTPUTF8\r\n'

    def answer(talk, _):
        talk.send(injected)
        talk.secure()
        return b''
    with serve(context('good'), {'STARTTLS': answer}) as server:
        expect_closed(server, send(server), 'somebody may be in between')


def test_f59_not_tls():
    """F59: what answers STARTTLS speaks no TLS"""
    with serve(context('good'), {'STARTTLS': b'220 go ahead\r\n'}) as server:
        server.script['STARTTLS'] = lambda talk, line: talk.send(b'220 go ahead\r\n') or talk.line()
        expect_closed(server, send(server), '')


def test_f59_plaintext_password():
    """F59: without TLS a password is refused by the settings, unless it is allowed"""
    with serve(None) as server:
        result = run_channel(PROGRAM, {'host': 'localhost', 'port': str(server.port), 'tls': 'none', 'user': 'jt'},
                             [notification(1)], {'password': CANARY})
    assert result.problem.startswith("setting 'tls': a password would cross the network in clear"), result.problem
    assert result.status == 1 and server.n_connections == 0


def test_old_tls():
    """TLS older than 1.2 is refused"""
    old = Authority(FOLDER.name, 'old-ca').context('ancient', 'DNS:localhost')
    import ssl
    import warnings
    warnings.simplefilter('ignore')
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers('ALL:@SECLEVEL=0')
    with serve(old) as server:
        expect_closed(server, send(server), 'TLS:')


run_cases(globals())
