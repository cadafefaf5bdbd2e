//! llama.cpp itself: started once for the process, and the one way to load a model into it.

use std::{path::Path, sync::OnceLock};

use domain::{Error, ErrorKind, Result};
use llama_cpp_2::{
    LogOptions,
    llama_backend::LlamaBackend,
    model::{LlamaModel, params::LlamaModelParams},
    send_logs_to_tracing,
};

use crate::{
    cpu,
    gguf::{self, Architecture},
};

/// The process-wide state of llama.cpp. It stays for good: dropping it would take it from under
/// every model, and it cannot be started twice.
///
/// # Errors
/// [`ErrorKind::Busy`] if this processor or build cannot run it.
pub(crate) fn backend() -> Result<&'static LlamaBackend> {
    static BACKEND: OnceLock<Result<LlamaBackend>> = OnceLock::new();
    BACKEND.get_or_init(start).as_ref().map_err(Error::clone)
}

fn start() -> Result<LlamaBackend> {
    cpu::check()?;
    send_logs_to_tracing(LogOptions::default());
    LlamaBackend::init().map_err(|error| {
        tracing::error!(%error, "llama.cpp did not start");
        Error::new(ErrorKind::Busy, "The engine for models did not start. The log says why.")
    })
}

/// Loads the model at `path` if `accepts` its architecture. The file is mapped, so that its pages
/// count once however often it is loaded.
///
/// # Errors
/// As [`gguf::check`], and [`ErrorKind::Invalid`] if llama.cpp refuses it or it is of another kind.
pub(crate) fn load(path: &Path, accepts: impl Fn(Architecture) -> bool) -> Result<LlamaModel> {
    let summary = gguf::check(path)?;
    if !accepts(summary.architecture) {
        let kind = summary.architecture.name();
        return Err(gguf::refusal(path, &format!("its kind (\"{kind}\") is not meant for this")));
    }
    let params = LlamaModelParams::default().with_n_gpu_layers(0);
    LlamaModel::load_from_file(backend()?, path, &params).map_err(|error| {
        tracing::warn!(path = %path.display(), %error, "llama.cpp refused a model");
        gguf::refusal(path, "llama.cpp does not accept it; the log says why")
    })
}
