//! Figures that others keep, looked up when somebody asks: models, database, sign-ins, the process.

use std::fmt;
use std::time::Duration;

use domain::model::{Figures, Loaded};
use domain::task::TaskState;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use services::account::SignIns;
use services::models::Work;
use store::Connections;

use crate::compose::Lodestar;
use crate::system::{self, Process};

/// How long the models may take to tell what they do.
const PATIENCE: Duration = Duration::from_secs(2);

/// What everything was at one moment.
#[derive(Debug)]
pub(super) struct Sampled {
    work: Option<Work>,
    connections: Vec<Connections>,
    sign_ins: SignIns,
    tasks: Option<Vec<(TaskState, u64)>>,
    process: Option<Process>,
    engine: Option<Process>,
}

impl Sampled {
    /// What everything is now. What does not answer is left out.
    pub async fn take(lodestar: &Lodestar) -> Self {
        Self {
            work: tokio::time::timeout(PATIENCE, lodestar.models.work()).await.ok(),
            connections: lodestar.store.connections(),
            sign_ins: lodestar.accounts.sign_ins(),
            tasks: tokio::time::timeout(PATIENCE, lodestar.tasks.counts()).await.ok().and_then(Result::ok),
            process: system::process(std::process::id()),
            engine: lodestar.process.as_ref().and_then(|process| system::process(process.process())),
        }
    }
}

/// Of figures that there is one of.
const NO_LABELS: [(&str, &str); 0] = [];

/// What a model does now: the figure's name, what it says, and where it is found.
type State = (&'static str, &'static str, fn(&Loaded) -> f64);
/// The same of what a model did.
type Count = (&'static str, &'static str, fn(&Figures) -> u64);

/// What the models do now.
const STATES: [State; 10] = [
    ("lodestar_model_memory_bytes", "Memory that the model takes, about", |model| model.memory as f64),
    ("lodestar_model_running", "Answers that are being read or written", |model| model.figures.running.into()),
    ("lodestar_model_places", "Answers that can be at once", |model| model.figures.places.into()),
    ("lodestar_model_waiting", "Requests that wait", |model| model.figures.waiting.into()),
    ("lodestar_model_queue", "Requests that may wait", |model| model.figures.queue.into()),
    ("lodestar_model_cells", "Tokens that the memory of conversations holds", |model| model.figures.cells as f64),
    ("lodestar_model_cells_limit", "Tokens that it can hold", |model| model.figures.most_cells as f64),
    ("lodestar_model_aside_bytes", "Bytes of conversations that are put aside", |model| model.figures.aside as f64),
    ("lodestar_model_aside_limit_bytes", "Bytes that may be", |model| model.figures.most_aside as f64),
    ("lodestar_model_idle_seconds", "Time since the model was last used", |model| model.idle as f64),
];

/// What they did since they were loaded.
const COUNTS: [Count; 9] = [
    ("lodestar_model_requests", "Requests that were taken in", |figures| figures.requests),
    ("lodestar_model_prompt_tokens", "Tokens of their prompts", |figures| figures.prompt),
    ("lodestar_model_reused_tokens", "Those of them that had been read before", |figures| figures.reused),
    ("lodestar_model_restored_tokens", "Tokens that were brought back from aside", |figures| figures.restored),
    ("lodestar_model_written_tokens", "Tokens that were written", |figures| figures.written),
    ("lodestar_model_refused", "Requests that were turned away", |figures| figures.refused),
    ("lodestar_model_late", "Answers that ended because they took too long", |figures| figures.late),
    ("lodestar_model_failed", "Answers that failed", |figures| figures.failed),
    ("lodestar_model_left", "Answers whose reader left", |figures| figures.left),
];

impl Collector for Sampled {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        page.models(self.work.as_ref())?;
        page.database(&self.connections)?;
        let SignIns { accepted, refused, failed } = self.sign_ins;
        let outcomes = [("accepted", accepted), ("refused", refused), ("failed", failed)];
        let outcomes = outcomes.map(|(outcome, count)| ([("outcome", outcome)], count));
        page.counter("lodestar_sign_ins", "Attempts to sign in, by how they ended", outcomes)?;
        if let Some(tasks) = &self.tasks {
            let count = |state| tasks.iter().find(|(other, _)| *other == state).map_or(0, |(_, count)| *count);
            let states = [TaskState::Queued, TaskState::Running, TaskState::Failed];
            let counts = states.map(|state| ([("state", state.slug())], count(state) as f64));
            page.gauge("lodestar_tasks", "Background tasks, by where they stand", counts)?;
        }
        page.processes(self.process.as_ref(), self.engine.as_ref())
    }
}

