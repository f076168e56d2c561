//! Known answers, one form of everything, and that openssl agrees.

use std::process::Command;

use expect_test::expect;

use super::*;

/// The private key of RFC 6979, appendix A.2.5.
const SEED: [u8; 32] = [
    0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6, 0x93, 0x4e, 0x50, 0xc3,
    0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f, 0x67, 0x21,
];

fn key() -> PackageKey {
    PackageKey::from_seed(&SEED).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of "sample" and "test": `r` as in the RFC, and `s` where it is the low one.
#[test]
fn known_answers_of_rfc_6979() {
    let sample = hex(&key().sign(b"sample").unwrap());
    expect!["3045022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf371602200834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9"].assert_eq(&sample);
    let r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    assert!(sample.contains(r), "{sample}");
    let (r, s) = (
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
        "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    );
    let test = hex(&key().sign(b"test").unwrap());
    assert_eq!(test, format!("3045022100{r}0220{s}"));
}

#[test]
fn keys_are_read_back_in_one_form() {
    let pem = key().to_pem().unwrap();
    assert_eq!(PackageKey::from_pem(&pem).unwrap().public_key(), key().public_key());
    let public = key().public_key().clone();
    expect![[r#"
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7
        Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
        -----END PUBLIC KEY-----
        sha256:5a7a78cca4a0f420d9bc62bb669c3c2759e39f723d3ae10dcbe0f0815a07ecd4
        PackageKey { public: sha256:5a7a78cca4a0f420d9bc62bb669c3c2759e39f723d3ae10dcbe0f0815a07ecd4, .. }
    "#]]
    .assert_eq(&format!("{}{}\n{:?}\n", public.pem(), public.digest(), key()));
    assert_eq!(PackagePublicKey::from_pem(public.pem()).unwrap(), public);
    let windows = public.pem().replace('\n', "\r\n");
    let bare = public.pem().trim_end().to_owned();
    let commented = format!("# ours\n{}", public.pem());
    for other in [&windows, &bare, &commented, &pem, ""] {
        assert_eq!(PackagePublicKey::from_pem(other), Err(PackageKeyError::Public), "{other:?}");
    }
    assert_eq!(PackageKey::from_pem(public.pem()).err(), Some(PackageKeyError::Private));
    assert_eq!(PackageKey::from_seed(&[0; 32]).err(), Some(PackageKeyError::Seed));
    assert_eq!(PackageKey::from_seed(&[255; 32]).err(), Some(PackageKeyError::Seed));
}

#[test]
fn no_flipped_bit_of_a_public_key_is_read_as_the_same_key() {
    let pem = key().public_key().pem().to_owned();
    for at in 0..pem.len() * 8 {
        let mut bytes = pem.clone().into_bytes();
        bytes[at / 8] ^= 1 << (at % 8);
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let read = PackagePublicKey::from_pem(&text);
        assert!(read.is_err() || read.as_ref() != Ok(key().public_key()), "bit {at}");
    }
}

#[test]
fn signatures_have_one_form() {
    let public = key().public_key().clone();
    let sig = key().sign(b"sample").unwrap();
    assert_eq!(public.verify(b"sample", &sig), Ok(()));
    assert_eq!(public.verify(b"Sample", &sig), Err(PackageKeyError::Signature));
    for at in 0..sig.len() * 8 {
        let mut bad = sig.clone();
        bad[at / 8] ^= 1 << (at % 8);
        assert!(public.verify(b"sample", &bad).is_err(), "bit {at}");
    }
    let (r, s) = Signature::from_der(&sig).unwrap().split_scalars();
    let high = Signature::from_scalars(r, -s).unwrap().to_der().as_bytes().to_vec();
    assert_ne!(high, sig);
    assert_eq!(public.verify(b"sample", &high), Err(PackageKeyError::Form));
    assert_eq!(PackagePublicKey::normalize(&high).unwrap(), sig);
    assert_eq!(PackagePublicKey::normalize(b"sig"), Err(PackageKeyError::Form));
}

#[test]
fn openssl_reads_our_keys_and_we_read_its() {
    let folder = tempfile::tempdir().unwrap();
    let openssl = |args: &[&str]| {
        let output = Command::new("openssl").args(args).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "openssl {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("key.pem", key().to_pem().unwrap().as_bytes());
    assert_eq!(openssl(&["pkey", "-in", "key.pem", "-pubout"]), key().public_key().pem());
    write("pub.pem", key().public_key().pem().as_bytes());
    write("message", b"sample");
    write("sig", &key().sign(b"sample").unwrap());
    let verified = openssl(&["dgst", "-sha256", "-verify", "pub.pem", "-signature", "sig", "message"]);
    assert_eq!(verified, "Verified OK\n");
    let theirs = openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let theirs = PackageKey::from_pem(&theirs).unwrap();
    write("theirs.pem", theirs.to_pem().unwrap().as_bytes());
    openssl(&["dgst", "-sha256", "-sign", "theirs.pem", "-out", "theirs.sig", "message"]);
    let sig = std::fs::read(folder.path().join("theirs.sig")).unwrap();
    assert_eq!(theirs.public_key().verify(b"sample", &PackagePublicKey::normalize(&sig).unwrap()), Ok(()));
}
