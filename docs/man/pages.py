#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Makes the sources of the man pages for scdoc(1) out of the *.scd of this folder, so that no list is written twice.

pages.py collect --jobctl P --jobtrackerd P --print-tables P     one JSON document: what the programs have (build time)
pages.py page FILE --tables JSON --root FOLDER --set NAME=VALUE…  the page, with its marks replaced

A mark is a line of its own, @WHAT NAME@; the text below it, up to the next mark or heading, belongs to it:

@verb NAME@            usage and summary of a verb of jobctl, the text, its options, its example; NAME may be two words
@setting NAME@         heading of a setting of jobs, the text (indented), its type, range and default
@key GROUP NAME VALUE@ the same of a key of jobtracker.conf; VALUE is what stands for the value
@options@              the options of jobctl that every verb has
@shorthands@           the short words for settings that jobctl has
@context@              the names that templates have, from lib/template/jt-template-keys.c
@messages@             the ids of messages in the journal, from daemon/core/jt-log.h
@interface NAME@       a D-Bus interface with the documentation of its members, from dbus/NAME.xml; these alone with
                       the word members behind NAME
@include FILE@         a file as a literal block, without its head lines

@NAME@ inside a line is the VALUE of --set. A verb or a setting that has no mark comes last, with what the tables
say about it; tests/lint/man.py demands its mark.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

MARK = re.compile(r'^@(\w+)((?: [^@ ]+)*)@$')
DOC = 'org.gtk.GDBus.DocString'
EMITS = 'org.freedesktop.DBus.Property.EmitsChangedSignal'


def escape(text):
    """Text of others in scdoc: nothing in it is a mark."""
    return re.sub(r'([\\*_`~^]|^[-.#;|:\[\]])', r'\\\1', text)


def sentence(text):
    """A fragment of --help as a sentence."""
    return text[:1].upper() + text[1:] + ('' if text.endswith(('.', '?', '!', '…')) else '.')


# ---- what the programs have ------------------------------------------------------------------------------------------

OPTION = re.compile(r'^  (?:-(\w), |    )?--([\w-]+)(?:[ =](\S+))?(?:\s{2,}(.*))?$')


def parse_options(lines):
    options = []
    for line in lines:
        match = OPTION.match(line)
        if match:
            letter, name, value, text = match.groups()
            options.append({'name': name, 'letter': letter or '', 'value': value or '', 'help': text or ''})
    return options


def split_help(text):
    """The blocks of --help by the line that begins them."""
    blocks = {}
    for block in text.split('\n\n'):
        lines = block.strip('\n').split('\n')
        blocks[lines[0]] = lines[1:]
    return blocks


def find_block(blocks, beginning):
    return next((lines for first, lines in blocks.items() if first.startswith(beginning)), [])


def parse_verb(name, text, settings):
    blocks = split_help(text)
    firsts = list(blocks)
    example = next((first for first in firsts if first.startswith('Example: ')), 'Example: ')
    own = parse_options(find_block(blocks, 'Options:'))
    of_jobs = parse_options(find_block(blocks, 'Settings'))
    return {'name': name,
            'usage': firsts[0].split('[OPTIONS] ', 1)[1],
            'summary': firsts[1],
            'example': example.split(': ', 1)[1],
            'options': own,
            'takes-settings': bool(of_jobs),
            'shorthands': [option for option in of_jobs if option['name'] not in settings]}


def run(*command):
    environment = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='', ASAN_OPTIONS='detect_leaks=0')
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment, stdin=subprocess.DEVNULL,
                          timeout=60).stdout.decode()


def collect_verbs(jobctl, before, blocks, settings):
    """The verbs that a help lists, each before those that its own help lists: notify, notify prefs, notify set."""
    for line in find_block(blocks, 'Verbs:'):
        name = before + line.split()[0]
        text = run(jobctl, *name.split(), '--help')
        yield parse_verb(name, text, settings)
        yield from collect_verbs(jobctl, name + ' ', split_help(text), settings)


