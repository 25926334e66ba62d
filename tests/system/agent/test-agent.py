#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The real agent between a service and notification servers, on buses of its own: test-agent.py JOBTRACKER-AGENT."""

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from xml.etree import ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'install'))
import harness  # noqa: E402
try:
    import peers  # noqa: E402
    from dbus_next import Message
    from dbus_next.aio import MessageBus
except ImportError as missing:
    harness.skip_all(f'this Python has no {missing.name}')
from harness import NAME, PATH, Skip
from peers import Dunst, FakeServer, FakeService

AGENT = os.path.abspath(sys.argv[1])
RICH = ['actions', 'body', 'body-markup', 'persistence']


class World:
    """The buses and an agent on them."""

    def __init__(self, folder, env, buses):
        self.folder = folder
        self.env = env
        self.buses = buses
        self.stack = contextlib.ExitStack()
        self.agent = None

    def start_agent(self, *words):
        self.agent = peers.start([AGENT, *words], self.env)
        self.stack.callback(peers.stop, self.agent)

    def restart_system_bus(self):
        bus = self.buses['system']
        bus.process.kill()
        bus.process.wait(harness.PATIENCE)
        os.unlink(f'{bus.folder}/bus')
        self.buses['system'] = peers.start_bus(bus.folder, self.env)
        self.stack.callback(self.buses['system'].stop)

    async def service(self, bus='session'):
        service = await FakeService(self.env[f'DBUS_{bus.upper()}_BUS_ADDRESS']).start()
        self.stack.callback(service.leave)
        return service

    async def server(self, capabilities=None):
        server = await FakeServer(self.env['DBUS_SESSION_BUS_ADDRESS'], RICH if capabilities is None else capabilities).start()
        self.stack.callback(server.leave)
        return server


def case(function):
    """Makes a case of a coroutine that wants a world."""
    def run():
        async def within():
            with peers.two_buses() as (folder, env, buses):
                world = World(folder, env, buses)
                with world.stack:
                    await function(world)
                    if world.agent and world.agent.poll() is None:
                        assert peers.stop(world.agent) == 0, 'the agent does not end well'
        asyncio.run(within())
    run.__doc__ = function.__doc__
    return run


def need_screen(*programs):
    for program in ('Xvfb', *programs):
        if not shutil.which(program):
            raise Skip(f'{program} is not installed')


@contextlib.contextmanager
def dunst_of(world):
    need_screen('dunst', 'dunstctl')
    with peers.display(world.env):
        dunst = Dunst(world.folder, world.env)
        dunst.start()
        try:
            yield dunst
        finally:
            dunst.stop()


def fake_terminal(world):
    """A terminal without a window, and a jobctl that tells how it was called: by a pipe that the test reads."""
    pipe = f'{world.folder}/opened'
    os.mkfifo(pipe)
    harness.write(f'{world.folder}/bin/x-terminal-emulator', '#!/bin/sh\n[ "$1" = -e ] && shift && exec "$@"\n', 0o755)
    harness.write(f'{world.folder}/bin/jobctl', f'#!/bin/sh\nprintf \'%s|\' "$@" > {pipe}\n', 0o755)
    world.env['PATH'] = f'{world.folder}/bin:{world.env["PATH"]}'
    return pipe


async def read_pipe(pipe):
    def read():
        with open(pipe, encoding='utf-8') as file:
            return file.read()
    return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, read), harness.PATIENCE)


@case
async def shows_on_dunst(world):
    """dunst shows what the service says, and the service hears what became of it"""
    with dunst_of(world) as dunst:
        service = await world.service()
        world.start_agent()
        _, capabilities = await service.agent()
        assert capabilities == {'actions': True, 'body-markup': True, 'persistence': False, 'server': 'dunst',
                                'version': capabilities['version']}, capabilities
        service.notify(1, body='exit code 3 & <b>more</b>')
        await service.outcome(1, 'shown')
        service.notify(2, event='slow', severity='warning', replaces_key='run/2')
        await service.outcome(2, 'shown')
        service.notify(3, summary='backup recovered', replaces_key='run/2')
        await service.outcome(3, 'shown')
        await service.outcome(2, 'closed')
        assert dunst.ctl('count', 'displayed').strip() == '2', 'a popup is not replaced'
        dunst.ctl('close-all')
        await service.outcome(1, 'dismissed')
        await service.outcome(3, 'dismissed')
        rows = {row['summary']: row for row in dunst.history()}
        assert set(rows) == {'backup failed (1)', 'backup recovered'}, rows
        first = rows['backup failed (1)']
        assert first['appname'] == 'JobTracker' and first['category'] == 'x-jobtracker.failed', first
        assert first['message'].endswith('exit code 3 &amp; &lt;b&gt;more&lt;/b&gt;'), first


