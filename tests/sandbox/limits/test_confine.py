import resource

from support.stages import probe_in, run
from thakur.sandbox import (
    Limits,
)


async def test_too_much_memory_ends_the_command_and_is_told(root_stage):
    hungry = root_stage.with_bun("probe.mjs", "memory", app=probe_in(root_stage), limits=Limits(memory_bytes=96 << 20))

    ending, _ = await run(root_stage, hungry)

    assert ending.is_out_of_memory
    assert not ending.is_success


async def test_a_fork_bomb_is_stopped_by_its_limit(stage):
    bomb = stage.with_bun("probe.mjs", "fork", app=probe_in(stage), limits=Limits(processes=40))

    ending, output = await stage.play(run, bomb)

    assert "EAGAIN" in output
    # Without a control group nobody counts the refusals.
    assert ending.hit_process_limit == stage.is_root


async def test_a_command_gets_its_share_of_the_processor(root_stage):
    busy = "const t = Date.now(); while (Date.now() - t < 500); console.log(process.cpuUsage().user / 1000)"

    _, output = await run(root_stage, root_stage.with_bun("-e", busy, limits=Limits(cpus=0.2)))

    assert float(output) < 300


async def test_a_runtime_sees_its_limits(root_stage):
    script = "console.log(navigator.hardwareConcurrency, require('os').availableParallelism()); console.log(process.constrainedMemory())"

    _, output = await run(root_stage, root_stage.with_bun("-e", script))

    assert output == f"1 1\n{256 << 20}\n"


async def test_a_background_step_yields_to_others(root_stage):
    _, output = await run(root_stage, root_stage.spec("nice", is_background=True))

    assert int(output) > 0


async def test_a_tenants_command_is_the_first_to_go_and_leaves_no_core(stage):
    _, output = await stage.play(run, stage.shell("cat /proc/self/oom_score_adj; ulimit -c"))

    assert output.split() == ["500", "0"]


async def test_a_tenants_command_does_not_inherit_how_many_files_we_may_open(stage):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        _, output = await stage.play(run, stage.shell("ulimit -Sn; ulimit -Hn"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert [int(number) for number in output.split()] == [min(1_024, hard), min(65_536, hard)]
