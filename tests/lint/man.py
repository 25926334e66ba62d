#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What the manual says is what the programs have, one TAP case a rule.

man.py --build FOLDER [--root FOLDER]. test-man.py proves that each rule fires.
A rule is a function Manual -> list of complaints, each of which says what is to be written where.
"""

import argparse
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = 'docs/man'
# The sections that a page has, by the number behind its name, in this order; one that begins with ? may be absent.
SECTIONS = {
    '1': ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS', 'ENVIRONMENT', '?FILES', 'EXAMPLES', 'SEE ALSO'],
    '5': ['NAME', 'SYNOPSIS', 'DESCRIPTION', '?ERRORS', '?ENVIRONMENT', 'EXAMPLES', '?FILES', 'SEE ALSO'],
    '7': ['NAME', 'SYNOPSIS', 'DESCRIPTION', '?ENVIRONMENT', 'EXAMPLES', '?FILES', 'SEE ALSO'],
    '8': ['NAME', 'SYNOPSIS', 'DESCRIPTION', '?OPTIONS', 'EXIT STATUS', 'ENVIRONMENT', 'FILES', 'EXAMPLES', 'SEE ALSO'],
}
# What scdoc writes in every page and a page cannot help; whatever else mandoc has to say, of any level, is a complaint.
OF_SCDOC = ('skipping paragraph macro: PP empty', 'skipping paragraph macro: PP after SH',
            'skipping paragraph macro: PP after SS', 'lower case character in document title', 'input text line longer than 80 bytes')
# Read by GLib and GIO for us, so no source names them.
OF_GLIB = {'DBUS_SESSION_BUS_ADDRESS', 'DBUS_SYSTEM_BUS_ADDRESS', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME',
           'XDG_RUNTIME_DIR', 'G_MESSAGES_DEBUG'}
# Whose environment a page tells about: folders, and what is read there but is somebody else's.
PROGRAMS = {
    'jobctl.1': (('client/jobctl', 'client/lib', 'lib', 'lib/schedule'), set()),
    'jobtrackerd.8': (('daemon', 'daemon/core', 'daemon/platform', 'daemon/service', 'daemon/store', 'lib',
                       'lib/schedule'), set()),
    'jobtracker-run.8': (('helpers',), {'PATH'}),
    'jobtracker-agent.1': (('client/agent',), set()),
}


def load_pages():
    """The maker of the pages, which knows their marks."""
    path = os.path.join(os.path.dirname(os.path.dirname(HERE)), SOURCES, 'pages.py')
    spec = importlib.util.spec_from_file_location('pages', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pages = load_pages()


class Manual:
    """The pages as they are written, as scdoc gets them, and what they are about."""

    def __init__(self, root, sources, tables, jobctl=None, jobtrackerd=None, built=None):
        self.root = root
        self.sources = sources
        self.tables = tables
        self.jobctl = jobctl
        self.jobtrackerd = jobtrackerd
        self.built = built
        self.pages = {name: pages.make_page(text, tables, root, {}) for name, text in sources.items()}

    def read(self, path):
        with open(os.path.join(self.root, path), encoding='utf-8') as file:
            return file.read()

    def marks(self, name, wanted):
        """The arguments of the marks of one kind in a page."""
        return [arguments for mark, arguments, _ in pages.parse_source(self.sources.get(name, '')) if mark == wanted]


def sections_of(text):
    """Heading -> text of a page."""
    found = {}
    heading = ''
    for line in text.split('\n'):
        if line.startswith('# '):
            heading = line[2:]
        else:
            found[heading] = found.get(heading, '') + line + '\n'
    return found


def terms_of(section):
    """What the definitions of a section define: the bold words of lines that are not indented."""
    terms = []
    for line in section.split('\n'):
        if line.startswith(('*', '-')) and not line.startswith('- '):
            terms += [term.replace('\\', '') for term in re.findall(r'\*((?:[^*\\]|\\.)+)\*', line)]
    return terms


def literals_of(text):
    """(heading, line) of the literal blocks, lines that go on joined."""
    found = []
    heading = ''
    is_literal = False
    for line in text.split('\n'):
        if line == '```':
            is_literal = not is_literal
        elif is_literal and found and found[-1][1].endswith('\\'):
            found[-1] = (heading, found[-1][1].rstrip('\\') + line)
        elif is_literal:
            found.append((heading, line.replace('\\\\', '\\')))
        elif line.startswith('# '):
            heading = line[2:]
    return found


def source_path(name):
    return f'{SOURCES}/{name}.scd'


def check_sections(manual):
    """each page has its sections"""
    complaints = []
    for name, text in sorted(manual.pages.items()):
        wanted = SECTIONS[name.rsplit('.', 1)[1]]
        there = [heading for heading in sections_of(text) if heading in [section.lstrip('?') for section in wanted]]
        complaints += [f'{source_path(name)}: no section "# {section}"; write one'
                       for section in wanted if section[0] != '?' and section not in there]
        order = [section.lstrip('?') for section in wanted if section.lstrip('?') in there]
        if there != order:
            complaints.append(f'{source_path(name)}: the sections stand as {", ".join(there)}; '
                              f'the order is {", ".join(order)}')
    return complaints


def compare(name, mark, there, known, how):
    """A mark for each, none for what is not there, none twice."""
    path = source_path(name)
    complaints = [f'{path}: {mark} \'{one}\' has no part; write the line \'@{mark} {one}{how}'
                  for one in known if one not in there]
    complaints += [f'{path}: there is no {mark} \'{one}\'; take the part \'@{mark} {one}…@\' out'
                   for one in there if one not in known]
    return complaints + [f'{path}: \'@{mark} {one}…@\' stands there twice'
                         for one in sorted(set(there)) if there.count(one) > 1]


def check_verbs(manual):
    """jobctl(1) has each verb"""
    known = [verb['name'] for verb in manual.tables['verbs']]
    return compare('jobctl.1', 'verb', [' '.join(arguments) for arguments in manual.marks('jobctl.1', 'verb')], known,
                   '@\' under \'# VERBS\' and below it what --help does not say')


def check_settings(manual):
    """jobtracker-job(5) has each setting that is offered"""
    known = [setting['key'] for setting in manual.tables['settings'] if setting['offered']]
    there = [arguments[0] for arguments in manual.marks('jobtracker-job.5', 'setting')]
    return compare('jobtracker-job.5', 'setting', there, known,
                   '@\' where it belongs and below it, indented by a tab, what it does')


def check_keys(manual):
    """jobtracker.conf(5) has each key, in its group"""
    known = [f'{row["group"]} {row["key"]}' for row in manual.tables['config-system']]
    name = 'jobtracker.conf.5'
    complaints = compare(name, 'key', [' '.join(arguments[:2]) for arguments in manual.marks(name, 'key')], known,
                         ' VALUE@\' under the heading of its group and below it, indented by a tab, what it does')
    heading = ''
    for line in manual.sources.get(name, '').split('\n'):
        heading = line[2:] if line.startswith('# ') else heading
        match = re.match(r'^@key (\S+) (\S+)', line)
        if match and heading != f'[{match.group(1)}]':
            complaints.append(f'{source_path(name)}: \'{match.group(2)}\' stands under "{heading}"; '
                              f'it belongs under "# [{match.group(1)}]"')
    return complaints


def check_preferences(manual):
    """jobtracker-preferences(5) has each key"""
    name = 'jobtracker-preferences.5'
    known = [row['key'] for row in manual.tables['preferences']]
    return compare(name, 'preference', [arguments[0] for arguments in manual.marks(name, 'preference')], known,
                   '@\' under \'# KEYS\' and below it, indented by a tab, what it does')


# How the programs of channels ask for a setting; a secret is given by a file or a credential.
CHANNEL_SETTING = re.compile(r'\b(?:channel_settings_get_(?!secret)\w+|read_\w+) \(settings, "([a-z-]+)"')
CHANNEL_SECRET = re.compile(r'\bchannel_settings_get_secret \(settings, "([a-z-]+)"')


def check_channel_settings(manual):
    """the page of each channel has each of its settings"""
    complaints = []
    for name in sorted(manual.sources):
        match = re.match(r'^jobtracker-(channel-[a-z]+)\.8$', name)
        if not match:
            continue
        folder = os.path.join(manual.root, 'helpers')
        code = ''.join(manual.read(f'helpers/{file}') for file in sorted(os.listdir(folder))
                       if file.startswith(match.group(1)) and file.endswith('.c'))
        known = set(CHANNEL_SETTING.findall(code))
        known |= {f'{key}-{how}' for key in CHANNEL_SECRET.findall(code) for how in ('file', 'credential')}
        section = sections_of(manual.pages[name]).get('SETTINGS', '')
        there = {term.split('=')[0] for term in terms_of(section) if '=' in term}
        complaints += compare_terms(name, 'SETTINGS', there, known, 'setting')
    return complaints


def check_interfaces(manual):
    """each D-Bus interface has a page"""
    complaints = []
    for file in sorted(os.listdir(os.path.join(manual.root, 'dbus'))):
        name = file[:-len('.xml')] + '.5'
        if not file.endswith('.xml'):
            continue
        if [file[:-len('.xml')]] not in [arguments[:1] for arguments in manual.marks(name, 'interface')]:
            complaints.append(f'{source_path(name)}: is not there or has no \'@interface {file[:-len(".xml")]}@\'')
    return complaints


def known_options(manual):
    tables = manual.tables
    found = {option['name'] for option in tables['options'] + tables['daemon-options'] + tables['shorthands']}
    found |= {option['name'] for verb in tables['verbs'] for option in verb['options']}
    return found | {setting['key'] for setting in tables['settings'] if setting['offered']} | {'help'}


def check_options(manual):
    """options that pages name exist"""
    known = known_options(manual)
    complaints = []
    for name, text in sorted(manual.pages.items()):
        prose = re.sub(r'^```\n.*?^```$', '', text, flags=re.M | re.S)
        ours = '\n'.join(line for _, line in literals_of(text) if re.search(r'\bjobctl |^jobtrackerd ', line))
        # What follows -- belongs to another command.
        ours = re.sub(r' -- .*', '', ours)
        for option in sorted(set(re.findall(r'(?<![\w-])--([a-z][\w-]*)', prose + ours))):
            if option not in known:
                complaints.append(f'{source_path(name)}: no program has an option --{option}')
    return complaints


def check_daemon_options(manual):
    """jobtrackerd(8) has each option"""
    section = sections_of(manual.pages.get('jobtrackerd.8', '')).get('OPTIONS', '')
    there = [term[2:] for term in terms_of(section) if term.startswith('--')]
    known = [option['name'] for option in manual.tables['daemon-options']]
    path = source_path('jobtrackerd.8')
    complaints = [f'{path}: --{option} has no part; write it under \'# OPTIONS\''
                  for option in known if option not in there]
    return complaints + [f'{path}: there is no --{option}; take it out' for option in there if option not in known]


def compare_terms(name, heading, there, known, noun):
    path = source_path(name)
    complaints = [f'{path}: {noun} {one} has no part; write it under \'# {heading}\'' for one in sorted(known - there)]
    return complaints + [f'{path}: there is no {noun} {one}; take it out of \'# {heading}\''
                         for one in sorted(there - known)]


def statuses_in(text, pattern):
    return {number for number in re.findall(pattern, text)}


def check_exit_status(manual):
    """the exit statuses are those of the code"""
    client = statuses_in(manual.read('client/lib/jt-client.h'), r'\bJT_EXIT_\w+ = (\d+)')
    client |= statuses_in(manual.read('client/jobctl/terminal.c'), r'#define EXIT_PIPE (\d+)')
    daemon = statuses_in(manual.read('daemon/jt-daemon.h'), r'\bJT_EXIT_\w+ = (\d+)')
    # A supervisor answers 0, 1 and 2 where it returns, and one number by name.
    helper = {'0', '1', '2'} | statuses_in(manual.read('helpers/jt-state-file.h'), r'#define JT_RUN_EXIT_\w+ (\d+)')
    # The agent ends with some of the client's.
    of_client = dict(re.findall(r'\b(JT_EXIT_\w+) = (\d+)', manual.read('client/lib/jt-client.h')))
    agent = {of_client[name] for name in re.findall(r'\bJT_EXIT_\w+', manual.read('client/agent/main.c'))}
    complaints = []
    for name, known in (('jobctl.1', client), ('jobtrackerd.8', daemon), ('jobtracker-run.8', helper),
                        ('jobtracker-agent.1', agent)):
        section = sections_of(manual.pages.get(name, '')).get('EXIT STATUS', '')
        there = {term.removesuffix('+N') for term in terms_of(section) if re.match(r'^\d+(\+N)?$', term)}
        complaints += compare_terms(name, 'EXIT STATUS', there, known, 'exit status')
    return complaints


def check_environment(manual):
    """the variables are those that the code reads"""
    complaints = []
    for name, (folders, others) in PROGRAMS.items():
        code = pages.read_sources(manual.root, *folders)
        calls = re.findall(r'\b(?:g_)?getenv \(([^;]*?)\)', code)
        read = {variable for call in calls for variable in re.findall(r'"([A-Z_]+)"', call)}
        section = sections_of(manual.pages.get(name, '')).get('ENVIRONMENT', '')
        there = set(terms_of(section))
        known = {variable for variable in there if f'"{variable}"' in code} | (there & OF_GLIB) | (read - others)
        complaints += compare_terms(name, 'ENVIRONMENT', there, known, 'variable')
    return complaints


def check_errors(manual):
    """org.example.JobTracker(5) has each error"""
    known = set(re.findall(r'JT_ERROR_PREFIX "(\w+)"', manual.read('dbus/jt-error.c')))
    section = sections_of(manual.pages.get('org.example.JobTracker.5', '')).get('ERRORS', '')
    there = {term for term in terms_of(section) if '.' not in term}
    return compare_terms('org.example.JobTracker.5', 'ERRORS', there, known, 'error')


def check_states(manual):
    """jobctl(1) has each state of runs"""
    states = re.findall(r'\[JT_RUN_\w+\] = \{ "([a-z-]+)"', manual.read('lib/jt-run-state.c'))
    text = manual.sources.get('jobctl.1', '')
    return [f'{source_path("jobctl.1")}: the state {state} is not named; write it below \'@verb history@\''
            for state in states if f'*{state}*' not in text]


def check_references(manual):
    """pages of ours that are referred to exist"""
    complaints = []
    for name, text in sorted(manual.pages.items()):
        for page, section in sorted(set(re.findall(r'\*([\w.-]+)\*\((\d)\)', text))):
            ours = page.startswith(('jobctl', 'jobtracker', 'org.example.'))
            if ours and f'{page}.{section}' not in manual.pages:
                complaints.append(f'{source_path(name)}: there is no page {page}({section})')
        if f'*{name[:-2]}*({name[-1]})' in sections_of(text).get('SEE ALSO', ''):
            complaints.append(f'{source_path(name)}: SEE ALSO names the page itself')
    return complaints


def run(*command):
    environment = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', NO_COLOR='1')
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=20,
                          env=environment, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(errors='replace')


def commands_in(line):
    """The words of each call of one of our programs in a line of shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars='|&;()<>')
    lexer.whitespace_split = True
    lexer.commenters = ''
    found = []
    words = None
    for token in lexer:
        if words is not None and re.match(r'^[|&;()<>]+$', token):
            words = None
        elif words is not None:
            words.append(token)
        elif token in ('jobctl', 'jobtrackerd'):
            words = [token]
            found.append(words)
    return found


