#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What channel-email makes of a notification: through OpenSMTPD into a Maildir, and byte by byte as a server gets it.

test-email-message.py PROGRAM [CASE…]. Row F63 of the fault matrix and 5.6 of the list of bad input, one case each.
"""

import email
import email.policy
import re
import sys

from channel import notification, run_cases, run_channel, to
from fake_smtp import FakeSmtp
from mail_server import MailServer

PROGRAM = sys.argv[1]
ONE_EACH = ('From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type', 'Auto-Submitted')
UTF8 = email.policy.default.clone(utf8=True)


def settings(port):
    return {'host': '127.0.0.1', 'port': str(port), 'tls': 'none', 'from': 'jobtracker@web1.example', 'from-name': 'Jobs'}


def check_lines(raw):
    """What every mail must be: lines that end with CRLF, none too long, ASCII but for addresses."""
    assert raw.endswith(b'\r\n') and b'\x00' not in raw
    for line in raw.split(b'\r\n'):
        assert b'\r' not in line and b'\n' not in line, line
        # What has no blank cannot be broken.
        assert len(line) <= 78 or line.startswith(b'List-Unsubscribe: '), line


def check_headers(raw):
    """One header for each header, strictly: a name, a colon, a blank; lines that go on begin with a blank."""
    head = raw.split(b'\r\n\r\n', 1)[0]
    names = []
    for line in head.split(b'\r\n'):
        if line[:1] == b' ':
            assert names and line.strip(), line
        else:
            match = re.fullmatch(rb'([A-Za-z][A-Za-z0-9-]*): \S.*|([A-Za-z][A-Za-z0-9-]*): ', line)
            assert match, line
            names.append((match.group(1) or match.group(2)).decode())
    lower = [name.lower() for name in names]
    assert len(lower) == len(set(lower)), names
    assert not {'bcc', 'cc', 'resent-to', 'precedence', 'received', 'sender'} & set(lower), names
    for name in ONE_EACH:
        assert name.lower() in lower or name == 'Content-Type', names
    return names


def send_raw(*notifications, offers=()):
    """The bytes that a server gets, mail by mail, and the result."""
    with FakeSmtp(offers=offers) as server:
        result = run_channel(PROGRAM, settings(server.port), list(notifications))
    assert result.status == 0 and result.problem is None, (result.problem, result.stderr)
    for mail in server.mails:
        assert len(mail['to']) == 1, mail['to']
        check_lines(mail['raw'])
        check_headers(mail['raw'])
    return server.mails, result


def parse(raw):
    """With the line ends of a file."""
    return email.message_from_bytes(raw.replace(b'\r\n', b'\n'), policy=UTF8)


def expect_one(line):
    """The mail that one notification becomes, read."""
    mails, result = send_raw(line)
    assert result.outcomes() == ['delivered'] and len(mails) == 1, result.verdicts
    message = parse(mails[0]['raw'])
    assert not message.defects and all(not part.defects for part in message.walk()), message.defects
    return message, mails[0]


def expect_refused(line, words):
    mails, result = send_raw(line, notification(2))
    assert result.of(1)['outcome'] == 'refused' and words in result.of(1)['reason'], result.verdicts
    assert result.of(2)['outcome'] == 'delivered' and len(mails) == 1


def text_of(message, kind='plain'):
    return message.get_body((kind,)).get_content()


TEXT = '''Grüße aus dem Norden 🎉 👩‍👩‍👧
مرحبا بالعالم — שלום
.
..
.dot first
From the beginning
--=-looks like a boundary
a line that ends with blanks  \t
tab\there = 100 % =3D
''' + 'x' * 10000 + '\n' + 'ä' * 5000 + '\n\n\nlast'
HTML = '<p style="color:#b00">Grüße &amp; <b>🎉</b></p>\n' + '<i>ü</i>' * 2000 + '\n'


def test_opensmtpd():
    """through OpenSMTPD into a Maildir: all comes out as it went in"""
    server = MailServer()
    try:
        lines = [notification(1, subject='Grüße 🎉 مرحبا ' + 'lang ' * 40, text=TEXT, html=HTML,
                              recipient=to('ops@example.com', 'Jürgen Müller, Betrieb')),
                 notification(2, subject='plain', html=None, headers=[
                     ['In-Reply-To', '<run.1.failed.alice@web1.example>'],
                     ['References', '<job.7@web1.example> <run.1.failed.alice@web1.example>']])]
        result = run_channel(PROGRAM, settings(server.port), lines)
        assert result.outcomes() == ['delivered'] * 2, result.verdicts
        assert 'Message accepted for delivery' in result.of(1)['detail'], result.verdicts
        mails = {parse(raw)['Message-ID']: raw for raw in server.wait_for_mails(2)}
    finally:
        server.close()
    first, second = (parse(mails[f'<run.{n}.failed.alice@web1.example>']) for n in (1, 2))
    assert first['Subject'] == ('Grüße 🎉 مرحبا ' + 'lang ' * 40).strip(), first['Subject']
    assert first['To'].addresses[0].display_name == 'Jürgen Müller, Betrieb' and len(first['To'].addresses) == 1
    assert first['To'].addresses[0].addr_spec == 'ops@example.com'
    assert first['From'].addresses[0].addr_spec == 'jobtracker@web1.example'
    assert first['Return-Path'] == '<jobtracker@web1.example>'
    assert text_of(first) == TEXT + '\n' and text_of(first, 'html') == HTML
    assert [part.get_content_type() for part in first.walk()] == ['multipart/alternative', 'text/plain', 'text/html']
    assert second.get_content_type() == 'text/plain' and text_of(second) == 'exit code 3\n'
    assert second['References'] == '<job.7@web1.example> <run.1.failed.alice@web1.example>'
    assert second['In-Reply-To'] == '<run.1.failed.alice@web1.example>'
    for message in (first, second):
        assert not message.defects, message.defects
        assert str(message['Date'].datetime) == '2026-11-28 07:15:02+01:00'


def test_bytes():
    """a mail byte by byte"""
    _, mail = expect_one(notification(1, html=None, text='Zeile\nä = 1\n.\n'))
    assert mail['raw'] == (
        b'From: Jobs <jobtracker@web1.example>\r\n'
        b'To: alice <ops@example.com>\r\n'
        b'Subject: backup failed\r\n'
        b'Date: Sat, 28 Nov 2026 07:15:02 +0100\r\n'
        b'Message-ID: <run.1.failed.alice@web1.example>\r\n'
        b'Auto-Submitted: auto-generated\r\n'
        b'List-Id: <backup.web1.jobtracker>\r\n'
        b'X-Auto-Response-Suppress: All\r\n'
        b'MIME-Version: 1.0\r\n'
        b'Content-Type: text/plain; charset=utf-8\r\n'
        b'Content-Transfer-Encoding: quoted-printable\r\n'
        b'\r\n'
        b'Zeile\r\n=C3=A4 =3D 1\r\n.\r\n'), mail['raw']


def test_alternative():
    """text and HTML in one mail, each in UTF-8; without HTML there is one part"""
    message, _ = expect_one(notification(1, text=TEXT, html=HTML))
    assert text_of(message) == TEXT + '\n' and text_of(message, 'html') == HTML
    assert all(part.get_content_charset() == 'utf-8' for part in message.iter_parts())
    empty, _ = expect_one(notification(1, text='', html=None))
    assert text_of(empty) == ''


def test_auto_submitted():
    """automatic mail says so, also when nobody asked for it; nothing says Precedence"""
    message, _ = expect_one(notification(1, headers=None))
    assert message['Auto-Submitted'] == 'auto-generated' and message['Precedence'] is None


def test_long_subject():
    """a subject of 998 bytes, and one beyond, in words of at most 75 characters"""
    for subject in ('Ж' * 400, 'word ' * 190, 'x' * 900, '👩‍👩‍👧' * 50, 'ä x' * 300, 'y' * 5000):
        message, mail = expect_one(notification(1, subject=subject))
        assert subject.strip().startswith(message['Subject'].strip()), message['Subject']
        assert len(message['Subject'].encode()) >= min(len(subject.strip().encode()), 990)
        for word in re.findall(rb'=\?UTF-8\?[QB]\?[^?]*\?=', mail['raw']):
            assert len(word) <= 75, word


def test_f63_crlf_in_subject():
    """F63: CR, LF, both, and Unicode's line ends in a subject make no header"""
    for end in ('\r\n', '\r', '\n', '\u2028', '\u2029', '\x85', '\x0b', '\x0c', '\r\n\r\n'):
        message, _ = expect_one(notification(1, subject=f'x{end}Bcc: a@b.example{end}{end}<b>body</b>'))
        assert message['Bcc'] is None and 'Bcc: a@b.example' in message['Subject'], message['Subject']
        assert text_of(message) == 'exit code 3\n'


