use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tau_lang::module::{Lock, Locked, Reference};

use super::*;

/// A project with one file and one library, which is in the store.
struct Place {
    root: tempfile::TempDir,
    content: Content,
}

const FROM: &str = "github.com/acme/flows";

impl Place {
    fn new() -> Place {
        let root = tempfile::tempdir().unwrap();
        let files = [("lib.tau", "# library\n"), ("sub/x.yaml", "tau: 1\n")];
        let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
        let content = Content {
            files: files.into(),
        };
        let place = Place { root, content };
        fs::create_dir_all(place.path("project/missions")).unwrap();
        fs::create_dir(place.path("project/.git")).unwrap();
        place.lock("project", &[FROM]);
        place.store().keep(&place.content).unwrap();
        place
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn store(&self) -> Store {
        Store::at(&self.path("store"))
    }

    /// Writes a lock file that has the library as each of the repositories.
    fn lock(&self, folder: &str, from: &[&str]) {
        let locked = Locked {
            commit: "c".repeat(40),
            content: self.content.digest(),
        };
        let libraries = from.iter().map(|from| (pin(from), locked.clone()));
        let lock = Lock {
            libraries: libraries.collect(),
        };
        fs::write(self.path(folder).join("tau.lock"), lock.render()).unwrap();
    }

    fn stored(&self, path: &str) -> PathBuf {
        self.path("store").join(self.content.digest()).join(path)
    }

    fn disk(&self) -> Disk {
        let mut disk = Disk::of(&self.path("project/missions/fix.tau"));
        disk.store = self.store();
        disk
    }

    /// What a `use` in the project's file gives.
    fn text(&self, reference: &str) -> Result<String, Unavailable> {
        let file = Address::File("fix.tau".to_owned());
        let address = Reference::parse(reference).unwrap().from(&file).unwrap();
        self.disk().text(&address)
    }

    /// Without the folder's name, which is another one each time.
    fn neutral(&self, text: &str) -> String {
        text.replace(self.root.path().to_str().unwrap(), "…")
    }

    fn tampered(&self) -> String {
        match self.text("github.com/acme/flows@v1") {
            Err(Unavailable::Tampered(why)) => self.neutral(&why),
            other => panic!("{other:?}"),
        }
    }
}

fn pin(from: &str) -> Pin {
    Pin {
        from: from.to_owned(),
        version: "v1".to_owned(),
    }
}

#[test]
fn a_file_is_read_from_the_folder_of_the_first() {
    let place = Place::new();
    fs::write(place.path("project/lib.tau"), "# text\n").unwrap();
    assert_eq!(place.text("../lib.tau"), Ok("# text\n".to_owned()));
    let missing = Unavailable::Unreadable("there is no such file or folder".to_owned());
    assert_eq!(place.text("./lib.tau"), Err(missing));
}

#[test]
fn a_library_comes_from_the_store_once_it_is_locked() {
    let place = Place::new();
    let text = |reference| place.text(reference);
    assert_eq!(
        text("github.com/acme/flows@v1"),
        Ok("# library\n".to_owned())
    );
    assert_eq!(
        text("github.com/acme/flows//sub/x.yaml@v1"),
        Ok("tau: 1\n".to_owned())
    );
    assert_eq!(
        text("github.com/acme/flows@v2"),
        Err(Unavailable::NotLocked)
    );
    let missing = "the library has no file `no.tau`; it has `lib.tau`";
    assert_eq!(
        text("github.com/acme/flows//no.tau@v1"),
        Err(Unavailable::Unreadable(missing.to_owned()))
    );
    fs::remove_dir_all(place.path("store")).unwrap();
    assert_eq!(
        text("github.com/acme/flows@v1"),
        Err(Unavailable::NotFetched)
    );
}

#[test]
fn a_repositorys_path_is_the_same_from_every_folder() {
    let place = Place::new();
    place.lock("project", &["../flows", "./own"]);
    for reference in ["../../flows@v1", "../../project/../flows@v1", "../own@v1"] {
        assert_eq!(
            place.text(reference),
            Ok("# library\n".to_owned()),
            "{reference}"
        );
    }
    assert_eq!(place.text("../flows@v1"), Err(Unavailable::NotLocked));
}

#[test]
fn the_nearest_lock_file_up_to_the_repositorys_root_counts() {
    let place = Place::new();
    place.lock("project/missions", &["host/a/other"]);
    assert_eq!(
        place.text("github.com/acme/flows@v1"),
        Err(Unavailable::NotLocked)
    );
    fs::remove_file(place.path("project/missions/tau.lock")).unwrap();
    // The root of the user's own repository is one, whoever may write to it.
    let mode = fs::Permissions::from_mode;
    fs::set_permissions(place.path("project"), mode(0o777)).unwrap();
    assert!(place.text("github.com/acme/flows@v1").is_ok());
    fs::set_permissions(place.path("project"), mode(0o755)).unwrap();
    fs::rename(place.path("project/tau.lock"), place.path("tau.lock")).unwrap();
    assert_eq!(
        place.text("github.com/acme/flows@v1"),
        Err(Unavailable::NotLocked)
    );
    // Outside of a repository every folder above counts, but one that anybody may write to.
    fs::remove_dir(place.path("project/.git")).unwrap();
    assert!(place.text("github.com/acme/flows@v1").is_ok());
    fs::set_permissions(place.root.path(), mode(0o1777)).unwrap();
    assert_eq!(
        place.text("github.com/acme/flows@v1"),
        Err(Unavailable::NotLocked)
    );
}

#[test]
fn what_differs_from_the_lock_is_refused() {
    let place = Place::new();
    fs::write(place.stored("lib.tau"), "# other\n").unwrap();
    let digest = place.content.digest();
    let said = |why: &str| {
        format!("in `…/store/{digest}` {why}; remove that folder and run `tau lib fetch`")
    };
    let changed = said("a file was changed, added or removed");
    assert_eq!(place.tampered(), changed);
    fs::write(place.stored("lib.tau"), "# library\n").unwrap();
    fs::write(place.stored("more.tau"), "").unwrap();
    assert_eq!(place.tampered(), changed);
    fs::remove_file(place.stored("more.tau")).unwrap();
    fs::write(place.stored("notes.txt"), "").unwrap();
    assert_eq!(
        place.tampered(),
        said("`notes.txt` is no part of a library")
    );
    fs::remove_file(place.stored("notes.txt")).unwrap();
    fs::rename(place.stored("lib.tau"), place.path("moved.tau")).unwrap();
    assert_eq!(place.tampered(), changed);
    symlink(place.path("moved.tau"), place.stored("lib.tau")).unwrap();
    assert_eq!(
        place.tampered(),
        said("`lib.tau` is a link, or no file at all")
    );
}

#[test]
fn a_library_is_compared_once_and_read_no_more() {
    let place = Place::new();
    let disk = place.disk();
    let address = Address::Library(pin(FROM), "lib.tau".to_owned());
    let read = disk.text(&address);
    assert_eq!(read, Ok("# library\n".to_owned()));
    fs::remove_dir_all(place.path("store")).unwrap();
    assert_eq!(disk.text(&address), read);
}

#[test]
fn files_that_are_checked_together_read_a_library_once() {
    let place = Place::new();
    let compared = Compared::default();
    let text = || {
        let mut disk = Disk::knowing(&place.path("project/missions/fix.tau"), &compared);
        disk.store = place.store();
        disk.text(&Address::Library(pin(FROM), "lib.tau".to_owned()))
    };
    let read = text();
    fs::remove_dir_all(place.path("store")).unwrap();
    assert_eq!(text(), read);
    // The lock file still decides what it is.
    place.lock("project", &["host/a/other"]);
    assert_eq!(text(), Err(Unavailable::NotLocked));
}

#[test]
fn a_vendored_library_is_preferred_and_compared_too() {
    let place = Place::new();
    let name = format!("flows@v1-{}", &place.content.digest()[..12]);
    let vendored = place.path("project/tau_libraries").join(name);
    fs::create_dir_all(&vendored).unwrap();
    fs::write(vendored.join("lib.tau"), "# other\n").unwrap();
    assert!(place.tampered().ends_with("run `tau lib vendor`"));
}

#[test]
fn a_broken_lock_file_is_named() {
    let place = Place::new();
    let lock = place.path("project/tau.lock");
    let invalid = || match place.text("github.com/acme/flows@v1") {
        Err(Unavailable::LockInvalid(why)) => place.neutral(&why),
        other => panic!("{other:?}"),
    };
    let written = |text: &str| {
        fs::write(&lock, text).unwrap();
        invalid()
    };
    let entry = |from: &str| {
        let (commit, content) = ("0".repeat(40), "0".repeat(64));
        format!(
            "[[library]]\nfrom = \"{from}\"\nversion = \"v1\"\ncommit = \"{commit}\"\n\
             content = \"{content}\"\n"
        )
    };
    let with = |from: &str| format!("version = 1\n{}", entry(from));
    insta::assert_snapshot!(written("<<<<<<< HEAD\n"), @"`…/project/tau.lock`: line 1: key with no value, expected `=`");
    insta::assert_snapshot!(written(&with("--upload-pack=evil/x")), @"`…/project/tau.lock`: `--upload-pack=evil/x@v1` is no repository at a version");
    insta::assert_snapshot!(written(&(with("../flows") + &entry("./../flows"))), @"`…/project/tau.lock`: `../flows@v1` stands in it twice");
    fs::remove_file(&lock).unwrap();
    symlink("/nowhere", &lock).unwrap();
    insta::assert_snapshot!(invalid(), @"`…/project/tau.lock`: there is no such file or folder");
}
