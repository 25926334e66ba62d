#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""channel-webhook against servers that keep the rules and servers that do not.

test-channel-webhook.py PROGRAM. What each preset sends is compared as a whole with what the service's documentation asks for.
"""

import base64
import gzip
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.parse
from email.utils import formatdate

sys.dont_write_bytecode = True
from server import PATIENCE, Authority, Channel, Server, answer, notification, run_cases, temporary_folder

OPEN = {'allow-private': 'yes', 'allow-http': 'yes'}
TEXT = notification()['text']
TITLE = notification()['subject']
LINK = 'https://jobs.example.com/runs/42'
RED, GREEN, ORANGE, BLUE = '#d32f2f', '#388e3c', '#f57c00', '#1976d2'


def send(behave, settings=None, notes=None, secrets=None, **options):
    """(server, verdicts) of one call."""
    with Server(behave) as server:
        given = {'url': f'http://127.0.0.1:{server.port}/hook', **OPEN, **(settings or {})}
        return server, Channel.run(given, notes or [notification()], secrets, **options)


def send_one(behave, settings=None, note=None, secrets=None):
    """(request or None, verdict)"""
    server, verdicts = send(behave, settings, [note or notification()], secrets)
    return server.requests[0] if server.requests else None, verdicts['1']


def ask(preset, settings=None, note=None, secrets=None, reply=answer()):
    """The request of a preset that is answered well."""
    request, verdict = send_one(reply, {'preset': preset, **(settings or {})}, note, secrets)
    assert verdict['outcome'] == 'delivered', verdict
    if request.method != 'PUT' and preset != 'twilio':
        assert request.headers['content-type'] == 'application/json'
    return request


def problem(settings, secrets=None):
    verdicts = Channel.run(settings, [notification()], secrets)
    assert list(verdicts) == [None] and verdicts[None]['type'] == 'problem', verdicts
    return verdicts[None]['reason']


# ---- presets ----


def plain_json():
    """json without a template sends the notification itself"""
    note = notification()
    request = ask('json')
    assert (request.method, request.path) == ('POST', '/hook')
    assert request.json() == {key: value for key, value in note.items() if key != 'type'}
    assert request.headers['idempotency-key'] == note['message-id']
    assert request.headers['user-agent'].startswith('JobTracker/')
    assert 'accept-encoding' not in request.headers and 'authorization' not in request.headers


def template():
    """json with a template: values cannot end their string, json.NAME is a value as a whole"""
    body = '{"routing":"{{severity}}","summary":"{{subject}} / {{{text}}}","code":{{run.exit-code}},"tags":{{json.job}},"all":[{{#job.tags}}"{{.}}",{{/job.tags}}null]}'
    note = notification(subject='"}, "evil": {"a": "\\', text='a\n\t\x01"\\')
    request = ask('json', {'body': body, 'method': 'PUT', 'content-type': 'application/vnd.x+json'}, note)
    assert request.method == 'PUT' and request.headers['content-type'] == 'application/vnd.x+json'
    assert request.json() == {'routing': 'error', 'summary': note['subject'] + ' / ' + note['text'], 'code': 1, 'tags': note['job'],
                              'all': ['nightly', 'disk "two"', None]}
    multi_line = ask('json', {}, secrets={'body': '{\n  "a": {{json.text}}\n}'})
    assert multi_line.json() == {'a': TEXT}


def bad_templates():
    """a template that gives no JSON, or does not parse, is named before anything is sent"""
    url = {'url': 'https://hooks.example.com/'}
    for body, said in [('{"a": {{subject}}}', "'body': gives no JSON: after '{\"a\": '"), ('{"a": 1,}', "gives no JSON: after '{\"a\": 1,' comes '}'"),
                       ('{"a": "{{subject}"}', 'line 1, column'), ('{"a": "{{subjct}}"}', "has no 'subjct'"), ('{"a": 1', 'ends too early'),
                       ('{"a": "{{>b}}"}', 'nothing to include'), ('// x\n{}', 'gives no JSON')]:
        reason = problem(url, {'body': body})
        assert said in reason and 'body' in reason, reason
    # Good for the sample, not for this one: it alone is refused.
    with Server(answer()) as server:
        verdicts = Channel.run({'url': f'http://127.0.0.1:{server.port}/', **OPEN, 'body': '{"code": {{run.exit-code}}}'},
                               [notification(1, run=None), notification(2)])
    assert verdicts['1']['outcome'] == 'refused' and 'no JSON' in verdicts['1']['reason']
    assert verdicts['2']['outcome'] == 'delivered' and len(server.requests) == 1


def ntfy():
    """ntfy: publishing as JSON"""
    request = ask('ntfy', {'topic': 'jobs'}, secrets={'token': 'tk_1'})
    assert (request.method, request.path) == ('POST', '/hook/'), request.path
    assert request.headers['authorization'] == 'Bearer tk_1'
    assert request.json() == {'topic': 'jobs', 'title': TITLE, 'message': TEXT, 'priority': 4, 'tags': ['rotating_light', 'failed'], 'click': LINK}
    good = ask('ntfy', {'topic': 'jobs'}, notification(event='recovered', severity='notice', links=None)).json()
    assert good['tags'] == ['white_check_mark', 'recovered'] and good['priority'] == 3 and 'click' not in good
    # 4096 bytes are a message, more is an attachment; the flag of a country is not cut in two.
    for text in ['ä' * 5000, '🇩🇪' * 1000, 'e\u0301' * 3000]:
        cut = ask('ntfy', {'topic': 'jobs'}, notification(text=text)).json()['message']
        unit = text[:2] if text[0] != 'ä' else 'ä'
        assert len(cut.encode()) <= 4096 and cut[-1] == '…', len(cut.encode())
        assert cut[:-1] == unit * (len(cut[:-1]) // len(unit)) and len(cut.encode()) > 4080


def gotify():
    """Gotify: a message with extras"""
    request = ask('gotify', secrets={'token': 'A.b'})
    assert (request.method, request.path) == ('POST', '/hook/message')
    assert request.headers['x-gotify-key'] == 'A.b' and 'authorization' not in request.headers
    assert request.json() == {'title': TITLE, 'message': TEXT, 'priority': 8,
                              'extras': {'client::display': {'contentType': 'text/plain'}, 'client::notification': {'click': {'url': LINK}}}}


def slack():
    """Slack: a coloured attachment of blocks; nothing in it is markup"""
    request = ask('slack', note=notification(subject='a <!channel> & b'))
    assert (request.method, request.path) == ('POST', '/hook')
    assert request.json() == {'text': f'<{LINK}|a &lt;!channel&gt; &amp; b>', 'attachments': [{'color': RED, 'blocks': [
        {'type': 'section', 'text': {'type': 'plain_text', 'text': TEXT, 'emoji': False}}]}]}
    long = ask('slack', note=notification(text='😀' * 4000)).json()
    text = long['attachments'][0]['blocks'][0]['text']['text']
    assert len(text.encode('utf-16-le')) // 2 <= 3000 and text == '😀' * 1499 + '…', len(text)


def mattermost():
    """Mattermost: an attachment, its text a block of code"""
    request = ask('mattermost', {'room': 'ops', 'from': 'jobs'}, notification(severity='warning', event='slow', text='a\n```\n@all'))
    assert request.json() == {'channel': 'ops', 'username': 'jobs', 'attachments': [
        {'fallback': TITLE, 'color': ORANGE, 'title': TITLE, 'title_link': LINK, 'text': '````\na\n```\n@all\n````'}]}
    assert len(json.dumps(ask('mattermost', note=notification(text='"' * 9000)).json())) < 8000


def matrix():
    """Matrix: m.room.message with a transaction of its own, that is the same when it is sent again"""
    settings = {'room': '!a/b:example.com'}
    request = ask('matrix', settings, secrets={'token': 'syt_1'}, reply=answer(body=b'{"event_id":"$1"}'))
    transaction = hashlib.sha256(notification()['message-id'].encode()).hexdigest()[:32]
    assert (request.method, request.path) == ('PUT', f'/hook/_matrix/client/v3/rooms/%21a%2Fb%3Aexample.com/send/m.room.message/{transaction}'), request.path
    assert request.headers['authorization'] == 'Bearer syt_1'
    assert request.json() == {
        'msgtype': 'm.text', 'body': f'{TITLE}\n\n{TEXT}', 'format': 'org.matrix.custom.html', 'm.mentions': {},
        'formatted_body': f'<span data-mx-color="{RED}">●</span> <strong><a href="{LINK}">{TITLE}</a></strong><pre><code>'
                          'Line one\n  tar: &quot;disk&quot; is full &amp; &lt;b&gt;*gone*&lt;/b&gt;\n@channel</code></pre>'}
    largest = ask('matrix', settings, notification(text='"\u20ac' * 40000, subject='\u20ac' * 4000), {'token': 'x'})
    assert len(largest.body) < 60000, len(largest.body)


def teams():
    """Teams: a message with an Adaptive Card, no larger than 28 KB"""
    request = ask('teams', reply=answer('202 Accepted'))
    assert request.json() == {'type': 'message', 'attachments': [{'contentType': 'application/vnd.microsoft.card.adaptive', 'contentUrl': None, 'content': {
        '$schema': 'http://adaptivecards.io/schemas/adaptive-card.json', 'type': 'AdaptiveCard', 'version': '1.2', 'body': [
            {'type': 'TextBlock', 'text': TITLE, 'wrap': True, 'size': 'Medium', 'weight': 'Bolder', 'color': 'Attention'},
            {'type': 'TextBlock', 'text': 'Line one\n\n  tar: "disk" is full & <b>\\*gone\\*</b>\n\n@channel', 'wrap': True}],
        'selectAction': {'type': 'Action.OpenUrl', 'url': LINK}, 'msteams': {'width': 'Full'}}}]}
    for text in ['*' * 40000, '\u20ac' * 40000, '"' * 40000]:
        assert len(ask('teams', note=notification(text=text)).body) < 28 * 1024
    _, verdict = send_one(answer(body=b'Webhook message delivery failed with error: ... HTTP error 429'), {'preset': 'teams'})
    assert verdict['outcome'] == 'retry', verdict


def discord():
    """Discord: an embed in which nobody is mentioned, kept before it is answered"""
    request = ask('discord', {'from': 'jobs'})
    assert (request.method, request.path) == ('POST', '/hook?wait=true')
    assert request.json() == {'username': 'jobs', 'allowed_mentions': {'parse': []}, 'embeds': [
        {'title': TITLE, 'url': LINK, 'color': 0xd32f2f, 'timestamp': '2026-11-28T06:15:02Z',
         'description': 'Line one\n  tar: "disk" is full & \\<b\\>\\*gone\\*\\</b\\>\n\\@channel'}]}
    long = ask('discord', note=notification(text='*' * 9000, subject='x' * 400)).json()['embeds'][0]
    assert len(long['description']) <= 4096 and long['description'].endswith('\\*…') and len(long['title']) == 256


def twilio():
    """Twilio: a form, with the account as user; as long as is to be paid for"""
    settings = {'account': 'AC0', 'from': '+15550001', 'to': '+491701234567'}
    request = ask('twilio', settings, secrets={'token': 'secret'}, reply=answer('201 Created', b'{"sid":"SM1"}'))
    assert (request.method, request.path) == ('POST', '/hook/2010-04-01/Accounts/AC0/Messages.json')
    assert request.headers['content-type'] == 'application/x-www-form-urlencoded'
    assert request.headers['authorization'] == 'Basic ' + base64.b64encode(b'AC0:secret').decode()
    assert urllib.parse.parse_qs(request.body.decode(), strict_parsing=True) == {'To': ['+491701234567'], 'From': ['+15550001'], 'Body': [f'{TITLE}\n{TEXT}']}
    service = {'account': 'AC0', 'from': 'MG' + '0' * 32, 'max-length': '160'}
    form = urllib.parse.parse_qs(ask('twilio', service, notification(text='x' * 500, recipient={'address': '+491701111111'}),
                                     {'token': 's'}).body.decode())
    assert form['MessagingServiceSid'] == ['MG' + '0' * 32] and form['To'] == ['+491701111111'] and 'From' not in form
    assert len(form['Body'][0]) == 160
    _, verdict = send_one(answer(), {'preset': 'twilio', **service}, secrets={'token': 's'})
    assert verdict['outcome'] == 'refused' and 'no telephone number' in verdict['reason']


# ---- settings ----


def settings_are_checked():
    """what is wrong with a setting is said with its name and what to write"""
    url = {'url': 'https://hooks.example.com/x'}
    for settings, secrets, *said in [
            ({}, {}, "'url'", 'is missing'),
            ({'url': 'file:///etc/passwd'}, {}, "'url'", 'must begin with https:// or http://'),
            ({'url': 'http://hooks.example.com/'}, {}, 'allow-http=yes'),
            ({'url': 'https://{{host}}/'}, {}, 'the host must be fixed'),
            ({'url': 'https://u:p@hooks.example.com/'}, {}, 'password'),
            ({'url': 'https://hooks.example.com/#a'}, {}, 'fragment'),
            ({'url': 'https://[::ffff:10.0.0.1]/'}, {}, 'a private address', 'allow-private=yes'),
            ({'url': 'https://169.254.169.254/latest'}, {}, 'link-local'),
            ({**url, 'header-X-A': 'a\r\nEvil: b'}, {}, "'header-X-A'", 'line break'),
            (url, {'header-X-A': 'a\r\nEvil: b'}, "'header-X-A'", 'one line'),
            ({**url, 'header-X A': 'a'}, {}, 'no name of a header'),
            ({**url, 'header-Host': 'a'}, {}, "JobTracker's own"),
            ({**url, 'header-Authorization': 'a'}, {'token': 'b'}, 'leave one out'),
            ({**url, 'token': 'b'}, {}, 'token-file=PATH'),
            (url, {'token': 'a\nb'}, "'token'", 'one line'),
            ({**url, 'preset': 'slak'}, {}, "'preset'", 'must be one of json, ntfy'),
            ({**url, 'preset': 'slack', 'topic': 'x'}, {}, "'topic'", 'is not known'),
            ({'preset': 'ntfy'}, {}, "'topic'", 'preset ntfy needs it'),
            ({**url, 'preset': 'gotify'}, {}, "'token'", 'token-file=PATH'),
            ({**url, 'method': 'GET'}, {}, 'POST, PUT, PATCH'),
            ({**url, 'proxy': 'socks5://a'}, {}, "'proxy'"),
            ({**url, 'tls-ca': '/no/such'}, {}, "'tls-ca'")]:
        reason = problem(settings, secrets)
        for text in said:
            assert text in reason, f'{settings}: {reason}'


def secret_url_and_headers():
    """the URL and headers may be secrets; headers go out as they are written"""
    with Server(answer()) as server:
        verdicts = Channel.run({**OPEN, 'header-X-Team': 'ops'}, [notification()],
                               {'url': f'http://127.0.0.1:{server.port}/services/T0/B0', 'header-Authorization': 'Token abc'})
    assert verdicts['1']['outcome'] == 'delivered' and 'T0' not in json.dumps(verdicts)
    request = server.requests[0]
    assert request.path == '/services/T0/B0' and ('X-Team', 'ops') in request.pairs and request.headers['authorization'] == 'Token abc'


def signature():
    """the signature is HMAC-SHA256 over time and body"""
    key = 'ключ and 32 bytes'
    request, _ = send_one(answer(), secrets={'signing-key': key}, note=notification(text='ä'))
    parts = dict(part.split('=') for part in request.headers['x-jobtracker-signature'].split(','))
    assert abs(int(parts['t']) - time.time()) < PATIENCE
    assert hmac.compare_digest(hmac.new(key.encode(), parts['t'].encode() + b'.' + request.body, hashlib.sha256).hexdigest(), parts['v1'])


def message_ids():
    """a message id that no header can carry stays out of it"""
    request, verdict = send_one(answer(), note=notification(**{'message-id': '<a@b>\r\nEvil: x'}))
    assert verdict['outcome'] == 'delivered' and 'idempotency-key' not in request.headers and 'evil' not in request.headers


def broken_text():
    """half a surrogate pair, which JSON may hold, leaves as text all the same"""
    for preset in ('json', 'slack'):
        request = ask(preset, note=notification(subject='a \ud800 b c'))
        assert 'a' in request.body.decode('utf-8', errors='strict') and request.json()


# ---- answers ----


def verdict_of(reply, settings=None, note=None):
    _, verdict = send_one(reply, settings, note)
    return verdict


def statuses():
    """what each status means"""
    for status in ('200 OK', '201 Created', '202 Accepted', '204 No Content'):
        assert verdict_of(answer(status))['outcome'] == 'delivered'
    for status in ('408 Request Timeout', '425 Too Early', '429 Too Many', '500 Oops', '502 Bad', '503 Busy', '504 Late'):
        verdict = verdict_of(answer(status, b'why'))
        assert verdict == {'id': '1', 'outcome': 'retry', 'reason': f'{status}: why'}, verdict
    for status in ('400 Bad Request', '401 Unauthorized', '403 Forbidden', '404 Not Found', '413 Large', '422 No'):
        verdict = verdict_of(answer(status, b'why'))
        assert verdict['outcome'] == 'refused' and 'pause' not in verdict and verdict['reason'].startswith(f'{status}: why'), verdict


def words_of_servers():
    """a refusal carries the server's words: one line of text, bounded"""
    verdict = verdict_of(answer('400 Bad', b'a\r\nb\x1b[31m\xff\x00' + b'c' * 5000))
    reason = verdict['reason']
    assert reason.startswith('400 Bad: a') and '\x1b' not in reason and '\n' not in reason and len(reason) < 500, reason


