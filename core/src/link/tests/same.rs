//! What comes back over the line is what the same stack gives without one.

use super::*;
use crate::backend::{MetricValue, StateQuery};
use crate::conformance::{Finding, Profile, run};
use crate::sim::{DensityMatrixPart, StabilizerPart, StateVectorPart};
use std::string::{String, ToString};

#[test]
fn every_shot_gives_the_outcomes_and_the_state_that_it_gives_here() {
    let mut there = remote(Line::to(noisy, SMALL.window, 1));
    let mut here = noisy();
    announce(&mut there);
    announce(&mut *here);
    for number in [0, 1, 2, 3, 1000, 2] {
        assert_eq!(shot(&mut there, number).unwrap(), shot(&mut *here, number).unwrap());
    }
    let counters = there.client_mut().io().counters();
    assert_eq!((counters.damaged, counters.again, counters.early, counters.strange), (0, 0, 0, 0));
    assert_eq!(there.stats().resent, 0);
    assert_eq!(there.id(), here.id());
    assert_eq!(there.info(), here.info());
}

#[test]
fn metrics_and_numbers_of_the_state_are_the_same() {
    let mut there = remote(Line::to(noisy, SMALL.window, 1));
    let mut here = noisy();
    for backend in [&mut there as &mut dyn Backend, &mut *here] {
        announce(backend);
        for number in 0..20 {
            shot(backend, number).unwrap();
        }
    }
    let metrics = |backend: &dyn Backend| -> Vec<(String, String, MetricValue)> {
        let all = (0..).map_while(|index| backend.metric(index));
        all.map(|m| (m.part.to_string(), m.name.to_string(), m.value)).collect()
    };
    assert!(metrics(&*here).len() > 2, "the stack counts what it does");
    assert_eq!(metrics(&there), metrics(&*here));
    let query = |backend: &mut dyn Backend, query, len| {
        backend.shot_begin(ShotId(3), Seed(7)).unwrap();
        let mut values = Vec::new();
        let mut ops = OpVec::new();
        ops.gate(slot::PHASED_X, &[1], &[0.7, 0.2]).unwrap();
        apply(backend, &ops, &mut values).unwrap();
        let mut out = vec![0.0_f64; len];
        let done = backend.state(query, &mut out);
        backend.shot_end().unwrap();
        (done, out.into_iter().map(f64::to_bits).collect::<Vec<_>>())
    };
    for (asked, len) in [
        (StateQuery::Probabilities(&[1, 0]), 4),
        (StateQuery::Amplitudes(&[1]), 4),
        (StateQuery::Probabilities(&[0, 1, 2]), 8),
    ] {
        let (done, numbers) = query(&mut there, asked, len);
        assert_eq!(done, Ok(()));
        assert_eq!((done, numbers), query(&mut *here, asked, len));
    }
    // More than the other end has room for: refused with both numbers.
    let (refused, _) = query(&mut there, StateQuery::Amplitudes(&[0, 1, 2]), 16);
    assert!(refused.unwrap_err().to_string().contains("16 needed, 8 available"));
}

fn conforms(build: fn() -> Box<dyn Backend>, profile: &Profile, options: Options) {
    let client = Client::new(Line::to(build, 8, 1), PATIENCE, 3);
    let mut there: Over<Line> = Remote::open(client, AsItIs, options).unwrap();
    let mut failures = Vec::new();
    let summary = run(&mut there, profile, &mut |check, finding| {
        if let Finding::Failed(text) = finding {
            failures.push((check.name, text.to_string()));
        }
    });
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(summary.passed > 20);
}

#[test]
fn a_state_vector_behind_a_line_is_a_backend_like_any_other() {
    let profile = Profile::exact().quick().in_pieces();
    conforms(|| simulator::<StateVectorPart<f64>>(3), &profile, Options::default());
    conforms(|| simulator::<DensityMatrixPart>(3), &profile, Options::default());
}

#[test]
fn waiting_for_each_batch_is_a_backend_like_any_other_too() {
    let options = Options { wait_for_each: true, ..Options::default() };
    let profile = Profile::clifford().quick().in_pieces();
    conforms(|| simulator::<StabilizerPart>(3), &profile, options);
    conforms(noisy, &Profile::noisy().quick(), options);
}
