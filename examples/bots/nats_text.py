"""As much of the NATS text protocol as a bot needs, with nothing but the standard library."""
import json
import os
import secrets
import socket
from collections import deque
from urllib.parse import unquote, urlsplit


class Message:
    def __init__(self, subject, sid, reply, headers, data):
        self.subject, self.sid, self.reply = subject, sid, reply
        self.headers, self.data = headers, data

    def json(self):
        return json.loads(self.data)


class Nats:
    """NATS_URL: nats://user:password@host:port; NATS_INBOX: _INBOX.<user> under `nats-config`."""

    def __init__(self, timeout=30):
        url = urlsplit(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"))
        self.inbox = os.environ.get("NATS_INBOX", "_INBOX") + "." + secrets.token_hex(12)
        self.socket = socket.create_connection((url.hostname, url.port or 4222), timeout)
        self.lines = self.socket.makefile("rb")
        self.waiting = deque()
        self.sids = 0
        options = {"verbose": False, "headers": True, "no_responders": True, "lang": "python3"}
        if url.username is not None:
            options.update(user=unquote(url.username), **{"pass": unquote(url.password or "")})
        self.send(f"CONNECT {json.dumps(options)}\r\nPING\r\n".encode())
        while self.lines.readline() not in (b"PONG\r\n", b""):
            pass  # INFO, and +OK

    def send(self, data):
        self.socket.sendall(data)

    def subscribe(self, subject):
        self.sids += 1
        self.send(f"SUB {subject} {self.sids}\r\n".encode())
        return str(self.sids)

    def publish(self, subject, payload=b"", reply=""):
        self.send(f"PUB {subject} {reply} {len(payload)}\r\n".encode() + payload + b"\r\n")

    def request(self, subject, body):
        """Asks and returns the answer; what else comes meanwhile is kept for next()."""
        inbox = f"{self.inbox}.{self.sids}"
        sid = self.subscribe(inbox)
        self.publish(subject, json.dumps(body).encode(), inbox)
        self.send(f"UNSUB {sid} 1\r\n".encode())
        while True:
            message = self.read()
            if message.sid != sid:
                self.waiting.append(message)
            elif message.headers.get("Status") == "503":
                raise ConnectionError(f"nobody answers on {subject}")
            else:
                return message.json()

    def next(self):
        return self.waiting.popleft() if self.waiting else self.read()

    def read(self):
        while True:
            verb, *rest = self.lines.readline().decode().split()
            if verb == "PING":
                self.send(b"PONG\r\n")
            elif verb == "-ERR":
                raise PermissionError(" ".join(rest))
            elif verb in ("MSG", "HMSG"):
                return self.message(verb, rest)

    def message(self, verb, rest):
        # MSG subject sid [reply] bytes;  HMSG subject sid [reply] bytes-of-headers bytes
        sizes = [int(size) for size in rest[-2 if verb == "HMSG" else -1 :]]
        names = rest[: -len(sizes)]
        reply = names[2] if len(names) > 2 else ""
        payload = self.lines.read(sizes[-1] + 2)[:-2]
        head, data = payload[: sizes[0]], payload[sizes[0] :]
        if verb == "MSG":
            head, data = b"", payload
        return Message(names[0], names[1], reply, self.headers(head.decode()), data)

    @staticmethod
    def headers(text):
        # "NATS/1.0 503" has a status in its first line.
        first, *lines = text.strip().split("\r\n")
        found = dict(line.split(": ", 1) for line in lines if ": " in line)
        return found | ({"Status": first.split()[1]} if len(first.split()) > 1 else {})
