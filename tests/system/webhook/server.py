# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""A server on loopback that answers as a test says, well or badly, over HTTP or TLS, and the channel that is asked to talk to it.

It works on bare sockets, because much of what is tried here no library would send.
"""

import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import traceback

# However loaded the machine is: whoever waits that long hangs.
PATIENCE = 60


def run_cases(cases):
    """Cases are functions; their first line of documentation is their name."""
    failures = 0
    print(f'1..{len(cases)}', flush=True)
    for number, case in enumerate(cases, 1):
        result = 'ok'
        try:
            case()
        except Exception:  # whatever it is, it is this case's failure
            result = 'not ok'
            failures += 1
            for line in traceback.format_exc().splitlines():
                print(f'# {line}')
        print(f'{result} {number} {case.__doc__.splitlines()[0]}', flush=True)
    sys.exit(1 if failures else 0)


class Request:
    """What came: method, path, headers as pairs and by name in small letters, body."""

    def __init__(self, head, body):
        first, *lines = head.decode('latin-1').split('\r\n')
        self.method, self.path, self.version = first.split(' ')
        self.pairs = [tuple(line.split(': ', 1)) for line in lines]
        self.headers = {name.lower(): value for name, value in self.pairs}
        self.body = body

    def json(self):
        return json.loads(self.body)


def answer(status='200 OK', body=b'', *headers):
    lines = [f'HTTP/1.1 {status}', f'Content-Length: {len(body)}', *headers, '', '']
    return '\r\n'.join(lines).encode() + body


class Server:
    """BEHAVE is called with the connection and the request, or is the bytes to answer with."""

    def __init__(self, behave, context=None, address='127.0.0.1'):
        self.behave = behave if callable(behave) else lambda connection, request: connection.sendall(behave)
        self.context = context
        self.requests = []
        self.connections = 0
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.socket = socket.create_server((address, 0))
        self.port = self.socket.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
            thread = threading.Thread(target=self.serve, args=[connection], daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, connection):
        with contextlib.suppress(OSError, ssl.SSLError, ConnectionError):
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            connection.settimeout(PATIENCE)
            with connection:
                while not self.stopped.is_set():
                    request = self.read(connection)
                    if request is None:
                        return
                    with self.lock:
                        self.requests.append(request)
                    if self.behave(connection, request) == 'close':
                        return

    @staticmethod
    def read(connection):
        data = b''
        while b'\r\n\r\n' not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, body = data.split(b'\r\n\r\n', 1)
        request = Request(head, b'')
        while len(body) < int(request.headers.get('content-length', 0)):
            body += connection.recv(65536)
        request.body = body
        return request

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.threads[0].join(PATIENCE)
        self.socket.close()


@contextlib.contextmanager
def temporary_folder():
    folder = tempfile.mkdtemp(prefix='jobtracker-webhook-')
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Authority:
    """A CA of the test's own, made with openssl."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, 'ca.pem')
        self.run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem',
                 '-days', '2', '-subj', '/CN=Test CA', '-addext', 'basicConstraints=critical,CA:TRUE')

    def run(self, *words):
        subprocess.run(['openssl', *words], cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def context(self, name, days='2'):
        """Of a server whose certificate is for NAME."""
        with open(os.path.join(self.folder, 'extensions'), 'w', encoding='ascii') as file:
            file.write(f'subjectAltName=DNS:{name}\n')
        self.run('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{name}.key', '-out', f'{name}.csr',
                 '-subj', f'/CN={name}')
        self.run('x509', '-req', '-in', f'{name}.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days,
                 '-extfile', 'extensions', '-out', f'{name}.pem')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, f'{name}.pem'), os.path.join(self.folder, f'{name}.key'))
        context.set_alpn_protocols(['h2', 'http/1.1'])
        return context


class Channel:
    """The program, and where it is."""
    program = None

    @classmethod
    def run(cls, settings, notifications, secrets=None, env=None, status=0):
        """The verdicts by id, in the order in which they came; a problem is under None."""
        lines = [{'type': 'configure', 'protocol': 1, 'channel': 'hook', 'host': 'web1', 'settings': settings, 'secrets': secrets or {}},
                 *notifications]
        # GLib's TLS is a module that is loaded late; the leak check of sanitized builds falls over its thread-local variables.
        sanitizer = {'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':intercept_tls_get_addr=0'}
        done = subprocess.run([cls.program], input=''.join(json.dumps(line) + '\n' for line in lines), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE, check=False, encoding='utf-8', env={**os.environ, **sanitizer, **(env or {})})
        assert done.stderr == '', done.stderr
        verdicts = {}
        for line in done.stdout.splitlines():
            verdict = json.loads(line)
            assert verdict.get('id') not in verdicts, f'answered twice: {line}'
            verdicts[verdict.get('id')] = verdict
        if None in verdicts:
            status = 1
        assert done.returncode == status, f'{done.returncode}: {done.stdout}'
        return verdicts


def notification(number=1, **changes):
    note = {
        'type': 'notification', 'id': str(number), 'message-id': f'<run-42.failed.{number}@web1>', 'event': 'failed',
        'severity': 'error', 'is-repeat': False,
        'recipient': {'address': '', 'name': 'alice', 'user': 1000, 'language': 'en'},
        'subject': 'backup failed: exit code 1', 'text': 'Line one\n  tar: "disk" is full & <b>*gone*</b>\n@channel',
        'job': {'name': 'backup', 'tags': ['nightly', 'disk "two"']}, 'run': {'id': 42, 'exit-code': 1},
        'links': {'run': 'https://jobs.example.com/runs/42', 'job': 'https://jobs.example.com/jobs/7'},
        'created': '2026-11-28T06:15:02Z',
    }
    note.update(changes)
    return {key: value for key, value in note.items() if value is not None}
