#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The shipped templates: what a reader of any language gets is whole, asks for nothing from elsewhere, and fits.

Knows of Mustache what balances and what is named; what a template makes of values is for the tests of lib/template.
"""

import argparse
import collections
import html.parser
import os
import re
import sys

FOLDER = os.path.join('lib', 'template', 'shipped')
LANGUAGES = ('de',)
PARTS = {'email': ('subject', 'text', 'html'), 'popup': ('title', 'body'), 'chat': ('text',)}
LINES = ('subject', 'title')
OWN_FORM = ('default', 'recovered', 'missed', 'late', 'slow', 'digest', 'summary', 'test')
EVENTS = ('started', 'succeeded', 'failed', 'timed-out', 'lost', 'retrying', 'recovered', 'missed', 'late', 'slow', 'skipped',
          'cancelled', 'digest', 'summary', 'test')

# Mail programs cut a message off at some 100 KiB; what values add has to fit, too.
MAX_HTML = 24 * 1024
MAX_TEMPLATE = 64 * 1024
MAX_COLUMNS = 78
MIN_CONTRAST = 4.5

# What a template may speak of, as jobtracker-templates(7) has it. A list ends with [].
KEYS = {
    'event': 'name severity at at-utc is-bad is-good is-reminder is-escalation reminder '
             + ' '.join(f'is-{event}' for event in EVENTS),
    'job': 'name id description owner schedule next tags command health',
    'run': 'id state trigger attempt max-attempts has-retries started finished scheduled-for duration exit exit-code signal '
           'reason cause message cpu memory next-attempt log-size attempts[]',
    'run.attempts': 'number started duration state exit exit-code signal reason is-good is-timed-out is-lost',
    'missed': 'count from to',
    'late': 'expected',
    'log': 'tail lines is-cut has-text',
    'statistics': 'runs typical success-rate streak streak-abs times-usual is-slower is-faster bar failures-in-row '
                  'failing-since down-for',
    'links': 'run job log mute preferences has-any',
    'recipient': 'name address language channel is-user',
    'digest': 'count failures from to is-storm entries[] more',
    'test': 'channel',
}
LONE_KEYS = ('host', 'timezone')
# Numbers are never falsy, not even 0: a section of one is for those that are left out where they mean nothing.
NUMBERS_THAT_MAY_BE_LEFT_OUT = ('digest.more', 'run.id')
NUMBERS = ('event.reminder', 'job.id', 'run.attempt', 'run.max-attempts', 'run.exit-code', 'missed.count', 'log.lines',
           'statistics.runs', 'statistics.streak', 'statistics.streak-abs', 'statistics.bar', 'statistics.failures-in-row',
           'digest.count', 'digest.failures', 'number', 'exit-code') + NUMBERS_THAT_MAY_BE_LEFT_OUT

# Languages say it with other keys: how a run ended is English in run.exit, as it is everywhere in the record.
SAID_DIFFERENTLY = {'run.exit', 'run.exit-code', 'run.signal'}

Tag = collections.namedtuple('Tag', 'kind name line start end')
TAG = re.compile(r'\{\{([#^/>!&{]?)\s*(.*?)\s*\}?\}\}', re.S)
VOID = ('meta', 'br', 'img', 'hr', 'link', 'input')


def tags_of(text):
    return [Tag(match.group(1), match.group(2), text.count('\n', 0, match.start()) + 1, match.start(), match.end())
            for match in TAG.finditer(text)]


def known_names():
    names = set(LONE_KEYS) | {'.'}
    for group, keys in KEYS.items():
        names.add(group)
        names.update(f'{group}.{key.rstrip("[]")}' for key in keys.split())
    return names


KNOWN = known_names()


class Templates:
    """All of them, by their name: "de/email/failed.subject"."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        top = os.path.join(root, FOLDER)
        for folder, _, files in os.walk(top):
            for name in files:
                if not name.endswith('.xml'):
                    path = os.path.join(folder, name)
                    with open(path, encoding='utf-8') as file:
                        self.texts[os.path.relpath(path, top)] = file.read()

    def english(self):
        return [name for name in self.texts if name.split('/')[0] in PARTS]

    def partial(self, name, written):
        """The text of {{> written}} in the template @name, as it is looked for: the language's own, then English."""
        pieces = name.split('/')
        part = name.rsplit('.', 1)[1]
        for folder in ('/'.join(pieces[:-1]), pieces[-2]):
            found = f'{folder}/{written}.{part}'
            if found in self.texts:
                return found
        return None

    def expand(self, name, depth=0):
        """The text with its partials in it."""
        if depth > 8:
            raise ValueError(f'{name}: a partial comes back to itself')

        def replace(match):
            found = self.partial(name, match.group(1))
            # A partial is looked for in the language of who reads, also from one that all languages share.
            if found is None:
                raise ValueError(f'{name}: no partial {match.group(1)}')
            language = name.split('/')[0] if name.split('/')[0] in LANGUAGES else None
            return self.expand_as(found, language, depth + 1)
        return re.sub(r'\{\{>\s*(\S+?)\s*\}\}', replace, self.texts[name])

    def expand_as(self, name, language, depth):
        if language and not name.startswith(language + '/'):
            own = f'{language}/{name}'
            self.texts.setdefault(own, self.texts[name])
            try:
                return self.expand(own, depth)
            finally:
                if self.texts.get(own) is self.texts[name]:
                    del self.texts[own]
        return self.expand(name, depth)


