//! llama.cpp itself: started once for the process, and the one way to load a model into it.

use std::{path::Path, sync::OnceLock};

use domain::{Error, ErrorKind, Result};
use llama_cpp_2::{
    LogOptions,
    llama_backend::LlamaBackend,
    model::{LlamaModel, params::LlamaModelParams},
    send_logs_to_tracing,
};

use crate::gguf;

/// The process-wide state of llama.cpp. It stays for good: dropping it would take it from under
/// every model, and it cannot be started twice.
pub(crate) fn backend() -> Result<&'static LlamaBackend> {
    static BACKEND: OnceLock<Option<LlamaBackend>> = OnceLock::new();
    let backend = BACKEND.get_or_init(|| {
        send_logs_to_tracing(LogOptions::default());
        let backend = LlamaBackend::init().map_err(|error| tracing::error!(%error, "llama.cpp did not start")).ok()?;
        say_features();
        Some(backend)
    });
    backend.as_ref().ok_or_else(|| Error::new(ErrorKind::Busy, "The engine for models did not start. The log says why."))
}

/// Notes in the log which vector instructions are used, because a build without them works as
/// well and is several times slower.
fn say_features() {
    #[cfg(target_arch = "x86_64")]
    if !std::arch::is_x86_feature_detected!("avx2") {
        tracing::warn!("this processor has no AVX2; models will be slow, and a build for x86-64-v3 will not run here");
    }
}

/// Loads the model at `path` if `accepts` its architecture. The file is mapped, so that its pages
/// count once however often it is loaded.
///
/// # Errors
/// As [`gguf::check`], and [`ErrorKind::Invalid`] if llama.cpp refuses it or it is of another kind.
pub(crate) fn load(path: &Path, accepts: impl Fn(&str) -> bool) -> Result<LlamaModel> {
    let summary = gguf::check(path)?;
    let refuse = |reason: &str| Error::new(ErrorKind::Invalid, format!("{} cannot be used as a model: {reason}.", path.display()));
    if !accepts(&summary.architecture) {
        return Err(refuse(&format!("its kind (\"{}\") is not meant for this", summary.architecture)));
    }
    if !summary.has_vocabulary {
        return Err(refuse("it has no vocabulary"));
    }
    let params = LlamaModelParams::default().with_n_gpu_layers(0);
    LlamaModel::load_from_file(backend()?, path, &params).map_err(|error| {
        tracing::warn!(path = %path.display(), %error, "llama.cpp refused a model");
        refuse("llama.cpp does not accept it; the log says why")
    })
}
