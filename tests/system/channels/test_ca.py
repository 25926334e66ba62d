# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""A certificate authority for one test, and the certificates that it gives out."""

import os
import shutil
import ssl
import subprocess

from channel import Skip


class Authority:
    """Made by openssl(1) in FOLDER."""

    def __init__(self, folder, name='ca'):
        if shutil.which('openssl') is None:
            raise Skip('openssl is not installed')
        self.folder = folder
        self.name = name
        self.run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                 '-subj', f'/CN=Test authority {name}', '-keyout', self.path('key'), '-out', self.path('pem'))
        self.file = self.path('pem')

    def path(self, ending, name=None):
        return os.path.join(self.folder, f'{name or self.name}.{ending}')

    def run(self, *arguments):
        done = subprocess.run(['openssl', *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              cwd=self.folder, timeout=60)
        assert done.returncode == 0, done.stdout.decode(errors='replace')

    def context(self, name, alternatives, has_expired=False):
        """A server's side of TLS for a new certificate; ALTERNATIVES as in 'DNS:localhost'."""
        with open(self.path('ext', name), 'w', encoding='ascii') as file:
            file.write(f'subjectAltName={alternatives}\nbasicConstraints=CA:FALSE\n')
        self.run('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', f'/CN={name}',
                 '-keyout', self.path('key', name), '-out', self.path('csr', name))
        if has_expired:
            self.sign_expired(name)
        else:
            self.run('x509', '-req', '-in', self.path('csr', name), '-CA', self.file, '-CAkey', self.path('key'),
                     '-CAcreateserial', '-days', '1', '-extfile', self.path('ext', name), '-out', self.path('pem', name))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path('pem', name), self.path('key', name))
        return context

    def sign_expired(self, name):
        """x509 takes no dates; ca does."""
        with open(self.path('conf', name), 'w', encoding='ascii') as file:
            file.write(f'[ca]\ndefault_ca=own\n[own]\ndatabase={self.path("index", name)}\nserial={self.path("serial", name)}\n'
                       f'new_certs_dir={self.folder}\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n')
        open(self.path('index', name), 'w', encoding='ascii').close()
        with open(self.path('serial', name), 'w', encoding='ascii') as file:
            file.write('4711\n')
        self.run('ca', '-batch', '-config', self.path('conf', name), '-cert', self.file, '-keyfile', self.path('key'),
                 '-in', self.path('csr', name), '-out', self.path('pem', name), '-notext', '-startdate', '20200101000000Z',
                 '-enddate', '20200201000000Z', '-extfile', self.path('ext', name))