def is_partial(name):
    return name.split('/')[-1].startswith('_')


def has_words(text):
    """Whether anything of it is read by a person, so that languages differ."""
    if re.search(r'\blang="', text):
        return True
    text = re.sub(r'<style>.*?</style>|<title>.*?</title>|<!--.*?-->', '', text, flags=re.S)
    text = re.sub(r'&[#\w]+;', '', re.sub(r'<[^>]*>', '', TAG.sub('', text)))
    return bool(re.search(r'[^\W\d_]', text))


def check_balance(templates):
    """sections end where they should"""
    complaints = []
    for name, text in templates.texts.items():
        opened = []
        for tag in tags_of(text):
            if tag.kind in ('#', '^'):
                opened.append(tag)
            elif tag.kind == '/' and (not opened or opened.pop().name != tag.name):
                complaints.append(f'{name}:{tag.line}: {{{{/{tag.name}}}}} ends what did not begin')
            elif tag.kind in ('&', '{'):
                complaints.append(f'{name}:{tag.line}: {tag.name} is not escaped')
        complaints += [f'{name}:{tag.line}: {tag.name} does not end' for tag in opened]
        if re.search(r'\{\{|\}\}', TAG.sub('', re.sub(r'<style>.*?</style>', '', text, flags=re.S))):
            complaints.append(f'{name}: there are braces that are no tag')
        if len(text.encode()) > MAX_TEMPLATE:
            complaints.append(f'{name}: {len(text.encode())} bytes')
    return complaints


def resolve(tag, scopes):
    """The full name of a key, in the sections around it."""
    for scope in reversed(scopes):
        if f'{scope}.{tag.name}' in KNOWN:
            return f'{scope}.{tag.name}'
    return tag.name if tag.name in KNOWN else None


def find_other_keys(root):
    """Where the engine's table and the one above differ."""
    path = os.path.join('lib', 'template', 'jt-template-keys.c')
    if not os.path.exists(os.path.join(root, path)):
        return []
    with open(os.path.join(root, path), encoding='utf-8') as file:
        table = set(re.findall(r'^\s+(?:TEXT|NUMBER|FLAG|TEXTS|GROUPS?) \("([^"]+)"', file.read(), re.M))
    return [f'{path}: {key} is there or in {os.path.basename(__file__)}, and not in both' for key in sorted(table ^ (KNOWN - {'.'}))]


def check_keys(templates):
    """only keys of the context are used"""
    complaints = find_other_keys(templates.root)
    for name, text in templates.texts.items():
        scopes = []
        for tag in tags_of(text):
            if tag.kind in ('!', '>'):
                continue
            if tag.kind == '/':
                scopes.pop()
                continue
            full = resolve(tag, scopes)
            if full is None:
                complaints.append(f'{name}:{tag.line}: {tag.name} is no key of the context')
            if tag.kind in ('#', '^'):
                scopes.append(full or tag.name)
                if full in NUMBERS and full not in NUMBERS_THAT_MAY_BE_LEFT_OUT:
                    complaints.append(f'{name}:{tag.line}: {full} is a number, and 0 is as true as any')
    return complaints


def check_partials(templates):
    """partials are there, and are used"""
    complaints = []
    used = set()
    for name, text in templates.texts.items():
        for tag in tags_of(text):
            if tag.kind == '>':
                found = templates.partial(name, tag.name)
                if found is None:
                    complaints.append(f'{name}:{tag.line}: there is no {tag.name}')
                used.add(f'{name.split("/")[-2]}/{tag.name}.{name.rsplit(".", 1)[1]}')
    for name in templates.texts:
        if is_partial(name) and '/'.join(name.split('/')[-2:]) not in used:
            complaints.append(f'{name}: nobody uses it')
    return complaints


