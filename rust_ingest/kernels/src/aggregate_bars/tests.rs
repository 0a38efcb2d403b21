use super::*;

const MINUTE_NS: i64 = 60_000_000_000;
const DAY: Sessions<'_> = Sessions {
    starts_ns: &[0],
    ends_ns: &[1_440 * MINUTE_NS],
};
const PLAN: BarPlan = BarPlan {
    interval_ns: None,
    length_ns: 5 * MINUTE_NS,
    is_filled: false,
    is_partial: false,
    end_ns: None,
};

fn aggregated(minutes: &[i64], prices: &[i64], volumes: &[i64], plan: BarPlan) -> Result<Aggregated, BarFault> {
    let times_ns: Vec<_> = minutes.iter().map(|minute| minute * MINUTE_NS).collect();
    let rows = BarColumns {
        times_ns: &times_ns,
        prices: Prices::Int([prices; 4]),
        sums: vec![Column::Int(volumes)],
    };
    aggregate_bars(&rows, DAY, plan)
}

#[test]
fn a_gap_stays_empty_or_is_flat_at_the_close_before_it() {
    let (minutes, prices, volumes) = ([0, 1, 4, 15, 16, 19], [5, 9, 7, -2, 0, -1], [1, 2, 3, 4, 5, 6]);
    let empty = aggregated(&minutes, &prices, &volumes, PLAN).unwrap();
    assert_eq!(empty.opens_ns, [0, 15 * MINUTE_NS]);
    assert_eq!(
        empty.prices,
        [[5, -2], [9, 0], [5, -2], [7, -1]].map(|price| Made::Int(price.to_vec()))
    );
    assert_eq!(empty.sums, [Made::Int(vec![6, 15])]);
    let plan = BarPlan {
        is_filled: true,
        ..PLAN
    };
    let filled = aggregated(&minutes, &prices, &volumes, plan).unwrap();
    assert_eq!(filled.opens_ns, [0, 5, 10, 15].map(|minute| minute * MINUTE_NS));
    assert_eq!(filled.prices[0], Made::Int(vec![5, 7, 7, -2]));
    assert_eq!(filled.sums, [Made::Int(vec![6, 0, 0, 15])]);
}

#[test]
fn a_sum_that_does_not_fit_names_its_row() {
    let fault = aggregated(&[0, 1, 4], &[1, 1, 1], &[1, i64::MAX, 1], PLAN).unwrap_err();
    assert_eq!(fault, BarFault::in_column(BarRule::Overflow, 1, 4));
}

#[test]
fn the_last_bar_is_partial_until_its_time_is_over() {
    let count = |plan| {
        aggregated(&[0, 4, 5], &[1, 1, 1], &[1, 1, 1], plan)
            .unwrap()
            .opens_ns
            .len()
    };
    assert_eq!(count(PLAN), 1);
    assert_eq!(
        count(BarPlan {
            is_partial: true,
            ..PLAN
        }),
        2
    );
    let end_ns = Some(10 * MINUTE_NS);
    assert_eq!(count(BarPlan { end_ns, ..PLAN }), 2);
}