@case
async def acts_on_dunst(world):
    """a click on a popup of dunst opens the log in a terminal"""
    pipe = fake_terminal(world)
    with dunst_of(world) as dunst:
        service = await world.service()
        world.start_agent()
        await service.agent()
        service.notify(42)
        await service.outcome(42, 'shown')
        dunst.ctl('action')
        words = (await read_pipe(pipe)).split('|')
        assert words[-4:] == ['--session', 'log', '42', ''], words
        await service.outcome(42, 'action')
        assert (42, 'action', 'default') in service.reports, service.reports


@case
async def dunst_restarts(world):
    """what nobody has closed is there again when dunst is restarted, and nothing twice"""
    with dunst_of(world) as dunst:
        service = await world.service()
        world.start_agent()
        await service.agent()
        service.notify(1)
        service.notify(2)
        await service.outcome(2, 'shown')
        dunst.stop()
        service.notify(3)
        dunst.start()
        await service.agent(2)
        await service.outcome(3, 'shown')
        # One call after the other, so the older ones are there too.
        assert dunst.ctl('count', 'displayed').strip() == '3', service.reports
        assert service.outcomes(1) == service.outcomes(2) == ['shown'], service.reports


@case
async def says_all_hints(world):
    """urgency is a byte, and category, desktop entry, icon, name and buttons are told"""
    service, server = await world.service(), await world.server()
    world.start_agent()
    await service.agent()
    for number, severity, urgency in ((1, 'info', 0), (2, 'notice', 1), (3, 'error', 2)):
        service.notify(number, severity=severity)
        hints = (await server.popup(f'backup failed ({number})'))['hints']
        assert (hints['urgency'].signature, hints['urgency'].value) == ('y', urgency), hints
    popup = await server.popup('backup failed (3)')
    hints = {key: value.value for key, value in popup['hints'].items()}
    assert hints['category'] == 'x-jobtracker.failed' and hints['desktop-entry'] == NAME, hints
    assert NAME in (popup['icon'], hints.get('image-path')) and popup['app'] == 'JobTracker', popup
    assert popup['actions'] == {'default': 'Show log', 'show-log': 'Show log', 'run-again': 'Run again', 'acknowledge': 'Acknowledge',
                                'mute': 'Mute 1 h'}, popup['actions']


@case
async def buttons(world):
    """each button makes its call, at the service that the popup came from"""
    service, other, server = await world.service(), await world.service('system'), await world.server()
    world.start_agent()
    await service.agent()
    await other.agent()
    for number, action, path, member in ((1, 'run-again', f'{PATH}/runs/1', 'Retry'), (2, 'acknowledge', f'{PATH}/runs/2', 'Acknowledge'),
                                         (3, 'mute', f'{PATH}/jobs/7', 'Mute')):
        service.notify(number)
        server.send('ActionInvoked', (await server.popup(f'backup failed ({number})'))['id'], action)
        server.send('NotificationClosed', number, 2)
        await service.outcome(number, 'action')
        assert service.outcomes(number) == ['shown', 'action'], service.reports
        await service.wait(lambda: len(service.calls) == number)
        assert service.calls[-1][:2] == (path, member), service.calls
    assert abs(service.calls[-1][2][0] - (time.time() + 3600) * 1e6) < 60e6, service.calls
    # A job that did not run has nothing to be retried: it is started.
    other.notify(4, event='missed', run=None)
    popup = await server.popup('backup failed (4)')
    assert 'show-log' not in popup['actions'] and popup['actions']['default'] == 'Show job', popup
    server.send('ActionInvoked', popup['id'], 'run-again')
    await other.wait(lambda: other.calls)
    assert other.calls[0][:2] == (f'{PATH}/jobs/7', 'Start') and len(service.calls) == 3, (other.calls, service.calls)


