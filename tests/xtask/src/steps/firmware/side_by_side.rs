//! Boards side by side, as many as there are processors: an image's last step of building has one thread,
//! and so has a QEMU, and a line is waited for most of the time.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Result;

/// Calls it for each, in no order, and gives what came of them in theirs. The first failure is told once
/// all that have begun are done.
pub(super) fn at_once<T: Sync, R: Send>(
    all: &[T],
    check: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
    let done: Mutex<Vec<(usize, R)>> = Mutex::default();
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(index) else { return };
            match check(one) {
                Ok(made) => {
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, made));
                }
                Err(error) => {
                    next.store(all.len(), Ordering::Relaxed);
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get).min(all.len()) {
            scope.spawn(work);
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, made)| made).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_in_the_order_of_what_it_was_made_of() -> Result<()> {
        let all: Vec<u64> = (0..50).rev().collect();
        let made = at_once(&all, |number| {
            thread::sleep(std::time::Duration::from_micros(number % 7));
            Ok(number * 2)
        })?;
        assert!(made.iter().eq(all.iter().map(|number| number * 2).collect::<Vec<_>>().iter()));
        Ok(())
    }

    #[test]
    fn a_failure_is_told_and_ends_what_has_not_begun() {
        let begun = AtomicUsize::new(0);
        let ended = at_once(&[1; 10_000], |_| {
            begun.fetch_add(1, Ordering::Relaxed);
            anyhow::ensure!(begun.load(Ordering::Relaxed) < 3, "the third");
            Ok(())
        });
        assert!(ended.is_err_and(|error| error.to_string() == "the third"));
        assert!(begun.into_inner() < 5_000);
    }
}
