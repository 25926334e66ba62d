# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The real service on a bus of its own, whoever carries its notifications, and what it says of them.

Nothing here sleeps for long enough: whoever waits asks again and again, for as long as harness.PATIENCE.
"""

import asyncio
import contextlib
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ('../../install', '../agent', '../channels'):
    sys.path.insert(0, os.path.normpath(os.path.join(HERE, folder)))
import harness  # noqa: E402
try:
    from dbus_next import Message, MessageType, Variant  # noqa: E402
    from dbus_next.aio import MessageBus  # noqa: E402
    import peers  # noqa: E402
    import channel  # noqa: E402
except ImportError as missing:
    harness.skip_all(f'this Python has no {missing.name}')
from harness import NAME, PATH  # noqa: E402

BUILD = os.environ['JOBTRACKER_BUILD']
DAEMON = f'{BUILD}/daemon/jobtrackerd'
SUPERVISOR = f'{BUILD}/helpers/jobtracker-run'
CHANNEL_EMAIL = f'{BUILD}/helpers/channel-email'
AGENT = f'{BUILD}/client/agent/jobtracker-agent'
JOBCTL = f'{BUILD}/client/jobctl/jobctl'
NOTIFICATIONS = peers.NOTIFICATIONS
ADDRESS = 'alice@example.com'
PYTHON = '/usr/bin/python3'


def until(is_so, what):
    """Its first value that is true."""
    end = time.monotonic() + harness.PATIENCE
    while True:
        value = is_so()
        if value:
            return value
        assert time.monotonic() < end, f'in vain: {what() if callable(what) else what}'
        time.sleep(0.01)


def variant(value):
    """Of plain values: numbers are spans, lists are of texts."""
    if isinstance(value, Variant):
        return value
    if isinstance(value, bool):
        return Variant('b', value)
    if isinstance(value, int):
        return Variant('t', value)
    if isinstance(value, list):
        return Variant('as', value)
    return Variant('s', value)


def variants(values):
    return {key.replace('_', '-'): variant(value) for key, value in values.items()}


def rule(**values):
    return {key.replace('_', '-'): variant(value) for key, value in values.items()}


class Refused(Exception):
    """The service's error."""


class Client:
    """Calls to the service, one after the other."""

    def __init__(self, address):
        self.loop = asyncio.new_event_loop()
        self.bus = self.loop.run_until_complete(self.connect(address))

    async def connect(self, address):
        return await MessageBus(bus_address=address).connect()

    def call(self, member, signature='', *body, interface=NAME, path=PATH, destination=NAME):
        message = Message(destination=destination, path=path, interface=interface, member=member, signature=signature, body=list(body))
        reply = self.loop.run_until_complete(asyncio.wait_for(self.bus.call(message), harness.PATIENCE))
        if reply.message_type is MessageType.ERROR:
            raise Refused(f'{reply.error_name}: {reply.body[0] if reply.body else ""}')
        return reply.body

    def is_owned(self, name):
        bus = 'org.freedesktop.DBus'
        return self.call('NameHasOwner', 's', name, interface=bus, path='/', destination=bus)[0]

    def close(self):
        self.bus.disconnect()
        self.loop.close()


def plain(rows):
    return [{key: value.value for key, value in row.items()} for row in rows]


