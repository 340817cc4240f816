//! The queue in every order of events that loom can think of, up to a bound of preemptions.

use crate::queue::{SendError, queue};
use loom::model::Builder;
use loom::thread;

/// Interrupts of a running thread to try; more found nothing more and take minutes.
const PREEMPTIONS: usize = 4;

fn every_order(body: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(body);
}

#[test]
fn messages_arrive_whole_and_in_order_and_nobody_sleeps_for_ever() {
    every_order(|| {
        // Room for one message and a bit: the sender has to wait for the receiver, and the other
        // way round.
        let (mut sender, mut receiver) = queue(4);
        let sending = thread::spawn(move || {
            sender.send(&[10], &[11]).unwrap();
            sender.send(&[], &[20]).unwrap();
            sender.send(&[30], &[31, 32]).unwrap();
        });
        assert_eq!(receiver.receive(), Ok(&[10, 11][..]));
        assert_eq!(receiver.receive(), Ok(&[20][..]));
        assert_eq!(receiver.receive(), Ok(&[30, 31, 32][..]));
        assert!(receiver.receive().is_err(), "closed by dropping the sender");
        sending.join().unwrap();
    });
}

#[test]
fn what_was_sent_before_the_end_is_received() {
    every_order(|| {
        let (mut sender, mut receiver) = queue(8);
        let sending = thread::spawn(move || sender.send(&[1], &[2]).unwrap());
        let mut seen = 0;
        while let Ok(message) = receiver.receive() {
            assert_eq!(message, [1, 2]);
            seen += 1;
        }
        assert_eq!(seen, 1);
        sending.join().unwrap();
    });
}

#[test]
fn a_receiver_that_waits_is_woken_when_the_queue_is_broken_off() {
    every_order(|| {
        let (mut sender, mut receiver) = queue(4);
        let receiving = thread::spawn(move || {
            // What was sent may or may not be seen; the end must be.
            while receiver.receive().is_ok() {}
        });
        sender.send(&[1], &[]).unwrap();
        sender.break_off();
        receiving.join().unwrap();
        assert_eq!(sender.send(&[2], &[]), Err(SendError::Ended));
    });
}

#[test]
fn a_sender_that_waits_for_room_is_woken_when_the_receiver_goes() {
    every_order(|| {
        let (mut sender, receiver) = queue(2);
        let sending = thread::spawn(move || {
            let first = sender.send(&[1], &[]);
            (first, sender.send(&[2], &[]))
        });
        drop(receiver);
        let (first, second) = sending.join().unwrap();
        assert!(matches!(first, Ok(()) | Err(SendError::Ended)));
        assert_eq!(second, Err(SendError::Ended));
    });
}
