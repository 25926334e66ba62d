#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The rules of the house that neither compiler nor formatter enforces, one TAP case each.

lint.py [--root FOLDER] [--jobctl PROGRAM]. HACKING.md says what a rule is for; test-lint.py proves that each fires.
A rule is a function Tree -> list of complaints ("file:line: what").
"""

import argparse
import bisect
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import translations

# Who may include whom. The longest matching folder owns a file; '' in the right column is nobody.
LAYERS = {
    'dbus': ('dbus',),
    'lib': ('lib', 'dbus'),
    'daemon/core': ('daemon/core', 'lib', 'dbus'),
    'daemon/store': ('daemon/store', 'daemon/core', 'lib', 'dbus'),
    'daemon/platform': ('daemon/platform', 'daemon/core', 'lib', 'dbus'),
    'daemon/service': ('daemon/service', 'daemon/core', 'lib', 'dbus'),
    'daemon': ('daemon', 'daemon/core', 'daemon/store', 'daemon/platform', 'daemon/service', 'lib', 'dbus'),
    'helpers': ('helpers',),
    'client/lib': ('client/lib', 'lib', 'dbus'),
    'client/jobctl': ('client/jobctl', 'client/lib', 'lib', 'dbus'),
    'client/agent': ('client/agent', 'client/lib', 'lib', 'dbus'),
    'client/web': ('client/web', 'client/lib', 'lib', 'dbus'),
}
PRODUCT = ('dbus', 'lib', 'daemon', 'helpers', 'client')
GENERATED = re.compile(r'^(config\.h|jt-.*generated.*\.h|jt-dbus(-\w+)?\.h)$')
# File formats that the service and a helper share: headers without code of either side. And pure code of lib that a channel links.
SHARED = {'jt-state-file.h': ('daemon/platform', 'helpers'), 'jt-mustache.h': ('helpers',)}
# The one function a file of this suite may not be split for: tables, class set-up, vectors.
LONG_FUNCTION = re.compile(r'_(class_init|table|tables|vectors)$')
MAX_FUNCTION_LINES = 100


def blank(match):
    """Keeps line numbers right where text is taken away."""
    return re.sub(r'[^\n]', ' ', match.group(0))


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Source:
    """One C file: its text, and the text without comments (and without what stands in quotes)."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.code = TOKEN.sub(lambda m: m.group(0) if m.group(0)[0] in '"\'' else blank(m), text)
        self.bare = TOKEN.sub(blank, text)
        self.starts = [m.end() for m in re.finditer('\n', text)]

    def line_of(self, offset):
        return bisect.bisect_right(self.starts, offset) + 1

    def find(self, pattern, text, what):
        return [f'{self.path}:{self.line_of(m.start())}: {what.format(m.group(0).strip())}'
                for m in re.finditer(pattern, text, re.M)]


class Tree:
    """The files that belong to the project: what git would track, else what lies there without build folders."""

    def __init__(self, root, jobctl=None):
        self.root = root
        self.jobctl = jobctl
        self.paths = self.list_paths()
        self.cache = {}

    def list_paths(self):
        if os.path.exists(os.path.join(self.root, '.git')):
            git = subprocess.run(['git', '-c', f'safe.directory={self.root}', '-C', self.root, 'ls-files', '-co',
                                  '--exclude-standard', '-z'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                 check=False)
            if git.returncode == 0:
                paths = git.stdout.decode().split('\0')
                return sorted(p for p in paths if p and os.path.isfile(os.path.join(self.root, p)))
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f != '.git' and not f.startswith('build') and f != '__pycache__']
            found += [os.path.relpath(os.path.join(folder, name), self.root) for name in files]
        return sorted(found)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding='utf-8', errors='replace') as file:
            return file.read()

    def sources(self, *folders):
        for path in self.paths:
            if path.endswith(('.c', '.h')) and (not folders or path.startswith(tuple(f + '/' for f in folders))):
                if path not in self.cache:
                    self.cache[path] = Source(path, self.read(path))
                yield self.cache[path]


def layer_of(path):
    folders = [layer for layer in LAYERS if path.startswith(layer + '/')]
    return max(folders, key=len) if folders else None


