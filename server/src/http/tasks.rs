//! Where Leptos starts the parts of a page: on tokio, within the span of the request, so that what
//! they log carries its id.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use tracing::Instrument;

struct Spanned;

impl CustomExecutor for Spanned {
    fn spawn(&self, work: PinnedFuture<()>) {
        tokio::spawn(work.in_current_span());
    }

    fn spawn_local(&self, work: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(work.in_current_span());
    }

    fn poll_local(&self) {}
}

/// Has Leptos start its tasks so. It would choose for itself when the first route is made.
pub fn set_up() {
    // It is set already where several servers run in one process, as in tests.
    let _ = Executor::init_custom_executor(Spanned);
}
