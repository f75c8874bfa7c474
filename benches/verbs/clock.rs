//! Times contenders in turns, so that the machine's mood strikes them alike.

use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

use crate::{Against, Options};

type Turn<'b> = Pin<Box<dyn Future<Output = ()> + 'b>>;

/// One way to do a job.
pub(crate) struct Contender<'b> {
    who: Against,
    work: Box<dyn Fn() -> Turn<'b> + 'b>,
}

/// The library's own way.
pub(crate) fn ours<'b, F: Future<Output = ()> + 'b>(work: impl Fn() -> F + 'b) -> Contender<'b> {
    against(Against::Tenantry, work)
}

/// Somebody else's way.
pub(crate) fn against<'b, F: Future<Output = ()> + 'b>(
    who: Against,
    work: impl Fn() -> F + 'b,
) -> Contender<'b> {
    Contender {
        who,
        work: Box::new(move || Box::pin(work())),
    }
}

/// Lets contenders do a job `turns` times in each of `rounds`, and prints a line of ratios.
pub(crate) async fn race(
    options: &Options,
    what: &str,
    (rounds, turns): (usize, usize),
    contenders: Vec<Contender<'_>>,
) {
    if !options.wants(what) {
        return;
    }
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for (contender, times) in contenders.iter().zip(&mut times) {
            let began = Instant::now();
            for _ in 0..turns {
                (contender.work)().await;
            }
            // The first round prepares statements and warms caches.
            if round > 0 {
                times.push(began.elapsed());
            }
        }
    }
    let best = |who: Against| {
        let at = contenders
            .iter()
            .position(|contender| contender.who == who)?;
        let mut times = times[at].clone();
        times.sort();
        Some(times[times.len() / 10].as_secs_f64() * 1e6 / turns as f64)
    };
    crate::print(what, best);
}