@case
async def button_refused(world):
    """what a button could not do is said"""
    service, server = await world.service(), await world.server()
    service.refusals['Retry'] = ('WrongState', 'the job runs already')
    world.start_agent()
    await service.agent()
    service.notify(1)
    server.send('ActionInvoked', (await server.popup('backup failed (1)'))['id'], 'run-again')
    popup = await server.popup('Could not run backup again')
    assert popup['body'] == 'the job runs already', popup
    assert [one for one, _, _ in service.reports if one == 0] == [], 'what the agent says itself is nothing to report'


@case
async def no_terminal(world):
    """without a terminal the command to type is said"""
    os.mkdir(f'{world.folder}/bin')
    os.symlink(shutil.which('setpriv'), f'{world.folder}/bin/setpriv')
    service, server = await world.service(), await world.server()
    world.env['PATH'] = f'{world.folder}/bin'
    world.start_agent()
    await service.agent()
    service.notify(42)
    server.send('ActionInvoked', (await server.popup('backup failed (42)'))['id'], 'show-log')
    popup = await server.popup('Could not show it')
    assert popup['body'] == 'no terminal is installed; the command is: jobctl --session log 42', popup


@case
async def poor_server(world):
    """a server without buttons and markup gets plain text, and the command"""
    service, server = await world.service(), await world.server(['body'])
    world.start_agent()
    _, capabilities = await service.agent()
    assert not capabilities['actions'] and not capabilities['body-markup'], capabilities
    service.notify(1, body='a < b & c')
    popup = await server.popup('backup failed (1)')
    assert popup['body'] == 'a < b & c\nLog: jobctl --session log 1' and popup['actions'] == {}, popup
    await service.outcome(1, 'shown')


