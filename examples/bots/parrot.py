"""Says again what begins with a word, and proves that it missed nothing:  BOT_KEY=... parrot.py ROOM WORD"""
import hashlib
import os
import sys

from nats_text import Nats

room, word = sys.argv[1:3]
key = os.environ["BOT_KEY"]
nats = Nats()
nats.subscribe(f"chat.room.{room}")
print(nats.request(f"chatcmd.room.{room}", {"key": key, "type": "members"}), flush=True)

last = None  # sequence and hash of the last event
while True:
    message = nats.next()
    headers, event = message.headers, message.json()
    if headers.get("Nats-Stream") != "CHATLOG":
        continue  # somebody else published it: it is not from the log
    sequence, hashed = int(headers["Nats-Sequence"]), headers["Chat-Hash"]
    if last is not None:
        if int(headers["Nats-Last-Sequence"]) != last[0]:
            sys.exit(f"something was missed between {last[0]} and {sequence}")
        if hashlib.sha256(bytes.fromhex(last[1]) + message.data).hexdigest() != hashed:
            sys.exit(f"the hash chain is broken at {sequence}")
    last = (sequence, hashed)
    print(event["n"], event["type"], event["from"]["name"], event.get("text", ""), flush=True)
    if event["type"] == "message.posted" and event["text"].startswith(word + " "):
        say = {"key": key, "id": f"parrot-{sequence}", "type": "say", "text": event["text"][len(word) + 1 :]}
        print(nats.request(f"chatcmd.room.{room}", say), flush=True)
