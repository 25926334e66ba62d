#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The installed bus policy, asked by root and by somebody else on a bus that is as strict as the system's.

test-policy.py BUILD. The service is the installed one, started by the bus.
"""

import os
import pwd
import re
import subprocess
import sys

import harness
from harness import NAME, PATIENCE, PATH, run

BUILD = os.path.abspath(sys.argv[1])
NOBODY = pwd.getpwnam('nobody')
# What the system bus allows anyway; everything else must come from a policy file.
STRICT = '''
<policy context="default">
  <allow user="*"/>
  <deny own="*"/>
  <deny send_type="method_call"/>
  <allow send_type="signal"/>
  <allow send_requested_reply="true" send_type="method_return"/>
  <allow send_requested_reply="true" send_type="error"/>
  <allow receive_type="method_call"/>
  <allow receive_type="method_return"/>
  <allow receive_type="error"/>
  <allow receive_type="signal"/>
  <allow send_destination="org.freedesktop.DBus"/>
</policy>
'''


class World:
    """The bus and the installation."""
    stage = bus = env = None


# As dbus-daemon says it, to tell its refusals from the service's.
REJECTED = 'Rejected send message'


def call_service(method, *words, user=None, status=0, path=PATH):
    interface, member = method.rsplit('.', 1)
    return World.bus.call(member, *words, user=user, status=status, destination=NAME, path=path, interface=interface)


def owning():
    """only root may own the name"""
    text = World.bus.call('RequestName', NAME, '4', user='nobody', status=1)
    assert 'not allowed to own the service' in text, text
    # 1: became its owner
    assert World.bus.call('RequestName', NAME, '4') == '(uint32 1,)'


def calling():
    """everybody may call what the service has"""
    run(f'{World.stage.path("bindir")}/jobctl', 'status', env=World.env)  # which starts it
    for user in (None, 'nobody'):
        assert call_service(f'{NAME}.ListJobs', '{}', user=user) == '(@aa{sv} [],)'
        call_service('org.freedesktop.DBus.Properties.GetAll', NAME, user=user)
        call_service('org.freedesktop.DBus.ObjectManager.GetManagedObjects', user=user)
        call_service('org.freedesktop.DBus.Introspectable.Introspect', user=user)
        call_service('org.freedesktop.DBus.Peer.Ping', user=user, path='/')
    for method, path in ((f'{NAME}.Reload', PATH), (f'{NAME}.Job.Start', f'{PATH}/jobs/1'),
                         (f'{NAME}.Run.Heartbeat', f'{PATH}/runs/1')):
        text = call_service(method, user='nobody', status=1, path=path)
        assert REJECTED not in text, f'{method}: the bus answered, and not the service: {text}'


def without_session():
    """whoever has no session bus gets the machine's service, which is started"""
    World.bus.stop_service()
    env = dict(World.env, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent/bus')
    del env['JOBTRACKER_BUS']
    text = run(f'{World.stage.path("bindir")}/jobctl', 'status', env=env)
    assert 'answers on the system bus' in text, text


def calling_what_is_not_there():
    """the bus lets no other interface through"""
    text = call_service('org.example.Other.Method', user='nobody', status=1)
    assert REJECTED in text, text


def jobctl_as_nobody(*words):
    return ['setpriv', f'--reuid={NOBODY.pw_uid}', f'--regid={NOBODY.pw_gid}', '--clear-groups',
            f'{World.stage.path("bindir")}/jobctl', *words]


def monitoring():
    """a subscriber is asked whether it still reads, and gets more than it is sent unasked"""
    # Each round has two events, and after 64 none is sent until the service's Ping is answered.
    rounds, events = 80, 150
    run(*jobctl_as_nobody('add', 'tick', '--', 'true'), env=World.env)
    with subprocess.Popen(jobctl_as_nobody('monitor', '--json', '--after', '1', '--limit', str(events)), env=World.env,
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as monitor:
        for _ in range(rounds):
            run(*jobctl_as_nobody('run', 'tick', '--wait'), env=World.env)
        try:
            lines = monitor.communicate(timeout=PATIENCE)[0].splitlines()
        finally:
            monitor.kill()
    assert monitor.returncode == 0 and len(lines) == events, f'{monitor.returncode}, {len(lines)} events'


def preferring():
    """everybody sets their own preferences and templates, and nobody those of others"""
    run(*jobctl_as_nobody('notify', 'set', 'email=nobody@example.com'), env=World.env)
    assert 'nobody@example.com' in run(f'{World.stage.path("bindir")}/jobctl', 'notify', 'prefs', 'nobody', env=World.env)
    for words in (['prefs', 'root'], ['set', '--user', 'root', 'email=a@b.example'], ['rule', 'add', '--user', 'root', '--silent'],
                  ['templates', '--user', 'root'], ['edit', 'email/failed.text', '--user', 'root', '--reset'],
                  ['test', 'desktop', '--to', 'root@example.com']):
        done = subprocess.run(jobctl_as_nobody('notify', *words), env=World.env, capture_output=True, text=True, check=False,
                              timeout=PATIENCE)
        assert done.returncode == 4 and 'administrator' in done.stderr, f'{words}: {done.returncode}, {done.stderr}'


def pinging():
    """that Ping is all that root may send to whoever has no name"""
    with subprocess.Popen(jobctl_as_nobody('monitor'), env=World.env, stdout=subprocess.DEVNULL) as monitor:
        try:
            name = wait_for_connection(monitor.pid)
            World.bus.call('Ping', destination=name, path='/', interface='org.freedesktop.DBus.Peer')
            for path, interface, member, user in (('/', 'org.freedesktop.DBus.Peer', 'GetMachineId', None),
                                                  ('/other', 'org.freedesktop.DBus.Peer', 'Ping', None),
                                                  ('/', 'org.example.Other', 'Ping', None),
                                                  ('/', 'org.freedesktop.DBus.Peer', 'Ping', 'nobody')):
                text = World.bus.call(member, destination=name, path=path, interface=interface, user=user, status=1)
                assert REJECTED in text, f'{path} {interface}.{member} by {user}: {text}'
        finally:
            monitor.kill()


def wait_for_connection(pid):
    """The unique name of a process that connects soon."""
    while True:
        for name in re.findall(r"'(:[\d.]+)'", World.bus.call('ListNames')):
            if World.bus.call('GetConnectionUnixProcessID', name, status=None) == f'(uint32 {pid},)':
                return name


def main():
    if not harness.enter_namespace():
        harness.skip_all('not root: nobody else can be asked, nor anything laid over where the files belong')
    with harness.temporary_folder() as folder:
        World.stage = harness.Stage(BUILD, f'{folder}/stage')
        if not World.stage.lay_over():
            harness.skip_all('no overlay file system here')
        os.chmod(folder, 0o755)  # others come to the socket
        share = World.stage.path('datadir')
        World.env = dict(harness.home_environment(folder, World.stage.path('bindir')), JOBTRACKER_BUS='system',
                         DBUS_SYSTEM_BUS_ADDRESS=f'unix:path={folder}/bus', STATE_DIRECTORY=f'{folder}/state')
        # A bus of type system would start services through its set-user-id helper, which knows the real one only.
        World.bus = harness.Bus(folder, f'<type>session</type><servicedir>{share}/dbus-1/system-services</servicedir>'
                                f'{STRICT}<include>{World.stage.policy()}</include>', World.env)
        try:
            harness.run_cases([owning, calling, without_session, calling_what_is_not_there, monitoring, preferring, pinging])
        finally:
            World.bus.stop()


if __name__ == '__main__':
    main()