def gone():
    """410 pauses the channel; what waits is given back, and nothing more is sent"""
    server, verdicts = send(answer('410 Gone'), {'preset': 'slack'}, [notification(n) for n in range(1, 6)])
    assert verdicts['1']['outcome'] == 'refused' and verdicts['1']['pause'] is True
    assert len(server.requests) == 1
    assert all(verdicts[str(n)]['outcome'] == 'retry' and 'ambiguous' not in verdicts[str(n)] for n in range(2, 6))


def retry_after():
    """Retry-After in seconds and as a date, and as Discord and Matrix say it; what waits is not sent into it"""
    assert verdict_of(answer('429 Slow', b'', 'Retry-After: 17'))['after'] == 17
    assert verdict_of(answer('503 Busy', b'', 'Retry-After: 99999999'))['after'] == 86400
    after = verdict_of(answer('503 Busy', b'', f'Retry-After: {formatdate(time.time() + 600, usegmt=True)}'))['after']
    assert 600 - PATIENCE < after <= 601, after
    for text in (formatdate(time.time() - 600, usegmt=True), 'soon', '-5', '0'):
        assert 'after' not in verdict_of(answer('503 Busy', b'', f'Retry-After: {text}'))
    assert verdict_of(answer('429 Slow', b'{"retry_after": 1.2}'), {'preset': 'discord'})['after'] == 2
    assert 'after' not in verdict_of(answer('429 Slow', b'{"retry_after": "x", "a": ' + b'[' * 60000), {'preset': 'discord'})
    with Server(answer('429 Slow', b'{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}')) as server:
        verdicts = Channel.run({'url': f'http://127.0.0.1:{server.port}', 'preset': 'matrix', 'room': '!a:b', **OPEN},
                               [notification(1), notification(2)], {'token': 'x'})
    assert [verdicts[n]['after'] for n in ('1', '2')] == [3, 3] and len(server.requests) == 1