def check_includes(tree):
    """includes follow the layers"""
    complaints = []
    owners = {}
    for source in tree.sources(*PRODUCT):
        owners.setdefault(os.path.basename(source.path), set()).add(layer_of(source.path))
    for source in tree.sources(*PRODUCT):
        layer = layer_of(source.path)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', source.code, re.M):
            name = os.path.basename(match.group(1))
            if GENERATED.match(name) or layer in SHARED.get(name, ()):
                continue
            where = f'{source.path}:{source.line_of(match.start())}'
            if '/' in match.group(1):
                complaints.append(f'{where}: "{match.group(1)}" reaches into a folder; include paths say who may')
            elif name not in owners:
                complaints.append(f'{where}: nobody owns "{name}"')
            elif layer and not owners[name] & set(LAYERS[layer]):
                complaints.append(f'{where}: {layer} may not include "{name}" of {"/".join(sorted(owners[name]))}')
    return complaints


def check_helpers_alone(tree):
    """helpers but channels use the C library only"""
    return [line for source in tree.sources('helpers') if not source.path.startswith('helpers/channel')
            for line in source.find(r'#\s*include\s*<(glib|gio|gmodule|json-glib|systemd|sqlite3)[^>]*>', source.code,
                                    '{} in a helper')]


def check_sqlite_in_one_place(tree):
    """sqlite3.h only in daemon/store/jt-db.c"""
    return [line for source in tree.sources(*PRODUCT)
            if source.path not in ('daemon/store/jt-db.c', 'daemon/store/jt-db.h')
            for line in source.find(r'#\s*include\s*[<"]sqlite3\.h[>"]', source.code, '{} outside jt-db')]


SQL = (r'"[^"\n]*\b(SELECT\b[^"\n]*\bFROM\b|INSERT\s+(OR\s+\w+\s+)?INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b'
       r'|CREATE\s+(UNIQUE\s+)?(TABLE|INDEX)\b|PRAGMA\s+\w|BEGIN\s+IMMEDIATE\b)[^"\n]*"')


def check_sql_in_store(tree):
    """SQL only in daemon/store"""
    return [line for source in tree.sources(*PRODUCT) if not source.path.startswith('daemon/store/')
            for line in source.find(SQL, source.code, 'SQL outside daemon/store: {}')]


def check_polkit_in_one_place(tree):
    """polkit only in daemon/service/jt-authority.c"""
    return [line for source in tree.sources(*PRODUCT)
            if not source.path.startswith('daemon/service/jt-authority')
            for line in source.find(r'#\s*include\s*<polkit[^>]*>|\bpolkit_\w+', source.code, '{} outside jt-authority')]


def check_bus_code(tree):
    """lib and daemon/core know no bus"""
    return [line for source in tree.sources('lib', 'daemon/core', 'daemon/store')
            for line in source.find(r'\bg_dbus_(connection|method|node|proxy|interface|object|server)\w*', source.bare,
                                    '{}: the bus is daemon/service and client/lib')]


def check_no_goto(tree):
    """no goto"""
    return [line for source in tree.sources() for line in source.find(r'\bgoto\b', source.bare, '{}')]


# Said in a comment on the line itself, the one excuse for a call that waits.
LOOP_ENDED = 'the loop has ended'


def check_no_sync(tree):
    """no _sync call in daemon"""
    complaints = []
    for source in tree.sources('daemon'):
        lines = source.text.split('\n')
        for match in re.finditer(r'\b(?!jt_|fdata|f?sync)\w+_sync\s*\(', source.bare):
            number = source.line_of(match.start())
            if LOOP_ENDED not in lines[number - 1]:
                complaints.append(f'{source.path}:{number}: {match.group(0)} waits on the main loop')
    return complaints


def check_no_fork(tree):
    """no fork in daemon"""
    return [line for source in tree.sources('daemon')
            for line in source.find(r'\b(v?fork|daemon|system|popen)\s*\(|\bg_(spawn|subprocess)_\w+|\bGSubprocess\b',
                                    source.bare, '{} forks; posix_spawn only')]


