#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What `meson install` installs, and that every file is valid to those who read it. test-files.py BUILD"""

import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

import harness
from harness import NAME, Skip, need, run

BUILD = os.path.abspath(sys.argv[1])
DTD = '/usr/share/xml/dbus-1/introspect.dtd'
# Examples that can be run as they are.
PROGRAMS = ('backup', 'rotate-logs', 'disk-report', 'fetch-feed', 'ping.sh', 'track.sh', 'track-gi.py',
            'track-dbus-next.py')
CHANNELS = ('append-to-file', 'send-datagram')
# What speaks TLS, HTTP, SMTP or MIME is for channels.
LIBRARIES_OF_CHANNELS = re.compile(r'\blib(curl|gmime|soup|gnutls|ssl|crypto|nss3|mbedtls|gpgme|nettle|hogweed)\b')
stage = None


def has(option):
    return stage.options[option] != 'disabled'


def has_agent():
    """It was built when it was wanted, or could be."""
    return has('agent') and os.path.exists(os.path.join(BUILD, 'client', 'agent', 'jobtracker-agent'))


def autostart():
    """Sessions read nothing below /usr/local."""
    folder = '/etc' if stage.options['prefix'] == '/usr/local' else stage.path('sysconfdir')
    return f'{folder}/xdg/autostart/jobtracker-agent.desktop'


def channels():
    """Those that were built: they were wanted, and what they are linked with was there."""
    return [name for name in ('channel-email', 'channel-webhook') if os.path.exists(os.path.join(BUILD, 'helpers', name))]


def expected_files():
    prefix, share = stage.options['prefix'], stage.path('datadir')
    config = os.path.join(stage.path('sysconfdir'), 'jobtracker')
    files = [f'{stage.path("bindir")}/jobctl', f'{stage.path("bindir")}/jobtrackerd',
             f'{stage.path("libexecdir")}/jobtracker/jobtracker-run',
             f'{config}/jobtracker.conf', f'{config}/jobs.d/README', f'{config}/channels.d/README',
             stage.policy(),
             f'{share}/dbus-1/services/{NAME}.service', f'{share}/dbus-1/system-services/{NAME}.service',
             f'{share}/bash-completion/completions/jobctl', f'{share}/zsh/site-functions/_jobctl',
             f'{share}/fish/vendor_completions.d/jobctl.fish']
    files += [f'{share}/dbus-1/interfaces/{NAME}{part}.xml' for part in ('', '.Job', '.Run', '.Notifications')]
    files += [f'{share}/doc/jobtracker/examples/{name}' for name in PROGRAMS + ('crontab', 'track.c')]
    files += [f'{share}/doc/jobtracker/examples/channels/{name}' for name in CHANNELS]
    files += [f'{stage.path("libexecdir")}/jobtracker/{name}' for name in channels()]
    if has('systemd'):
        user = 'lib' if prefix in ('/usr', '/usr/local') else 'share'
        files += [f'{prefix}/lib/systemd/system/jobtrackerd.service', f'{prefix}/{user}/systemd/user/jobtrackerd.service']
    if has_agent():
        files += [f'{stage.path("bindir")}/jobtracker-agent', autostart(), f'{share}/applications/{NAME}.desktop',
                  f'{share}/icons/hicolor/scalable/apps/{NAME}.svg', f'{share}/metainfo/{NAME}.metainfo.xml']
        files += [f'{prefix}/{user}/systemd/user/jobtracker-agent.service'] if has('systemd') else []
    return sorted(files)


def find(pattern):
    return [path for path in stage.files() if re.search(pattern, path)]


def staged(path):
    return stage.folder + path


def installed_files():
    """the files are where they belong, and no others"""
    found = [path for path in stage.files()
             if not path.startswith((f'{stage.path("mandir")}/', f'{stage.path("localedir")}/'))]
    wanted = expected_files()
    assert found == wanted, f'missing {set(wanted) - set(found)}, unexpected {set(found) - set(wanted)}'


def no_loose_ends():
    """no file has a place that was not filled in, nor names the build folder"""
    for path in stage.files():
        with open(staged(path), 'rb') as file:
            text = file.read()
        if text[:4] != b'\x7fELF':
            assert not re.search(rb'@[A-Z_]{2,}@', text), f'{path}: a place is not filled in'
            assert BUILD.encode() not in text, f'{path}: names {BUILD}'