def check_examples(manual):
    """the commands of examples are ones that the programs take"""
    complaints = []
    for name, text in sorted(manual.pages.items()):
        for _, line in literals_of(text):
            if not re.search(r'\b(jobctl|jobtrackerd) ', line) or line.startswith(('systemctl', 'journalctl')):
                continue
            for program, *words in commands_in(line):
                # With --help or --version in front a program reads all of its words, and does nothing.
                is_client = program == 'jobctl'
                status, answer = run(manual.jobctl, '--help', *words) if is_client else run(manual.jobtrackerd, *words,
                                                                                            '--version')
                if status != 0:
                    complaints.append(f'{source_path(name)}: "{line.strip()}": {answer.strip().splitlines()[0]}')
    return complaints


def check_schedules(manual):
    """the expressions of jobtracker-schedule(7) are what it says"""
    name = 'jobtracker-schedule.7'
    complaints = []
    for heading, line in literals_of(manual.pages.get(name, '')):
        if heading == 'EXAMPLES':
            continue
        expression = re.split(r'\s{2,}', line.strip())[0]
        status, answer = run(manual.jobctl, 'schedule', '--count', '1', expression)
        if (status != 0) != (heading == 'WHAT IS REFUSED'):
            complaints.append(f'{source_path(name)}: "{expression}" under "{heading}": {answer.strip()}')
    return complaints


