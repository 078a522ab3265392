"""Takes away from this process, for good, all that decoding a file does not need.

Limits of memory, files and time hold everywhere. Landlock (files) and seccomp (network, other
processes) need Linux; where the kernel has neither, the rest still holds and it is said.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 4 << 30
_OPEN_FILES = 64

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# The same numbers on every architecture (Linux, include/uapi/asm-generic/unistd.h).
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_VERSION_FLAG = 1
_LANDLOCK_PATH_BENEATH = 1
# include/uapi/linux/landlock.h: all rights that each version of the interface knows.
_LANDLOCK_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_READ_FILE, _READ_DIR, _EXECUTE = 1 << 2, 1 << 3, 1 << 0

_CLONE_THREAD = 0x10000
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
# By machine; only x86-64 has fork and vfork.
_ARCHITECTURES: dict[str, tuple[int, int, int, tuple[int, ...]]] = {
    # architecture, clone, clone3, refused: socket, connect, bind, listen, socketpair, fork, vfork,
    # execve, execveat, kill, tkill, ptrace, process_vm_readv and _writev, mount, bpf,
    # io_uring_setup, userfaultfd, unshare, setns, keyctl, pidfd_open, pidfd_getfd
    "x86_64": (
        0xC000003E,
        56,
        435,
        (
            *(41, 42, 49, 50, 53, 57, 58, 59, 322, 62, 200, 101, 310, 311, 165, 321, 425, 323),
            *(272, 308, 250, 434, 438),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        435,
        (
            *(198, 203, 200, 201, 199, 221, 281, 129, 130, 117, 270, 271, 40, 280, 425, 282),
            *(97, 268, 219, 434, 438),
        ),
    ),
}
# The calls of the 32-bit interface of x86-64 (x32) carry this bit.
_X32 = 0x40000000


def end_with_parent() -> None:
    """Have the system kill this process when its parent dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def confine(*, memory_bytes: int = MEMORY_BYTES) -> list[str]:
    """Confine this process and its threads; call it before the first thread is started.

    Afterwards it opens no file but the code it runs, writes none, and starts and reaches nothing.
    What it has open stays open. Returns what this system could not take away, in words.
    """
    _limit(memory_bytes)
    missing: list[str] = []
    if sys.platform != "linux":
        return ["Landlock and seccomp need Linux"]
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return ["this kernel has no PR_SET_NO_NEW_PRIVS"]
    if not _allow_files(library, _code_folders()):
        missing.append("this kernel has no Landlock: files can be read")
    if not _filter_calls(library):
        missing.append("seccomp is not available: the network can be reached")
    return missing


def limit_cpu(seconds: int) -> None:
    """End this process when it has computed for so long."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _limit(memory_bytes: int) -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(kind, (limit, limit))


def _code_folders() -> list[Path]:
    """Where modules and libraries lie that are loaded when they are first needed."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    services = Path(__file__).resolve().parents[2]
    found = [*(Path(sysconfig.get_path(name)) for name in names), services]
    return [*found, Path("/usr/lib"), Path("/lib"), Path("/lib64"), Path("/usr/share/zoneinfo")]


def _allow_files(library: ctypes.CDLL, readable: Iterable[Path]) -> bool:
    """Leave reading beneath the folders, and no other access to files; whether that is possible."""
    version = library.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION_FLAG)
    if version < 1:
        return False
    handled = _LANDLOCK_RIGHTS[min(version, max(_LANDLOCK_RIGHTS))]
    attribute = struct.pack("<Q", handled)
    rules = library.syscall(_LANDLOCK_CREATE_RULESET, attribute, len(attribute), 0)
    if rules < 0:
        return False
    try:
        for folder in readable:
            _allow_beneath(library, rules, folder)
        return bool(library.syscall(_LANDLOCK_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow_beneath(library: ctypes.CDLL, rules: int, folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # this system has no such folder
    try:
        rule = struct.pack("<Qi", _READ_FILE | _READ_DIR | _EXECUTE, handle)
        library.syscall(_LANDLOCK_ADD_RULE, rules, _LANDLOCK_PATH_BENEATH, rule, 0)
    finally:
        os.close(handle)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _filter_calls(library: ctypes.CDLL) -> bool:
    """Have the kernel refuse the calls by which other processes and the network are reached."""
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return False
    code = b"".join(_filter(*known))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    done = library.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return bool(done == 0)


def _filter(architecture: int, clone: int, clone3: int, refused: tuple[int, ...]) -> list[bytes]:
    """Instructions of the classic packet filter over struct seccomp_data."""
    load, jump_equal, jump_least, jump_set, answer = 0x20, 0x15, 0x35, 0x45, 0x06

    def step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("<HBBI", code, then, otherwise, value)

    refuse = step(answer, _REFUSE | _EPERM)
    program = [
        step(load, 4),  # the architecture
        step(jump_equal, architecture, 1),
        refuse,
        step(load, 0),  # the call's number
        step(jump_least, _X32, 0, 1),
        refuse,
    ]
    for number in refused:
        program += [step(jump_equal, number, 0, 1), refuse]
    return [
        *program,
        # The C library then uses clone, whose flags can be read here.
        step(jump_equal, clone3, 0, 1),
        step(answer, _REFUSE | _ENOSYS),
        step(jump_equal, clone, 0, 3),
        step(load, 16),  # its flags: threads are allowed, processes are not
        step(jump_set, _CLONE_THREAD, 1, 0),
        refuse,
        step(answer, _ALLOW),
    ]
