//! What an answer that is no success proves. The venue's documentation: "HTTP Return Codes" and "Error codes".

use super::reply::ErrorReply;
use crate::orders::{Answer, Ask};

/// "An unknown error occurred while processing the request."
const UNKNOWN: i64 = -1000;
/// "Internal error; unable to process your request."
const DISCONNECTED: i64 = -1001;
const TOO_MANY_REQUESTS: i64 = -1003;
/// "Execution status unknown."
const UNEXPECTED_RESPONSE: i64 = -1006;
/// "Send status unknown; execution status unknown."
const TIMEOUT: i64 = -1007;
const SERVER_BUSY: i64 = -1008;
const TOO_MANY_ORDERS: i64 = -1015;
const SERVICE_SHUTTING_DOWN: i64 = -1016;
const INVALID_TIMESTAMP: i64 = -1021;
const NEW_ORDER_REJECTED: i64 = -2010;
const NO_SUCH_ORDER: i64 = -2013;
/// Futures: "ClientOrderId is duplicated."
const DUPLICATED_CLIENT_ORDER_ID: i64 = -4116;

/// Reads an answer whose HTTP status is not 2xx.
pub(super) fn verdict(ask: &Ask, status: u16, retry_after_s: Option<u64>, body: &[u8]) -> Answer {
    let wait_ms = retry_after_s.map(|seconds| seconds.saturating_mul(1_000));
    let error: Option<ErrorReply<'_>> = serde_json::from_slice(body).ok();
    let words = match &error {
        Some(error) => format!("{}: {}", error.code, error.msg),
        None => "no error code".to_owned(),
    };
    match (status, error.map(|error| (error.code, error.msg))) {
        // Request limits are checked before a request is looked at.
        (418 | 429, _) => Answer::Busy { wait_ms },
        // "It is important to NOT treat this as a failure operation; the execution status is UNKNOWN."
        (500.., _) => Answer::Unknown(format!("HTTP {status}, {words}")),
        (_, None) => Answer::Unknown(format!("HTTP {status} with {words}")),
        (_, Some((code, message))) => match code {
            TOO_MANY_REQUESTS | TOO_MANY_ORDERS => Answer::Busy { wait_ms },
            UNKNOWN | DISCONNECTED | UNEXPECTED_RESPONSE | TIMEOUT | SERVER_BUSY | SERVICE_SHUTTING_DOWN => {
                Answer::Unknown(words)
            }
            INVALID_TIMESTAMP => Answer::ClockOff,
            NO_SUCH_ORDER if *ask == Ask::Find => Answer::Absent,
            DUPLICATED_CLIENT_ORDER_ID => Answer::Duplicate,
            NEW_ORDER_REJECTED if message.contains("Duplicate order sent") => Answer::Duplicate,
            _ => Answer::Refused(words),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(status: u16, body: &str) -> Answer {
        verdict(&Ask::Place, status, None, body.as_bytes())
    }

    #[test]
    fn only_a_definite_code_refuses() {
        let refused = placed(
            400,
            r#"{"code":-2010,"msg":"Account has insufficient balance for requested action."}"#,
        );
        let words = "-2010: Account has insufficient balance for requested action.";
        assert_eq!(refused, Answer::Refused(words.to_owned()));
        assert!(matches!(
            placed(400, r#"{"code":-1013,"msg":"Filter failure: LOT_SIZE"}"#),
            Answer::Refused(_)
        ));
    }

    #[test]
    fn an_open_outcome_is_no_failure() {
        for (status, body) in [
            (500, ""),
            (
                503,
                r#"{"code":-2010,"msg":"Account has insufficient balance for requested action."}"#,
            ),
            (504, "<html>Gateway Time-out</html>"),
            (
                400,
                r#"{"code":-1006,"msg":"An unexpected response was received from the message bus."}"#,
            ),
            (
                408,
                r#"{"code":-1007,"msg":"Timeout waiting for response from backend server."}"#,
            ),
            (
                400,
                r#"{"code":-1000,"msg":"An unknown error occurred while processing the request."}"#,
            ),
            (403, "<html>Forbidden</html>"),
            (400, r#"{"code":-20"#),
            (302, ""),
        ] {
            assert!(matches!(placed(status, body), Answer::Unknown(_)), "{status} {body}");
        }
    }

    #[test]
    fn a_known_client_id_is_an_order_that_is_there() {
        assert_eq!(
            placed(400, r#"{"code":-2010,"msg":"Duplicate order sent."}"#),
            Answer::Duplicate
        );
        assert_eq!(
            placed(400, r#"{"code":-4116,"msg":"ClientOrderId is duplicated."}"#),
            Answer::Duplicate
        );
    }

    #[test]
    fn limits_say_how_long_to_wait() {
        let body = br#"{"code":-1003,"msg":"Too many requests queued."}"#;
        assert_eq!(
            verdict(&Ask::Place, 429, Some(7), body),
            Answer::Busy { wait_ms: Some(7_000) }
        );
        assert_eq!(
            verdict(&Ask::Find, 418, Some(120), b""),
            Answer::Busy { wait_ms: Some(120_000) }
        );
        assert_eq!(
            placed(429, r#"{"code":-1015,"msg":"Too many new orders."}"#),
            Answer::Busy { wait_ms: None }
        );
    }

    #[test]
    fn absence_is_an_answer_to_a_question_only() {
        let body = br#"{"code":-2013,"msg":"Order does not exist."}"#;
        assert_eq!(verdict(&Ask::Find, 400, None, body), Answer::Absent);
        assert!(matches!(verdict(&Ask::Cancel, 400, None, body), Answer::Refused(_)));
    }

    #[test]
    fn a_late_request_was_not_looked_at() {
        let body = r#"{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}"#;
        assert_eq!(placed(400, body), Answer::ClockOff);
    }
}
