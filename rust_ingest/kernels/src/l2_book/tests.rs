use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn levels(pairs: Vec<(i64, i64)>) -> Vec<Level> {
    pairs
        .into_iter()
        .map(|(price, quantity)| Level { price, quantity })
        .collect()
}

#[test]
fn an_emptied_side_has_no_best() {
    let mut book = L2Book::default();
    book.load(&Levels {
        bids: levels(vec![(10, 1)]),
        asks: levels(vec![(12, 4), (11, 3)]),
    });
    assert_eq!(book.top().ask, Some(Level { price: 11, quantity: 3 }));
    book.apply(&Levels {
        bids: levels(vec![(10, 0), (9, 0)]),
        asks: levels(vec![(11, 0)]),
    });
    assert_eq!(
        book.top(),
        Top {
            bid: None,
            ask: Some(Level { price: 12, quantity: 4 })
        }
    );
}

/// Prices that only rise: bids leave at the bottom and come at the top, asks the other way round.
#[test]
fn memory_stays_flat_whichever_way_prices_go() {
    let mut book = L2Book::limited(100).unwrap();
    let mut whole = L2Book::default();
    for price in 1..200_000 {
        book.set_bid(price, 1);
        book.set_ask(-price, 1);
        whole.set_bid(price, 1);
        whole.set_bid(price - 100, 0);
    }
    assert_eq!((book.len(), whole.len()), (200, 100));
    for side in [&book.bids, &whole.bids] {
        assert!(side.capacity() < 1_000, "{} levels for 100", side.capacity());
    }
    assert!(book.asks.capacity() < 1_000);
    let newest: Vec<_> = levels((199_900..200_000).rev().map(|price| (price, 1)).collect());
    for bids in [book.bids().collect::<Vec<_>>(), whole.bids().collect()] {
        assert_eq!(bids, newest);
    }
}

proptest! {
    #[test]
    fn behaves_like_a_sorted_map(
        depth in proptest::option::of(1_i64..6),
        snapshot in proptest::collection::vec((0_i64..40, 0_i64..4), 0..30),
        changes in proptest::collection::vec((any::<bool>(), 0_i64..40, 0_i64..4), 0..200),
    ) {
        let mut book = depth.map_or_else(L2Book::default, |depth| L2Book::limited(depth).unwrap());
        book.apply(&Levels { bids: levels(vec![(99, 1)]), asks: vec![] });
        book.load(&Levels { bids: levels(snapshot.clone()), asks: levels(snapshot.clone()) });
        let mut maps = [BTreeMap::new(), BTreeMap::new()];
        for (price, quantity) in snapshot {
            for map in &mut maps {
                set(map, price, quantity);
            }
        }
        cut(&mut maps, depth);
        for (is_bid, price, quantity) in changes {
            set(&mut maps[usize::from(is_bid)], price, quantity);
            cut(&mut maps, depth);
            match is_bid {
                true => book.set_bid(price, quantity),
                false => book.set_ask(price, quantity),
            }
            let [asks, bids] = &maps;
            let pairs = |map: &BTreeMap<i64, i64>| levels(map.iter().map(|(price, quantity)| (*price, *quantity)).collect());
            prop_assert_eq!(book.bids().collect::<Vec<_>>(), pairs(bids).into_iter().rev().collect::<Vec<_>>());
            prop_assert_eq!(book.asks().collect::<Vec<_>>(), pairs(asks));
        }
    }
}

fn set(map: &mut BTreeMap<i64, i64>, price: i64, quantity: i64) {
    if quantity == 0 {
        map.remove(&price);
    } else {
        map.insert(price, quantity);
    }
}

fn cut([asks, bids]: &mut [BTreeMap<i64, i64>; 2], depth: Option<i64>) {
    let Some(depth) = depth else { return };
    while asks.len() > depth as usize {
        asks.pop_last();
    }
    while bids.len() > depth as usize {
        bids.pop_first();
    }
}
