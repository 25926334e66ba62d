#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Proves that each rule of lint.py fires on a bad sample, is silent on a good one, and that tests are counted right."""

import importlib.util
import json
import os
import stat
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace('-', '_'), os.path.join(HERE, name + '.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lint = load('lint')
count = load('count-tests')

HEAD = '/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Copyright The JobTracker Authors */\n'
LONG = 'void\nlong_one (int a)\n{\n' + '  a++;\n' * 101 + '}\n'
JUST = 'void\nlong_one (int a)\n{\n' + '  a++;\n' * 100 + '}\n'
TABLE = 'static const Verb verbs[] = {\n  { "list", 0 },\n  { "show", 1 },\n};\n'
HELP = '#!/bin/sh\ncase $1 in --help) printf "  list  rows\\n%s";; *) echo "Example: jobctl $1";; esac\n'
PARTS = ('#!/bin/sh\ncase $* in --help) printf "  list  rows\\n  show  one";; "list --help") printf "Verbs:\\n  all  of them\\n\\nExample: jobctl list";;\n'
         '"list all --help") echo "%s";; *) echo "Example: jobctl $1";; esac\n')
PLACE = '/wor' + 'k/main'
GERMAN = ('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
          '%smsgid "one %%s"\nmsgstr "%s"\n')
HOST = 'http://deb.deb' + 'ian.org/debian'


def translated(german, code='x = _("one %s");\n'):
    """A tree with one string and its translation; None: it has no file."""
    files = {'lib/a.c': code, 'po/LINGUAS': '# list\nde\n', 'po/xgettext-options': '--keyword=_\n'}
    return files if german is None else files | {'po/de.po': german}


# rule, what it is about, files, how many complaints
SAMPLES = [
    ('includes', 'store sees service', {'daemon/store/a.c': '#include "b.h"\n', 'daemon/service/b.h': ''}, 1),
    ('includes', 'client sees daemon', {'client/lib/a.c': '#include "b.h"\n', 'daemon/core/b.h': ''}, 1),
    ('includes', 'a helper sees lib', {'helpers/a.c': '#include "b.h"\n', 'lib/b.h': ''}, 1),
    ('includes', 'core sees a format', {'daemon/core/a.c': '#include "jt-state-file.h"\n', 'helpers/jt-state-file.h': ''},
     1),
    ('includes', 'a shared format', {'daemon/platform/a.c': '#include "jt-state-file.h"\n',
                                     'helpers/jt-state-file.h': ''}, 0),
    ('includes', 'a path', {'lib/a.c': '#include "../dbus/b.h"\n', 'dbus/b.h': ''}, 1),
    ('includes', 'nobody owns it', {'lib/a.c': '#include "b.h"\n'}, 1),
    ('includes', 'downward is right', {'daemon/core/a.c': '#include "config.h"\n#include "b.h"\n', 'lib/b.h': ''}, 0),
    ('includes', 'main sees all four', {'daemon/main.c': '#include "b.h"\n', 'daemon/store/b.h': ''}, 0),
    ('includes', 'a comment is none', {'lib/a.c': '/* #include "b.h" */\n', 'daemon/core/b.h': ''}, 0),
    ('helpers_alone', 'GLib', {'helpers/a.c': '#include <glib.h>\n'}, 1),
    ('helpers_alone', 'a channel', {'helpers/channel-email.c': '#include <glib.h>\n'}, 0),
    ('helpers_alone', 'libc', {'helpers/a.c': '#include <stdio.h>\n'}, 0),
    ('sqlite_in_one_place', 'another file', {'daemon/store/jt-job-store.c': '#include <sqlite3.h>\n'}, 1),
    ('sqlite_in_one_place', 'the one', {'daemon/store/jt-db.c': '#include <sqlite3.h>\n'}, 0),
    ('sql_in_store', 'core', {'daemon/core/a.c': 'x = "SELECT id FROM job";\n'}, 1),
    ('sql_in_store', 'client', {'client/lib/a.c': 'x = "UPDATE job SET id=1";\ny = "PRAGMA foo";\n'}, 2),
    ('sql_in_store', 'store', {'daemon/store/a.c': 'x = "SELECT id FROM job";\n'}, 0),
    ('sql_in_store', 'prose', {'daemon/core/a.c': 'x = "select what you want from the table";\n'}, 0),
    ('polkit_in_one_place', 'include', {'daemon/service/a.c': '#include <polkit/polkit.h>\n'}, 1),
    ('polkit_in_one_place', 'call', {'daemon/main.c': 'polkit_authority_get ();\n'}, 1),
    ('polkit_in_one_place', 'the one', {'daemon/service/jt-authority.c': 'polkit_authority_get ();\n'}, 0),
    ('bus_code', 'core', {'daemon/core/a.c': 'g_dbus_connection_flush (c);\n'}, 1),
    ('bus_code', 'service', {'daemon/service/a.c': 'g_dbus_connection_flush (c);\n'}, 0),
    ('no_goto', 'code', {'lib/a.c': 'goto out;\n'}, 1),
    ('no_goto', 'words', {'lib/a.c': '/* goto */ x = "goto";\n'}, 0),
    ('no_sync', 'a waiting call', {'daemon/service/a.c': 'g_bus_get_sync (x);\n'}, 1),
    ('no_sync', 'after the loop', {'daemon/a.c': 'g_bus_get_sync (x); /* the loop has ended: why not */\n'}, 0),
    ('no_sync', 'another comment', {'daemon/a.c': 'g_bus_get_sync (x); /* why not */\n'}, 1),
    ('no_sync', 'of the client', {'client/lib/a.c': 'g_bus_get_sync (x);\n'}, 0),
    ('no_fork', 'fork', {'daemon/platform/a.c': 'pid = fork ();\n'}, 1),
    ('no_fork', 'subprocess', {'daemon/platform/a.c': 'g_subprocess_new (x);\n'}, 1),
    ('no_fork', 'spawn', {'daemon/platform/a.c': 'g_spawn_async (x);\nposix_spawn (y);\n'}, 1),
    ('no_fork', 'a helper may', {'helpers/a.c': 'pid = fork ();\n'}, 0),
    ('clock', 'core', {'daemon/core/a.c': 'x = g_get_real_time ();\n'}, 1),
    ('clock', 'lib', {'lib/a.c': 'x = time (NULL);\n'}, 1),
    ('clock', 'platform', {'daemon/platform/a.c': 'x = g_get_real_time ();\n'}, 0),
    ('head_lines', 'none', {'lib/a.c': 'int x;\n', 'tests/lint/a.py': 'x = 1\n'}, 2),
    ('head_lines', 'both', {'lib/a.c': HEAD, 'dev': '#!/bin/sh\n# SPDX-License-Identifier: LGPL-2.1-or-later\n'}, 0),
    ('header_guards', 'none', {'lib/a.h': '/* #pragma once */\n'}, 1),
    ('header_guards', 'there', {'lib/a.h': '#pragma once\n'}, 0),
    ('function_length', '101 lines', {'lib/a.c': LONG}, 1),
    ('function_length', '100 lines', {'lib/a.c': JUST}, 0),
    ('function_length', 'class set-up', {'lib/a.c': LONG.replace('long_one', 'jt_a_class_init')}, 0),
    ('file_length', '1001 lines', {'lib/a.c': '\n' * 1001}, 1),
    ('file_length', '1000 lines', {'lib/a.c': '\n' * 1000}, 0),
    ('potfiles', 'missing', {'po/POTFILES': '# list\n', 'lib/a.c': 'x = _("text");\n'}, 1),
    ('potfiles', 'too many', {'po/POTFILES': 'lib/a.c\n', 'lib/a.c': 'x = "text";\n'}, 1),
    ('potfiles', 'not sorted', {'po/POTFILES': 'lib/b.c\nlib/a.c\n', 'lib/a.c': 'N_("a")\n', 'lib/b.c': '_ ("b")\n'}, 1),
    ('potfiles', 'right', {'po/POTFILES': '# list\nlib/a.c\n', 'lib/a.c': 'x = _("text");\n'}, 0),
    ('translations', 'complete', translated(GERMAN % ('', 'eins %s')), 0),
    ('translations', 'a new string', translated(GERMAN % ('', 'eins %s'), 'x = _("one %s"); y = _("two");\n'), 2),
    ('translations', 'an old string more', translated(GERMAN % ('', 'eins %s') + '\nmsgid "two"\nmsgstr "zwei"\n'), 0),
    ('translations', 'an empty one', translated(GERMAN % ('', '')), 2),
    ('translations', 'a guess', translated(GERMAN % ('#, fuzzy\n', 'eins %s')), 2),
    ('translations', 'another format', translated(GERMAN % ('#, c-format\n', 'eins %d')), 2),
    ('translations', 'no file', translated(None), 1),
    ('translations', 'a format of the platform', {'lib/a.c': 'printf (_("run %" G_GUINT64_FORMAT " of"), x);\n', 'po/LINGUAS': '',
                                                  'po/xgettext-options': '--keyword=_\n'}, 1),
    ('places', 'a folder and a host', {'README.md': f'see {PLACE}\n', 'x.sh': f'curl {HOST}\n'}, 2),
    ('places', 'none', {'README.md': 'see $scratch/wor' + 'k/main and https://example.com\n'}, 0),
    ('packages', 'a group nobody knows', {'packages.list': 'bild gcc\n'}, 1),
    ('packages', 'twice', {'packages.list': 'build gcc\nbuild gcc\n'}, 1),
    ('packages', 'right', {'packages.list': '# c\nbuild gcc  # why\nrun tar\n'}, 0),
    ('verbs', 'not in --help', {'client/jobctl/a.c': TABLE, 'jobctl': HELP.replace('%s', '')}, 1),
    ('verbs', 'right', {'client/jobctl/a.c': TABLE, 'jobctl': HELP.replace('%s', '  show  one')}, 0),
    ('verbs', 'no table', {'client/jobctl/a.c': '', 'jobctl': HELP}, 1),
    ('verbs', 'no example',
     {'client/jobctl/a.c': TABLE, 'jobctl': HELP.replace('%s', '  show  one').replace('Example', 'Use')}, 2),
    ('verbs', 'no example of a second word', {'client/jobctl/a.c': TABLE, 'jobctl': PARTS % ''}, 1),
    ('verbs', 'an example of a second word', {'client/jobctl/a.c': TABLE, 'jobctl': PARTS % 'Example: jobctl list all'}, 0),
]

OK_ENTRY = {'name': 'a', 'result': 'OK', 'stdout': '1..2\nok 1 /a\nok 2 /b # SKIP why\n'}
BAD_ENTRY = {'name': 'suite / bad', 'result': 'FAIL', 'stdout': 'ok 1 /a\nnot ok 2 /b\n', 'stderr': 'much\n' * 90 + 'in the end\n'}
LOGS = [
    ('TAP cases count singly', [OK_ENTRY], [1, 0, 1]),
    ('a failed case', [{'name': 'a', 'result': 'FAIL', 'stdout': 'ok 1 /a\nnot ok 2 /b\n'}], [1, 1, 0]),
    ('a crash after good cases', [{'name': 'a', 'result': 'ERROR', 'stdout': 'ok 1 /a\n'}], [1, 1, 0]),
    ('a program without cases', [{'name': 'a', 'result': 'OK'}, {'name': 'b', 'result': 'TIMEOUT'}], [1, 1, 0]),
    ('a program that was skipped', [{'name': 'a', 'result': 'SKIP'}], [0, 0, 1]),
    ('sums', [OK_ENTRY, OK_ENTRY], [2, 0, 2]),
    ('prose is no case', [{'name': 'a', 'result': 'OK', 'stdout': '# ok then\nokay\nok 1 /a\n'}], [1, 0, 0]),
]


def write_tree(folder, files):
    for path, text in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as file:
            file.write(text)
        if text.startswith('#!'):
            os.chmod(full, stat.S_IRWXU)


def run_sample(rule, files):
    with tempfile.TemporaryDirectory(prefix='jobtracker-lint.') as folder:
        write_tree(folder, files)
        return getattr(lint, 'check_' + rule)(lint.Tree(folder, os.path.join(folder, 'jobctl')))


def main():
    results = []
    for rule, what, files, expected in SAMPLES:
        complaints = run_sample(rule, files)
        results.append((f'{rule}: {what}', len(complaints) == expected, f'expected {expected}: {complaints}'))
    for what, entries, expected in LOGS:
        counted, _ = count.read_log([json.dumps(entry) + '\n' for entry in entries])
        results.append((f'count: {what}', counted == expected, f'expected {expected}: {counted}'))
    _, failures = count.read_log([json.dumps(OK_ENTRY) + '\n', json.dumps(BAD_ENTRY) + '\n'])
    results.append(('count: what failed is named', failures[:2] == ['failed: suite / bad (FAIL)', '  not ok 2 /b'] and
                    failures[-1] == '  | in the end' and len(failures) == 27 and not any(' / a ' in line for line in failures),
                    str(failures)))
    tried = {rule for rule, _, _, expected in SAMPLES if expected}
    untried = [rule.__name__ for rule in lint.RULES if rule.__name__[len('check_'):] not in tried]
    results.append(('every rule has a bad sample', not untried, str(untried)))
    print(f'1..{len(results)}')
    for number, (name, good, detail) in enumerate(results, 1):
        if not good:
            print(f'# {detail}')
        print(f'{"ok" if good else "not ok"} {number} {name}')
    sys.exit(0 if all(good for _, good, _ in results) else 1)


if __name__ == '__main__':
    main()
