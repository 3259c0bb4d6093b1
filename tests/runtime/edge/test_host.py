from pathlib import Path

from thakur.runtime.edge.host import measured
from thakur.sandbox import Enforcement, Measure


def test_a_host_is_measured_by_its_kernel(tmp_path: Path) -> None:
    names = Enforcement.__struct_fields__
    enforcement = Enforcement(
        **dict.fromkeys(names, Measure(is_enforced=True)) | {"memory": Measure(False, "no cgroup")}
    )

    facts = measured(tmp_path, 3, enforcement)

    assert 0 < facts.memory_used_bytes < facts.memory_bytes
    assert 0 < facts.disk_used_bytes < facts.disk_bytes
    assert facts.replicas == 3
    assert facts.not_enforced == {"memory": "no cgroup"}
    assert "memory" not in facts.enforced
    assert "sandbox" in facts.enforced
