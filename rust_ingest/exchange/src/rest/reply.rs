//! Answers and refusals in the venue's form.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::trading::rejection::Rejection;
use crate::venue::Venue;

/// An HTTP answer.
pub type Answer = Response<Full<Bytes>>;

/// A refusal as the venue words it: `{"code":-1121,"msg":"Invalid symbol."}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status: 400 for what the caller did wrong, 401 for keys, 5xx for an unknown outcome.
    pub status: StatusCode,
    /// The venue's error code.
    pub code: i32,
    /// The venue's words.
    pub message: String,
    /// What the venue adds to some refusals.
    pub data: Option<Box<Value>>,
}

impl Refusal {
    /// A refusal of a wrong request.
    pub fn bad_request(code: i32, message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// Any refusal.
    pub fn new(status: StatusCode, code: i32, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            code,
            message: message.into(),
            data: None,
        }
    }

    /// -1102: a parameter is missing or makes no sense.
    pub fn missing(parameter: &str) -> Refusal {
        let message = format!("Mandatory parameter '{parameter}' was not sent, was empty/null, or malformed.");
        Refusal::bad_request(-1102, message)
    }

    /// -1121
    pub fn invalid_symbol() -> Refusal {
        Refusal::bad_request(-1121, "Invalid symbol.")
    }

    /// The venue's words for what the desk says no to.
    pub fn of(venue: Venue, rejection: &Rejection) -> Refusal {
        let (code, message) = rejection.words(venue);
        Refusal::bad_request(code, message)
    }

    /// As an HTTP answer.
    pub fn answer(&self) -> Answer {
        with_status(self.status, Bytes::from(self.json().to_string()))
    }

    /// Its body.
    pub fn json(&self) -> Value {
        let mut body = json!({"code": self.code, "msg": self.message});
        if let Some(data) = &self.data {
            body["data"] = Value::clone(data);
        }
        body
    }
}

/// 200 with a JSON body.
pub fn ok(body: &Value) -> Answer {
    ok_bytes(Bytes::from(body.to_string()))
}

/// 200 with a body that is JSON already.
pub fn ok_bytes(body: Bytes) -> Answer {
    with_status(StatusCode::OK, body)
}

/// Any status with a body that is JSON already.
pub fn with_status(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    answer
}
