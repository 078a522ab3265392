"""Checks what `make` cannot install: Python, Node, and a free port. Standard library only.

`python3 deploy/preflight.py [--port]`. Written for any Python 3, so that an old one can be named.
"""

import errno
import os
import socket
import subprocess
import sys

PYTHON = (3, 11)
NODE = (20, 19)
DEFAULT_PORT = 8080
LAST_PORT = 65535


def main():
    # type: () -> int
    """Says the first thing that is missing; the exit code."""
    fault = python_fault(sys.version_info[:2]) or node_fault(node_version())
    if not fault and "--port" in sys.argv[1:]:
        host = os.environ.get("SAGE_BIND_HOST") or "127.0.0.1"
        fault = port_fault(host, os.environ.get("SAGE_PORT") or str(DEFAULT_PORT))
    if fault:
        print("sage: " + fault, file=sys.stderr)
    return 1 if fault else 0


def python_fault(version):
    # type: (tuple[int, ...]) -> str
    """What is wrong with the Python that runs this; empty when nothing is."""
    if version >= PYTHON:
        return ""
    return "Python {}.{} or newer is needed, python3 is {}.{}".format(*PYTHON + tuple(version))


def node_version():
    # type: () -> str | None
    """What `node --version` says, or None without node."""
    try:
        return subprocess.check_output(["node", "--version"]).decode().strip()  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        return None


def node_fault(version):
    # type: (str | None) -> str
    """What is wrong with Node, given as `v20.19.1`; empty when nothing is."""
    needed = "Node.js {}.{} or newer is needed to build the web page, ".format(*NODE)
    if version is None:
        return needed + "and `node` was not found"
    numbers = version.lstrip("v").split(".")[:2]
    if all(number.isdigit() for number in numbers) and tuple(map(int, numbers)) >= NODE:
        return ""
    return needed + "node is " + version


def port_fault(host, port):
    # type: (str, str) -> str
    """Why nobody can listen on `port`; empty when somebody can."""
    if not port.isdigit() or int(port) > LAST_PORT:
        return f"SAGE_PORT is {port!r}, not a port number"
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        # As servers do: a connection of an earlier run that is still closing is no obstacle.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        listener.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = int(port) % LAST_PORT + 1
            return f"port {port} is in use; stop what listens there, or: SAGE_PORT={other} make run"
        return f"cannot listen on {host}:{port} (SAGE_BIND_HOST, SAGE_PORT): {error.strerror}"
    finally:
        listener.close()
    return ""


if __name__ == "__main__":
    sys.exit(main())
