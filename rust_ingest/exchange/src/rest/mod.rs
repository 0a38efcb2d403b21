//! The REST side: Binance's `/api/v3` and `/fapi/v1`, and our own control endpoints.

pub mod depth;
pub mod exchange_info;
pub mod parameters;
pub mod reply;
pub mod route;
