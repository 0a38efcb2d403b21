//! The status as metrics.

use telemetry::{Histogram, counter, gauge, histogram};

use crate::error::IngestError;
use crate::status::{State, Status};

/// From reading a piece of the feed to having handed its records to the producer.
pub fn hop(venue: &'static str) -> Histogram {
    histogram!("tapeflow_ingestor_hop_seconds", "venue" => venue)
}

/// Tells of each time that a start was put off, since an outage of the broker kept it from writing what the run before lacks. Until it is
/// through nothing is heard from the venue.
pub fn start_put_off(venue: &'static str) -> impl FnMut(&IngestError) {
    let retries = counter!("tapeflow_ingestor_start_retries_total", "venue" => venue);
    move |error| {
        retries.increment(1);
        tracing::warn!("the run before is not written yet, it is tried again: {error}");
    }
}

/// Tells what the status file tells.
pub fn tell(status: &Status) {
    let venue = status.venue;
    gauge!("tapeflow_ingestor_connected", "venue" => venue).set(f64::from(status.state == State::Connected));
    counter!("tapeflow_ingestor_frames_total", "venue" => venue).absolute(status.frames);
    for (kind, count) in &status.records {
        counter!("tapeflow_ingestor_records_total", "venue" => venue, "kind" => *kind).absolute(*count);
    }
    for (stream, count) in &status.gaps {
        counter!("tapeflow_ingestor_gaps_total", "venue" => venue, "stream" => *stream).absolute(*count);
    }
    counter!("tapeflow_ingestor_dead_letters_total", "venue" => venue).absolute(status.dead_letters);
    counter!("tapeflow_ingestor_duplicates_total", "venue" => venue).absolute(status.duplicates);
    counter!("tapeflow_ingestor_status_changes_total", "venue" => venue).absolute(status.status_changes);
    counter!("tapeflow_ingestor_reconnects_total", "venue" => venue).absolute(status.reconnects);
    counter!("tapeflow_ingestor_acknowledged_total", "venue" => venue).absolute(status.delivered.ticks_acknowledged);
    gauge!("tapeflow_ingestor_unacknowledged_records", "venue" => venue).set(status.delivered.unacknowledged as f64);
    for (number, connection) in status.connections.iter().enumerate() {
        // Without the endpoint: each change of it would be a series of its own.
        let labels = [("venue", venue.to_owned()), ("connection", number.to_string())];
        let connected = f64::from(connection.state == State::Connected);
        gauge!("tapeflow_ingestor_connection_connected", &labels).set(connected);
        counter!("tapeflow_ingestor_connection_reconnects_total", &labels).absolute(connection.reconnects);
        if let Some(receive_ns) = connection.newest_receive_ns {
            let silent_ns = status.updated_ns - receive_ns;
            gauge!("tapeflow_ingestor_connection_silent_seconds", &labels).set(silent_ns as f64 / 1e9);
        }
    }
    for (instrument, feed) in &status.instruments {
        let labels = [("venue", venue.to_owned()), ("instrument", instrument.clone())];
        gauge!("tapeflow_ingestor_book_synchronised", &labels).set(f64::from(feed.synchronised));
        if let Some(event_ns) = feed.last_event_ns {
            gauge!("tapeflow_ingestor_event_age_seconds", &labels).set((status.updated_ns - event_ns) as f64 / 1e9);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_start_that_is_put_off_is_counted_and_one_that_is_not_has_none() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        telemetry::serve(Some(address)).unwrap();
        let mut put_off = start_put_off("binance");
        put_off(&IngestError::NoEndpoint);
        put_off(&IngestError::NoEndpoint);
        let _ = start_put_off("okx");
        let mut client = TcpStream::connect(address).unwrap();
        client
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut served = String::new();
        client.read_to_string(&mut served).unwrap();
        for (venue, count) in [("binance", 2), ("okx", 0)] {
            let line = format!("tapeflow_ingestor_start_retries_total{{venue=\"{venue}\"}} {count}\n");
            assert!(served.contains(&line), "{served}");
        }
    }
}
