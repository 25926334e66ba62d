#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Whether each language of po/LINGUAS says all that the sources say, and bringing its file up to date.

For lint.py, which knows the sources with text for people. Needs the programs of GNU gettext.
"""

import os
import re
import subprocess
import tempfile

ADVICE = './dev po merges the sources into it; then translate what it lists'
MAX_LISTED = 20


def run(*command, **options):
    """(status, stdout, stderr), in English."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True,
                          env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=''), **options)
    return done.returncode, done.stdout, done.stderr


def read_lines(root, name):
    path = os.path.join(root, 'po', name)
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as file:
        return [line.strip() for line in file if line.strip() and line[0] != '#']


def extract(root, files, template):
    """Writes the template of all strings; what xgettext says about them. No date in it: it would be a change each time."""
    options = read_lines(root, 'xgettext-options')
    status, _, said = run('xgettext', '--no-wrap', '--package-name=jobtracker', f'--directory={root}', f'--output={template}',
                          '--force-po', *options, *files)
    if status == 0:
        with open(template, encoding='utf-8') as file:
            text = re.sub(r'^"POT-Creation-Date:.*\n', '', file.read(), flags=re.M)
        with open(template, 'w', encoding='utf-8') as file:
            file.write(text)
    return said.splitlines()


def ids_of(entries):
    """The strings of a .po file's entries, as a person would look for them."""
    found = re.findall(r'^msgid (".*(?:\n".*")*)', entries, re.M)
    return [''.join(re.findall(r'"(.*)"', text)) for text in found if text != '""']


def unfinished(root, path, template):
    """The strings that the language does not say: the new ones, those without a translation, and the guesses."""
    full = os.path.join(root, path)
    status, merged, said = run('msgmerge', '--quiet', '--no-fuzzy-matching', '--no-wrap', '--output-file=-', full, template)
    if status != 0:
        return None, said
    ids = []
    for choice in ('--untranslated', '--only-fuzzy'):
        ids += ids_of(run('msgattrib', '--no-obsolete', '--no-wrap', choice, '-', input=merged)[1])
    return ids, said


def complain_of_language(root, language, template):
    path = f'po/{language}.po'
    full = os.path.join(root, path)
    if not os.path.exists(full):
        return [f'{path}: is not there, but po/LINGUAS lists {language}; {ADVICE}']
    status, _, said = run('msgfmt', '--check', '--output-file=/dev/null', full)
    if status != 0:
        return [line.replace(full, path) for line in said.splitlines() if ': warning: ' not in line]
    ids, said = unfinished(root, path, template)
    if ids is None:
        return [line.replace(full, path) for line in said.splitlines()]
    complaints = [f'{path}: not translated: {text}' for text in ids[:MAX_LISTED]]
    if ids:
        complaints.append(f'{path}: {len(ids)} not translated; {ADVICE}')
    return complaints


def find_complaints(root, files):
    with tempfile.TemporaryDirectory(prefix='jobtracker-po.') as folder:
        template = os.path.join(folder, 'jobtracker.pot')
        complaints = extract(root, files, template)
        for language in read_lines(root, 'LINGUAS') if os.path.exists(template) else []:
            complaints += complain_of_language(root, language, template)
        return complaints


def write_list(root, files):
    path = os.path.join(root, 'po', 'POTFILES')
    with open(path, encoding='utf-8') as file:
        comments = [line for line in file if line.startswith('#')]
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(comments + [name + '\n' for name in files])


def merge(root, language, template):
    full = os.path.join(root, 'po', f'{language}.po')
    if os.path.exists(full):
        return run('msgmerge', '--quiet', '--no-wrap', '--previous', f'--output-file={full}', full, template)
    return run('msginit', f'--input={template}', f'--output-file={full}', f'--locale={language}', '--no-translator')


def update(root, files):
    """Writes po/POTFILES and merges the sources' strings into every language; what is left to do."""
    with tempfile.TemporaryDirectory(prefix='jobtracker-po.') as folder:
        template = os.path.join(folder, 'jobtracker.pot')
        write_list(root, files)
        left = extract(root, files, template)
        for language in read_lines(root, 'LINGUAS'):
            status, _, said = merge(root, language, template)
            left += said.splitlines() if status != 0 else []
    return left + find_complaints(root, files)
