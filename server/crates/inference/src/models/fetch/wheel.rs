//! Fetching a Python wheel with the machine's own pip: it knows the mirrors, proxies and
//! certificates that the operator set up, which no code of ours could guess.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{fs, process::Command, time::timeout};

/// The pip to call.
#[derive(Clone, Debug)]
pub struct Pip {
    /// The Python interpreter whose pip it is.
    pub python: PathBuf,
    /// Environment variables for it, besides those of this process.
    pub environment: Vec<(OsString, OsString)>,
    /// How long one download may take.
    pub timeout: Duration,
}

impl Default for Pip {
    fn default() -> Self {
        Self { python: "python3".into(), environment: Vec::new(), timeout: Duration::from_secs(30 * 60) }
    }
}

impl Pip {
    /// Downloads the wheel for `requirement` into `folder`, which is emptied first; its path.
    pub(super) async fn download(&self, requirement: &str, folder: &Path) -> Result<PathBuf, String> {
        match fs::remove_dir_all(folder).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(format!("{} cannot be emptied: {error}", folder.display()));
            }
            _ => fs::create_dir_all(folder)
                .await
                .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?,
        }
        // An absolute path, because pip runs in the new folder: Python looks for modules where it
        // is started, and an empty folder has none that could stand in for pip.
        let folder = fs::canonicalize(folder).await.map_err(|error| error.to_string())?;
        let output = Command::new(&self.python)
            .args([
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--no-input",
                "--progress-bar",
                "off",
                "--dest",
            ])
            .arg(&folder)
            .arg(requirement)
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .current_dir(&folder)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = match timeout(self.timeout, output).await {
            Err(_) => return Err(format!("pip took longer than {} s", self.timeout.as_secs())),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Err(format!(
                    "{} was not found, so there is no pip to fetch it with; install Python 3 with pip",
                    self.python.display()
                ));
            }
            Ok(Err(error)) => return Err(format!("{} cannot be started: {error}", self.python.display())),
            Ok(Ok(output)) => output,
        };
        if !output.status.success() {
            return Err(complaint(&String::from_utf8_lossy(&output.stderr)));
        }
        the_wheel(&folder).await
    }
}

/// What pip said, shortened to the lines that matter.
fn complaint(stderr: &str) -> String {
    if stderr.contains("No module named pip") {
        return "this Python has no pip; install it (on Debian: apt install python3-pip)".into();
    }
    let errors: Vec<_> = stderr.lines().map(str::trim).filter(|line| line.starts_with("ERROR:")).collect();
    let lines: Vec<_> = if errors.is_empty() {
        stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    } else {
        errors
    };
    if lines.is_empty() {
        return "pip failed without a word".into();
    }
    let last = lines[lines.len().saturating_sub(4)..].join(" ");
    format!("pip said: {}", last.trim_end_matches('.'))
}

async fn the_wheel(folder: &Path) -> Result<PathBuf, String> {
    let mut entries = fs::read_dir(folder).await.map_err(|error| error.to_string())?;
    while let Some(entry) = entries.next_entry().await.map_err(|error| error.to_string())? {
        if entry.path().extension().is_some_and(|extension| extension == "whl") {
            return Ok(entry.path());
        }
    }
    Err("pip delivered no wheel".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_short_and_say_what_to_do() {
        assert!(complaint("/usr/bin/python3: No module named pip\n").contains("install it"));
        let long = "Looking in links\nWARNING: retrying\nERROR: Could not find a version\nERROR: No matching distribution found for x==1\n";
        assert_eq!(
            complaint(long),
            "pip said: ERROR: Could not find a version ERROR: No matching distribution found for x==1"
        );
        assert_eq!(complaint("Traceback\nKilled.\n"), "pip said: Traceback Killed");
        assert_eq!(complaint(""), "pip failed without a word");
    }
}
