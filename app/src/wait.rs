//! Waiting in the browser.

use std::time::Duration;

use futures::channel::oneshot;
use leptos::prelude::set_timeout;

/// Seconds to wait before the next try, by the number of tries that failed; the last one repeats.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 15];

/// How long to wait for what failed `failures` times in a row.
pub fn pause(failures: usize) -> Duration {
    let place = failures.saturating_sub(1).min(PAUSES.len() - 1);
    Duration::from_secs(PAUSES[place])
}

/// Lets `time` pass.
pub async fn sleep(time: Duration) {
    let (done, woken) = oneshot::channel();
    set_timeout(
        move || {
            // Whoever waited may be gone by now.
            let _ = done.send(());
        },
        time,
    );
    let _ = woken.await;
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_grow_to_a_quarter_of_a_minute() {
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 99].map(|failures| pause(failures).as_secs()), [1, 1, 2, 4, 8, 15, 15, 15]);
    }
}
