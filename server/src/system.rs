//! The machine's clock, randomness and memory, which everything else takes as arguments.

use domain::{Clock, Random, Timestamp};

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's source of random bytes.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system provides random bytes");
    }
}

/// Bytes of memory that the machine has, or its container (cgroup) if that may use less.
///
/// # Errors
/// If the system does not tell.
pub fn memory() -> Result<u64, sysinfo::Error> {
    let mut system = sysinfo::System::new()?;
    system.refresh_memory();
    let machine = system.total_memory();
    Ok(system.cgroup_limits().map_or(machine, |limits| limits.total_memory.min(machine)))
}
