//! The instrument's terms as a record.

use contracts::{Instrument, InstrumentClass, Record};
use venues::terms::{CONTRACT_EXPONENT, Class};

use super::InstrumentFeed;
use crate::outbox::Outbox;

impl InstrumentFeed {
    pub fn write_terms(&self, receive_ns: i64, out: &mut Outbox) {
        let terms = &self.listed.terms;
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Instrument {
            venue: self.venue.venue(),
            instrument: &terms.instrument,
            price_exponent,
            quantity_exponent,
            receive_ns,
            venue_symbol: &terms.symbol,
            base: &terms.base,
            quote: &terms.quote,
            instrument_class: match terms.class {
                Class::Spot => InstrumentClass::Spot,
                Class::Perpetual => InstrumentClass::Perpetual,
                Class::Dated => InstrumentClass::Future,
            },
            tick_size: terms.tick_size,
            lot_size: terms.lot_size,
            min_quantity: terms.min_quantity,
            max_quantity: terms.max_quantity,
            min_notional: terms.min_notional,
            contract_currency: terms.contract.as_ref().map_or("", |contract| &contract.currency),
            contract_exponent: terms.contract.as_ref().map_or(0, |_| i32::from(CONTRACT_EXPONENT)),
            contract_size: terms.contract.as_ref().map_or(0, |contract| contract.size),
        };
        out.tick(self.place(), &Record::Instrument(record));
    }
}
