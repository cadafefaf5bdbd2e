//! That the setting for libgomp reaches every program that links this crate.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn a_program_that_uses_the_crate_has_the_setting() {
    // Uses something of the crate, as a program would.
    assert!(llama::EmbeddingOptions::default().threads > 0);
    let set = |name| std::env::var_os(name).is_some();
    assert!(set("GOMP_SPINCOUNT") || set("OMP_WAIT_POLICY"));
}
