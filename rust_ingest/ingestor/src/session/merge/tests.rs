use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const STREAMS: usize = 3;

fn trade(id: i64) -> Mark {
    let after = Some(id - 1);
    Mark { number: id, after }
}

fn quote(number: i64) -> Mark {
    Mark { number, after: None }
}

/// A merge of one stream, whose messages are their numbers.
struct Bench(Merge<i64>, Vec<i64>);

impl Bench {
    fn both_open() -> Self {
        let mut merge = Merge::new(1);
        assert!(merge.opened(Side::A), "the feed begins");
        assert!(!merge.opened(Side::B));
        Self(merge, Vec::new())
    }

    fn offer(&mut self, side: Side, marks: impl IntoIterator<Item = Mark>) -> &mut Self {
        for mark in marks {
            if self.0.offer(side, 0, mark, 0, || mark.number) == Verdict::Take {
                self.1.push(mark.number);
            }
            self.drain();
        }
        self
    }

    fn drain(&mut self) {
        self.1.extend(std::iter::from_fn(|| self.0.next_released()));
    }

    fn close(&mut self, side: Side) -> bool {
        let was_last = self.0.closed(side);
        self.drain();
        was_last
    }
}

#[test]
fn whichever_is_first_wins() {
    let mut bench = Bench::both_open();
    bench
        .offer(Side::A, [1, 2].map(trade))
        .offer(Side::B, [1, 2, 3].map(trade));
    bench.offer(Side::A, [3, 4].map(trade));
    assert_eq!((&bench.1, bench.0.duplicates()), (&vec![1, 2, 3, 4], 3));
}

#[test]
fn what_one_side_missed_comes_from_the_other_in_order() {
    let mut bench = Bench::both_open();
    bench
        .offer(Side::B, [1].map(trade))
        .offer(Side::A, [1, 2, 5, 6].map(trade));
    assert_eq!(bench.1, [1, 2], "5 waits for 3 and 4");
    bench.offer(Side::B, [2, 3].map(trade)).offer(Side::B, [4].map(trade));
    assert_eq!(bench.1, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn the_side_that_was_there_first_knows_where_the_feed_begins() {
    let mut bench = Bench::both_open();
    bench.offer(Side::B, [2, 3].map(trade));
    assert_eq!(bench.1, [0; 0]);
    bench.offer(Side::A, [1].map(trade));
    assert_eq!(bench.1, [1, 2, 3]);
}

#[test]
fn a_hole_on_both_sides_stays_one_at_once() {
    let mut bench = Bench::both_open();
    bench
        .offer(Side::A, [1, 2, 5].map(trade))
        .offer(Side::B, [1, 2].map(trade));
    assert_eq!(bench.1, [1, 2]);
    bench.offer(Side::B, [4].map(trade));
    assert_eq!(bench.1, [1, 2, 4, 5], "3 is lost");
}

#[test]
fn nobody_waits_for_a_side_that_is_lost() {
    let mut bench = Bench::both_open();
    bench.offer(Side::A, [1, 2, 5].map(trade));
    assert!(!bench.close(Side::B));
    assert_eq!(bench.1, [1, 2, 5]);
    bench.offer(Side::A, [9].map(trade));
    assert_eq!(bench.1, [1, 2, 5, 9], "alone, a side is as it is");
    assert!(bench.close(Side::A));
}

#[test]
fn a_side_that_lags_is_given_up() {
    let mut bench = Bench::both_open();
    bench.offer(Side::A, [1, 3].map(trade));
    assert!(!bench.0.is_due(HOLD_NS_MAX - 1));
    bench.0.on_time(HOLD_NS_MAX - 1);
    bench.drain();
    assert_eq!(bench.1, [1]);
    assert!(bench.0.is_due(HOLD_NS_MAX));
    bench.0.on_time(HOLD_NS_MAX);
    bench.drain();
    assert_eq!(bench.1, [1, 3]);
    assert!(!bench.0.is_due(i64::MAX));
}

#[test]
fn numbers_that_jump_by_nature_are_in_step_after_an_overlap() {
    let mut bench = Bench::both_open();
    bench
        .offer(Side::A, [10, 14].map(quote))
        .offer(Side::B, [14, 17, 21].map(quote));
    assert_eq!(bench.1, [10, 14, 17, 21], "14 on both: B has all that follows");
    bench.close(Side::A);
    bench.0.opened(Side::A);
    bench.offer(Side::A, [30, 33].map(quote));
    assert_eq!(bench.1, [10, 14, 17, 21], "what came between 21 and 30, B will tell");
    bench.offer(Side::B, [25, 30].map(quote));
    assert_eq!(bench.1, [10, 14, 17, 21, 25, 30, 33]);
}

#[test]
fn after_both_were_lost_the_venue_may_count_anew() {
    let mut bench = Bench::both_open();
    bench.offer(Side::A, [100].map(trade));
    bench.close(Side::A);
    bench.close(Side::B);
    assert!(bench.0.opened(Side::B));
    bench.offer(Side::B, [1].map(trade));
    assert_eq!(bench.1, [100, 1]);
}

#[test]
fn a_stream_that_begins_anew_goes_on_on_both_sides() {
    let mut bench = Bench::both_open();
    bench
        .offer(Side::A, [10, 13].map(trade))
        .offer(Side::B, [10].map(trade));
    bench.0.restart(Side::B, 0, 12);
    bench.drain();
    assert_eq!(bench.1, [10, 13], "what A holds follows 12");
    bench
        .offer(Side::B, [13, 14].map(trade))
        .offer(Side::A, [14, 15].map(trade));
    assert_eq!(bench.1, [10, 13, 14, 15]);
    bench.0.restart(Side::A, 0, 3);
    bench.offer(Side::A, [4].map(trade)).offer(Side::B, [4, 5].map(trade));
    assert_eq!(bench.1, [10, 13, 14, 15, 4, 5], "the venue counts anew");
}

/// What a stretch of the feed does to one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    Both,
    Without(Side),
}

/// One message: its stream, how far its number jumps where numbers may, which side loses it without a word where numbers
/// tell, and which one says it twice.
type Spec = (usize, i64, Option<Side>, Option<Side>);

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Message number so and so of the feed.
    Message(usize),
    /// The side is cut or comes back, in this order over both sides, before this message of the feed.
    Cut(usize),
    Back(usize, usize),
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::A), Just(Side::B)]
}

