//! Git: its folder, its configuration, and what it starts.

use crate::attack::{Attack, sh};

pub(crate) const GIT: &[Attack] = &[
    sh("the user's git folder", r#"grep -q ref "$R/.git/HEAD""#),
    sh("the history of the checkout", r#"git -C "$R" log --oneline | grep -q ."#),
    sh("a commit behind the base", r#"git -C "$R" cat-file -p refs/heads/future:answer.txt | grep -q solution"#),
    sh("an object of the repository", r#"ls "$R"/.git/objects/?? | grep -q ."#),
    sh("a log of references", r#"cat "$R/.git/logs/HEAD" | grep -q ."#),
    sh("the index", r#"head -c 4 "$R/.git/index" | grep -q DIRC"#),
    sh("a credential in the configuration", r#"git -C "$R" config --get remote.origin.url | grep -q password"#),
    sh("the user's configuration", r#"grep -q user "$H/.gitconfig""#),
    sh("the user's credentials", r#"grep -q password "$H/.git-credentials""#),
    sh("the run's own objects", r#"ls -d "$S"/runs/*/git/objects | grep -q ."#),
    sh("the repository, from the folder of the step", "git log --oneline | grep -q .").plain(),
    sh("the repository, found upwards", "git -c safe.directory='*' rev-parse --git-dir | grep -q .").plain(),
    sh("a link to the repository in the tree", "grep -q ref planted/git/HEAD"),
    sh("a hook", r#"mkdir -p "$R/.git/hooks"; echo x > "$R/.git/hooks/pre-commit""#).changes_at("repo/.git/hooks/pre-commit"),
    sh("a branch", r#"echo x > "$R/.git/refs/heads/made""#).changes_at("repo/.git/refs/heads/made"),
    sh("the branch that is checked out", r#"echo 'ref: refs/heads/x' > "$R/.git/HEAD.lock" && mv "$R/.git/HEAD.lock" "$R/.git/HEAD.made""#)
        .changes_at("repo/.git/HEAD.made"),
    sh("packed references", r#"echo x > "$R/.git/packed-refs""#).changes_at("repo/.git/packed-refs"),
    sh("the repository's configuration", r#"git config -f "$R/.git/config" core.fsmonitor x"#).changes_at("repo/.git/config"),
    sh("objects of another repository", r#"echo x > "$R/.git/objects/info/alternates""#)
        .changes_at("repo/.git/objects/info/alternates"),
    sh("attributes", r#"mkdir -p "$R/.git/info"; echo '* filter=x' > "$R/.git/info/attributes""#)
        .changes_at("repo/.git/info/attributes"),
    sh("what is left out", r#"mkdir -p "$R/.git/info"; echo '*' > "$R/.git/info/sparse-checkout""#)
        .changes_at("repo/.git/info/sparse-checkout"),
    sh("a worktree", r#"mkdir -p "$R/.git/worktrees/x" && echo x > "$R/.git/worktrees/x/gitdir""#)
        .changes_at("repo/.git/worktrees"),
    sh("a module", r#"mkdir -p "$R/.git/modules/x" && echo x > "$R/.git/modules/x/config""#).changes_at("repo/.git/modules"),
    sh("a replaced object", r#"mkdir -p "$R/.git/refs/replace" && echo x > "$R/.git/refs/replace/x""#)
        .changes_at("repo/.git/refs/replace"),
    sh("the user's configuration, written", "git config --global alias.x y").changes_at("home/.gitconfig"),
    sh("a configuration of git for all repositories", r#"mkdir -p "$H/.config/git" && echo x > "$H/.config/git/config""#)
        .changes_at("home/.config/git"),
    sh("a template of new repositories", r#"mkdir -p "$H/.git-templates/hooks" && echo x > "$H/.git-templates/hooks/post-checkout""#)
        .changes_at("home/.git-templates"),
    sh("the system's configuration", "touch /etc/gitconfig.tau && rm /etc/gitconfig.tau").roots(),
    sh("a filter that runs when files are taken", r#"
mkdir -p "$T/r" && cd "$T/r" && git init -q . && echo '*.txt filter=evil' > .gitattributes && echo x > a.txt
git config filter.evil.clean "sh -c 'echo x > \"$V/made\"; cat'" && git add -A
"#).changes(),
    sh("a monitor of files that git starts", r#"
mkdir -p "$T/r" && cd "$T/r" && git init -q . && printf '#!/bin/sh\necho x > "%s/made"\n' "$V" > evil && chmod +x evil
git config core.fsmonitor "$T/r/evil" && git status > /dev/null
"#).changes(),
    sh("a hook that git starts", r#"
mkdir -p "$T/r" && cd "$T/r" && git init -q . && mkdir -p .git/hooks && printf '#!/bin/sh\necho x > "%s/made"\n' "$V" > .git/hooks/pre-commit
chmod +x .git/hooks/pre-commit && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x
"#).changes(),
    sh("a program by which git reaches a host", r#"
git -c core.sshCommand="sh -c 'echo x > $V/made' x" ls-remote ssh://nowhere/x; exit 0
"#).changes(),
];
