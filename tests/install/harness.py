# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What the tests of an installation share: TAP, a private bus, an installation in a temporary folder.

Everything is a context manager that takes down what it set up; nothing here waits by the clock.
"""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

NAME = 'org.example.JobTracker'
PATH = '/org/example/JobTracker'
# However loaded the machine is: whoever waits that long hangs.
PATIENCE = 120


class Skip(Exception):
    """This case cannot be tried here."""


def run_cases(cases):
    """Cases are functions; their first line of documentation is their name."""
    failures = 0
    print(f'1..{len(cases)}', flush=True)
    for number, case in enumerate(cases, 1):
        result, more = 'ok', ''
        try:
            case()
        except Skip as reason:
            more = f' # SKIP {reason}'
        except Exception:  # whatever it is, it is this case's failure
            result = 'not ok'
            failures += 1
            for line in traceback.format_exc().splitlines():
                print(f'# {line}')
        print(f'{result} {number} {case.__doc__.splitlines()[0]}{more}', flush=True)
    sys.exit(1 if failures else 0)


def skip_all(reason):
    print(f'1..0 # SKIP {reason}')
    sys.exit(0)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f'{program} is not installed')


def run(*words, status=0, env=None, **options):
    """The output, stderr among it, of a command that ends with this status."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False, env=env, **options)
    text = done.stdout.decode(errors='replace')
    assert status is None or done.returncode == status, f'{words} ended with {done.returncode}: {text}'
    return text


@contextlib.contextmanager
def temporary_folder():
    folder = tempfile.mkdtemp(prefix='jobtracker-install-')
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, mode)


class Bus:
    """A dbus-daemon of our own; `more` are elements of its configuration."""

    def __init__(self, folder, more, env):
        self.folder = folder
        self.env = env
        self.process = None
        config = os.path.join(folder, 'bus.conf')
        write(config, f'<busconfig><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>{more}</busconfig>')
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', 'dbus-daemon', f'--config-file={config}', '--nofork', '--nopidfile',
             f'--print-address={writer}'], pass_fds=[writer], env=env, stdin=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            self.address = pipe.readline().strip()
        assert self.address, 'the private bus did not start'

    def call(self, member, *words, user=None, status=0, destination='org.freedesktop.DBus', path='/org/freedesktop/DBus',
             interface='org.freedesktop.DBus'):
        """gdbus's answer, or its complaint."""
        command = ['gdbus', 'call', f'--address={self.address}', f'--dest={destination}', f'--object-path={path}',
                   f'--method={interface}.{member}', *words]
        if user:
            command = ['setpriv', f'--reuid={user}', '--clear-groups', *command]
        return run(*command, status=status).strip()

    def service_pid(self):
        """Of whoever owns the service's name; None when nobody does."""
        match = re.fullmatch(r'\(uint32 (\d+),\)', self.call('GetConnectionUnixProcessID', NAME, status=None))
        return int(match.group(1)) if match else None

    def stop_service(self):
        pid = self.service_pid()
        if pid is None:
            return
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            # Readable once it has ended.
            assert select.select([handle], [], [], PATIENCE)[0], 'the service does not end'
        finally:
            os.close(handle)

    def stop(self):
        self.stop_service()
        self.process.terminate()
        self.process.wait(PATIENCE)


OPEN_POLICY = ('<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
               '<allow own="*"/></policy>')


@contextlib.contextmanager
def session_bus(folder, servicedir, env):
    """A session bus that starts what the folder's files name."""
    bus = Bus(folder, f'<type>session</type><servicedir>{servicedir}</servicedir>{OPEN_POLICY}', env)
    try:
        yield bus
    finally:
        bus.stop()


def home_environment(folder, path):
    """The environment of somebody whose home is the folder."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(('XDG_', 'DBUS_', 'JOBTRACKER_')) and key not in ('G_DEBUG', 'STATE_DIRECTORY')}
    return dict(env, HOME=folder, PATH=f'{path}:{os.environ["PATH"]}', JOBTRACKER_BUS='session', NO_COLOR='1',
                XDG_RUNTIME_DIR=folder, DBUS_SESSION_BUS_ADDRESS=f'unix:path={folder}/bus')


class Stage:
    """What `meson install` of a build folder puts where, below a folder of its own."""

    def __init__(self, build, folder):
        self.folder = folder
        self.options = {option['name']: option['value'] for option in json.loads(
            run('meson', 'introspect', '--buildoptions', build, env=dict(os.environ, LC_ALL='C.UTF-8')))}
        run('meson', 'install', '-C', build, '--no-rebuild', '--destdir', folder)

    def path(self, name):
        """The folder that an option names, as it is once installed."""
        return os.path.join(self.options['prefix'], self.options[name])

    def policy(self):
        """The system bus reads no policies below /usr/local."""
        folder = '/etc' if self.options['prefix'] == '/usr/local' else self.path('datadir')
        return f'{folder}/dbus-1/system.d/{NAME}.conf'

    def files(self):
        found = []
        for folder, _, names in os.walk(self.folder):
            found += ['/' + os.path.relpath(os.path.join(folder, name), self.folder) for name in names]
        return sorted(found)

    def lay_over(self):
        """Makes the files appear where they belong; the caller is in a mount namespace of its own. False: it cannot be done."""
        for top in os.listdir(self.folder):
            layers = f'lowerdir={self.folder}/{top}:/{top}'
            if run('mount', '-t', 'overlay', 'overlay', '-o', layers, f'/{top}', status=None):
                return False
        return True


def enter_namespace():
    """Starts this program again where mounts are nobody else's; False where that is not allowed."""
    if os.environ.get('JOBTRACKER_NAMESPACE') == str(os.getpid()):
        return True
    if os.getuid() != 0 or subprocess.run(['unshare', '--mount', 'true'], check=False, stderr=subprocess.DEVNULL).returncode:
        return False
    os.environ['JOBTRACKER_NAMESPACE'] = str(os.getpid())
    os.execvp('unshare', ['unshare', '--mount', '--propagation', 'private', sys.executable, *sys.argv])
