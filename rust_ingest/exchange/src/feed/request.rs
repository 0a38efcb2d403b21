//! Live requests of a WebSocket client: SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY, GET_PROPERTY.
//!
//! Forms and error texts: Binance, "WebSocket Streams", "Live Subscribing/Unsubscribing to streams".

use serde_json::{Value, json};

/// What a client asks for.
#[derive(Debug, PartialEq)]
pub enum Request {
    /// Add streams.
    Subscribe(Vec<String>),
    /// Take streams away.
    Unsubscribe(Vec<String>),
    /// Name the streams.
    List,
    /// Wrap messages or not.
    SetCombined(bool),
    /// Tell whether messages are wrapped.
    GetCombined,
}

/// Reads a request; gives it with its id, or the refusal to be sent.
///
/// # Errors
/// The text of the venue's own error message.
pub fn read(text: &[u8]) -> Result<(Request, Value), String> {
    let message: Value = serde_json::from_slice(text).map_err(|error| {
        let reason = format!("Invalid JSON: {error}");
        refusal(3, &reason, &Value::Null)
    })?;
    let id = message.get("id").cloned().unwrap_or(Value::Null);
    let invalid = |reason: &str| refusal(2, &format!("Invalid request: {reason}"), &id);
    let method = message
        .get("method")
        .and_then(Value::as_str)
        .ok_or_else(|| invalid("missing field `method`"))?;
    let params = message.get("params").and_then(Value::as_array);
    let request = match method {
        "SUBSCRIBE" => Request::Subscribe(names(params).ok_or_else(|| invalid("params must be stream names"))?),
        "UNSUBSCRIBE" => Request::Unsubscribe(names(params).ok_or_else(|| invalid("params must be stream names"))?),
        "LIST_SUBSCRIPTIONS" => Request::List,
        "SET_PROPERTY" | "GET_PROPERTY" => {
            let params = params.map_or(&[][..], Vec::as_slice);
            let name = params.first().and_then(Value::as_str);
            let name = name.ok_or_else(|| invalid("property name must be a string"))?;
            if name != "combined" {
                return Err(refusal(0, "Unknown property", &id));
            }
            match (method, params.get(1).map(Value::as_bool)) {
                ("GET_PROPERTY", _) => Request::GetCombined,
                (_, Some(Some(combined))) => Request::SetCombined(combined),
                _ => return Err(refusal(1, "Invalid value type: expected Boolean", &id)),
            }
        }
        other => {
            return Err(invalid(&format!(
                "unknown variant `{other}`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, \
                 `SET_PROPERTY`, `GET_PROPERTY`"
            )));
        }
    };
    Ok((request, id))
}

/// The answer to a request: null for done, or what was asked for.
pub fn answer(result: &Value, id: &Value) -> String {
    json!({"result": result, "id": id}).to_string()
}

fn refusal(code: i64, reason: &str, id: &Value) -> String {
    json!({"error": {"code": code, "msg": reason}, "id": id}).to_string()
}

fn names(params: Option<&Vec<Value>>) -> Option<Vec<String>> {
    params?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_method() {
        let subscribe = br#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#;
        assert_eq!(
            read(subscribe),
            Ok((Request::Subscribe(vec!["btcusdt@trade".into()]), json!(1)))
        );
        let set = br#"{"method":"SET_PROPERTY","params":["combined",true],"id":"x"}"#;
        assert_eq!(read(set), Ok((Request::SetCombined(true), json!("x"))));
        assert_eq!(
            read(br#"{"method":"LIST_SUBSCRIPTIONS"}"#),
            Ok((Request::List, Value::Null))
        );
    }

    #[test]
    fn refuses_as_the_venue_does() {
        let refusals = [
            (&b"nonsense"[..], r#""code":3"#),
            (br#"{"id":1}"#, "missing field `method`"),
            (br#"{"method":"FOLLOW","id":1}"#, "unknown variant `FOLLOW`"),
            (
                br#"{"method":"SET_PROPERTY","params":["combined",7],"id":1}"#,
                r#""code":1"#,
            ),
            (
                br#"{"method":"GET_PROPERTY","params":["colour"],"id":1}"#,
                "Unknown property",
            ),
            (br#"{"method":"SUBSCRIBE","params":[5],"id":1}"#, r#""code":2"#),
        ];
        for (text, part) in refusals {
            let refusal = read(text).unwrap_err();
            assert!(refusal.contains(part), "{refusal}");
        }
    }
}