def redirects():
    """no redirect is followed, wherever it points to"""
    with Server(answer()) as inside:
        for target in (f'http://127.0.0.1:{inside.port}/', 'http://169.254.169.254/latest/meta-data/', '/other'):
            for status in ('301 Moved', '302 Found', '307 Temporary', '308 Permanent'):
                server, verdicts = send(answer(status, b'', f'Location: {target}'))
                assert verdicts['1']['outcome'] == 'refused' and 'redirects are not followed' in verdicts['1']['reason']
                assert len(server.requests) == 1
        assert inside.connections == 0


# ---- servers that do not keep the rules ----


def pour(first, block):
    """Writes without end."""
    def behave(connection, _):
        connection.sendall(first)
        while True:
            connection.sendall(block)
    return behave


def endless_body():
    """a body without end is cut; the status counts"""
    block = b'x' * 65536
    assert verdict_of(pour(b'HTTP/1.1 200 OK\r\n\r\n', block))['outcome'] == 'delivered'
    assert verdict_of(pour(b'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n', block))['outcome'] == 'delivered'
    chunk = b'10000\r\n' + block + b'\r\n'
    verdict = verdict_of(pour(b'HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n', chunk))
    assert verdict['outcome'] == 'refused' and len(verdict['reason']) < 500
    # And whoever comes next is sent all the same.
    server, verdicts = send(pour(b'HTTP/1.1 200 OK\r\n\r\n', block), {'preset': 'slack'}, [notification(1), notification(2)])
    assert [verdict['outcome'] for verdict in verdicts.values()] == ['delivered'] * 2 and len(server.requests) == 2


