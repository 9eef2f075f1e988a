"""A command beside a running app: the app, which has the database open, carries it out, and its words come back."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from lib.cli.shell.terminal import Terminal
from lib.core.errors import DatabaseHeld, Fault
from lib.store.holder import Holder

STARTING_SECONDS = 60
"""So long an app may need from opening the database to answering."""

UNKNOWN = "Whether it was done is not known; look, or do it again: what was done is not done twice."


def carry_out(holder: Holder, arguments: Sequence[str], config: str, terminal: Terminal) -> int:
    """Has the app carry out a command, and repeats what it says; the command's exit status.

    The command runs with the configuration and in the folder of this terminal.
    Raises DatabaseHeld where the app does not answer, does not let us, or stops midway.
    """
    command, *others = arguments
    asked = {
        # Behind it an explicit --config still counts; the app's own environment does not.
        "arguments": [command, "--config", config, *others],
        "folder": str(terminal.folder if terminal.folder.is_absolute() else Path.cwd() / terminal.folder),
        "watched": terminal.watched,
    }
    connection = _connected(holder)
    try:
        headers = {"Authorization": f"Bearer {holder.token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/command", json.dumps(asked), headers)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise _refusal(holder, f"does not carry out commands from here (it answers {answer.status})")
        for line in answer:
            said = json.loads(line)
            if "status" in said:
                return int(said["status"])
            stream = terminal.out if "out" in said else terminal.err
            stream.write(said.get("out", said.get("err", "")))
            stream.flush()
    except (http.client.HTTPException, ConnectionResetError, json.JSONDecodeError) as error:
        raise _refusal(holder, "broke off before the command was done", UNKNOWN) from error
    finally:
        connection.close()
    raise _refusal(holder, "stopped before the command was done", UNKNOWN)


def _connected(holder: Holder) -> http.client.HTTPConnection:
    """A connection to the app, waited for while it starts."""
    address = urlsplit(holder.address)
    host, port = address.hostname or "127.0.0.1", address.port
    connection: http.client.HTTPConnection
    if holder.certificate:
        # Its own certificate is all we trust; it need not name this machine.
        context = ssl.create_default_context(cafile=holder.certificate)
        context.check_hostname = False
        connection = http.client.HTTPSConnection(host, port, context=context)
    else:
        connection = http.client.HTTPConnection(host, port)
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            connection.connect()
        except (ConnectionRefusedError, socket.gaierror) as error:
            if time.monotonic() > deadline or not _is_alive(holder.process):
                raise _refusal(holder, "does not answer") from error
            time.sleep(0.2)
        else:
            return connection


def _is_alive(process: int) -> bool:
    return not Path("/proc").is_dir() or Path(f"/proc/{process}").exists()


def _refusal(holder: Holder, what: str, remedy: str = "Use its pages, or stop it and try again.") -> DatabaseHeld:
    where = f"the app at {holder.address} (process {holder.process})"
    return DatabaseHeld(Fault(where, f"has the database open and {what}", remedy), holder.process)
