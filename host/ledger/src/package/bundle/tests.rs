//! One form of a bundle, and nothing signed but by the key that it names.

use expect_test::expect;

use super::*;
use crate::package::PackageKey;

fn key(seed: u8) -> PackageKey {
    PackageKey::from_seed(&[seed; 32]).unwrap()
}

fn signed() -> Vec<u8> {
    Bundle::sign(b"{}".to_vec(), &key(1)).unwrap().to_bytes().unwrap()
}

fn verify(bytes: &[u8], key: &PackageKey) -> Result<Vec<u8>, BundleError> {
    Bundle::parse(bytes)?.verify(key.public_key()).map(<[u8]>::to_vec)
}

#[test]
fn known_bytes() {
    expect![[r#"{"dsseEnvelope":{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"+FeuTtbjTjN2Guolyq7j/lShWWD7ktzWOjdasSHesqk=","sig":"MEQCIDXlpGetxCxEQdJ92BSBrJPOgNlQv4sdkOqCGoFK1ZNnAiAHeXx8oI7bRk/t4i07oHy8xh8fg2f85OvF/gg/RTGm4w=="}]},"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"+FeuTtbjTjN2Guolyq7j/lShWWD7ktzWOjdasSHesqk="}}}"#]].assert_eq(&String::from_utf8(signed()).unwrap());
    assert_eq!(verify(&signed(), &key(1)).unwrap(), b"{}");
    assert_eq!(Bundle::parse(&signed()).unwrap().to_bytes().unwrap(), signed());
}

#[test]
fn every_flipped_bit_is_refused() {
    for at in 0..signed().len() * 8 {
        let mut bad = signed();
        bad[at / 8] ^= 1 << (at % 8);
        assert!(verify(&bad, &key(1)).is_err(), "bit {at}");
    }
}

#[test]
fn refusals() {
    let text = String::from_utf8(signed()).unwrap();
    let sig = &text[text.find(r#"{"keyid""#).unwrap()..text.find("]}").unwrap()];
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        verify(text.replacen(from, to, 1).as_bytes(), &key(1)).unwrap_err().to_string()
    };
    let lines = [
        refused("bundle.v0.3", "bundle.v0.2"),
        refused("in-toto+json", "json"),
        refused(sig, ""),
        refused(sig, &format!("{sig},{sig}")),
        refused(r#""payload":"e30=""#, r#""payload":"e30""#),
        refused(r#""payload":"e30=""#, r#""payload":"e31=""#),
        refused(r#""payload":"e30=""#, r#""payload":"e30K""#),
        refused(r#"{"dsse"#, r#"{ "dsse"#),
        refused(r#"{"hint""#, r#"{"Hint""#),
        verify(&signed(), &key(2)).unwrap_err().to_string(),
    ];
    expect![[r#"
        the media type is `application/vnd.dev.sigstore.bundle.v0.2+json`, expected `application/vnd.dev.sigstore.bundle.v0.3+json`
        the payload type is `application/vnd.json`, expected `application/vnd.in-toto+json`
        it has 0 signatures, expected 1
        it has 2 signatures, expected 1
        it is not the JSON expected
        it is not the JSON expected
        the signature is not that of the key over these bytes
        it is not canonical JSON, first at byte 1
        it is not the JSON expected
        it names the key `+FeuTtbjTjN2Guolyq7j/lShWWD7ktzWOjdasSHesqk=`, expected `WgenI8eVaDCuLmvg73GzmRFi9epC0tVLhpzyFnNNeNM=`"#]].assert_eq(&lines.join("\n"));
}

/// A signer whose key is not its own.
struct Other(PackageKey, PackageKey);

impl PackageSigner for Other {
    fn public_key(&self) -> &PackagePublicKey {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.1.sign(message)
    }
}

#[test]
fn a_signature_is_verified_before_it_is_handed_out() {
    let refused = Bundle::sign(b"{}".to_vec(), &Other(key(1), key(2)));
    assert!(matches!(refused, Err(BundleError::Key(PackageKeyError::Signature))));
}

/// What an auditor does who has no program of ours: the PAE made by hand, the rest by openssl.
#[test]
fn openssl_verifies_a_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("bundle.json", &signed());
    write("pub.pem", key(1).public_key().pem().as_bytes());
    write("other.pem", key(2).public_key().pem().as_bytes());
    let run = |program: &str, args: &[&str]| {
        let output = std::process::Command::new(program).args(args).current_dir(folder.path()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let script = r#"
import base64, hashlib, json
bundle = json.load(open("bundle.json"))
envelope = bundle["dsseEnvelope"]
kind, body = envelope["payloadType"], base64.b64decode(envelope["payload"], validate=True)
open("pae", "wb").write(b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(body), body))
open("sig", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"], validate=True))
der = base64.b64decode("".join(open("pub.pem").read().split("-----")[2].split()))
print(base64.b64encode(hashlib.sha256(der).digest()).decode() == envelope["signatures"][0]["keyid"])
"#;
    assert_eq!(run("python3", &["-c", script]), (true, "True\n".into()));
    let verify =
        |key: &str, message: &str| run("openssl", &["dgst", "-sha256", "-verify", key, "-signature", "sig", message]);
    assert_eq!(verify("pub.pem", "pae"), (true, "Verified OK\n".into()));
    assert!(!verify("other.pem", "pae").0);
    assert!(!verify("pub.pem", "bundle.json").0);
}
