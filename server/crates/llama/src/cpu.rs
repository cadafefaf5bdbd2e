//! What the processor can do beside what llama.cpp was compiled to use.
//!
//! llama.cpp chooses its instructions when it is compiled. A build that asks for more than the
//! processor has would be ended by the first such instruction; one that asks for less is slower
//! than it could be, and says nothing.

use std::fmt;

use domain::{Error, ErrorKind, Result};

/// A set of instructions that matters to the speed of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Feature {
    name: &'static str,
    /// Whether llama.cpp was compiled to use it.
    used: bool,
    /// Whether this processor has it.
    here: bool,
}

/// Logs the instructions, and warns of those that lie idle.
///
/// # Errors
/// [`ErrorKind::Busy`] if the build uses instructions that this processor lacks.
pub(crate) fn check() -> Result<()> {
    let features = features();
    let (used, idle) = (Names::of(&features, |x| x.used), Names::of(&features, |x| x.here && !x.used));
    tracing::info!(%used, %idle, threads = crate::threads::available(), "instructions of the processor for models");
    supported(&features)?;
    if !idle.0.is_empty() {
        tracing::warn!(
            %idle,
            "this build does not use all that this processor can do, so models are slower than they could be; build for this machine with `make run NATIVE=1`"
        );
    }
    Ok(())
}

fn supported(features: &[Feature]) -> Result<()> {
    let missing = Names::of(features, |x| x.used && !x.here);
    if missing.0.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Busy,
        format!(
            "This build of Lodestar needs instructions that this processor does not have ({missing}). Use a newer machine, or build Lodestar on this one with `make run NATIVE=1`."
        ),
    ))
}

/// Names with commas between them.
struct Names(Vec<&'static str>);

impl Names {
    fn of(features: &[Feature], which: impl Fn(&Feature) -> bool) -> Self {
        Self(features.iter().filter(|feature| which(feature)).map(|feature| feature.name).collect())
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "" })?;
        f.write_str(&self.0.join(", "))
    }
}

/// Lists features: the name, what llama.cpp says, and what the processor says.
macro_rules! features {
    ($detected:ident: $($name:tt $used:ident),*) => {
        vec![$(Feature {
            name: $name,
            // SAFETY: it takes nothing and returns a constant.
            used: unsafe { llama_cpp_sys_2::$used() } != 0,
            here: std::arch::$detected!($name),
        }),*]
    };
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "asks llama.cpp for constants, which its safe wrapper does not offer")]
fn features() -> Vec<Feature> {
    features!(is_x86_feature_detected:
        "ssse3" ggml_cpu_has_ssse3,
        "avx" ggml_cpu_has_avx,
        "avx2" ggml_cpu_has_avx2,
        "f16c" ggml_cpu_has_f16c,
        "fma" ggml_cpu_has_fma,
        "bmi2" ggml_cpu_has_bmi2,
        "avxvnni" ggml_cpu_has_avx_vnni,
        "avx512f" ggml_cpu_has_avx512,
        "avx512vbmi" ggml_cpu_has_avx512_vbmi,
        "avx512vnni" ggml_cpu_has_avx512_vnni,
        "avx512bf16" ggml_cpu_has_avx512_bf16
    )
}

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "asks llama.cpp for constants, which its safe wrapper does not offer")]
fn features() -> Vec<Feature> {
    features!(is_aarch64_feature_detected:
        "neon" ggml_cpu_has_neon,
        "fp16" ggml_cpu_has_fp16_va,
        "dotprod" ggml_cpu_has_dotprod,
        "i8mm" ggml_cpu_has_matmul_int8,
        "sve" ggml_cpu_has_sve
    )
}

/// Other processors have instructions that their compilers take for granted.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn features() -> Vec<Feature> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AVX2: Feature = Feature { name: "avx2", used: true, here: true };
    const VNNI: Feature = Feature { name: "avx512vnni", used: false, here: true };

    #[test]
    fn a_build_that_needs_too_much_is_refused_by_name() {
        assert_eq!(supported(&[AVX2, VNNI]), Ok(()));
        let error = supported(&[AVX2, Feature { used: true, here: false, ..VNNI }]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Busy);
        assert!(error.message.contains("(avx512vnni)") && error.message.contains("NATIVE=1"), "{}", error.message);
    }

    #[test]
    fn this_build_runs_here_and_knows_what_it_uses() {
        let features = features();
        supported(&features).unwrap();
        // Every build for these processors uses some; one that does not has lost its flags.
        if cfg!(target_arch = "x86_64") {
            assert!(features.iter().any(|feature| feature.name == "avx2" && feature.used), "{features:?}");
        }
        assert_eq!(Names::of(&features, |_| false).to_string(), "none");
        assert_eq!(Names::of(&[AVX2, VNNI], |_| true).to_string(), "avx2, avx512vnni");
    }
}
