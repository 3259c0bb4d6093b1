import pytest

from support.stages import alive, run


async def test_what_a_step_leaves_running_ends_with_it(stage):
    ending, output = await stage.play(run, stage.shell("(while :; do echo noise; done) & sleep 0.1; echo done; exit 0"))

    assert ending.is_success
    assert ending.seconds < 5
    assert "noise" in output
    assert alive(stage) == frozenset()


async def test_an_error_of_the_listener_ends_the_step(root_stage):
    def refuse(_chunk: bytes) -> None:
        raise KeyError("no such stream")

    with pytest.raises(KeyError):
        await root_stage.sandbox.run(root_stage.shell("echo out; sleep 60"), refuse, 20)

    assert alive(root_stage) == frozenset()


async def test_a_long_output_comes_whole_and_in_order(stage):
    _, output = await stage.play(run, stage.shell("seq 1 100000"))

    assert output == "".join(f"{number}\n" for number in range(1, 100_001))


async def test_a_step_may_close_its_output_and_go_on(stage):
    ending, output = await stage.play(run, stage.shell("echo out; exec >&- 2>&-; sleep 0.2; exit 4"))

    assert (ending.code, output) == (4, "out\n")