def modes():
    """programs can be run, files only read, and nobody but root writes them"""
    for path in stage.files():
        mode = os.stat(staged(path)).st_mode & 0o777
        is_program = '/bin/' in path or '/libexec/' in path or \
            os.path.basename(path) in PROGRAMS + CHANNELS
        assert mode == (0o755 if is_program else 0o644), f'{path}: mode {mode:o}'


def linked_with(path):
    return set(LIBRARIES_OF_CHANNELS.findall(run('ldd', staged(path), env={key: os.environ[key] for key in ('PATH',)})))


def links():
    """of what is installed channels alone are linked with what they need"""
    need('ldd')
    programs = find('/bin/|/libexec/')
    for path in programs:
        if '/channel-' not in path:
            assert not linked_with(path), f'{path}: {linked_with(path)}'
    # (found at all where it is)
    for path in find('/channel-email$'):
        assert 'curl' in linked_with(path), path


def config_is_kept():
    """installing again leaves a changed configuration as it is"""
    path = staged(os.path.join(stage.path('sysconfdir'), 'jobtracker', 'jobtracker.conf'))
    with open(path, encoding='utf-8') as file:
        before = file.read()
    harness.write(path, '[Limits]\nmax-running=3\n')
    harness.Stage(BUILD, stage.folder)
    with open(path, encoding='utf-8') as file:
        after = file.read()
    harness.write(path, before)
    assert after == '[Limits]\nmax-running=3\n', after


def packaged_folders():
    """-Dfolders=pkg-config: where this machine says"""
    need('pkg-config')
    for package in ('systemd', 'dbus-1', 'bash-completion', 'fish'):
        if run('pkg-config', '--exists', '--print-errors', package, status=None):
            raise Skip(f'no pkg-config file of {package}')
    if not has('systemd'):
        raise Skip('built without units')

    def ask(package, variable):
        return run('pkg-config', f'--variable={variable}', package).strip()

    with harness.temporary_folder() as folder:
        run('meson', 'setup', '-Dfolders=pkg-config', '--prefix=/usr', f'{folder}/build', os.environ['JOBTRACKER_SOURCE'])
        plan = json.loads(run('meson', 'introspect', '--installed', f'{folder}/build'))
    where = set(plan.values())
    for wanted in (ask('systemd', 'systemdsystemunitdir') + '/jobtrackerd.service',
                   ask('systemd', 'systemduserunitdir') + '/jobtrackerd.service',
                   ask('dbus-1', 'session_bus_services_dir') + f'/{NAME}.service',
                   ask('dbus-1', 'system_bus_services_dir') + f'/{NAME}.service',
                   ask('dbus-1', 'interfaces_dir') + f'/{NAME}.xml',
                   ask('dbus-1', 'datadir') + f'/dbus-1/system.d/{NAME}.conf',
                   ask('bash-completion', 'completionsdir') + '/jobctl',
                   ask('fish', 'completionsdir') + '/jobctl.fish'):
        assert wanted in where, f'{wanted} is not among {sorted(where)}'


def units():
    """systemd-analyze verify has nothing to say about the units"""
    need('systemd-analyze')
    if not has('systemd'):
        raise Skip('built without units')
    if not stage.is_laid_over:
        raise Skip('not root: the programs are not where the units say')
    with harness.temporary_folder() as folder:
        for manager, unit in [(manager, unit) for manager in ('system', 'user') for unit in find(f'/systemd/{manager}/.*\\.service$')]:
            text = run('systemd-analyze', 'verify', '--man=no', f'--{manager}', unit, env=dict(os.environ, XDG_RUNTIME_DIR=folder))
            assert not text, text


def manuals():
    """the units name manual pages that are installed"""
    pages = find(f'^{re.escape(stage.path("mandir"))}/man')
    if not pages:
        raise Skip('no manual pages are installed')
    for unit in find('/systemd/.*\\.service$'):
        with open(staged(unit), encoding='utf-8') as file:
            for name, section in re.findall(r'man:([\w.-]+)\((\d)\)', file.read()):
                page = f'{stage.path("mandir")}/man{section}/{name}.{section}'
                assert page in pages, f'{unit} names {name}({section})'


