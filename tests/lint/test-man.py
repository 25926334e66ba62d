#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Proves that each rule of man.py fires on a bad sample and is silent on a good one, and that pages are made right."""

import importlib.util
import os
import stat
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True

spec = importlib.util.spec_from_file_location('man', os.path.join(HERE, 'man.py'))
man = importlib.util.module_from_spec(spec)
spec.loader.exec_module(man)

OPTION = {'name': 'json', 'letter': 'j', 'value': '', 'help': 'print JSON'}
TABLES = {
    'options': [OPTION],
    'shorthands': [{'name': 'at', 'letter': '', 'value': 'TIME', 'help': 'once'}],
    'daemon-options': [{'name': 'config', 'letter': '', 'value': 'FILE', 'help': 'Read it'}],
    'verbs': [{'name': 'list', 'usage': 'list', 'summary': 'the jobs', 'example': 'jobctl list', 'options': [], 'takes-settings': False,
               'shorthands': []},
              {'name': 'add', 'usage': 'add NAME', 'summary': 'define', 'example': 'jobctl add a_b', 'takes-settings': True,
               'options': [{'name': 'no-check', 'letter': '', 'value': '', 'help': 'do not look'}], 'shorthands': []}],
    'settings': [{'key': 'retries', 'type': 'u', 'value': 'N', 'help': 'further attempts', 'default': '0', 'least': '0', 'most': '100',
                  'unit': '', 'offered': True},
                 {'key': 'tags', 'type': 'as', 'value': 'TAG', 'help': 'words', 'default': '', 'least': '', 'most': '32', 'unit': '',
                  'offered': True},
                 {'key': 'jitter', 'type': 't', 'value': '', 'help': '', 'default': '', 'least': '', 'most': '', 'unit': '',
                  'offered': False}],
    'config-system': [{'group': 'Limits', 'key': 'max-running', 'default': '8'}],
    'config-session': [{'group': 'Limits', 'key': 'max-running', 'default': '0'}],
    'preferences': [{'key': 'throttle', 'type': 't', 'value': 'DURATION', 'help': 'the span', 'default': '1min', 'unit': 'microseconds'},
                    {'key': 'escalate-to', 'type': 'as', 'value': 'RECIPIENT', 'help': 'who', 'default': '', 'unit': ''}],
}
VERBS = '# VERBS\n\n@verb list@\n\nText.\n\n@verb add@\n'
SETTINGS = '@setting retries@\n\tMore of them.\n\n@setting tags@\n\tWords.\n'
FILES = {
    'client/lib/jt-client.h': '  JT_EXIT_DONE = 0,\n  JT_EXIT_USAGE = 2,\n  JT_EXIT_SIGNAL_BASE = 128,\n',
    'client/agent/main.c': 'return JT_EXIT_DONE;\n',
    'client/jobctl/terminal.c': '#define EXIT_PIPE 141\nx = g_getenv ("COLUMNS");\n',
    'daemon/jt-daemon.h': '  JT_EXIT_OK = 0,\n',
    'helpers/jt-state-file.h': '#define JT_RUN_EXIT_GAVE_UP 3\n',
    'helpers/channel-a-settings.c': 'x = channel_settings_get_text (settings, "host", NULL);\ny = read_address (settings, "from");\n'
                                    'z = channel_settings_get_secret (settings, "password");\n',
    'helpers/a.c': 'x = getenv ("LANG");\ny = getenv ("PATH");\n',
    'dbus/jt-error.c': '  { A, JT_ERROR_PREFIX "NotFound" },\n',
    'dbus/org.x.xml': '<node><interface name="org.x"><method name="Go"/></interface></node>',
    'lib/jt-run-state.c': '  [JT_RUN_QUEUED] = { "queued", 0 },\n',
    'daemon/main.c': 'x = g_getenv (a ? "STATE_DIRECTORY" : "TZ");\n',
}
FOLDERS = sorted({folder for folders, _ in man.PROGRAMS.values() for folder in folders})
# Takes `list` and knows one expression.
JOBCTL = ('#!/bin/sh\ncase "$*" in "--help list"|"schedule --count 1 @daily") exit 0;; *) echo "no: $*"; exit 2;; esac\n')
ALL_1 = '\n'.join(f'# {section.lstrip("?")}\n' for section in man.SECTIONS['1'])