@case
async def mock_server(world):
    """the notification server of python-dbusmock, which has no buttons, is told what to type"""
    service = await world.service()
    mock = peers.start([sys.executable, '-u', '-m', 'dbusmock', '--session', '--template', 'notification_daemon'], world.env,
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    world.stack.callback(mock.stdout.close)
    world.stack.callback(peers.stop, mock)
    world.start_agent()
    _, capabilities = await service.agent()
    assert not capabilities['actions'] and capabilities['body-markup'], capabilities
    service.notify(5, body='a < b')
    await service.outcome(5, 'shown')

    def read_call():
        for line in mock.stdout:
            if b' Notify ' in line:
                return (line + mock.stdout.readline()).decode()
        return ''
    call = await asyncio.get_running_loop().run_in_executor(None, read_call)
    assert '"backup failed (5)" "a &lt; b\nLog: jobctl --session log 5" []' in call, call


HOSTILE = [
    '<b>bold</b>', '<img src="http://127.0.0.1/x.png">', '<a href="javascript:alert(1)">x</a>', '&lt;b&gt;', '&#60;b&#62;', '&', '<', '>',
    '</body>', ']]>', '<!--', '<?xml version="1.0"?>', '"\'', '%s%n%x', '$(id)', '`id`', '\\n', "' onclick='x", '<<b>>', '&amp;&amp;', '<b',
    'b>', '<span size="100000">x</span>', '<b>unclosed', '\u202egnp.exe', '\u2066x\u2069', '\x1b[31mred', 'a\x07b', 'a\u200bb', '\ufeffx',
    'a\u2028b', '\u0000'.replace('\u0000', 'nul'), '\U0001f468\u200d\U0001f469\u200d\U0001f467', 'e\u0301' * 3, '\u061cx', 'x' * 5000,
]


@case
async def hostile_text(world):
    """nothing that a job says is markup, hides, or turns the direction of reading; here and on dunst"""
    hidden = re.compile('[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u061c]')
    service, server = await world.service(), await world.server()
    world.start_agent()
    await service.agent()
    for number, text in enumerate(HOSTILE, 1):
        # One place for all, so that they are no burst.
        service.notify(number, summary=f'#{number} {text}', body=text, replaces_key='run/1')
        await service.outcome(number, 'shown')
        popup = server.shown[-1]
        read = ElementTree.fromstring(f'<body>{popup["body"]}</body>')
        assert len(read) == 0, f'{text!r} became markup: {popup["body"]}'
        assert len(read.text) <= 1000 and not hidden.search(read.text), popup
        assert popup['summary'].startswith(f'#{number}') and not hidden.search(popup['summary']), popup
        wanted = hidden.sub('', text)
        assert read.text in (wanted, text.replace('\u2028', '\n'), wanted[:999] + '…'), (text, read.text)
    server.leave()
    with dunst_of(world) as dunst:
        await service.agent(2)
        for number, text in enumerate(HOSTILE, 101):
            service.notify(number, summary=text, body=text, replaces_key='run/1')
            await service.outcome(number, 'shown')
        dunst.ctl('close-all')
        await service.outcome(100 + len(HOSTILE), 'dismissed')


@case
async def burst(world):
    """more than three within seconds become one popup that counts and lists"""
    service, server = await world.service(), await world.server()
    world.start_agent()
    await service.agent()
    for number in range(1, 9):
        service.notify(number)
    await service.outcome(8, 'shown')
    popup = await server.popup('8 messages from JobTracker')
    assert popup['body'].splitlines() == [f'• backup failed ({number})' for number in range(8, 2, -1)] + ['and 2 more'], popup
    assert popup['actions'] == {'default': 'Show history'}, popup
    assert [service.outcomes(number) for number in range(1, 9)] == [['shown']] * 8, service.reports
    await server.wait(lambda: len(server.closed) == 3)
    # What happened while the person was away is one already.
    service.notify(20, event='summary', summary='While you were away: 5 runs failed', count=5)
    await server.popup('While you were away: 5 runs failed')
    server.send('NotificationClosed', popup['id'], 1)
    await service.outcome(1, 'expired')
    await service.outcome(8, 'expired')


@case
async def storm(world):
    """a thousand at once are one popup, and each is reported, also to a service that is slow to listen"""
    service, server = await world.service(), await world.server()
    world.start_agent()
    await service.agent()
    service.refusals['ReportDelivery'] = ('QuotaExceeded', 'too many calls')
    for number in range(1, 1001):
        service.notify(number)
        if number % 50 == 0:
            await service.drain()
    await service.wait(lambda: service.refused >= 2)
    del service.refusals['ReportDelivery']
    await server.popup('1000 messages from JobTracker')
    await service.wait(lambda: len([1 for _, outcome, _ in service.reports if outcome == 'shown']) == 1000)
    assert len(server.shown) < 20 and all(outcome == 'shown' for _, outcome, _ in service.reports), (len(server.shown), service.reports[:9])


@case
async def only_the_service(world):
    """nobody but the owner of the name can have something shown, and no broadcast is"""
    service, server = await world.service(), await world.server()
    world.start_agent()
    agent, _ = await service.agent()
    liar = await MessageBus(bus_address=world.env['DBUS_SESSION_BUS_ADDRESS']).connect()
    world.stack.callback(liar.disconnect)
    peers.send_notify(liar, agent, 1, summary='lie')
    peers.send_notify(service.bus, None, 2, summary='broadcast')
    # What the liar's connection sent before this answer has been delivered, and the service's goes the same way.
    await liar.call(Message(destination='org.freedesktop.DBus', path='/', interface='org.freedesktop.DBus', member='GetId'))
    service.notify(3, summary='truth')
    await service.outcome(3, 'shown')
    assert [popup['summary'] for popup in server.shown] == ['truth'], server.shown
    assert [number for number, _, _ in service.reports] == [3], service.reports


@case
async def both_services(world):
    """the service of the machine and one's own are both shown, or the one that is wanted"""
    system, session, server = await world.service('system'), await world.service(), await world.server()
    world.start_agent()
    await system.agent()
    await session.agent()
    system.notify(1, summary='of the machine')
    session.notify(1, summary='my own')
    await system.outcome(1, 'shown')
    await session.outcome(1, 'shown')
    assert {popup['summary'] for popup in server.shown} == {'of the machine', 'my own'}, server.shown
    peers.stop(world.agent)
    world.start_agent('--system')
    await system.agent(2)
    assert len(session.agents) == 1, 'told to restrict itself and did not'


@case
async def server_absent(world):
    """without a notification server the agent is not there for the service, and is as soon as there is one"""
    service = await world.service()
    world.start_agent()
    watch = await peers.NameWatch(world.env['DBUS_SESSION_BUS_ADDRESS']).start(f'{NAME}.Agent')
    world.stack.callback(watch.leave)
    await watch.owned()
    assert service.agents == [], 'registered what cannot show anything'
    server = await world.server()
    await service.agent()
    service.notify(1)
    await server.popup('backup failed (1)')
    await service.outcome(1, 'shown')


@case
async def server_refuses(world):
    """a server that has too many for the moment is asked again"""
    service, server = await world.service(), await world.server()
    server.refuses = 1
    world.start_agent()
    await service.agent()
    service.notify(1)
    await service.outcome(1, 'shown')
    assert service.outcomes(1) == ['shown'], service.reports


@case
async def server_hangs(world):
    """while a server does not answer, the agent goes on, and ends when told to"""
    service, server = await world.service(), await world.server()
    server.hangs = True
    world.start_agent()
    await service.agent()
    service.notify(1)
    await server.popup('backup failed (1)')
    service.leave()
    service = await world.service()
    await service.agent()
    assert peers.stop(world.agent) == 0


@case
async def service_restarts(world):
    """another service is registered with anew, hears what became of older popups, and nothing is seen twice"""
    service, server = await world.service(), await world.server()
    world.start_agent()
    await service.agent()
    service.notify(1)
    await service.outcome(1, 'shown')
    service.leave()
    server.send('NotificationClosed', 1, 2)
    service = await world.service()
    await service.agent()
    await service.outcome(1, 'dismissed')
    service.notify(1)
    await service.outcome(1, 'shown')
    service.notify(2)
    await service.outcome(2, 'shown')
    assert [popup['summary'] for popup in server.shown] == ['backup failed (1)', 'backup failed (2)'], server.shown


@case
async def registration_fails(world):
    """a service that has no time is asked again; one that knows no agents is left alone"""
    service, other, server = await world.service(), await world.service('system'), await world.server()
    service.refusals['RegisterAgent'] = ('Overloaded', 'too much to do')
    other.refusals['RegisterAgent'] = ('NotSupported', 'no agents here')
    world.start_agent()
    await service.wait(lambda: service.refused >= 3)
    del service.refusals['RegisterAgent']
    await service.agent()
    assert other.refused == 1, other.refused
    assert server.shown == []


@case
async def bus_restarts(world):
    """when the system bus is back, so is the agent"""
    server = await world.server()
    service = await world.service('system')
    world.start_agent()
    await service.agent()
    world.restart_system_bus()
    service = await world.service('system')
    await service.agent()
    service.notify(1)
    await server.popup('backup failed (1)')
    await service.outcome(1, 'shown')


@case
async def session_ends(world):
    """with the session bus the agent ends, and says so by its status"""
    service, _ = await world.service(), await world.server()
    world.start_agent()
    await service.agent()
    world.buses['session'].process.kill()
    assert world.agent.wait(harness.PATIENCE) == 7


@case
async def one_a_session(world):
    """a second agent has nothing to do and ends well"""
    service, _ = await world.service(), await world.server()
    world.start_agent()
    await service.agent()
    text = await asyncio.get_running_loop().run_in_executor(None, lambda: harness.run(AGENT, env=world.env))
    assert 'another jobtracker-agent' in text, text
    assert world.agent.poll() is None


def command_line():
    """--version, --help, wrong usage, and no session bus"""
    env = {key: value for key, value in os.environ.items() if not key.startswith(('DBUS_', 'XDG_', 'DISPLAY'))}
    assert harness.run(AGENT, '--version', env=env).startswith('jobtracker-agent ')
    text = harness.run(AGENT, '--help', env=env)
    assert '--system' in text and '--session' in text, text
    for words in (['--nonsense'], ['word'], ['--system', '--session']):
        assert 'jobtracker-agent: ' in harness.run(AGENT, *words, env=env, status=2)
    env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nonexistent/bus'
    assert 'session bus' in harness.run(AGENT, env=env, status=7)


CASES = [shows_on_dunst, acts_on_dunst, dunst_restarts, says_all_hints, buttons, button_refused, no_terminal, poor_server, mock_server,
         hostile_text, burst, storm, only_the_service, both_services, server_absent, server_refuses, server_hangs, service_restarts, registration_fails,
         bus_restarts, session_ends, one_a_session, command_line]

if __name__ == '__main__':
    harness.run_cases(CASES)
