#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Which addresses channel-webhook connects to, where there are public ones: in a network and with an /etc/hosts of the test's own.

test-channel-webhook-addresses.py PROGRAM. The public addresses are on a loopback device that nothing leaves.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
from server import Authority, Channel, Server, answer, notification, run_cases, temporary_folder

PUBLIC, PUBLIC_TOO = '9.9.9.9', '8.8.8.8'
HOSTS = f'''
127.0.0.1 localhost inside.example.com
{PUBLIC} hooks.example.com both.example.com
10.1.2.3 both.example.com private.example.com
169.254.169.254 metadata.example.com
{PUBLIC_TOO} other.example.com
'''
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR = 0x8913, 0x8914, 0x8916
IFF_UP = 1


def set_up_device(name, address):
    """An address of its own for a device, and the device up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFADDR, struct.pack('16sHH4s8x', name, socket.AF_INET, 0, socket.inet_aton(address)))
        flags = struct.unpack('16sH14x', fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack('32s', name)))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack('16sH14x', name, flags | IFF_UP))


def enter(folder):
    for number, address in enumerate(('127.0.0.1', PUBLIC, PUBLIC_TOO, '10.1.2.3', '169.254.169.254')):
        set_up_device(b'lo' + (b':%d' % number if number else b''), address)
    hosts = os.path.join(folder, 'hosts')
    with open(hosts, 'w', encoding='ascii') as file:
        file.write(HOSTS)
    subprocess.run(['mount', '--bind', hosts, '/etc/hosts'], check=True)


def send(host, server, scheme='http', **settings):
    return Channel.run({'url': f'{scheme}://{host}:{server.port}/hook', 'allow-http': 'yes', **settings}, [notification()])['1']


def public():
    """a public address is connected to, by its name and as it is written"""
    with Server(answer(), address=PUBLIC) as server:
        for host in ('hooks.example.com', PUBLIC):
            assert send(host, server)['outcome'] == 'delivered'
        assert [request.headers['host'] for request in server.requests] == [f'{host}:{server.port}' for host in ('hooks.example.com', PUBLIC)]


def private():
    """a name that leads inside is refused, and nothing is connected to"""
    with Server(answer(), address='0.0.0.0') as server:
        for host, said in (('localhost', 'loopback'), ('inside.example.com', 'loopback'), ('private.example.com', 'a private address'),
                           ('metadata.example.com', 'metadata')):
            verdict = send(host, server)
            assert verdict['outcome'] == 'retry' and said in verdict['reason'] and host in verdict['reason'], verdict
        assert server.connections == 0
        assert send('private.example.com', server, **{'allow-private': 'yes'})['outcome'] == 'delivered'


def both():
    """of a name that leads to both, the public address is taken"""
    with Server(answer(), address='10.1.2.3') as inside, Server(answer(), address=PUBLIC) as server:
        assert send('both.example.com', server)['outcome'] == 'delivered'
        assert send('both.example.com', inside)['outcome'] == 'retry' and inside.connections == 0


def redirect():
    """no redirect leads inside"""
    with Server(answer(), address='0.0.0.0') as inside:
        for target in (f'http://169.254.169.254:{inside.port}/latest/meta-data/', f'http://127.0.0.1:{inside.port}/'):
            with Server(answer('307 Temporary Redirect', b'', f'Location: {target}'), address=PUBLIC) as server:
                verdict = send('hooks.example.com', server)
            assert verdict['outcome'] == 'refused' and 'redirects are not followed' in verdict['reason'], verdict
        assert inside.connections == 0


def certificates():
    """the certificate is still asked to be the host's"""
    with temporary_folder() as folder:
        authority = Authority(folder)
        with Server(answer(), authority.context('hooks.example.com'), PUBLIC) as server:
            verdict = send('hooks.example.com', server, 'https', **{'tls-ca': authority.path})
            assert verdict['outcome'] == 'delivered', verdict
        with Server(answer(), authority.context('hooks.example.com'), PUBLIC_TOO) as server:
            verdict = send('other.example.com', server, 'https', **{'tls-ca': authority.path})
            assert verdict['outcome'] == 'retry' and 'for another host' in verdict['reason'], verdict
            assert server.requests == []


def main():
    words = ['unshare', '--net', '--mount', *([] if os.geteuid() == 0 else ['--map-root-user'])]
    if len(sys.argv) == 2:
        if subprocess.run([*words, 'true'], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            print('1..0 # SKIP there is no network of one\'s own here')
            return
        os.execvp(words[0], [*words, sys.executable, __file__, os.path.abspath(sys.argv[1]), 'inside'])
    Channel.program = sys.argv[1]
    with temporary_folder() as folder:
        enter(folder)
        run_cases([public, private, both, redirect, certificates])


main()
