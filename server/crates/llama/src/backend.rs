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
///
/// # Errors
/// [`ErrorKind::Busy`] if this processor or build cannot run it.
pub(crate) fn backend() -> Result<&'static LlamaBackend> {
    static BACKEND: OnceLock<Result<LlamaBackend>> = OnceLock::new();
    BACKEND.get_or_init(start).as_ref().map_err(Error::clone)
}

fn start() -> Result<LlamaBackend> {
    let (built, has) = avx2();
    if built && !has {
        return Err(Error::new(
            ErrorKind::Busy,
            "This processor has no AVX2 instructions, which models need in this build. Use a newer machine, or build Lodestar on this one with SOURCE_DATE_EPOCH=1.",
        ));
    }
    if has && !built {
        // Builds that are cross-compiled or have SOURCE_DATE_EPOCH set lose them without a word.
        tracing::warn!(
            "this build does not use the AVX2 instructions of this processor, so models are several times slower"
        );
    }
    tracing::info!(avx2 = built, "starting llama.cpp");
    send_logs_to_tracing(LogOptions::default());
    LlamaBackend::init().map_err(|error| {
        tracing::error!(%error, "llama.cpp did not start");
        Error::new(ErrorKind::Busy, "The engine for models did not start. The log says why.")
    })
}

/// Whether llama.cpp was compiled to use AVX2, and whether this processor has it.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "asks llama.cpp for a constant, which its safe wrapper does not offer")]
fn avx2() -> (bool, bool) {
    // SAFETY: it takes nothing and returns a constant.
    let built = unsafe { llama_cpp_sys_2::ggml_cpu_has_avx2() } != 0;
    (built, std::arch::is_x86_feature_detected!("avx2"))
}

/// Other processors have other instructions, which their compilers take for granted.
#[cfg(not(target_arch = "x86_64"))]
fn avx2() -> (bool, bool) {
    (true, true)
}

/// Loads the model at `path` if `accepts` its architecture. The file is mapped, so that its pages
/// count once however often it is loaded.
///
/// # Errors
/// As [`gguf::check`], and [`ErrorKind::Invalid`] if llama.cpp refuses it or it is of another kind.
pub(crate) fn load(path: &Path, accepts: impl Fn(&str) -> bool) -> Result<LlamaModel> {
    let summary = gguf::check(path)?;
    let refuse = |reason: &str| {
        Error::new(ErrorKind::Invalid, format!("{} cannot be used as a model: {reason}.", path.display()))
    };
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
