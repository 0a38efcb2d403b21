//! <https://crates.io/crates/matchcore>. It gives an order the number of the command that made it as its id.

use ::matchcore::{
    AmendCmd, AmendPatch, CancelCmd, Command, CommandKind, CommandMeta, CommandOutcome,
    CommandReport, LimitOrder, LimitOrderPatch, MarketOrder, NewOrder, OrderBook, OrderFlags,
    OrderId, OrderKind, Price, Quantity, QuantityPolicy, SequenceNumber, Side, SubmitCmd,
    TimeInForce, Timestamp, Trade,
};

use crate::engine::{Engine, Fill};
use crate::flow::{Action, Op};

pub struct Matchcore(OrderBook);

impl Engine for Matchcore {
    const NAME: &'static str = "matchcore";
    type Ask = (u64, Command);

    fn new(_telling: bool) -> Self {
        Self(OrderBook::new("TEST"))
    }

    fn ask(op: &Op) -> Self::Ask {
        let side = match op.side {
            kernels::matching::Side::Buy => Side::Buy,
            kernels::matching::Side::Sell => Side::Sell,
        };
        let (price, quantity) = (Price(op.price as u64), Quantity(op.quantity as u64));
        let policy = QuantityPolicy::Standard { quantity };
        let flags = OrderFlags::new(side, false, TimeInForce::Gtc);
        let order_id = OrderId(op.id);
        let kind = match op.action {
            Action::Limit => CommandKind::Submit(SubmitCmd {
                order: NewOrder::Limit(LimitOrder::new(price, policy, flags)),
            }),
            Action::Market => CommandKind::Submit(SubmitCmd {
                order: NewOrder::Market(MarketOrder::new(quantity, side, false)),
            }),
            Action::Cancel => CommandKind::Cancel(CancelCmd {
                order_id,
                order_kind: OrderKind::Limit,
            }),
            Action::Move => CommandKind::Amend(AmendCmd {
                order_id,
                patch: AmendPatch::Limit(LimitOrderPatch::new().with_price(price)),
            }),
        };
        let meta = CommandMeta {
            sequence_number: SequenceNumber(op.number),
            timestamp: Timestamp(op.number),
        };
        (op.id, Command { meta, kind })
    }

    #[inline]
    fn apply(&mut self, ask: &Self::Ask) -> usize {
        trades(&self.0.execute(&ask.1)).len()
    }

    fn apply_telling(&mut self, ask: &Self::Ask, fills: &mut Vec<Fill>) {
        let outcome = self.0.execute(&ask.1);
        fills.extend(trades(&outcome).iter().map(|trade| Fill {
            taker: ask.0,
            maker: trade.maker_order_id().0,
            price: trade.price().0 as i64,
            quantity: trade.quantity().0 as i64,
        }));
    }
}

#[inline]
fn trades(outcome: &CommandOutcome) -> &[Trade] {
    let CommandOutcome::Applied(CommandReport::Submit(effects) | CommandReport::Amend(effects)) =
        outcome
    else {
        return &[];
    };
    effects
        .target_order()
        .match_result()
        .map_or(&[], |matched| matched.trades())
}