def check_mandoc(manual):
    """mandoc -T lint has nothing to say but what scdoc makes it say"""
    complaints = []
    for name in sorted(manual.pages):
        path = os.path.join(manual.built, name)
        if not os.path.exists(path):
            complaints.append(f'{source_path(name)}: is not built; name it in {SOURCES}/meson.build')
            continue
        _, answer = run('mandoc', '-T', 'lint', '-W', 'style', path)
        complaints += [f'{source_path(name)}: {line}' for line in answer.splitlines()
                       if not any(words in line for words in OF_SCDOC)]
    return complaints


def check_files(manual):
    """the groups and keys of example files exist"""
    known = {('Job', setting['key']) for setting in manual.tables['settings'] if setting['offered']}
    known |= {(row['group'], row['key']) for row in manual.tables['config-system']}
    groups = {group for group, _ in known}
    complaints = []
    for name, text in sorted(manual.pages.items()):
        for block in re.findall(r'^```\n(\[.*?)^```$', text, re.M | re.S):
            group = ''
            for line in block.splitlines():
                heading = re.match(r'^\[(.*)\]$', line)
                group = heading.group(1) if heading else group
                key = line.split('=')[0]
                # What a channel is told is its program's own affair.
                if group.startswith('Channel '):
                    continue
                if (heading and group not in groups) or (not heading and line and (group, key) not in known):
                    complaints.append(f'{source_path(name)}: "{line}": there is no such key in [{group}]')
    return complaints