def endless_head():
    """a head without end is given up, and so are answers that announce an answer"""
    for behave in (pour(b'HTTP/1.1 200 OK\r\n', b'X-Y: a\r\n' * 8000), pour(b'HTTP/1.1 200 OK\r\nX: ', b'z' * 65536), pour(b'HTTP/1.1 200 ', b'z' * 65536),
                   pour(b'', b'HTTP/1.1 100 Continue\r\n\r\n' * 1000)):
        verdict = verdict_of(behave)
        assert verdict['outcome'] == 'retry' and verdict['ambiguous'] is True and 'no answer within' not in verdict['reason'], verdict


def gzip_bomb():
    """what comes packed is not unpacked"""
    bomb = gzip.compress(b'0' * 50_000_000)
    verdict = verdict_of(answer('400 Bad', bomb, 'Content-Encoding: gzip'))
    assert verdict['outcome'] == 'refused' and '000' not in verdict['reason'], verdict


def slow():
    """a server that says nothing, or dribbles, is given up when its time is over"""
    def silent(connection, _):
        connection.recv(1)

    def dribble(connection, _):
        for byte in b'HTTP/1.1 200 OK\r\nX: ' + b'y' * 10000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)  # the server's own slowness

    for behave in (silent, dribble):
        verdict = verdict_of(behave, {'timeout': '1s'})
        assert verdict == {'id': '1', 'outcome': 'retry', 'reason': 'no answer within 0.9 seconds', 'ambiguous': True}, verdict


