use std::collections::BTreeSet;

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::*;

const LEASE: Duration = Duration::from_secs(2);
/// As long a holder that is awake writes after the beginning of a renewal.
const WRITES: Duration = Duration::from_millis(1700);
const EVERY: Duration = Duration::from_millis(250);

#[test]
fn of_two_that_ask_at_once_the_first_by_name_begins() {
    let asking = |name: &str, text: &str| BTreeMap::from([(name.to_owned(), note(text, true))]);
    let begun = |text: &str| BTreeMap::from([("a".to_owned(), note(text, false))]);
    let (mut a, mut b) = (Contest::new("a", LEASE), Contest::new("b", LEASE));
    assert_eq!(a.look(ms(0), Standing::Asking, asking("b", "b1")), Finding::Wait);
    assert_eq!(b.look(ms(0), Standing::Asking, asking("a", "a1")), Finding::GiveWay);
    assert_eq!(a.look(ms(100), Standing::Asking, BTreeMap::new()), Finding::Clear);
    assert_eq!(b.look(ms(100), Standing::Aside, asking("a", "a2")), Finding::Wait);
    let taken = Finding::Taken { name: "a".to_owned() };
    assert_eq!(b.look(ms(200), Standing::Aside, begun("a3")), taken);
}

#[test]
fn one_that_was_killed_is_waited_for_as_long_as_it_may_write() {
    let held = || BTreeMap::from([("a".to_owned(), note("a1", false))]);
    let mut b = Contest::new("b", LEASE);
    assert_eq!(b.look(ms(0), Standing::Aside, held()), Finding::Wait);
    assert_eq!(b.look(ms(1_999), Standing::Aside, held()), Finding::Wait);
    let dead = Finding::Dead {
        name: "a".to_owned(),
        note: note("a1", false),
    };
    assert_eq!(b.look(ms(2_000), Standing::Aside, held()), dead);
    assert_eq!(b.look(ms(2_001), Standing::Aside, BTreeMap::new()), Finding::Clear);
}

#[test]
fn of_two_that_start_at_the_same_moment_one_begins() {
    for seed in 0..1_000 {
        let ends = World::new(seed, &["A,B", "B,C"], false).run();
        assert_eq!(
            ends.iter().filter(|end| **end == At::Begun).count(),
            1,
            "seed {seed}: {ends:?}"
        );
    }
}

#[test]
fn of_many_each_begins_or_was_refused_for_one_that_had() {
    for seed in 0..500 {
        let ends = World::new(seed, &["A,B", "B,C", "C,D", "D,E", "E,A"], false).run();
        let begun = ends.iter().filter(|end| **end == At::Begun).count();
        assert_eq!(
            begun, 2,
            "seed {seed}: of a ring of five, two that are no neighbours: {ends:?}"
        );
    }
}

#[test]
fn never_two_write_whoever_is_stopped_or_killed() {
    for seed in 0..1_000 {
        World::new(seed, &["A,B", "B,C", "A,C"], true).run();
    }
}

fn note(text: &str, is_asking: bool) -> Note {
    Note {
        text: text.to_owned(),
        is_asking,
    }
}

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Where a process is in its start.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    Aside,
    /// The claim is taken, and the one before may write until then.
    Inheriting(Duration),
    Asking,
    /// It has taken a dead one's claim, for which it stood so.
    Burying {
        name: &'static str,
        note: Note,
        standing: Standing,
    },
    /// The one it buried was not dead: it may write until then.
    Mourning {
        name: &'static str,
        until: Duration,
        standing: Standing,
    },
    Begun,
    Refused,
    Fenced,
    Killed,
}

struct Process {
    name: &'static str,
    at: At,
    epoch: u32,
    contest: Contest,
    /// What was read of the others in this look, one after the other.
    read: BTreeMap<String, Note>,
    unread: Vec<&'static str>,
    /// A renewal on its way: its beginning, and whether it asks. The beginning of the last that was confirmed.
    renewing: Option<(Duration, bool)>,
    renewed: Duration,
    asleep_until: Duration,
}

impl Process {
    fn is_through(&self) -> bool {
        matches!(self.at, At::Begun | At::Refused | At::Fenced | At::Killed)
    }
}

/// A broker, processes whose steps fall between each other's by chance, and a clock.
struct World {
    chance: TestRng,
    now: Duration,
    has_faults: bool,
    claims: BTreeMap<&'static str, (u32, Option<Note>)>,
    renewals: u32,
    processes: Vec<Process>,
}

impl World {
    fn new(seed: u64, lists: &[&'static str], has_faults: bool) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let of = |name: &&'static str| Process {
            name,
            at: At::Aside,
            epoch: 0,
            contest: Contest::new(name, LEASE),
            read: BTreeMap::new(),
            unread: overlapping(name, lists),
            renewing: None,
            renewed: Duration::ZERO,
            asleep_until: Duration::ZERO,
        };
        Self {
            chance: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes),
            now: ms(10_000),
            has_faults,
            claims: lists.iter().map(|name| (*name, (0, None))).collect(),
            renewals: 0,
            processes: lists.iter().map(of).collect(),
        }
    }

    /// Until all have begun or ended, and with faults for half a minute; where each is then.
    fn run(mut self) -> Vec<At> {
        let end = self.now + ms(30_000);
        while self.now < end && (self.has_faults || !self.processes.iter().all(Process::is_through)) {
            let pause = ms(self.below(12));
            self.now += pause;
            let index = usize::try_from(self.below(self.processes.len() as u64)).unwrap();
            self.strike(index);
            if self.now >= self.processes[index].asleep_until {
                if self.below(2) == 0 {
                    self.keep(index);
                } else {
                    self.step(index);
                }
            }
            self.check();
        }
        assert!(self.processes.iter().all(Process::is_through));
        let ends: Vec<At> = self.processes.into_iter().map(|one| one.at).collect();
        assert!(self.has_faults || !ends.contains(&At::Fenced), "{ends:?}");
        ends
    }

