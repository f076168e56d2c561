//! The example company: two endpoints, one of which takes TLS 1.1 and has a certificate that expires in two weeks, and the
//! disks of its database server, one of which is not encrypted. openssl's output is real, with its date put back to the
//! example's; lsblk's is written by hand from lsblk(8).

mod common;

use common::report;
use tickmark_collector::testing::TestHost;

#[track_caller]
fn check(got: &str, want: &str) {
    assert!(got == want.trim_start(), "got:\n{got}");
}

#[test]
fn endpoints_and_volumes_are_rows() {
    let mut host = TestHost::new()
        .with_setting("tls", "file")
        .with_setting("probe_legacy", true)
        .with_setting("endpoints", vec!["app.example.com:443", "api.example.com:443"])
        .with_setting("volumes", vec!["lsblk-file"])
        .with_setting("expected_volumes", vec!["/", "/var/lib/postgresql", "[SWAP]"])
        .file("lsblk", "", include_bytes!("fixtures/example/lsblk.json"));
    let files: [(&str, &[u8]); 4] = [
        ("app.example.com_443.txt", include_bytes!("fixtures/example/tls/app.example.com_443.txt")),
        ("app.example.com_443.legacy.txt", include_bytes!("fixtures/example/tls/app.example.com_443.legacy.txt")),
        ("api.example.com_443.txt", include_bytes!("fixtures/example/tls/api.example.com_443.txt")),
        ("api.example.com_443.legacy.txt", include_bytes!("fixtures/example/tls/api.example.com_443.legacy.txt")),
    ];
    for (path, text) in files {
        host = host.file("tls", path, text);
    }
    check(
        &report(&host),
        r#"
endpoint `api.example.com:443` [0, 1]: name=`api.example.com` port=443 connect=`api.example.com:443` observed=true observed_at=2026-11-20T08:00:00Z protocol=`TLSv1.3` tls_version=13000e-4 cipher=`TLS_AES_256_GCM_SHA384` legacy_accepted=true verified=true verify_code=0 name_matches=true names=`api.example.com` subject=`CN=api.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2026-09-01T00:00:00Z not_after=2026-12-05T00:00:00Z key_type=`RSA` key_bits=2048 certificates=2 chain_not_after=2026-12-05T00:00:00Z
endpoint `app.example.com:443` [2, 3]: name=`app.example.com` port=443 connect=`app.example.com:443` observed=true observed_at=2026-11-20T08:00:00Z protocol=`TLSv1.3` tls_version=13000e-4 cipher=`TLS_AES_256_GCM_SHA384` legacy_accepted=false verified=true verify_code=0 name_matches=true names=`app.example.com`,`*.api.example.com`,`127.0.0.1` subject=`CN=app.example.com` issuer=`O=Acme Rockets (example), CN=Example Root` self_signed=false not_before=2026-10-01T00:00:00Z not_after=2027-01-15T00:00:00Z key_type=`EC` key_bits=256 certificates=2 chain_not_after=2027-01-15T00:00:00Z
endpoint: 2 of 2, observed 2026-11-20T08:00:00Z
volume `lsblk//` [4]: name=`/` source=`lsblk` expected=true exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`ext4` devices=`vg-root`
volume `lsblk//boot` [4]: name=`/boot` source=`lsblk` expected=false exists=true in_scope=false encrypted=false kind=`filesystem` format=`ext4` devices=`nvme0n1p2`
volume `lsblk//boot/efi` [4]: name=`/boot/efi` source=`lsblk` expected=false exists=true in_scope=false encrypted=false kind=`filesystem` format=`vfat` devices=`nvme0n1p1`
volume `lsblk//srv/backup` [4]: name=`/srv/backup` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` format=`ext4` devices=`sda`
volume `lsblk//var/lib/postgresql` [4]: name=`/var/lib/postgresql` source=`lsblk` expected=true exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`filesystem` format=`xfs` devices=`vg-orders`
volume `lsblk/[SWAP]` [4]: name=`[SWAP]` source=`lsblk` expected=true exists=true in_scope=true encrypted=true method=`dm-crypt` kind=`swap` format=`swap` devices=`vg-swap`
volume: 6 of 6, observed 2026-11-20T08:00:00Z
"#,
    );
}
