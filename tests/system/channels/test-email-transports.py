#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""channel-email by sendmail(1) and by HTTP interfaces.

test-email-transports.py PROGRAM [CASE…].
"""

import base64
import email
import email.policy
import http.server
import json
import os
import ssl
import sys
import tempfile
import threading
import time

from channel import notification, run_cases, run_channel, to
from test_ca import Authority

PROGRAM = sys.argv[1]
BOUND = 10  # seconds, on a busy machine too; what is not bounded takes twenty


def parse(raw):
    return email.message_from_bytes(raw.replace(b'\r\n', b'\n'), policy=email.policy.default)


# ---- sendmail --------------------------------------------------------------------------------------------------------

class Sendmail:
    """A script in the place of sendmail: keeps its arguments and its input, then does what BODY says."""

    def __init__(self, body='exit 0', is_reading=True):
        self.holder = tempfile.TemporaryDirectory(prefix='jobtracker-sendmail.')
        self.path = os.path.join(self.holder.name, 'sendmail')
        keep = f'printf "%s\\n" "$@" > {self.holder.name}/args.$$\ncat > {self.holder.name}/mail.$$\n' if is_reading else ''
        with open(self.path, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\n{keep}{body}\n')
        os.chmod(self.path, 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.holder.cleanup()

    def read(self, kind):
        found = []
        for name in sorted(os.listdir(self.holder.name)):
            if name.startswith(kind + '.'):
                with open(os.path.join(self.holder.name, name), 'rb') as file:
                    found.append(file.read())
        return found


def hand_over(sendmail, *notifications, **settings):
    names = {'transport': 'sendmail', 'sendmail-path': sendmail.path, 'from': 'jobtracker@web1.example', **settings}
    result = run_channel(PROGRAM, names, list(notifications) or [notification(1)])
    assert result.problem is None and result.status == 0, (result.problem, result.stderr)
    return result


def test_sendmail():
    """one process for each mail, with LF as lines end in files, and no argument that a value could be"""
    with Sendmail() as sendmail:
        result = hand_over(sendmail, *[notification(i, text='.\nä\n') for i in range(1, 6)])
        assert result.outcomes() == ['delivered'] * 5, result.verdicts
        mails, arguments = sendmail.read('mail'), sendmail.read('args')
    assert len(mails) == 5 and all(b'\r' not in mail for mail in mails)
    assert set(arguments) == {b'-oi\n-f\njobtracker@web1.example\n--\nops@example.com\n'}, arguments
    assert parse(mails[0]).get_body(('plain',)).get_content() == '.\nä\n'


def test_sendmail_statuses():
    """what sysexits.h says is kept: 75 is for later, 65, 67 and 68 are final, all else is for later"""
    for status, outcome in ((75, 'retry'), (65, 'refused'), (67, 'refused'), (68, 'refused'), (64, 'retry'), (69, 'retry'),
                            (70, 'retry'), (77, 'retry'), (78, 'retry'), (1, 'retry'), (127, 'retry')):
        with Sendmail(f'echo "no such user here" >&2; exit {status}') as sendmail:
            verdict = hand_over(sendmail).of(1)
        assert verdict['outcome'] == outcome and verdict['reason'] == f'sendmail ended with status {status}: no such user here', verdict


def test_sendmail_killed():
    """a sendmail that is killed may have kept the mail"""
    with Sendmail('kill -9 $$') as sendmail:
        verdict = hand_over(sendmail).of(1)
    assert verdict['outcome'] == 'retry' and verdict['ambiguous'] and 'signal 9' in verdict['reason'], verdict


def test_sendmail_hangs():
    """one that does not end is killed in time, also when it leaves somebody behind"""
    with Sendmail('exec sleep 60') as sendmail:
        result = hand_over(sendmail, timeout='1s')
    assert result.of(1)['outcome'] == 'retry' and result.of(1)['ambiguous'] and result.times['1'] < BOUND, result.verdicts
    with Sendmail('sleep 20 & echo oops >&2; exit 75') as sendmail:
        result = hand_over(sendmail)
    assert result.of(1)['reason'].endswith('75: oops') and result.times['1'] < BOUND, result.verdicts


def test_sendmail_reads_nothing():
    """one that ends well without having read the mail has not taken it"""
    with Sendmail('exec 0< /dev/null; exit 0', is_reading=False) as sendmail:
        verdict = hand_over(sendmail, notification(1, text='x' * 500000)).of(1)
    assert verdict['outcome'] == 'retry' and verdict['ambiguous'], verdict


def test_sendmail_floods():
    """one that complains without an end"""
    with Sendmail('yes "complaint" | head -c 5000000 >&2; exit 75') as sendmail:
        result = hand_over(sendmail)
    assert result.of(1)['outcome'] == 'retry' and len(result.of(1)['reason']) <= 1024, result.verdicts


# ---- HTTP ------------------------------------------------------------------------------------------------------------

class Api:
    """Answers (status, headers, body) to each post, or does what a function of the handler says."""

    def __init__(self, answer=(200, {}, b'{"id":"m-1"}'), tls=None):
        self.posts = []
        self.ending = threading.Event()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                api.posts.append((self.path, self.headers, body))
                if callable(answer):
                    answer(self)
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(('127.0.0.1', 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f'{"https" if tls else "http"}://localhost:{self.server.server_address[1]}/v3/send'
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


def post(api, *notifications, preset='raw', token='t-77', **settings):
    names = {'transport': 'http', 'http-preset': preset, 'url': api.url, 'from': 'jobtracker@web1.example', 'from-name': 'Jobs "A"',
             'allow-plaintext-auth': 'yes', **{key.replace('_', '-'): value for key, value in settings.items()}}
    result = run_channel(PROGRAM, names, list(notifications) or [notification(1, recipient=to('ops@example.com', 'Jürgen'))],
                         {'token': token} if token else {})
    assert result.problem is None and result.status == 0, (result.problem, result.stderr)
    assert token is None or token not in str(result.verdicts), result.verdicts
    return result


def test_http_raw():
    """the mail as it is"""
    with Api() as api:
        result = post(api, *[notification(i) for i in range(1, 11)])
    assert result.outcomes() == ['delivered'] * 10 and result.of(1)['detail'].startswith('200 OK'), result.verdicts
    path, headers, body = api.posts[0]
    assert path == '/v3/send' and headers['Content-Type'] == 'message/rfc822' and headers['Authorization'] == 'Bearer t-77'
    assert headers['X-Envelope-To'] == 'ops@example.com' and headers['X-Envelope-From'] == 'jobtracker@web1.example'
    assert headers['Idempotency-Key'] == parse(body)['Message-ID']
    assert parse(body).get_body(('plain',)).get_content() == 'exit code 3\n'


def test_http_mailgun():
    """Mailgun: a form with the mail in it, user api"""
    with Api() as api:
        post(api, preset='mailgun')
    _, headers, body = api.posts[0]
    assert headers['Authorization'] == 'Basic ' + base64.b64encode(b'api:t-77').decode()
    form = email.message_from_bytes(b'Content-Type: ' + headers['Content-Type'].encode() + b'\r\n\r\n' + body, policy=email.policy.HTTP)
    parts = {part.get_param('name', header='content-disposition'): part for part in form.iter_parts()}
    assert set(parts) == {'to', 'message'}, parts
    assert parts['to'].get_payload().strip() == 'ops@example.com'
    assert b'\r\nMessage-ID: <run.1.failed.alice@web1.example>\r\n' in body


def test_http_sendgrid():
    """SendGrid: JSON, one recipient, both parts, our headers"""
    with Api((202, {'X-Message-Id': 'x'}, b'')) as api:
        result = post(api, preset='sendgrid', reply_to='team@example.com')
    assert result.outcomes() == ['delivered'], result.verdicts
    _, headers, body = api.posts[0]
    document = json.loads(body)
    assert headers['Authorization'] == 'Bearer t-77' and headers['Content-Type'] == 'application/json'
    assert document['personalizations'] == [{'to': [{'email': 'ops@example.com', 'name': 'Jürgen'}]}], document
    assert document['from'] == {'email': 'jobtracker@web1.example', 'name': 'Jobs "A"'}
    assert document['reply_to'] == {'email': 'team@example.com'} and document['subject'] == 'backup failed'
    assert [part['type'] for part in document['content']] == ['text/plain', 'text/html']
    assert document['headers'] == {'Message-ID': '<run.1.failed.alice@web1.example>', 'Auto-Submitted': 'auto-generated',
                                   'List-Id': '<backup.web1.jobtracker>', 'X-Auto-Response-Suppress': 'All'}, document


def test_http_postmark():
    """Postmark: JSON, a token in a header of its own, our Message-ID kept"""
    with Api() as api:
        result = post(api, preset='postmark')
    assert result.outcomes() == ['delivered'], result.verdicts
    _, headers, body = api.posts[0]
    document = json.loads(body)
    assert headers['X-Postmark-Server-Token'] == 't-77' and headers['Authorization'] is None
    assert document['From'] == '"Jobs \\"A\\"" <jobtracker@web1.example>' and document['To'] == '"Jürgen" <ops@example.com>', document
    assert document['TextBody'] == 'exit code 3\n' and document['HtmlBody'] == '<p>exit code 3</p>\n'
    assert {'Name': 'Message-ID', 'Value': '<run.1.failed.alice@web1.example>'} in document['Headers']
    assert {'Name': 'X-PM-KeepID', 'Value': 'true'} in document['Headers']


def test_http_statuses():
    """what the statuses mean"""
    for status, outcome in ((201, 'delivered'), (400, 'refused'), (401, 'retry'), (403, 'retry'), (404, 'retry'), (413, 'refused'),
                            (422, 'refused'), (429, 'retry'), (500, 'retry'), (503, 'retry'), (301, 'retry')):
        with Api((status, {'Location': 'http://127.0.0.1:1/'} if status == 301 else {}, b'{"message":"words of it"}')) as api:
            verdict = post(api).of(1)
        assert verdict['outcome'] == outcome and 'words of it' in verdict.get('reason', verdict.get('detail')), (status, verdict)
        assert ('pause' in verdict) == (status in (401, 403, 429, 503)) and len(api.posts) == 1, (status, verdict)


def test_http_410():
    """410: nothing more is to be sent there"""
    with Api((410, {}, b'')) as api:
        verdict = post(api).of(1)
    assert verdict['outcome'] == 'refused' and verdict['pause'] is True, verdict


def test_http_retry_after():
    """Retry-After in seconds, as a date, and as nonsense"""
    for value, least, most in (('120', 120, 120), ('999999999', 86400, 86400), ('soon', None, None), ('-5', None, None),
                               (time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + 600)), 540, 600)):
        with Api((429, {'Retry-After': value}, b'')) as api:
            verdict = post(api).of(1)
        assert verdict['outcome'] == 'retry', verdict
        assert ('after' in verdict) == (least is not None), (value, verdict)
        assert least is None or least <= verdict['after'] <= most, (value, verdict)


def test_http_stalls():
    """an interface that does not answer may have taken the mail; one that drips does not keep us"""
    with Api(lambda handler: api.ending.wait(30)) as api:
        result = post(api, timeout='1s', connect_timeout='1s')
        assert result.of(1)['outcome'] == 'retry' and result.of(1)['ambiguous'] and result.times['1'] < BOUND, result.verdicts

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while not api.ending.wait(0.2):
            handler.wfile.write(b'x')
            handler.wfile.flush()
    with Api(drip) as api:
        result = post(api, timeout='1s', connect_timeout='1s')
        assert result.of(1)['outcome'] == 'delivered' and result.times['1'] < BOUND, result.verdicts


def test_http_floods():
    """an answer without an end is read no further than 64 KiB, packed or not"""
    def flood(handler):
        handler.send_response(500)
        handler.send_header('Content-Encoding', 'gzip')
        handler.end_headers()
        for _ in range(64):
            handler.wfile.write(b'\x1f\x8b' + b'x' * (1 << 20))
        handler.close_connection = True
    with Api(flood) as api:
        result = post(api)
    assert result.of(1)['outcome'] == 'retry' and len(result.of(1)['reason']) <= 1024, result.verdicts


def test_http_refused_connection():
    """nobody listens there: not ambiguous"""
    with Api() as api:
        pass
    verdict = post(api).of(1)
    assert verdict['outcome'] == 'retry' and 'ambiguous' not in verdict and verdict['pause'] is True, verdict


def test_http_tls():
    """a certificate that is right, and the ways to be wrong: the token is not sent"""
    with tempfile.TemporaryDirectory(prefix='jobtracker-tls.') as folder:
        ca = Authority(folder)
        with Api(tls=ca.context('good', 'DNS:localhost')) as api:
            assert post(api, tls_ca=ca.file, allow_plaintext_auth='no').outcomes() == ['delivered']
        for tls, words in ((ca.context('other', 'DNS:other.example'), 'for another name'),
                           (ca.context('old', 'DNS:localhost', has_expired=True), 'has expired'),
                           (Authority(folder, 'foreign').context('bad', 'DNS:localhost'), 'issuer is not trusted')):
            assert isinstance(tls, ssl.SSLContext)
            with Api(tls=tls) as api:
                verdict = post(api, tls_ca=ca.file, allow_plaintext_auth='no').of(1)
            assert verdict['outcome'] == 'retry' and words in verdict['reason'] and 'ambiguous' not in verdict, verdict
            assert not api.posts


run_cases(globals())
