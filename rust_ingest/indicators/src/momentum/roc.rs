//! Changes over n rows.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Window;

/// Indicators that differ in how they compare the close with that of n rows before alone.
macro_rules! changes {
    ($($(#[doc = $what:literal])* $name:ident => |$close:ident, $before:ident| $change:expr;)+) => {$(
        $(#[doc = $what])*
        pub struct $name {
            window: Window,
        }

        memory!($name { window });

        impl $name {
            pub(crate) fn of(timeperiod: usize) -> Self {
                Self {
                    window: Window::of(timeperiod),
                }
            }
        }

        impl Single for $name {
            #[inline]
            fn next(&mut self, $close: f64) -> Option<f64> {
                self.window.push($close).map(|$before| $change)
            }

            #[inline(always)]
            fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
                let cold = self.window.lagged(values, out);
                for (place, &$close) in out.iter_mut().zip(values) {
                    let $before = *place;
                    *place = $change;
                }
                cold
            }
        }
    )+};
}

changes! {
    /// The change over n rows.
    Mom => |close, before| close - before;
    /// The change over n rows in percent.
    Roc => |close, before| (close / before - 1.0) * 100.0;
    /// The change over n rows, as a part.
    Rocp => |close, before| (close - before) / before;
    /// The close by that of n rows ago.
    Rocr => |close, before| close / before;
    /// The same in percent.
    Rocr100 => |close, before| close / before * 100.0;
}
