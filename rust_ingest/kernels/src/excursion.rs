//! A measure over a window, and the band around zero that it is held against: strategies act when it leaves the band, not
//! while it is outside.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ConfigError;
use crate::config::parameters;

const WINDOW_MAX: u16 = 10_000;

/// How many values a measure is of, and how far from zero the band reaches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Band {
    pub window: u16,
    pub edge: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    window: Option<u16>,
    edge_hundredths: Option<i32>,
}

impl Band {
    /// Of a strategy's parameters, by default these.
    pub fn parse(given: Map<String, Value>, window: u16, edge_hundredths: i32) -> Result<Self, ConfigError> {
        let given: Parameters = parameters(given)?;
        let window = given.window.unwrap_or(window);
        let edge_hundredths = given.edge_hundredths.unwrap_or(edge_hundredths);
        if !(1..=WINDOW_MAX).contains(&window) || edge_hundredths <= 0 {
            let need = "need 1 <= window <= 10000 and a positive edge";
            return Err(ConfigError::field("window, edge_hundredths", need));
        }
        Ok(Self {
            window,
            edge: f64::from(edge_hundredths) / 100.0,
        })
    }

    /// 1 above the band, -1 below it, 0 within; a value on the edge is within.
    pub fn zone(self, value: f64) -> i32 {
        i32::from(value > self.edge) - i32::from(value < -self.edge)
    }

    /// Appends a value, and lets the oldest beyond the window go. Whether the window is full.
    pub fn slide<T>(self, values: &mut Vec<T>, value: T) -> bool {
        let window = usize::from(self.window);
        values.push(value);
        if values.len() > window {
            values.drain(..values.len() - window);
        }
        values.len() == window
    }
}

/// To which side it left the band just now; 0 if it did not.
pub(crate) fn left(before: i32, now: i32) -> i32 {
    if now == before { 0 } else { now }
}