def collect(jobctl, jobtrackerd, print_tables):
    """What the built programs say of themselves."""
    tables = json.loads(run(print_tables))
    settings = {setting['key'] for setting in tables['settings']}
    blocks = split_help(run(jobctl, '--help'))
    tables['options'] = parse_options(find_block(blocks, 'Options:'))
    tables['verbs'] = list(collect_verbs(jobctl, '', blocks, settings))
    tables['shorthands'] = next((verb['shorthands'] for verb in tables['verbs'] if verb['shorthands']), [])
    tables['daemon-options'] = parse_options(run(jobtrackerd, '--help').split('\n'))
    return tables


# ---- marks -----------------------------------------------------------------------------------------------------------

def show_options(options):
    lines = []
    for option in options:
        letter = f'*-{option["letter"]}*, ' if option['letter'] else ''
        value = f' _{escape(option["value"])}_' if option['value'] else ''
        lines += [f'{letter}*--{option["name"]}*{value}', '\t' + escape(sentence(option['help'])), '']
    return lines


def show_verb(verb, text):
    return [f'## {escape(verb["usage"])}', '', escape(sentence(verb['summary'])), '', *text, '',
            *show_options(verb['options']), '_Example:_', '', '```', verb['example'].replace('\\', '\\\\'), '```', '']


def describe_type(setting):
    """What may be given and what holds otherwise, in sentences."""
    facts = []
    if setting['type'].startswith('a') and setting['most']:
        facts.append(f'At most {setting["most"]} entries.')
    elif setting['least']:
        facts.append(f'{setting["least"]} to {setting["most"]}.')
    if setting['default']:
        facts.append(f'Default: {setting["default"]}.')
    unit = f', {setting["unit"]}' if setting['unit'] else ''
    return ' '.join([*facts, f'D-Bus type {setting["type"]}{unit}.'])


def show_setting(setting, text):
    text = text or ['\t' + escape(sentence(setting['help']))]
    return [f'*{setting["key"]}=*_{escape(setting["value"])}_', *text, '',
            '\t' + escape(describe_type(setting)), '']


def show_template_keys(keys):
    """The names that templates have: those in no group, then group by group."""
    lines = []
    for key in sorted(keys, key=lambda one: '.' in one['name'] or one['kind'] == 'group'):
        if key['kind'] == 'group':
            lines += [f'## {escape(key["name"])}', '', f'A group: {escape(key["help"])}.', '']
            continue
        lines += [f'*{key["name"]}* ({key["kind"]})', '\t' + escape(sentence(key['help'])), '']
    return lines


def show_preference(preference, text):
    text = text or ['\t' + escape(sentence(preference['help']))]
    unit = f', {preference["unit"]}' if preference['unit'] else ''
    default = ' '.join(preference['default'].split()).replace(' ,', ',') or 'nothing'
    return [f'*{preference["key"]}* _{escape(preference["value"])}_', *text, '',
            f'\tDefault: {escape(default)}. D-Bus type {preference["type"]}{unit}.', '']


def say_limit(value):
    return 'no limit' if value in ('0', '0s') else value


def show_key(key, value, system, session, text):
    lines = [f'*{key}=*_{escape(value)}_', *text, '']
    if system.startswith('/'):
        return lines
    default = say_limit(system)
    own = '' if system == session else f'; of a user\'s own service {say_limit(session)}'
    return [*lines, f'\tDefault: {escape(default)}{own}.', '']


def default_of(tables, group, key):
    """The two defaults of a key of jobtracker.conf, or None."""
    found = [row['default'] for name in ('config-system', 'config-session') for row in tables[name]
             if (row['group'], row['key']) == (group, key)]
    return found or None


def include(root, name):
    with open(os.path.join(root, name), encoding='utf-8') as file:
        lines = file.read().rstrip('\n').split('\n')
    while lines and re.match(r'^(#!|(#|//|/\*) (SPDX|Copyright))', lines[0]):
        lines.pop(0)
    return ['```', *[line.replace('\\', '\\\\') for line in lines], '```', '']