def check_bus_config(path):
    with harness.temporary_folder() as folder:
        bus = harness.Bus(folder, f'<include>{path}</include>{harness.OPEN_POLICY}', dict(os.environ))
        bus.stop()


def bus_policy():
    """dbus-daemon takes the policy, and would not take a wrong one"""
    need('dbus-daemon', 'xmllint')
    policy = stage.policy()
    run('xmllint', '--noout', '--nonet', staged(policy))
    check_bus_config(staged(policy))
    with harness.temporary_folder() as folder:
        harness.write(f'{folder}/bad.conf', '<busconfig><policy context="default"><allow sned_path="/"/></policy></busconfig>')
        try:
            check_bus_config(f'{folder}/bad.conf')
        except AssertionError:
            return
        raise AssertionError('dbus-daemon takes nonsense')


def bus_policy_is_narrow():
    """the policy lets nothing through that is meant for others"""
    policy = stage.policy()
    for rule in ElementTree.parse(staged(policy)).getroot().iter('allow'):
        if 'own' in rule.attrib:
            assert rule.attrib == {'own': NAME}
        elif rule.get('send_destination') is None:
            assert set(rule.attrib) == {'send_type', 'send_path', 'send_interface', 'send_member'}, rule.attrib
        else:
            assert rule.get('send_destination') == NAME and rule.get('send_interface'), rule.attrib


def interfaces():
    """the interfaces are valid introspection data, and the policy knows each of them"""
    need('xmllint')
    policy = stage.policy()
    allowed = {rule.get('send_interface') for rule in ElementTree.parse(staged(policy)).getroot().iter('allow')}
    for path in find('/dbus-1/interfaces/'):
        if os.path.exists(DTD):
            run('xmllint', '--noout', '--nonet', '--dtdvalid', DTD, staged(path))
        for interface in ElementTree.parse(staged(path)).getroot().iter('interface'):
            assert interface.get('name') in allowed, f'the policy does not know {interface.get("name")}'


def desktop_files():
    """desktop-file-validate is content"""
    found = find(r'\.desktop$')
    if not found:
        raise Skip('built without the agent')
    need('desktop-file-validate')
    for path in found:
        run('desktop-file-validate', staged(path))


def starts_once():
    """where systemd manages the session the unit starts the agent, and the autostart file is passed over"""
    if not has_agent():
        raise Skip('built without the agent')
    with open(staged(autostart()), encoding='utf-8') as file:
        assert '\nX-systemd-skip=true\n' in file.read()
    units_found = find('/systemd/user/jobtracker-agent.service$')
    for unit in units_found:
        with open(staged(unit), encoding='utf-8') as file:
            text = file.read()
        assert '\nWantedBy=graphical-session.target\n' in text and '\nPartOf=graphical-session.target\n' in text, text


def icon():
    """the icon is a drawing of any size, and what the desktop files name"""
    if not has_agent():
        raise Skip('built without the agent')
    path, = find(r'\.svg$')
    root = ElementTree.parse(staged(path)).getroot()
    assert root.tag == '{http://www.w3.org/2000/svg}svg' and root.get('viewBox'), root.attrib
    for file_name in find(r'\.desktop$'):
        with open(staged(file_name), encoding='utf-8') as file:
            text = file.read()
        assert f'\nIcon={os.path.basename(path)[:-len(".svg")]}\n' in text, text
        program, = re.findall(r'^Exec=(.*)$', text, re.M)
        assert program in stage.files(), f'{file_name} starts {program}'


def metainfo():
    """appstreamcli is content"""
    found = find(r'\.(metainfo|appdata)\.xml$')
    if not found:
        raise Skip('built without the agent')
    need('appstreamcli')
    for path in found:
        run('appstreamcli', 'validate', '--no-net', staged(path))


def main():
    global stage
    is_private = harness.enter_namespace()
    with harness.temporary_folder() as folder:
        stage = harness.Stage(BUILD, folder)
        stage.is_laid_over = is_private and stage.lay_over()
        harness.run_cases([installed_files, no_loose_ends, modes, links, config_is_kept, packaged_folders, units, manuals, bus_policy,
                           bus_policy_is_narrow, interfaces, desktop_files, starts_once, icon, metainfo])


if __name__ == '__main__':
    main()
