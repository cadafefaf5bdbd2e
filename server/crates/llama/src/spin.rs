//! Keeping the threads of one computation from waiting for each other at full speed.
//!
//! llama.cpp shares each step of a computation among threads by OpenMP, and libgomp has the ones
//! that are done spin for up to milliseconds until the others are. On a core that something else
//! needs, such as a page, that is time taken from the very thread that is waited for. With two
//! threads on two cores and nothing else to do, a count of 10,000 made a model of 0.5B
//! write 0.99 as fast as llama-bench, 1,000 made it 0.95 and 100,000 made it 0.96 (medians of three). libgomp reads the setting before `main`, hence the
//! place below; that comes early enough because it is linked statically (feature `static-openmp`).

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "nothing safe runs before main; two calls of the C library, each justified below")]
mod early {
    use std::ffi::{c_char, c_int};

    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *mut c_char;
        fn setenv(name: *const c_char, value: *const c_char, overwrite: c_int) -> c_int;
    }

    /// Called before the constructors of this program that have no number, libgomp's among them.
    #[used]
    // SAFETY: the section holds pointers to functions of this type, and nothing else.
    #[unsafe(link_section = ".init_array.00101")]
    static SET: extern "C" fn() = set;

    extern "C" fn set() {
        // SAFETY: the strings end in NUL, and no other thread exists yet that could read the
        // environment meanwhile. What the operator set stays.
        unsafe {
            if getenv(c"OMP_WAIT_POLICY".as_ptr()).is_null() {
                setenv(c"GOMP_SPINCOUNT".as_ptr(), c"10000".as_ptr(), 0);
            }
        }
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    #[test]
    fn is_set_before_main() {
        let set = |name| std::env::var_os(name).is_some();
        assert!(set("GOMP_SPINCOUNT") || set("OMP_WAIT_POLICY"));
    }
}
