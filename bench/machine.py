# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Where measuring takes place: a private bus, a scratch folder, the programs, and what starts and ends them."""

import os
import shutil
import signal
import subprocess
import tempfile
import time

NAME = 'org.example.JobTracker'
ROOT = '/org/example/JobTracker'
ECHO = 'org.example.Echo'
PROPERTIES = 'org.freedesktop.DBus.Properties'
PIN = ['taskset', '-c', '0']
PATIENCE_SECONDS = 900
# A bus with the limits of a system bus, on which everybody may do everything.
SYSTEM_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="*"/>
    <allow receive_type="*"/>
  </policy>
</busconfig>
"""


class Failure(Exception):
    """A measurement that could not be taken."""


class Absent(Exception):
    """A peer or a tool that this machine does not have: what needs it is skipped, and says so."""


class Machine:
    """A private bus, a scratch folder on the disk of the build folder, and the programs. Ends only what it started.

    The bus is a session bus, on which the service broadcasts; or, with is_system, one as the service of a whole machine
    has it, which sends events to subscribers only.
    """

    def __init__(self, build, quick, is_system=False):
        self.is_system = is_system
        self.build = os.path.abspath(build)
        self.quick = quick
        self.rounds = 3 if quick else 7
        self.scratch = tempfile.mkdtemp(prefix='bench-scratch.', dir=self.build)
        self.children = []
        self.address = f'unix:path={self.scratch}/bus'
        self.environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.address, JOBTRACKER_BUS='session',
                                DBUS_SYSTEM_BUS_ADDRESS=self.address, XDG_CONFIG_HOME=self.scratch, LC_ALL='C.UTF-8')
        self.environment.pop('NOTIFY_SOCKET', None)

    def tool(self, name):
        return os.path.join(self.build, 'bench', name)

    @property
    def jobctl(self):
        return os.path.join(self.build, 'client', 'jobctl', 'jobctl')

    def run(self, *command, environment=None):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              env=environment or self.environment, check=False, timeout=PATIENCE_SECONDS)
        if done.returncode != 0:
            raise Failure(f'{" ".join(command)[:200]}: status {done.returncode}: {done.stderr.decode().strip()[-400:]}')
        return done.stdout.decode()

    def numbers(self, *command):
        return [float(word) for word in self.run(*command).split()]

    def begin(self, *command, log, environment=None, folder=None):
        with open(os.path.join(self.scratch, log), 'ab') as file:
            child = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, cwd=folder,
                                     env=environment or self.environment, start_new_session=True)
        self.children.append(child)
        return child

    def end(self, child):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children.remove(child)

    def end_all(self):
        for child in reversed(list(self.children)):
            self.end(child)
        shutil.rmtree(self.scratch, ignore_errors=True)

    # ---- the bus and its services

    def start_bus(self, pinned):
        socket = os.path.join(self.scratch, 'bus')
        if os.path.exists(socket):
            os.unlink(socket)
        kind = ['--session', f'--address={self.address}']
        if self.is_system:
            config = os.path.join(self.scratch, 'bus.conf')
            with open(config, 'w', encoding='utf-8') as file:
                file.write(SYSTEM_BUS.format(address=self.address))
            kind = [f'--config-file={config}']
        bus = self.begin(*(PIN if pinned else []), 'dbus-daemon', '--nofork', '--nopidfile', *kind, log='bus.log')
        for _ in range(400):
            if os.path.exists(socket):
                return bus
            time.sleep(0.02)
        raise Failure('the private bus did not start')

    def await_name(self, name):
        self.run('gdbus', 'wait', '--session', '--timeout', '60', name)

    def state_folder(self, store):
        """The state folder of STORE, which is made when it is not there."""
        folder = os.path.join(self.scratch, store, 'state')
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return folder

    def service_command(self, store, limits=''):
        """The command line of the service over the state folder of STORE."""
        state = self.state_folder(store)
        folder = os.path.dirname(state)
        os.makedirs(os.path.join(folder, 'jobs.d'), exist_ok=True)
        config = os.path.join(folder, 'jobtracker.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'[Service]\nstate-directory={state}\njob-directory={folder}/jobs.d\n'
                       f'supervisor={self.build}/helpers/jobtracker-run\n[Limits]\n{limits}')
        bus = '--system' if self.is_system else '--session'
        return [os.path.join(self.build, 'daemon', 'jobtrackerd'), bus, '--config', config]

    def start_service(self, store, limits='', pinned=False, environment=None):
        child = self.begin(*(PIN if pinned else []), *self.service_command(store, limits), log=f'{store}.log',
                           environment=environment)
        self.await_name(NAME)
        return child

    def start_echo(self):
        child = self.begin(*PIN, self.tool('floor-echo'), self.address, log='echo.log')
        self.await_name(ECHO)
        return child

    # ---- what is done with them

    def call(self, count, destination, path, interface, method, *parameters):
        """Calls a second, median and 99th percentile in microseconds."""
        return self.numbers(*PIN, self.tool('bench-call'), self.address, str(count), destination, path, interface,
                            method, *parameters)

    def add_jobs(self, rows):
        """ROWS of AddJobs in GVariant's text form, a hundred a call."""
        for first in range(0, len(rows), 100):
            self.run('gdbus', 'call', '--session', '-d', NAME, '-o', ROOT, '-m', f'{NAME}.AddJobs',
                     f'[{", ".join(rows[first:first + 100])}]', '@a{sv} {}')

    def add_idle_jobs(self, count):
        """Jobs that are due next new year, so not while somebody measures."""
        self.add_jobs([f"('idle-{number}', {{'command': <['/bin/true']>, 'schedule': <['0 0 1 1 *']>}})"
                       for number in range(count)])

    def fill(self, store, *arguments):
        """Begins to write a record with a past: bench-fill over the state folder of STORE."""
        return self.begin(self.tool('bench-fill'), self.state_folder(store), *map(str, arguments), log=f'{store}.log')

    def await_end(self, child, what):
        if child.wait(PATIENCE_SECONDS) != 0:
            raise Failure(f'{what}: status {child.returncode}')
        self.children.remove(child)


def count_switches(pid):
    """Context switches of each thread so far."""
    counts = {}
    for task in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{task}/status', encoding='utf-8') as file:
            counts[task] = sum(int(line.split()[1]) for line in file
                               if line.startswith(('voluntary_ctxt', 'nonvoluntary')))
    return counts


def count_wakeups(before, after):
    """A thread that ended meanwhile took its count along, and woke once at least for its end."""
    return sum(after[task] - before.get(task, 0) for task in after) + len(before.keys() - after.keys())


def processor_seconds(pid):
    """What all threads of a process have used; of those that ended too."""
    with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
        ticks = sum(map(int, file.read().rsplit(')', 1)[1].split()[11:13]))
    exact = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{task}/schedstat', encoding='utf-8') as file:
            exact += int(file.read().split()[0])
    return max(exact / 1e9, (ticks - 1) / os.sysconf('SC_CLK_TCK'))


def memory_bytes(pid):
    """The proportional set size."""
    with open(f'/proc/{pid}/smaps_rollup', encoding='utf-8') as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith('Pss:'))