def check_complete(templates):
    """each event has each part"""
    complaints = []
    for family, parts in PARTS.items():
        for event in OWN_FORM + (('failed',) if family == 'email' else ()):
            complaints += [f'{family}/{event}.{part}: is not there' for part in parts
                           if f'{family}/{event}.{part}' not in templates.texts]
    for name in templates.english():
        family, file = name.split('/')
        event, part = file.rsplit('.', 1)
        if part not in PARTS[family] or not (event.startswith('_') or event == 'default' or event in EVENTS):
            complaints.append(f'{name}: no such event or part')
    return complaints


def names_used(templates, name):
    return {tag.name for tag in tags_of(templates.expand(name)) if tag.kind != '!'}


def check_languages(templates):
    """languages say the same with the same keys"""
    complaints = []
    english = set(templates.english())
    for language in LANGUAGES:
        own = {name.split('/', 1)[1] for name in templates.texts if name.startswith(language + '/')}
        complaints += [f'{language}/{name}: there is no English one' for name in sorted(own - english)]
        for name in sorted(english):
            wants = has_words(templates.texts[name]) or not is_partial(name) or name.split('/')[1].startswith('_exit.')
            if wants and name not in own:
                complaints.append(f'{language}/{name}: is not there')
            elif not wants and name in own:
                complaints.append(f'{language}/{name}: has no words in it; the one for all languages will do')
            elif wants:
                differing = names_used(templates, name) ^ names_used(templates, f'{language}/{name}')
                complaints += [f'{language}/{name}: {key} is in one of two languages' for key in sorted(differing - SAID_DIFFERENTLY)]
    unknown = {name.split('/')[0] for name in templates.texts} - set(PARTS) - set(LANGUAGES)
    return complaints + [f'{name}: no language of the tests' for name in sorted(unknown)]


def check_lines(templates):
    """subjects and titles are one line, texts are no wider than a terminal"""
    complaints = []
    for name, text in templates.texts.items():
        part = name.rsplit('.', 1)[1]
        if part in LINES and '\n' in text.removesuffix('\n'):
            complaints.append(f'{name}: has more than one line')
        if part in LINES and 'log.' in text:
            complaints.append(f'{name}: what a job writes is in it')
        if part == 'text' and name.split('/')[-2] == 'email':
            for number, line in enumerate(text.splitlines(), 1):
                words = TAG.sub(lambda match: '' if match.group(1) else '12345678', line)
                if len(words) > MAX_COLUMNS and '#' not in line:
                    complaints.append(f'{name}:{number}: {len(words)} columns')
        # A partial within a line must not end it.
        for match in re.finditer(r'^(.*)\{\{>\s*(\S+?)\s*\}\}(.*)$', text, re.M):
            found = templates.partial(name, match.group(2))
            if match.group(1) + match.group(3) and part != 'html' and found and templates.texts[found].endswith('\n'):
                complaints.append(f'{name}: {match.group(2)} stands in a line and ends with a newline')
    return complaints


class Elements(html.parser.HTMLParser):
    """Whether elements close in their order, and what they refer to."""

    def __init__(self):
        super().__init__()
        self.opened = []
        self.faults = []
        self.languages = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in VOID:
            self.opened.append(tag)
        if tag in ('script', 'img', 'link', 'iframe', 'object', 'form', 'video', 'audio', 'base'):
            self.faults.append(f'<{tag}>')
        if tag == 'html':
            self.languages.append(attributes.get('lang'))
        if tag == 'a' and not re.fullmatch(r'\{\{links\.[a-z]+\}\}', attributes.get('href') or ''):
            self.faults.append(f'a link to {attributes.get("href")}')
        self.faults += [f'{key} in <{tag}>' for key in attributes if key.startswith('on') or key in ('src', 'background')]

    def handle_endtag(self, tag):
        if not self.opened or self.opened.pop() != tag:
            self.faults.append(f'</{tag}> out of its order, line {self.getpos()[0]}')


def without_either(text, drop_kind):
    """Of sections that exclude each other ({{#x}} and {{^x}}) one kind; the tags of the others go, and what is in them stays."""
    inner = re.compile(r'\{\{' + re.escape(drop_kind) + r'([\w.-]+)\}\}((?:(?!\{\{[#^]).)*?)\{\{/\1\}\}', re.S)
    while True:
        text, count = re.subn(r'\{\{([#^])([\w.-]+)\}\}((?:(?!\{\{[#^/]).)*)\{\{/\2\}\}',
                              lambda match: '' if match.group(1) == drop_kind else match.group(3), text, flags=re.S)
        if count == 0:
            return inner.sub('', text)