class World:
    """A service and its channels. CHANNELS is what stands in the configuration below [Limits]."""

    def __init__(self, folder, env, stack, channels):
        self.folder = folder
        self.env = dict(env, JOBTRACKER_BUS='session', LC_ALL='C.UTF-8', TZ='UTC', NO_COLOR='1',
                        PATH=f'{os.path.dirname(JOBCTL)}:{env["PATH"]}')
        self.stack = stack
        self.config = f'{folder}/jobtracker.conf'
        self.log = f'{folder}/service.log'
        self.daemon = None
        os.makedirs(f'{folder}/jobs.d')
        self.configure(channels)
        self.client = Client(self.env['DBUS_SESSION_BUS_ADDRESS'])
        stack.callback(self.client.close)
        stack.callback(self.end)
        self.start()

    def configure(self, channels):
        harness.write(self.config, f'[Service]\nstate-directory={self.folder}/state\njob-directory={self.folder}/jobs.d\n'
                                   f'supervisor={SUPERVISOR}\n{channels}')

    def start(self):
        with open(self.log, 'ab') as log:
            self.daemon = peers.start([DAEMON, '--session', '--config', self.config], self.env, stdout=log, stderr=log)
        until(lambda: self.daemon.poll() is not None or self.client.is_owned(NAME), 'the service does not come')
        assert self.daemon.poll() is None, self.read_log()

    def kill(self):
        self.daemon.kill()
        self.daemon.wait(harness.PATIENCE)
        # (the bus has noticed)
        until(lambda: not self.client.is_owned(NAME), 'the service does not go')

    def end(self):
        peers.stop(self.daemon)

    def read_log(self):
        with open(self.log, encoding='utf-8') as file:
            return file.read()

    def ctl(self, *words, status=0):
        return harness.run('jobctl', *words, env=self.env, status=status)

    def notifications(self, member, signature='', *body):
        return self.client.call(member, signature, *body, interface=NOTIFICATIONS)

    def prefer(self, **values):
        self.notifications('SetPreferences', 'ua{sv}', os.getuid(), variants(values))

    def deliveries(self, **filters):
        """The oldest first."""
        rows, _ = self.notifications('ListDeliveries', 'a{sv}su', variants(filters), '', 999)
        return plain(rows)[::-1]

    def channels(self):
        return {row['name']: row for row in plain(self.notifications('ListChannels')[0])}

    def wait_for(self, count=1, hurry=False, **filters):
        """Until so many are as FILTERS say; in a hurry what waits for its next try is tried at once."""
        def look():
            if hurry:
                self.hurry()
            rows = self.deliveries(**filters)
            return rows if len(rows) >= count else None
        return until(look, lambda: f'{count} × {filters}, there are {self.deliveries()}\n{self.read_log()[-3000:]}')

    def hurry(self):
        for row in self.deliveries(state='waiting'):
            if row['attempts'] > 0 and row['next-attempt-at'] > time.time() * 1e6:
                with contextlib.suppress(Refused):
                    self.notifications('RetryDelivery', 't', row['id'])

    def add(self, name, shell, **settings):
        self.client.call('AddJob', 'sa{sv}', name, variants({'shell': shell, 'working-directory': '/', **settings}))

    def fail(self, name, status=1):
        """One more run of a job that ends with this status."""
        self.ctl('run', name, '--wait', status=status)

    def start_agent(self):
        agent = peers.start([AGENT], self.env)
        self.stack.callback(peers.stop, agent)
        return agent


@contextlib.contextmanager
def world(channels, before=None):
    """BEFORE is given the environment first, and may put things on the stack."""
    with peers.two_buses() as (folder, env, _), contextlib.ExitStack() as stack:
        if before:
            before(folder, env, stack)
        yield World(folder, env, stack, channels)


def email_channel(port, name='email'):
    text = f'[Channel {name}]\ntype=email\nprogram={CHANNEL_EMAIL}\nhost=127.0.0.1\nport={port}\ntls=none\nfrom=jobs@example.com\n'
    # A sanitizer wants terabytes of addresses.
    return text + ('memory-max=0\n' if channel.is_sanitized(CHANNEL_EMAIL) else '')


def program_channel(world_folder, name, text):
    """A channel that is this Python program."""
    path = f'{world_folder}/{name}'
    harness.write(path, f'#!{PYTHON}\n{text}', 0o700)
    return path


def ids_of(mails):
    """The Message-ID of each mail, as bytes came."""
    return [re.search(rb'(?im)^message-id:\s*(<[^>]*>)', mail).group(1).decode() for mail in mails]
