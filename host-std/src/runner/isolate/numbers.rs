//! What parts counted in a shot, on its way from the worker to the parent: the numbers each time, what
//! they are called where that has changed. The worker is not believed.

use std::collections::VecDeque;
use std::rc::Rc;

use pandia_core::backend::{Metric, MetricValue};
use serde::{Deserialize, Serialize};

use crate::runner::metrics::METRICS_MAX;

/// Part and name of a number.
type Name = (String, String);

/// What parts counted in one shot, in JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shot<N> {
    /// Which shot of the request.
    index: u64,
    /// What the numbers are called, unless it is as in the last shot that was told.
    names: Option<N>,
    values: Vec<Number>,
}

/// A [`MetricValue`]. Levels travel as their bits: JSON's own numbers may be off by one in the last
/// place, and some levels are none.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Number {
    #[serde(rename = "n")]
    Counter(u64),
    #[serde(rename = "g")]
    GaugeBits(u64),
}

impl Number {
    const fn of(value: MetricValue) -> Self {
        match value {
            MetricValue::Counter(count) => Self::Counter(count),
            MetricValue::Gauge(level) => Self::GaugeBits(level.to_bits()),
        }
    }

    const fn value(self) -> MetricValue {
        match self {
            Self::Counter(count) => MetricValue::Counter(count),
            Self::GaugeBits(bits) => MetricValue::Gauge(f64::from_bits(bits)),
        }
    }
}

/// The worker's side, for the shots of one request.
#[derive(Debug, Default)]
pub(super) struct Teller {
    names: Vec<Name>,
    /// Whether the parent knows the names.
    told: bool,
}

impl Teller {
    /// The message for the shot at `index`.
    pub(super) fn words<'n>(
        &mut self,
        index: u64,
        numbers: impl Iterator<Item = Metric<'n>>,
    ) -> serde_json::Result<Vec<u8>> {
        let mut values = Vec::with_capacity(self.names.len());
        for Metric { part, name, value } in numbers {
            let place = values.len();
            let known = self.names.get(place);
            if known.is_none_or(|known| known.0 != part || known.1 != name) {
                self.names.truncate(place);
                self.names.push((part.to_owned(), name.to_owned()));
                self.told = false;
            }
            values.push(Number::of(value));
        }
        if self.names.len() > values.len() {
            self.names.truncate(values.len());
            self.told = false;
        }
        let names = (!self.told).then_some(self.names.as_slice());
        self.told = true;
        serde_json::to_vec(&Shot { index, names, values })
    }
}

/// The parent's side, for the shots of one request.
#[derive(Debug)]
pub(super) struct Heard {
    /// How many shots the request is for.
    count: u64,
    /// The first shot that may come next.
    next: u64,
    names: Option<Rc<[Name]>>,
    /// Shots that nobody has taken yet, in order: no more than the request has.
    shots: VecDeque<(u64, Numbers)>,
}

/// What parts counted in one shot.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    names: Rc<[Name]>,
    values: Vec<Number>,
}

impl Heard {
    pub(super) const fn new(count: u64) -> Self {
        Self { count, next: 0, names: None, shots: VecDeque::new() }
    }

    /// Takes in a message; `None` if it is none, or comes out of turn.
    pub(super) fn hear(&mut self, words: &[u8]) -> Option<()> {
        let Shot { index, names, values } =
            serde_json::from_slice::<Shot<Vec<Name>>>(words).ok()?;
        if let Some(names) = names {
            self.names = Some(names.into());
        }
        let names = Rc::clone(self.names.as_ref()?);
        let fits = names.len() == values.len() && values.len() as u64 <= u64::from(METRICS_MAX);
        if !fits || !(self.next..self.count).contains(&index) {
            return None;
        }
        self.next = index + 1;
        self.shots.push_back((index, Numbers { names, values }));
        Some(())
    }

    /// What was heard of the shot at `index`. Shots are asked for in order.
    pub(super) fn take(&mut self, index: u64) -> Option<Numbers> {
        // Those before it have failed after all.
        while self.shots.front().is_some_and(|(at, _)| *at < index) {
            self.shots.pop_front();
        }
        let is_it = self.shots.front().is_some_and(|(at, _)| *at == index);
        if is_it { self.shots.pop_front().map(|(_, numbers)| numbers) } else { None }
    }
}