MESSAGE = re.compile(r'^#define (JT_MESSAGE_\w+) "([0-9a-f]{32})"(?:\s*/\* (.*) \*/)?$', re.M)


def read_sources(root, *folders):
    """The text of the C files of these folders."""
    texts = []
    for folder in folders:
        for name in sorted(os.listdir(os.path.join(root, folder))):
            if name.endswith('.c'):
                with open(os.path.join(root, folder, name), encoding='utf-8') as file:
                    texts.append(file.read())
    return '\n'.join(texts)


def show_messages(root):
    """Those that are sent: some ids wait for their event."""
    with open(os.path.join(root, 'daemon', 'core', 'jt-log.h'), encoding='utf-8') as file:
        found = MESSAGE.findall(file.read())
    code = read_sources(root, 'daemon', 'daemon/core', 'daemon/platform', 'daemon/service', 'daemon/store')
    lines = []
    for name, identity, comment in found:
        if re.search(rf'\b{name}\b', code):
            lines += [f'_{identity}_', '\t' + escape(sentence(comment)), '']
    return lines


# ---- D-Bus -----------------------------------------------------------------------------------------------------------

def annotation_of(element, name=DOC):
    found = [child.get('value') for child in element.findall('annotation') if child.get('name') == name]
    return found[0] if found else ''


def show_doc(text):
    """What it does, and on a line of its own what can go wrong."""
    what, errors, rest = text.partition(' Errors: ')
    if not errors and text.startswith('Errors: '):
        what, errors, rest = '', 'Errors: ', text[len('Errors: '):]
    lines = ['\t' + escape(what), ''] if what else []
    return lines + (['\tErrors: ' + escape(rest), ''] if rest else [])


def show_arguments(arguments):
    lines = []
    for argument in arguments:
        text = annotation_of(argument)
        if text:
            lines += [f'\t_{escape(argument.get("name"))}_ {argument.get("type")}', '\t\t' + escape(text), '']
    return lines


def signature(arguments):
    return '(' + ', '.join(f'_{escape(argument.get("name"))}_ {argument.get("type")}' for argument in arguments) + ')'


def show_method(method):
    arguments = method.findall('arg')
    inward = [argument for argument in arguments if argument.get('direction') != 'out']
    outward = [argument for argument in arguments if argument.get('direction') == 'out']
    answer = ' → ' + signature(outward) if outward else ''
    doc = show_doc(annotation_of(method))
    errors = [i for i, line in enumerate(doc) if line.startswith('\tErrors: ')]
    split = errors[0] if errors else len(doc)
    return [f'*{method.get("name")}* {signature(inward)}{answer}', *doc[:split], *show_arguments(arguments),
            *doc[split:]]


def show_property(element):
    text = escape(annotation_of(element))
    constant = ' Never changes while the service runs.' if annotation_of(element, EMITS) == 'const' else ''
    return [f'*{element.get("name")}* {element.get("type")}', f'\t{text}{constant}', '']


def show_signal(element):
    arguments = element.findall('arg')
    return [f'*{element.get("name")}* {signature(arguments)}', *show_doc(annotation_of(element)),
            *show_arguments(arguments)]


def show_interface(root, name, with_introduction):
    tree = xml.etree.ElementTree.parse(os.path.join(root, 'dbus', name + '.xml'))
    interface = tree.find('interface')
    lines = [escape(annotation_of(interface)), ''] if with_introduction else []
    for heading, tag, show in (('METHODS', 'method', show_method), ('PROPERTIES', 'property', show_property),
                               ('SIGNALS', 'signal', show_signal)):
        members = interface.findall(tag)
        if members:
            lines += [f'# {heading}', '']
            for member in members:
                lines += show(member)
    return lines


# ---- pages -----------------------------------------------------------------------------------------------------------

