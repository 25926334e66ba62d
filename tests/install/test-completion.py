#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What the completions offer in real shells, with the real service on a private bus.

test-completion.py JOBCTL JOBTRACKERD JOBTRACKER-RUN FOLDER, the folder being data/completions. bash and zsh run in a
terminal and put all that they offer into the line; fish says it when asked.
"""

import contextlib
import os
import pty
import re
import select
import shlex
import shutil
import sys

import harness
from harness import NAME, PATIENCE, Skip, run

JOBCTL, JOBTRACKERD, JOBTRACKER_RUN, COMPLETIONS = (os.path.abspath(word) for word in sys.argv[1:5])

SHOW = r'''
PS1='' PS2=''
__show() { printf '<%s>\n' "$@"; printf '<<%s>>\n' END; }
'''
BASH = SHOW + r'''
bind 'set enable-bracketed-paste off'
bind 'set completion-ignore-case off'
bind '"\C-xa": insert-completions'
[ -z "$LOADER" ] || source "$LOADER"
[ -n "$LOADER" ] || source "$COMPLETIONS/jobctl.bash"
'''
ZSH = SHOW + r'''
fpath=("$COMPLETIONS" $fpath)
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' completer _all_matches _complete
zstyle ':completion:*' insert true
bindkey '^Xa' complete-word
unset zle_bracketed_paste
'''


class Terminal:
    """An interactive shell. The line is completed, made the arguments of a function, and that prints them."""

    def __init__(self, words, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(words[0], words, env)

    def read_until(self, end):
        text = b''
        while end not in text:
            assert select.select([self.fd], [], [], PATIENCE)[0], f'the shell hangs after {text}'
            text += os.read(self.fd, 65536)
        return text.decode(errors='replace').replace('\r', '')

    def complete(self, line):
        """The words that stand in the line in the place of the last one."""
        os.write(self.fd, line.encode() + b'\x18a\x01__show \r')
        shown = re.findall(r'^<([^<].*|)>$', self.read_until(b'<<END>>'), re.M)
        return shown[len(shlex.split(line[:line.rfind(' ')])):]

    def stop(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Fish:
    def __init__(self, env):
        self.env = env

    def complete(self, line):
        text = run('fish', '--no-config', '-c', 'source $COMPLETIONS/jobctl.fish; complete -C $argv[1]', line, env=self.env)
        return [found.split('\t')[0] for found in text.splitlines()]

    def stop(self):
        pass


class World:
    """A folder, a bus that could start the service, and a shell."""
    folder = bus = env = None


def write_files(folder):
    harness.write(f'{folder}/rc.bash', BASH)
    harness.write(f'{folder}/.zshrc', ZSH)
    harness.write(f'{folder}/files/one.env', '')
    harness.write(f'{folder}/files/two words.env', '')
    harness.write(f'{folder}/services/{NAME}.service',
                  f'[D-BUS Service]\nName={NAME}\nExec={JOBTRACKERD} --session --state-directory {folder}/state '
                  f'--job-directory {folder}/jobs.d --supervisor {JOBTRACKER_RUN}\n')


@contextlib.contextmanager
def shell(name, **more):
    if not shutil.which(name):
        raise Skip(f'{name} is not installed')
    env = dict(World.env, TERM='dumb', ZDOTDIR=World.folder, HISTFILE='', **more)
    words = {'bash': ['bash', '--noprofile', '--rcfile', f'{World.folder}/rc.bash', '-i'], 'zsh': ['zsh', '-i']}
    opened = Fish(env) if name == 'fish' else Terminal(words[name], env)
    try:
        yield opened
    finally:
        opened.stop()


def jobctl(*words, **options):
    return run('jobctl', *words, env=World.env, **options)


def check(shell_name, rows):
    """rows: (line, what must be offered and nothing else) or, with '…' in it, what must be among it."""
    with shell(shell_name) as opened:
        for line, wanted in rows:
            found = opened.complete(line)
            if '…' in wanted:
                missing = set(wanted) - {'…'} - set(found)
                assert not missing, f'{line!r}: {missing} is missing in {found}'
            else:
                assert sorted(found) == sorted(wanted), f'{line!r}: {found}, expected {wanted}'


def verbs():
    text = jobctl('--help')
    return re.findall(r'^  ([a-z]+) ', text[text.index('Verbs:'):text.index('Options:')], re.M)


ROWS_WITHOUT_SERVICE = [
    ('jobctl st', ['stats', 'status']),
    ('jobctl --no-pager st', ['stats', 'status']),
    ('jobctl --color never st', ['stats', 'status']),
    ('jobctl --co', ['--color']),
    ('jobctl --color ', ['auto', 'always', 'never']),
    ('jobctl nonsense ', None),
    ('jobctl list --', ['--tag', '--owner', '--json', '--help', '…']),
    ('jobctl list ', ['--tag', '--owner', '--json', '…']),
    ('jobctl list --jso', ['--json']),
    ('jobctl remove x --history ', ['keep', 'delete']),
    ('jobctl remove x --history=k', ['--history=keep']),
    ('jobctl log --stream std', ['stdout', 'stderr']),
    ('jobctl notify re', ['render', 'resend']),
    ('jobctl notify rule ', ['list', 'add', 'remove', 'move']),
    ('jobctl notify rule add --events failed,rec', ['failed,recovered']),
    ('jobctl notify set only-changes=y', ['only-changes=yes']),
    ('jobctl stats --by ', ['job', 'tag', 'user', 'hour', 'day']),
    ('jobctl history --state re', ['retry-wait']),
    ('jobctl history -s ti', ['timed-out']),
    ('jobctl history --trigger sc', ['schedule']),
    ('jobctl add new --retry-', ['--retry-delay', '--retry-backoff', '--retry-max-delay', '--retry-jitter', '--retry-on']),
    ('jobctl add new --schedul', ['--schedule']),
    ('jobctl add new --retry-backoff ', ['constant', 'linear', 'exponential']),
    ('jobctl add new --retry-backoff=l', ['--retry-backoff=linear']),
    ('jobctl add new --overlap ', ['skip', 'queue', 'replace', 'allow']),
    ('jobctl add new --enabled ', ['yes', 'no']),
    ('jobctl add new --kill-signal SIGU', ['SIGUSR1', 'SIGUSR2']),
    ('jobctl add new --timezone Europe/Berl', ['Europe/Berlin']),
    ("jobctl add new --timezone 'Europe/Berl", ['Europe/Berlin']),
    ('jobctl add new --user roo', ['root']),
    ('jobctl add new --env-file $T/files/on', ['$T/files/one.env']),
    ('jobctl add new --env-file=$T/files/on', ['--env-file=$T/files/one.env']),
    ('jobctl add new --cwd $T/fil', ['$T/files/']),
    ('jobctl add new -- ls $T/files/on', ['$T/files/one.env']),
    ('jobctl set x retry-b', ['retry-backoff=']),
    ('jobctl set x retry-backoff=l', ['retry-backoff=linear']),
    ('jobctl set x retries=3 leftover=w', ['leftover=wait']),
    ('jobctl track ', ['start', 'progress', 'log', 'heartbeat', 'finish']),
    ('jobctl ping x su', ['success']),
    ('jobctl import ', ['crontab', 'systemd']),
    ('jobctl import crontab $T/files/on', ['$T/files/one.env']),
]

ROWS_WITH_SERVICE = [
    ('jobctl run ', ['nightly', 'db@main', 'long']),
    ('jobctl show db', ['db@main']),
    ('jobctl show db@m', ['db@main']),
    ('jobctl --session remove nightly l', ['long']),
    ('jobctl history --owner x nig', ['nightly']),
    ('jobctl active --job ni', ['nightly']),
    ('jobctl log ', ['1', '2', 'nightly', 'db@main', 'long']),
    ('jobctl cancel ', ['2', 'nightly', 'db@main', 'long']),
    ('jobctl track finish ', ['2']),
    ('jobctl list --tag ', ['off site', 'db']),
    ('jobctl set ni', ['nightly']),
    ('jobctl ping db@main st', ['start']),
    # Names of other machines are not known here, and a new job needs a new one.
    ('jobctl --host somewhere run ', None),
    ('jobctl add ', None),
]


def rows_for(name, rows):
    """With the folder's name in the lines, and folders as this shell shows them."""
    ready = []
    for line, wanted in rows:
        if wanted is None:
            wanted = []
        if name != 'fish' and 'cwd' in line:
            wanted = [word.rstrip('/') for word in wanted]
        ready.append((line.replace('$T', World.folder), [word.replace('$T', World.folder) for word in wanted]))
    return ready


