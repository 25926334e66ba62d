#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""An installation for one user, from the first call to the log of a job. test-session.py BUILD

The service is started by the session bus, from the installed activation file, with nothing but what an installation
brings; the programs are where they belong, in a mount namespace that ends with this test.
"""

import os
import re
import sys

import harness
from harness import NAME, run

BUILD = os.path.abspath(sys.argv[1])


class World:
    """The home of somebody, their session bus, and the installation."""
    stage = home = env = bus = None


def jobctl(*words, **options):
    return run(f'{World.stage.path("bindir")}/jobctl', *words, env=World.env, **options)


def wrong_configuration():
    """a wrong configuration is named, and keeps the service from starting"""
    path = f'{World.home}/.config/jobtracker/jobtracker.conf'
    harness.write(path, '[Limits]\nmax-runing=3\n')
    text = run(f'{World.stage.path("bindir")}/jobtrackerd', '--session', env=World.env, status=78)
    assert f"{path}:2: unknown key 'max-runing'" in text and "did you mean 'max-running'?" in text, text
    jobctl('status', status=7)
    harness.write(path, '[Limits]\nmax-running=3\n')


def activation():
    """the first call starts the service, from the installed file"""
    harness.write(f'{World.home}/.config/jobtracker/jobs.d/from-file.job', '[Job]\nshell=echo from a file\n')
    jobctl('status')
    pid = World.bus.service_pid()
    program = os.readlink(f'/proc/{pid}/exe')
    assert program == f'{World.stage.path("bindir")}/jobtrackerd', program
    assert os.path.isdir(f'{World.home}/.local/state/jobtracker')


def job_from_end_to_end():
    """a job is added, run and read back"""
    jobctl('add', 'hello', '--', 'sh', '-c', 'echo from $JOBTRACKER_JOB; exit 3')
    text = jobctl('run', 'hello', '--wait', status=3)
    assert 'failed' in text, text
    assert jobctl('log', 'hello') == 'from hello\n'
    jobctl('run', 'from-file', '--wait')
    assert jobctl('log', 'from-file') == 'from a file\n'


def supervisor():
    """jobs run below the installed jobtracker-run"""
    jobctl('add', 'parent', '--', 'sh', '-c', 'readlink /proc/$PPID/exe')
    jobctl('run', 'parent', '--wait')
    text = jobctl('log', 'parent').strip()
    assert text == f'{World.stage.path("libexecdir")}/jobtracker/jobtracker-run', text


def restart():
    """stopped and asked again, it has the record"""
    World.bus.stop_service()
    assert World.bus.service_pid() is None
    text = jobctl('history', 'hello')
    assert 'failed' in text, text


def introspection():
    """what it says about itself is what the installed interfaces say"""
    text = run('gdbus', 'introspect', f'--address={World.bus.address}', f'--dest={NAME}', f'--object-path={harness.PATH}')
    with open(f'{World.stage.path("datadir")}/dbus-1/interfaces/{NAME}.xml', encoding='utf-8') as file:
        for name in re.findall(r'<(?:method|signal|property) name="(\w+)"', file.read()):
            assert re.search(rf'\b{name}\b', text), f'{name} is not in {text}'


def main():
    if not harness.enter_namespace():
        harness.skip_all('not root: nothing can be laid over the places that the files belong to')
    with harness.temporary_folder() as folder:
        World.stage = harness.Stage(BUILD, f'{folder}/stage')
        if not World.stage.lay_over():
            harness.skip_all('no overlay file system here')
        World.home = f'{folder}/home'
        os.mkdir(World.home)
        World.env = harness.home_environment(World.home, World.stage.path('bindir'))
        services = f'{World.stage.path("datadir")}/dbus-1/services'
        with harness.session_bus(World.home, services, World.env) as World.bus:
            harness.run_cases([wrong_configuration, activation, job_from_end_to_end, supervisor, restart, introspection])


if __name__ == '__main__':
    main()