NEEDS_PROGRAMS = (check_examples, check_schedules)
RULES = [check_sections, check_verbs, check_settings, check_keys, check_preferences, check_channel_settings, check_interfaces, check_options, check_daemon_options,
         check_exit_status, check_environment, check_errors, check_states, check_references, check_files,
         check_examples, check_schedules, check_mandoc]


def find_obstacle(manual, rule):
    """Why a rule cannot be tried here, or nothing."""
    if rule in NEEDS_PROGRAMS and not (manual.jobctl and os.access(manual.jobctl, os.X_OK)):
        return 'jobctl is not built'
    if rule is check_mandoc and not shutil.which('mandoc'):
        return 'mandoc is not installed'
    return ''


def read_manual(root, build):
    folder = os.path.join(root, SOURCES)
    sources = {}
    for file in sorted(os.listdir(folder)):
        if file.endswith('.scd'):
            with open(os.path.join(folder, file), encoding='utf-8') as page:
                sources[file[:-len('.scd')]] = page.read()
    with open(os.path.join(build, SOURCES, 'tables.json'), encoding='utf-8') as file:
        tables = json.load(file)
    return Manual(root, sources, tables, os.path.join(build, 'client', 'jobctl', 'jobctl'),
                  os.path.join(build, 'daemon', 'jobtrackerd'), os.path.join(build, SOURCES))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--root', default=os.path.dirname(os.path.dirname(HERE)))
    parser.add_argument('--build', required=True)
    options = parser.parse_args()
    if not os.path.exists(os.path.join(options.build, SOURCES, 'tables.json')):
        print('1..0 # SKIP the manual is not built')
        return
    manual = read_manual(options.root, options.build)
    failures = 0
    print(f'1..{len(RULES)}', flush=True)
    for number, rule in enumerate(RULES, 1):
        obstacle = find_obstacle(manual, rule)
        if obstacle:
            print(f'ok {number} {rule.__doc__} # SKIP {obstacle}')
            continue
        complaints = rule(manual)
        for line in complaints:
            print(f'# {line}')
        print(f'{"not ok" if complaints else "ok"} {number} {rule.__doc__}', flush=True)
        failures += bool(complaints)
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
