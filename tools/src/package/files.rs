// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Files, in pieces: packages may be larger than memory. Large ones show how far it is.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use tempfile::{Builder, NamedTempFile};

use super::args::Out;
use super::outcome::{shown, Failure};

const PIECE: u64 = 1 << 16;
/// Below this nobody waits.
const LARGE: u64 = 8 << 20;

/// Hands the bytes of a file from this one on to `take`; gives how many.
pub fn pieces(
    path: &Path,
    from: u64,
    mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let broken = |error| Failure::usage(format!("cannot read {}: {}", shown(path), words(&error)));
    let mut file = File::open(path).map_err(broken)?;
    let size = file.metadata().map_err(broken)?.len();
    if from != 0 {
        file.seek(SeekFrom::Start(from)).map_err(broken)?;
    }
    let bar = bar(size.saturating_sub(from));
    let (mut buffer, mut done) = (Vec::new(), 0u64);
    loop {
        buffer.clear();
        // A piece is short only where the file ends.
        let count = (&file).take(PIECE).read_to_end(&mut buffer).map_err(broken)?;
        if count == 0 {
            break;
        }
        take(&buffer)?;
        done += count as u64;
        bar.set_position(done);
    }
    bar.finish_and_clear();
    Ok(done)
}

fn bar(size: u64) -> ProgressBar {
    if size < LARGE || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    crate::report::bar(size)
}

/// A file under way. It has its name once all of it is there.
pub struct Output {
    file: NamedTempFile,
    path: PathBuf,
    force: bool,
}

impl Output {
    pub fn new(out: &Out) -> Result<Output, Failure> {
        let path = out.output.clone();
        if !out.force && path.exists() {
            return Err(exists(&path));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask
        let file = builder.prefix(".swmgmt-").tempfile_in(folder.unwrap_or(Path::new(".")));
        let file = file.map_err(|error| unwritable(&path, &error))?;
        Ok(Output { file, path, force: out.force })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| unwritable(&self.path, &error))
    }

    /// Where it is until then.
    pub fn unfinished(&self) -> &Path {
        self.file.path()
    }

    pub fn finish(self) -> Result<(), Failure> {
        let kept =
            if self.force { self.file.persist(&self.path) } else { self.file.persist_noclobber(&self.path) };
        match kept {
            Ok(_) => Ok(()),
            Err(kept) if kept.error.kind() == ErrorKind::AlreadyExists => Err(exists(&self.path)),
            Err(kept) => Err(unwritable(&self.path, &kept.error)),
        }
    }
}

pub fn exists(path: &Path) -> Failure {
    Failure::usage(format!("{} is there already (--force overwrites packages, not keys)", shown(path)))
}

pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot write {}: {}", shown(path), words(error)))
}

/// The usual errors without their numbers.
pub fn words(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "it is not permitted".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}
