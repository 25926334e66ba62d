# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""OpenSMTPD for one test: its spool and socket are folders of its own in a mount namespace, mail goes into a Maildir."""

import os
import select
import shutil
import socket
import subprocess
import tempfile
import time

from channel import Skip

# What it needs to be let go into is a folder that others may enter.
CONFIG = '''table users {{ "@" = "nobody" }}
listen on 127.0.0.1 port {port}
action "keep" maildir "{folder}/mail/box" virtual <users> user nobody
match from any for any action "keep"
'''
SCRIPT = '''mount --make-rprivate / && mount --bind "$1/spool" /var/spool && mount --bind "$1/run" /run || exit 77
exec /usr/sbin/smtpd -d -f "$1/smtpd.conf"
'''
PATIENCE = 20


class MailServer:
    def __init__(self):
        if os.geteuid() != 0:
            raise Skip('OpenSMTPD runs as root only')
        if not os.access('/usr/sbin/smtpd', os.X_OK) or shutil.which('unshare') is None:
            raise Skip('opensmtpd is not installed')
        self.holder = tempfile.TemporaryDirectory(prefix='jobtracker-mail.')
        self.folder = self.holder.name
        os.chmod(self.folder, 0o755)
        for name in ('spool/smtpd', 'run', 'mail'):
            os.makedirs(os.path.join(self.folder, name))
        os.chmod(os.path.join(self.folder, 'spool/smtpd'), 0o711)
        shutil.chown(os.path.join(self.folder, 'mail'), 'nobody')
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]
        with open(os.path.join(self.folder, 'smtpd.conf'), 'w', encoding='ascii') as file:
            file.write(CONFIG.format(port=self.port, folder=self.folder))
        self.log = open(os.path.join(self.folder, 'log'), 'w+b')
        self.process = subprocess.Popen(['unshare', '--mount', 'sh', '-c', SCRIPT, 'sh', self.folder],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.wait_until(self.answers, 'OpenSMTPD does not answer')
        except BaseException:
            self.close()
            raise

    def read_log(self):
        with open(self.log.name, 'rb') as file:
            return file.read().decode(errors='replace')

    def wait_until(self, is_so, words):
        end = time.monotonic() + PATIENCE
        while True:
            value = is_so()
            if value:
                return value
            if self.process.poll() is not None:
                raise Skip(f'OpenSMTPD cannot be run here: {" ".join(self.read_log().split())[-200:]}')
            assert time.monotonic() < end, f'{words}: {self.read_log()}'
            select.select([], [], [], 0.02)

    def answers(self):
        try:
            with socket.create_connection(('127.0.0.1', self.port), 1) as connection:
                return connection.recv(3) == b'220'
        except OSError:
            return False

    def files(self):
        box = os.path.join(self.folder, 'mail', 'box', 'new')
        return [os.path.join(box, name) for name in sorted(os.listdir(box))] if os.path.isdir(box) else []

    def wait_for_mails(self, count):
        """The bytes of all that was delivered; the order is the server's."""
        self.wait_until(lambda: len(self.files()) >= count, f'{count} mails do not come')
        mails = []
        for path in self.files():
            with open(path, 'rb') as file:
                mails.append(file.read())
        return mails

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.holder.cleanup()
