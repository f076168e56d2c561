//! Reads an answer of Prometheus's HTTP API to a range query.
//!
//! Format: "HTTP API", version v1: `status` is `success` with `data` of result type `matrix`, or `error` with
//! `errorType` and `error`; `warnings` stands where part of the data could not be had. Sample values are strings.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use tickmark_collector::{Datetime, Failure};

/// What a server said.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// Samples.
    Samples(Matrix),
    /// Its own reason for giving none, one line.
    Refused(String),
}

/// The series of a range, with what may be missing.
#[derive(Debug, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) series: Vec<Series>,
    pub(crate) warnings: Vec<String>,
}

/// One series as it stands in the answer.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Series {
    #[serde(rename = "metric")]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default, rename = "values")]
    pub(crate) points: Vec<Point>,
}

/// One sample: its time in seconds since 1970, and what it says.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Point(f64, pub(crate) Reading);

impl Point {
    /// Its time in milliseconds since 1970, or nothing where it is outside the years 1970 to 9999.
    pub(crate) fn at_ms(&self) -> Option<i64> {
        let ms = (self.0 * 1_000.0).round();
        // Whole numbers of this size are exact in 64-bit floats.
        (0.0..=Datetime::MAX.0 as f64).contains(&ms).then_some(ms as i64)
    }
}

/// What one sample says.
#[derive(Debug, PartialEq)]
pub(crate) enum Reading {
    /// 1.
    Up,
    /// 0.
    Down,
    /// Anything else, as it is written.
    Other(String),
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Reading;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number in a string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Reading, E> {
                Ok(match text {
                    "1" => Reading::Up,
                    "0" => Reading::Down,
                    other => Reading::Other(other.to_owned()),
                })
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    status: String,
    data: Option<Data>,
    error_type: Option<String>,
    error: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Matrix(Vec<Series>),
}

/// Reads an answer.
///
/// # Errors
/// `invalid`, with line and column, where it is not such a document.
pub(crate) fn parse(body: &[u8]) -> Result<Answer, Failure> {
    let document: Document = serde_json::from_slice(body)
        .map_err(|error| Failure::invalid(format!("not an answer to a range query of prometheus: {error}")))?;
    match (document.status.as_str(), document.data) {
        ("success", Some(Data::Matrix(series))) => Ok(Answer::Samples(Matrix { series, warnings: document.warnings })),
        ("error", _) => {
            let (kind, why) = (document.error_type.unwrap_or_default(), document.error.unwrap_or_default());
            Ok(Answer::Refused(format!("{kind}: {why}")))
        }
        ("success", None) => Err(Failure::invalid("the answer of prometheus has no `data`")),
        (status, _) => Err(Failure::invalid(format!(
            "the answer of prometheus has status `{status}`, expected `success` or `error`"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUCCESS: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"up","job":"web"},"values":[[1795165200,"1"],[1795165260.25,"0"],[1795165320,"NaN"]]},
        {"metric":{"__name__":"up"},"histograms":[[1795165200,{"count":"1"}]]}]},"warnings":["one store is down"]}"#;

    #[test]
    fn reads_the_samples_of_every_series() {
        let labels = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let points = vec![
            Point(1_795_165_200.0, Reading::Up),
            Point(1_795_165_260.25, Reading::Down),
            Point(1_795_165_320.0, Reading::Other("NaN".into())),
        ];
        assert_eq!(points[1].at_ms(), Some(1_795_165_260_250));
        let expected = Matrix {
            series: vec![
                Series { labels: labels(&[("__name__", "up"), ("job", "web")]), points },
                Series { labels: labels(&[("__name__", "up")]), points: vec![] },
            ],
            warnings: vec!["one store is down".into()],
        };
        assert_eq!(parse(SUCCESS.as_bytes()), Ok(Answer::Samples(expected)));
    }

    #[test]
    fn a_refusal_keeps_the_servers_reason() {
        let body = br#"{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution"}"#;
        assert_eq!(parse(body), Ok(Answer::Refused("bad_data: exceeded maximum resolution".into())));
    }

    #[test]
    fn says_what_is_wrong() {
        let check = |body: &str, message: &str| assert_eq!(parse(body.as_bytes()), Err(Failure::invalid(message)));
        check(r#"{"status":"success"}"#, "the answer of prometheus has no `data`");
        check(
            r#"{"status":"partial"}"#,
            "the answer of prometheus has status `partial`, expected `success` or `error`",
        );
        check(
            r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
            "not an answer to a range query of prometheus: unknown variant `vector`, expected `matrix` at line 1 column 49",
        );
        check(
            "{\"status\":",
            "not an answer to a range query of prometheus: EOF while parsing a value at line 1 column 10",
        );
    }

    #[test]
    fn times_outside_the_years_that_cedar_has_are_no_times() {
        for (seconds, ms) in
            [(0.0, Some(0)), (-0.001, None), (253_402_300_799.999, Some(253_402_300_799_999)), (3e11, None)]
        {
            assert_eq!(Point(seconds, Reading::Up).at_ms(), ms, "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..60), at in 0..SUCCESS.len(), byte in any::<u8>()) {
            let _ = parse(&body);
            let mut mangled = SUCCESS.as_bytes().to_vec();
            mangled[at] = byte;
            let _ = parse(&mangled);
        }

        #[test]
        fn milliseconds_survive(ms in 0_i64..=253_402_300_799_999) {
            let point: Point = serde_json::from_str(&format!("[{}.{:03},\"1\"]", ms / 1_000, ms % 1_000)).unwrap();
            prop_assert_eq!(point.at_ms(), Some(ms));
        }
    }
}
