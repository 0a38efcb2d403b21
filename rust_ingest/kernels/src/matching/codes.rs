//! The numbers that stand in commands and events for a choice.

use super::Rejection;

/// Declares an enum over a byte of a command, and how that byte is read.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[repr(u8)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$of])* $variant = $number),+ }

        impl TryFrom<u8> for $name {
            type Error = Rejection;

            #[inline]
            fn try_from(code: u8) -> Result<Self, Rejection> {
                match code {
                    $($number => Ok(Self::$variant),)+
                    _ => Err(Rejection::BadCommand),
                }
            }
        }
    };
}

code! {
    /// What a command asks for.
    Action { New = 1, Cancel = 2, Replace = 3, Reduce = 4, MassCancel = 5, Phase = 6, Bands = 7, Time = 8 }
}

code! {
    Side { Buy = 1, Sell = 2 }
}

code! {
    Kind { Limit = 1, Market = 2, Stop = 3, StopLimit = 4 }
}

code! {
    TimeInForce { Gtc = 1, Gtd = 2, Day = 3, Ioc = 4, Fok = 5 }
}

code! {
    /// What happens when a taker meets an order of its own owner.
    SelfTrade { None = 0, CancelNewest = 1, CancelOldest = 2, CancelBoth = 3, Decrement = 4 }
}

code! {
    Phase { Open = 1, Call = 2, Halted = 3, Closed = 4 }
}

impl Side {
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// Its place in an array of two.
    #[inline]
    pub(super) fn index(self) -> usize {
        self as usize - 1
    }
}

impl Kind {
    /// Whether it has a limit price.
    #[inline]
    pub(super) fn has_price(self) -> bool {
        matches!(self, Self::Limit | Self::StopLimit)
    }

    /// Whether it waits for a trade at its stop price.
    #[inline]
    pub(super) fn waits(self) -> bool {
        matches!(self, Self::Stop | Self::StopLimit)
    }
}

impl TimeInForce {
    /// Whether it takes at once or not at all.
    #[inline]
    pub(super) fn is_immediate(self) -> bool {
        matches!(self, Self::Ioc | Self::Fok)
    }
}