def variants(templates, name):
    """The page as some events make it: each with what speaks of it, then all the rest there, or none of it."""
    text = templates.expand(name)
    events = [event for event in EVENTS if f'{{{{#event.is-{event}}}}}' in text] or [None]
    for event in events:
        chosen = text
        for other in EVENTS:
            here, there = ('^', '#') if other == event else ('#', '^')
            section = re.escape(f'event.is-{other}')
            chosen = re.sub(r'\{\{' + re.escape(here) + section + r'\}\}.*?\{\{/' + section + r'\}\}', '', chosen, flags=re.S)
            chosen = re.sub(r'\{\{[' + re.escape(there) + '/]' + section + r'\}\}', '', chosen)
        for drop in ('^', '#'):
            yield event, without_either(chosen, drop)


def check_html(templates):
    """pages are well formed, and ask for nothing from elsewhere"""
    complaints = []
    for name, text in templates.texts.items():
        if not name.endswith('.html'):
            continue
        if re.search(r'(?i)https?:|//\w|url\(|@import|javascript:|data:', text):
            complaints.append(f'{name}: an address from elsewhere')
        if is_partial(name):
            continue
        wanted = name.split('/')[0] if name.split('/')[0] in LANGUAGES else 'en'
        for event, page in variants(templates, name):
            elements = Elements()
            elements.feed(page)
            elements.close()
            complaints += [f'{name} ({event}): {fault}' for fault in elements.faults]
            if elements.opened or elements.languages != [wanted]:
                complaints.append(f'{name} ({event}): open {elements.opened}, language {elements.languages}')
            if len(page.encode()) > MAX_HTML:
                complaints.append(f'{name} ({event}): {len(page.encode())} bytes before any value')
    return complaints


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def check_contrast(templates):
    """colours can be told from what is behind them, in the light and in the dark"""
    style = templates.texts.get('email/_style.html', '')
    dark = dict(re.findall(r'^\.(\w+)\{(?:background|color):(#[0-9a-f]{6})!', style, re.M))
    pairs = []
    for name, text in templates.texts.items():
        if name.endswith('.html'):
            # Of an element with both; and words on the card, which is white, where the class says what they are in the dark.
            for styles in re.findall(r'style="([^"]*)"', text):
                ground = re.search(r'background:(#[0-9a-f]{6})', styles)
                ink = re.search(r'(?<![-\w])color:(#[0-9a-f]{6})', styles)
                if ink and ground:
                    pairs.append((name, ink.group(1), ground.group(1)))
                elif ink and ink.group(1) != '#ffffff':
                    pairs.append((name, ink.group(1), '#ffffff'))
            for classes, colour in re.findall(r'class="([^"]*)"[^>]*style="[^"]*(?<![-\w])color:(#[0-9a-f]{6})', text):
                known = [dark[word] for word in classes.split() if word in dark and word not in ('page', 'card', 'track')]
                if colour != '#ffffff' and not known and 'log' not in classes:
                    pairs.append((f'{name} (dark)', colour, dark.get('card', '#000000')))
    pairs += [(f'email/_style.html .{word} (dark)', dark.get(word, '#000000'), dark.get('card', '#000000'))
              for word in ('ink', 'soft', 'bad', 'good', 'warn', 'info')]
    pairs += [(f'{name} (banner)', '#ffffff', match) for name in templates.texts if name.endswith('.html')
              for match in re.findall(r'class="pad" bgcolor="(#[0-9a-f]{6})"', templates.texts[name])]
    return sorted({f'{where}: {ink} on {ground} is {contrast(ink, ground):.2f} to 1' for where, ink, ground in pairs
                   if contrast(ink, ground) < MIN_CONTRAST})


RULES = [check_balance, check_keys, check_partials, check_complete, check_languages, check_lines, check_html, check_contrast]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--root', default=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    options = parser.parse_args()
    templates = Templates(options.root)
    failures = 0
    print(f'1..{len(RULES)}')
    for number, rule in enumerate(RULES, 1):
        try:
            complaints = rule(templates) if templates.texts else [f'{FOLDER}: is empty']
        except ValueError as error:
            complaints = [str(error)]
        print('\n'.join(f'# {line}' for line in complaints[:40]) + ('\n' if complaints else ''), end='')
        print(f'{"not ok" if complaints else "ok"} {number} {rule.__doc__}', flush=True)
        failures += bool(complaints)
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