def check_without_service(name):
    check(name, [('jobctl ', verbs())] + rows_for(name, ROWS_WITHOUT_SERVICE + [('jobctl run ', None)]))
    assert World.bus.service_pid() is None, 'completing started the service'


def start_service():
    jobctl('add', 'nightly', '--tags', 'off site', '--', 'true')
    jobctl('add', 'db@main', '--tags', 'db', '--', 'true')
    jobctl('add', 'long', '--', 'sleep', '3600')
    jobctl('run', 'nightly', '--wait')
    jobctl('run', 'long')


def bash_without_service():
    """bash: verbs, options and values; names are passed over while the service is away"""
    check_without_service('bash')


def zsh_without_service():
    """zsh: verbs, options and values; names are passed over while the service is away"""
    check_without_service('zsh')


def fish_without_service():
    """fish: verbs, options and values; names are passed over while the service is away"""
    check_without_service('fish')


def bash_with_service():
    """bash: jobs, runs and tags of the service"""
    check('bash', rows_for('bash', ROWS_WITH_SERVICE))


def zsh_with_service():
    """zsh: jobs, runs and tags of the service"""
    check('zsh', rows_for('zsh', ROWS_WITH_SERVICE))


def fish_with_service():
    """fish: jobs, runs and tags of the service"""
    check('fish', rows_for('fish', ROWS_WITH_SERVICE))


