//! The one thread on which all models compute.
//!
//! OpenMP keeps threads for each thread that ever computed, and libgomp lets them wait for one
//! another at full speed only as long as there are no more of them than cores: with a second such
//! set, on two cores, a model writes half as fast. And computations that run at once fight over
//! the cores, where one after the other each has all of them. So models take turns here, in the
//! order in which they come; who computes for long looks at [`others_wait`] and takes less at once.

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use rayon::{ThreadPool, ThreadPoolBuilder};

static THREAD: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// How many computations run or wait.
static COMING: AtomicUsize = AtomicUsize::new(0);

/// Does `work` when its turn comes, and waits for it.
pub(crate) fn run<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    COMING.fetch_add(1, Ordering::Relaxed);
    let result = match THREAD.get_or_init(start) {
        Some(thread) => thread.install(work),
        // A machine that has no thread left for it computes all the same, only less well.
        None => work(),
    };
    COMING.fetch_sub(1, Ordering::Relaxed);
    result
}

/// Whether another model computes or waits to.
pub(crate) fn others_wait() -> bool {
    COMING.load(Ordering::Relaxed) > 0
}

fn start() -> Option<ThreadPool> {
    let built = ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "compute-0".into()).build();
    built.inspect_err(|error| tracing::warn!(%error, "models compute without a thread of their own")).ok()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_compute_on_one_thread() {
        let name = || run(|| thread::current().name().map(str::to_owned));
        let names = thread::scope(|scope| {
            let started: Vec<_> = (0..4).map(|_| scope.spawn(name)).collect();
            started.into_iter().map(|thread| thread.join().ok().flatten()).collect::<Vec<_>>()
        });
        assert!(names.iter().all(|name| name.as_deref() == Some("compute-0")), "{names:?}");
        run(|| assert!(others_wait()));
    }
}
