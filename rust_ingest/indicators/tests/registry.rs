//! Every indicator by name: one by one, at once and resumed are the same to the bit; what is refused changes nothing.

use indicators::{Entry, Fault, InputError, Rule, Stream, all, named};

const ROWS: usize = 300;
const LONG: usize = 3400;

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

/// Longer than the blocks that columns are gone through in, with windows shorter and longer than these.
#[test]
fn long_columns_are_as_their_rows() {
    for entry in all() {
        let columns = long_columns(entry);
        for period in [1.0, 2.0, 7.0, 30.0, 128.0, 1500.0] {
            let ranges = entry.parameters.iter();
            let wanted = ranges.map(|one| f64::clamp(if one.whole { period } else { 1.0 }, one.lowest, one.highest));
            let wanted: Vec<f64> = wanted.collect();
            let made = || entry.make(&wanted).expect("within the ranges");
            let (mut rows, mut at_once) = (made(), made());
            let expected: Vec<Vec<u64>> = (0..LONG).map(|row| updated(&mut *rows, &columns, row)).collect();
            // Not begun at a block's bounds.
            let (first, rest): (Vec<_>, Vec<_>) = columns
                .iter()
                .map(|column| (column[..333].to_vec(), column[333..].to_vec()))
                .unzip();
            let mut found = extended(&mut *at_once, &first);
            found.extend(extended(&mut *at_once, &rest));
            if let Some(row) = (0..LONG).find(|&row| found[row] != expected[row]) {
                panic!(
                    "{} of {wanted:?}: row {row} is {:?}, not {:?}",
                    entry.name, found[row], expected[row]
                );
            }
            assert_eq!(
                bits(&at_once.memory()),
                bits(&rows.memory()),
                "{} of {wanted:?}",
                entry.name
            );
        }
    }
}

/// Zero may come with a sign, also where prices rest.
#[test]
fn a_sign_of_zero_is_kept_or_lost_in_columns_as_in_rows() {
    let columns = |entry: &Entry| -> Vec<Vec<f64>> {
        let value = |rule: Rule, row: usize| match rule {
            Rule::Positive => 7.0,
            _ if row % 97 == 40 || row % 500 > 460 => -0.0,
            Rule::NotNegative => (row / 50 % 3) as f64,
            Rule::Any => (row / 700 % 2) as f64,
        };
        let inputs = entry.inputs.iter();
        inputs
            .map(|input| (0..LONG).map(|row| value(input.rule, row)).collect())
            .collect()
    };
    for entry in all() {
        let columns = columns(entry);
        let mut rows = made(entry);
        let expected: Vec<Vec<u64>> = (0..LONG).map(|row| updated(&mut *rows, &columns, row)).collect();
        let mut at_once = made(entry);
        let found = extended(&mut *at_once, &columns);
        if let Some(row) = (0..LONG).find(|&row| found[row] != expected[row]) {
            panic!("{}: row {row} is {:?}, not {:?}", entry.name, found[row], expected[row]);
        }
        assert_eq!(bits(&at_once.memory()), bits(&rows.memory()), "{}", entry.name);
    }
}

/// What a processor without AVX2 does, done on any.
#[test]
fn an_old_processor_finds_the_same() {
    for entry in all() {
        let columns = long_columns(entry);
        let (mut wide, mut by_rows) = (made(entry), made(entry));
        let expected = extended(&mut *wide, &columns);
        let found = taken(&columns, entry, |inputs, outputs| {
            by_rows.extend_by_rows(inputs, outputs)
        });
        assert_eq!(found.expect("sound rows"), expected, "{}", entry.name);
        assert_eq!(bits(&by_rows.memory()), bits(&wide.memory()), "{}", entry.name);

        let mut columns = columns;
        columns[0][2500] = f64::NAN;
        let refused = taken(&columns, entry, |inputs, outputs| {
            by_rows.extend_by_rows(inputs, outputs)
        });
        let error = refused.expect_err("it is no number");
        assert_eq!((error.index, error.fault), (2500, Fault::NotFinite), "{}", entry.name);
        assert_eq!(bits(&by_rows.memory()), bits(&wide.memory()), "{}", entry.name);
    }
}

