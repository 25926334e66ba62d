#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""From a job's end to the mail in its box and the popup on the screen, with nothing that is not real: the service, its channel, a
mail server that keeps mail, the agent, dunst.
"""

import contextlib
import email
import email.policy
import time

import world as worlds
from world import ADDRESS, email_channel, harness, peers, rule, until, world
from channel import Skip as ServerSkip
from fake_smtp import FakeSmtp
from mail_server import MailServer

FAILING = 'echo "reading <b>source</b> & more"; echo "From here on: ü"; echo .; [ -e "{folder}/well" ] && exit 0; echo "disk is full" >&2; exit 3'


def real_server(stack):
    """OpenSMTPD, where that can be."""
    try:
        server = MailServer()
    except ServerSkip as skip:
        raise harness.Skip(str(skip)) from None
    stack.callback(server.close)
    return server


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def mails_of(server, count):
    """By subject, for mails that come at the same time have no order."""
    return sorted((read(raw) for raw in server.wait_for_mails(count)), key=lambda mail: mail['Subject'])


def parts_of(mail):
    assert mail.get_content_type() == 'multipart/alternative', mail.get_content_type()
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ('text/plain', 'text/html')
    return text.get_content(), html.get_content()


def show_on_dunst(folder, env, stack):
    harness.need('Xvfb', 'dunst', 'dunstctl')
    stack.enter_context(peers.display(env))
    dunst = peers.Dunst(folder, env)
    dunst.start()
    stack.callback(dunst.stop)
    worlds.dunst = dunst


@contextlib.contextmanager
def mail_and_screen():
    with contextlib.ExitStack() as outer:
        server = real_server(outer)
        this = outer.enter_context(world(email_channel(server.port), show_on_dunst))
        this.start_agent()
        until(lambda: this.channels()['desktop']['state'] == 'ok', 'no agent registers')
        this.prefer(email=ADDRESS)
        this.add('backup', FAILING.format(folder=this.folder), description='The nightly <copy>', timezone='UTC')
        yield this, server, worlds.dunst


def popups(this, dunst):
    """What was shown, once it is out of the way."""
    this.wait_for(1, channel='desktop', state='delivered')
    dunst.ctl('close-all')
    return dunst.history()


def check_headers(mail, row):
    assert mail['Message-ID'] == row['message-id'], (mail['Message-ID'], row)
    assert mail['To'].addresses[0].addr_spec == ADDRESS and mail['From'].addresses[0].addr_spec == 'jobs@example.com'
    assert mail['Auto-Submitted'] == 'auto-generated' and mail['Precedence'] is None
    assert mail['List-Id'].startswith('<job') and abs(mail['Date'].datetime.timestamp() - row['created-at'] / 1e6) < 2, mail.items()
    assert 'backup' in mail['Subject'] and '\n' not in mail['Subject']
    assert mail.defects == [] and len(mail.get_all('Subject')) == 1


def fails_and_recovers():
    """a job that fails is told by mail and by popup, and so is its recovery"""
    with mail_and_screen() as (this, server, dunst):
        this.fail('backup', 3)
        row, = this.wait_for(1, channel='email', state='delivered')
        assert (row['event'], row['severity'], row['attempts'], row['ambiguous']) == ('failed', 'error', 1, 0), row
        assert row['detail'].startswith('250 '), row
        failed, = mails_of(server, 1)
        check_headers(failed, row)
        text, html = parts_of(failed)
        for word in ('reading <b>source</b> & more', 'ü', '\n.\n', 'disk is full', 'exit code 3'):
            assert word in text.replace('    ', ''), (word, text)
        assert '&lt;b&gt;source&lt;/b&gt; &amp; more' in html and '<b>source' not in html and 'disk is full' in html, html
        popup = popups(this, dunst)[0]
        assert 'backup' in popup['summary'] and popup['category'] == 'x-jobtracker.failed', popup
        harness.write(f'{this.folder}/well', '')
        this.ctl('run', 'backup', '--wait')
        row, = this.wait_for(1, channel='email', event='recovered', state='delivered')
        mails = {mail['Message-ID']: mail for mail in mails_of(server, 2)}
        recovered = mails[row['message-id']]
        check_headers(recovered, row)
        # One thread: what a mail program puts below each other.
        assert recovered['References'] == failed['References'] and recovered['References'], recovered['References']
        this.wait_for(2, channel='desktop', state='delivered')
        # The next success is none of anybody's business.
        this.ctl('run', 'backup', '--wait')
        assert len(this.deliveries()) == 4, this.deliveries()


def in_german():
    """whoever reads German is told in German"""
    with mail_and_screen() as (this, server, dunst):
        this.prefer(language='de', timezone='Europe/Berlin')
        this.fail('backup', 3)
        this.wait_for(1, channel='email', state='delivered')
        mail, = mails_of(server, 1)
        text, html = parts_of(mail)
        assert 'gescheitert' in mail['Subject'] and 'gescheitert' in text and 'gescheitert' in html, (mail['Subject'], text)
        assert 'disk is full' in text and 'exit code' not in text, text
        popup = popups(this, dunst)[0]
        assert 'gescheitert' in popup['summary'], popup


def away():
    """what happened while nobody was there to see is told in one popup at log-in, once"""
    with contextlib.ExitStack() as stack:
        this = stack.enter_context(world('', show_on_dunst))
        for name in ('one', 'two', 'three'):
            this.add(name, 'exit 1')
            this.fail(name)
        assert [row['state'] for row in this.deliveries(channel='desktop')] == ['waiting'] * 3
        assert 'next: at log-in' in this.ctl('notify', 'why', 'one') and 'at log-in' in this.ctl('notify', 'deliveries')
        this.start_agent()
        summary, = this.wait_for(1, event='summary', state='delivered')
        assert summary['count'] == 3 and len(this.deliveries(merged_into=summary['id'], state='merged')) == 3
        worlds.dunst.ctl('close-all')
        shown = worlds.dunst.history()
        assert len(shown) == 1 and all(name in shown[0]['body'] for name in ('one', 'two', 'three')), shown
        until(lambda: this.deliveries(event='summary')[0]['detail'], 'the agent does not say that it was closed')
        peers.stop(this.start_agent())
        assert len(this.deliveries(event='summary')) == 1


@contextlib.contextmanager
def sink():
    """Enough of a mail server for what does not depend on it."""
    with FakeSmtp() as server, world(email_channel(server.port)) as this:
        this.prefer(email=ADDRESS, default_channels=['email'])
        this.add('backup', 'exit 1')
        yield this, server


def quiet():
    """in quiet hours it is held, and what may break through them is not"""
    with sink() as (this, server):
        # All of the day but a minute in twelve hours' time.
        there = time.gmtime(time.time() + 12 * 3600)
        before = time.gmtime(time.time() + 12 * 3600 - 60)
        this.prefer(timezone='UTC', quiet_hours=time.strftime('%H:%M', there) + time.strftime('-%H:%M', before))
        this.fail('backup')
        held, = this.deliveries()
        assert (held['state'], held['hold']) == ('held', 'quiet-hours') and held['next-attempt-at'] > time.time() * 1e6, held
        this.prefer(quiet_except='error')
        this.add('other', 'exit 1')
        this.fail('other')
        row, = this.wait_for(1, state='delivered')
        assert row['job-name'] == 'other' and len(server.mails) == 1
        # Whoever cannot wait has it sent.
        this.notifications('RetryDelivery', 't', held['id'])
        this.wait_for(2, state='delivered')


def digest():
    """what can wait for the digest waits, and the rest does not"""
    with sink() as (this, server):
        this.prefer(digest='daily@03:00', rules=worlds.Variant('aa{sv}', [rule(events=['succeeded', 'failed'], channels=['email'])]))
        this.add('fine', 'true')
        this.ctl('run', 'fine', '--wait')
        this.fail('backup')
        row, = this.wait_for(1, state='delivered')
        assert row['event'] == 'failed', row
        held, = this.deliveries(state='held')
        assert (held['event'], held['hold']) == ('succeeded', 'digest'), held
        assert len(server.mails) == 1


def storm():
    """of a storm some are told as they are and the rest in one that lists them all"""
    with sink() as (this, server):
        this.prefer(throttle=3000000, throttle_burst=worlds.Variant('u', 2))
        names = [f'job-{number}' for number in range(12)]
        for name in names:
            this.add(name, 'exit 1')
            this.ctl('run', name)
        merged = this.wait_for(1, event='digest', state='delivered')[0]
        until(lambda: not this.deliveries(state=['held', 'waiting', 'sending']), this.deliveries)
        rows = this.deliveries(event='failed')
        digests = this.deliveries(event='digest')
        alone = [row for row in rows if row['state'] == 'delivered']
        assert sorted(row['job-name'] for row in rows) == sorted(names), rows
        assert len(alone) + sum(one['count'] for one in digests) == 12, (len(alone), digests)
        for one in digests:
            mail = read(next(mail['raw'] for mail in server.mails if one['message-id'].encode() in mail['raw']))
            text, html = parts_of(mail)
            for row in this.deliveries(merged_into=one['id'], state='merged'):
                assert row['job-name'] in text and row['job-name'] in html, (row['job-name'], text)
        assert merged['count'] >= 2 and len(server.mails) == len(alone) + len(digests)


def only_changes():
    """only-changes: the second failure in a row is kept back, and why is on record"""
    with sink() as (this, server):
        this.prefer(only_changes=True)
        this.fail('backup')
        this.wait_for(1, state='delivered')
        this.fail('backup')
        kept, = this.wait_for(1, state='suppressed')
        assert 'only-changes' in kept['reason'], kept
        run = int(kept['run'].rsplit('/', 1)[1])
        why = worlds.plain(this.notifications('ExplainRun', 't', run)[0])
        assert any(row['verdict'] == 'suppressed' and 'only-changes' in row['reason'] for row in why), why
        assert len(server.mails) == 1


CASES = [fails_and_recovers, in_german, away, quiet, digest, storm, only_changes]

if __name__ == '__main__':
    harness.run_cases(CASES)
