//! Every indicator by name: one by one, at once and resumed are the same to the bit; what is refused changes nothing.

use indicators::{Entry, Fault, Rule, Stream, all, named};

const ROWS: usize = 300;

#[test]
fn names_are_unique() {
    for entry in all() {
        assert_eq!(
            all().filter(|other| other.name == entry.name).count(),
            1,
            "{}",
            entry.name
        );
        assert!(named(entry.name).is_some(), "{}", entry.name);
    }
    assert!(named("none").is_none());
}

#[test]
fn ways_agree() {
    for entry in all() {
        let columns = columns(entry);
        let mut one_by_one = made(entry);
        let expected: Vec<Vec<u64>> = (0..ROWS).map(|row| updated(&mut *one_by_one, &columns, row)).collect();
        assert_eq!(extended(&mut *made(entry), &columns), expected, "{}", entry.name);

        let mut first = made(entry);
        (0..ROWS / 2).for_each(|row| drop(updated(&mut *first, &columns, row)));
        let mut second = made(entry);
        second.restore(&first.memory()).expect("its own memory");
        for (row, expected) in expected.iter().enumerate().skip(ROWS / 2) {
            assert_eq!(
                updated(&mut *second, &columns, row),
                *expected,
                "{} at {row}",
                entry.name
            );
        }
        assert_eq!(second.memory(), one_by_one.memory(), "{}", entry.name);
    }
}

#[test]
fn bad_memory_changes_nothing() {
    for entry in all() {
        let columns = columns(entry);
        let mut stream = made(entry);
        (0..ROWS / 2).for_each(|row| drop(updated(&mut *stream, &columns, row)));
        let memory = stream.memory();
        let mut longer = memory.clone();
        longer.push(0.0);
        assert!(stream.restore(&longer).is_err(), "{}", entry.name);
        if let Some(last) = memory.len().checked_sub(1) {
            assert!(stream.restore(&memory[..last]).is_err(), "{}", entry.name);
            let mut broken = memory.clone();
            broken[last] = f64::NAN;
            assert!(stream.restore(&broken).is_err(), "{}", entry.name);
        }
        assert_eq!(stream.memory(), memory, "{}", entry.name);
    }
}

#[test]
fn bad_rows_change_nothing() {
    for entry in all() {
        let mut columns = columns(entry);
        let mut stream = made(entry);
        columns[0][7] = f64::INFINITY;
        let slices: Vec<&[f64]> = columns.iter().map(|column| &column[..]).collect();
        let mut outputs = vec![vec![0.0; ROWS]; entry.outputs.len()];
        let mut filled: Vec<&mut [f64]> = outputs.iter_mut().map(|output| &mut output[..]).collect();
        let error = stream.extend(&slices, &mut filled).expect_err("infinity is no number");
        assert_eq!(
            (error.index, error.fault, error.input),
            (7, Fault::NotFinite, entry.inputs[0].name)
        );
        assert_eq!(stream.memory(), made(entry).memory(), "{}", entry.name);
    }
}

#[test]
fn parameters_have_ranges() {
    for entry in all().filter(|entry| !entry.parameters.is_empty()) {
        let mut wrong = parameters(entry);
        wrong[0] = entry.parameters[0].lowest - 1.0;
        assert!(entry.make(&wrong).is_err(), "{}", entry.name);
        assert!(entry.make(&[]).is_err(), "{}", entry.name);
    }
}

fn parameters(entry: &Entry) -> Vec<f64> {
    let common = |whole| if whole { 5.0 } else { 1.0 };
    let ranges = entry.parameters.iter();
    ranges
        .map(|one| f64::clamp(common(one.whole), one.lowest, one.highest))
        .collect()
}

fn made(entry: &'static Entry) -> Box<dyn Stream> {
    entry.make(&parameters(entry)).expect("within the ranges")
}

/// A wave with flat stretches; the high is above the low.
fn columns(entry: &Entry) -> Vec<Vec<f64>> {
    let price = |row: usize| 100.0 + ((row / 3) as f64 * 0.7).sin() * 9.0;
    let value = |name: &str, rule: Rule, row: usize| match name {
        "high" | "ask" => price(row) + (row % 4) as f64,
        "low" | "bid" => price(row) - (row % 3) as f64,
        "side" | "signed_volume" => (row % 5) as f64 - 2.0,
        _ if rule == Rule::NotNegative => (row % 6) as f64,
        _ => price(row),
    };
    let of = |name, rule| (0..ROWS).map(|row| value(name, rule, row)).collect();
    entry.inputs.iter().map(|input| of(input.name, input.rule)).collect()
}

/// The bits of a row's values; of NaN while warming up.
fn updated(stream: &mut dyn Stream, columns: &[Vec<f64>], row: usize) -> Vec<u64> {
    let inputs: Vec<f64> = columns.iter().map(|column| column[row]).collect();
    let mut values = vec![0.0; stream.entry().outputs.len()];
    if !stream.update(&inputs, &mut values).expect("a sound row") {
        values.fill(f64::NAN);
    }
    values.into_iter().map(f64::to_bits).collect()
}

fn extended(stream: &mut dyn Stream, columns: &[Vec<f64>]) -> Vec<Vec<u64>> {
    let slices: Vec<&[f64]> = columns.iter().map(|column| &column[..]).collect();
    let mut outputs = vec![vec![0.0; ROWS]; stream.entry().outputs.len()];
    let mut filled: Vec<&mut [f64]> = outputs.iter_mut().map(|output| &mut output[..]).collect();
    stream.extend(&slices, &mut filled).expect("sound rows");
    (0..ROWS)
        .map(|row| outputs.iter().map(|output| output[row].to_bits()).collect())
        .collect()
}
