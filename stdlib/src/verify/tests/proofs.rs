//! What becomes a proof, and what does not.

use super::*;

/// A mission with its two verdicts, before its proof.
fn ready() -> (Fake, Value) {
    let hands = edited();
    let verifier = verifier("make test", 1);
    hands.on_base([ends(FAILS)]).on_candidate([ends(PASSES)]);
    let red = call(&hands, "verify.red", json!({ "verifier": verifier })).unwrap();
    let green = call(&hands, "verify.check", json!({ "verifier": verifier })).unwrap();
    let args = json!({ "verifier": verifier, "red": red, "green": green });
    (hands, args)
}

#[test]
fn a_change_is_proven() {
    let (hands, args) = ready();
    hands.on_base([ends(FAILS)]).on_candidate([ends(PASSES)]);
    let mut proof = call(&hands, "verify.prove", args.clone()).unwrap();
    assert_eq!(proof["tree"], args["green"]["tree"]);
    assert_eq!(proof["base"], hands.base());
    assert_eq!(proof["digest"], args["red"]["digest"]);
    assert_eq!(proof["red"], args["red"]);
    assert_eq!(proof["green"], args["green"]);
    assert_eq!(proof["taken_back"]["verdict"], "red");
    assert_eq!(
        proof["taken_back"]["why"],
        "`make test` failed with the change taken back (exit code 1)."
    );
    for name in ["tree", "base", "digest", "red", "green", "taken_back"] {
        proof.as_object_mut().unwrap().remove(name);
    }
    assert_snapshot!(serde_json::to_string_pretty(&proof).unwrap(), @r#"
    {
      "changed": [
        "src/a"
      ],
      "confidence": 0.9375,
      "frozen": null,
      "heldout": false,
      "idle": [],
      "level": "tested",
      "limits": [
        "Judged by exit codes alone: which tests ran, and which of them passed, is not known.",
        "No held-out check: the verifier was known when the change was made.",
        "One run for each tree: a check that passes only sometimes would not be noticed."
      ],
      "protect": [
        "tests/**"
      ],
      "verifier": "tests"
    }
    "#);
    let checkouts: Vec<usize> = hands.started().iter().map(|it| it.checkout).collect();
    assert_eq!(checkouts, [1, 2, 3, 4], "each run in a fresh checkout");
}

#[test]
fn a_verifier_without_protected_files_says_so() {
    let hands = edited();
    let mut verifier = verifier("make test", 2);
    verifier["protect"] = json!([]);
    hands.on_base([ends(FAILS), ends(FAILS), ends(FAILS), ends(FAILS)]);
    hands.on_candidate([ends(PASSES), ends(PASSES), ends(PASSES), ends(PASSES)]);
    // Without the change of each of the two files.
    hands.on_candidate([ends(FAILS), ends(PASSES)]);
    let red = call(&hands, "verify.red", json!({ "verifier": verifier })).unwrap();
    let green = call(&hands, "verify.check", json!({ "verifier": verifier })).unwrap();
    let args = json!({ "verifier": verifier, "red": red, "green": green });
    let proof = call(&hands, "verify.prove", args).unwrap();
    let limits = proof["limits"].as_array().unwrap();
    for wanted in [
        "The verifier protects no files: the change may have altered the tests themselves.",
        "The change touches tests that the verifier does not protect: `tests/a`.",
    ] {
        assert!(limits.contains(&json!(wanted)), "{limits:?}");
    }
    assert_eq!(proof["changed"], json!(["src/a", "tests/a"]));
    assert_eq!(proof["idle"], json!(["tests/a"]));
}

#[test]
fn what_cannot_become_a_proof_runs_nothing() {
    let changed = |change: &dyn Fn(&Fake, &mut Value)| {
        let (hands, mut args) = ready();
        change(&hands, &mut args);
        let result = call(&hands, "verify.prove", args);
        assert_eq!(hands.started().len(), 2, "a command was started");
        refused(result)
    };
    let failed = check("make test", vec![ends(FAILS)]);
    let all = [
        changed(&|_, args| args["red"] = args["green"].clone()),
        changed(&|_, args| args["green"] = failed.clone()),
        changed(&|_, args| args["verifier"]["run"] = json!("true")),
        changed(&|_, args| args["green"]["digest"] = json!("0")),
        changed(&|hands, _| hands.put("src/b", b"", FileMode::Regular)),
        changed(&|hands, args| {
            hands.put("src/a", b"bug", FileMode::Regular);
            args["green"]["tree"] = json!(hands.base());
        }),
    ];
    assert_snapshot!(all.join("\n\n"), @"
    proof-without-red: There is nothing to prove: no failure was shown. `make test` passed with the change. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Give `red` the verdict of a `verify.red` step.

    proof-without-green: There is nothing to prove: the check does not pass. `make test` failed with the change (exit code 1). Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Correct what the verdict tells, then run `verify.check` again.

    proof-other-verifier: The verdict `red` is not of the verifier `tests` as it is now: the command, its variables, its limits or the protected files are others.
    => Give `verify.red`, `verify.check` and `verify.prove` the same verifier.

    proof-other-verifier: The verdict `green` is not of the verifier `tests` as it is now: the command, its variables, its limits or the protected files are others.
    => Give `verify.red`, `verify.check` and `verify.prove` the same verifier.

    proof-outdated: The files were edited after this verdict: it is about the tree `TREE`, and the mission's tree is now `TREE`.
    => After the last edit, run `verify.check` and `verify.prove` again.

    proof-nothing-changed: There is nothing to prove: the mission's tree is the base's. Either no file was edited, or only files that the verifier protects.
    => Edit files that the verifier does not protect.
    ");
}

#[test]
fn an_edit_of_a_protected_file_voids_nothing() {
    let (hands, args) = ready();
    hands.put("tests/b", b"", FileMode::Regular);
    hands.on_base([ends(FAILS)]).on_candidate([ends(PASSES)]);
    assert!(call(&hands, "verify.prove", args).is_ok());
}

#[test]
fn a_proof_needs_green_and_then_red_again() {
    let prove = |green: Exit, taken_back: Option<Exit>| {
        let (hands, args) = ready();
        hands
            .on_candidate([ends(green)])
            .on_base(taken_back.map(ends));
        refused(call(&hands, "verify.prove", args))
    };
    let all = [
        prove(FAILS, None),
        prove(Exit::TimedOut, None),
        prove(PASSES, Some(PASSES)),
        prove(PASSES, Some(Exit::Signal(9))),
    ];
    assert_snapshot!(all.join("\n\n"), @"
    verify-flaky: The check passed on this tree before, and now it does not: `make test` failed with the change (exit code 1). Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Make the check give the same answer each time (fix its seed, its order, its clock).

    verify-broken: `make test` could not decide with the change: it was not done after 1.5 s and was killed. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Give the verifier a longer `timeout`, or make the check narrower.

    verify-vacuous: The change is not what makes `make test` pass: with the change taken back it passes too, though it failed on the same files before. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Find what else the check depends on (time, order, files outside of the tree), and make it depend on the code alone.

    verify-broken: `make test` could not decide with the change taken back: signal 9 (SIGKILL) ended it. Its last lines:
      test it_adds ...

        left: 3
       right: 4
    => Make the check fail by an exit code: a crash may have nothing to do with what it tests.
    ");
}

#[test]
fn a_check_takes_no_verdict_of_another_verifier() {
    let (hands, mut args) = ready();
    args["red"]["digest"] = json!("0");
    args.as_object_mut().unwrap().remove("green");
    let failure = call(&hands, "verify.check", args).unwrap_err();
    assert_eq!(failure.code, "proof-other-verifier");
    assert_eq!(hands.started().len(), 2, "a command was started");
}

#[test]
fn verdicts_of_another_environment_prove_nothing() {
    for name in ["red", "green"] {
        let (hands, mut args) = ready();
        args[name]["environment"] = json!("another");
        hands.on_base([ends(FAILS)]).on_candidate([ends(PASSES)]);
        let failure = call(&hands, "verify.prove", args).unwrap_err();
        assert_eq!(failure.code, "proof-other-environment");
        assert!(
            failure.message.contains(&format!("`{name}`")),
            "{failure:?}"
        );
    }
}

#[test]
fn a_verdict_about_another_base_proves_nothing() {
    let (hands, mut args) = ready();
    args["red"]["tree"] = json!("0123");
    hands.on_base([ends(FAILS)]).on_candidate([ends(PASSES)]);
    let failure = call(&hands, "verify.prove", args).unwrap_err();
    assert_eq!(failure.code, "proof-other-base");
    assert_snapshot!(told(&failure), @"
    proof-other-base: The verdict `red` is not about this run's base: it is about the tree `0123`, and the base's is `TREE`.
    => Give `red` the verdict of a `verify.red` step of this run.
    ");
}

#[test]
fn only_new_files_are_frozen_and_then_count_as_the_bases() {
    let hands = Fake::with(&[("src/a", "bug"), ("tests/a", "test")]);
    let freeze = |hands: &Fake| {
        let args = json!({ "files": ["tests/**"] });
        call(hands, "verify.freeze", args)
    };
    assert_snapshot!(refused(freeze(&hands)), @r"
    freeze-nothing: There is nothing to freeze: no file was written.
    => (no help)
    ");
    hands.put("tests/b", b"shows it", FileMode::Regular);
    let frozen = freeze(&hands).unwrap();
    assert_eq!(frozen["files"][0]["path"], "tests/b");
    for path in ["src/a", "tests/a", "src/new"] {
        let hands = Fake::with(&[("src/a", "bug"), ("tests/a", "test")]);
        hands.put("tests/b", b"shows it", FileMode::Regular);
        hands.put(path, b"other", FileMode::Regular);
        assert!(refused(freeze(&hands)).contains("freeze-other"), "{path}");
    }
    // A proof says so.
    hands.put("src/a", b"fix", FileMode::Regular);
    hands.on_base([ends(FAILS), ends(FAILS)]);
    hands.on_candidate([ends(PASSES), ends(PASSES)]);
    let with = |more: Value| {
        let mut args = json!({ "verifier": verifier("make test", 1), "frozen": frozen });
        let all = args.as_object_mut().unwrap();
        all.extend(more.as_object().unwrap().clone());
        args
    };
    let red = call(&hands, "verify.red", with(json!({}))).unwrap();
    let green = call(&hands, "verify.check", with(json!({}))).unwrap();
    let proof = call(
        &hands,
        "verify.prove",
        with(json!({ "red": red, "green": green })),
    )
    .unwrap();
    assert_eq!(proof["frozen"], frozen);
    let limits = proof["limits"].to_string();
    assert!(
        limits.contains("written in this run, as `tests/b`"),
        "{limits}"
    );
}