def test_f63_control_characters():
    """F63: control characters in a subject or a name become blanks"""
    message, _ = expect_one(notification(1, subject='a\x1b[31mb\x07c\td', recipient=to('ops@example.com', 'al\x1bice\x00'[:6])))
    assert message['Subject'] == 'a [31mb c d', message['Subject']


def test_f63_nul():
    """F63: a NUL in any value refuses the notification, for what follows it would be lost"""
    for line in (notification(1, subject='a\x00b'), notification(1, text='a\x00b'),
                 notification(1, recipient=to('ops@example.com\x00x@y.example'))):
        expect_refused(line, 'NUL')


def test_f63_encoded_words():
    """F63: what looks like an encoded word is written so that a reader sees it as it was"""
    trick = '=?utf-8?q?x=0D=0ABcc:_a@b.example?= =?utf-8?B?DQpCY2M6?='
    message, _ = expect_one(notification(1, subject=trick, recipient=to('ops@example.com', trick)))
    assert message['Subject'] == trick, message['Subject']
    # Python leaves a blank between encoded words of a name.
    assert message['To'].addresses[0].display_name.replace(' ', '') == trick.replace(' ', ''), message['To']
    assert message['To'].addresses[0].addr_spec == 'ops@example.com' and len(message['To'].addresses) == 1