# rule, what it is about, pages, how many complaints
SAMPLES = [
    ('sections', 'none', {'a.1': 'text\n'}, 8),
    ('sections', 'all', {'a.1': ALL_1}, 0),
    ('sections', 'in another order', {'a.1': ALL_1.replace('# NAME\n', '') + '\n# NAME\n'}, 1),
    ('verbs', 'one is missing', {'jobctl.1': '@verb list@\n'}, 1),
    ('verbs', 'one too many', {'jobctl.1': VERBS + '@verb old@\n'}, 1),
    ('verbs', 'one twice', {'jobctl.1': VERBS + '@verb add@\n'}, 1),
    ('verbs', 'right', {'jobctl.1': VERBS}, 0),
    ('settings', 'one is missing', {'jobtracker-job.5': '@setting retries@\n'}, 1),
    ('settings', 'one that is not built', {'jobtracker-job.5': SETTINGS + '@setting jitter@\n'}, 1),
    ('settings', 'right', {'jobtracker-job.5': SETTINGS}, 0),
    ('keys', 'missing', {'jobtracker.conf.5': ''}, 1),
    ('keys', 'under another heading', {'jobtracker.conf.5': '# [Service]\n\n@key Limits max-running N@\n'}, 1),
    ('keys', 'of another group', {'jobtracker.conf.5': '# [Service]\n\n@key Service max-running N@\n'}, 2),
    ('keys', 'right', {'jobtracker.conf.5': '# [Limits]\n\n@key Limits max-running N@\n'}, 0),
    ('preferences', 'one is missing', {'jobtracker-preferences.5': '@preference throttle@\n'}, 1),
    ('preferences', 'one too many', {'jobtracker-preferences.5': '@preference throttle@\n\n@preference escalate-to@\n\n@preference loud@\n'}, 1),
    ('preferences', 'right', {'jobtracker-preferences.5': '@preference throttle@\n\n@preference escalate-to@\n'}, 0),
    ('channel_settings', 'none', {'jobtracker-channel-a.8': '# SETTINGS\n\ntext\n'}, 4),
    ('channel_settings', 'one too many', {'jobtracker-channel-a.8': '# SETTINGS\n\n*host=NAME*\n\n*from=A*\n\n*colour=RED*\n\n'
                                          '*password-file=P*, *password-credential=N*\n'}, 1),
    ('interfaces', 'no page', {'a.1': ''}, 1),
    ('interfaces', 'a page without it', {'org.x.5': 'text'}, 1),
    ('interfaces', 'right', {'org.x.5': '@interface org.x@\n'}, 0),
    ('options', 'unknown in prose', {'a.1': 'with *--jsn*\n'}, 1),
    ('options', 'unknown in an example', {'a.1': '```\njobctl list --jsn\n```\n'}, 1),
    ('options', 'of another command', {'a.1': '```\njobctl exec -- make --silent\ngdbus call --session\n```\n'}, 0),
    ('options', 'known', {'a.1': 'with *--json*, *--at*, *--retries*, *--config*\n'}, 0),
    ('daemon_options', 'missing, and one too many', {'jobtrackerd.8': '# OPTIONS\n\n*--conf*=_FILE_\n\tRead it.\n'}, 2),
    ('daemon_options', 'right', {'jobtrackerd.8': '# OPTIONS\n\n*--config*=_FILE_\n\tRead it.\n'}, 0),
    ('exit_status', 'missing', {'jobctl.1': '# EXIT STATUS\n\n*0*\n\tDone.\n'}, 9),
    ('exit_status', 'one too many',
     {'jobctl.1': '# EXIT STATUS\n\n*0*\n\tA.\n\n*2*\n\tA.\n\n*9*\n\tA.\n\n*128+N*\n\tA.\n\n*141*\n\tA.\n',
      'jobtracker-agent.1': '# EXIT STATUS\n\n*0*\n\tA.\n',
      'jobtrackerd.8': '# EXIT STATUS\n\n*0*\n\tA.\n',
      'jobtracker-run.8': '# EXIT STATUS\n\n*0*\n\tA.\n\n*1*\n\tA.\n\n*2*\n\tA.\n\n*3*\n\tA.\n'}, 1),
    ('environment', 'missing', {'a.1': ''}, 4),
    ('environment', 'one too many',
     {'jobctl.1': '# ENVIRONMENT\n\n*COLUMNS*, *LINES*\n\tA.\n\n*DBUS\\_SYSTEM\\_BUS\\_ADDRESS*\n\tA.\n',
      'jobtrackerd.8': '# ENVIRONMENT\n\n*STATE\\_DIRECTORY*\n\tA.\n\n*TZ*\n\tA.\n',
      'jobtracker-run.8': '# ENVIRONMENT\n\n*LANG*\n\tA.\n'}, 1),
    ('errors', 'missing, and one too many', {'org.example.JobTracker.5': '# ERRORS\n\n*NotThere*\n\tA.\n'}, 2),
    ('errors', 'right', {'org.example.JobTracker.5': '# ERRORS\n\n*NotFound*\n\tA.\n'}, 0),
    ('states', 'missing', {'jobctl.1': 'queued\n'}, 1),
    ('states', 'right', {'jobctl.1': '_STATE_ is *queued*.\n'}, 0),
    ('references', 'a page of ours that is not there', {'a.1': '*jobctl*(1)\n'}, 1),
    ('references', 'a page of others', {'a.1': '*cron*(8)\n'}, 0),
    ('references', 'itself', {'jobctl.1': '# SEE ALSO\n\n*jobctl*(1)\n'}, 1),
    ('files', 'unknown key and group', {'a.5': '```\n[Job]\nretry=3\n```\n\n```\n[Limit]\nmax-running=3\n```\n'}, 3),
    ('files', 'right', {'a.5': '```\n[Job]\nretries=3\n\n[Limits]\nmax-running=3\n```\n'}, 0),
    ('examples', 'not taken', {'a.1': '```\nX=$(jobctl lst) || echo "no"\n```\n'}, 1),
    ('examples', 'taken', {'a.1': '```\njobctl list | jq .\nsystemctl status jobtrackerd x\n```\n'}, 0),
    ('schedules', 'refused', {'jobtracker-schedule.7': '# CRON\n\n```\n@weekly  each week\n```\n'}, 1),
    ('schedules', 'not refused', {'jobtracker-schedule.7': '# WHAT IS REFUSED\n\n```\n@daily  each day\n```\n'}, 1),
    ('schedules', 'right', {'jobtracker-schedule.7': '# CRON\n\n```\n@daily  each day\n```\n'}, 0),
    ('mandoc', 'not built', {'a.1': ''}, 1),
]

