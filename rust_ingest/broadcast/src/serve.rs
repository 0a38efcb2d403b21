//! The thread that serves: takes what was handed over, and gives it to all who listen.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::{Instant, sleep};

use crate::handover::{Handed, Handover};
use crate::http::{REQUEST_WITHIN, Server};
use crate::hub::{Forms, Hub, Numbered};
use crate::json::Shapes;
use crate::streams::{self, Streams};
use crate::subscribers::Subscribers;

/// Records given out before clients and subscribers get their turn to be written to.
const RECORDS_PER_TURN: usize = 256;
/// What a stop may take: farewells are a courtesy.
const FAREWELL_MAX: Duration = Duration::from_millis(500);

pub struct Serving {
    pub handover: Arc<Handover>,
    pub shapes: Shapes,
    pub websocket: Option<TcpListener>,
    pub zmq: Option<TcpListener>,
    pub queue_bytes: usize,
    pub clients_max: usize,
    pub is_loopback: bool,
    pub began_ns: i64,
}

impl Serving {
    /// Until the handover is over.
    pub async fn run(self) {
        LocalSet::new().run_until(self.serve()).await;
    }

    async fn serve(self) {
        let hub = Rc::new(Hub::default());
        if let Some(listener) = self.websocket {
            let server = Server {
                hub: hub.clone(),
                queue_bytes: self.queue_bytes,
                clients_max: self.clients_max,
                request_within: REQUEST_WITHIN,
                is_loopback: self.is_loopback,
            };
            spawn_local(server.run(listener));
        }
        if let Some(listener) = self.zmq {
            let subscribers = Subscribers {
                hub: hub.clone(),
                queue_bytes: self.queue_bytes,
                clients_max: self.clients_max,
            };
            spawn_local(subscribers.run(listener));
        }
        let mut streams = Streams::new(self.shapes);
        let mut forms = Forms::of_run(self.began_ns);
        let mut handed = Handed::default();
        while !handed.is_over {
            self.handover.take(&mut handed).await;
            give_out(&handed, &mut streams, &hub, &mut forms).await;
            hub.count(&handed);
        }
        hub.say_goodbye();
        let began = Instant::now();
        while began.elapsed() < FAREWELL_MAX && !hub.all_have_all() {
            sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn give_out(handed: &Handed, streams: &mut Streams, hub: &Hub, forms: &mut Forms) {
    let mut since_turn = 0;
    for entry in handed.batch.iter() {
        let known = streams::key_of(entry.value).and_then(|key| streams.of_key(key));
        let Some(stream) = known else { continue };
        let number = streams.number(stream, 1);
        let record = Numbered { entry, stream, number };
        hub.push(streams, &record, forms);
        since_turn += 1;
        if since_turn == RECORDS_PER_TURN {
            since_turn = 0;
            hub.send(streams);
            yield_now().await;
        }
    }
    hub.send(streams);
    for (key, count) in &handed.lost {
        if let Some(stream) = streams.of_key(key) {
            streams.number(stream, *count);
            hub.lose(streams, stream, *count);
        }
    }
}
