//! The machine's clock, randomness, memory and disk, which everything else takes as arguments.

use std::path::Path;

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

/// What a process takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Bytes of memory.
    pub memory: u64,
    /// When it started, in seconds since 1970.
    pub started: u64,
}

/// The process `number` of this machine; nothing if there is none.
pub fn process(number: u32) -> Option<Process> {
    let mut system = sysinfo::System::new().ok()?;
    let pid = sysinfo::Pid::from_u32(number);
    let kind = sysinfo::ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::Some(&[pid]), false, kind);
    system.process(pid).map(|process| Process { memory: process.memory(), started: process.start_time() })
}

/// Bytes of memory that nobody uses now; nothing if the system does not tell.
pub fn free_memory() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    let machine = system.available_memory();
    Some(system.cgroup_limits().map_or(machine, |limits| limits.free_memory.min(machine)))
}

/// Free bytes on the disk of `folder`, or of where it will be made; nothing if the system does not tell.
pub fn free_disk(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    rustix::fs::statvfs(existing).ok().map(|disk| disk.f_bavail * disk.f_frsize)
}