# what, source, a piece of the page
PAGES = [
    ('a verb with its options', '@verb add@\n\nProse.\n\n# NEXT\n', '## add NAME\n\nDefine.\n\nProse.\n\n*--no-check*\n\tDo not look.\n'),
    ('what the author forgot comes last', '@verb list@\n\n# NEXT\n', 'jobctl list\n```\n\n## add NAME\n'),
    ('others\' text is no mark', '@verb add@\n', 'jobctl add a_b\n```'),
    ('a setting with its facts', '@setting retries@\n\tMore.\n', '*retries=*_N_\n\tMore.\n\n\t0 to 100. Default: 0. D-Bus type u.\n'),
    ('a setting without text', '@setting retries@\n\tMore.\n', '*tags=*_TAG_\n\tWords.\n\n\tAt most 32 entries. D-Bus type as.\n'),
    ('nothing of a setting that is not built', '@setting jitter@\n\tMore.\n\n# NEXT\n', '# NEXT\n'),
    ('a key with its defaults', '@key Limits max-running N@\n\tMore.\n',
     '*max-running=*_N_\n\tMore.\n\n\tDefault: 8; of a user\'s own service no limit.\n'),
    ('an interface', '@interface org.x@\n', '# METHODS\n\n*Go* ()\n'),
    ('words', 'version @version@\n', 'version 1.2\n'),
    ('a line that begins like a list', '@verb add@\n', 'Define.'),
]

