//! A stack that stops in the midst of a shot leaves its last records. Alone here: an image has one
//! ring, and this one ends with it.

use std::error::Error;

use pandia_programs::traced;

#[test]
fn a_stack_that_stops_leaves_the_records_of_its_shot() -> Result<(), Box<dyn Error>> {
    // A thread ends here as an image ends on a board; what is left of it is the ring.
    let stopped = std::thread::spawn(|| {
        let _ = traced::until(|| std::panic::resume_unwind(Box::new("stopped")));
    });
    assert!(stopped.join().is_err());
    let mut last = Vec::new();
    pandia_records::RECORDS.last(|line| last.push(line.to_string()));
    assert!(last[0].ends_with(" before"), "{last:?}");
    let is_last =
        last.last().is_some_and(|line| line.starts_with("1 3 ") && line.contains("measure 1 q[1]"));
    assert!(is_last, "{last:?}");
    Ok(())
}
