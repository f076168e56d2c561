//! What the collector declares: two facts, the ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("encryption", env!("CARGO_PKG_VERSION"))
        .fact(endpoint())
        .fact(volume())
        .need(
            Need::command(
                "openssl",
                "run `openssl s_client` once for each endpoint, with parameters `connect` and `name` (tls `openssl`)",
            )
            .optional(),
        )
        .need(Need::command("openssl-legacy", "the same with old versions of TLS only (`probe_legacy`)").optional())
        .need(Need::files("tls", "read a folder with the saved output of `openssl s_client` (tls `file`)").optional())
        .need(Need::command("lsblk", "run `lsblk --json` (volumes `lsblk`)").optional())
        .need(Need::files("lsblk", "read its saved output (volumes `lsblk-file`)").optional())
        .need(
            Need::files("aws-volumes", "read the output of `aws ec2 describe-volumes` (volumes `aws-volumes`)")
                .optional(),
        )
        .need(
            Need::files("aws-databases", "read that of `aws rds describe-db-instances` (volumes `aws-databases`)")
                .optional(),
        )
        .setting(Column::text("tls", "openssl or file; absent: endpoints are not looked at"))
        .setting(
            Column::text(
                "endpoints",
                "the endpoints that must answer, each `NAME:PORT`, or `NAME:PORT=ADDRESS:PORT` to connect elsewhere",
            )
            .set(),
        )
        .setting(Column::boolean("probe_legacy", "whether old versions of TLS are tried too; default false"))
        .setting(
            Column::text(
                "volumes",
                "lsblk or lsblk-file, aws-volumes, aws-databases; absent: volumes are not looked at",
            )
            .set(),
        )
        .setting(
            Column::text(
                "expected_volumes",
                "the volumes that must be there, by mount point, id or name; default none",
            )
            .set(),
        )
        .setting(
            Column::text(
                "out_of_scope",
                "volumes without data to protect, by mount point, id or name; default /boot, /boot/efi, /efi",
            )
            .set(),
        )
}

fn endpoint() -> Fact {
    Fact::new("endpoint", "Encryption::TlsEndpoint", "one endpoint that must answer over TLS, id `NAME:PORT`")
        .column(Column::text("name", "the name that its certificate must have").required())
        .column(Column::long("port", "the port").required())
        .column(Column::text("connect", "where it was connected to").required())
        .column(Column::boolean("observed", "whether a handshake was completed and a certificate shown").required())
        .column(Column::text("error", "why there was none"))
        .column(Column::datetime("observed_at", "when, as far as the output says"))
        .column(Column::text("protocol", "the protocol agreed on, such as `TLSv1.3`"))
        .column(Column::decimal("tls_version", "its version: 1.3; of SSLv3 0.3"))
        .column(Column::text("cipher", "the cipher agreed on"))
        .column(Column::boolean("legacy_accepted", "whether old versions are accepted; absent: not tried or not known"))
        .column(Column::boolean("verified", "whether openssl found the chain good"))
        .column(Column::long("verify_code", "openssl's verify return code"))
        .column(Column::text("verify_error", "what it says about that"))
        .column(Column::boolean("name_matches", "whether the certificate is for the name"))
        .column(Column::text("names", "the names that it is for: DNS names and addresses").set())
        .column(Column::text("subject", "whom it names"))
        .column(Column::text("issuer", "who issued it"))
        .column(Column::boolean("self_signed", "whether its issuer is its own subject"))
        .column(Column::datetime("not_before", "from when it holds"))
        .column(Column::datetime("not_after", "until when it holds"))
        .column(Column::text("key_type", "RSA, EC, or the object identifier of another"))
        .column(Column::long("key_bits", "the size of its key in bits, where it is RSA or EC"))
        .column(Column::long("certificates", "the certificates that the endpoint showed"))
        .column(Column::datetime("chain_not_after", "until when all of them hold"))
}

fn volume() -> Fact {
    Fact::new("volume", "Encryption::StorageVolume", "one volume that holds data, id its source and its name there")
        .column(Column::text("name", "its mount point, id or name").required())
        .column(
            Column::text("source", "lsblk, aws-volumes or aws-databases; none where it is only expected").required(),
        )
        .column(Column::boolean("expected", "whether `expected_volumes` has it").required())
        .column(Column::boolean("exists", "whether a source has it").required())
        .column(Column::boolean("in_scope", "whether `out_of_scope` has it not").required())
        .column(Column::boolean("encrypted", "whether it is encrypted; absent where the source does not say"))
        .column(Column::text("method", "dm-crypt or aws-kms"))
        .column(Column::text("key", "the key that it is encrypted with, where the source names it"))
        .column(Column::text("kind", "filesystem, swap, block or database"))
        .column(Column::text("format", "the file system, or the database's engine"))
        .column(Column::text("devices", "the devices that it lies on, or the instances that it is attached to").set())
        .column(Column::text("label", "the tag `Name`"))
        .column(Column::text("state", "its state, where the source has one"))
}