def slow_body():
    """a status that came counts, although its words never end"""
    def behave(connection, _):
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab')
        connection.recv(1)
    assert verdict_of(behave, {'timeout': '1s'})['outcome'] == 'delivered'


def dropped():
    """a connection that is lost after the request leaves open whether it came; before it does not"""
    verdict = verdict_of(lambda connection, _: 'close')
    assert verdict['outcome'] == 'retry' and verdict['ambiguous'] is True and 'lost before an answer came' in verdict['reason'], verdict
    verdict = verdict_of(lambda connection, _: (connection.sendall(b'HTTP/1.1 2'), 'close')[1])
    assert verdict['outcome'] == 'retry' and verdict['ambiguous'] is True, verdict
    verdict = verdict_of(lambda connection, _: (connection.sendall(b'SSH-2.0-OpenSSH\r\n'), 'close')[1])
    assert verdict['outcome'] == 'retry' and verdict['ambiguous'] is True, verdict
    with Server(answer()) as server:
        port = server.port
    verdicts = Channel.run({'url': f'http://127.0.0.1:{port}/', **OPEN}, [notification(1), notification(2)])
    assert all(verdict['outcome'] == 'retry' and 'ambiguous' not in verdict for verdict in verdicts.values()), verdicts


def stale_connections():
    """a connection that the server closed between two requests costs neither of them"""
    def behave(connection, _):
        connection.sendall(answer('200 OK', b'', 'Connection: close'))
        return 'close'
    server, verdicts = send(behave, {'preset': 'slack'}, [notification(n) for n in range(1, 4)])
    assert [verdict['outcome'] for verdict in verdicts.values()] == ['delivered'] * 3 and server.connections == 3