def test_f63_name_of_recipient():
    """F63: a name adds no recipient"""
    for name in ('a@b.example, evil <evil@c.example>', '"quoted" \\ <x@y.example>', 'group: a@b.example;',
                 '\r\nBcc: x@y.example', '(comment)', 'ö <x@y.example>', ',', '"', 'a' * 500):
        message, mail = expect_one(notification(1, recipient=to('ops@example.com', name)))
        assert [address.addr_spec for address in message['To'].addresses] == ['ops@example.com'], (name, message['To'])
        assert mail['to'] == [b'RCPT TO:<ops@example.com>']


def test_f63_body():
    """F63: CRLF and bare CR or LF in the text are line ends; no line ends the mail, none begins another part"""
    text = 'one\r\ntwo\rthree\nfour\r\n.\r\nMAIL FROM:<x@y.example>\r\n\r\n.\r\n--boundary--\r\n'
    message, mail = expect_one(notification(1, text=text))
    assert text_of(message) == 'one\ntwo\nthree\nfour\n.\nMAIL FROM:<x@y.example>\n\n.\n--boundary--\n'
    assert len(list(message.iter_parts())) == 2, mail


def test_f63_dots():
    """F63: `\\n.\\n` in each part, and a mail whose first line is a dot"""
    message, _ = expect_one(notification(1, text='.\n', html='.\n.\n..\n'))
    assert text_of(message) == '.\n' and text_of(message, 'html') == '.\n.\n..\n'
    message, _ = expect_one(notification(1, text='.', html=None))
    assert text_of(message) == '.\n'


def test_f63_addresses():
    """F63: addresses that are more than user@host are refused by name"""
    for address in ('ops@example.com\r\nRCPT TO:<x@y.example>', 'ops@example.com\nDATA', 'a@b.example,c@d.example',
                    'a@b.example c@d.example',
                    '<ops@example.com>', 'Ops <ops@example.com>', '-oQ/tmp@example.com', '"a b"@example.com', '@relay:ops@example.com',
                    'ops@example.com(comment)', 'ops', '@example.com', 'ops@', 'a..b@example.com', '.a@example.com', 'a.@example.com',
                    'ops@-example.com', 'ops@exa mple.com', 'ops@[127.0.0.1]', 'ops@example..com', 'a@b@c.example', 'ops@example.com>',
                    'ops\x7f@example.com', 'ops\u200b\u2028@example.com', '!@example.com\r'):
        expect_refused(notification(1, recipient=to(address)), 'is not one plain address')


def test_f63_long_addresses():
    """F63: an address of 255 bytes, a local part of 65"""
    expect_refused(notification(1, recipient=to('abc@' + '.'.join(['b' * 60] * 4) + '.example')), 'is longer than the 254 bytes')
    expect_refused(notification(1, recipient=to('a' * 65 + '@example.com')), 'is not one plain address')