fn rarely(side: impl Strategy<Value = Side>) -> impl Strategy<Value = Option<Side>> {
    proptest::option::weighted(0.1, side)
}

fn feed() -> impl Strategy<Value = Vec<(Stretch, Vec<Spec>)>> {
    let stretch = prop_oneof![Just(Stretch::Both), side().prop_map(Stretch::Without)];
    let message = (0..STREAMS, 1..4_i64, rarely(side()), rarely(side()));
    vec((stretch, vec(message, 0..12)), 1..10)
}

/// The feed as it is, and what each side makes of it.
fn scripts(feed: &[(Stretch, Vec<Spec>)]) -> (Vec<(usize, Mark)>, [Vec<Step>; 2]) {
    let mut marks = Vec::new();
    let mut scripts = [vec![Step::Back(0, 0)], vec![Step::Back(1, 0)]];
    let mut cuts = 2;
    let mut reached = [0_i64; STREAMS];
    for (stretch, messages) in feed {
        if let Stretch::Without(side) = stretch {
            scripts[*side as usize].push(Step::Cut(cuts));
            cuts += 1;
        }
        for (stream, jump, lost, twice) in messages {
            let before = reached[*stream];
            // The first stream counts one up, the second names what came before, the third jumps by nature.
            reached[*stream] += if *stream == 0 { 1 } else { *jump };
            let after = (*stream != 2).then_some(before);
            let number = reached[*stream];
            for side in [Side::A, Side::B] {
                // Numbers tell of a hole once they have begun.
                let can_tell = *stream != 2 && before > 0;
                let is_lost = *stretch == Stretch::Both && can_tell && *lost == Some(side);
                if *stretch != Stretch::Without(side) && !is_lost {
                    let times = if *twice == Some(side) { 2 } else { 1 };
                    scripts[side as usize].extend(vec![Step::Message(marks.len()); times]);
                }
            }
            marks.push((*stream, Mark { number, after }));
        }
        if let Stretch::Without(side) = stretch {
            scripts[*side as usize].push(Step::Back(cuts, marks.len()));
            cuts += 1;
        }
    }
    (marks, scripts)
}

