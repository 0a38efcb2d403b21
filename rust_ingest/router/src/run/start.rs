//! All that comes before the first order.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tapelog::{LogConfig, Reader, registry};
use venues::binance::trading::market::Market;

use crate::cli::Options;
use crate::clock::Clock;
use crate::desk::Desk;
use crate::error::RouterError;
use crate::journal::Journal;
use crate::lease::Lease;
use crate::limits::Limits;
use crate::rules::Rules;
use crate::venue::VenueClient;
use crate::{recovery, setup, topics};

/// What was asked for, checked.
pub(super) struct Plan {
    config: LogConfig,
    rules: Rules,
    clients: BTreeMap<String, VenueClient>,
    markets: BTreeMap<String, Market>,
    limits: Limits,
    clock: Clock,
    status_file: Option<PathBuf>,
}

/// A router that holds the claim and knows what is open.
pub(super) struct Started {
    pub lease: Lease,
    pub reader: Reader,
    pub desk: Desk,
    pub journal: Journal,
    pub clients: BTreeMap<String, VenueClient>,
    pub limits: Limits,
    pub clock: Clock,
    pub status_file: Option<PathBuf>,
}

impl Plan {
    pub fn new(options: &Options) -> Result<Self, RouterError> {
        let rules = setup::rules(options)?;
        let credentials = setup::credentials(options)?;
        let clock = Clock::start();
        let (mut clients, mut markets, mut limits) = (BTreeMap::new(), BTreeMap::new(), Limits::default());
        for (name, (market, url)) in setup::venues(options)? {
            let (window, timeout) = (options.recv_window, options.request_timeout);
            let client = VenueClient::new(market, &url, credentials.clone(), window, timeout, clock)?;
            limits.add(&name, market, usize::from(options.requests_max));
            clients.insert(name.clone(), client);
            markets.insert(name, market);
        }
        Ok(Self {
            config: LogConfig::from_env(&options.bootstrap_servers, &options.topic_prefix)?,
            rules,
            clients,
            markets,
            limits,
            clock,
            status_file: options.status_file.clone(),
        })
    }

    /// Takes the claim, then reads the logs. In this order: nobody else writes reports from then on.
    pub fn start(self) -> Result<Started, RouterError> {
        let Self {
            config,
            rules,
            clients,
            markets,
            limits,
            clock,
            status_file,
        } = self;
        let ids = registry::schema_ids()?;
        let lease = Lease::take(&config, topics::orders(), clock)?;
        let mut journal = Journal::open(&config, ids)?;
        let mut desk = Desk::new(rules, markets);
        let reader = recovery::recover(&config, &mut desk, &mut journal, clock)?;
        tracing::info!(
            open = desk.open(),
            "the logs are read; open orders are asked about first"
        );
        Ok(Started {
            lease,
            reader,
            desk,
            journal,
            clients,
            limits,
            clock,
            status_file,
        })
    }
}
