# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""A mail server that says what a script has it say, at any point, and keeps what it hears."""

import socket
import threading

DROP, STALL = object(), object()
LINE_LIMIT = 1 << 20


class Gone(Exception):
    """The other side has ended the connection."""


class Talk:
    """One connection, in blocking bytes."""

    def __init__(self, server, connection):
        self.server = server
        self.socket = connection
        self.buffer = b''
        self.is_secure = False

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Gone from error

    def line(self):
        while b'\r\n' not in self.buffer:
            try:
                more = self.socket.recv(65536)
            except OSError as error:
                raise Gone from error
            if not more or len(self.buffer) > LINE_LIMIT:
                raise Gone
            self.buffer += more
        line, self.buffer = self.buffer.split(b'\r\n', 1)
        return line

    def stall(self):
        """Until the other side has had enough."""
        try:
            while self.socket.recv(65536):
                pass
        except OSError:
            pass
        raise Gone

    def stall_deaf(self):
        """Reads nothing either; until the test is over."""
        self.server.ending.wait(60)
        raise Gone

    def message(self):
        """The bytes between DATA and the final dot, dots unstuffed; CR and LF elsewhere are kept."""
        raw = b''
        while True:
            line = self.line()
            if line == b'.':
                return raw
            raw += (line[1:] if line.startswith(b'.') else line) + b'\r\n'

    def secure(self):
        self.socket = self.server.tls.wrap_socket(self.socket, server_side=True)
        self.is_secure = True
        self.buffer = b''


class FakeSmtp:
    """SCRIPT: what to answer by command ('greeting', 'EHLO', …, '.' after the message): text without CRLF, bytes as
    they are, DROP, STALL, a list of these to be used up, or a function of the Talk and the line. The rest goes well."""

    def __init__(self, script=None, tls=None, is_tls_at_once=False, offers=()):
        self.script = {key: list(value) if isinstance(value, list) else value for key, value in (script or {}).items()}
        self.tls = tls
        self.is_tls_at_once = is_tls_at_once
        self.offers = list(offers)
        self.mails = []
        self.commands = []
        self.clear = b''
        self.n_connections = 0
        self.talks = []
        self.ending = threading.Event()
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for talk in self.talks:
            try:
                talk.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self.threads:
            thread.join(10)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.n_connections += 1
            talk = Talk(self, connection)
            self.talks.append(talk)
            thread = threading.Thread(target=self.serve, args=(talk,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, talk):
        try:
            if self.is_tls_at_once:
                talk.secure()
            self.answer(talk, 'greeting', b'', '220 fake ESMTP')
            while True:
                self.take_command(talk)
        except (Gone, OSError):
            pass
        finally:
            talk.socket.close()

    def answer(self, talk, command, line, well):
        """True: it is the one that all goes well with."""
        reply = self.script.get(command, well)
        if isinstance(reply, list):
            reply = reply.pop(0) if reply else well
        if callable(reply):
            reply = reply(talk, line)
        if reply is DROP:
            raise Gone
        if reply is STALL:
            talk.stall()
        talk.send(reply if isinstance(reply, bytes) else reply.encode() + b'\r\n')
        return reply == well

    def take_command(self, talk):
        line = talk.line()
        verb = line.split(b' ')[0].decode('ascii', 'replace').upper()
        self.commands.append(line)
        if not talk.is_secure:
            self.clear += line + b'\n'
        if verb == 'EHLO':
            offers = self.offers + (['STARTTLS'] if self.tls and not talk.is_secure else [])
            lines = ['fake', *offers]
            self.answer(talk, 'EHLO', line, '\r\n'.join(f'250{"-" if i < len(lines) - 1 else " "}{text}'
                                                        for i, text in enumerate(lines)))
        elif verb == 'STARTTLS':
            if self.answer(talk, 'STARTTLS', line, '220 go ahead'):
                talk.secure()
        elif verb == 'DATA':
            if self.answer(talk, 'DATA', line, '354 go ahead'):
                talk.mail['raw'] = talk.message()
                self.mails.append(talk.mail)
                self.answer(talk, '.', line, '250 2.0.0 Ok: queued as 7')
        elif verb == 'QUIT':
            self.answer(talk, 'QUIT', line, '221 bye')
            raise Gone
        else:
            if verb == 'MAIL':
                talk.mail = {'from': line, 'to': []}
            if self.answer(talk, verb, line, '235 welcome' if verb == 'AUTH' else '250 Ok') and verb == 'RCPT':
                talk.mail['to'].append(line)
