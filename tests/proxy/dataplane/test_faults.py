"""The table of faults: whose fault decides how loudly it is said."""

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import ERROR, INFO, REASONS, WARNING, Fault

FAULTS = [value for value in vars(faults).values() if isinstance(value, Fault)]


def test_the_clients_fault_is_info_the_applications_a_warning_and_ours_an_error():
    for fault in FAULTS:
        expected = {INFO} if fault.status < 500 or fault is faults.NOT_IMPLEMENTED else {WARNING, ERROR}
        assert fault.level in expected, fault.name
    assert faults.FILES_GONE.level == ERROR


def test_every_status_has_a_reason_and_every_name_is_one_row():
    assert {fault.status for fault in FAULTS} == set(REASONS)
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
