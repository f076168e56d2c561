"""Verifies a package's manifest with securesystemslib, which knows nothing of tickmark.

usage: verify_dsse.py FOLDER    an unpacked package
"""

import base64
import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

# The hexadecimal form is what securesystemslib takes a signature in; a bundle has base64.
folder = pathlib.Path(sys.argv[1])
bundle = json.loads((folder / "manifest.sigstore.json").read_bytes())
envelope = bundle["dsseEnvelope"]
(signature,) = envelope["signatures"]
public = load_pem_public_key((folder / "package.pub.pem").read_bytes())
key = SSlibKey.from_crypto(public, keyid=signature["keyid"], scheme="ecdsa-sha2-nistp256")
Envelope.from_dict(
    {
        "payload": envelope["payload"],
        "payloadType": envelope["payloadType"],
        "signatures": [{"keyid": signature["keyid"], "sig": signature["sig"]}],
    }
).verify([key], 1)

statement = json.loads(base64.b64decode(envelope["payload"]))
(subject,) = statement["subject"]
digest = hashlib.sha256((folder / subject["name"]).read_bytes()).hexdigest()
if digest != subject["digest"]["sha256"]:
    sys.exit(f"{subject['name']} has digest {digest}, the statement names {subject['digest']['sha256']}")
print(statement["predicateType"], statement["predicate"]["result"])
