"""Microstructure: of trades and quotes."""

from __future__ import annotations

from flows.indicators.declaration import CLOSE, VOLUME, Input, Row, Rule, period, positive, real, whole

BID = Input("bid", Rule.ANY, "price")
ASK = Input("ask", Rule.ANY, "price")
BID_SIZE = Input("bid_size", Rule.NOT_NEGATIVE, "quantity")
ASK_SIZE = Input("ask_size", Rule.NOT_NEGATIVE, "quantity")
PRICE = Input("price", Rule.ANY, "price of a trade")
SIDE = Input("side", Rule.ANY, "the aggressor's: above 0 bought, below 0 sold")
SIGNED_VOLUME = Input("signed_volume", Rule.ANY, "quantity, below 0 where it was sold into the bid")
_CONT = "R. Cont, A. Kukanov and S. Stoikov, The Price Impact of Order Book Events (2014)"
_HUANG = "R. D. Huang and H. R. Stoll, Dealer versus Auction Markets (1996)"
_NO_SIZE = "The plain middle where there is no size"
_QUOTE = (BID, BID_SIZE, ASK, ASK_SIZE)
_HORIZON = whole("horizon", 5)

ROWS = (
    Row(
        "weighted_mid",
        "Middle of bid and ask, weighted by the other side's size",
        _QUOTE,
        (),
        "0",
        "of the input",
        "J. Gatheral and R. Oomen, Zero-Intelligence Realized Variance Estimation (2010)",
        stem="quotes",
        note=_NO_SIZE,
    ),
    Row(
        "microprice",
        "Middle plus the mean next move of the middle after such an imbalance",
        _QUOTE,
        (whole("buckets", 10, 1, 1000),),
        "0",
        "any",
        "S. Stoikov, The Micro-Price (2018)",
        note="First-order adjustment of the imbalance alone, learned from the stream itself; the plain middle at first "
        "and with one size on both sides",
    ),
    Row(
        "quote_imbalance",
        "Size of the bid less that of the ask, by both",
        (BID_SIZE, ASK_SIZE),
        (),
        "0",
        "-1 to 1",
        _CONT,
        stem="quotes",
        note="0 where there is no size",
    ),
    Row(
        "order_flow_imbalance",
        "Sum of what quotes added to the bid less what they added to the ask",
        _QUOTE,
        (period(10),),
        "timeperiod",
        "any",
        _CONT,
        stem="order_flow",
    ),
    Row(
        "kyle_lambda",
        "Slope of price changes on signed volume",
        (PRICE, SIGNED_VOLUME),
        (period(50, 2),),
        "timeperiod",
        "any",
        "A. S. Kyle, Continuous Auctions and Insider Trading (1985)",
        stem="impact",
        note="0 where the volume does not vary",
    ),
    Row(
        "vpin",
        "Probability of informed trading, synchronised by volume",
        (SIGNED_VOLUME,),
        (real("bucket_volume", 1000.0, 1e-12, 1e30), whole("buckets", 50, 1, 10_000)),
        None,
        "0 to 1",
        "D. Easley, M. Lopez de Prado and M. O'Hara, Flow Toxicity and Liquidity in a High-Frequency World (2012)",
        note="Sides are given, not guessed from price changes. A new value with each full bucket",
    ),
    Row(
        "amihud",
        "Illiquidity: size of the return by the turnover",
        (positive(CLOSE), VOLUME),
        (period(20),),
        "timeperiod",
        "0 or more",
        "Y. Amihud, Illiquidity and Stock Returns (2002)",
        stem="impact",
        note="Over rows with volume; 0 where there are none",
    ),
    Row(
        "roll_spread",
        "Spread that the changes' covariance implies",
        (PRICE,),
        (period(50, 2),),
        "timeperiod + 1",
        "0 or more",
        "R. Roll, A Simple Implicit Measure of the Effective Bid-Ask Spread (1984)",
        stem="spreads",
        note="0 where the covariance is not negative",
    ),
    Row(
        "effective_spread",
        "Mean of twice what trades paid beyond the middle",
        (PRICE, SIDE, BID, ASK),
        (period(50),),
        "timeperiod - 1",
        "any",
        _HUANG,
        stem="spreads",
    ),
    Row(
        "realised_spread",
        "The same with the middle of `horizon` rows later",
        (PRICE, SIDE, BID, ASK),
        (period(50), _HORIZON),
        "timeperiod + horizon - 1",
        "any",
        _HUANG,
        stem="spreads",
    ),
    Row(
        "price_impact",
        "Mean of twice what the middle moved the trade's way in `horizon` rows",
        (SIDE, BID, ASK),
        (period(50), _HORIZON),
        "timeperiod + horizon - 1",
        "any",
        _HUANG,
        stem="spreads",
    ),
    Row(
        "trade_sign_autocorrelation",
        "Correlation of trade signs with those `lag` trades before",
        (SIDE,),
        (period(50, 2), whole("lag", 1)),
        "timeperiod + lag - 1",
        "-1 to 1",
        "F. Lillo and J. D. Farmer, The Long Memory of the Efficient Market (2004)",
        stem="trade_sign",
        note="0 where all are on one side",
    ),
)
