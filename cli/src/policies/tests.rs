use std::fs;

use super::*;

#[test]
fn what_is_in_a_folder_is_found_in_each_spelling() {
    let folder = tempfile::tempdir().unwrap();
    let names = |of| -> Vec<String> {
        let found = in_folder(folder.path(), of).ok().unwrap();
        let names = found.iter().map(|it| it.path.as_deref().map(Path::new));
        let names = names.map(|path| path.unwrap().file_name().unwrap().to_owned());
        names.map(|name| name.into_string().unwrap()).collect()
    };
    assert!(names(PolicyOf::Machine).is_empty());
    fs::write(folder.path().join("policy.yml"), "tau: 1\npolicy: {}\n").unwrap();
    fs::write(folder.path().join("policy.tau"), "policy { }\n").unwrap();
    fs::write(folder.path().join("other.tau"), "").unwrap();
    assert_eq!(names(PolicyOf::User), ["policy.tau", "policy.yml"]);
}

#[test]
fn what_is_there_and_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("policy.tau")).unwrap();
    assert!(in_folder(folder.path(), PolicyOf::Machine).is_err());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("policy.tau")).unwrap();
    assert!(in_folder(folder.path(), PolicyOf::Machine).is_err());
    // A file where the folder would be holds none.
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(in_folder(&file, PolicyOf::Machine).is_ok_and(|found| found.is_empty()));
}

#[test]
fn one_that_is_gone_holds_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("strict.tau");
    fs::write(&path, "policy { time 5m }\n").unwrap();
    let recorded = asked(std::slice::from_ref(&path)).ok().unwrap();
    fs::write(&path, "policy { time 1m }\n").unwrap();
    assert_eq!(
        again(&recorded).ok().unwrap()[0].text,
        "policy { time 1m }\n"
    );
    fs::remove_file(&path).unwrap();
    assert_eq!(again(&recorded).ok().unwrap(), recorded);
}