# ---- addresses and certificates ----


def private_addresses():
    """a name that leads to a private address is not connected to"""
    with Server(answer()) as server:
        for host in ('localhost', 'localhost.', '0177.0.0.1', '0x7f000001', '127.1'):
            verdicts = Channel.run({'url': f'http://{host}:{server.port}/', 'allow-http': 'yes'}, [notification()])
            verdict = verdicts.get('1') or verdicts[None]
            assert verdict.get('outcome', 'retry') == 'retry' and 'ambiguous' not in verdict, verdict
            if host.startswith('localhost'):
                assert 'loopback' in verdict['reason'] and 'allow-private=yes' in verdict['reason'], verdict
        assert server.connections == 0


def proxies():
    """the environment's proxy is not asked, the configured one is"""
    with Server(answer()) as proxy:
        env = {name: f'http://127.0.0.1:{proxy.port}' for name in ('http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY')}
        server, verdicts = send(answer(), env=env)
        assert verdicts['1']['outcome'] == 'delivered' and len(server.requests) == 1 and proxy.connections == 0
        verdicts = Channel.run({'url': 'http://hooks.example.com/x', 'allow-http': 'yes', 'proxy': f'http://127.0.0.1:{proxy.port}'}, [notification()])
        assert verdicts['1']['outcome'] == 'delivered' and proxy.requests[0].path == 'http://hooks.example.com/x'


