//! How many threads models should have.

use std::thread;

/// Threads for each model on this machine: the cores that this process may use, by its affinity
/// and the quota of its container (cgroup version 1 or 2), less what the server needs itself.
pub fn available() -> usize {
    // The standard library asks the kernel for all of these.
    budget(thread::available_parallelism().map_or(1, usize::from))
}

/// Threads for `cores` cores. Two are both needed; of more, one is left to the server. Beyond
/// sixteen, memory is what holds a model up, and half the cores of a large machine are mostly
/// second threads of the same ones.
fn budget(cores: usize) -> usize {
    match cores {
        0..=2 => cores.max(1),
        3..=17 => cores - 1,
        _ => (cores / 2).clamp(16, 48),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_core_of_many_is_left_to_the_server() {
        let expected = [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (16, 15), (17, 16), (24, 16), (64, 32), (192, 48)];
        for (cores, threads) in expected {
            assert_eq!(budget(cores), threads, "{cores} cores");
        }
        assert!((1..200).all(|cores| budget(cores) <= budget(cores + 1)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_may_use_one_core_has_one_thread() {
        use std::{env, fs, process::Command};

        // Marks the process that may use one core.
        const ALONE: &str = "ON_ONE_CORE";
        if env::var_os(ALONE).is_some() {
            assert_eq!(available(), 1);
            println!("on one core");
            return;
        }
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap().trim();
        let first = allowed.split([',', '-']).next().unwrap();
        let output = Command::new("taskset")
            .args(["--cpu-list", first])
            .arg(env::current_exe().unwrap())
            .args(["threads::tests::a_process_that_may_use_one_core_has_one_thread", "--exact", "--nocapture"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("on one core"));
    }
}