def parse_source(text):
    """The page in blocks: (mark, arguments, lines); without a mark it is a piece of text."""
    blocks = [('', [], [])]
    for line in text.split('\n'):
        match = MARK.match(line)
        if match:
            blocks.append((match.group(1), match.group(2).split(), []))
        elif line.startswith('#') and blocks[-1][0]:
            blocks.append(('', [], [line]))
        else:
            blocks[-1][2].append(line)
    return blocks


def trim(lines):
    """Without the empty lines at both ends."""
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


class Maker:
    """Replaces the marks of one page."""

    def __init__(self, tables, root):
        self.tables = tables
        self.root = root
        self.verbs = {verb['name']: verb for verb in tables['verbs']}
        self.settings = {setting['key']: setting for setting in tables['settings'] if setting['offered']}

    def expand(self, mark, arguments, lines):
        if not mark:
            return lines
        text = trim(lines)
        if mark == 'verb':
            verb = self.verbs.pop(' '.join(arguments), None)
            return show_verb(verb, text) if verb else []
        if mark == 'setting':
            setting = self.settings.pop(arguments[0], None)
            return show_setting(setting, text) if setting else []
        if mark == 'preference':
            found = [row for row in self.tables['preferences'] if row['key'] == arguments[0]]
            return show_preference(found[0], text) if found else []
        if mark == 'key':
            defaults = default_of(self.tables, arguments[0], arguments[1])
            return show_key(arguments[1], arguments[2], *defaults, text) if defaults else []
        made = {'options': lambda: show_options(self.tables['options']),
                'shorthands': lambda: show_options(self.tables['shorthands']),
                'context': lambda: show_template_keys(self.tables['template-keys']),
                'messages': lambda: show_messages(self.root),
                'interface': lambda: show_interface(self.root, arguments[0], arguments[1:] != ['members']),
                'include': lambda: include(self.root, arguments[0])}[mark]()
        return [*made, *lines]

    def leftovers(self, marks):
        """What the tables have and no mark names, after the last mark of its kind."""
        lines = []
        if 'verb' in marks:
            for verb in list(self.verbs.values()):
                lines += show_verb(verb, [])
        if 'setting' in marks:
            for setting in list(self.settings.values()):
                lines += show_setting(setting, [])
        return lines


def make_page(text, tables, root, words):
    maker = Maker(tables, root)
    blocks = parse_source(text)
    marks = [mark for mark, _, _ in blocks]
    last = max((i for i, mark in enumerate(marks) if mark in ('verb', 'setting')), default=-1)
    lines = []
    for i, (mark, arguments, own) in enumerate(blocks):
        lines += maker.expand(mark, arguments, own)
        if i == last:
            lines += maker.leftovers(marks)
    page = '\n'.join(lines)
    for name, value in words.items():
        page = page.replace(f'@{name}@', value)
    # scdoc ends a paragraph by one empty line and refuses more.
    return re.sub(r'\n{3,}', '\n\n', page).rstrip('\n') + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    commands = parser.add_subparsers(dest='command', required=True)
    collector = commands.add_parser('collect')
    for name in ('--jobctl', '--jobtrackerd', '--print-tables'):
        collector.add_argument(name, required=True)
    page = commands.add_parser('page')
    page.add_argument('file')
    page.add_argument('--tables', required=True)
    page.add_argument('--root', required=True)
    page.add_argument('--set', nargs='+', default=[], metavar='NAME=VALUE', help='what @NAME@ stands for')
    options = parser.parse_args()
    if options.command == 'collect':
        json.dump(collect(options.jobctl, options.jobtrackerd, options.print_tables), sys.stdout, indent=1)
        return
    with open(options.tables, encoding='utf-8') as file:
        tables = json.load(file)
    with open(options.file, encoding='utf-8') as file:
        text = file.read()
    sys.stdout.reconfigure(encoding='utf-8')
    sys.stdout.write(make_page(text, tables, options.root, dict(word.split('=', 1) for word in options.set)))


if __name__ == '__main__':
    main()