def bash_loads_by_itself():
    """bash-completion finds the file by its name, and completes the command after --"""
    loader = '/usr/share/bash-completion/bash_completion'
    if not os.path.exists(loader):
        raise Skip('bash-completion is not installed')
    folder = f'{World.folder}/share/bash-completion/completions'
    os.makedirs(folder)
    shutil.copy(f'{COMPLETIONS}/jobctl.bash', f'{folder}/jobctl')
    with shell('bash', LOADER=loader, XDG_DATA_DIRS=f'{World.folder}/share:/usr/share') as opened:
        # The first attempt loads, and readline tries again by itself only where Tab was pressed.
        opened.complete('jobctl st')
        assert opened.complete('jobctl st') == ['stats', 'status']
        found = opened.complete('jobctl add x -- dd i')
        assert 'if=' in found, f'not completed as dd is: {found}'


def protocol():
    """jobctl __complete never complains and never fails"""
    for words in ([], [''], ['nonsense', ''], ['list', '--nonsense', 'x', ''], ['set', 'x', '=', '='], ['--host'],
                  ['add', '--', ''], ['--', ''], ['-', '-'], ['run', '\udcff']):
        text = jobctl('__complete', *words)
        assert 'jobctl:' not in text, f'{words}: {text}'


def main():
    with harness.temporary_folder() as folder:
        World.folder = folder
        World.env = dict(harness.home_environment(folder, os.path.dirname(JOBCTL)), COMPLETIONS=COMPLETIONS)
        write_files(folder)
        with harness.session_bus(folder, f'{folder}/services', World.env) as World.bus:
            cases = [bash_without_service, zsh_without_service, fish_without_service, bash_loads_by_itself]

            def service():
                """a service with three jobs and two runs"""
                start_service()
            cases += [service, bash_with_service, zsh_with_service, fish_with_service, protocol]
            try:
                harness.run_cases(cases)
            finally:
                if World.bus.service_pid() is not None:
                    jobctl('cancel', 'long', status=None)


if __name__ == '__main__':
    main()
