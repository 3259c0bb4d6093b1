"""Labels of environments, and the hosts that follow from them."""

import pytest

from thakur.projects import PRODUCTION, Scope, branch_labels, fork_label, hostname, is_fork
from thakur.projects.labels import scope_of


@pytest.mark.parametrize(
    ("branch", "label"),
    [
        ("next", "git-next"),
        ("feat/Cart_2", "git-feat-cart-2"),
        ("--upload-pack=x", "git-upload-pack-x"),
        ("../..", "git-0cfd1c"),
        ("日本", "git-cf2abf"),
        ("feat/$(touch${IFS}pwn);x&y|`id`é", "git-feat-touch-ifs-pwn-x-y-id-e"),
    ],
)
def test_a_branch_s_label_is_one_that_a_host_may_have(branch: str, label: str) -> None:
    assert branch_labels(branch)[0] == label
    assert hostname("shop", label, "example.com") == f"shop-{label}.example.com"


def test_of_two_branches_that_want_one_label_the_other_has_its_own() -> None:
    one, other = branch_labels("feat/x"), branch_labels("feat-x")

    assert one[0] == other[0] == "git-feat-x"
    assert one[1] != other[1]
    assert one[1].startswith("git-feat-x-")


def test_a_long_branch_s_host_is_cut_and_no_other_s() -> None:
    hosts = {hostname("a" * 40, branch_labels("x" * 200 + end)[0], "example.com") for end in ("1", "2")}

    assert len(hosts) == 2
    assert {len(label) for end in ("1", "2") for label in branch_labels("x" * 200 + end)[:1]} == {63}
    assert {len(host.partition(".")[0]) for host in hosts} == {63}


def test_only_a_fork_is_given_nobody_s_env_vars() -> None:
    labels = (PRODUCTION, "git-pr-7", "git-next", fork_label(7))

    assert [is_fork(label) for label in labels] == [False, False, False, True]
    assert [scope_of(label) for label in labels] == [Scope.PRODUCTION, Scope.PREVIEW, Scope.PREVIEW, None]