/// When each side was opened or cut is the same for both, and none is opened late; else they lag as `lead` says.
fn is_possible(step: Step, cuts_done: usize, backs_due: &[usize]) -> bool {
    match step {
        Step::Cut(cut) | Step::Back(cut, _) => cut == cuts_done,
        Step::Message(message) => backs_due.iter().all(|back| *back > message),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn two_sides_with_holes_are_one_feed_without(feed in feed(), lead in vec(side(), 400)) {
        let (marks, scripts) = scripts(&feed);
        let mut merge = Merge::new(STREAMS);
        let mut out = Vec::new();
        let (mut at, mut cuts_done, mut offered) = ([0; 2], 0, 0);
        let mut lead = lead.into_iter().cycle();
        while at[0] < scripts[0].len() || at[1] < scripts[1].len() {
            let backs_due: Vec<usize> = (0..2)
                .flat_map(|side| &scripts[side][at[side]..])
                .filter_map(|step| if let Step::Back(_, message) = step { Some(*message) } else { None })
                .collect();
            let can = |side: Side| {
                scripts[side as usize].get(at[side as usize]).is_some_and(|step| is_possible(*step, cuts_done, &backs_due))
            };
            let wish = lead.next().unwrap();
            let side = [wish, Side::A, Side::B].into_iter().find(|side| can(*side)).unwrap();
            match scripts[side as usize][at[side as usize]] {
                Step::Message(message) => {
                    let (stream, mark) = marks[message];
                    offered += 1;
                    if merge.offer(side, stream, mark, 0, || (stream, mark)) == Verdict::Take {
                        out.push((stream, mark));
                    }
                }
                Step::Cut(_) => {
                    prop_assert!(!merge.closed(side), "the other side lives");
                    cuts_done += 1;
                }
                Step::Back(..) => {
                    prop_assert_eq!(merge.opened(side), cuts_done == 0);
                    cuts_done += 1;
                }
            }
            at[side as usize] += 1;
            out.extend(std::iter::from_fn(|| merge.next_released()));
        }
        // What came on the younger side alone, before anything came on the other, waits for its time.
        merge.on_time(HOLD_NS_MAX);
        out.extend(std::iter::from_fn(|| merge.next_released()));
        prop_assert_eq!(merge.held, 0);
        prop_assert_eq!(offered, out.len() as u64 + merge.duplicates());
        for stream in 0..STREAMS {
            let of_stream = |all: &[(usize, Mark)]| -> Vec<Mark> {
                all.iter().filter(|one| one.0 == stream).map(|one| one.1).collect()
            };
            prop_assert_eq!(of_stream(&out), of_stream(&marks));
        }
    }

    #[test]
    fn whatever_comes_nothing_is_taken_twice_and_nothing_vanishes(
        steps in vec((side(), 0..8_u8, 0..40_i64, proptest::option::of(0..40_i64)), 0..300),
    ) {
        let mut merge = Merge::new(1);
        let (mut out, mut offered, mut now_ns) = (Vec::new(), 0, 0);
        for (side, what, number, after) in steps {
            now_ns += HOLD_NS_MAX / 20;
            match what {
                0 => { merge.closed(side); }
                1 => {
                    if merge.opened(side) {
                        out.push(i64::MIN);
                    }
                }
                2 => merge.on_time(now_ns),
                _ => {
                    offered += 1;
                    if merge.offer(side, 0, Mark { number, after }, now_ns, || number) == Verdict::Take {
                        out.push(number);
                    }
                }
            }
            out.extend(std::iter::from_fn(|| merge.next_released()));
        }
        merge.closed(Side::A);
        merge.closed(Side::B);
        out.extend(std::iter::from_fn(|| merge.next_released()));
        let taken: Vec<&[i64]> = out.split(|number| *number == i64::MIN).collect();
        for since_opened in &taken {
            prop_assert!(since_opened.is_sorted_by(|one, next| one < next), "{:?}", since_opened);
        }
        prop_assert_eq!(offered, taken.concat().len() as u64 + merge.duplicates());
    }
}