    fn strike(&mut self, index: usize) {
        if !self.has_faults || self.now > ms(25_000) || self.below(200) > 0 {
            return;
        }
        if self.below(4) == 0 {
            self.processes[index].at = At::Killed;
        } else {
            self.processes[index].asleep_until = self.now + ms(self.below(5_000));
        }
    }

    /// The thread that renews the claim.
    fn keep(&mut self, index: usize) {
        let one = &mut self.processes[index];
        let is_asking = match &one.at {
            At::Begun => false,
            At::Asking => true,
            At::Burying { standing, .. } | At::Mourning { standing, .. } if *standing == Standing::Asking => true,
            _ => return,
        };
        match one.renewing.take() {
            None if self.now - one.renewed >= EVERY => one.renewing = Some((self.now, is_asking)),
            None => {}
            Some((beginning, is_asking)) => self.renew(index, beginning, is_asking),
        }
    }

    fn renew(&mut self, index: usize, beginning: Duration, is_asking: bool) {
        let one = &mut self.processes[index];
        let claim = self.claims.get_mut(one.name).unwrap();
        if claim.0 != one.epoch {
            one.at = At::Fenced;
            return;
        }
        self.renewals += 1;
        claim.1 = Some(note(&self.renewals.to_string(), is_asking));
        one.renewed = beginning;
    }

    fn step(&mut self, index: usize) {
        match self.processes[index].at.clone() {
            At::Aside => self.read_on(index, Standing::Aside),
            At::Asking => self.read_on(index, Standing::Asking),
            At::Inheriting(until) if self.now >= until => {
                self.processes[index].at = At::Asking;
                self.renew(index, self.now, true);
            }
            At::Burying { name, note, standing } => {
                self.processes[index].at = if self.claims[name].1.as_ref() == Some(&note) {
                    self.claims.get_mut(name).unwrap().1 = None;
                    back(standing)
                } else {
                    let until = self.now + LEASE;
                    At::Mourning { name, until, standing }
                };
            }
            At::Mourning { name, until, standing } if self.now >= until => {
                self.claims.get_mut(name).unwrap().1 = None;
                self.processes[index].at = back(standing);
            }
            _ => {}
        }
    }

    /// Reads one more claim of a look, and does what a whole look finds.
    fn read_on(&mut self, index: usize, standing: Standing) {
        let names: Vec<&'static str> = self.claims.keys().copied().collect();
        let one = &mut self.processes[index];
        if let Some(name) = one.unread.pop() {
            if let Some(note) = &self.claims[name].1 {
                one.read.insert(name.to_owned(), note.clone());
            }
            return;
        }
        one.unread = overlapping(one.name, &names);
        let read = std::mem::take(&mut one.read);
        let finding = one.contest.look(self.now, standing, read);
        match finding {
            Finding::Wait => {}
            Finding::GiveWay => self.give_back(index, At::Aside),
            Finding::Taken { name } => {
                assert!(
                    self.processes
                        .iter()
                        .any(|other| other.name == name && other.at == At::Begun)
                        || self.has_faults
                );
                self.give_back(index, At::Refused);
            }
            Finding::Dead { name, note } => {
                let name = names.into_iter().find(|one| *one == name).unwrap();
                self.claims.get_mut(name).unwrap().0 += 1;
                self.processes[index].at = At::Burying { name, note, standing };
            }
            Finding::Clear if standing == Standing::Asking => self.processes[index].at = At::Begun,
            Finding::Clear => {
                let claim = self.claims.get_mut(self.processes[index].name).unwrap();
                claim.0 += 1;
                self.processes[index].epoch = claim.0;
                let wait = if claim.1.is_some() { LEASE } else { Duration::ZERO };
                self.processes[index].at = At::Inheriting(self.now + wait);
            }
        }
    }

    fn give_back(&mut self, index: usize, to: At) {
        let one = &mut self.processes[index];
        if one.at == At::Asking {
            let claim = self.claims.get_mut(one.name).unwrap();
            if claim.0 == one.epoch {
                claim.1 = None;
            }
            one.renewing = None;
        }
        one.at = to;
    }

    /// Of two with symbols in common never both may write.
    fn check(&self) {
        let may_write =
            |one: &&Process| one.at == At::Begun && self.now >= one.asleep_until && self.now - one.renewed < WRITES;
        let writers: Vec<&str> = self.processes.iter().filter(may_write).map(|one| one.name).collect();
        if writers.len() < 2 {
            return;
        }
        for name in &writers {
            let others = overlapping(name, &writers);
            assert!(others.is_empty(), "{name} and {others:?} write at {:?}", self.now);
        }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.chance.next_u64() % end
    }
}

fn back(standing: Standing) -> At {
    match standing {
        Standing::Aside => At::Aside,
        Standing::Asking => At::Asking,
    }
}

/// The lists that name a symbol of this one.
fn overlapping<'a>(name: &str, lists: &[&'a str]) -> Vec<&'a str> {
    let own: BTreeSet<&str> = name.split(',').collect();
    let others = lists.iter().filter(|other| **other != name);
    others
        .filter(|other| other.split(',').any(|symbol| own.contains(symbol)))
        .copied()
        .collect()
}