def test_f63_no_recipient():
    """F63: no address at all"""
    expect_refused(notification(1, recipient=to('')), 'no recipient')
    expect_refused(notification(1, recipient=None), 'no recipient')


def test_f63_ten_thousand_recipients():
    """F63: ten thousand recipients in one address"""
    expect_refused(notification(1, recipient=to(','.join(f'u{i}@example.com' for i in range(10000)))), 'is not one plain address')


def test_f63_reserved_headers():
    """F63: headers that are ours, or nobody's, are refused by name"""
    for name in ('Bcc', 'Cc', 'To', 'From', 'Content-Type', 'content-transfer-encoding', 'Message-ID', 'Subject', 'Received',
                 'Return-Path', 'Sender', 'MIME-Version', 'Precedence', 'X-Other', 'DKIM-Signature', 'X-JobTracker-'):
        expect_refused(notification(1, headers=[[name, 'x']]), f"header '{name}' is a header that a notification may not set")


def test_f63_header_names():
    """F63: names that are none"""
    for name in ('X Y', 'List-Id:', 'X-JobTracker-A: b\r\nBcc', 'List-Id\r\n', 'Läst-Id', 'X-JobTracker-\x00'):
        mails, result = send_raw(notification(1, headers=[[name, 'x']]))
        assert result.of(1)['outcome'] == 'refused' and not mails, result.verdicts


def test_f63_header_values():
    """F63: line breaks in a value are refused; letters are encoded; twice is refused"""
    for value in ('<a@b>\r\nBcc: x@y.example', 'a\rb', 'a\nb', 'a\x0bb', 'x\x85y', 'a' * 3000):
        expect_refused(notification(1, headers=[['List-Id', value]]), "header 'List-Id' has")
    expect_refused(notification(1, headers=[['List-Id', '<a.b>'], ['list-id', '<c.d>']]), 'is there twice')
    expect_refused(notification(1, headers=[['X-JobTracker-' + 'A' * i, 'x'] for i in range(1, 41)]), 'more than 32 headers')
    expect_refused(notification(1, headers=['List-Id: <a>']), 'no pair of name and value')
    message, _ = expect_one(notification(1, headers=[['X-JobTracker-Job', 'sichern ä'],
                                                     ['List-Unsubscribe', '<https://x.example/' + 'y' * 400 + '>']]))
    assert message['X-JobTracker-Job'] == 'sichern ä'


def test_f63_message_id():
    """F63: a Message-ID that is none"""
    for text in ('', 'run.1@web1', '<run 1@web1>', '<run.1@web1>\r\nBcc: x@y.example', '<a@b><c@d>', '<>', '<ab>', '<' + 'x' * 300 + '@y>'):
        expect_refused(notification(1, **{'message-id': text}), 'is no message id')


def test_date():
    """the date is that of the notification; without one, now"""
    message, _ = expect_one(notification(1, created='2026-03-29T01:59:59Z'))
    assert str(message['Date'].datetime) == '2026-03-29 01:59:59+00:00'
    message, _ = expect_one(notification(1, created='yesterday'))
    assert message['Date'].datetime.year >= 2026


def test_reply_to():
    """reply-to and a name with letters"""
    with FakeSmtp() as server:
        names = {**settings(server.port), 'reply-to': 'team@example.com', 'from-name': 'Aufträge, zentral'}
        assert run_channel(PROGRAM, names, [notification(1)]).outcomes() == ['delivered']
    message = parse(server.mails[0]['raw'])
    check_headers(server.mails[0]['raw'])
    assert message['Reply-To'] == 'team@example.com'
    assert message['From'].addresses[0].display_name == 'Aufträge, zentral'


def test_utf8_address():
    """an address with letters is in the header as it is, where the server offers SMTPUTF8"""
    mails, result = send_raw(notification(1, recipient=to('jürgen@example.com', 'Jürgen')), offers=['SMTPUTF8'])
    assert result.outcomes() == ['delivered'], result.verdicts
    assert parse(mails[0]['raw'])['To'].addresses[0].addr_spec.encode(errors='surrogateescape') == 'jürgen@example.com'.encode()


run_cases(globals())
