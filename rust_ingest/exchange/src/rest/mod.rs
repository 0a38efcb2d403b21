//! The REST side: Binance's `/api/v3` and `/fapi/v1`, and our own control endpoints.

pub mod amend;
pub mod cancel_replace;
pub mod depth;
pub mod endpoint;
pub mod exchange_info;
pub mod limits;
pub mod listen_key;
pub mod lists;
pub mod modify;
pub mod new_order;
pub mod orders;
pub mod parameters;
pub mod reply;
pub mod route;
pub mod signature;
pub mod spot;
pub mod usdm;
