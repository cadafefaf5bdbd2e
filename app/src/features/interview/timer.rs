//! How long the open question has been on the page. It informs; nothing depends on it.

use std::time::Duration;

use leptos::prelude::*;

use crate::ui::Icon;

/// A clock that starts anew with every question. It keeps its place before the page is awake.
#[component]
pub fn Elapsed(
    /// Which question is open.
    #[prop(into)]
    position: Signal<u32>,
) -> impl IntoView {
    let seconds = RwSignal::new(None::<u64>);
    Effect::new(move || {
        position.track();
        let begin = now();
        seconds.set(Some(0));
        let tick = move || seconds.set(Some(((now() - begin) / 1_000.0) as u64));
        if let Ok(ticks) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || ticks.clear());
        }
    });
    view! {
        <span class="inline-flex items-center gap-1 text-sm tabular-nums text-muted" class:invisible=move || seconds.get().is_none()>
            {Icon::Timer.sized("size-4")}
            <span class="sr-only">"Time on this question: "</span>
            <span role="timer">{move || clock(seconds.get().unwrap_or(0))}</span>
        </span>
    }
}

/// Milliseconds since the page was loaded; goes on while the page sleeps in the background.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Seconds as minutes and seconds, with hours where there are some.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn time_is_written_as_on_a_clock() {
        assert_eq!(
            [0, 59, 60, 3_599, 3_600, 36_061].map(clock),
            ["0:00", "0:59", "1:00", "59:59", "1:00:00", "10:01:01"]
        );
    }
}