#[test]
fn a_bad_row_behind_many_changes_nothing() {
    for entry in all() {
        let mut columns = long_columns(entry);
        let mut stream = made(entry);
        extended(&mut *stream, &columns);
        let before = stream.memory();
        columns[0][2500] = f64::NAN;
        let refused = taken(&columns, entry, |inputs, outputs| stream.extend(inputs, outputs));
        let error = refused.expect_err("it is no number");
        assert_eq!((error.index, error.fault), (2500, Fault::NotFinite), "{}", entry.name);
        assert_eq!(bits(&stream.memory()), bits(&before), "{}", entry.name);
    }
}

#[test]
fn outputs_have_the_length_of_the_inputs() {
    let mut sma = named("sma")
        .expect("it is there")
        .make(&[3.0])
        .expect("within its range");
    let mut short = [0.0; 4];
    let error = sma
        .extend(&[&[1.0; 5]], &mut [&mut short])
        .expect_err("one place is missing");
    assert_eq!(
        (error.input, error.index, error.found, error.fault),
        ("sma", 4, 4.0, Fault::Length)
    );
    assert_eq!(
        error.to_string(),
        "sma: sma has 4 values, not as many as the first input; give one a row"
    );
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
        let refused = taken(&columns, entry, |inputs, outputs| stream.extend(inputs, outputs));
        let error = refused.expect_err("infinity is no number");
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

/// A walk with ticks, flat stretches of all lengths, and a rest to the end of a block.
fn long_columns(entry: &Entry) -> Vec<Vec<f64>> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (mut price, mut rest) = (100.0, 0);
    let mut walk = Vec::with_capacity(LONG);
    for row in 0..LONG {
        if rest == 0 && row < 1700 || row >= 2300 {
            price += (random() % 9) as f64 * 0.25 - 1.0;
            price = f64::max(price, 20.0);
            rest = if random() % 40 == 0 { random() % 60 } else { 0 };
        }
        rest = rest.saturating_sub(1);
        walk.push((price, (random() % 4) as f64));
    }
    let value = |name: &str, rule: Rule, (price, other): (f64, f64), row: usize| match name {
        "high" | "ask" => price + other * 0.5 * f64::from(u8::from(!row.is_multiple_of(7))),
        "low" | "bid" => price - other * 0.25 * f64::from(u8::from(!row.is_multiple_of(7))),
        "side" | "signed_volume" => other - 1.5,
        _ if rule == Rule::NotNegative => {
            if row % 500 < 60 {
                0.0
            } else {
                other
            }
        }
        _ => price,
    };
    let of = |name, rule| {
        walk.iter()
            .enumerate()
            .map(|(row, &at)| value(name, rule, at, row))
            .collect()
    };
    entry.inputs.iter().map(|input| of(input.name, input.rule)).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
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
    let found = taken(columns, stream.entry(), |inputs, outputs| {
        stream.extend(inputs, outputs)
    });
    found.expect("sound rows")
}

/// The bits of each row's values.
fn taken(
    columns: &[Vec<f64>],
    entry: &Entry,
    take: impl FnOnce(&[&[f64]], &mut [&mut [f64]]) -> Result<(), InputError>,
) -> Result<Vec<Vec<u64>>, InputError> {
    let slices: Vec<&[f64]> = columns.iter().map(|column| &column[..]).collect();
    let rows = columns[0].len();
    let mut outputs = vec![vec![0.0; rows]; entry.outputs.len()];
    let mut filled: Vec<&mut [f64]> = outputs.iter_mut().map(|output| &mut output[..]).collect();
    take(&slices, &mut filled)?;
    let bits = |row| outputs.iter().map(|output| f64::to_bits(output[row])).collect();
    Ok((0..rows).map(bits).collect())
}
