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
    check(
        &report(&tls(include_bytes!("fixtures/tls/good.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-28T18:21:39Z protocol=`TLSv1.3` tls_version=13000e-4 cipher=`TLS_AES_256_GCM_SHA384` verified=true verify_code=0 name_matches=true names=`app.example.com`,`*.api.example.com`,`127.0.0.1` subject=`CN=app.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2026-10-01T00:00:00Z not_after=2027-01-15T00:00:00Z key_type=`EC` key_bits=256 certificates=2 chain_not_after=2027-01-15T00:00:00Z
endpoint: 1 of 1, observed 2026-11-28T18:21:39Z
"#,
    );
}

#[test]
fn an_endpoint_of_tls_1_2() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/tls12.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-28T18:21:39Z protocol=`TLSv1.2` tls_version=12000e-4 cipher=`ECDHE-ECDSA-AES256-GCM-SHA384` verified=true verify_code=0 name_matches=true names=`app.example.com`,`*.api.example.com`,`127.0.0.1` subject=`CN=app.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2026-10-01T00:00:00Z not_after=2027-01-15T00:00:00Z key_type=`EC` key_bits=256 certificates=2 chain_not_after=2027-01-15T00:00:00Z
endpoint: 1 of 1, observed 2026-11-28T18:21:39Z
"#,
    );
}

/// openssl names the version of the cipher, TLSv1.0, before that of the session.
#[test]
fn an_endpoint_of_tls_1_1() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/tls11.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-28T18:21:40Z protocol=`TLSv1.1` tls_version=11000e-4 cipher=`ECDHE-RSA-AES256-SHA` verified=false verify_code=10 verify_error=`certificate has expired` name_matches=true names=`app.example.com` subject=`CN=app.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2025-11-01T00:00:00Z not_after=2026-11-01T00:00:00Z key_type=`RSA` key_bits=2048 certificates=2 chain_not_after=2026-11-01T00:00:00Z
endpoint: 1 of 1, observed 2026-11-28T18:21:40Z
"#,
    );
}

#[test]
fn an_expired_certificate() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/expired.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-28T18:21:39Z protocol=`TLSv1.3` tls_version=13000e-4 cipher=`TLS_AES_256_GCM_SHA384` verified=false verify_code=10 verify_error=`certificate has expired` name_matches=true names=`app.example.com` subject=`CN=app.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2025-11-01T00:00:00Z not_after=2026-11-01T00:00:00Z key_type=`RSA` key_bits=2048 certificates=2 chain_not_after=2026-11-01T00:00:00Z
endpoint: 1 of 1, observed 2026-11-28T18:21:39Z
"#,
    );
}

#[test]
fn a_certificate_for_another_name() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/wrong-name.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-28T18:21:39Z protocol=`TLSv1.3` tls_version=13000e-4 cipher=`TLS_AES_256_GCM_SHA384` verified=true verify_code=0 name_matches=false names=`other.example.com` subject=`CN=other.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2026-10-01T00:00:00Z not_after=2027-01-15T00:00:00Z key_type=`RSA` key_bits=2048 certificates=2 chain_not_after=2027-01-15T00:00:00Z
endpoint: 1 of 1, observed 2026-11-28T18:21:39Z
"#,
    );
}

#[test]
fn a_certificate_with_a_short_key() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/weak.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-28T18:21:39Z protocol=`TLSv1.3` tls_version=13000e-4 cipher=`TLS_AES_256_GCM_SHA384` verified=true verify_code=0 name_matches=true names=`app.example.com` subject=`CN=app.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2026-10-01T00:00:00Z not_after=2027-01-15T00:00:00Z key_type=`RSA` key_bits=1024 certificates=2 chain_not_after=2027-01-15T00:00:00Z
endpoint: 1 of 1, observed 2026-11-28T18:21:39Z
"#,
    );
}

#[test]
fn a_certificate_that_signed_itself() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/self-signed.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-28T18:21:40Z protocol=`TLSv1.3` tls_version=13000e-4 cipher=`TLS_AES_256_GCM_SHA384` verified=false verify_code=18 verify_error=`self-signed certificate` name_matches=true names=`app.example.com` subject=`CN=app.example.com` issuer=`CN=app.example.com` self_signed=true not_before=2026-11-28T18:21:39Z not_after=2026-12-28T18:21:39Z key_type=`EC` key_bits=256 certificates=2 chain_not_after=2026-12-28T18:21:39Z
endpoint: 1 of 1, observed 2026-11-28T18:21:40Z
"#,
    );
}

#[test]
fn an_endpoint_where_nobody_listens() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/refused.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=false error=`there was no connection` observed_at=2026-11-28T18:21:40Z
endpoint: 1 of 1, observed 2026-11-28T18:21:40Z
"#,
    );
}

#[test]
fn a_handshake_that_was_refused_says_nothing_of_the_chain() {
    check(
        &report(&tls(include_bytes!("fixtures/tls/legacy-refused.txt"))),
        r#"
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=false error=`there was no handshake` observed_at=2026-11-28T18:21:40Z
endpoint: 1 of 1, observed 2026-11-28T18:21:40Z
"#,
    );
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
    check(
        &report(&volumes("lsblk-file", include_bytes!("fixtures/lsblk/here.json"))),
        r#"
volume `lsblk//` [0]: name=`/` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` devices=`vda`
volume `lsblk//srv/data` [0]: name=`/srv/data` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` devices=`loop0`
volume `lsblk/[SWAP]` [0]: name=`[SWAP]` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`swap` devices=`loop1`
volume: 3 of 3
note: the list of `lsblk` does not say when it was saved
"#,
    );
}

/// The column of util-linux before 2.37.
#[test]
fn one_mount_point_for_each_device_is_read_as_well() {
    let older = report(&volumes("lsblk-file", include_bytes!("fixtures/lsblk/here-mountpoint.json")));
    assert_eq!(older.lines().filter(|line| line.starts_with("volume `")).count(), 3, "{older}");
}

