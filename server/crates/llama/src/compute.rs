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
        Some(thread) => thread.install(|| ending::unless_it_ends(work)),
        // A machine that has no thread left for it computes all the same, only less well.
        None => ending::unless_it_ends(work),
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

/// The end of the process: C++ then takes down what llama.cpp computes with, and a computation that goes on meanwhile
/// would crash. So the end waits for the one that runs, and none follows.
#[allow(unsafe_code, reason = "nothing safe runs at the end of a process; one call of the C library, justified below")]
mod ending {
    use std::ffi::c_int;
    use std::sync::{
        Mutex, Once, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    };
    use std::{mem, thread, time::Duration};

    /// Held by the computation that runs, and for ever once the process ends.
    static RUNNING: Mutex<()> = Mutex::new(());
    static ENDS: AtomicBool = AtomicBool::new(false);
    /// How long the end waits, in steps of 10 ms: longer than any computation takes.
    const STEPS: u32 = 500;

    unsafe extern "C" {
        fn atexit(handler: extern "C" fn()) -> c_int;
    }

    /// Does `work`; once the process ends, waits for that instead.
    pub(super) fn unless_it_ends<T>(work: impl FnOnce() -> T) -> T {
        static FIRST: Once = Once::new();
        static SECOND: Once = Once::new();
        FIRST.call_once(register);
        let _running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work();
        // What was registered last is called first, and the first computation may have registered something.
        SECOND.call_once(register);
        result
    }

    fn register() {
        // SAFETY: the handler is a function of this type that stays for as long as the process does.
        let _ = unsafe { atexit(rest) };
    }

    extern "C" fn rest() {
        if ENDS.swap(true, Ordering::Relaxed) {
            return;
        }
        for _ in 0..STEPS {
            match RUNNING.try_lock() {
                Ok(held) => return mem::forget(held),
                Err(TryLockError::Poisoned(held)) => return mem::forget(held),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(10)),
            }
        }
    }
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
