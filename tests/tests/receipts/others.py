# Checks a receipt with securesystemslib, and what a run changed with in-toto-verify. Everything is
# theirs but the order: a folder that `tau receipt --out` has written is the only argument, and the
# first wrong thing ends it.
import glob
import json
import os
import subprocess
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from in_toto.models.layout import Layout, Step
from in_toto.models.metadata import Envelope as Signed
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

folder = sys.argv[1]


def key(role):
    with open(os.path.join(folder, role + ".pub.pem"), "rb") as file:
        return SSlibKey.from_crypto(load_pem_public_key(file.read()))


def accepts(line, signer):
    try:
        Envelope.from_dict(json.loads(line)).verify([signer], 1)
        return True
    except VerificationError:
        return False


runner, verifier = key("runner"), key("verifier")
(receipt,) = glob.glob(os.path.join(folder, "*.intoto.jsonl"))
with open(receipt, encoding="utf-8") as file:
    lines = file.read().splitlines()

for at, line in enumerate(lines):
    signer, other = (runner, verifier) if at == len(lines) - 1 else (verifier, runner)
    assert accepts(line, signer), f"securesystemslib refuses line {at + 1}"
    assert not accepts(line, other), f"line {at + 1} counts as the other key's"
    twin = json.loads(line)
    payload = twin["payload"]
    twin["payload"] = payload[:-8] + ("AAAA" if payload[-8:-4] != "AAAA" else "BBBB") + payload[-4:]
    assert not accepts(json.dumps(twin), signer), f"the twin of line {at + 1} is accepted"
print(f"securesystemslib: {len(lines)} accepted, {len(lines)} twins refused")

# A project's owner says who makes changes and which files they may touch.
private = Ed25519PrivateKey.generate()
owner = CryptoSigner(private)
step = Step(
    name="tau",
    pubkeys=[runner.keyid],
    expected_materials=[["ALLOW", "src/*"], ["DISALLOW", "*"]],
    expected_products=[["MODIFY", "src/*"], ["DISALLOW", "*"]],
)
described = {"keyid": runner.keyid, **runner.to_dict()}
layout = Layout(expires="2100-01-01T00:00:00Z", steps=[step], keys={runner.keyid: described})
signed = Signed.from_signable(layout)
signed.create_signature(owner)
signed.dump(os.path.join(folder, "root.layout"))
with open(os.path.join(folder, "owner.pem"), "wb") as file:
    public = private.public_key()
    file.write(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def in_toto_verify():
    start = "from in_toto.in_toto_verify import main; main()"
    command = [sys.executable, "-c", start, "--layout", "root.layout"]
    command += ["--verification-keys", "owner.pem"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


done = in_toto_verify()
assert done.returncode == 0, done.stdout + done.stderr
(link,) = glob.glob(os.path.join(folder, "tau.*.link"))
with open(link, encoding="utf-8") as file:
    twin = json.load(file)
twin["payload"] = "AAAA" + twin["payload"][4:]
with open(link, "w", encoding="utf-8") as file:
    json.dump(twin, file)
done = in_toto_verify()
assert done.returncode != 0, "in-toto-verify accepts the twin of the link"
print("in-toto-verify: the link accepted, its twin refused")
