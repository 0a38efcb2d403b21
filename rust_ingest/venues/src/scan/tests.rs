use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::fixed::NANO;

fn scan<T>(text: &str, read: impl Fn(&mut Scanner<'_>) -> Result<T, ScanError>) -> Result<T, ScanError> {
    let mut scanner = Scanner::new(text);
    let value = read(&mut scanner)?;
    scanner.end()?;
    Ok(value)
}

#[test]
fn white_space_is_allowed_wherever_json_allows_it() {
    let text = " { \"a\" : \"1.5\" ,\n\t\"long key\" : [ 1 , 2 ] , \"b\" : true } ";
    let mut scanner = Scanner::new(text);
    let mut entries = scanner.object().unwrap();
    assert_eq!(scanner.key(&mut entries), Ok(Some(&b"a"[..])));
    assert_eq!(scanner.amount(NANO), Ok(1_500_000_000));
    assert_eq!(scanner.key(&mut entries), Ok(Some(&b"long key"[..])));
    let mut elements = scanner.array().unwrap();
    assert_eq!(scanner.element(&mut elements), Ok(true));
    assert_eq!(scanner.integer(), Ok(1));
    assert_eq!(scanner.element(&mut elements), Ok(true));
    assert_eq!(scanner.integer(), Ok(2));
    assert_eq!(scanner.element(&mut elements), Ok(false));
    assert_eq!(scanner.key(&mut entries), Ok(Some(&b"b"[..])));
    assert_eq!(scanner.boolean(), Ok(true));
    assert_eq!(scanner.key(&mut entries), Ok(None));
    assert_eq!(scanner.end(), Ok(()));
}

#[test]
fn strings_with_escapes_are_decoded() {
    assert_eq!(
        scan(r#""BTCUSDT""#, |s| s.string().map(Cow::into_owned)).unwrap(),
        "BTCUSDT"
    );
    assert_eq!(
        scan(r#""\u5e01\u5b89\"USDT""#, |s| s.string().map(Cow::into_owned)).unwrap(),
        "币安\"USDT"
    );
    assert!(
        scan(r#""\ud800""#, |s| s.string().map(Cow::into_owned)).is_err(),
        "half of a surrogate pair"
    );
}

#[test]
fn a_key_in_disguise_is_refused() {
    let mut scanner = Scanner::new(r#"{"\u0065":1}"#);
    let mut entries = scanner.object().unwrap();
    assert_eq!(scanner.key(&mut entries), Err(ScanError::EscapedKey { position: 2 }));
    let mut scanner = Scanner::new(r#"{"\":":1}"#);
    let mut entries = scanner.object().unwrap();
    assert_eq!(scanner.key(&mut entries), Err(ScanError::EscapedKey { position: 2 }));
}

#[test]
fn integers_are_plain_and_fit() {
    assert_eq!(scan("0", |s| s.integer()), Ok(0));
    assert_eq!(scan("9223372036854775807", |s| s.integer()), Ok(i64::MAX));
    for text in [
        "01",
        "-1",
        "1.0",
        "1e3",
        "9223372036854775808",
        "99999999999999999999999",
        "",
        "\"1\"",
    ] {
        assert!(scan(text, |s| s.integer()).is_err(), "{text:?}");
    }
}

#[test]
fn amounts_are_quoted_and_never_negative() {
    assert_eq!(scan("\"61837.63000000\"", |s| s.amount(NANO)), Ok(61_837_630_000_000));
    let negative = ScanError::Fixed {
        position: 1,
        source: FixedError::Negative,
    };
    assert_eq!(scan("\"-1.0\"", |s| s.amount(NANO)), Err(negative));
    for text in ["1.0", "\"1.0", "\"1.0 \"", "\"\"", "\"1e3\"", "\"1.0\\u0030\""] {
        assert!(scan(text, |s| s.amount(NANO)).is_err(), "{text:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(scan(&nested(64), |s| s.skip()), Ok(()));
    assert!(matches!(
        scan(&nested(100_000), |s| s.skip()),
        Err(ScanError::TooDeep { .. })
    ));
}

#[test]
fn malformed_texts_have_a_position() {
    let expected = |position, expected| Err(ScanError::Expected { position, expected });
    assert_eq!(scan("{\"a\":1,}", |s| s.skip()), expected(7, "a string"));
    assert_eq!(scan("[1 2]", |s| s.skip()), expected(3, "`,` or `]`"));
    assert_eq!(scan("\"abc", |s| s.skip()), expected(4, "the end of a string"));
    assert_eq!(scan("{} x", |s| s.skip()), expected(3, "the end of the text"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn skips_every_valid_text(value in any_json()) {
        prop_assert_eq!(scan(&value.to_string(), |s| s.skip()), Ok(()));
        prop_assert_eq!(scan(&serde_json::to_string_pretty(&value).unwrap(), |s| s.skip()), Ok(()));
    }

    /// Texts that look like JSON, valid or not: the verdict is serde_json's.
    #[test]
    fn agrees_with_serde_on_what_is_json(text in "[\\[\\]{}\",:\\\\ 019.eE+\\-tu\u{1}nléa-f]{0,12}") {
        let ours = scan(&text, |s| s.skip());
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?} {:?}", text, ours, theirs);
    }

    #[test]
    fn truncated_texts_fail(value in any_json(), cut in 0.0..1.0_f64) {
        let text = Value::from(vec![value]).to_string();
        let mut end = (text.len() as f64 * cut) as usize;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert!(scan(&text[..end], |s| s.skip()).is_err());
    }
}