HELP = ('Usage: jobctl [OPTIONS] add NAME [-- COMMAND…]\n\ndefine a job\n\nExample: jobctl add a -- b\n\nOptions:\n'
        '      --request-id ID             never twice\n  -w, --wait                      wait\n\n'
        'Settings, as in job files; lists by giving the option again:\n  -e, --env NAME=VALUE            short\n'
        '      --retries N                 more\n\nFor every verb:\n  -j, --json                      JSON\n')


def run_sample(rule, sources):
    with tempfile.TemporaryDirectory(prefix='jobtracker-man.') as folder:
        for path in FOLDERS:
            os.makedirs(os.path.join(folder, path), exist_ok=True)
        for path, text in {**FILES, 'jobctl': JOBCTL}.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), 'w', encoding='utf-8') as file:
                file.write(text)
        os.chmod(os.path.join(folder, 'jobctl'), stat.S_IRWXU)
        program = os.path.join(folder, 'jobctl')
        return getattr(man, 'check_' + rule)(man.Manual(folder, sources, TABLES, program, program, folder))


def make(text):
    with tempfile.TemporaryDirectory(prefix='jobtracker-man.') as folder:
        os.makedirs(os.path.join(folder, 'dbus'))
        with open(os.path.join(folder, 'dbus', 'org.x.xml'), 'w', encoding='utf-8') as file:
            file.write(FILES['dbus/org.x.xml'])
        return man.pages.make_page(text, TABLES, folder, {'version': '1.2'})


def main():
    results = []
    for rule, what, sources, expected in SAMPLES:
        complaints = run_sample(rule, sources)
        results.append((f'{rule}: {what}', len(complaints) == expected, f'expected {expected}: {complaints}'))
    for what, source, piece in PAGES:
        page = make(source)
        results.append((f'pages: {what}', piece in page, page))
    verb = man.pages.parse_verb('add', HELP, {'retries'})
    results.append(('pages: --help is read',
                    (verb['usage'], verb['summary'], verb['example']) == ('add NAME [-- COMMAND…]', 'define a job', 'jobctl add a -- b')
                    and [(option['name'], option['letter'], option['value']) for option in verb['options']]
                    == [('request-id', '', 'ID'), ('wait', 'w', '')]
                    and [option['name'] for option in verb['shorthands']] == ['env'], str(verb)))
    results.append(('pages: text of others is escaped', man.pages.escape('-1 *a* b_c \\') == '\\-1 \\*a\\* b\\_c \\\\', ''))
    tried = {rule for rule, _, _, expected in SAMPLES if expected}
    untried = [rule.__name__ for rule in man.RULES if rule.__name__[len('check_'):] not in tried]
    results.append(('every rule has a bad sample', not untried, str(untried)))
    print(f'1..{len(results)}')
    for number, (name, good, detail) in enumerate(results, 1):
        if not good:
            print('\n'.join(f'# {line}' for line in detail.split('\n')))
        print(f'{"ok" if good else "not ok"} {number} {name}')
    sys.exit(0 if all(good for _, good, _ in results) else 1)


if __name__ == '__main__':
    main()
