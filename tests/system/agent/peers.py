# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Whom the agent talks to, for its tests: a service that says what a test wants it to say, a notification server that
writes down what it is told, and real ones. All on buses of the test's own; nothing waits by the clock, but for an answer.
"""

import asyncio
import contextlib
import json
import os
import subprocess

from dbus_next import Message, MessageType, Variant
from dbus_next.aio import MessageBus

import harness
from harness import NAME, PATH, PATIENCE

NOTIFICATIONS = f'{NAME}.Notifications'
SERVER = 'org.freedesktop.Notifications'
DUNST_SETTINGS = '''[global]
    markup = full
    format = "<b>%s</b>\\n%b"
    font = DejaVu Sans 10
    notification_limit = 20
    idle_threshold = 0
    layer = overlay
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
[urgency_critical]
    timeout = 0
'''


class Peer:
    """A connection of its own that answers calls and keeps what it was told."""

    def __init__(self, address):
        self.address = address
        self.bus = None
        self.news = asyncio.Condition()

    async def connect(self):
        self.bus = await MessageBus(bus_address=self.address).connect()
        self.bus.add_message_handler(self.handle)
        return self

    async def own(self, name):
        reply = await self.bus.call(Message(destination='org.freedesktop.DBus', path='/org/freedesktop/DBus',
                                            interface='org.freedesktop.DBus', member='RequestName', signature='su', body=[name, 4]))
        assert reply.body == [1], reply.body

    def handle(self, message):
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        answer = self.answer(message)
        asyncio.ensure_future(self.tell())
        return answer

    def answer(self, message):
        raise NotImplementedError

    async def tell(self):
        async with self.news:
            self.news.notify_all()

    async def wait(self, what):
        """Until what() is true."""
        async def until():
            async with self.news:
                await self.news.wait_for(what)
        try:
            await asyncio.wait_for(until(), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(f'waited in vain; {self.__dict__}') from None
        return what()

    def leave(self):
        if self.bus:
            self.bus.disconnect()
        self.bus = None


class FakeService(Peer):
    """org.example.JobTracker, as far as an agent sees it."""

    def __init__(self, address):
        super().__init__(address)
        self.agents = []        # (unique name, capabilities)
        self.reports = []       # (id, outcome, detail)
        self.calls = []         # (path, member, arguments)
        self.refusals = {}      # member -> (error, text)
        self.refused = 0

    async def start(self):
        await self.connect()
        await self.own(NAME)
        return self

    def answer(self, message):
        if message.member in self.refusals:
            self.refused += 1
            error, text = self.refusals[message.member]
            return Message.new_error(message, f'{NAME}.Error.{error}', text)
        if message.member == 'RegisterAgent':
            self.agents.append((message.sender, {key: value.value for key, value in message.body[0].items()}))
            return Message.new_method_return(message)
        if message.member == 'ReportDelivery':
            self.reports.append(tuple(message.body))
            return Message.new_method_return(message)
        self.calls.append((message.path, message.member, message.body))
        if message.member in ('Retry', 'Start'):
            return Message.new_method_return(message, 'o', [f'{PATH}/runs/99'])
        return Message.new_method_return(message)

    async def agent(self, number=1):
        await self.wait(lambda: len(self.agents) >= number)
        return self.agents[number - 1]

    def notify(self, number, to=None, **more):
        """Sends one; values are plain, keys may have _ for -."""
        send_notify(self.bus, to or self.agents[-1][0], number, **more)

    async def drain(self):
        """Until the bus has taken what was sent: dbus-next gives up when a socket is full."""
        bus = 'org.freedesktop.DBus'
        await self.bus.call(Message(destination=bus, path='/', interface=bus, member='GetId'))

    def outcomes(self, number):
        return [outcome for one, outcome, _ in self.reports if one == number]

    async def outcome(self, number, outcome):
        await self.wait(lambda: outcome in self.outcomes(number))


def as_variant(key, value):
    if isinstance(value, Variant):
        return value
    if isinstance(value, bool):
        return Variant('b', value)
    if isinstance(value, int):
        return Variant('u' if key == 'count' else 't', value)
    if isinstance(value, list):
        return Variant('as', value)
    return Variant('o' if key in ('run', 'job') else 's', value)


def send_notify(bus, to, number, **more):
    notification = {'event': 'failed', 'severity': 'error', 'summary': f'backup failed ({number})', 'body': 'exit code 3',
                    'replaces-key': f'run/{number}', 'run': f'{PATH}/runs/{number}', 'job': f'{PATH}/jobs/7', 'job-name': 'backup',
                    'created-at': 1700000000000000 + number, 'actions': ['show-log', 'run-again', 'acknowledge', 'mute']}
    notification.update({key.replace('_', '-'): value for key, value in more.items()})
    body = {key: as_variant(key, value) for key, value in notification.items() if value is not None}
    bus.send(Message(message_type=MessageType.SIGNAL, destination=to, path=PATH, interface=NOTIFICATIONS, member='Notify',
                     signature='ta{sv}', body=[number, body]))


class FakeServer(Peer):
    """A notification server that shows nothing and forgets nothing."""

    def __init__(self, address, capabilities):
        super().__init__(address)
        self.capabilities = capabilities
        self.shown = []         # what Notify was called with, and the number it got
        self.closed = []
        self.last = 0
        self.hangs = False
        self.refuses = 0

    async def start(self):
        await self.connect()
        await self.own(SERVER)
        return self

    def answer(self, message):
        if message.member == 'GetServerInformation':
            return Message.new_method_return(message, 'ssss', ['fake', 'JobTracker', '1', '1.2'])
        if message.member == 'GetCapabilities':
            return Message.new_method_return(message, 'as', [self.capabilities])
        if message.member == 'CloseNotification':
            self.closed.append(message.body[0])
            return Message.new_method_return(message)
        assert message.member == 'Notify', message.member
        if self.refuses > 0:
            self.refuses -= 1
            return Message.new_error(message, f'{SERVER}.Error.ExcessNotificationGeneration', 'too many')
        name, replaces, icon, summary, body, actions, hints, timeout = message.body
        if not replaces:
            self.last += 1
        number = replaces or self.last
        self.shown.append({'id': number, 'app': name, 'replaces': replaces, 'icon': icon, 'summary': summary, 'body': body,
                           'actions': dict(zip(actions[::2], actions[1::2])), 'timeout': timeout, 'hints': hints,
                           'sender': message.sender})
        # (True: handled, but not answered)
        return True if self.hangs else Message.new_method_return(message, 'u', [number])

    def send(self, member, number, more):
        signature = 'uu' if isinstance(more, int) else 'us'
        self.bus.send(Message(message_type=MessageType.SIGNAL, path='/org/freedesktop/Notifications', interface=SERVER, member=member,
                              signature=signature, body=[number, more]))

    async def popup(self, summary):
        """The newest with this summary."""
        return await self.wait(lambda: next((one for one in reversed(self.shown) if one['summary'] == summary), None))


class NameWatch(Peer):
    """Waits for a name to be owned."""

    async def start(self, name):
        await self.connect()
        self.name = name
        return self

    async def owned(self):
        bus = 'org.freedesktop.DBus'
        seen = []
        self.bus.add_message_handler(lambda message: message.member == 'NameOwnerChanged' and seen.append(message)
                                     or asyncio.ensure_future(self.tell()) and None)
        await self.bus.call(Message(destination=bus, path='/', interface=bus, member='AddMatch', signature='s',
                                    body=[f"type='signal',sender='{bus}',member='NameOwnerChanged',arg0='{self.name}'"]))
        reply = await self.bus.call(Message(destination=bus, path='/', interface=bus, member='NameHasOwner', signature='s', body=[self.name]))
        if not reply.body[0]:
            await self.wait(lambda: seen)

    def answer(self, message):
        return None


class PlainBus(harness.Bus):
    """One whose service is this very process, and not to be ended with it."""

    def stop_service(self):
        pass


def start_bus(folder, env):
    return PlainBus(folder, f'<type>session</type>{harness.OPEN_POLICY}', env)


@contextlib.contextmanager
def two_buses():
    """A system and a session bus, and an environment that knows them."""
    with harness.temporary_folder() as folder, contextlib.ExitStack() as stack:
        env = {key: value for key, value in os.environ.items() if not key.startswith(('XDG_', 'DBUS_', 'JOBTRACKER_BUS', 'DISPLAY', 'TERMINAL'))}
        buses = {}
        for name in ('system', 'session'):
            os.makedirs(f'{folder}/{name}')
            buses[name] = start_bus(f'{folder}/{name}', env)
            stack.callback(buses[name].stop)
            env[f'DBUS_{name.upper()}_BUS_ADDRESS'] = buses[name].address.split(',')[0]
        env.update(HOME=folder, XDG_RUNTIME_DIR=folder, XDG_CONFIG_HOME=f'{folder}/config', NO_AT_BRIDGE='1')
        yield folder, env, buses


def start(words, env, **options):
    """A process that ends with us."""
    return subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', *words], env=env, stdin=subprocess.DEVNULL, **options)


def stop(process):
    if process.poll() is None:
        process.terminate()
    return process.wait(PATIENCE)


@contextlib.contextmanager
def display(env, size='800x600'):
    """A screen that nobody sees; the environment gets it."""
    reader, writer = os.pipe()
    process = start(['Xvfb', '-displayfd', str(writer), '-screen', '0', f'{size}x24', '-nolisten', 'tcp'], env, pass_fds=[writer],
                    stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as pipe:
            env['DISPLAY'] = f':{pipe.readline().strip()}'
        yield
    finally:
        stop(process)


class Dunst:
    """A real notification server."""

    def __init__(self, folder, env, settings=DUNST_SETTINGS):
        self.env = env
        self.settings = f'{folder}/dunstrc'
        self.process = None
        harness.write(self.settings, settings)

    def start(self):
        self.process = start(['dunst', '-conf', self.settings], self.env, stderr=subprocess.DEVNULL)

    def stop(self):
        stop(self.process)

    def ctl(self, *words):
        return harness.run('dunstctl', *words, env=self.env)

    def history(self):
        """What was shown and is gone, the newest first."""
        return [{key: value['data'] for key, value in row.items()} for row in json.loads(self.ctl('history'))['data'][0]]
