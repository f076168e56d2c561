//! One form of a manifest, and what it may not say.

use expect_test::expect;

use super::*;
use crate::record::Prev;

fn manifest() -> Manifest {
    let day = |text: &str| text.parse().unwrap();
    let file = |path: &str, size| ManifestFile { path: path.into(), sha256: Digest([3; 32]), size };
    Manifest {
        chains: vec![SealedChain {
            chain: "control/CC6.1".into(),
            count: 2,
            first: 1,
            head: Prev { index: 6, leaf: Digest([2; 32]) },
        }],
        company: "Acme".into(),
        controls: Some(vec!["CC6.1".into(), "CC6.3".into()]),
        files: vec![
            file("VERIFY.md", 10),
            file("consistency/8.txt", 10),
            file("records/1.json", 20),
            file("records/7.json", 20),
        ],
        origin: "tickmark/3f9c2a71d04be885".into(),
        period: Period { from: day("2026-01-01"), to: day("2026-03-31") },
        redacted: false,
        root: Digest([1; 32]),
        sample: None,
        seal: Some(7),
        size: 8,
    }
}

#[test]
fn known_bytes() {
    let bytes = manifest().to_bytes().unwrap();
    expect![[r#"{"chains":[{"chain":"control/CC6.1","count":2,"first":1,"head":{"index":6,"leaf":"sha256:0202020202020202020202020202020202020202020202020202020202020202"}}],"company":"Acme","controls":["CC6.1","CC6.3"],"files":[{"path":"VERIFY.md","sha256":"sha256:0303030303030303030303030303030303030303030303030303030303030303","size":10},{"path":"consistency/8.txt","sha256":"sha256:0303030303030303030303030303030303030303030303030303030303030303","size":10},{"path":"records/1.json","sha256":"sha256:0303030303030303030303030303030303030303030303030303030303030303","size":20},{"path":"records/7.json","sha256":"sha256:0303030303030303030303030303030303030303030303030303030303030303","size":20}],"from":"2026-01-01","origin":"tickmark/3f9c2a71d04be885","redacted":false,"root":"sha256:0101010101010101010101010101010101010101010101010101010101010101","schema":"tickmark/package/1","seal":7,"size":8,"to":"2026-03-31"}"#]].assert_eq(&String::from_utf8(bytes.clone()).unwrap());
    assert_eq!(Manifest::parse(&bytes).unwrap(), manifest());
    let all = Manifest { controls: None, seal: None, ..manifest() };
    assert_eq!(Manifest::parse(&all.to_bytes().unwrap()).unwrap(), all);
    assert_eq!(manifest().file("records/1.json").map(|file| file.size), Some(20));
    assert_eq!(manifest().file("records/2.json"), None);
}

#[test]
fn refusals_when_written_and_when_read() {
    let bytes = manifest().to_bytes().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Manifest::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err().to_string()
    };
    let mut lines = vec![
        refused("package/1", "package/2"),
        refused(r#""from":"2026-01-01""#, r#""from":"2026-04-01""#),
        refused(r#""seal":7"#, r#""seal":8"#),
        refused(r#""first":1"#, r#""first":9"#),
        refused(r#""first":1"#, r#""first":7"#),
        refused(r#""count":2"#, r#""count":0"#),
        refused(r#""count":2"#, r#""count":7"#),
        refused(r#""head":{"index":6"#, r#""head":{"index":7"#),
        refused(r#""company":"Acme""#, r#""company":"""#),
        refused(r#""origin":"tickmark/3f9c2a71d04be885""#, r#""origin":"""#),
        refused(r#"["CC6.1","CC6.3"]"#, "[]"),
        refused(r#"["CC6.1","CC6.3"]"#, r#"["CC6.3","CC6.1"]"#),
        refused("VERIFY.md", "verify.md"),
        refused("VERIFY.md", "z"),
        refused("consistency/8.txt", "manifest.json"),
        refused("consistency/8.txt", "manifest.sigstore.json"),
        refused("VERIFY.md", "../a"),
        refused("VERIFY.md", "README.md"),
        refused("consistency/8", "consistency/9"),
        refused("records/1", "records/01"),
        refused("records/1", "proofs/8"),
        refused("records/7", "records/6"),
        refused("records/7", "records/8"),
        refused(r#""seal""#, r#""note":1,"seal""#),
        refused(r#","seal":7"#, r#","seal":null"#),
        refused(r#""size":10"#, r#""size":1e1"#),
    ];
    let large = Manifest { size: MAX_INTEGER + 1, ..manifest() };
    lines.push(large.to_bytes().unwrap_err().to_string());
    expect![[r#"
        the manifest's schema is `tickmark/package/2`, this program reads `tickmark/package/1`
        the period ends on 2026-03-31, before it begins on 2026-04-01
        `seal` of the manifest is record 8, the log has 8
        the chain `control/CC6.1` of the manifest cannot have 2 records from 9 to 6 of 7
        the chain `control/CC6.1` of the manifest cannot have 2 records from 7 to 6 of 7
        the chain `control/CC6.1` of the manifest cannot have 0 records from 1 to 6 of 7
        the chain `control/CC6.1` of the manifest cannot have 7 records from 1 to 6 of 7
        the chain `control/CC6.1` of the manifest cannot have 2 records from 1 to 7 of 7
        `company` of the manifest is empty
        `origin` of the manifest is empty
        `controls` of the manifest is empty
        `controls` of the manifest is not sorted, each once
        `files` of the manifest is not sorted, each once
        `files` of the manifest is not sorted, each once
        the manifest lists `manifest.json`, which stands outside it
        the manifest lists `manifest.sigstore.json`, which stands outside it
        the manifest lists `../a`, which does not belong in a package
        the manifest lists `README.md`, which does not belong in a package
        `files` of the manifest is record 9, the log has 8
        the manifest lists `records/01.json`, which does not belong in a package
        the manifest lists `proofs/8.json`, which does not belong in a package
        the manifest names record 7 as the seal and does not list it
        `files` of the manifest is record 8, the log has 8
        it is not the JSON expected
        it is not canonical JSON, first at byte 875
        it is not the JSON expected
        `size` of the manifest is 9007199254740992, limit is 9007199254740991"#]]
    .assert_eq(&lines.join("\n"));
}