/// What lsblk printed on a virtual machine, recorded by `fixtures/make-luks-fixture.sh`: LUKS below LVM, LUKS on a mirror of two disks,
/// a logical volume that lies on an encrypted disk and on a plain one, a plain disk, and swap in memory.
#[test]
fn a_real_machine_with_luks() {
    let read = |list| report(&volumes("lsblk-file", list));
    let now = read(include_bytes!("fixtures/lsblk/luks-machine.json"));
    check(
        &now,
        r#"
volume `lsblk//srv/backup` [0]: name=`/srv/backup` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` format=`ext4` devices=`vde`
volume `lsblk//srv/data` [0]: name=`/srv/data` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`ext4` devices=`data_crypt`
volume `lsblk//srv/mixed` [0]: name=`/srv/mixed` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` format=`ext4` devices=`vg-mixed`
volume `lsblk//srv/root` [0]: name=`/srv/root` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`ext4` devices=`vg-root`
volume `lsblk//var/lib/postgresql` [0]: name=`/var/lib/postgresql` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`ext4` devices=`data_crypt`
volume `lsblk/[SWAP]` [0]: name=`[SWAP]` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`swap` format=`swap` devices=`vg-swap`
volume: 6 of 7, 1 excluded: swap in memory (zram)
note: the list of `lsblk` does not say when it was saved
"#,
    );
    // The column of util-linux before 2.37 shows one of the two places that one device is mounted at.
    let older = read(include_bytes!("fixtures/lsblk/luks-machine-mountpoint.json"));
    let one_less = now.lines().filter(|line| !line.contains("`/srv/data`")).map(|line| format!("{line}\n"));
    check(&older, &one_less.collect::<String>().replace("6 of 7", "5 of 6"));
}

/// Built from lsblk(8) and the trees that cryptsetup's documentation shows, with partitions: LUKS below LVM, LUKS on a mirror of two disks, a logical volume that lies on an encrypted disk and on a
/// plain one, a plain disk, and swap in memory.
#[test]
fn a_machine_with_luks() {
    check(
        &report(&volumes("lsblk-file", include_bytes!("fixtures/lsblk/luks.json"))),
        r#"
volume `lsblk//` [0]: name=`/` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`ext4` devices=`vg-root`
volume `lsblk//boot` [0]: name=`/boot` source=`lsblk` expected=false exists=true in_scope=false encrypted=false kind=`filesystem` format=`ext4` devices=`nvme0n1p2`
volume `lsblk//boot/efi` [0]: name=`/boot/efi` source=`lsblk` expected=false exists=true in_scope=false encrypted=false kind=`filesystem` format=`vfat` devices=`nvme0n1p1`
volume `lsblk//srv/backup` [0]: name=`/srv/backup` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` format=`ext4` devices=`sdd`
volume `lsblk//srv/data` [0]: name=`/srv/data` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`ext4` devices=`data_crypt`
volume `lsblk//srv/mixed` [0]: name=`/srv/mixed` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` format=`xfs` devices=`vg-mixed`
volume `lsblk//var/lib/postgresql` [0]: name=`/var/lib/postgresql` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`ext4` devices=`data_crypt`
volume `lsblk/[SWAP]` [0]: name=`[SWAP]` source=`lsblk` expected=false exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`swap` format=`swap` devices=`vg-swap`
volume: 8 of 9, 1 excluded: swap in memory (zram)
note: the list of `lsblk` does not say when it was saved
"#,
    );
}

/// Built from the EC2 API Reference, `DescribeVolumes`, and the AWS CLI Command Reference, `ec2 describe-volumes`.
#[test]
fn volumes_of_ec2() {
    check(
        &report(&volumes("aws-volumes", include_bytes!("fixtures/aws/volumes.json"))),
        r#"
volume `aws-volumes/vol-049df61146c4d7901` [0]: name=`vol-049df61146c4d7901` source=`aws-volumes` expected=false exists=true in_scope=true encrypted=true method=`aws-kms` key=`arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab` kind=`block` format=`gp3` devices=`i-1234567890abcdef0` label=`web-1-root` state=`in-use`
volume `aws-volumes/vol-1234567890abcdef0` [0]: name=`vol-1234567890abcdef0` source=`aws-volumes` expected=false exists=true in_scope=true encrypted=false kind=`block` format=`gp2` devices= label=`scratch` state=`available`
volume: 2 of 2
note: the list of `aws-volumes` does not say when it was saved
"#,
    );
}

/// Built from the RDS API Reference, `DescribeDBInstances`, and the AWS CLI Command Reference, `rds describe-db-instances`.
#[test]
fn databases_of_rds() {
    check(
        &report(&volumes("aws-databases", include_bytes!("fixtures/aws/databases.json"))),
        r#"
volume `aws-databases/orders` [0]: name=`orders` source=`aws-databases` expected=false exists=true in_scope=true encrypted=true method=`aws-kms` key=`arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab` kind=`database` format=`postgres` devices= state=`available`
volume `aws-databases/reports` [0]: name=`reports` source=`aws-databases` expected=false exists=true in_scope=true encrypted=false kind=`database` format=`mysql` devices= state=`available`
volume: 2 of 2
note: the list of `aws-databases` does not say when it was saved
"#,
    );
}
