from support.stages import run
from thakur.sandbox import Bind, certificate_binds


def test_only_what_lies_outside_the_system_is_bound(tmp_path):
    own = tmp_path / "ca.pem"
    own.touch()
    passed = {
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
        "SSL_CERT_DIR": f"/usr/share/ca-certificates:{tmp_path}:{tmp_path}/gone",
        "NODE_EXTRA_CA_CERTS": str(own),
        "HTTPS_PROXY": str(tmp_path),
    }

    assert certificate_binds(passed) == (Bind(str(tmp_path), str(tmp_path)), Bind(str(own), str(own)))
    assert certificate_binds({}) == ()


async def test_a_step_reads_the_operators_certificate_and_cannot_change_it(stage):
    made = stage.make("ca", {"ca.pem": "certificate"})
    binds = certificate_binds({"NODE_EXTRA_CA_CERTS": f"{made}/ca.pem"})

    ending, output = await stage.play(run, stage.shell(f"cat {made}/ca.pem; : > {made}/ca.pem", binds=binds))

    assert output.startswith("certificate")
    assert not ending.is_success
