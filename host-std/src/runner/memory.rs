//! How much memory there is, and how many instances fit into it.

use crate::stack::{Shape, StackError};

/// Bytes that can be claimed without swapping, also within a container's limit; `None` if the
/// system does not say.
#[must_use]
pub fn available_bytes() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    let available = match system.cgroup_limits() {
        Some(limits) => limits.free_memory.min(system.available_memory()),
        None => system.available_memory(),
    };
    (available > 0).then_some(available)
}

/// How many of `wanted` threads can each have an instance of `instance_bytes`; at least one must.
///
/// # Errors
/// [`StackError::Memory`] with both numbers if not even one fits.
pub fn threads_that_fit(
    wanted: usize,
    instance_bytes: u64,
    available_bytes: u64,
    part: &str,
    shape: Shape,
) -> Result<usize, StackError> {
    let fit = available_bytes / instance_bytes.max(1);
    if fit == 0 {
        return Err(StackError::Memory {
            part: part.to_owned(),
            qubit_count: shape.qubit_count,
            bit_count: shape.result_count,
            needed_bytes: instance_bytes,
            available_bytes,
        });
    }
    Ok(usize::try_from(fit).unwrap_or(usize::MAX).min(wanted).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_reduced_until_their_instances_fit() {
        let fit = |wanted, bytes, available| {
            let shape = Shape { qubit_count: 3, result_count: 2 };
            threads_that_fit(wanted, bytes, available, "x", shape)
        };
        assert_eq!(fit(8, 0, 100), Ok(8));
        assert_eq!(fit(8, 30, 100), Ok(3));
        assert_eq!(fit(2, 30, 100), Ok(2));
        assert_eq!(fit(2, 100, 100), Ok(1));
        let error = fit(1, 1 << 40, 1 << 30).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("1.0 TiB") && text.contains("1.0 GiB"), "{text}");
        assert!(error.help().unwrap().contains("stabilizer"));
    }
}
