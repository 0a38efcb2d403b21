//! Why an order or a cancel is refused, and the venue's code and words for it.

use crate::fixed::Fixed;
use crate::venue::Venue;

/// A refusal. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such symbol.
    #[error("symbol is not listed")]
    UnknownSymbol,
    /// The client id has been used before.
    #[error("client order id {0} has been used before")]
    Duplicate(String),
    /// A client id that the venue does not take.
    #[error("client order id has illegal characters or more than 36")]
    IllegalClientOrderId,
    /// Price is not a positive multiple of the tick.
    #[error("price breaks PRICE_FILTER")]
    Price,
    /// Quantity is not a multiple of the step, or is outside of the limits.
    #[error("quantity breaks LOT_SIZE")]
    Quantity,
    /// Price times quantity is too small.
    #[error("notional below {0:?}")]
    Notional(Fixed),
    /// The numbers do not fit.
    #[error("price times quantity is too large")]
    TooLarge,
    /// Not enough free funds or margin.
    #[error("insufficient funds")]
    InsufficientFunds,
    /// A post-only order would take.
    #[error("post-only order would take")]
    WouldTake,
    /// A futures fill-or-kill order cannot be filled now.
    #[error("fill-or-kill order cannot be filled")]
    CannotFill,
    /// A reduce-only order would not reduce.
    #[error("reduce-only order would not reduce")]
    WouldNotReduce,
    /// Nothing of that symbol has been shown yet: there is no price for a market order.
    #[error("no book to trade against")]
    NoBook,
    /// No such open order to cancel.
    #[error("unknown order to cancel")]
    UnknownToCancel,
    /// No such order to ask about.
    #[error("unknown order")]
    UnknownOrder,
    /// An amendment may only make an order smaller.
    #[error("an amendment would make the order larger")]
    AmendLarger,
    /// An amendment that changes nothing.
    #[error("an amendment would change nothing")]
    AmendNothing,
    /// An amendment to no more than what is filled.
    #[error("an amendment would leave nothing open")]
    AmendBelowExecuted,
    /// Both halves of a cancel-replace failed.
    #[error("cancel-replace failed")]
    ReplaceFailed,
    /// One half of a cancel-replace failed.
    #[error("cancel-replace failed in part")]
    ReplaceFailedInPart,
    /// The stop price has been reached already.
    #[error("stop price would trigger immediately")]
    WouldTrigger,
    /// A GTD order's date is not far enough in the future.
    #[error("the date of a good-till-date order is not in the future")]
    GoodTillDate,
    /// An iceberg has too many parts, or shows more than it has.
    #[error("iceberg breaks ICEBERG_PARTS")]
    IcebergParts,
    /// Only limit orders can be modified.
    #[error("only limit orders can be modified")]
    ModifyLimitOnly,
    /// Trading is halted.
    #[error("trading is halted")]
    Halted,
}

impl Rejection {
    /// The venue's error code and message (Binance "Error codes", spot and USD-M).
    pub fn words(&self, venue: Venue) -> (i32, String) {
        let filter = |name: &str| (-1013, format!("Filter failure: {name}"));
        let (code, message) = match (self, venue) {
            (Rejection::UnknownSymbol, _) => (-1121, "Invalid symbol."),
            (Rejection::Duplicate(_), Venue::Spot) => (-2010, "Duplicate order sent."),
            (Rejection::Duplicate(_), Venue::UsdM) => (-4116, "ClientOrderId is duplicated."),
            (Rejection::IllegalClientOrderId, Venue::Spot) => (
                -1100,
                "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
            ),
            (Rejection::IllegalClientOrderId, Venue::UsdM) => {
                (-4015, "Client order id length should be less than 36 chars")
            }
            (Rejection::Price, Venue::Spot) => return filter("PRICE_FILTER"),
            (Rejection::Price, Venue::UsdM) => (-4014, "Price not increased by tick size."),
            (Rejection::Quantity, Venue::Spot) => return filter("LOT_SIZE"),
            (Rejection::Quantity, Venue::UsdM) => (-1111, "Precision is over the maximum defined for this asset."),
            (Rejection::Notional(_), Venue::Spot) => return filter("NOTIONAL"),
            (Rejection::Notional(least), Venue::UsdM) => {
                let least = least.text(0);
                return (
                    -4164,
                    format!("Order's notional must be no smaller than {least} (unless you choose reduce only)."),
                );
            }
            (Rejection::TooLarge, Venue::Spot) => return filter("NOTIONAL"),
            (Rejection::TooLarge, Venue::UsdM) => (-4005, "Quantity greater than max quantity."),
            (Rejection::InsufficientFunds, Venue::Spot) => {
                (-2010, "Account has insufficient balance for requested action.")
            }
            (Rejection::InsufficientFunds, Venue::UsdM) => (-2019, "Margin is insufficient."),
            (Rejection::WouldTake, Venue::Spot) => (-2010, "Order would immediately match and take."),
            (Rejection::WouldTake, Venue::UsdM) => (
                -5022,
                "Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not \
                 be recorded in the order history.",
            ),
            (Rejection::CannotFill, _) => (
                -5021,
                "Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be \
                 recorded in the order history.",
            ),
            (Rejection::WouldNotReduce, _) => (-2022, "ReduceOnly Order is rejected."),
            (Rejection::NoBook, Venue::Spot) => (-2010, "Order book liquidity is less than symbol minimum quantity."),
            (Rejection::NoBook, Venue::UsdM) => (-1112, "No orders on book for symbol."),
            (Rejection::UnknownToCancel, _) => (-2011, "Unknown order sent."),
            (Rejection::UnknownOrder, _) => (-2013, "Order does not exist."),
            (Rejection::AmendLarger, _) => (-2038, "Order amend (quantity increase) is not supported."),
            (Rejection::AmendNothing, Venue::Spot) => (-2038, "The requested action would change no state; rejecting"),
            (Rejection::AmendNothing, Venue::UsdM) => (-5027, "No need to modify the order."),
            // The venue documents no words for this case.
            (Rejection::AmendBelowExecuted, _) => (-2038, "New quantity is not above the executed quantity."),
            (Rejection::ReplaceFailed, _) => (-2022, "Order cancel-replace failed."),
            (Rejection::ReplaceFailedInPart, _) => (-2021, "Order cancel-replace partially failed."),
            (Rejection::WouldTrigger, Venue::Spot) => (-2010, "Stop price would trigger immediately."),
            (Rejection::WouldTrigger, Venue::UsdM) => (-2021, "Order would immediately trigger."),
            (Rejection::GoodTillDate, _) => (
                -5040,
                "The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000",
            ),
            (Rejection::IcebergParts, _) => return filter("ICEBERG_PARTS"),
            (Rejection::ModifyLimitOnly, _) => (-5025, "Only limit order is supported."),
            (Rejection::Halted, Venue::Spot) => (-1013, "Market is closed."),
            (Rejection::Halted, Venue::UsdM) => (-4141, "Symbol is closed."),
        };
        (code, message.to_owned())
    }
}