def check_clock(tree):
    """the time is read by the clock only"""
    return [line for source in tree.sources('lib', 'daemon')
            if not source.path.startswith('daemon/platform/')
            for line in source.find(r'\b(g_get_real_time|g_date_time_new_now\w*|gettimeofday)\s*\(|\btime\s*\(\s*NULL'
                                    r'|\bclock_gettime\s*\(\s*CLOCK_REALTIME', source.bare, '{} reads the time')]


def check_head_lines(tree):
    """every source says its licence and authors"""
    complaints = []
    for source in tree.sources():
        lines = source.text.split('\n', 2)
        if lines[0] != '/* SPDX-License-Identifier: LGPL-2.1-or-later */' or len(lines) < 2 \
                or lines[1] != '/* Copyright The JobTracker Authors */':
            complaints.append(f'{source.path}:1: the two head lines are not there')
    for path in tree.paths:
        if path.endswith(('.py', '.sh', '.xml')) or path in ('dev', '.ci/run'):
            if 'SPDX-License-Identifier: LGPL-2.1-or-later' not in '\n'.join(tree.read(path).split('\n')[:6]):
                complaints.append(f'{path}:1: no SPDX line near the top')
    return complaints


def check_header_guards(tree):
    """headers use #pragma once"""
    return [f'{source.path}:1: no #pragma once' for source in tree.sources()
            if source.path.endswith('.h') and '#pragma once' not in source.code]


def functions_of(source):
    """(name, first line, lines) of each function: the house puts its name, '{' and '}' in the first column."""
    for match in re.finditer(r'^(\w+) \([^;{}]*?\)\s*\n\{\n(.*?)^\}', source.bare, re.M | re.S):
        yield match.group(1), source.line_of(match.start()), match.group(2).count('\n')


def check_function_length(tree):
    """no function over 100 lines"""
    return [f'{source.path}:{line}: {name} has {length} lines' for source in tree.sources(*PRODUCT)
            for name, line, length in functions_of(source)
            if length > MAX_FUNCTION_LINES and not LONG_FUNCTION.search(name)]


def check_file_length(tree):
    """no file over 1000 lines"""
    return [f'{source.path}:1: {source.text.count(chr(10))} lines; split it by responsibility'
            for source in tree.sources(*PRODUCT) if source.text.count('\n') > 1000]


def files_with_text(tree):
    return sorted(source.path for source in tree.sources(*PRODUCT)
                  if re.search(r'(?<!\w)((_|N_|C_|NC_)\s*\(|g_dngettext\s*\(\s*GETTEXT_PACKAGE\s*,)\s*"', source.code))


def check_potfiles(tree):
    """POTFILES names what has text for people"""
    if 'po/POTFILES' not in tree.paths:
        return ['po/POTFILES: is not there']
    listed = [line.strip() for line in tree.read('po/POTFILES').splitlines() if line.strip() and line[0] != '#']
    wanted = files_with_text(tree)
    complaints = [f'po/POTFILES: {path} is missing' for path in wanted if path not in listed]
    complaints += [f'po/POTFILES: {path} has no text for people' for path in listed if path not in wanted]
    if listed != sorted(set(listed)):
        complaints.append('po/POTFILES: is not sorted')
    return complaints


def check_translations(tree):
    """every language says all that the sources say"""
    return translations.find_complaints(tree.root, files_with_text(tree))


# Put together so that this file does not hold what it looks for.
PLACES = '|'.join([r'(?<![\w.])/(?:wor' r'k|far' r'm)/(?!\*)', '/tmp/' r'(?:bash_job' r's|jt' r'b)',
                   r'\b(?:deb|security|ftp\.\w+)\.deb' r'ian\.org', r'registry\.npm' r'js', r'\bnpm' r'js\.(?:com|org)',
                   r'\bpypi' r'\.org', r'proxy\.go' r'lang', r'\bcrates' r'\.io', r'docker' r'\.io'])


def check_places(tree):
    """nothing names a workplace or a registry's host"""
    complaints = []
    for path in tree.paths:
        if not path.startswith('LICENSES/'):
            for number, line in enumerate(tree.read(path).splitlines(), 1):
                match = re.search(PLACES, line)
                if match:
                    complaints.append(f'{path}:{number}: {match.group(0)}')
    return complaints


