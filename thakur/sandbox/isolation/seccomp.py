"""The filter of system calls as a classic BPF program, assembled here so that no library is needed."""

import platform
import struct

from thakur.sandbox.isolation.syscalls import NUMBERS

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
ERRNO = 0x00050000
EPERM = 1
ENOSYS = 38

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# Numbers from here on are the x32 calls, which share x86_64's architecture and would slip past the list.
X32_BIT = 0x40000000
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
NEW_NAMESPACE = 0x7E020000

# Asked for by programs that fall back politely when a kernel lacks them.
ABSENT = frozenset({"clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"})

_NUMBER_OFFSET = 0
_ARCHITECTURE_OFFSET = 4
_FIRST_ARGUMENT_OFFSET = 16

_LOAD_WORD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06


def program(machine: str = "") -> bytes | None:
    """The filter for `machine`, by default this one's; None for a machine whose numbers are not known.

    clone3 is answered with ENOSYS because a filter cannot read its flags; libraries then use clone, whose flags it reads.
    """
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        return None
    denied = [
        instruction
        for name, number in sorted(NUMBERS[machine].items())
        for instruction in _deny(number, ENOSYS if name in ABSENT else EPERM)
    ]
    return b"".join([*_check_machine(machine), *denied, *_check_clone(machine), _instruction(_RETURN, ALLOW)])


def _check_machine(machine: str) -> list[bytes]:
    return [
        _instruction(_LOAD_WORD, _ARCHITECTURE_OFFSET),
        _instruction(_JUMP_EQUAL, ARCHITECTURES[machine], if_true=1),
        _instruction(_RETURN, KILL_PROCESS),
        _instruction(_LOAD_WORD, _NUMBER_OFFSET),
        _instruction(_JUMP_AT_LEAST, X32_BIT, if_false=1),
        _instruction(_RETURN, KILL_PROCESS),
    ]


def _deny(number: int, errno: int) -> list[bytes]:
    return [_instruction(_JUMP_EQUAL, number, if_false=1), _instruction(_RETURN, ERRNO | errno)]


def _check_clone(machine: str) -> list[bytes]:
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    return [
        _instruction(_JUMP_EQUAL, clone, if_false=3),
        _instruction(_LOAD_WORD, _FIRST_ARGUMENT_OFFSET),
        _instruction(_JUMP_ANY_BIT, NEW_NAMESPACE, if_false=1),
        _instruction(_RETURN, ERRNO | EPERM),
    ]


def _instruction(code: int, operand: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