impl Numbers {
    pub(super) fn iter(&self) -> impl Iterator<Item = Metric<'_>> {
        { self.names.iter() }.zip(&self.values).map(|((part, name), value)| Metric {
            part,
            name,
            value: value.value(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::isolate::process::METRICS_BYTES_MAX;

    fn of(name: &str, value: MetricValue) -> Metric<'_> {
        Metric { part: "a\"ä", name, value }
    }

    fn level(level: f64) -> MetricValue {
        MetricValue::Gauge(level)
    }

    /// Text, so that what is not equal to itself can be compared, bits and all.
    fn shown<'n>(numbers: impl Iterator<Item = Metric<'n>>) -> Vec<String> {
        let value = |value| match value {
            MetricValue::Counter(count) => format!("{count}"),
            MetricValue::Gauge(level) => format!("{:#x}", level.to_bits()),
        };
        numbers.map(|number| format!("{number:?} {}", value(number.value))).collect()
    }

    #[test]
    fn every_number_comes_out_as_it_went_in_and_names_travel_where_they_change() {
        let odd = [0.1 + 0.2, -0.0, 5e-324, f64::MAX, f64::INFINITY, -f64::NAN];
        let odd = || odd.iter().map(|&value| of("level", level(value)));
        let one = |name| [of(name, MetricValue::Counter(u64::MAX))].into_iter();
        let (mut teller, mut heard) = (Teller::default(), Heard::new(6));
        let told = [
            teller.words(0, odd()).unwrap(),
            teller.words(1, odd()).unwrap(),
            teller.words(2, odd().take(2)).unwrap(),
            teller.words(4, one("n")).unwrap(),
            teller.words(5, one("m")).unwrap(),
        ];
        let named = told.each_ref().map(|words| words.windows(4).any(|four| four == b"\"a\\\""));
        assert_eq!(named, [true, false, true, true, true]);
        for words in &told {
            heard.hear(words).unwrap();
        }
        let mut take = |index| heard.take(index).map(|numbers| shown(numbers.iter()));
        assert_eq!(take(0), Some(shown(odd())));
        // The one after it is not asked for.
        assert_eq!(take(2), Some(shown(odd().take(2))));
        assert_eq!(take(3), None);
        assert_eq!(take(4), Some(shown(one("n"))));
        assert_eq!(take(5), Some(shown(one("m"))));
        let (mut teller, mut heard) = (Teller::default(), Heard::new(1));
        heard.hear(&teller.words(0, [].into_iter()).unwrap()).unwrap();
        assert_eq!(heard.take(0).map(|numbers| numbers.iter().count()), Some(0));
    }

    #[test]
    fn what_no_worker_says_is_refused() {
        let known = br#"{"index":1,"names":[["a","n"]],"values":[{"n":3}]}"#;
        for words in [
            r#"{"index":1,"values":[{"n":3}]}"#,
            r#"{"index":0,"values":[{"n":3}]}"#,
            r#"{"index":3,"values":[{"n":3}]}"#,
            r#"{"index":2,"values":[{"n":3},{"n":4}]}"#,
            r#"{"index":2,"names":[],"values":[{"n":3}]}"#,
            r#"{"index":2,"values":[{"g":-1}]}"#,
            r#"{"index":2,"values":[3]}"#,
            "hello",
        ] {
            let mut heard = Heard::new(3);
            heard.hear(known).unwrap();
            assert_eq!(heard.hear(words.as_bytes()), None, "{words}");
        }
        assert_eq!(Heard::new(3).hear(br#"{"index":1,"values":[]}"#), None, "names nobody told");
        let many = METRICS_MAX as usize + 1;
        let numbers = || (0..many).map(|_| of("n", MetricValue::Counter(1)));
        let mut too_many = Teller::default();
        assert_eq!(Heard::new(1).hear(&too_many.words(0, numbers()).unwrap()), None);
        // As much as a stack of libraries may say, each byte of which takes six in JSON.
        let text = "\u{1}".repeat(256);
        let long = |_| Metric { part: &text, name: &text, value: MetricValue::Gauge(-0.0) };
        let longest = Teller::default().words(0, (1..many).map(long)).unwrap();
        assert!(longest.len() < METRICS_BYTES_MAX, "{}", longest.len());
        let just = Teller::default().words(0, numbers().skip(1)).unwrap();
        assert_eq!(Heard::new(1).hear(&just), Some(()));
    }
}