def certificates():
    """a certificate that is not trusted, or for another host, ends it before anything is sent"""
    with temporary_folder() as folder:
        authority = Authority(folder)
        good, wrong, old = authority.context('localhost'), authority.context('other.example.com'), authority.context('localhost', '-1')
        for context, settings, said in [
                (good, {}, 'nobody whom this machine trusts'), (wrong, {'tls-ca': authority.path}, 'for another host'),
                (old, {'tls-ca': authority.path}, 'expired')]:
            with Server(answer(), context) as server:
                verdict = Channel.run({'url': f'https://localhost:{server.port}/', 'allow-private': 'yes', **settings}, [notification()])['1']
            assert verdict['outcome'] == 'retry' and 'ambiguous' not in verdict and said in verdict['reason'], verdict
            assert server.requests == []
        with Server(answer(), good) as server:
            verdict = Channel.run({'url': f'https://localhost:{server.port}/', 'allow-private': 'yes', 'tls-ca': authority.path}, [notification()])['1']
        assert verdict['outcome'] == 'delivered' and server.requests[0].version == 'HTTP/1.1', verdict


# ---- many ----


class Crowd:
    """Who is with the server at the same time. They have left before they are answered."""

    def __init__(self, meeting=None):
        self.meeting = meeting
        self.lock = threading.Lock()
        self.names = []
        self.most = 0
        self.twice = []

    def __call__(self, connection, request):
        name = request.json().get('job', {}).get('name')
        with self.lock:
            self.twice += [name] if name and name in self.names else []
            self.names.append(name)
            self.most = max(self.most, len(self.names))
        if self.meeting:
            self.meeting.wait(PATIENCE)
        with self.lock:
            self.names.remove(name)
        connection.sendall(answer())


def order_in_a_room():
    """a chat gets one after the other; what may be sent twice goes over one connection"""
    crowd = Crowd()
    server, verdicts = send(crowd, {'preset': 'slack'}, [notification(n, subject=f'number {n}') for n in range(1, 31)])
    assert [request.json()['text'] for request in server.requests] == [f'<{LINK}|number {n}>' for n in range(1, 31)]
    assert list(verdicts) == [str(n) for n in range(1, 31)] and crowd.most == 1
    server, verdicts = send(answer(), {'preset': 'matrix', 'room': '!a:b'}, [notification(n) for n in range(1, 31)], {'token': 'x'})
    assert len(verdicts) == 30 and server.connections == 1, server.connections


def bounded_concurrency():
    """so many at once, and never two about the same job"""
    crowd = Crowd(threading.Barrier(4))  # four have to be here, or nobody gets on
    notes = [notification(n, job={'name': f'job {(n - 1) // 5}'}) for n in range(1, 41)]
    server, verdicts = send(crowd, {'concurrency': '4'}, notes)
    assert len(verdicts) == 40 and all(verdict['outcome'] == 'delivered' for verdict in verdicts.values())
    assert crowd.most == 4 and not crowd.twice, (crowd.most, crowd.twice)
    for job in range(8):
        ids = [int(request.json()['id']) for request in server.requests if request.json()['job']['name'] == f'job {job}']
        assert ids == sorted(ids) and len(ids) == 5, ids


Channel.program = os.path.abspath(sys.argv[1])
run_cases([plain_json, template, bad_templates, ntfy, gotify, slack, mattermost, matrix, teams, discord, twilio,
           settings_are_checked, secret_url_and_headers, signature, message_ids, broken_text,
           statuses, words_of_servers, gone, retry_after, redirects,
           endless_body, endless_head, gzip_bomb, slow, slow_body, dropped, stale_connections,
           private_addresses, proxies, certificates, order_in_a_room, bounded_concurrency])