def check_packages(tree):
    """packages.list is well formed"""
    complaints = []
    if 'packages.list' not in tree.paths:
        return ['packages.list: is not there']
    seen = set()
    for number, line in enumerate(tree.read('packages.list').splitlines(), 1):
        words = line.split('#', 1)[0].split()
        if not words:
            continue
        if len(words) != 2 or words[0] not in ('build', 'run', 'test', 'lint', 'bench') \
                or not re.match(r'^[a-z0-9][a-z0-9.+-]+$', words[-1]):
            complaints.append(f'packages.list:{number}: expected GROUP PACKAGE')
        elif tuple(words) in seen:
            complaints.append(f'packages.list:{number}: {words[1]} twice in {words[0]}')
        seen.add(tuple(words))
    return complaints


VERB_ROW = re.compile(r'^[ \t]*\{\s*(?:\.name\s*=\s*)?"([a-z]+)"', re.M)


def verbs_in_table(tree):
    """The first words of the rows of the verb table of jobctl."""
    for source in tree.sources('client/jobctl'):
        match = re.search(r'\bverbs\s*\[\s*\]\s*=\s*\{(.*?)^\};', source.code, re.M | re.S)
        if match:
            return source.path, VERB_ROW.findall(match.group(1))
    return None, []


def run_jobctl(tree, *arguments):
    environment = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', NO_COLOR='1')
    try:
        done = subprocess.run([tree.jobctl, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=20, env=environment, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return -1, str(error)
    return done.returncode, done.stdout.decode(errors='replace')


def list_parts(tree, verbs):
    """The verbs, and those of two words that the help of one lists."""
    for verb in verbs:
        yield verb
        block = re.search(r'^Verbs:\n((?:  .*\n)+)', run_jobctl(tree, verb, '--help')[1], re.M)
        for part in re.findall(r'^  ([a-z]+)', block.group(1), re.M) if block else []:
            yield f'{verb} {part}'


def check_verbs(tree):
    """jobctl --help lists the verb table, each verb has an example"""
    path, verbs = verbs_in_table(tree)
    if not verbs:
        return ['client/jobctl: no verb table (verbs[] = {) found']
    status, text = run_jobctl(tree, '--help')
    listed = set(re.findall(r'^\s+([a-z]+)\b', text, re.M))
    complaints = [] if status == 0 else [f'jobctl --help: status {status}']
    complaints += [f'{path}: --help does not list {verb}' for verb in verbs if verb not in listed]
    complaints += [f'{path}: {verb} twice' for verb in sorted(set(verbs)) if verbs.count(verb) > 1]
    for verb in list_parts(tree, verbs):
        status, text = run_jobctl(tree, *verb.split(), '--help')
        if status != 0 or f'jobctl {verb}' not in text:
            complaints.append(f'jobctl {verb} --help: status {status}, or no example in it')
        elif 'xample' not in text:
            complaints.append(f'jobctl {verb} --help: no example in it')
    return complaints


RULES = [check_includes, check_helpers_alone, check_sqlite_in_one_place, check_sql_in_store, check_polkit_in_one_place,
         check_bus_code, check_no_goto, check_no_sync, check_no_fork, check_clock, check_head_lines,
         check_header_guards, check_function_length, check_file_length, check_potfiles, check_translations, check_places,
         check_packages, check_verbs]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--root', default=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    parser.add_argument('--jobctl', help='the built program, for the verb table')
    parser.add_argument('--update-po', action='store_true', help='bring po/ up to date, print what is to do, and end')
    options = parser.parse_args()
    tree = Tree(options.root, options.jobctl)
    if options.update_po:
        left = translations.update(tree.root, files_with_text(tree))
        print('\n'.join(left) or 'nothing to translate')
        return
    failures = 0
    print(f'1..{len(RULES)}', flush=True)
    for number, rule in enumerate(RULES, 1):
        if rule is check_verbs and not (options.jobctl and os.access(options.jobctl, os.X_OK)):
            print(f'ok {number} {rule.__doc__} # SKIP jobctl is not built')
            continue
        complaints = rule(tree)
        for line in complaints:
            print(f'# {line}')
        print(f'{"not ok" if complaints else "ok"} {number} {rule.__doc__}', flush=True)
        failures += bool(complaints)
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
