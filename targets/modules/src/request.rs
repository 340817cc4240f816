//! The words of the command line: which runs are asked for.
//!
//! `program=grover shots=20 seed=7 noise=depolarizing:p_1q=1e-2 simulator=state_vector_f32`, with the
//! same meaning as on the desktop; `then` begins another run.

use crate::failure::Failure;

/// Most error models of a run.
pub(crate) const LAYERS: usize = 3;

/// One run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Request<'w> {
    pub(crate) program: &'w str,
    pub(crate) shots: u64,
    pub(crate) seed: u64,
    pub(crate) simulator: &'w str,
    /// A part of a module; without it the simple one that is linked in.
    pub(crate) runtime: Option<&'w str>,
    /// From the program down, each with its settings.
    noise: [&'w str; LAYERS],
    noise_count: usize,
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            program: "grover",
            shots: 20,
            seed: 0,
            simulator: "state_vector_f32",
            runtime: None,
            noise: [""; LAYERS],
            noise_count: 0,
        }
    }
}

impl<'w> Request<'w> {
    pub(crate) fn noise(&self) -> &[&'w str] {
        &self.noise[..self.noise_count]
    }

    /// Reads one word.
    pub(crate) fn read(&mut self, word: &'w str) -> Result<(), Failure> {
        const WORDS: &str =
            "a word is none of program=, shots=, seed=, simulator=, noise=, runtime=, then";
        let (key, value) = word.split_once('=').ok_or(Failure::Words(WORDS))?;
        match key {
            "program" => self.program = value,
            "simulator" => self.simulator = value,
            "runtime" => self.runtime = Some(value),
            "shots" => self.shots = number(value)?,
            "seed" => self.seed = number(value)?,
            "noise" => {
                const MOST: Failure = Failure::Words("more than 3 error models; leave some out");
                *self.noise.get_mut(self.noise_count).ok_or(MOST)? = value;
                self.noise_count += 1;
            }
            _ => return Err(Failure::Words(WORDS)),
        }
        Ok(())
    }
}

fn number(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Failure::Words("shots= or seed= without a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_is_run_and_others_are_refused() {
        let mut request = Request::default();
        for word in ["shots=7", "noise=a:p=1", "noise=b", "seed=9", "simulator=s:x=2", "runtime=r"]
        {
            assert!(request.read(word).is_ok(), "{word}");
        }
        assert_eq!((request.shots, request.seed, request.simulator), (7, 9, "s:x=2"));
        assert_eq!((request.noise(), request.runtime), (&["a:p=1", "b"][..], Some("r")));
        for word in ["", "shots", "shots=-1", "shots=x", "other=1"] {
            assert!(request.read(word).is_err(), "{word}");
        }
        assert!(request.read("noise=c").is_ok());
        assert!(request.read("noise=d").is_err(), "a fourth error model");
    }
}
