"""A mail server for tests: aiosmtpd on a free port of loopback, until its standard input ends.

Prints a line of JSON with its port, then one for each mail that it took. Addresses decide how it
answers: the first mail to "later@..." is put off (451), those to "never@..." are refused (550).
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"lodestar", b"p@ss/word"


def say(what):
    print(json.dumps(what), flush=True)


class Box:
    def __init__(self):
        self.put_off = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("never@"):
            return "550 5.1.1 There is nobody of that name here"
        if address.startswith("later@") and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: mail.get_body((kind,)).get_content()
        say({
            "hello": session.host_name,
            "from": mail["from"],
            "to": mail["to"],
            "subject": mail["subject"],
            "id": mail["message-id"],
            "text": part("plain"),
            "html": part("html"),
        })
        return "250 OK"


def check(server, session, envelope, mechanism, data):
    # What is not handled here is refused by the server with 535.
    return AuthResult(success=(data.login, data.password) == (USER, PASSWORD), handled=False)


async def main():
    box = Box()
    make = lambda: SMTP(box, hostname="localhost", auth_required=True, auth_require_tls=False, authenticator=check)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", 0)
    say({"port": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
