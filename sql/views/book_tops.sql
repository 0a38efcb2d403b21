-- Grain: one row per book event (BookDelta) for which the venue also published its own best bid and ask (Quote).
-- Source: market_ticks. While the ingestor's book is not synchronised, it shows no top, and there is no row.
-- ORDER BY: none; a reader asks for an instrument.
CREATE OR REPLACE VIEW book_tops AS
SELECT
    book.topic AS topic,
    book.partition AS partition,
    book.offset AS offset,
    book.venue AS venue,
    book.instrument AS instrument,
    book.final_update_id AS update_id,
    book.bid_price AS bid_price,
    book.bid_quantity AS bid_quantity,
    book.ask_price AS ask_price,
    book.ask_quantity AS ask_quantity,
    quote.bid_price AS quote_bid_price,
    quote.bid_quantity AS quote_bid_quantity,
    quote.ask_price AS quote_ask_price,
    quote.ask_quantity AS quote_ask_quantity,
    bid_price = quote_bid_price AND bid_quantity = quote_bid_quantity
        AND ask_price = quote_ask_price AND ask_quantity = quote_ask_quantity AS equal
FROM (SELECT * FROM market_ticks WHERE kind = 'BookDelta' AND bid_price IS NOT NULL) AS book
INNER JOIN (SELECT * FROM market_ticks WHERE kind = 'Quote') AS quote
    ON quote.topic = book.topic AND quote.partition = book.partition AND quote.venue = book.venue
    AND quote.instrument = book.instrument AND quote.update_id = book.final_update_id;
