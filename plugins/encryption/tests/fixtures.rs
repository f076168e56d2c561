//! What OpenSSL 3.0.19 and lsblk of util-linux 2.38.1 printed, recorded by `fixtures/make-fixtures.sh`, and lists that were
//! built from published formats.

mod common;

use common::{report, tls, volumes};

#[track_caller]
fn check(got: &str, want: &str) {
    assert!(got == want.trim_start(), "got:\n{got}");
}

#[test]
fn a_good_endpoint() {
    check(&report(&tls(include_bytes!("fixtures/tls/good.txt"))), "");
}

#[test]
fn an_endpoint_of_tls_1_2() {
    check(&report(&tls(include_bytes!("fixtures/tls/tls12.txt"))), "");
}

/// openssl names the version of the cipher, TLSv1.0, before that of the session.
#[test]
fn an_endpoint_of_tls_1_1() {
    check(&report(&tls(include_bytes!("fixtures/tls/tls11.txt"))), "");
}

#[test]
fn an_expired_certificate() {
    check(&report(&tls(include_bytes!("fixtures/tls/expired.txt"))), "");
}

#[test]
fn a_certificate_for_another_name() {
    check(&report(&tls(include_bytes!("fixtures/tls/wrong-name.txt"))), "");
}

#[test]
fn a_certificate_with_a_short_key() {
    check(&report(&tls(include_bytes!("fixtures/tls/weak.txt"))), "");
}

#[test]
fn a_certificate_that_signed_itself() {
    check(&report(&tls(include_bytes!("fixtures/tls/self-signed.txt"))), "");
}

#[test]
fn an_endpoint_where_nobody_listens() {
    check(&report(&tls(include_bytes!("fixtures/tls/refused.txt"))), "");
}

#[test]
fn a_handshake_that_was_refused_says_nothing_of_the_chain() {
    check(&report(&tls(include_bytes!("fixtures/tls/legacy-refused.txt"))), "");
}

/// Both take TLS 1.1: of one the handshake was completed, of the other openssl saw the certificate and gave up itself.
#[test]
fn old_versions_are_accepted_or_refused() {
    let legacy = |text: &[u8]| {
        let host = tls(include_bytes!("fixtures/tls/good.txt")).with_setting("probe_legacy", true).file(
            "tls",
            "app.example.com_443.legacy.txt",
            text,
        );
        report(&host)
            .lines()
            .next()
            .unwrap_or_default()
            .split(' ')
            .find(|cell| cell.starts_with("legacy"))
            .map(str::to_owned)
    };
    let accepted = |truth: bool| Some(format!("legacy_accepted={truth}"));
    assert_eq!(legacy(include_bytes!("fixtures/tls/tls11.txt")), accepted(true));
    assert_eq!(legacy(include_bytes!("fixtures/tls/legacy-half.txt")), accepted(true));
    assert_eq!(legacy(include_bytes!("fixtures/tls/legacy-refused.txt")), accepted(false));
    assert_eq!(legacy(include_bytes!("fixtures/tls/refused.txt")), None);
    // A probe that offered a current version proves nothing.
    assert_eq!(legacy(include_bytes!("fixtures/tls/tls12.txt")), None);
}

#[test]
fn a_machine_without_any_encryption() {
    check(&report(&volumes("lsblk-file", include_bytes!("fixtures/lsblk/here.json"))), "");
}

/// The column of util-linux before 2.37.
#[test]
fn one_mount_point_for_each_device_is_read_as_well() {
    let older = report(&volumes("lsblk-file", include_bytes!("fixtures/lsblk/here-mountpoint.json")));
    assert_eq!(older.lines().filter(|line| line.starts_with("volume `")).count(), 3, "{older}");
}

/// Built from lsblk(8) and the trees that cryptsetup's documentation shows, because the kernel of the recording had no
/// device-mapper: LUKS below LVM, LUKS on a mirror of two disks, a logical volume that lies on an encrypted disk and on a
/// plain one, a plain disk, and swap in memory.
#[test]
fn a_machine_with_luks() {
    check(&report(&volumes("lsblk-file", include_bytes!("fixtures/lsblk/luks.json"))), "");
}

/// Built from the EC2 API Reference, `DescribeVolumes`, and the AWS CLI Command Reference, `ec2 describe-volumes`.
#[test]
fn volumes_of_ec2() {
    check(&report(&volumes("aws-volumes", include_bytes!("fixtures/aws/volumes.json"))), "");
}

/// Built from the RDS API Reference, `DescribeDBInstances`, and the AWS CLI Command Reference, `rds describe-db-instances`.
#[test]
fn databases_of_rds() {
    check(&report(&volumes("aws-databases", include_bytes!("fixtures/aws/databases.json"))), "");
}
