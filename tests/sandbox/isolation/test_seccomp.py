import platform
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.sandbox.isolation import seccomp
from thakur.sandbox.isolation.syscalls import NUMBERS

MACHINES = sorted(seccomp.ARCHITECTURES)
CLONE = {"x86_64": 56, "aarch64": 220}
SIGCHLD = 17
THREAD_FLAGS = 0x3D0F00


def answer(machine: str, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """Run the program as the kernel does, for one call."""
    data = struct.pack("=IIQ6Q", number, architecture or seccomp.ARCHITECTURES[machine], 0, argument, 0, 0, 0, 0, 0)
    program = seccomp.program(machine)
    assert program is not None
    instructions = list(struct.iter_unpack("=HBBI", program))
    position = accumulator = 0
    while True:
        code, if_true, if_false, operand = instructions[position]
        position += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, operand)[0]
            continue
        holds = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: bool(accumulator & operand)}[code]
        position += if_true if holds else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_each_listed_call_is_refused(machine):
    for name, number in NUMBERS[machine].items():
        errno = seccomp.ENOSYS if name in seccomp.ABSENT else seccomp.EPERM
        assert answer(machine, number) == seccomp.ERRNO | errno, name


@pytest.mark.parametrize("machine", MACHINES)
@given(number=st.integers(0, 500))
def test_every_other_call_is_allowed(machine, number):
    if number not in NUMBERS[machine].values():
        assert answer(machine, number) == seccomp.ALLOW


@pytest.mark.parametrize("machine", MACHINES)
@given(namespaces=st.integers(1, 0xFFFFFFFF))
def test_clone_makes_threads_and_processes_but_no_namespaces(machine, namespaces):
    flags = namespaces & seccomp.NEW_NAMESPACE

    assert answer(machine, CLONE[machine], SIGCHLD) == seccomp.ALLOW
    assert answer(machine, CLONE[machine], THREAD_FLAGS) == seccomp.ALLOW
    if flags:
        assert answer(machine, CLONE[machine], flags | SIGCHLD) == seccomp.ERRNO | seccomp.EPERM


@pytest.mark.parametrize("machine", MACHINES)
@given(architecture=st.integers(1, 0xFFFFFFFF), number=st.integers(0, 0xFFFFFFFF))
def test_calls_of_another_architecture_kill(machine, architecture, number):
    if architecture != seccomp.ARCHITECTURES[machine]:
        assert answer(machine, number, architecture=architecture) == seccomp.KILL_PROCESS


@given(number=st.integers(seccomp.X32_BIT, 0xFFFFFFFF))
def test_the_other_numbering_of_x86_64_kills(number):
    assert answer("x86_64", number) == seccomp.KILL_PROCESS


def test_this_machine_is_the_default_and_an_unknown_one_has_no_program():
    assert seccomp.program() == seccomp.program(platform.machine())
    assert seccomp.program("riscv64") is None


@pytest.mark.parametrize("machine", MACHINES)
def test_the_program_fits_the_kernels_limit(machine):
    assert len(seccomp.program(machine)) // 8 < 4096