/// What is being written.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn models(&mut self, work: Option<&Work>) -> fmt::Result {
        let Some(work) = work else { return Ok(()) };
        let loaded = work.loaded.as_deref().unwrap_or_default();
        for (name, about, of) in STATES {
            self.gauge(name, about, loaded.iter().map(|model| ([("model", model.model.as_str())], of(model))))?;
        }
        for (name, about, of) in COUNTS {
            let counts = loaded.iter().map(|model| ([("model", model.model.as_str())], of(&model.figures)));
            self.counter(name, about, counts)?;
        }
        let memory = [("limit", work.memory.limit), ("taken", work.memory.taken)];
        let memory = memory.map(|(kind, bytes)| ([("kind", kind)], bytes as f64));
        self.gauge("lodestar_models_memory_bytes", "Memory that all models may take, and take, about", memory)?;
        let servers = work.endpoints.iter().map(|server| {
            let healthy = if server.healthy { 1.0 } else { 0.0 };
            ([("address", server.address.as_str())], healthy)
        });
        self.gauge("lodestar_model_server_up", "Whether a model server elsewhere answers", servers)?;
        let restarts = work.restarts.map(|restarts| (NO_LABELS, restarts));
        self.counter("lodestar_engine_restarts", "How often the process of the models was started again", restarts)
    }

    fn database(&mut self, connections: &[Connections]) -> fmt::Result {
        let states = connections.iter().flat_map(|Connections { pool, size, idle }| {
            let states = [("idle", *idle), ("used", size.saturating_sub(*idle))];
            states.map(|(state, count)| ([("pool", *pool), ("state", state)], f64::from(count)))
        });
        self.gauge("lodestar_database_connections", "Open connections to the database", states)
    }

    fn processes(&mut self, process: Option<&Process>, engine: Option<&Process>) -> fmt::Result {
        let memory = process.map(|process| (NO_LABELS, process.memory as f64));
        self.gauge("process_resident_memory_bytes", "Memory that this process takes", memory)?;
        let started = process.map(|process| (NO_LABELS, process.started as f64));
        self.gauge("process_start_time_seconds", "When this process started, in seconds since 1970", started)?;
        let engine = engine.map(|engine| (NO_LABELS, engine.memory as f64));
        self.gauge("lodestar_engine_resident_memory_bytes", "Memory that the process of the models takes", engine)?;
        let build = [
            ("version", env!("CARGO_PKG_VERSION")),
            ("system", std::env::consts::OS),
            ("processor", std::env::consts::ARCH),
        ];
        self.gauge("lodestar_build_info", "Which build this is", [(build, 1.0)])
    }

    fn gauge<'l, const N: usize>(
        &mut self,
        name: &str,
        about: &str,
        values: impl IntoIterator<Item = ([(&'l str, &'l str); N], f64)>,
    ) -> fmt::Result {
        let about = format!("{about}.");
        let mut metric = self.0.encode_descriptor(name, &about, None, MetricType::Gauge)?;
        values.into_iter().try_for_each(|(labels, value)| match N {
            0 => metric.encode_gauge(&value),
            _ => metric.encode_family(&labels)?.encode_gauge(&value),
        })
    }

    fn counter<'l, const N: usize>(
        &mut self,
        name: &str,
        about: &str,
        values: impl IntoIterator<Item = ([(&'l str, &'l str); N], u64)>,
    ) -> fmt::Result {
        let about = format!("{about}.");
        let mut metric = self.0.encode_descriptor(name, &about, None, MetricType::Counter)?;
        values.into_iter().try_for_each(|(labels, value)| match N {
            0 => metric.encode_counter::<NoLabelSet, u64, f64>(&value, None),
            _ => metric.encode_family(&labels)?.encode_counter::<NoLabelSet, u64, f64>(&value, None),
        })
    }
}
